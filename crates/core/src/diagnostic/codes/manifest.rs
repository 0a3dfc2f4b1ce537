//! Codes of `manifest`.

super::codes! { "manifest":
    /// A node is unknown in its block.
    UNKNOWN_NODE = "unknown-node";
    /// A node does not have this property.
    UNKNOWN_PROPERTY = "unknown-property";
    /// A property occurs twice.
    DUPLICATE_PROPERTY = "duplicate-property";
    /// A required property is missing.
    MISSING_PROPERTY = "missing-property";
    /// A node has more arguments than it takes.
    UNEXPECTED_ARGUMENT = "unexpected-argument";
    /// A required argument is missing.
    MISSING_ARGUMENT = "missing-argument";
    /// A value has the wrong type, such as a number instead of a string.
    WRONG_TYPE = "wrong-type";
    /// A value is none of the possible words.
    UNKNOWN_CHOICE = "unknown-choice";
    /// A text is invalid for its type.
    INVALID_VALUE = "invalid-value";
    /// A node that can occur once occurs twice.
    DUPLICATE_NODE = "duplicate-node";
    /// A required node is missing.
    MISSING_NODE = "missing-node";
    /// A node has a block but takes none.
    UNEXPECTED_CHILDREN = "unexpected-children";
    /// A required block is missing.
    MISSING_CHILDREN = "missing-children";
    SAME_NAME = "same-name";
    /// `base` names two images or none.
    BASE_CHOICE = "base-choice";
    /// A user named root has another ID, or another user has root's.
    ROOT_USER = "root-user";
    /// `gpu` has a boolean among names of GPUs.
    MIXED_GPUS = "mixed-gpus";
    /// A soft limit exceeds the hard one.
    LIMIT_ORDER = "limit-order";
    /// A secret has no source or two.
    SECRET_SOURCE = "secret-source";
    /// `allow` has no reason.
    EMPTY_REASON = "empty-reason";
    /// A manifest requires another version of jcc.
    COMPILER_VERSION = "compiler-version";
    /// One of several targets has no name.
    UNNAMED_TARGET = "unnamed-target";
    /// Manifests extend each other.
    EXTENDS_CYCLE = "extends-cycle";
    /// Manifests extend each other in too long a chain.
    EXTENDS_DEPTH = "extends-depth";
    /// A stack does not exist.
    UNKNOWN_STACK = "unknown-stack";
    FILE_NOT_FOUND = "file-not-found";
    /// A path is not a regular file.
    WRONG_FILE_KIND = "wrong-file-kind";
    /// A symbolic link leads out of the project.
    OUTSIDE_PROJECT = "outside-project";
    /// A file cannot be read.
    UNREADABLE_FILE = "unreadable-file";
    /// A line of a requirements file is invalid for pip.
    BAD_REQUIREMENT = "bad-requirement";
    /// A requirement is a path.
    LOCAL_REQUIREMENT = "local-requirement";
    /// Requirements files include each other.
    REQUIREMENTS_CYCLE = "requirements-cycle";
}
