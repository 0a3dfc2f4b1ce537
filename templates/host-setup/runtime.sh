
# Registers the NVIDIA runtime in Docker.
say "The NVIDIA runtime"
has_runtime() { [[ " $(docker_info Runtimes) " == *" nvidia "* ]]; }
# Toolkits before 1.11 cannot change Docker's configuration.
add_runtime() {
  local file=/etc/docker/daemon.json new
  if nvidia-ctk runtime configure --help >/dev/null 2>&1; then
    sudo nvidia-ctk runtime configure --runtime=docker
    return
  fi
  new=$(mktemp)
  if ! { sudo cat "$file" 2>/dev/null || true; } | python3 -c '
import json, sys
settings = json.loads(sys.stdin.read() or "{}")
settings.setdefault("runtimes", {})["nvidia"] = {"path": "nvidia-container-runtime", "runtimeArgs": []}
print(json.dumps(settings, indent=4))' >"$new" 2>/dev/null; then
    rm -f "$new"
    return 1
  fi
  sudo install -D -m 644 "$new" "$file"
  rm -f "$new"
}
if docker info >/dev/null 2>&1 && ! has_runtime; then
  if command -v nvidia-container-runtime >/dev/null || command -v nvidia-ctk >/dev/null; then
    if add_runtime; then sudo systemctl restart docker; fi
  fi
  has_runtime || problem 'Docker has no runtime nvidia: add "runtimes": {"nvidia": {"path": "nvidia-container-runtime", "runtimeArgs": []}} to /etc/docker/daemon.json and restart Docker'
fi
