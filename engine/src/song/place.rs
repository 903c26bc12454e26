//! Symbolic times: lengths, places and spans, before it is known which frames they come to.

use mixwright_nodes::unit::Unit;
use serde::{Deserialize, Serialize};

/// A length in several measures at once; they add up in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Length {
    /// Bars of the meter where they begin.
    pub bars: f64,
    /// Beats: the notes that the meter counts in.
    pub beats: f64,
    /// Seconds.
    pub seconds: f64,
    /// Frames of the song's rate.
    pub samples: f64,
}

impl Length {
    /// Its parts with their units.
    pub fn parts(self) -> [(f64, Unit); 4] {
        [
            (self.bars, Unit::Bars),
            (self.beats, Unit::Beats),
            (self.seconds, Unit::Seconds),
            (self.samples, Unit::Samples),
        ]
    }

    /// The sum of both.
    #[must_use]
    pub fn plus(self, other: Length) -> Length {
        Length {
            bars: self.bars + other.bars,
            beats: self.beats + other.beats,
            seconds: self.seconds + other.seconds,
            samples: self.samples + other.samples,
        }
    }

    /// So many times as long.
    #[must_use]
    pub fn times(self, factor: f64) -> Length {
        Length {
            bars: self.bars * factor,
            beats: self.beats * factor,
            seconds: self.seconds * factor,
            samples: self.samples * factor,
        }
    }
}

/// What a place is counted from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Anchor {
    /// The start of the song: bar 1, beat 1.
    #[default]
    Start,
    /// Where the last clip ends that is not itself counted from here.
    End,
    /// Where a clip of a track ends; clips count from 0.
    ClipEnd(String, usize),
}

/// A place in the song.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Place {
    /// What it is counted from.
    pub from: Anchor,
    /// How far on from there.
    pub plus: Length,
}

impl Place {
    /// The first beat of a bar; bars count from 1.
    pub fn bar(number: f64) -> Place {
        Place { from: Anchor::Start, plus: Length { bars: number - 1.0, ..Length::default() } }
    }

    /// Whether it lies before another at any tempo.
    pub fn surely_before(&self, other: &Place) -> bool {
        let (here, there) = (self.plus.parts(), other.plus.parts());
        let mut later = here.iter().zip(&there).map(|((here, _), (there, _))| here - there);
        self.from == other.from && later.clone().all(|by| by <= 0.0) && later.any(|by| by < 0.0)
    }

    /// A place so much further on.
    #[must_use]
    pub fn plus(mut self, length: Length) -> Place {
        self.plus = self.plus.plus(length);
        self
    }
}

/// A stretch from a place up to another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// Its first place.
    pub from: Place,
    /// The place after its last.
    pub to: Place,
}
