//! A downward expander: what is quieter than a threshold becomes quieter still. Its curve has no step, so it needs none
//! of a gate's hysteresis.

use crate::{
    dsp::{
        ballistics::{Ballistics, Times},
        delay::Delay,
        envelope::{self, link},
        gain_curve::{Amplify, Below},
    },
    effect::{Aim, Effect, Kernel, KeyUse, Packs, Reading, Seen},
    effects::sidechain::{Hearing, Sidechain},
    params,
    processor::{Io, Setup},
    unit::{Db, Frames, Ms, Ratio},
};

params! {
    /// Turns down what is quieter than a threshold, the further below the more.
    pub struct Expand = "expand"(threshold, ratio) {
        /// Level below which gain is reduced.
        threshold: Db = -45.0 in -100.0..=0.0,
        /// Output decibels for each input decibel below the threshold.
        ratio: Ratio = 2.0 in 1.0..=20.0,
        /// The largest reduction.
        range: Db = 20.0 in 0.0..=100.0,
        /// Time to open for what rises: 63.2 % of the decibels.
        attack: Ms = 1.0 in 0.02..=500.0,
        /// Time to close on what falls: 63.2 % of the decibels.
        release: Ms = 150.0 in 5.0..=5000.0,
        /// Hears this much ahead, so that onsets are whole.
        fixed lookahead: Ms = 0.0 in 0.0..=20.0,
        /// How it hears.
        sidechain: Sidechain,
    }
}

impl Effect for Expand {
    type Kernel = Stretch;
    const PACKS: Packs = Packs::Together;
    const KEY: KeyUse = KeyUse::Optional;
    const COST: f64 = 8.0;

    fn prepare(&self, setup: &Setup, _: &Seen) -> Stretch {
        let hearing = Hearing::new(&self.sidechain, setup);
        let levels = hearing.setup(setup);
        Stretch {
            hearing,
            curve: Below::new(&levels),
            ride: Ballistics::direct(&levels),
            ahead: Delay::new(setup, self.latency(setup.rate)),
            amplify: Amplify::new(setup),
        }
    }

    fn latency(&self, rate: u32) -> Frames {
        self.lookahead.frames(rate)
    }
}

/// The kernel of [`Expand`].
#[derive(Clone)]
pub struct Stretch {
    hearing: Hearing,
    curve: Below,
    ride: Ballistics,
    ahead: Delay,
    amplify: Amplify,
}

impl Kernel<Expand> for Stretch {
    fn tune(&mut self, now: &Expand, to: Aim) {
        let held = envelope::span(now.release);
        self.hearing.span(to.strip, held, to.rate);
        self.curve.aim(to, now.threshold, now.ratio, now.range);
        // The reduction grows while the expander closes, and the level's hold delays that.
        let closing = Ms(now.release.0 - held.0);
        let times = Times {
            attack: closing,
            release: Some(now.attack),
            held: Ms(0.0),
            ratio: 1.0,
            most: now.sidechain.most.0,
        };
        self.ride.aim(to, &times);
    }

    fn process(&mut self, io: &mut Io<'_>) {
        let share = self.hearing.link;
        let mut levels = self.hearing.levels(io.heard());
        link(&mut levels, share);
        self.curve.run(&mut levels);
        self.ride.run(&mut levels);
        self.ahead.run(&mut io.audio);
        self.amplify.run(&mut io.audio, &mut levels);
    }

    fn reading(&self, strip: usize) -> Reading {
        self.amplify.reading(strip)
    }
}
