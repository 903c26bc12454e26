//! The effects, one file each, and the list that registers them.

pub mod all_pass;
pub mod balance;
pub mod band_pass;
pub mod bell;
pub mod compress;
pub mod convolve;
pub mod deess;
pub mod delay;
pub mod duck;
pub mod eq;
pub mod expand;
pub mod filter;
pub mod gate;
pub mod high_pass;
pub mod high_shelf;
pub mod invert;
pub mod limit;
pub mod low_pass;
pub mod low_shelf;
pub mod mono;
pub mod mono_below;
pub mod multiband;
pub mod notch;
pub mod reverb;
pub mod saturate;
pub mod sidechain;
pub mod swap;
pub mod tilt;
pub mod trim;
pub mod width;

#[cfg(test)]
mod probe;

crate::effects! {
    all_pass::AllPass,
    balance::Balance,
    band_pass::BandPass,
    bell::Bell,
    compress::Compress,
    convolve::Convolve,
    deess::Deess,
    delay::Delay,
    duck::Duck,
    eq::Eq,
    expand::Expand,
    gate::Gate,
    high_pass::HighPass,
    high_shelf::HighShelf,
    invert::Invert,
    limit::Limit,
    low_pass::LowPass,
    low_shelf::LowShelf,
    mono::Mono,
    mono_below::MonoBelow,
    multiband::Multiband,
    notch::Notch,
    reverb::Reverb,
    saturate::Saturate,
    swap::Swap,
    tilt::Tilt,
    trim::Trim,
    width::Width,
}
