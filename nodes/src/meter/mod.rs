//! Pure measures of signals: the same reading however the signal was cut into blocks.

pub mod loudness;
pub mod weighting;
