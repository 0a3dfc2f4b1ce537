//! [`Choice`]: an enum that is written as one of a few words.

/// An enum that is written as one of several words.
pub trait Choice: Sized {
    fn of(word: &str) -> Option<Self>;
}

/// Declares the words of an enum: `WORDS` for the schema, `as_str`, and [`Choice`](crate::value::Choice).
#[macro_export]
macro_rules! words {
    ($type:ident: $($word:literal => $variant:ident),+ $(,)?) => {
        impl $type {
            /// The words of all variants.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl $crate::value::Choice for $type {
            fn of(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}
