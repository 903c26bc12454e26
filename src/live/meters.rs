//! Tracks of meters as a file: a word, the length of a header in JSON, the header, and the values of all tracks in turn.

use mixwright_engine::render::take::Track;
use serde::Serialize;

/// What the file begins with.
const WORD: &[u8; 4] = b"MXM1";

#[derive(Serialize)]
struct Header<'t> {
    rate: u32,
    tracks: Vec<Entry<'t>>,
}

#[derive(Serialize)]
struct Entry<'t> {
    name: &'t str,
    /// Frames from one value to the next.
    every: f64,
    count: usize,
}

/// Tracks as a file.
pub(super) fn file(tracks: &[Track], rate: u32) -> Vec<u8> {
    let entries =
        tracks.iter().map(|track| Entry { name: track.name, every: track.every, count: track.values.len() });
    let header = serde_json::to_vec(&Header { rate, tracks: entries.collect() }).unwrap_or_default();
    let mut bytes = WORD.to_vec();
    bytes.extend((header.len() as u32).to_le_bytes());
    bytes.extend(header);
    bytes.extend(tracks.iter().flat_map(|track| &track.values).flat_map(|value| value.to_le_bytes()));
    bytes
}
