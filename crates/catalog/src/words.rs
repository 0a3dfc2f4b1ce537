//! The words of the language that the compiler itself knows: axes that a target fixes without data, and the one that
//! Python packages imply. Everything else that can be decided is named in the definitions.

/// `tegra`, `sbsa`, `x86_64`.
pub const PLATFORM: &str = "platform";
/// `arm64`, `amd64`.
pub const ARCH: &str = "arch";
/// Compute capability.
pub const SM: &str = "sm";
/// What `pip` and `requirements` of a manifest need, and what wheels are made for.
pub const PYTHON: &str = "python";
