//! Codes of `world`.

super::codes! { "world":
}
