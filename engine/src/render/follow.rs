//! A follower at work: the level of a signal, as a value between two.

use super::buffer::Buffer;
use crate::resolved::Follower;
use mixwright_nodes::{
    effect::Width,
    unit::{Db, Ms},
};

/// The level below which a follower hears nothing.
const FLOOR: f64 = -120.0;

/// A follower with its envelope in decibels.
pub(super) struct LiveFollow {
    levels: (f64, f64),
    between: (f64, f64),
    rise: f64,
    fall: f64,
    level: f64,
}

impl LiveFollow {
    pub(super) fn new(follower: &Follower, rate: u32) -> LiveFollow {
        LiveFollow {
            levels: follower.levels,
            between: follower.between,
            rise: Ms(follower.times.0).share(rate),
            fall: Ms(follower.times.1).share(rate),
            level: FLOOR,
        }
    }

    /// Makes a value of each frame.
    pub(super) fn run(&mut self, frames: usize, input: Width, out: &mut Buffer) {
        let (left, right) = out.stereo(frames);
        for (left, right) in left.iter_mut().zip(right) {
            let loudest = if input == Width::Stereo { left.abs().max(right.abs()) } else { left.abs() };
            let level = Db::of(f64::from(loudest)).0.max(FLOOR);
            self.level += (level - self.level) * if level > self.level { self.rise } else { self.fall };
            let (quiet, loud) = self.levels;
            let share = ((self.level - quiet) / (loud - quiet)).clamp(0.0, 1.0);
            *left = (self.between.0 + (self.between.1 - self.between.0) * share) as f32;
        }
    }
}
