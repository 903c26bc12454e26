//! Mathematics with the same bits on every CPU: libm, never std, whose functions follow the processor.

pub use libm::{
    asinh, atan, atan2, cos, cosh, exp, exp2, log as ln, log2, log10, sin, sinh, sqrt, tan, tanh,
};

/// Octaves of amplitude in one decibel: `log2(10) / 20`.
pub const OCTAVES_PER_DB: f64 = 0.166_096_404_744_368_12;

/// The factor of a gain in decibels; exactly 1 at 0.
pub fn gain(decibels: f64) -> f64 {
    exp2(decibels * OCTAVES_PER_DB)
}

/// The level of an amplitude in decibels.
pub fn decibels(amplitude: f64) -> f64 {
    log2(amplitude) / OCTAVES_PER_DB
}

/// `x` to the power of `y`, for positive `x`.
pub fn power(x: f64, y: f64) -> f64 {
    exp2(y * log2(x))
}

/// The share of a step that a one-pole takes each frame to cover 63.2 % of it in `seconds`; 1 for no time at all.
pub fn share(seconds: f64, rate: f64) -> f64 {
    if seconds <= 0.0 { 1.0 } else { -libm::expm1(-1.0 / (seconds * rate)) }
}

/// What is below it has decayed beyond hearing.
pub const SETTLED: f64 = 1e-18;

/// Clears what has decayed below hearing, so that no recursion ever works on denormal numbers.
#[inline(always)]
pub fn settle(x: f64) -> f64 {
    if x.abs() < SETTLED { 0.0 } else { x }
}

/// As [`settle`], for loops that hold samples.
#[inline(always)]
pub fn settle_sample(x: f32) -> f32 {
    if x.abs() < SETTLED as f32 { 0.0 } else { x }
}
