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
        /// Time to turn down: 63.2 % of the decibels. The rms detector cannot keep less than 5 ms.
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

    fn check(&self) -> Result<(), String> {
        self.sidechain.check()
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
        let longest = match (self.style, self.sidechain.detector) {
            (Style::Fet, _) => 2.0,
            // A longer mean would come too late for short attacks.
            (_, Detect::Rms) => 10.0,
            _ => f64::MAX,
        };
        Ms(envelope::span(release).0.min(longest))
    }
}

/// The share of its length by which a sliding mean square comes late, in decibels, to an onset 10 dB over the threshold
/// (to louder ones less).
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
        self.hearing.aim(to, &now.sidechain, now.held());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{effects::probe::*, unit::Percent};

    const STYLES: [Style; 4] = [Style::Vca, Style::Fet, Style::Opto, Style::Mu];

    fn compress(threshold: f64, ratio: f64, knee: f64, style: Style) -> Compress {
        let (threshold, ratio, knee) = (Db(threshold), Ratio(ratio), Auto::from(knee));
        Compress { threshold, ratio, knee, style, ..Compress::default() }
    }

    fn asked(threshold: f64, ratio: f64, knee: f64, level: f64) -> f64 {
        let (over, slope) = (level - threshold, 1.0 - 1.0 / ratio);
        if 2.0 * over.abs() < knee {
            slope * (over + knee / 2.0) * (over + knee / 2.0) / (2.0 * knee)
        } else {
            slope * over.max(0.0)
        }
    }

    #[test]
    fn steady_sines_lie_on_the_printed_curve() {
        let mut worst = 0.0f64;
        for style in STYLES {
            for (ratio, knee) in [(1.5, 0.0), (4.0, 0.0), (20.0, 0.0), (2.0, 12.0), (8.0, 12.0)] {
                for level in [-40.0, -27.0, -22.0, -20.0, -17.0, -12.0, -6.0, 0.0] {
                    let key = vec![tone(1000.0, level, 0.5)];
                    let effect = compress(-20.0, ratio, knee, style);
                    let heard = run_keyed(effect, &ones(key[0].len()), Some(&key));
                    let gain = *levels(&heard.out[0]).last().unwrap();
                    worst = worst.max((gain + asked(-20.0, ratio, knee, level)).abs());
                }
            }
        }
        assert!(worst < 0.001, "{worst} dB off");
    }

    #[test]
    fn attack_and_release_take_their_times() {
        for style in STYLES {
            let attacks = match style {
                Style::Fet => [0.1, 0.3, 0.8],
                Style::Opto => [10.0, 20.0, 50.0],
                _ => [0.1, 1.0, 30.0],
            };
            for attack in attacks {
                for release in [20.0, 50.0, 100.0, 250.0, 800.0] {
                    let mut key = vec![vec![0.0; 4_800]];
                    key[0].extend(tone(1000.0, -6.0, 1.0));
                    let end = key[0].len();
                    key[0].extend(vec![0.0; frames(2.0)]);
                    let effect = Compress {
                        attack: Ms(attack),
                        release: Auto::from(release),
                        ..compress(-30.0, 4.0, 0.0, style)
                    };
                    let gains = levels(&run_keyed(effect, &ones(key[0].len()), Some(&key)).out[0]);
                    let up = time_to(&gains, 4_800, -18.0);
                    assert!((up / attack - 1.0).abs() < 0.1, "{style:?} attack {attack}: {up}");
                    let down = time_to(&gains, end, 0.0);
                    assert!((down / release - 1.0).abs() < 0.1, "{style:?} release {release}: {down}");
                }
            }
        }
    }

    #[test]
    fn the_rms_detector_keeps_its_times_from_5_ms_on() {
        for (attack, release) in [(5.0, 120.0), (10.0, 60.0), (30.0, 250.0)] {
            let mut key = vec![vec![0.0; 4_800]];
            key[0].extend(tone(1000.0, -16.99, 1.0));
            let end = key[0].len();
            key[0].extend(vec![0.0; 96_000]);
            let mut effect = Compress {
                attack: Ms(attack),
                release: Auto::from(release),
                ..compress(-30.0, 4.0, 0.0, Style::Vca)
            };
            effect.sidechain.detector = Detect::Rms;
            let gains = levels(&run_keyed(effect, &ones(key[0].len()), Some(&key)).out[0]);
            let goal = -7.5;
            assert!((gains[end - 1] - goal).abs() < 0.05, "threshold in rms: {} for {goal}", gains[end - 1]);
            let (up, down) = (time_to(&gains, 4_800, goal), time_to(&gains, end, 0.0));
            assert!((up / attack - 1.0).abs() < 0.1, "attack {attack}: {up}");
            assert!((down / release - 1.0).abs() < 0.1, "release {release}: {down}");
        }
    }

    #[test]
    fn the_gain_of_a_low_note_stands_still() {
        let key = vec![tone(50.0, 0.0, 1.0)];
        let effect =
            Compress { attack: Ms(1.0), release: Auto::from(50.0), ..compress(-8.0, 4.0, 0.0, Style::Vca) };
        let out = run_keyed(effect, &ones(key[0].len()), Some(&key)).out;
        let late = &levels(&out[0])[24_000..];
        let swing =
            late.iter().fold(f64::MIN, |a, b| a.max(*b)) - late.iter().fold(f64::MAX, |a, b| a.min(*b));
        assert!(swing < 1e-5, "{swing} dB");
    }

    #[test]
    fn below_the_threshold_no_bit_changes() {
        let audio = vec![tone(440.0, -25.0, 0.3), tone(700.0, -25.0, 0.3)];
        for style in STYLES {
            let heard = run(compress(-20.0, 4.0, 0.0, style), &audio);
            assert!(heard.out == audio, "{style:?}");
            assert_eq!(heard.reduction, 0.0);
        }
    }

    #[test]
    fn linked_channels_move_together_and_unlinked_ones_alone() {
        let audio = vec![tone(1000.0, -6.0, 0.5), tone(1000.0, -30.0, 0.5)];
        for (link, expected) in [(100.0, -10.5), (50.0, -5.25), (0.0, 0.0)] {
            let mut effect = compress(-20.0, 4.0, 0.0, Style::Vca);
            effect.sidechain.link = Percent(link);
            let heard = run(effect, &audio);
            let change = |c: usize| rms(&heard.out[c][19_200..]) - rms(&audio[c][19_200..]);
            assert!((change(0) + 10.5).abs() < 0.01, "left at link {link}: {}", change(0));
            assert!((change(1) - expected).abs() < 0.01, "right at link {link}: {}", change(1));
        }
    }

    #[test]
    fn automatic_release_lets_go_faster_after_a_short_sound() {
        let back = |burst: f64| {
            let mut key = vec![tone(1000.0, 0.0, burst)];
            let end = key[0].len();
            key[0].extend(vec![0.0; frames(4.0)]);
            let effect =
                Compress { attack: Ms(1.0), release: Auto(None), ..compress(-24.0, 4.0, 0.0, Style::Vca) };
            let gains = levels(&run_keyed(effect, &ones(key[0].len()), Some(&key)).out[0]);
            gains[end..].iter().position(|gain| *gain > -1.0).unwrap() as f64 / 48.0
        };
        let times = [0.02, 0.1, 0.5].map(back);
        for (time, expected) in times.into_iter().zip([370.0, 1256.0, 2136.0]) {
            assert!((time / expected - 1.0).abs() < 0.1, "{times:?}");
        }
    }

    #[test]
    fn the_bounds_hold() {
        let audio = vec![tone(1000.0, 0.0, 0.5)];
        let mut effect = compress(-40.0, 10.0, 0.0, Style::Vca);
        effect.sidechain.most = Db(6.0);
        let heard = run(effect.clone(), &audio);
        assert!((rms(&heard.out[0][19_200..]) - rms(&audio[0][19_200..]) + 6.0).abs() < 0.01);
        assert!((heard.reduction - 6.0).abs() < 1e-6);
        let made_up = Compress { makeup: Auto(None), ..effect };
        let gain = rms(&run(made_up, &audio).out[0][19_200..]) - rms(&audio[0][19_200..]);
        assert!((gain - (18.0 - 6.0)).abs() < 0.01, "{gain}");
    }

    #[test]
    fn a_key_filter_takes_the_bass_out_of_what_is_heard() {
        use crate::effects::eq::{Band, Shape};
        use crate::unit::{Hz, Slope};
        let audio = vec![tone(60.0, -6.0, 2.0), tone(60.0, -6.0, 2.0)];
        let mut effect = compress(-20.0, 4.0, 0.0, Style::Vca);
        let high_pass =
            Band { shape: Shape::HighPass, frequency: Hz(240.0), slope: Slope(24.0), ..Band::default() };
        effect.sidechain.key_filter = vec![high_pass];
        let late = |planes: &Planes| rms(&planes[1][72_000..]);
        assert!((late(&run(effect, &audio).out) - late(&audio)).abs() < 0.001);
    }
}
