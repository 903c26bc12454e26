//! A compressor from levels on: static curve, ballistics, look-ahead, gain. One alone, or one for each band.

use super::{
    ballistics::{Ballistics, Times},
    delay::Delay,
    envelope::link,
    gain_curve::{Above, Amplify},
};
use crate::{
    block::Block,
    effect::{Aim, Reading},
    processor::Setup,
    unit::{Db, Frames, Ratio},
};

/// What a compressor does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Law {
    /// The level above which it reduces.
    pub threshold: Db,
    /// Decibels in for each decibel out.
    pub ratio: Ratio,
    /// The width of the bend around the threshold.
    pub knee: Db,
    /// Gain after it.
    pub makeup: Db,
    /// How the reduction comes and goes.
    pub times: Times,
}

/// The compressors of all strips.
#[derive(Clone, Debug)]
pub struct Compressor {
    curve: Above,
    ride: Ballistics,
    amplify: Amplify,
    ahead: Delay,
}

impl Compressor {
    /// At rest. `levels` is the setup of the planes of levels, which are fewer than the audio's if channels are linked.
    pub fn new(setup: &Setup, levels: &Setup, ride: Ballistics, ahead: Frames) -> Self {
        Compressor {
            curve: Above::new(levels),
            ride,
            amplify: Amplify::new(setup),
            ahead: Delay::new(setup, ahead),
        }
    }

    /// Sends one strip's numbers to new places.
    pub fn aim(&mut self, to: Aim, law: &Law) {
        self.curve.aim(to, law.threshold, law.ratio, law.knee);
        self.ride.aim(to, &law.times);
        self.amplify.aim(to, law.makeup);
    }

    /// Works on the audio by the levels, which are used up; `share` says how far channels of their own levels are linked.
    pub fn run(&mut self, audio: &mut Block<'_>, mut levels: Block<'_>, share: f32) {
        self.curve.run(&mut levels);
        link(&mut levels, share);
        self.ride.run(&mut levels);
        self.ahead.run(audio);
        self.amplify.run(audio, &mut levels);
    }

    /// The largest reduction so far.
    pub fn reading(&self, strip: usize) -> Reading {
        self.amplify.reading(strip)
    }
}
