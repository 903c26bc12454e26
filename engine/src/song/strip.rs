//! Channel strips: what they play, their chains, faders and sends.

use super::{Clip, Length, Motion, Setting, Tap};
use crate::diagnostic::Origin;
use mixwright_nodes::{dsp::pan::PanLaw, effect::Channels, effects::AnyEffect};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a strip is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StripKind {
    /// It plays clips.
    Track,
    /// It plays what is sent to it.
    Bus,
    /// It plays its members.
    Group,
    /// Everything arrives at it.
    Master,
}

impl StripKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            StripKind::Track => "track",
            StripKind::Bus => "bus",
            StripKind::Group => "group",
            StripKind::Master => "master",
        }
    }
}

/// A channel strip: what it plays, its chain, fader, pan and sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strip {
    /// Its name: its identity.
    pub name: String,
    /// What it is.
    pub kind: StripKind,
    /// What it plays, if it is a track.
    #[serde(default)]
    pub clips: Vec<Clip>,
    /// Its effects, in order.
    #[serde(default)]
    pub chain: Vec<Insert>,
    /// Its level after the chain, in decibels.
    #[serde(default)]
    pub fader: Setting,
    /// Its place: -100 left to 100 right. Balance on two channels.
    #[serde(default)]
    pub pan: Setting,
    /// How it is laid between left and right while it is mono, if not as the song says.
    #[serde(default)]
    pub law: Option<PanLaw>,
    /// Whether it is silent.
    #[serde(default)]
    pub muted: bool,
    /// Whether only its sends are heard, because a bus that it sends to is soloed.
    #[serde(skip)]
    pub sends_only: bool,
    /// What of it is sent to buses.
    #[serde(default)]
    pub sends: Vec<Send>,
    /// The group or bus that it goes to, if not the master.
    #[serde(default)]
    pub to: Option<String>,
    /// How much later (or earlier) its clips play.
    #[serde(default)]
    pub nudge: Length,
    /// Where it was declared.
    #[serde(skip)]
    pub origin: Origin,
}

impl Strip {
    /// A strip with an empty chain at 0 dB.
    pub fn new(name: impl Into<String>, kind: StripKind) -> Self {
        Strip {
            name: name.into(),
            kind,
            clips: Vec::new(),
            chain: Vec::new(),
            fader: Setting::default(),
            pan: Setting::default(),
            law: None,
            muted: false,
            sends_only: false,
            sends: Vec::new(),
            to: None,
            nudge: Length::default(),
            origin: Origin::default(),
        }
    }
}

/// A place in a chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Insert {
    /// An effect.
    Effect(InsertEffect),
    /// A chain beside this place: both start here and are summed here.
    Parallel(Parallel),
    /// A name for this place.
    Tap(String),
}

/// An effect in a chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InsertEffect {
    /// Its name in the chain: the effect's own, with a count from the second on (`compress#2`), or what its author said.
    pub name: String,
    /// The effect, with the values of what no curve moves.
    pub effect: AnyEffect,
    /// Curves, by the paths of the parameters that they move (`threshold`, `bands/2/gain`).
    #[serde(default)]
    pub moves: BTreeMap<String, Motion>,
    /// The share of the effect's output, in percent.
    #[serde(default = "all_wet")]
    pub mix: Setting,
    /// Whether it is left out.
    #[serde(default)]
    pub bypass: bool,
    /// The part of the signal that it works on.
    #[serde(default = "all_channels")]
    pub on: Channels,
    /// What it listens to instead of its own input.
    #[serde(default)]
    pub key: Option<Tap>,
    /// Where it was declared.
    #[serde(skip)]
    pub origin: Origin,
}

fn all_wet() -> Setting {
    Setting::Is(100.0)
}

fn all_channels() -> Channels {
    Channels::Stereo
}

impl InsertEffect {
    /// An effect all wet, on all channels, without a key.
    pub fn new(name: impl Into<String>, effect: AnyEffect) -> Self {
        InsertEffect {
            name: name.into(),
            effect,
            moves: BTreeMap::new(),
            mix: all_wet(),
            bypass: false,
            on: all_channels(),
            key: None,
            origin: Origin::default(),
        }
    }
}

/// A chain beside a place in another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parallel {
    /// Its name.
    pub name: String,
    /// Its level, in decibels.
    pub level: Setting,
    /// Its effects.
    pub chain: Vec<Insert>,
    /// Where it was declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// What of a strip is sent to a bus.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Send {
    /// The bus.
    pub to: String,
    /// How much, in decibels.
    pub level: Setting,
    /// From where.
    #[serde(default)]
    pub from: SendFrom,
    /// Where it was declared.
    #[serde(skip)]
    pub origin: Origin,
}

/// Where a send takes its signal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SendFrom {
    /// After the fader: it follows it.
    #[default]
    Post,
    /// Before the fader.
    Pre,
}
