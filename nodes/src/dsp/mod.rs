//! Signal primitives that effects are made of. They hold the only loops over lanes and channels, and all state in `f64`.

pub mod delay;
pub mod dither;
pub mod lanes;
pub mod math;
pub mod reduction;
pub mod true_peak;
