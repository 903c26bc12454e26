//! What each section of a song measures in the finished master.

use crate::outcome::Outcome;
use mixwright_engine::{measure::measure_part, resolved::Resolved};
use mixwright_nodes::{meter::program::ProgramReading, unit::Frames};
use std::path::Path;

/// A section and what it measures by itself.
pub(crate) struct Measured {
    pub(crate) name: String,
    /// Where it begins in the song.
    pub(crate) from: Frames,
    /// Where it ends in the song: with the song if it is longer.
    pub(crate) to: Frames,
    pub(crate) reading: ProgramReading,
}

/// Measures the sections that lie wholly in what was rendered: `length` frames of the song, or of a part of it.
pub(crate) fn measured(
    song: &Resolved,
    master: &Path,
    part: Option<(Frames, Frames)>,
    length: Frames,
) -> Result<Vec<Measured>, Outcome> {
    let start = part.map_or(Frames(0), |(from, _)| from);
    let end = start + length;
    // What is shorter than was asked for ends with the song, and so does a section that would be longer.
    let over = part.is_none_or(|(_, to)| end < to);
    let whole = song
        .sections
        .iter()
        .filter(|section| section.from >= start && section.from < end && (over || section.to <= end));
    whole
        .map(|section| {
            let (from, to) = (section.from, section.to.min(end));
            let reading = measure_part(master, from - start, to - start)?;
            Ok(Measured { name: section.name.clone(), from, to, reading })
        })
        .collect()
}
