//! Signal primitives that effects are made of. They hold the only loops over lanes and channels, and all state in `f64`.

pub mod bounds;
pub mod cascade;
pub mod colour;
pub mod cut;
pub mod delay;
pub mod dither;
pub mod emphasis;
pub mod hadamard;
pub mod kaiser;
pub mod lanes;
pub mod matched;
pub mod math;
pub mod oversample;
pub mod pan;
pub mod prototype;
mod recursion;
pub mod reduction;
pub mod resample;
pub mod ring;
pub mod true_peak;
