//! Expanding any text as a template must not panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| jcc::fuzzing::template(text));
