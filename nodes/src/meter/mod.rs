//! Pure measures of signals: the same reading however the signal was cut into blocks.

pub mod level;
pub mod loudness;
pub mod program;
pub mod stereo;
pub mod true_peak;
pub mod weighting;
