//! Turns the signal, or a band of it, down while another sounds: by a fixed amount, however loud the other is.

use crate::{
    dsp::{
        delay::Delay,
        dynamic_bell::{DynamicBell, ring},
        envelope::link,
        gain_curve::Amplify,
        math,
        openness::{Ducking, HELD, Opening},
    },
    effect::{Aim, Effect, Kernel, KeyUse, Packs, Reading, Seen},
    effects::sidechain::{Hearing, Sidechain},
    params,
    processor::{Io, Setup},
    unit::{Db, Frames, Hz, Ms, Q},
};

params! {
    /// Makes room for another strip: turns down while that one sounds.
    pub struct Duck = "duck"(by) {
        /// How much quieter it makes.
        by: Db = 6.0 in 0.0..=60.0,
        /// Time to turn down: 63.2 % of the decibels.
        attack: Ms = 10.0 in 0.02..=2000.0,
        /// How long it stays down after the key has fallen silent, at least 10 ms.
        hold: Ms = 50.0 in 0.0..=5000.0,
        /// Time to come back: 63.2 % of the decibels.
        release: Ms = 200.0 in 1.0..=10000.0,
        /// Level of the key from which it counts as sounding.
        threshold: Db = -40.0 in -100.0..=0.0,
        /// The lower and the upper end of the band that is turned down, where half of the decibels are reached; without it all is.
        fixed band: Vec<Hz> = auto in 20.0..=20000.0,
        /// Hears this much ahead, so that room is there in time.
        fixed lookahead: Ms = 0.0 in 0.0..=20.0,
        /// How it hears.
        sidechain: Sidechain,
    }
}

/// How far the key must fall below the threshold to count as silent.
const HYSTERESIS: Db = Db(4.0);

impl Effect for Duck {
    type Kernel = Room;
    const PACKS: Packs = Packs::Together;
    const KEY: KeyUse = KeyUse::Required;
    const COST: f64 = 8.0;

    fn prepare(&self, setup: &Setup, _: &Seen) -> Room {
        let hearing = Hearing::new(&self.sidechain, setup);
        Room {
            ducking: Ducking::new(&hearing.setup(setup)),
            hearing,
            ahead: Delay::new(setup, self.latency(setup.rate)),
            amplify: Amplify::new(setup),
            bell: self.bell().map(|_| DynamicBell::new(setup)),
        }
    }

    fn latency(&self, rate: u32) -> Frames {
        self.lookahead.frames(rate)
    }

    fn tail(&self, rate: u32) -> Frames {
        self.bell().map_or(Frames(0), |(frequency, q)| ring(frequency, q, self.depth(), rate))
    }

    fn check(&self) -> Result<(), String> {
        self.sidechain.check()?;
        match self.band[..] {
            [] => Ok(()),
            [low, high] if low < high => Ok(()),
            [low, high] => Err(format!("the band of the duck begins at {low} and ends at {high}")),
            _ => {
                Err("the band of the duck has a lower and an upper end, such as `1.khz .. 4.khz`".to_owned())
            }
        }
    }
}

impl Duck {
    fn depth(&self) -> Db {
        Db(self.by.0.min(self.sidechain.most.0))
    }

    /// The frequency and the quality of the bell that spans the band.
    fn bell(&self) -> Option<(Hz, Q)> {
        match self.band[..] {
            [low, high] => {
                let middle = math::sqrt(low.0 * high.0);
                Some((Hz(middle), Q(middle / (high.0 - low.0))))
            }
            _ => None,
        }
    }
}

/// The kernel of [`Duck`].
#[derive(Clone)]
pub struct Room {
    hearing: Hearing,
    ducking: Ducking,
    ahead: Delay,
    amplify: Amplify,
    bell: Option<DynamicBell>,
}

impl Kernel<Duck> for Room {
    fn tune(&mut self, now: &Duck, to: Aim) {
        self.hearing.aim(to, &now.sidechain, HELD);
        let depth = now.depth();
        let opening = Opening {
            threshold: now.threshold,
            hysteresis: HYSTERESIS,
            hold: now.hold,
            attack: now.attack,
            release: now.release,
            depth,
        };
        self.ducking.aim(to, &opening);
        if let (Some(bell), Some((frequency, q))) = (&mut self.bell, now.bell()) {
            bell.aim(to, frequency, q, depth);
        }
    }

