//! A finished file, heard once by all meters.

use crate::{
    song::ChannelPick,
    source::{Reader, SourceError},
};
use mixwright_nodes::{
    effect::Width,
    meter::program::{Program, ProgramReading},
};
use std::path::Path;

/// What a file is and measures.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Frames a second.
    pub rate: u32,
    /// Container and codec.
    pub format: String,
    /// What the meters read.
    pub reading: ProgramReading,
}

/// Frames that are heard at once.
const PIECE: usize = 4096;

/// Measures a file.
///
/// # Errors
/// If it cannot be read to its end.
pub fn measure(path: &Path) -> Result<Measured, SourceError> {
    let mut reader = Reader::open(path, ChannelPick::All)?;
    let (rate, format) = (reader.info().rate, reader.info().format.clone());
    let width = if reader.info().channels == 1 { Width::Mono } else { Width::Stereo };
    let mut meter = Program::new(rate, width);
    let (mut left, mut right) = (vec![0.0; PIECE], vec![0.0; PIECE]);
    loop {
        let frames = match width {
            Width::Mono => reader.read(&mut [&mut left])?,
            Width::Stereo => reader.read(&mut [&mut left, &mut right])?,
        };
        if frames == 0 {
            return Ok(Measured { rate, format, reading: meter.reading() });
        }
        meter.push(&left[..frames], (width == Width::Stereo).then_some(&right[..frames]));
    }
}
