//! The declared mix: plain data with symbolic times, as a script makes it and as RON writes it.
//!
//! Nothing here is checked and nothing is in frames; `check` does both.

use crate::diagnostic::Origin;
use mixwright_nodes::{
    curve::{Shape, Wave},
    dsp::pan::PanLaw,
    effect::Channels,
    effects::AnyEffect,
    finish::Finish,
    unit::{Bpm, Db},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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

/// A number in the unit of its parameter, or a curve of such numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Setting {
    /// The same all the time.
    Is(f64),
    /// It moves.
    Moves(Motion),
}

impl Default for Setting {
    fn default() -> Self {
        Setting::Is(0.0)
    }
}

/// A symbolic curve: values are of type `V` (numbers in the parameter's unit, once that is known).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Motion<V = f64> {
    /// The same value for ever.
    Hold(V),
    /// From point to point; the first value holds from the start of the song.
    Points(V, Vec<MotionPoint<V>>),
    /// A low-frequency oscillator.
    Lfo {
        /// The form of a turn.
        wave: Wave,
        /// The length of a turn.
        every: Turn,
        /// Where in a turn it begins, 0 to 1.
        phase: f64,
        /// Its lowest and highest value.
        between: (V, V),
    },
    /// The level of another strip, from `quiet` to `loud`, as a value between two.
    Follow {
        /// What is listened to.
        heard: Tap,
        /// The level that gives the first value, in decibels.
        quiet: f64,
        /// The level that gives the second value, in decibels.
        loud: f64,
        /// Milliseconds to rise.
        attack: f64,
        /// Milliseconds to fall.
        release: f64,
        /// The values for quiet and loud.
        between: (V, V),
    },
    /// A musical length as a time, along the tempo map: for delays.
    Echo(Length),
    /// The sum of several curves.
    Sum(Vec<Motion<V>>),
    /// A curve times a factor.
    Scaled(Box<Motion<V>>, f64),
    /// A curve that comes later.
    Shifted(Box<Motion<V>>, Length),
}

impl<V> Motion<V> {
    /// The same curve with each value changed by `change`.
    ///
    /// # Errors
    /// The first error of `change`.
    pub fn map<W, E>(&self, change: &mut impl FnMut(&V) -> Result<W, E>) -> Result<Motion<W>, E> {
        Ok(match self {
            Motion::Hold(value) => Motion::Hold(change(value)?),
            Motion::Points(start, points) => Motion::Points(
                change(start)?,
                points
                    .iter()
                    .map(|p| Ok(MotionPoint { at: p.at.clone(), value: change(&p.value)?, shape: p.shape }))
                    .collect::<Result<_, E>>()?,
            ),
            Motion::Lfo { wave, every, phase, between } => Motion::Lfo {
                wave: *wave,
                every: *every,
                phase: *phase,
                between: (change(&between.0)?, change(&between.1)?),
            },
            Motion::Follow { heard, quiet, loud, attack, release, between } => Motion::Follow {
                heard: heard.clone(),
                quiet: *quiet,
                loud: *loud,
                attack: *attack,
                release: *release,
                between: (change(&between.0)?, change(&between.1)?),
            },
            Motion::Echo(length) => Motion::Echo(*length),
            Motion::Sum(all) => Motion::Sum(all.iter().map(|m| m.map(change)).collect::<Result<_, E>>()?),
            Motion::Scaled(inner, factor) => Motion::Scaled(Box::new(inner.map(change)?), *factor),
            Motion::Shifted(inner, by) => Motion::Shifted(Box::new(inner.map(change)?), *by),
        })
    }
}

/// A place that a symbolic curve goes through.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MotionPoint<V = f64> {
    /// Where.
    pub at: Place,
    /// The value there.
    pub value: V,
    /// How it is reached.
    pub shape: Shape,
}

/// How long a turn of an oscillator is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Turn {
    /// So many a second.
    Rate(f64),
    /// One in so long.
    Every(Length),
}

/// A place in a strip at which its signal can be heard.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tap {
    /// The strip's name.
    pub strip: String,
    /// Where in it.
    #[serde(default)]
    pub point: TapPoint,
}

/// Where in a strip.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TapPoint {
    /// After its effects, before its fader: moving a fader moves no ducking.
    #[default]
    Chain,
    /// Before its effects.
    Input,
    /// After its fader.
    Output,
    /// At a tap of this name in its chain.
    Named(String),
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
            origin: Origin::default(),
        }
    }
}
