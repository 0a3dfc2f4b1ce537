//! Codes of `plan`.

super::codes! { "plan":
    /// An invalid value from a template.
    BAD_VALUE = "bad-value";
    /// A download without a checksum.
    UNPINNED = "unpinned-fetch";
    /// A target without GPUs.
    NO_GPU = "no-gpu";
    /// A build without compiler and headers.
    NO_TOOLKIT = "no-toolkit";
    /// A fetch below the required pin grade.
    GRADE = "grade";
    /// Two packages that write the same file.
    SAME_PATH = "same-path";
    /// Two different apt sources with the same name.
    SOURCE_CLASH = "source-clash";
    /// An apt source without a key.
    UNSIGNED_SOURCE = "unsigned-source";
    /// An apt snapshot that does not exist.
    NO_SNAPSHOT = "no-snapshot";
    /// A PPA on another distribution than Ubuntu.
    NO_PPA = "no-ppa";
    /// A value that a Dockerfile cannot express.
    NOT_CARRIED = "not-carried";
    /// Instructions that reach beyond their stage.
    VERBATIM = "verbatim";
    /// Too many layers.
    LAYERS = "layers";
    /// Not enough storage.
    STORAGE = "storage";
    /// A service with nothing to run.
    NOTHING_TO_START = "nothing-to-start";
    /// A health check that uses a missing program.
    MISSING_PROGRAM = "missing-program";
    /// Little shared memory.
    SHARED_MEMORY = "shared-memory";
    /// A Python requirement that conflicts with the resolved version.
    CONTRADICTS_RESOLVED = "contradicts-resolved";
    /// A Python package whose index build does not fit this target.
    INDEX_BUILD = "index-build";
    /// A Python package that would override a selected one.
    SHADOWS = "shadows-package";
    /// A wheel that the target cannot install.
    WRONG_WHEEL = "wrong-wheel";
    /// A repository that the build cannot clone.
    NOT_CLONED = "not-cloned";
    /// A repository without a full commit hash.
    MOVING_REVISION = "moving-revision";
}
