//! The server from outside: raw sockets, so that nothing is asked that a browser would not let through.

#![allow(clippy::disallowed_methods, reason = "tests lay out files")]

mod client;
mod files;
mod listening;
mod refusals;
mod story;
mod studio;
