# Installs Isaac Sim into a separate environment. Its parts are on NVIDIA's index, their dependencies on PyPI.
"python${PYTHON}" -m venv /opt/isaac-sim
/opt/isaac-sim/bin/pip --isolated install --no-cache-dir --no-input --only-binary :all: \
    --extra-index-url https://pypi.nvidia.com "isaacsim[all,extscache]==${VERSION}"
find /opt/isaac-sim -name __pycache__ -type d -prune -exec rm -rf {} +
