//! Codes of `manifest`.

super::codes! { "manifest":
    /// An unknown node.
    UNKNOWN_NODE = "unknown-node";
    /// An unknown property.
    UNKNOWN_PROPERTY = "unknown-property";
    /// A duplicate property.
    DUPLICATE_PROPERTY = "duplicate-property";
    /// A missing property.
    MISSING_PROPERTY = "missing-property";
    /// Too many arguments.
    UNEXPECTED_ARGUMENT = "unexpected-argument";
    /// A missing argument.
    MISSING_ARGUMENT = "missing-argument";
    /// A value of the wrong type.
    WRONG_TYPE = "wrong-type";
    /// An unknown value.
    UNKNOWN_CHOICE = "unknown-choice";
    /// An invalid value.
    INVALID_VALUE = "invalid-value";
    /// A duplicate node.
    DUPLICATE_NODE = "duplicate-node";
    /// A missing node.
    MISSING_NODE = "missing-node";
    /// A block that is not allowed here.
    UNEXPECTED_CHILDREN = "unexpected-children";
    /// A missing block.
    MISSING_CHILDREN = "missing-children";
    /// A duplicate name.
    SAME_NAME = "same-name";
    /// A base image that is named twice, or not at all.
    BASE_CHOICE = "base-choice";
    /// A user whose name and UID do not match.
    ROOT_USER = "root-user";
    /// A boolean in a list of GPUs.
    MIXED_GPUS = "mixed-gpus";
    /// A soft limit above the hard limit.
    LIMIT_ORDER = "limit-order";
    /// A secret without a source, or with two.
    SECRET_SOURCE = "secret-source";
    /// An `allow` without a reason.
    EMPTY_REASON = "empty-reason";
    /// A project for another version of jcc.
    COMPILER_VERSION = "compiler-version";
    /// An unnamed target among several.
    UNNAMED_TARGET = "unnamed-target";
    /// Manifests that extend each other.
    EXTENDS_CYCLE = "extends-cycle";
    /// Too many levels of `extends`.
    EXTENDS_DEPTH = "extends-depth";
    /// An unknown stack.
    UNKNOWN_STACK = "unknown-stack";
    /// A file that does not exist.
    FILE_NOT_FOUND = "file-not-found";
    /// A folder instead of a file, or the reverse.
    WRONG_FILE_KIND = "wrong-file-kind";
    /// A link that leads out of the project.
    OUTSIDE_PROJECT = "outside-project";
    /// A file that cannot be read.
    UNREADABLE_FILE = "unreadable-file";
    /// A line that pip cannot parse.
    BAD_REQUIREMENT = "bad-requirement";
    /// A requirement that is a local path.
    LOCAL_REQUIREMENT = "local-requirement";
    /// Requirements files that include each other.
    REQUIREMENTS_CYCLE = "requirements-cycle";
}
