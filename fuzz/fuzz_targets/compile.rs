//! Any text is compiled as a manifest, or refused, never panicked over.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| jcc::fuzzing::compile(text));
