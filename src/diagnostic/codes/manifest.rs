//! Codes of `manifest`.

super::codes! { "manifest":
    /// A node that the language does not have there.
    UNKNOWN_NODE = "unknown-node";
    /// A property that the node does not have.
    UNKNOWN_PROPERTY = "unknown-property";
    /// A property that stands twice.
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
}
