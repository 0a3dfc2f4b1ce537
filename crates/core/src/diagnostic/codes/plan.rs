//! Codes of `plan`.

super::codes! { "plan":
    /// A template of a definition comes to something that is no package, path, URL …
    BAD_VALUE = "bad-value";
    /// A step fetches something that no hash or commit holds.
    UNPINNED = "unpinned-fetch";
    /// Something is compiled for GPUs that the target does not name.
    NO_GPU = "no-gpu";
    /// A build needs headers of a version that only the base image knows.
    NO_TOOLKIT = "no-toolkit";
    /// A fetch is graded lower than the manifest requires.
    GRADE = "grade";
    /// Two packages write the same file.
    SAME_PATH = "same-path";
    /// Two archives with one name.
    SOURCE_CLASH = "source-clash";
    UNSIGNED_SOURCE = "unsigned-source";
    /// A snapshot that the archive does not have.
    NO_SNAPSHOT = "no-snapshot";
    /// A personal archive where the distribution has none.
    NO_PPA = "no-ppa";
    /// A value that a Dockerfile cannot carry where it stands.
    NOT_CARRIED = "not-carried";
    /// Instructions that would reach beyond their stage.
    VERBATIM = "verbatim";
    /// More layers than an engine takes.
    LAYERS = "layers";
    /// More than the target's usual storage has room for.
    STORAGE = "storage";
    /// A container that is started again for ever, with nothing in it that runs on.
    NOTHING_TO_START = "nothing-to-start";
    /// A check of health by a program that the image lacks.
    MISSING_PROGRAM = "missing-program";
    /// Less shared memory than the packages want.
    SHARED_MEMORY = "shared-memory";
    /// A secret's file that one of its services cannot read.
    SHARED_SECRET = "shared-secret";
    /// A Python requirement of the project that a resolved version does not meet.
    CONTRADICTS_RESOLVED = "contradicts-resolved";
    /// A Python package of which the index has no build for the target's GPU.
    INDEX_BUILD = "index-build";
    /// A Python package of an index whose modules would lie over a chosen package's.
    SHADOWS = "shadows-package";
    /// A wheel that the target's Python, machine or C library can't load.
    WRONG_WHEEL = "wrong-wheel";
    /// A repository that the build can't clone.
    NOT_CLONED = "not-cloned";
    /// A repository without a whole commit.
    MOVING_REVISION = "moving-revision";
}
