//! Codes of `manifest`.

super::codes! { "manifest":
    /// A node that the language does not have there.
    UNKNOWN_NODE = "unknown-node";
    /// A property that the node does not have.
    UNKNOWN_PROPERTY = "unknown-property";
    /// A property that is a duplicate.
    DUPLICATE_PROPERTY = "duplicate-property";
    /// A property that must be there.
    MISSING_PROPERTY = "missing-property";
    /// More arguments than the node takes.
    UNEXPECTED_ARGUMENT = "unexpected-argument";
    /// An argument that must be there.
    MISSING_ARGUMENT = "missing-argument";
    /// A number where text is needed, and the like.
    WRONG_TYPE = "wrong-type";
    /// A word that is none of those possible.
    UNKNOWN_CHOICE = "unknown-choice";
    /// A text that its type refuses.
    INVALID_VALUE = "invalid-value";
    /// A node that may stand once, twice.
    DUPLICATE_NODE = "duplicate-node";
    /// A node that must be there.
    MISSING_NODE = "missing-node";
    /// A block where there is none.
    UNEXPECTED_CHILDREN = "unexpected-children";
    /// No block where there must be one.
    MISSING_CHILDREN = "missing-children";
    SAME_NAME = "same-name";
    /// A base that is named twice, or not at all.
    BASE_CHOICE = "base-choice";
    /// A user called root with another number, or another one with root's.
    ROOT_USER = "root-user";
    /// A switch among the GPUs of `gpu`.
    MIXED_GPUS = "mixed-gpus";
    /// A soft limit over the hard one.
    LIMIT_ORDER = "limit-order";
    /// A secret from nowhere, or from two places.
    SECRET_SOURCE = "secret-source";
    /// `allow` without a word of why.
    EMPTY_REASON = "empty-reason";
    /// A manifest for other versions of jcc.
    COMPILER_VERSION = "compiler-version";
    /// A target without a name among several.
    UNNAMED_TARGET = "unnamed-target";
    /// Manifests that extend each other.
    EXTENDS_CYCLE = "extends-cycle";
    /// A manifest that extends one that extends one, and so on.
    EXTENDS_DEPTH = "extends-depth";
    /// A ready-made manifest that there is not.
    UNKNOWN_STACK = "unknown-stack";
    FILE_NOT_FOUND = "file-not-found";
    /// A folder where a file is needed, and the like.
    WRONG_FILE_KIND = "wrong-file-kind";
    /// A link that leads out of the project.
    OUTSIDE_PROJECT = "outside-project";
    /// A file that the system does not let be read.
    UNREADABLE_FILE = "unreadable-file";
    /// A line of a requirements file that pip cannot read.
    BAD_REQUIREMENT = "bad-requirement";
    /// A requirement that is a path.
    LOCAL_REQUIREMENT = "local-requirement";
    /// Requirements files that take each other in.
    REQUIREMENTS_CYCLE = "requirements-cycle";
}