    fn process(&mut self, io: &mut Io<'_>) {
        let share = self.hearing.link;
        let mut levels = self.hearing.levels(io.heard());
        link(&mut levels, share);
        self.ducking.run(&mut levels);
        self.ahead.run(&mut io.audio);
        match &mut self.bell {
            None => self.amplify.run(&mut io.audio, &mut levels),
            Some(bell) => {
                self.amplify.factors(&mut levels);
                bell.run(&mut io.audio, &mut levels);
            }
        }
    }

    fn reading(&self, strip: usize) -> Reading {
        self.amplify.reading(strip)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{effects::probe::*, testing::peak};

    #[test]
    fn four_decibels_in_5_ms_whatever_the_level_of_the_key() {
        for level in [-3.0, -20.0] {
            let mut key = vec![vec![0.0; 24_000]];
            for _ in 0..3 {
                key[0].extend(tone(60.0, level, 0.3));
                key[0].extend(vec![0.0; 57_600]);
            }
            let effect = Duck { by: Db(4.0), attack: Ms(5.0), ..Duck::default() };
            let gains = levels(&run_keyed(effect, &ones(key[0].len()), Some(&key)).out[0]);
            for burst in 0..3 {
                let onset = 24_000 + burst * (14_400 + 57_600);
                let settled = gains[onset + 12_000];
                assert!((settled + 4.0).abs() < 0.01, "settles at {settled}");
                let time = time_to(&gains, onset, -4.0);
                assert!((time / 5.0 - 1.0).abs() < 0.1, "takes {time} ms");
                assert!(gains[onset - 1] > -0.05, "is back before the next");
            }
        }
    }

    #[test]
    fn a_band_alone_gives_way() {
        let key = vec![tone(500.0, -6.0, 0.5)];
        let loss = |frequency: f64| {
            let audio = vec![tone(frequency, -6.0, 0.5)];
            let band = vec![Hz(1000.0), Hz(4000.0)];
            let heard = run_keyed(Duck { by: Db(6.0), band, ..Duck::default() }, &audio, Some(&key));
            rms(&heard.out[0][12_000..]) - rms(&audio[0][12_000..])
        };
        let expected = [(60.0, 0.0, 0.05), (1000.0, -3.0, 0.1), (2000.0, -6.0, 0.05), (4000.0, -3.0, 0.2)];
        for (frequency, gain, within) in expected {
            let given = loss(frequency);
            assert!((given - gain).abs() < within, "{frequency} Hz: {given}");
        }
    }

    #[test]
    fn a_deep_wide_band_rings_no_longer_than_its_tail() {
        let effect = Duck { by: Db(40.0), band: vec![Hz(100.0), Hz(4000.0)], ..Duck::default() };
        let tail = effect.tail(RATE).0 as usize;
        let mut audio = vec![tone(600.0, 0.0, 0.5)];
        audio[0].extend(vec![0.0; tail + 4_800]);
        let key = vec![tone(500.0, -6.0, audio[0].len() as f64 / f64::from(RATE))];
        let out = run_keyed(effect, &audio, Some(&key)).out;
        assert!(peak(&out[0][24_000 + tail..]) < 3.2e-5);
    }

    #[test]
    fn a_silent_key_changes_no_bit() {
        let audio = vec![tone(440.0, 0.0, 0.2), tone(500.0, 0.0, 0.2)];
        let key = vec![vec![0.0; audio[0].len()]];
        for band in [Vec::new(), vec![Hz(1000.0), Hz(4000.0)]] {
            assert!(run_keyed(Duck { band, ..Duck::default() }, &audio, Some(&key)).out == audio);
        }
    }

    #[test]
    fn a_band_has_two_ends_in_order() {
        let band =
            |ends: &[f64]| Duck { band: ends.iter().map(|f| Hz(*f)).collect(), ..Duck::default() }.check();
        assert_eq!(band(&[1000.0, 4000.0]), Ok(()));
        assert!(band(&[4000.0, 1000.0]).is_err() && band(&[1000.0]).is_err());
    }
}
