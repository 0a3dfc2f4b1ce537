//! Codes of `resolve`.

super::codes! { "resolve":
    /// Lines of the manifest that cannot hold together.
    CONFLICT = "conflict";
    /// The solver's work limit was reached before it found an answer.
    WORK_LIMIT = "work-limit";
    /// Something that does not exist for this target.
    UNAVAILABLE = "unavailable";
    /// A package that the catalogue does not have.
    UNKNOWN_PACKAGE = "unknown-package";
    /// A version or release that the catalogue does not have.
    UNKNOWN_VERSION = "unknown-version";
    /// A variant that the package does not have.
    NO_SUCH_VARIANT = "no-such-variant";
    /// An option, or a value of it, that the package does not have.
    NO_SUCH_OPTION = "no-such-option";
    /// A base that the catalogue does not have.
    UNKNOWN_BASE = "unknown-base";
    /// An image that the catalogue does not have, of which the manifest says nothing.
    UNKNOWN_IMAGE = "unknown-image";
    /// An image that is made for another platform.
    WRONG_IMAGE = "wrong-image";
    /// An image of another distribution than that of the release.
    OTHER_DISTRIBUTION = "other-distribution";
    /// A device that the catalogue does not have.
    UNKNOWN_DEVICE = "unknown-device";
    /// A compute capability that no GPU has.
    UNKNOWN_GPU = "unknown-gpu";
    /// A platform that the catalogue does not have.
    UNKNOWN_PLATFORM = "unknown-platform";
    /// A target without a device or a platform.
    NO_PLATFORM = "no-platform";
    /// A platform that is not the device's.
    WRONG_PLATFORM = "wrong-platform";
    /// A release that this platform does not have.
    NOT_HERE = "not-here";
    /// A pin of what the target fixes.
    FIXED_AXIS = "fixed-axis";
    NO_BASE = "no-base";
    /// Something that nobody has shown yet to work.
    UNPROVEN = "unproven";
    /// A target, named on the command line, that the manifest does not have.
    UNKNOWN_TARGET = "unknown-target";
    /// A lock of a newer compiler.
    NEWER_LOCK = "newer-lock";
    /// A lock that cannot be read.
    DAMAGED_LOCK = "damaged-lock";
    /// A lock with git's conflict markers.
    CONFLICTED_LOCK = "conflicted-lock";
    /// A locked version that the catalogue no longer has.
    LOCK_GONE = "lock-gone";
    /// A file that is not what `docker buildx imagetools inspect` prints.
    NOT_INSPECTED = "not-inspected";
    /// A digest of an image that no target starts from.
    UNUSED_DIGEST = "unused-digest";
    /// A digest of an image whose digest the manifest or the catalogue gives.
    FIXED_DIGEST = "fixed-digest";
    /// A lock that would change, with `--locked`.
    LOCK_WOULD_CHANGE = "lock-would-change";
}
