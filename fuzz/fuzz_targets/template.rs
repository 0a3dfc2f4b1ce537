//! Any text is taken as a template or refused, never panicked over.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| jcc::fuzzing::template(text));
