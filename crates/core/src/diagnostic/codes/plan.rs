//! Codes of `plan`.

super::codes! { "plan":
    /// A template of a definition expands to an invalid value.
    BAD_VALUE = "bad-value";
    /// A step downloads something that is not pinned by a hash or commit.
    UNPINNED = "unpinned-fetch";
    /// A package is compiled for GPUs, but the target names none.
    NO_GPU = "no-gpu";
    /// A build needs headers of a version that is not in the catalogue.
    NO_TOOLKIT = "no-toolkit";
    /// A download has a lower pin grade than the manifest requires.
    GRADE = "grade";
    /// What `jcc lock` found does not hold any more.
    STALE_CLOSURE = "stale-closure";
    /// Something that must be locked is not.
    NOT_LOCKED = "not-locked";
    /// Two packages write the same file.
    SAME_PATH = "same-path";
    /// Two archives have the same name.
    SOURCE_CLASH = "source-clash";
    /// The archive does not have a snapshot.
    NO_SNAPSHOT = "no-snapshot";
    /// A PPA is not available for the distribution.
    NO_PPA = "no-ppa";
    /// A system package whose archive the image does not have.
    NO_ARCHIVE = "no-archive";
    /// A Dockerfile cannot contain a value at its position.
    NOT_CARRIED = "not-carried";
    /// The text of a `dockerfile` step would affect later instructions.
    VERBATIM = "verbatim";
    /// The image has more layers than engines support, or nearly so.
    LAYERS = "layers";
    /// The image is larger than the target's usual storage.
    STORAGE = "storage";
    /// A container that exits at once is restarted forever.
    NOTHING_TO_START = "nothing-to-start";
    /// A health check uses a program that the image lacks.
    MISSING_PROGRAM = "missing-program";
    /// Packages need more shared memory than the container has.
    SHARED_MEMORY = "shared-memory";
    /// A variable of a service replaces a list of folders that the image sets.
    REPLACED_PATH = "replaced-path";
    /// A service has capabilities that its user cannot use.
    UNUSED_CAPABILITY = "unused-capability";
    /// A service cannot read the file of a secret.
    SHARED_SECRET = "shared-secret";
    /// A Python requirement of the project conflicts with a resolved version.
    CONTRADICTS_RESOLVED = "contradicts-resolved";
    /// The index has no build of a Python package for the target's GPU.
    INDEX_BUILD = "index-build";
    /// A Python package would override the modules of a chosen package.
    SHADOWS = "shadows-package";
    /// A wheel is incompatible with the target's Python, architecture or glibc.
    WRONG_WHEEL = "wrong-wheel";
    /// The build cannot clone a repository.
    NOT_CLONED = "not-cloned";
    /// A repository has no full commit hash.
    MOVING_REVISION = "moving-revision";
}
