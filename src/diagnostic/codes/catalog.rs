//! Codes of `catalog`.

super::codes! { "catalog":
}
