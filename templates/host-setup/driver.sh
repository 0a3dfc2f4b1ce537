
# The NVIDIA driver must match the kernel, so it comes from the distribution. This script checks for it but does not install it.
say "The NVIDIA driver"
if ! nvidia-smi >/dev/null 2>&1; then
  problem "nvidia-smi finds no driver. Ubuntu: \`sudo ubuntu-drivers install\`; Debian: the package nvidia-driver; Fedora: akmod-nvidia of RPM Fusion; openSUSE: nvidia-open-driver-G06-signed-kmp-meta"
  if grep -q '^nouveau ' /proc/modules; then
    problem "the driver nouveau uses the GPU: the package of the NVIDIA driver disables it after a restart"
  fi
  if mokutil --sb-state 2>/dev/null | grep -q 'SecureBoot enabled'; then
    problem "Secure Boot loads only signed modules: use a signed driver of the distribution, or enroll the signing key with \`sudo mokutil --import FILE\` and confirm at the next start"
  fi
fi
