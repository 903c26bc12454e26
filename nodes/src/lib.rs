//! Samples to samples: the effects, meters and signal primitives of mixwright.
//!
//! A block goes in, a block comes out. This crate knows no files, threads, graphs or scripts.

pub mod block;
pub mod curve;
pub mod dsp;
pub mod effect;
pub mod effects;
pub mod finish;
pub mod meter;
pub mod params;
pub mod processor;
#[cfg(test)]
mod testing;
pub mod unit;
