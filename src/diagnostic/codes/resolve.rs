//! Codes of `resolve`.

super::codes! { "resolve":
}
