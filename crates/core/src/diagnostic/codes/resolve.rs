//! Codes of `resolve`.

super::codes! { "resolve":
    /// Requirements that conflict.
    CONFLICT = "conflict";
    /// The resolver reached its work limit.
    WORK_LIMIT = "work-limit";
    /// Not available for this target.
    UNAVAILABLE = "unavailable";
    /// An unknown package.
    UNKNOWN_PACKAGE = "unknown-package";
    /// An unknown version or release.
    UNKNOWN_VERSION = "unknown-version";
    /// An unknown variant.
    NO_SUCH_VARIANT = "no-such-variant";
    /// An unknown option.
    NO_SUCH_OPTION = "no-such-option";
    /// An unknown base image.
    UNKNOWN_BASE = "unknown-base";
    /// An image without declared contents.
    UNKNOWN_IMAGE = "unknown-image";
    /// An image for another platform.
    WRONG_IMAGE = "wrong-image";
    /// An unknown device.
    UNKNOWN_DEVICE = "unknown-device";
    /// An unknown compute capability.
    UNKNOWN_GPU = "unknown-gpu";
    /// An unknown platform.
    UNKNOWN_PLATFORM = "unknown-platform";
    /// A target without a device or platform.
    NO_PLATFORM = "no-platform";
    /// A platform that does not match the device.
    WRONG_PLATFORM = "wrong-platform";
    /// A release that this platform does not have.
    NOT_HERE = "not-here";
    /// A pin on an axis that the target sets.
    FIXED_AXIS = "fixed-axis";
    /// No suitable base image.
    NO_BASE = "no-base";
    /// An unproven combination.
    UNPROVEN = "unproven";
    /// An unknown target.
    UNKNOWN_TARGET = "unknown-target";
    /// A lock file from a newer compiler.
    NEWER_LOCK = "newer-lock";
    /// A lock file that cannot be read.
    DAMAGED_LOCK = "damaged-lock";
    /// A lock file with conflict markers.
    CONFLICTED_LOCK = "conflicted-lock";
    /// A locked version that is no longer available.
    LOCK_GONE = "lock-gone";
    /// A file without digests.
    NOT_INSPECTED = "not-inspected";
    /// A digest for an image that is not used.
    UNUSED_DIGEST = "unused-digest";
    /// A digest that is already set.
    FIXED_DIGEST = "fixed-digest";
    /// A lock file that is out of date.
    LOCK_WOULD_CHANGE = "lock-would-change";
}
