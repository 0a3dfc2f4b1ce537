//! The project's tests over whole inputs, one binary: cases are data under `tests/cases`.

#![allow(clippy::disallowed_methods, reason = "cases lie on the disk, and the environment steers the tests")]

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
