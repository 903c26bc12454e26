//! A compressor after Giannoulis, Massberg, Reiss, "Digital Dynamic Range Compressor Design", JAES 60(6), 2012, with the
//! level held over half a period of the lowest notes, so that a steady gain stands still and adds no distortion.

use crate::{
    choice,
    dsp::{
        ballistics::{Ballistics, Times},
        compressor::{Compressor, Law},
        envelope::{self, Detect},
    },
    effect::{Aim, Effect, Kernel, KeyUse, Packs, Reading, Seen},
    effects::sidechain::{Hearing, Sidechain},
    params,
    params::Auto,
    processor::{Io, Setup},
    unit::{Db, Frames, Ms, Ratio},
};

choice! {
    /// The manner of a compressor: in the manner of known circuits, not copies of devices.
    pub enum Style {
        /// Does what its settings say.
        Vca = "vca",
        /// Fast and firm: hears its own output, attack of 0.02 to 0.8 ms (longer counts as 0.8).
        Fet = "fet",
        /// Lets go at once by half, then slowly; attack of at least 10 ms.
        Opto = "opto",
        /// Gentle: hears its own output, and its ratio grows the harder it is driven.
        Mu = "mu",
    }
}

params! {
    /// Turns down what is louder than a threshold.
    pub struct Compress = "compress"(threshold, ratio) {
        /// Level above which gain is reduced.
        threshold: Db = -18.0 in -80.0..=0.0,
        /// Input decibels for each output decibel above the threshold.
        ratio: Ratio = 4.0 in 1.0..=100.0,
        /// Time to turn down: 63.2 % of the decibels. With the rms detector 5 ms is the shortest that can be kept.
        attack: Ms = 10.0 in 0.02..=500.0,
        /// Time to come back: 63.2 % of the decibels; "auto" comes back fast after a hit and slowly after a loud passage.
        release: Auto<Ms> = 120.0 in 5.0..=5000.0,
        /// Width of the bend around the threshold, in which the ratio sets in; "auto" is the manner of the style.
        knee: Auto<Db> = auto in 0.0..=40.0,
        /// Gain after the reduction; "auto" gives back half of what full scale would lose.
        makeup: Auto<Db> = 0.0 in -24.0..=48.0,
        /// The circuit whose manner it has.
        fixed style: Style = Style::Vca,
        /// Hears this much ahead, so that onsets are caught.
        fixed lookahead: Ms = 0.0 in 0.0..=20.0,
        /// How it hears.
        sidechain: Sidechain,
    }
}

impl Effect for Compress {
    type Kernel = Squeeze;
    const PACKS: Packs = Packs::Together;
    const KEY: KeyUse = KeyUse::Optional;
    const COST: f64 = 8.0;

    fn prepare(&self, setup: &Setup, _: &Seen) -> Squeeze {
        let hearing = Hearing::new(&self.sidechain, setup);
        let levels = hearing.setup(setup);
        let ride = self.style.ballistics(&levels);
        Squeeze { compressor: Compressor::new(setup, &levels, ride, self.latency(setup.rate)), hearing }
    }

    fn latency(&self, rate: u32) -> Frames {
        self.lookahead.frames(rate)
    }
}

impl Compress {
    fn law(&self) -> Law {
        let held = self.held();
        let lag = if self.sidechain.detector == Detect::Rms { WINDOW_LAG * held.0 } else { 0.0 };
        let slope = 1.0 - 1.0 / self.ratio.0;
        Law {
            threshold: self.threshold,
            ratio: self.ratio,
            knee: self.knee.0.unwrap_or(self.style.knee()),
            makeup: self.makeup.0.unwrap_or(Db(-0.5 * self.threshold.0 * slope)),
            times: Times {
                attack: Ms((self.style.attack(self.attack).0 - lag).max(0.0)),
                release: self.release.0,
                held,
                ratio: self.ratio.0,
                most: self.sidechain.most.0,
            },
        }
    }

    fn held(&self) -> Ms {
        let release = self.release.0.unwrap_or(Ms(20.0));
        let longest = if self.style == Style::Fet { 2.0 } else { f64::MAX };
        Ms(envelope::span(release).0.min(longest))
    }
}

/// The share of its length by which a sliding mean square comes late to the decibels of an onset.
const WINDOW_LAG: f64 = 0.4;

impl Style {
    fn ballistics(self, setup: &Setup) -> Ballistics {
        match self {
            Style::Vca => Ballistics::direct(setup),
            Style::Fet | Style::Mu => Ballistics::feedback(setup),
            Style::Opto => Ballistics::cell(setup),
        }
    }

    fn knee(self) -> Db {
        match self {
            Style::Vca => Db(6.0),
            Style::Fet => Db(2.0),
            Style::Opto => Db(10.0),
            Style::Mu => Db(24.0),
        }
    }

    fn attack(self, attack: Ms) -> Ms {
        match self {
            Style::Vca | Style::Mu => attack,
            Style::Fet => Ms(attack.0.min(0.8)),
            Style::Opto => Ms(attack.0.max(10.0)),
        }
    }
}

/// The kernel of [`Compress`].
#[derive(Clone)]
pub struct Squeeze {
    hearing: Hearing,
    compressor: Compressor,
}

impl Kernel<Compress> for Squeeze {
    fn tune(&mut self, now: &Compress, to: Aim) {
        self.hearing.span(to.strip, now.held(), to.rate);
        self.compressor.aim(to, &now.law());
    }

    fn process(&mut self, io: &mut Io<'_>) {
        let link = self.hearing.link;
        let levels = self.hearing.levels(io.heard());
        self.compressor.run(&mut io.audio, levels, link);
    }

    fn reading(&self, strip: usize) -> Reading {
        self.compressor.reading(strip)
    }
}
