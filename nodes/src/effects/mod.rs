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
pub mod freeverb;
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

use crate::params::{Kind, Value};

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
    freeverb::Freeverb,
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

impl AnyEffect {
    /// The files among its parameters: the parameter's name, and the file's as it was written.
    pub fn files(&self) -> impl Iterator<Item = (String, String)> {
        let params = self.info().params.flat();
        self.entries().into_iter().filter_map(move |(name, value)| match value {
            Value::Text(file) if params.iter().any(|p| p.name == name && p.kind == Kind::File) => {
                Some((name, file))
            }
            _ => None,
        })
    }
}
