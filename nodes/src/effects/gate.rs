//! A gate: silence between the notes. Hold and hysteresis let it open once for each note, however the note decays.

use crate::{
    dsp::{
        delay::Delay,
        envelope::link,
        gain_curve::Amplify,
        openness::{Gating, HELD, Opening},
    },
    effect::{Aim, Effect, Kernel, KeyUse, Packs, Reading, Seen},
    effects::sidechain::{Hearing, Sidechain},
    params,
    processor::{Io, Setup},
    unit::{Db, Frames, Ms},
};

params! {
    /// Closes while the level is below a threshold.
    pub struct Gate = "gate"(threshold) {
        /// Level at which it opens.
        threshold: Db = -40.0 in -100.0..=0.0,
        /// How much quieter it makes while closed.
        range: Db = 80.0 in 0.0..=100.0,
        /// Time to open: 63.2 % of the range in decibels.
        attack: Ms = 0.3 in 0.02..=100.0,
        /// How long it stays open after the level has fallen, at least 10 ms.
        hold: Ms = 50.0 in 0.0..=2000.0,
        /// Time to close: 63.2 % of the range in decibels.
        release: Ms = 120.0 in 1.0..=5000.0,
        /// How far below the threshold the level must fall before it closes.
        hysteresis: Db = 4.0 in 0.0..=24.0,
        /// Hears this much ahead, so that onsets are whole.
        fixed lookahead: Ms = 1.0 in 0.0..=20.0,
        /// How it hears.
        sidechain: Sidechain,
    }
}

impl Effect for Gate {
    type Kernel = Shutter;
    const PACKS: Packs = Packs::Together;
    const KEY: KeyUse = KeyUse::Optional;
    const COST: f64 = 8.0;

    fn prepare(&self, setup: &Setup, _: &Seen) -> Shutter {
        let hearing = Hearing::new(&self.sidechain, setup);
        Shutter {
            gating: Gating::new(&hearing.setup(setup)),
            hearing,
            ahead: Delay::new(setup, self.latency(setup.rate)),
            amplify: Amplify::new(setup),
        }
    }

    fn latency(&self, rate: u32) -> Frames {
        self.lookahead.frames(rate)
    }
}

/// The kernel of [`Gate`].
#[derive(Clone)]
pub struct Shutter {
    hearing: Hearing,
    gating: Gating,
    ahead: Delay,
    amplify: Amplify,
}

impl Kernel<Gate> for Shutter {
    fn tune(&mut self, now: &Gate, to: Aim) {
        self.hearing.span(to.strip, HELD, to.rate);
        let opening = Opening {
            threshold: now.threshold,
            hysteresis: now.hysteresis,
            hold: now.hold,
            attack: now.attack,
            release: now.release,
            depth: Db(now.range.0.min(now.sidechain.most.0)),
        };
        self.gating.aim(to, &opening);
    }

    fn process(&mut self, io: &mut Io<'_>) {
        let share = self.hearing.link;
        let mut levels = self.hearing.levels(io.heard());
        link(&mut levels, share);
        self.gating.run(&mut levels);
        self.ahead.run(&mut io.audio);
        self.amplify.run(&mut io.audio, &mut levels);
    }

    fn reading(&self, strip: usize) -> Reading {
        self.amplify.reading(strip)
    }
}
