
# The NVIDIA driver is a part of the distribution's own, since it must fit the kernel. It is looked for, never installed.
say "The NVIDIA driver"
if ! nvidia-smi >/dev/null 2>&1; then
  problem "nvidia-smi finds no driver. Ubuntu: \`sudo ubuntu-drivers install\`; Debian: the package nvidia-driver; Fedora: akmod-nvidia of RPM Fusion; openSUSE: nvidia-open-driver-G06-signed-kmp-meta"
  if grep -q '^nouveau ' /proc/modules; then
    problem "the driver nouveau holds the GPU: the package of the NVIDIA driver turns it off, which a restart completes"
  fi
  if mokutil --sb-state 2>/dev/null | grep -q 'SecureBoot enabled'; then
    problem "Secure Boot loads signed modules only: take a signed driver of the distribution, or enroll the key that built it with \`sudo mokutil --import FILE\` and confirm at the next start"
  fi
fi
