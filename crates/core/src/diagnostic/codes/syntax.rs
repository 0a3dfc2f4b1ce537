//! Codes of `syntax`.

super::codes! { "syntax":
    /// Invalid KDL.
    INVALID_KDL = "invalid-kdl";
    /// A file that is not valid UTF-8.
    WRONG_ENCODING = "wrong-encoding";
    /// JSON or YAML instead of KDL.
    OTHER_LANGUAGE = "other-language";
    /// A file that is too large.
    TOO_LARGE = "too-large";
    /// Blocks nested too deeply.
    TOO_DEEP = "too-deep";
    /// A character that KDL forbids.
    FORBIDDEN_CHARACTER = "forbidden-character";
    /// `true`, `false` or `null` without `#`.
    BARE_KEYWORD = "bare-keyword";
    /// An unknown keyword.
    UNKNOWN_KEYWORD = "unknown-keyword";
    /// Text that needs quotes.
    UNQUOTED_TEXT = "unquoted-text";
    /// Single quotes.
    SINGLE_QUOTES = "single-quotes";
    /// An unclosed block.
    UNCLOSED_BLOCK = "unclosed-block";
    /// An unmatched closing brace.
    STRAY_BRACE = "stray-brace";
    /// A block without a node.
    MISPLACED_BRACE = "misplaced-brace";
    /// An unclosed string.
    UNCLOSED_STRING = "unclosed-string";
    /// An unclosed comment.
    UNCLOSED_COMMENT = "unclosed-comment";
    /// A comment that starts with `#`.
    HASH_COMMENT = "hash-comment";
    /// An invalid escape sequence.
    BAD_ESCAPE = "bad-escape";
    /// A malformed multi-line string.
    BAD_MULTILINE = "bad-multiline";
    /// Two values without a space between them.
    MISSING_SPACE = "missing-space";
    /// Two nodes without a separator.
    MISSING_SEPARATOR = "missing-separator";
    /// An unresolved merge conflict.
    MERGE_CONFLICT = "merge-conflict";
    /// A misplaced character.
    MISPLACED_TOKEN = "misplaced-token";
    /// A type annotation.
    TYPE_ANNOTATION = "type-annotation";
    /// KDL 1 syntax.
    OLD_KDL = "old-kdl";
}
