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

    fn check(&self) -> Result<(), String> {
        self.sidechain.check()
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
        self.hearing.aim(to, &now.sidechain, HELD);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dsp::math,
        effects::probe::*,
        testing::{noise, plane},
    };

    /// How often the gain goes above half of the range, in decibels.
    fn openings(gains: &[f64], range: f64) -> usize {
        gains.windows(2).filter(|pair| pair[0] < -range / 2.0 && pair[1] >= -range / 2.0).count()
    }

    fn tom() -> Vec<f32> {
        let decay = |i: usize| math::exp(-(i as f64) / 48_000.0 / 0.25);
        let mut tom = vec![0.0; 4_800];
        tom.extend(tone(90.0, 0.0, 2.0).iter().enumerate().map(|(i, x)| (f64::from(*x) * decay(i)) as f32));
        tom
    }

    #[test]
    fn a_decaying_tom_opens_it_once() {
        let key = vec![tom()];
        let effect = Gate { threshold: Db(-30.0), attack: Ms(0.1), release: Ms(5.0), ..Gate::default() };
        let gains = levels(&run_keyed(effect, &ones(key[0].len()), Some(&key)).out[0]);
        assert_eq!(openings(&gains, 80.0), 1);
        assert_eq!(gains[24_000], 0.0);
        assert!((gains.last().unwrap() + 80.0).abs() < 0.01);
    }

    #[test]
    fn noise_at_the_threshold_opens_it_once() {
        let key = vec![plane(0.0102, 96_000, noise(1))];
        let effect = Gate { threshold: Db(-40.0), release: Ms(5.0), ..Gate::default() };
        let gains = levels(&run_keyed(effect, &ones(96_000), Some(&key)).out[0]);
        assert_eq!(openings(&gains, 80.0), 1);
    }

    #[test]
    fn times_are_kept() {
        for (attack, hold, release) in [(0.3, 50.0, 120.0), (2.0, 10.0, 30.0), (10.0, 200.0, 400.0)] {
            let mut key = vec![vec![0.0; 4_800]];
            key[0].extend(tone(1000.0, -10.0, 0.5));
            let end = key[0].len();
            key[0].extend(vec![0.0; frames(2.0)]);
            let effect = Gate {
                attack: Ms(attack),
                hold: Ms(hold),
                release: Ms(release),
                lookahead: Ms(0.0),
                ..Gate::default()
            };
            let gains = levels(&run_keyed(effect, &ones(key[0].len()), Some(&key)).out[0]);
            let open = time_to(&gains, 4_800, 0.0);
            assert!((open / attack - 1.0).abs() < 0.1, "attack {attack}: {open}");
            let close = time_to(&gains, end, -80.0) - hold;
            assert!((close / release - 1.0).abs() < 0.1, "hold {hold} and release {release}: {close}");
        }
    }

    #[test]
    fn looking_ahead_saves_the_onset() {
        // An onset at its peak: what its first millisecond loses.
        let loss = |lookahead: f64| {
            let mut audio = vec![vec![0.0; 4_800]];
            audio[0].extend(tone(1000.0, -6.0, 0.1));
            let effect = Gate { lookahead: Ms(lookahead), ..Gate::default() };
            let late = effect.latency(RATE).0 as usize;
            let out = run(effect, &audio).out;
            rms(&out[0][4_800 + late..4_848 + late]) - rms(&audio[0][4_800..4_848])
        };
        assert!((-14.0..-8.0).contains(&loss(0.0)), "{}", loss(0.0));
        assert!(loss(1.0) > -1.5, "{}", loss(1.0));
    }
}
