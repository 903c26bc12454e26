//! Clips: stretches of audio files on tracks.

use super::{Length, Place};
use crate::diagnostic::Origin;
use mixwright_nodes::unit::Db;
use serde::{Deserialize, Serialize};

/// How a fade rises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FadeShape {
    /// In a straight line: for what is the same on both sides of a crossfade.
    Linear,
    /// As a quarter of a sine: equal power, for what is not.
    #[default]
    Power,
    /// Slowly at both ends.
    Smooth,
}

/// Which channel of a file is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ChannelPick {
    /// All of them.
    #[default]
    All,
    /// One of them; channels count from 1.
    One(u32),
}

/// What happens where a clip meets the one before on its track.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Overlap {
    /// Both sound.
    #[default]
    Sum,
    /// The earlier one fades out while the later one fades in.
    Crossfade,
}

/// A stretch of an audio file on a track.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clip {
    /// The file, relative to the song's folder.
    pub file: String,
    /// Where it begins.
    #[serde(default)]
    pub at: Place,
    /// How much of the file is left out at its start.
    #[serde(default)]
    pub from: Length,
    /// How much of it is played, if not all.
    #[serde(default)]
    pub length: Option<Length>,
    /// Its own gain.
    #[serde(default)]
    pub gain: Db,
    /// How long it fades in.
    #[serde(default)]
    pub fade_in: Length,
    /// How long it fades out.
    #[serde(default)]
    pub fade_out: Length,
    /// How its fades rise and fall.
    #[serde(default)]
    pub shape: FadeShape,
    /// How often it is played, one time right after the other.
    #[serde(default = "once")]
    pub repeat: u32,
    /// Whether it is played backwards.
    #[serde(default)]
    pub reverse: bool,
    /// Which channel of the file is played.
    #[serde(default)]
    pub channel: ChannelPick,
    /// What happens where it meets the clip before.
    #[serde(default)]
    pub overlap: Overlap,
    /// Whether the rest of the song waits while it plays.
    #[serde(default)]
    pub inserted: bool,
    /// Where it was declared.
    #[serde(skip)]
    pub origin: Origin,
}

fn once() -> u32 {
    1
}

impl Clip {
    /// A whole file from the start of the song.
    pub fn new(file: impl Into<String>) -> Self {
        Clip {
            file: file.into(),
            at: Place::default(),
            from: Length::default(),
            length: None,
            gain: Db(0.0),
            fade_in: Length::default(),
            fade_out: Length::default(),
            shape: FadeShape::default(),
            repeat: once(),
            reverse: false,
            channel: ChannelPick::All,
            overlap: Overlap::Sum,
            inserted: false,
            origin: Origin::default(),
        }
    }
}
