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
    /// Where it ends in the song.
    pub(crate) to: Frames,
    pub(crate) reading: ProgramReading,
}

/// Measures the sections that lie wholly in what was rendered: `length` frames from `start` on.
pub(crate) fn measured(
    song: &Resolved,
    master: &Path,
    start: Frames,
    length: Frames,
) -> Result<Vec<Measured>, Outcome> {
    let end = start + length;
    let whole = song.sections.iter().filter(|section| section.from >= start && section.to <= end);
    whole
        .map(|section| {
            let (from, to) = (section.from, section.to);
            let reading = measure_part(master, from - start, to - start)?;
            Ok(Measured { name: section.name.clone(), from, to, reading })
        })
        .collect()
}
