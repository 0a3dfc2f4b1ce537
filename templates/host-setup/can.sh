
# CAN interfaces, with the bit rate of the bus.
say "CAN"
can() { # INTERFACE
  if [[ ! -e /sys/class/net/$1 ]]; then
    problem "the interface $1 does not exist"
  elif [[ $(cat "/sys/class/net/$1/operstate") == down ]]; then
    sudo ip link set "$1" up type can bitrate "${CAN_BITRATE:-500000}"
  fi
}
