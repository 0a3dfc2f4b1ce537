//! Codes of `syntax`.

super::codes! { "syntax":
    /// A text is not valid KDL, for a reason without its own code.
    INVALID_KDL = "invalid-kdl";
    WRONG_ENCODING = "wrong-encoding";
    /// A file has another format: JSON, YAML, TOML, a Dockerfile or a requirements file.
    OTHER_LANGUAGE = "other-language";
    /// A text is larger than 1 MiB or has too many words.
    TOO_LARGE = "too-large";
    /// Blocks are nested too deeply.
    TOO_DEEP = "too-deep";
    FORBIDDEN_CHARACTER = "forbidden-character";
    BARE_KEYWORD = "bare-keyword";
    UNKNOWN_KEYWORD = "unknown-keyword";
    UNQUOTED_TEXT = "unquoted-text";
    SINGLE_QUOTES = "single-quotes";
    UNCLOSED_BLOCK = "unclosed-block";
    STRAY_BRACE = "stray-brace";
    /// A block does not belong to a node.
    MISPLACED_BRACE = "misplaced-brace";
    /// A string is not closed.
    UNCLOSED_STRING = "unclosed-string";
    UNCLOSED_COMMENT = "unclosed-comment";
    HASH_COMMENT = "hash-comment";
    BAD_ESCAPE = "bad-escape";
    /// The layout of a multi-line string is invalid.
    BAD_MULTILINE = "bad-multiline";
    /// There is no space between two values.
    MISSING_SPACE = "missing-space";
    /// Two nodes on a line are not separated by `;`.
    MISSING_SEPARATOR = "missing-separator";
    /// A file contains Git conflict markers.
    MERGE_CONFLICT = "merge-conflict";
    /// A token such as `=`, `,` or `;` is not allowed at its position.
    MISPLACED_TOKEN = "misplaced-token";
    TYPE_ANNOTATION = "type-annotation";
    OLD_KDL = "old-kdl";
}
