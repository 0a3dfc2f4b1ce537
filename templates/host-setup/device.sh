
# Devices and sockets that containers use: an engine does not start a container without them.
say "Devices"
device() { # PATH NODE
  [[ -e $1 ]] || problem "$1 is missing, but \`$2\` in the manifest needs it: connect the device or start its service, or remove the node"
}
