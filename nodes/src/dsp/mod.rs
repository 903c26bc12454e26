//! Signal primitives that effects are made of. They hold the only loops over lanes and channels, and all state in `f64`.

pub mod convolver;
pub mod cut;
pub mod delay;
pub mod fft;
pub mod hadamard;
pub mod lanes;
pub mod math;
pub mod reader;
pub mod ring;
