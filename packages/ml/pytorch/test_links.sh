#!/bin/bash
set -euo pipefail
lib=$(python3 -c 'import importlib.util as u, os; print(os.path.join(os.path.dirname(u.find_spec("torch").origin), "lib"))')
missing=$(ldd "$lib"/*.so 2>&1 | awk '/not found/ && $1 !~ /^libcuda\.so/ { print $1 }' | sort -u)
if [[ -n $missing ]]; then
  printf 'PyTorch links to libraries that are not in the image:\n%s\n' "$missing" >&2
  exit 1
fi
