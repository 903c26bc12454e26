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

    fn check(&self) -> Result<(), String> {
        self.sidechain.check()
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
        self.hearing.aim(to, &now.sidechain, held);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effects::probe::*;

    #[test]
    fn steady_sines_lie_on_the_printed_curve() {
        for (level, expected) in [(-30.0, 0.0), (-40.0, 0.0), (-45.0, -10.0), (-48.0, -16.0), (-70.0, -25.0)]
        {
            let key = vec![tone(1000.0, level, 0.6)];
            let effect = Expand {
                threshold: Db(-40.0),
                ratio: Ratio(3.0),
                range: Db(25.0),
                release: Ms(50.0),
                ..Expand::default()
            };
            let heard = run_keyed(effect, &ones(key[0].len()), Some(&key));
            let gain = *levels(&heard.out[0]).last().unwrap();
            assert!((gain - expected).abs() < 0.001, "{level}: {gain}");
        }
    }

    #[test]
    fn it_opens_by_attack_and_closes_by_release() {
        for (attack, release) in [(1.0, 50.0), (5.0, 100.0), (20.0, 300.0)] {
            let mut key = vec![vec![0.0; frames(2.5)]];
            let start = key[0].len();
            key[0].extend(tone(1000.0, -10.0, 1.0));
            let end = key[0].len();
            key[0].extend(vec![0.0; frames(2.0)]);
            let effect = Expand { attack: Ms(attack), release: Ms(release), ..Expand::default() };
            let gains = levels(&run_keyed(effect, &ones(key[0].len()), Some(&key)).out[0]);
            let (open, close) = (time_to(&gains, start, 0.0), time_to(&gains, end, -20.0));
            assert!((open / attack - 1.0).abs() < 0.1, "attack {attack}: {open}");
            assert!((close / release - 1.0).abs() < 0.1, "release {release}: {close}");
        }
    }

    #[test]
    fn above_the_threshold_no_bit_changes_once_open() {
        let audio = vec![tone(440.0, -10.0, 0.5)];
        let out = run(Expand::default(), &audio).out;
        assert!(out[0][9_600..] == audio[0][9_600..]);
    }
}
