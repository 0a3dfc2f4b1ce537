# It is meant to be found by PYTHONPATH, and has nothing by which it could be installed.
cat > /src/nano_llm/pyproject.toml <<END
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "nano_llm"
version = "${VERSION}"

[tool.setuptools.packages.find]
include = ["nano_llm*"]

[tool.setuptools.package-data]
"*" = ["*"]
END
# The modules of CUDA's bindings have had other names since 12.8, and lost the older ones in 13.
find /src/nano_llm/nano_llm -name '*.py' -exec sed -i 's/from cuda\.cudart import/from cuda.bindings.runtime import/' '{}' +
grep -q 'from cuda.bindings.runtime import' /src/nano_llm/nano_llm/models/mlc.py
# The folder of its models is taken to be there.
sed -i 's/^\( *\)if not os\.path\.isdir(model_path):$/\1os.makedirs(os.path.dirname(model_path), exist_ok=True)\n&/' /src/nano_llm/nano_llm/models/mlc.py
grep -q 'os.makedirs(os.path.dirname(model_path), exist_ok=True)' /src/nano_llm/nano_llm/models/mlc.py
