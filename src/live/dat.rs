//! Outlines as the BBC's audiowaveform writes them: its `.dat` format, version 2.

use mixwright_engine::render::take::{LEVELS, Outline};

/// Points of two channels, each a smallest and a largest value.
const CHANNELS: u32 = 2;

/// A level of an outline as a file, if there is such a level.
pub(super) fn file(outline: &Outline, rate: u32, level: usize) -> Option<Vec<u8>> {
    let (frames, points) = (LEVELS.get(level)?, outline.levels.get(level)?);
    let values = points.len() as u32 * 8 / outline.bits;
    let header = [2, u32::from(outline.bits == 8), rate, *frames as u32, values / (2 * CHANNELS), CHANNELS];
    Some(header.into_iter().flat_map(u32::to_le_bytes).chain(points.iter().copied()).collect())
}
