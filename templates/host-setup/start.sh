set -euo pipefail
cd "$(dirname "$0")/@TO_COMPOSE@"

problems=0
say() { printf '== %s\n' "$*"; }
problem() { printf '!! %s\n' "$*" >&2; problems=$((problems + 1)); }
