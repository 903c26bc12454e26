//! Where the time of a render went, as plain data.

pub use super::clock::Phase;

use crate::song::StripKind;
use mixwright_nodes::unit::{Ms, Percent};
use serde::Serialize;
use std::path::PathBuf;

/// Where the time of a render went.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Profile {
    /// All work, on whichever thread: what shares are taken of.
    pub work: Ms,
    /// Strips, the longest work first. Their shares add up to all work.
    pub strips: Vec<StripTime>,
    /// The stages of the pipeline, in order. Their shares add up to what is worked while the song plays.
    pub stages: Vec<StageTime>,
    /// The threads, while the song plays.
    pub threads: Threads,
    /// What ran side by side.
    pub packs: Packs,
    /// What was done one after the other.
    pub phases: Vec<PhaseTime>,
    /// The file that tells of every slice of the work.
    pub trace: PathBuf,
}

/// The work on a strip.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StripTime {
    /// Its name.
    pub name: String,
    /// What it is, unless it is what stems leave of the mix.
    pub kind: Option<StripKind>,
    /// The time of all its parts.
    pub time: Ms,
    /// Its share of all work.
    pub share: Percent,
    /// What is done to it, the longest first.
    pub parts: Vec<PartTime>,
}

/// A part of the work on a strip.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartTime {
    /// Its name in the strip.
    pub name: String,
    /// What it does.
    pub does: Does,
    /// The effect, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<&'static str>,
    /// Its time; of what ran side by side an equal part.
    pub time: Ms,
    /// Its share of all work.
    pub share: Percent,
    /// How many strips it ran side by side with, itself among them.
    pub side_by_side: usize,
}

/// What a part of the work does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Does {
    /// Reads and decodes clips.
    Source,
    /// Delays what arrives to meet the rest, and lays it down.
    Arrive,
    /// Lays strips side by side, and apart again.
    Interleave,
    /// Runs an effect.
    Effect,
    /// Sets level and place.
    Fader,
    /// Follows a level.
    Follow,
    /// Adds up.
    Sum,
    /// Meters, encodes and writes.
    Output,
    /// Masters what was written, or hands on what was held back.
    Finish,
}

/// A stage of the pipeline.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StageTime {
    /// The packs that stand in it.
    pub packs: usize,
    /// The outputs that are heard in it.
    pub outputs: usize,
    /// Their time.
    pub time: Ms,
    /// Its share of what is worked while the song plays.
    pub share: Percent,
}

/// How threads were used while the song played.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Threads {
    /// From the first block to the last.
    pub wall: Ms,
    /// What each thread worked.
    pub each: Vec<Ms>,
    /// What all of them worked.
    pub work: Ms,
    /// What is left of the time that they had.
    pub idle: Ms,
    /// The share of that time in which they worked.
    pub used: Percent,
}

/// How like effects of many strips shared kernels.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Packs {
    /// Their time: that of the kernels, and of laying strips side by side.
    pub time: Ms,
    /// The share of places that strips had, weighed by time; none if nothing ran side by side.
    pub fill: Option<Percent>,
    /// Each run of effects on the same strips, the longest first.
    pub runs: Vec<PackTime>,
}

/// A run of effects on strips side by side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PackTime {
    /// The effects in their order.
    pub effects: Vec<String>,
    /// The strips.
    pub strips: Vec<String>,
    /// The places for strips that its vectors have.
    pub places: usize,
    /// The share of them that strips had.
    pub fill: Percent,
    /// Its time.
    pub time: Ms,
    /// Its share of all work.
    pub share: Percent,
}

/// A phase of the render.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PhaseTime {
    /// Which.
    pub phase: Phase,
    /// How long it took.
    pub time: Ms,
}
