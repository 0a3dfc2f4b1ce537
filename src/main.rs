//! The command `jcc`.

fn main() {}
