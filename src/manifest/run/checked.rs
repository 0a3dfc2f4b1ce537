//! Validation of values that are stored as text.

/// Declares types for decoding that only validate: each wraps a text that its check accepts. After decoding,
/// only the text is kept.
macro_rules! checked {
    ($($name:ident, $what:literal: $check:expr;)+) => {
        $(
            struct $name(String);

            impl $crate::value::Parse for $name {
                const WHAT: &'static str = $what;

                fn parse(text: &str) -> Result<Self, $crate::value::Invalid> {
                    let check: fn(&str) -> Result<(), $crate::value::Invalid> = $check;
                    check(text).map(|()| Self(text.to_owned()))
                }
            }

            impl From<$name> for String {
                fn from(checked: $name) -> Self {
                    checked.0
                }
            }
        )+
    };
}

pub(super) use checked;
