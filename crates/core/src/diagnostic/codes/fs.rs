//! Codes of files that are written.

super::codes! { "world":
    /// A file that jcc did not write.
    FOREIGN = "foreign-file";
    /// A generated file that was edited by hand.
    EDITED = "edited-file";
    /// A generated file that Git merged.
    MERGED = "merged-file";
    /// A file that is no longer generated.
    LEFTOVER = "leftover-file";
    /// A generated file that is out of date.
    STALE = "stale-file";
    /// A folder at the path of an output.
    NOT_A_FILE = "not-a-file";
    /// An output that leads out of the project.
    OUTSIDE = "outside";
}
