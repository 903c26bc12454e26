//! Signal primitives that effects are made of. They hold the only loops over lanes and channels, and all state in `f64`.

pub mod ballistics;
pub mod bounds;
pub mod cascade;
pub mod colour;
pub mod compressor;
pub mod crossover;
pub mod delay;
pub mod dynamic_bell;
pub mod emphasis;
pub mod envelope;
pub mod fast;
pub mod gain_curve;
pub mod kaiser;
pub mod lanes;
pub mod matched;
pub mod math;
pub mod openness;
pub mod oversample;
pub mod pan;
pub mod prototype;
mod recursion;
pub mod resample;
pub mod state_variable;
