//! The session that all rivals read, as factors and coefficients.

use crate::biquad::{self, Coefficients};
use serde::Deserialize;
use std::f64::consts::{FRAC_PI_4, SQRT_2};
use std::path::{Path, PathBuf};

/// Frames a second: all sessions have this rate.
pub const RATE: f64 = 48_000.0;
/// Frames that are read, mixed and written at once.
pub const CHUNK: usize = 4096;
/// There are four groups: drums, bass, music, vox.
pub const GROUPS: usize = 4;

pub struct Session {
    pub frames: usize,
    pub tracks: Vec<Track>,
    pub groups: Vec<Group>,
    pub reverb: Reverb,
    pub master: Master,
}

pub struct Track {
    pub path: PathBuf,
    pub channels: usize,
    pub group: usize,
    pub gain: f32,
    pub eq: Vec<Coefficients>,
    pub ballistics: Ballistics,
    /// The factors to left and right.
    pub pan: [f32; 2],
    pub send: f32,
}

pub struct Group {
    pub ballistics: Ballistics,
    pub eq: Vec<Coefficients>,
}

pub struct Reverb {
    /// How much a comb of Freeverb gives back to itself.
    pub feedback: f32,
    /// How much a comb of Freeverb keeps of its last value.
    pub damp: f32,
    pub response: PathBuf,
    pub response_gain: f32,
    pub back: f32,
}

pub struct Master {
    pub eq: Vec<Coefficients>,
    pub ballistics: Ballistics,
    pub ceiling: f32,
    pub release: f32,
}

/// A compressor's settings; the times as the part of the way that one frame goes.
#[derive(Clone, Copy)]
pub struct Ballistics {
    pub threshold: f32,
    pub ratio: f32,
    pub attack: f32,
    pub release: f32,
}

#[derive(Deserialize)]
struct Written {
    frames: usize,
    tracks: Vec<WrittenTrack>,
    groups: Vec<WrittenGroup>,
    reverb: WrittenReverb,
    master: WrittenMaster,
}

#[derive(Deserialize)]
struct WrittenTrack {
    file: PathBuf,
    channels: usize,
    group: String,
    gain_db: f64,
    high_pass: f64,
    bells: Vec<[f64; 3]>,
    compressor: WrittenCompressor,
    pan: f64,
    send_db: f64,
}

#[derive(Deserialize)]
struct WrittenGroup {
    name: String,
    compressor: WrittenCompressor,
    bells: Vec<[f64; 3]>,
}

#[derive(Deserialize)]
struct WrittenCompressor {
    threshold: f64,
    ratio: f64,
    attack: f64,
    release: f64,
}

#[derive(Deserialize)]
struct WrittenReverb {
    room: f64,
    damp: f64,
    response: PathBuf,
    response_gain_db: f64,
    return_db: f64,
}

#[derive(Deserialize)]
struct WrittenMaster {
    bells: Vec<[f64; 3]>,
    compressor: WrittenCompressor,
    limiter: WrittenLimiter,
}

#[derive(Deserialize)]
struct WrittenLimiter {
    ceiling: f64,
    release: f64,
}

impl Session {
    pub fn read(folder: &Path) -> Self {
        let text = std::fs::read_to_string(folder.join("session.json")).expect("session.json can be read");
        let written: Written = serde_json::from_str(&text).expect("session.json is as session.py writes it");
        let names: Vec<&String> = written.groups.iter().map(|group| &group.name).collect();
        assert_eq!(names.len(), GROUPS, "the loops are laid out for four groups");
        Self {
            frames: written.frames,
            tracks: written.tracks.iter().map(|track| track.read(folder, &names)).collect(),
            groups: written.groups.iter().map(WrittenGroup::read).collect(),
            reverb: written.reverb.read(folder),
            master: written.master.read(),
        }
    }
}

impl WrittenTrack {
    fn read(&self, folder: &Path, groups: &[&String]) -> Track {
        // Constant power; a stereo track keeps its level in the middle.
        let angle = (self.pan + 1.0) * FRAC_PI_4;
        let level = if self.channels == 2 { SQRT_2 } else { 1.0 };
        let mut eq = vec![biquad::high_pass(self.high_pass)];
        eq.extend(bells(&self.bells));
        Track {
            path: folder.join(&self.file),
            channels: self.channels,
            group: groups.iter().position(|name| **name == self.group).expect("a track is in a group"),
            gain: factor(self.gain_db),
            eq,
            ballistics: self.compressor.read(),
            pan: [(level * angle.cos()) as f32, (level * angle.sin()) as f32],
            send: factor(self.send_db),
        }
    }
}

impl WrittenGroup {
    fn read(&self) -> Group {
        Group { ballistics: self.compressor.read(), eq: bells(&self.bells) }
    }
}

impl WrittenCompressor {
    fn read(&self) -> Ballistics {
        Ballistics {
            threshold: self.threshold as f32,
            ratio: self.ratio as f32,
            attack: smoothing(self.attack),
            release: smoothing(self.release),
        }
    }
}

impl WrittenReverb {
    fn read(&self, folder: &Path) -> Reverb {
        Reverb {
            feedback: self.room as f32 * 0.28 + 0.7,
            damp: self.damp as f32 * 0.4,
            response: folder.join(&self.response),
            response_gain: factor(self.response_gain_db),
            back: factor(self.return_db),
        }
    }
}

impl WrittenMaster {
    fn read(&self) -> Master {
        Master {
            eq: bells(&self.bells),
            ballistics: self.compressor.read(),
            ceiling: factor(self.limiter.ceiling),
            release: smoothing(self.limiter.release),
        }
    }
}

fn bells(written: &[[f64; 3]]) -> Vec<Coefficients> {
    written.iter().map(|&[frequency, gain, q]| biquad::bell(frequency, gain, q)).collect()
}

fn factor(db: f64) -> f32 {
    10f64.powf(db / 20.0) as f32
}

/// What one frame goes of the way that takes a time constant of so many milliseconds.
fn smoothing(ms: f64) -> f32 {
    (1.0 - (-1.0 / (RATE * ms * 1e-3)).exp()) as f32
}
