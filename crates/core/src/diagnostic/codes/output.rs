//! Codes of generated files.

super::codes! { "output":
    /// A file that jcc did not write is at the path of an output.
    FOREIGN = "foreign-file";
    /// A generated file was edited by hand.
    EDITED = "edited-file";
    /// A generated file that Git merged differs from the output of the merged manifest.
    MERGED = "merged-file";
    /// A file that is no longer generated is kept, because it was edited by hand.
    LEFTOVER = "leftover-file";
    /// A file differs from the output of the manifest.
    STALE = "stale-file";
    /// The path of an output is not a regular file.
    NOT_A_FILE = "not-a-file";
    /// A symbolic link leads out of the project.
    OUTSIDE = "outside";
}
