//! The effects, one file each, and the list that registers them.

pub mod all_pass;
pub mod balance;
pub mod band_pass;
pub mod bell;
pub mod eq;
pub mod filter;
pub mod high_pass;
pub mod high_shelf;
pub mod invert;
pub mod limit;
pub mod low_pass;
pub mod low_shelf;
pub mod mono;
pub mod notch;
pub mod reverb;
pub mod saturate;
pub mod swap;
pub mod tilt;
pub mod trim;
pub mod width;

crate::effects! {
    all_pass::AllPass,
    balance::Balance,
    band_pass::BandPass,
    bell::Bell,
    eq::Eq,
    high_pass::HighPass,
    high_shelf::HighShelf,
    invert::Invert,
    limit::Limit,
    low_pass::LowPass,
    low_shelf::LowShelf,
    mono::Mono,
    notch::Notch,
    reverb::Reverb,
    saturate::Saturate,
    swap::Swap,
    tilt::Tilt,
    trim::Trim,
    width::Width,
}
