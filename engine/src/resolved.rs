//! A checked song: only frames, indices and curves are left, and nothing in it can be wrong any more.

use crate::{
    diagnostic::Origin,
    song::{ChannelPick, FadeShape, Overlap, SendFrom, StripKind, TapPoint, UsedFile},
    time::Timeline,
};
use mixwright_nodes::{
    curve::Curve,
    dsp::pan::{self, PanLaw},
    effect::{Slot, Width},
    finish::Finish,
    unit::{Db, Frames},
};
use std::path::PathBuf;

/// A checked song.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// Its title.
    pub title: String,
    /// Frames a second.
    pub rate: u32,
    /// The frame after the last that is sure to be written.
    pub end: Frames,
    /// Whether the song is cut there; otherwise it rings on.
    pub exact: bool,
    /// Tracks, groups and buses in declared order, and the master last.
    pub strips: Vec<Channel>,
    /// Each bar to well behind the end: its first frame and its beats. Bars that were cut out lie where the cut is.
    pub bars: Vec<(Frames, u32)>,
    /// Named stretches.
    pub sections: Vec<Stretch>,
    /// Named places, for players that list them.
    pub chapters: Vec<(Frames, String)>,
    /// The master's last phase.
    pub finish: Option<Finish>,
    /// Strips to be written as files of their own.
    pub stems: Stemmed,
    /// The audio files that the song names, heard or not.
    pub files: Vec<UsedFile>,
    /// The ruler, for reports.
    pub timeline: Timeline,
}

impl Resolved {
    /// The index of the master.
    pub fn master(&self) -> usize {
        self.strips.len() - 1
    }
}

/// A named stretch in frames.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// Its name.
    pub name: String,
    /// Its first frame.
    pub from: Frames,
    /// The frame after its last.
    pub to: Frames,
}

/// Which strips are written as files of their own.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Stemmed {
    /// None.
    #[default]
    None,
    /// Every strip that goes to the master.
    All,
    /// These; what is left of the mix is written as `rest`.
    Named(Vec<usize>),
}

/// A checked strip.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: StripKind,
    /// What it plays, if it is a track.
    pub clips: Vec<PlayedClip>,
    /// The width of what it plays.
    pub width: Width,
    /// Its effects.
    pub chain: Vec<Link>,
    /// Its fader and pan.
    pub fader: Fader,
    /// What of it is sent to buses.
    pub sends: Vec<Sent>,
    /// The strip that it goes to; none for the master.
    pub to: Option<usize>,
    /// Whether nothing of it is heard.
    pub muted: bool,
    /// Where it was declared.
    pub origin: Origin,
}

/// A place in a chain.
#[derive(Clone, Debug)]
pub enum Link {
    /// An effect.
    Effect(Box<Placed>),
    /// A chain beside this place.
    Beside(Beside),
    /// A name for this place.
    Tap(String),
}

/// An effect in its place.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Its name in the chain.
    pub name: String,
    /// The effect with its curves.
    pub slot: Slot,
    /// What it listens to.
    pub key: Option<Heard>,
    /// What its curves follow, in the order of their numbers.
    pub followers: Vec<Follower>,
    /// Where it was declared.
    pub origin: Origin,
}

/// A chain beside a place in another.
#[derive(Clone, Debug)]
pub struct Beside {
    /// Its name.
    pub name: String,
    /// Its effects.
    pub chain: Vec<Link>,
    /// Its level.
    pub level: Fader,
    /// Where it was declared.
    pub origin: Origin,
}

/// A place in a strip at which its signal can be heard.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Heard {
    /// The strip.
    pub strip: usize,
    /// Where in it.
    pub point: TapPoint,
}

/// What listens to a level and makes values of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Follower {
    /// What it listens to.
    pub heard: Heard,
    /// The level that gives the first value, and the one that gives the second, in decibels.
    pub levels: (f64, f64),
    /// Milliseconds to rise and to fall.
    pub times: (f64, f64),
    /// The two values.
    pub between: (f64, f64),
}

/// A level and a place between left and right.
#[derive(Clone, Debug)]
pub struct Fader {
    /// The level in decibels: curves that add up.
    pub gain: Curve,
    /// The place, -100 to 100.
    pub pan: Curve,
    /// How one channel is laid between two.
    pub law: PanLaw,
    /// What the curves follow, in the order of their numbers.
    pub followers: Vec<Follower>,
}

impl Fader {
    /// The factors of the left and the right channel at a level and a place.
    pub fn gains(&self, level: f64, place: f64, input: Width, output: Width) -> [f64; 2] {
        let gain = Db(level).gain();
        let (left, right) = self.sides(place, input, output);
        [gain * left, gain * right]
    }

    /// What a place leaves of the left and the right channel.
    pub fn sides(&self, place: f64, input: Width, output: Width) -> (f64, f64) {
        match (input, output) {
            (_, Width::Mono) => (1.0, 1.0),
            (Width::Stereo, Width::Stereo) => pan::balance(place / 100.0),
            (Width::Mono, Width::Stereo) => pan::gains(self.law, place / 100.0),
        }
    }
}

/// What of a strip is sent to a bus.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The bus.
    pub to: usize,
    /// How much.
    pub level: Fader,
    /// From where.
    pub from: SendFrom,
    /// Where it was declared.
    pub origin: Origin,
}

/// A clip in frames of the song's rate.
#[derive(Clone, Debug, PartialEq)]
pub struct PlayedClip {
    /// The file.
    pub path: PathBuf,
    /// The song's frame at which it begins.
    pub at: Frames,
    /// Frames that are left out at the file's start.
    pub from: Frames,
    /// Frames that are played of the file, once through.
    pub length: Frames,
    /// How often it is played.
    pub repeat: u32,
    /// Its gain as a factor.
    pub gain: f64,
    /// Frames that it fades in.
    pub fade_in: Frames,
    /// Frames that it fades out.
    pub fade_out: Frames,
    /// How its fades rise and fall.
    pub shape: FadeShape,
    /// Whether it is played backwards.
    pub reverse: bool,
    /// Which channel is played.
    pub channel: ChannelPick,
    /// What happens where it meets the clip before.
    pub overlap: Overlap,
}

impl PlayedClip {
    /// The frame after its last.
    pub fn end(&self) -> Frames {
        Frames(self.at.0 + self.length.0 * i64::from(self.repeat))
    }
}
