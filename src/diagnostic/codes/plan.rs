//! Codes of `plan`.

super::codes! { "plan":
}
