//! Codes of `syntax`.

super::codes! { "syntax":
    /// A text that is no KDL, for a reason without a code of its own.
    INVALID_KDL = "invalid-kdl";
}
