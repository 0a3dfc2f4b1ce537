//! Integration tests, in one binary. Cases that are data are in `tests/cases`.

#![allow(
    clippy::disallowed_methods,
    reason = "cases are files on disk, and environment variables configure the tests"
)]

mod architecture;
mod book;
mod catalogue;
mod commands;
mod docs;
mod engine;
mod examples;
mod fetches;
mod installs;
mod licenses;
mod pages;
mod reject;
mod rules;
mod secrets;
mod support;
mod table;
mod toolkit;
