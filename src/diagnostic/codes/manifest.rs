//! Codes of `manifest`.

super::codes! { "manifest":
}
