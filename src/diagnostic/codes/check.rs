//! Codes of `check`.

super::codes! { "check":
}
