//! The combs and all-passes of a side, in pieces that no line is shorter than: what leaves a piece of a line is known
//! before anything enters it.
//!
//! All lines are flat loops over time but for the combs' low passes, which go frame by frame: those of eight combs lie
//! side by side for it, and both sides' are in one loop. Lines and their sums are `f32`, as sound is between nodes:
//! even at the longest decay an error of -120 dB. Low passes are `f64`.

use super::line::Line;
use crate::{
    block::PIECE,
    dsp::{
        cpu::{Floats, Isa, Octet, Vector},
        math::{SETTLED, settle, settle_sample},
    },
};

/// Combs of a side, and frames of a tile of them.
const WIDE: usize = 8;
/// What the lines' frames are at.
const RATE: u32 = 44_100;
/// Frames of the left side's combs.
const COMBS: [u32; WIDE] = [1116, 1188, 1277, 1356, 1422, 1491, 1557, 1617];
/// Frames of the left side's all-passes.
const ALL_PASSES: [u32; 4] = [556, 441, 341, 225];
/// By how much those of the right side are longer.
const SPREAD: u32 = 23;
/// What of an all-pass's line enters it again.
const AGAIN: f32 = 0.5;

/// A number of frames at another rate: the nearest.
fn scaled(frames: u32, rate: u32) -> usize {
    (f64::from(frames) * f64::from(rate) / f64::from(RATE)).round() as usize
}

/// Frames of the longest comb.
pub(super) fn longest(rate: u32) -> usize {
    COMBS.iter().map(|comb| scaled(comb + SPREAD, rate)).max().unwrap_or(0)
}

/// Frames of the shortest line.
pub(super) fn shortest(rate: u32) -> usize {
    ALL_PASSES.iter().map(|line| scaled(*line, rate)).min().unwrap_or(1)
}

/// Frames that all-passes hold back what they hold longest: each by its line, `(1 + 0.5) / (1 - 0.5)` times.
pub(super) fn held(rate: u32) -> usize {
    ALL_PASSES.iter().map(|line| 3 * scaled(line + SPREAD, rate)).sum()
}

/// What a piece's frames have in common.
pub(super) struct Course {
    /// What enters all combs.
    pub(super) enters: [f32; PIECE],
    /// What of a comb's output enters it again.
    pub(super) feedback: [f32; PIECE],
    /// What a comb's low pass keeps of its last output.
    pub(super) damping: [f64; PIECE],
}

/// One side.
#[derive(Clone, Debug)]
pub(super) struct Side {
    combs: [Line; WIDE],
    low_passes: [f64; WIDE],
    all_passes: [Line; 4],
}

impl Side {
    /// The left side, or the right, at rest. Pieces are at most `most` frames.
    pub(super) fn new(side: u32, rate: u32, most: usize) -> Side {
        let line = |frames| Line::new(scaled(frames + side * SPREAD, rate), most);
        Side { combs: COMBS.map(line), low_passes: [0.0; WIDE], all_passes: ALL_PASSES.map(line) }
    }

    /// Sends a piece through all all-passes.
    #[inline(always)]
    pub(super) fn spread(&mut self, piece: &mut [f32]) {
        for line in &mut self.all_passes {
            let frames = piece.len();
            for (x, held) in piece.iter_mut().zip(line.piece(frames)) {
                let y = *held;
                *held = settle_sample(*x + AGAIN * y);
                *x = y - *x;
            }
            line.advance(frames);
        }
    }

    /// Settles what decays for ever.
    pub(super) fn settle(&mut self) {
        self.low_passes.iter_mut().for_each(|state| *state = settle(*state));
    }
}

/// Sends a piece into both sides' combs, and gives the sums of what leaves them.
#[inline(always)]
pub(super) fn combs<I: Isa>(sides: &mut [Side; 2], course: &Course, frames: usize) -> [[f32; PIECE]; 2] {
    let mut heard = [[0.0; PIECE]; 2];
    let [left, right] = sides;
    let mut tiles = Tiles::<I> {
        states: [I::V8::load(&left.low_passes), I::V8::load(&right.low_passes)],
        lines: [&mut left.combs, &mut right.combs]
            .map(|combs| combs.each_mut().map(|comb| comb.piece(frames))),
    };
    let whole = frames - frames % WIDE;
    for from in (0..whole).step_by(WIDE) {
        tiles.run(course, &mut heard, from, WIDE);
    }
    if whole < frames {
        tiles.run(course, &mut heard, whole, frames - whole);
    }
    let states = tiles.states;
    for (side, state) in sides.iter_mut().zip(states) {
        state.store(&mut side.low_passes);
        side.combs.iter_mut().for_each(|comb| comb.advance(frames));
    }
    heard
}

/// A piece of all combs' lines, of which a tile is worked on at a time.
struct Tiles<'l, I: Isa> {
    states: [I::V8; 2],
    lines: [[&'l mut [f32]; WIDE]; 2],
}

impl<I: Isa> Tiles<'_, I> {
    /// Works on up to eight frames.
    #[inline(always)]
    fn run(&mut self, course: &Course, heard: &mut [[f32; PIECE]; 2], from: usize, count: usize) {
        let mut rows = [[[0.0; WIDE]; WIDE]; 2];
        for side in 0..2 {
            let mut tile = [I::Octet::splat(0.0); WIDE];
            for k in 0..WIDE {
                let mut part = [0.0; WIDE];
                part[..count].copy_from_slice(&self.lines[side][k][from..from + count]);
                tile[k] = I::Octet::load(&part);
            }
            let mut sum = tile[0];
            for comb in &tile[1..] {
                sum = sum + *comb;
            }
            sum.store(&mut heard[side][from..]);
            let turned = I::Octet::turned(tile);
            for f in 0..WIDE {
                turned[f].store(&mut rows[side][f]);
            }
        }
        for f in 0..count {
            let damping = I::V8::splat(course.damping[from + f]);
            let passing = I::V8::splat(1.0 - course.damping[from + f]);
            for side in 0..2 {
                let row = &mut rows[side][f];
                self.states[side] = passing * I::V8::of(row) + damping * self.states[side];
                self.states[side].to(row);
            }
        }
        let (enters, feedback) =
            (I::Octet::load(&course.enters[from..]), I::Octet::load(&course.feedback[from..]));
        for side in 0..2 {
            let mut tile = [enters; WIDE];
            for f in 0..WIDE {
                tile[f] = I::Octet::load(&rows[side][f]);
            }
            let tile = I::Octet::turned(tile);
            for k in 0..WIDE {
                let mut next = [0.0; WIDE];
                (enters + feedback * tile[k]).zero_below(SETTLED as f32).store(&mut next);
                self.lines[side][k][from..from + count].copy_from_slice(&next[..count]);
            }
        }
    }
}
