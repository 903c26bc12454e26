//! The effects, one file each, and the list that registers them.

pub mod balance;
pub mod invert;
pub mod mono;
pub mod saturate;
pub mod swap;
pub mod all_pass;
pub mod band_pass;
pub mod bell;
pub mod eq;
pub mod filter;
pub mod high_pass;
pub mod high_shelf;
pub mod low_pass;
pub mod low_shelf;
pub mod notch;
pub mod tilt;
pub mod trim;
pub mod width;

crate::effects! {
    balance::Balance,
    invert::Invert,
    mono::Mono,
    saturate::Saturate,
    swap::Swap,
    all_pass::AllPass,
    band_pass::BandPass,
    bell::Bell,
    eq::Eq,
    high_pass::HighPass,
    high_shelf::HighShelf,
    low_pass::LowPass,
    low_shelf::LowShelf,
    notch::Notch,
    tilt::Tilt,
    trim::Trim,
    width::Width,
}
