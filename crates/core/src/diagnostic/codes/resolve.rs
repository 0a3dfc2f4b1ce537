//! Codes of `resolve`.

super::codes! { "resolve":
    /// Lines of the manifest conflict.
    CONFLICT = "conflict";
    /// The solver's work limit was reached before it found an answer.
    WORK_LIMIT = "work-limit";
    /// A package or version is not available for the target.
    UNAVAILABLE = "unavailable";
    /// The catalogue does not have a package.
    UNKNOWN_PACKAGE = "unknown-package";
    /// The catalogue does not have a version or release.
    UNKNOWN_VERSION = "unknown-version";
    /// The package does not have a variant.
    NO_SUCH_VARIANT = "no-such-variant";
    /// The package does not have an option or value.
    NO_SUCH_OPTION = "no-such-option";
    /// The catalogue does not have a base image.
    UNKNOWN_BASE = "unknown-base";
    /// An image is not in the catalogue, and the manifest does not declare its contents.
    UNKNOWN_IMAGE = "unknown-image";
    /// An image is for another platform.
    WRONG_IMAGE = "wrong-image";
    /// An image has another distribution than the release.
    OTHER_DISTRIBUTION = "other-distribution";
    /// The catalogue does not have a device.
    UNKNOWN_DEVICE = "unknown-device";
    /// No GPU has a compute capability.
    UNKNOWN_GPU = "unknown-gpu";
    /// The catalogue does not have a platform.
    UNKNOWN_PLATFORM = "unknown-platform";
    /// A target has no device or platform.
    NO_PLATFORM = "no-platform";
    /// A platform is not that of the device.
    WRONG_PLATFORM = "wrong-platform";
    /// The platform does not have a release.
    NOT_HERE = "not-here";
    /// A pin is for an axis that the target fixes.
    FIXED_AXIS = "fixed-axis";
    NO_BASE = "no-base";
    /// A chosen version or image is unproven.
    UNPROVEN = "unproven";
    /// The manifest does not have a target that the command line names.
    UNKNOWN_TARGET = "unknown-target";
    /// A lock was written by a newer version of jcc.
    NEWER_LOCK = "newer-lock";
    /// A lock cannot be read.
    DAMAGED_LOCK = "damaged-lock";
    /// A lock contains Git conflict markers.
    CONFLICTED_LOCK = "conflicted-lock";
    /// A locked version is no longer in the catalogue.
    LOCK_GONE = "lock-gone";
    /// A file is not the output of `docker buildx imagetools inspect`.
    NOT_INSPECTED = "not-inspected";
    /// A digest is for an image that no target uses.
    UNUSED_DIGEST = "unused-digest";
    /// A digest is for an image whose digest the manifest or the catalogue sets.
    FIXED_DIGEST = "fixed-digest";
    /// `jcc lock` could not lock something.
    LOCK_FAILED = "lock-failed";
    /// A program that `jcc lock` needs is not installed.
    MISSING_TOOL = "missing-tool";
    /// The lock would change, with `--locked`.
    LOCK_WOULD_CHANGE = "lock-would-change";
}
