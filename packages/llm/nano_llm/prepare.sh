# Upstream uses it through PYTHONPATH and has no build files.
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
# The modules of CUDA's bindings were renamed in 12.8, and the old names were removed in 13.
find /src/nano_llm/nano_llm -name '*.py' -exec sed -i 's/from cuda\.cudart import/from cuda.bindings.runtime import/' '{}' +
grep -q 'from cuda.bindings.runtime import' /src/nano_llm/nano_llm/models/mlc.py
# It assumes that the folder of its models exists.
sed -i 's/^\( *\)if not os\.path\.isdir(model_path):$/\1os.makedirs(os.path.dirname(model_path), exist_ok=True)\n&/' /src/nano_llm/nano_llm/models/mlc.py
grep -q 'os.makedirs(os.path.dirname(model_path), exist_ok=True)' /src/nano_llm/nano_llm/models/mlc.py
