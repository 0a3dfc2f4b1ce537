//! Codes of `syntax`.

super::codes! { "syntax":
    /// A text that is no KDL, for a reason without its own code.
    INVALID_KDL = "invalid-kdl";
    WRONG_ENCODING = "wrong-encoding";
    /// JSON, YAML, TOML, a Dockerfile.
    OTHER_LANGUAGE = "other-language";
    /// A text of more than 1 MiB.
    TOO_LARGE = "too-large";
    /// Blocks in blocks without end.
    TOO_DEEP = "too-deep";
    FORBIDDEN_CHARACTER = "forbidden-character";
    BARE_KEYWORD = "bare-keyword";
    UNKNOWN_KEYWORD = "unknown-keyword";
    UNQUOTED_TEXT = "unquoted-text";
    SINGLE_QUOTES = "single-quotes";
    UNCLOSED_BLOCK = "unclosed-block";
    STRAY_BRACE = "stray-brace";
    /// A block that belongs to no node.
    MISPLACED_BRACE = "misplaced-brace";
    /// A text without its closing quotes.
    UNCLOSED_STRING = "unclosed-string";
    UNCLOSED_COMMENT = "unclosed-comment";
    HASH_COMMENT = "hash-comment";
    BAD_ESCAPE = "bad-escape";
    /// A text in `"""` that is laid out wrongly.
    BAD_MULTILINE = "bad-multiline";
    /// Two values without a space between them.
    MISSING_SPACE = "missing-space";
    /// Two nodes on a line without `;`.
    MISSING_SEPARATOR = "missing-separator";
    /// Markers that git left of a merge.
    MERGE_CONFLICT = "merge-conflict";
    /// A `=`, `,` or `;` where it has no meaning.
    MISPLACED_TOKEN = "misplaced-token";
    TYPE_ANNOTATION = "type-annotation";
    OLD_KDL = "old-kdl";
}
