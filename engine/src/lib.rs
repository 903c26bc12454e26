//! A song to a file: checks, graph, plan and parallel rendering.
//!
//! This crate knows no script language and prints nothing.

pub mod changes;
pub mod check;
pub mod diagnostic;
pub mod files;
pub mod fingerprint;
pub mod graph;
pub mod listening;
pub mod measure;
pub mod panic;
pub mod plan;
pub mod render;
pub mod resolved;
pub mod sink;
pub mod solo;
pub mod song;
pub mod source;
pub mod store;
pub mod time;
pub mod written;
