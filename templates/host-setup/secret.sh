
# Secrets of the services: files that only their users can read.
say "Secrets"
secret() { # NAME FILE [UID:GID [MODE]]
  [[ -e $2 ]] || install -D -m 600 /dev/null "$2" 2>/dev/null || sudo install -D -m 600 /dev/null "$2"
  if [[ ! -s $2 ]]; then
    problem "the secret $1 is empty: write its value into $2"
  elif [[ -n ${3-} && $(stat --format "%u:%g${4:+ %a}" "$2") != "$3${4:+ $4}" ]]; then
    if own "$2"; then
      sudo chown "$3" "$2"
      [[ -z ${4-} ]] || sudo chmod "$4" "$2"
    else
      problem "a service reads the secret $1 as $3: if that is right, run: sudo chown $3 $2${4:+ && sudo chmod $4 $2}"
    fi
  fi
}
