//! Short files taken whole: what an effect must know beforehand, such as the impulse response of a room.

use super::{Reader, SourceError};
use mixwright_nodes::dsp::resample::resampled;
use mixwright_nodes::effect::Sound;
use std::path::Path;

/// The longest file that is taken whole, in seconds.
const LONGEST: u32 = 60;

/// Refuses a file of so many frames that is too long to be taken whole.
///
/// # Errors
/// If it is longer than a minute.
pub fn fits_whole(path: &Path, rate: u32, frames: u64) -> Result<(), SourceError> {
    if frames <= u64::from(LONGEST) * u64::from(rate) {
        return Ok(());
    }
    let seconds = frames as f64 / f64::from(rate);
    Err(SourceError::Long { path: path.to_owned(), seconds, limit: f64::from(LONGEST) })
}

/// Takes a whole file at a rate, with all of its channels.
///
/// # Errors
/// If it cannot be played, is longer than a minute, or is silent.
pub fn load(path: &Path, rate: u32) -> Result<Sound, SourceError> {
    let mut reader = Reader::open_whole(path)?;
    let info = reader.info().clone();
    fits_whole(path, info.rate, info.frames)?;
    let frames = usize::try_from(info.frames).expect("a minute fits");
    let mut channels = vec![vec![0.0; frames]; info.channels];
    reader.read(&mut channels.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>())?;
    if channels.iter().flatten().all(|x| *x == 0.0) {
        return Err(SourceError::Silent { path: path.to_owned() });
    }
    let channels = channels.iter().map(|plane| resampled(plane, info.rate, rate)).collect();
    Ok(Sound { file_rate: info.rate, channels })
}
