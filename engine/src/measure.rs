//! A finished file, heard once by all meters.

use crate::source::{Info, Reader, SourceError};
use mixwright_nodes::{
    effect::Width,
    meter::program::{Program, ProgramReading},
    unit::Frames,
};
use std::path::Path;

/// What a file is and measures.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Frames a second.
    pub rate: u32,
    /// Container and codec.
    pub format: String,
    /// Whether its coding lost something.
    pub lossy: bool,
    /// Frames that its sound may come late by, as it does not tell its encoder's delay.
    pub late: u64,
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
    let mut reader = Reader::open_measured(path)?;
    let Info { rate, format, lossy, late, frames, .. } = reader.info().clone();
    Ok(Measured { rate, format, lossy, late, reading: heard(&mut reader, frames)? })
}

/// Measures a part of a file, as if it were all of it.
///
/// # Errors
/// If it cannot be read that far.
pub fn measure_part(path: &Path, from: Frames, to: Frames) -> Result<ProgramReading, SourceError> {
    let mut reader = Reader::open_measured(path)?;
    let (from, to) = (from.0.max(0) as u64, to.0.max(0) as u64);
    reader.seek(from)?;
    heard(&mut reader, to.saturating_sub(from))
}

/// What the meters read of so many frames.
fn heard(reader: &mut Reader, mut left_over: u64) -> Result<ProgramReading, SourceError> {
    let width = if reader.info().channels == 1 { Width::Mono } else { Width::Stereo };
    let mut meter = Program::new(reader.info().rate, width);
    let (mut left, mut right) = (vec![0.0; PIECE], vec![0.0; PIECE]);
    loop {
        let wanted = usize::try_from(left_over).map_or(PIECE, |wanted| wanted.min(PIECE));
        let frames = match width {
            Width::Mono => reader.read(&mut [&mut left[..wanted]])?,
            Width::Stereo => reader.read(&mut [&mut left[..wanted], &mut right[..wanted]])?,
        };
        if frames == 0 {
            return Ok(meter.reading());
        }
        left_over -= frames as u64;
        meter.push(&left[..frames], (width == Width::Stereo).then_some(&right[..frames]));
    }
}
