//! Parsing any text must not panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| jcc::fuzzing::parse(text));
