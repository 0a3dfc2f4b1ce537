
# Secrets of the services: files that their user alone may read.
say "Secrets"
secret() { # NAME FILE [UID:GID]
  if [[ ! -e $2 ]]; then install -m 600 /dev/null "$2"; fi
  if [[ ! -s $2 ]]; then
    problem "the secret $1 is empty: write its value into $2"
  elif [[ -n ${3-} && $(stat --format %u:%g "$2") != "$3" ]]; then
    sudo chown "$3" "$2"
  fi
}
