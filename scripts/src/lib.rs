//! scripts

pub mod diagnose;
pub mod resolver;
pub mod sandbox;
pub mod settings;
