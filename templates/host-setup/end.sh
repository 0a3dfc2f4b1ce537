
if ((problems > 0)); then
  printf '\n%s left to do: see the lines that begin with !!, then run this again\n' "$problems" >&2
  exit 1
fi
say "The host is ready"
