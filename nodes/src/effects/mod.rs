//! The effects, one file each, and the list that registers them.

pub mod convolve;
pub mod delay;
pub mod reverb;
pub mod trim;

crate::effects! {
    convolve::Convolve,
    delay::Delay,
    reverb::Reverb,
    trim::Trim,
}
