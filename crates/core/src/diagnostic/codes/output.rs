//! Codes of generated files.

super::codes! { "output":
    /// A file that jcc did not write stands where it would write.
    FOREIGN = "foreign-file";
    /// A generated file was edited by hand.
    EDITED = "edited-file";
    /// A generated file that git merged is not what the merged manifest gives.
    MERGED = "merged-file";
    /// A file that is no longer generated stays, because it was edited by hand.
    LEFTOVER = "leftover-file";
    /// A file is not what the manifest gives.
    STALE = "stale-file";
    /// Something that is no file stands there.
    NOT_A_FILE = "not-a-file";
    /// A link leads out of the project.
    OUTSIDE = "outside";
}
