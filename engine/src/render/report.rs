//! What a render says about itself, as plain data.

use super::{profile::Profile, take::Take};
use crate::song::StripKind;
use mixwright_nodes::{
    finish::Finished,
    meter::{program::ProgramReading, strips::StripReading},
    unit::{Db, Frames, Percent},
};
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;

/// What a render made.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The song's title.
    pub title: String,
    /// Frames a second.
    pub rate: u32,
    /// The length of every file.
    pub length: Frames,
    /// Named places.
    pub chapters: Vec<Chapter>,
    /// Each strip after its fader, in the order of the song.
    pub strips: Vec<StripReport>,
    /// Effects that turned down, with the most that each did.
    pub reductions: Vec<Reduction>,
    /// What the mix measures on its way into the master, if it was measured.
    pub mix: Option<ProgramReading>,
    /// What the finished master measures, if it was measured.
    pub master: Option<ProgramReading>,
    /// What the master's last phase did, if it has one.
    pub finish: Option<Finished>,
    /// The files that were written.
    pub files: Vec<PathBuf>,
    /// Those of them that hold less than was to be heard.
    pub clipped: Vec<Clipped>,
    /// What an earlier render had made, if there was a store to look into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recalled: Option<Recalled>,
    /// Where the time went, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// What is left to be heard and drawn, if it was asked for.
    #[serde(skip)]
    pub take: Option<Arc<Take>>,
}

/// What ran, and what came from the store.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recalled {
    /// Strips that ran.
    pub ran: Vec<String>,
    /// Strips that did not, as nothing before their faders was other than in an earlier render.
    pub stored: Vec<String>,
    /// The share of the work that was spared, by what effects cost roughly.
    pub saved: Percent,
    /// Why nothing more is kept for the next render, if the disk refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// A file whose sound went beyond what its format can hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Clipped {
    /// Which.
    pub file: PathBuf,
    /// Samples that were cut off at full scale.
    pub samples: u64,
}

/// A strip after its fader.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StripReport {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: StripKind,
    /// What its meter read.
    #[serde(flatten)]
    pub reading: StripReading,
    /// Its share of the K-weighted energy of all tracks, if it is one.
    pub share: Option<Percent>,
}

/// What an effect turned down.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reduction {
    /// The effect's path.
    pub effect: String,
    /// The most that it turned down.
    pub most: Db,
}

/// A named place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chapter {
    /// Where it begins.
    pub at: Frames,
    /// Its title.
    pub title: String,
}
