
if ((problems > 0)); then
  printf '\n%s left to do: see the lines that start with !!, then run this script again\n' "$problems" >&2
  exit 1
fi
say "The host is ready"
