//! Words that cannot be wrong: one newtype a file, its parser the only check.
