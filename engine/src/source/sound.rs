//! Short files taken whole: what an effect must know beforehand, such as the impulse response of a room.

use super::{Reader, SourceError};
use crate::song::ChannelPick;
use mixwright_nodes::dsp::resample::resampled;
use mixwright_nodes::effect::Sound;
use std::path::Path;

/// The longest file that is taken whole, in seconds.
const LONGEST: u32 = 60;

/// Takes a whole file at a rate.
///
/// # Errors
/// If it cannot be played or is longer than a minute.
pub fn load(path: &Path, rate: u32) -> Result<Sound, SourceError> {
    let mut reader = Reader::open(path, ChannelPick::All)?;
    let info = reader.info().clone();
    if info.frames > u64::from(LONGEST) * u64::from(info.rate) {
        let seconds = info.frames as f64 / f64::from(info.rate);
        return Err(SourceError::Long { path: path.to_owned(), seconds, limit: f64::from(LONGEST) });
    }
    let frames = usize::try_from(info.frames).expect("a minute fits");
    let mut channels = vec![vec![0.0; frames]; info.channels];
    reader.read(&mut channels.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>())?;
    let channels = channels.iter().map(|plane| resampled(plane, info.rate, rate)).collect();
    Ok(Sound { file_rate: info.rate, channels })
}
