//! Where a delay is read: one place that moves, or two between which it fades.

use crate::{
    block::PIECE,
    dsp::{
        knobs::Ramp,
        math,
        reader::{Line, SHORTEST},
    },
    effect::Aim,
    unit::Ms,
};
use std::f64::consts::FRAC_PI_2;

/// Frames a frame by which the delay may move as tape does; what is faster is a step and fades over.
const FASTEST: f64 = 0.5;
/// How long a fade takes.
const FADE: Ms = Ms(50.0);

/// The reading heads of a delay.
#[derive(Clone, Debug, Default)]
pub(super) struct Heads {
    place: Ramp,
    /// What was asked for last, and so what a fade leads to.
    asked: f64,
    /// Frames until a step is taken to have ended; none if there was none.
    waits: Option<u32>,
    old: f64,
    /// Frames left of a fade, and its whole length.
    left: u32,
    length: u32,
}

/// What is read at a frame: the delay, and the shares of it and of an older one while one fades to the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reads {
    pub(super) delay: f64,
    pub(super) fade: Option<Fade>,
}

/// A fade of equal power.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fade {
    pub(super) old: f64,
    pub(super) old_share: f64,
    pub(super) share: f64,
}

impl Heads {
    /// Sends the head to a delay in frames, or lets it wait where that would be a step.
    pub(super) fn aim(&mut self, to: Aim, goal: f64) {
        let way = (goal - self.asked).abs();
        self.asked = goal;
        self.length = FADE.frames(to.rate).0 as u32;
        if to.over == 0 {
            self.place.aim(to, goal);
        } else if way > FASTEST * f64::from(to.over) {
            self.place.aim(Aim { over: 0, ..to }, self.place.now());
            self.waits = Some(to.over);
        } else if self.waits.is_none() {
            self.place.aim(to, goal);
        }
    }

    /// What is read at this frame; goes on by one.
    #[inline]
    pub(super) fn advance(&mut self) -> Reads {
        if let Some(frames) = self.waits {
            if frames > 0 {
                self.waits = Some(frames - 1);
            } else if self.left == 0 {
                self.begin();
            }
        }
        let delay = self.place.advance();
        if self.left == 0 {
            return Reads { delay, fade: None };
        }
        let angle = FRAC_PI_2 * f64::from(self.left) / f64::from(self.length);
        self.left -= 1;
        let fade = Fade { old: self.old, old_share: math::sin(angle), share: math::cos(angle) };
        Reads { delay, fade: Some(fade) }
    }

    fn begin(&mut self) {
        self.waits = None;
        self.old = self.place.now();
        self.left = self.length;
        self.place.aim(Aim { strip: 0, rate: 0, over: 0 }, self.asked);
    }
}

/// Where each frame of a piece is read.
pub(super) struct Places {
    delays: [f64; PIECE],
    /// Where it was read before, while one fades to the other.
    old: [f64; PIECE],
    /// The shares of both.
    shares: [[f64; 2]; PIECE],
    fades: bool,
}

impl Default for Places {
    fn default() -> Self {
        Places { delays: [0.0; PIECE], old: [0.0; PIECE], shares: [[1.0, 0.0]; PIECE], fades: false }
    }
}

impl Places {
    /// Says what is read at a frame; `bound` makes delays that the line has.
    pub(super) fn set(&mut self, frame: usize, reads: Reads, bound: impl Fn(f64) -> f64) {
        self.delays[frame] = bound(reads.delay);
        self.old[frame] = self.delays[frame];
        if let Some(fade) = reads.fade {
            self.old[frame] = bound(fade.old);
            self.shares[frame] = [fade.share, fade.old_share];
            self.fades = true;
        }
    }

    /// Reads echoes from a frame on, until one would hear what is not yet written: how many.
    pub(super) fn read(&self, line: &Line, from: usize, echoes: &mut [[f64; 2]]) -> usize {
        let (delays, old) = (&self.delays[from..], &self.old[from..]);
        let written = |i: usize| delays[i].min(old[i]) >= SHORTEST + i as f64;
        let count = (1..echoes.len()).find(|i| !written(*i)).unwrap_or(echoes.len());
        let echoes = &mut echoes[..count];
        line.between(delays, echoes);
        if self.fades {
            let mut before = [[0.0; 2]; PIECE];
            line.between(old, &mut before[..count]);
            for ((now, before), [share, old_share]) in echoes.iter_mut().zip(before).zip(&self.shares[from..])
            {
                *now = [0, 1].map(|channel| share * now[channel] + old_share * before[channel]);
            }
        }
        count
    }
}
