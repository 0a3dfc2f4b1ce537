//! Codes of files that are written.

super::codes! { "world":
    /// A file that jcc did not write stands where it would write.
    FOREIGN = "foreign-file";
    /// A generated file was edited by hand.
    EDITED = "edited-file";
    /// A file is not what the manifest gives.
    STALE = "stale-file";
    /// Something that is no file stands there.
    NOT_A_FILE = "not-a-file";
    /// A link leads out of the project.
    OUTSIDE = "outside";
}
