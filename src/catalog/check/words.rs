//! The words of the language that these checks know.

/// `tegra`, `sbsa`, `x86_64`.
pub(super) const PLATFORM: &str = "platform";
/// `arm64`, `amd64`.
pub(super) const ARCH: &str = "arch";
/// Compute capability.
pub(super) const SM: &str = "sm";
/// What wheels are made for.
pub(super) const PYTHON: &str = "python";
