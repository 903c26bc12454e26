//! Pure measures of signals: the same reading however the signal was cut into blocks.

pub mod energy;
pub mod level;
pub mod loudness;
pub mod program;
pub mod steps;
pub mod stereo;
pub mod strips;
mod sums;
pub mod true_peak;
pub mod weighting;
