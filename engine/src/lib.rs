//! A song to a file: checks, graph, plan and parallel rendering.
//!
//! This crate knows no script language and prints nothing.

pub mod diagnostic;
pub mod files;
pub mod sink;
pub mod song;
pub mod source;
