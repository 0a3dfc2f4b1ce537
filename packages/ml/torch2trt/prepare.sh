# Its setup.py imports torch and tensorrt, which need the driver, only for a TensorRT 7 plugin, which is not built here.
rm /src/torch2trt/setup.py
cat > /src/torch2trt/pyproject.toml <<EOF
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "torch2trt"
version = "${VERSION}"

[tool.setuptools.packages.find]
include = ["torch2trt*"]
exclude = ["torch2trt.contrib*"]
EOF
# Integers, such as the tokens of a text encoder, are inputs too.
sed -i 's/ or x\.dtype == torch\.bool)/ or x.dtype in (torch.bool, torch.int32, torch.int64))/' /src/torch2trt/torch2trt/flattener.py
grep -q 'torch.int64' /src/torch2trt/torch2trt/flattener.py
