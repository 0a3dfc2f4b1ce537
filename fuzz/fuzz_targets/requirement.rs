//! Any text is taken as a requirement or refused, never panicked over.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| jcc::fuzzing::requirement(text));
