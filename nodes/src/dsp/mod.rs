//! Signal primitives that effects are made of: filters, detectors, delay lines, transforms, and their mathematics.
//!
//! Coefficients and the states of filters are `f64`. Delay lines, levels and gains are `f32`, as sound is between nodes.

pub mod aligned;
pub mod ballistics;
pub mod bounds;
pub mod cascade;
pub mod colour;
pub mod compressor;
pub mod convolver;
pub mod cpu;
pub mod crossover;
pub mod cut;
pub mod delay;
pub mod dither;
pub mod dynamic_bell;
pub mod each;
pub mod emphasis;
pub mod envelope;
pub mod fast;
pub mod fft;
pub mod gain_curve;
pub mod hadamard;
pub mod interleave;
pub mod kaiser;
pub mod knobs;
pub mod matched;
pub mod math;
pub mod openness;
pub mod oversample;
pub mod pan;
pub mod prototype;
pub mod reader;
pub(crate) mod recursion;
pub mod reduction;
pub mod resample;
pub mod ring;
pub mod state_variable;
pub mod true_peak;
pub mod window;
