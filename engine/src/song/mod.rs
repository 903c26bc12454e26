//! The declared mix: plain data with symbolic times, as a script makes it and as RON writes it.
//!
//! Nothing here is checked and nothing is in frames; `check` does both.

mod clip;
pub mod limits;
mod motion;
mod place;
mod strip;
mod used;

pub use clip::{ChannelPick, Clip, FadeShape, Overlap};
pub use motion::{Motion, MotionPoint, Setting, Tap, TapPoint, Turn};
pub use place::{Anchor, Length, Place, Span};
pub use strip::{Insert, InsertEffect, Parallel, Send, SendFrom, Strip, StripKind};
pub use used::UsedFile;

use crate::diagnostic::Origin;
use mixwright_nodes::{curve::Shape, dsp::pan::PanLaw, finish::Finish, unit::Bpm};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A song: all that is needed to render it, but for its audio files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Song {
    /// Its title.
    pub title: String,
    /// Who made it.
    #[serde(default)]
    pub artist: String,
    /// Frames a second of everything that is rendered.
    pub rate: u32,
    /// The tempo at the start.
    pub tempo: Bpm,
    /// Where the tempo changes.
    #[serde(default)]
    pub tempos: Vec<TempoChange>,
    /// The meter at the start and where it changes.
    pub meters: Vec<Meter>,
    /// Named stretches.
    #[serde(default)]
    pub sections: Vec<Section>,
    /// Where the song ends, if not with its last clip and what rings on after it.
    #[serde(default)]
    pub end: Option<Place>,
    /// How a mono strip is laid between left and right.
    #[serde(default = "PanLaw::usual")]
    pub law: PanLaw,
    /// Tracks, groups and buses, in declared order.
    pub strips: Vec<Strip>,
    /// The strip that everything arrives at.
    pub master: Strip,
    /// The master's last phase: a loudness under a ceiling.
    #[serde(default)]
    pub finish: Option<Finish>,
    /// Faders that move the faders of others.
    #[serde(default)]
    pub vcas: Vec<Vca>,
    /// Spans that are left out.
    #[serde(default)]
    pub cuts: Vec<Cut>,
    /// Named places, for players that list them.
    #[serde(default)]
    pub chapters: Vec<Chapter>,
    /// Strips to write as files of their own, beside the master.
    #[serde(default)]
    pub stems: Stems,
    /// The folder that the names of files are relative to.
    #[serde(skip)]
    pub folder: PathBuf,
    /// Where the song was declared.
    #[serde(skip)]
    pub origin: Origin,
}

impl Song {
    /// A song without strips: 44.1 kHz, 120 bpm, 4/4.
    pub fn new(title: impl Into<String>) -> Self {
        Song {
            title: title.into(),
            artist: String::new(),
            rate: 44_100,
            tempo: Bpm(120.0),
            tempos: Vec::new(),
            meters: vec![Meter { bar: 1, beats: 4, unit: 4 }],
            sections: Vec::new(),
            end: None,
            law: PanLaw::usual(),
            strips: Vec::new(),
            master: Strip::new("master", StripKind::Master),
            finish: None,
            vcas: Vec::new(),
            cuts: Vec::new(),
            chapters: Vec::new(),
            stems: Stems::None,
            folder: PathBuf::new(),
            origin: Origin::default(),
        }
    }
}

/// A change of tempo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TempoChange {
    /// Where the new tempo is reached. Counted in bars and beats from the start.
    pub at: Place,
    /// The tempo there.
    pub tempo: Bpm,
    /// How it is reached: [`Shape::Step`] or [`Shape::Line`] (straight over beats).
    pub shape: Shape,
}

/// A meter from a bar on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meter {
    /// The first bar of it; bars count from 1.
    pub bar: u32,
    /// Beats in a bar.
    pub beats: u32,
    /// The note that is a beat: 4 for a quarter. Tempo counts quarters.
    pub unit: u32,
}

/// A named stretch of the song.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub span: Span,
    /// Where it was declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// A named place for players that list them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chapter {
    /// Where it begins.
    pub at: Place,
    /// Its title.
    pub title: String,
}

/// A span that is left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// What is left out.
    pub span: Span,
    /// The track that is silent there; without one the whole song closes up (a ripple cut).
    pub track: Option<String>,
    /// How long what ends fades into what begins.
    pub crossfade: Length,
    /// Where it was declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// A fader that moves the faders of others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vca {
    /// Its name.
    pub name: String,
    /// The strips whose faders it moves.
    pub strips: Vec<String>,
    /// What it adds to them, in decibels.
    pub level: Setting,
    /// Where it was declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// Which strips are written as files of their own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Stems {
    /// None.
    #[default]
    None,
    /// Every strip that goes to the master.
    All,
    /// These, and what is left of the mix as `rest`.
    Named(Vec<String>),
}
