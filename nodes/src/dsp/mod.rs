//! Signal primitives that effects are made of. They hold the only loops over lanes and channels, and all state in `f64`.

pub mod cut;
pub mod delay;
pub mod hadamard;
pub mod lanes;
pub mod math;
pub mod ring;
