//! Codes of `syntax`.

super::codes! { "syntax":
}
