//! The words of the language that resolution itself knows: axes that a target fixes without data, and the one that
//! Python packages imply. Everything else that can be decided is named in the catalogue.

/// `tegra`, `sbsa`, `x86_64`.
pub(super) const PLATFORM: &str = "platform";
/// `arm64`, `amd64`.
pub(super) const ARCH: &str = "arch";
/// Compute capability.
pub(super) const SM: &str = "sm";
/// What `pip` and `requirements` of a manifest need.
pub(super) const PYTHON: &str = "python";
