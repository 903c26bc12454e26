//! The command from outside: a small song of synthesised sounds, rendered, checked, shown and measured in a folder of its own.

#![allow(clippy::disallowed_methods, reason = "tests lay out files")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod cache;
mod faults;
mod files;
mod listening;
mod profile;
mod sameness;
#[cfg(unix)]
mod signals;
mod studio;
mod targets;
mod watch;
mod words;
