//! What is another in a song than it was, in words for its author: `vocal: fader -6 -> -4.5 dB`.
//!
//! Songs are compared as they are declared: names and symbolic places make better words than indices and frames. Where
//! something is written is no part of it.

mod chain;
mod clips;
mod curve;
mod rename;
mod song;
mod strip;
#[cfg(test)]
mod tests;
mod words;

use crate::{song::Song, time::Timeline, written::alike};
use std::fmt;
use std::path::Path;

/// One thing that is another than it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The strip that it is about, or another part of the song by its name; none if it is the song.
    pub of: Option<String>,
    /// What became of it.
    pub what: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.of {
            Some(of) => write!(f, "{of}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

impl Change {
    /// A file holds another sound than it did.
    pub fn recording(file: &Path) -> Change {
        let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
        Change { of: None, what: format!("{name} is another recording") }
    }
}

/// What is another in the second song than it was in the first, in the order of the song; nothing if both sound alike.
pub fn changes(before: &Song, after: &Song) -> Vec<Change> {
    if alike(before, after) {
        return Vec::new();
    }
    let ruler = Timeline::new(after);
    let mut told = Told { ruler: &ruler, of: None, all: Vec::new() };
    song::song(&mut told, before, after);
    told.all
}

/// Changes in a line, `most` of them at most, each strip named once.
pub fn line(changes: &[Change], most: usize) -> String {
    let mut text = String::new();
    let mut of = None;
    for change in changes.iter().take(most) {
        match (&change.of, text.is_empty()) {
            (Some(same), false) if of == Some(same) => text.push_str(&format!(", {}", change.what)),
            (_, first) => text.push_str(&format!("{}{change}", if first { "" } else { "; " })),
        }
        of = change.of.as_ref();
    }
    match changes.len().saturating_sub(most) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

/// What was told so far, and what it is about.
struct Told<'a> {
    /// The ruler of the later song.
    ruler: &'a Timeline,
    of: Option<String>,
    all: Vec<Change>,
}

impl Told<'_> {
    fn about(&mut self, of: &str) {
        self.of = Some(of.to_owned());
    }

    fn say(&mut self, what: impl Into<String>) {
        self.all.push(Change { of: self.of.clone(), what: what.into() });
    }

    fn say_if(&mut self, other: bool, what: impl FnOnce() -> String) {
        if other {
            self.say(what());
        }
    }
}
