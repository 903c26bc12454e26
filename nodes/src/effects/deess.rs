//! Turns down sibilants and leaves vowels: acts where the high band is loud against the whole, not merely loud, and so does
//! the same at any level of the voice.

use crate::{
    block::{Block, PIECE, Shape, View},
    dsp::{
        ballistics::{Ballistics, Times},
        cpu::{Isa, Job, Vector, dispatch},
        delay::Delay,
        dynamic_bell::{DynamicBell, ring},
        envelope::Detect,
        fast::{self, larger, smaller},
        gain_curve::Amplify,
        knobs::Ramp,
        state_variable::{State, Tuning, warped},
        window::Window,
    },
    effect::{Aim, Effect, Kernel, KeyUse, Reading, Seen},
    for_every_cpu, params,
    processor::{Io, Setup},
    unit::{Db, Frames, Hz, Ms, Q},
};

params! {
    /// Turns down the s and sh of a voice.
    pub struct Deess = "deess"(frequency, reduce) {
        /// Where the sibilants lie: 5 to 8 kHz for most voices.
        frequency: Hz = 6800.0 in 2000.0..=14000.0,
        /// How much quieter they become at most.
        reduce: Db = 5.0 in 0.0..=24.0,
        /// Level of the high band below which nothing is done.
        threshold: Db = -50.0 in -100.0..=0.0,
        /// Turns down only the band around the frequency; off, the whole voice while a sibilant lasts.
        fixed split: bool = true,
        /// Hears this much ahead, so that a sibilant's onset is caught.
        fixed lookahead: Ms = 1.0 in 0.0..=20.0,
    }
}

/// The high band begins at this share of the frequency.
const EDGE: f64 = 0.7;
/// A sibilant's high band reaches the whole less this; a vowel's lies about 13 dB below the whole, a sibilant's 1 dB.
const SHARE: Db = Db(-9.0);
/// The time over which both levels are measured.
const WINDOW: Ms = Ms(5.0);
const ATTACK: Ms = Ms(0.5);
const RELEASE: Ms = Ms(40.0);
/// The quality of the bell.
const QUALITY: Q = Q(0.9);
/// 1/Q of the two halves of a Butterworth high pass of 24 dB an octave.
const DAMPING: [f64; 2] = [1.847_759_065_022_573_5, 0.765_366_864_730_179_6];

impl Effect for Deess {
    type Kernel = Soften;
    const KEY: KeyUse = KeyUse::Optional;
    const COST: f64 = 14.0;

    fn prepare(&self, setup: &Setup, _: &Seen) -> Soften {
        let linked = Setup { channels: 1, ..*setup };
        Soften {
            ears: Ears::new(setup.rate),
            threshold: Ramp::default(),
            reduce: Ramp::default(),
            ride: Ballistics::direct(&linked),
            ahead: Delay::new(setup, self.latency(setup.rate)),
            amplify: Amplify::new(setup),
            bell: self.split.then(|| DynamicBell::new(setup)),
        }
    }

    fn latency(&self, rate: u32) -> Frames {
        self.lookahead.frames(rate)
    }

    fn tail(&self, rate: u32) -> Frames {
        if self.split { ring(self.frequency, QUALITY, self.reduce, rate) } else { Frames(0) }
    }
}

/// The kernel of [`Deess`].
#[derive(Clone)]
pub struct Soften {
    ears: Ears,
    threshold: Ramp,
    reduce: Ramp,
    ride: Ballistics,
    ahead: Delay,
    amplify: Amplify,
    bell: Option<DynamicBell>,
}

impl Kernel<Deess> for Soften {
    fn tune(&mut self, now: &Deess, to: Aim) {
        self.ears.warped.aim(to, warped(Hz(EDGE * now.frequency.0), to.rate));
        self.threshold.aim(to, now.threshold.0);
        self.reduce.aim(to, now.reduce.0);
        let (held, most) = (Ms(0.0), f64::from(f32::MAX));
        self.ride.aim(to, &Times { attack: ATTACK, release: Some(RELEASE), held, ratio: 1.0, most });
        if let Some(bell) = &mut self.bell {
            bell.aim(to, now.frequency, QUALITY, now.reduce);
        }
    }

    fn process(&mut self, io: &mut Io<'_>) {
        let heard = io.heard();
        let shape = Shape { channels: 1, ..heard.shape() };
        let [high, whole] = self.ears.hear(heard);
        let mut limits = [[0.0; 2]; PIECE];
        let limits = &mut limits[..shape.frames];
        for limit in limits.iter_mut() {
            *limit = [self.threshold.advance() as f32, self.reduce.advance() as f32];
        }
        ask(high, whole, limits);
        let mut reduction = Block::new(high, shape.frames, shape);
        self.ride.run(&mut reduction);
        self.ahead.run(&mut io.audio);
        match &mut self.bell {
            None => self.amplify.run(&mut io.audio, &mut reduction),
            Some(bell) => {
                self.amplify.factors(&mut reduction);
                bell.run(&mut io.audio, &mut reduction);
            }
        }
    }

    fn reading(&self, strip: usize) -> Reading {
        self.amplify.reading(strip)
    }
}

for_every_cpu! {
    /// Turns levels of the high band into the reductions that are asked for: over the threshold, up to the most.
    fn ask(high: &mut [f32], whole: &[f32], limits: &[[f32; 2]]) {
        for ((high, whole), [threshold, most]) in high.iter_mut().zip(whole).zip(limits) {
            let over = smaller(larger(*high - *threshold, 0.0), *most);
            *high = if *high - *whole > SHARE.0 as f32 { over } else { 0.0 };
        }
    }

    /// Sums of both channels' powers, of the high band and of the whole.
    fn sum(rows: &[[f32; 4]], high: &mut [f32], whole: &mut [f32]) {
        for (([l, r, all_l, all_r], high), whole) in rows.iter().zip(high).zip(whole) {
            (*high, *whole) = (l + r, all_l + all_r);
        }
    }
}

/// Measures the high band and the whole.
#[derive(Clone)]
struct Ears {
    warped: Ramp,
    /// The two halves of the high pass, of both channels.
    filters: [State; 2],
    /// The powers of both channels' high bands and of both channels, side by side as strips are.
    window: Window,
    planes: [Vec<f32>; 2],
}

/// The high band of what is heard and the whole, of both channels: rows of four samples.
struct Filter<'a> {
    ears: &'a mut Ears,
    heard: View<'a>,
    rows: &'a mut [[f32; 4]],
}

impl Job for Filter<'_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let Filter { ears: Ears { warped, filters, .. }, heard, rows } = self;
        let (moving, mut tunings, mut states) = (warped.moving(), tune(warped.now()), *filters);
        let (left, channels) = (heard.plane(0), heard.shape().channels);
        for ((row, l), r) in rows.iter_mut().zip(left).zip(heard.plane(channels - 1)) {
            if moving {
                tunings = tune(warped.advance());
            }
            // What is not there is silent.
            let whole = [*l, if channels == 2 { *r } else { 0.0 }];
            let first = states[0].high(I::V2::of(&whole), &tunings[0]);
            let mut high = [0.0; 2];
            states[1].high(first, &tunings[1]).to(&mut high);
            *row = [high[0], high[1], whole[0], whole[1]];
        }
        *filters = states;
    }
}

#[inline(always)]
fn tune(warped: f64) -> [Tuning; 2] {
    [Tuning::at(warped, DAMPING[0]), Tuning::at(warped, DAMPING[1])]
}

impl Ears {
    fn new(rate: u32) -> Self {
        let frames = WINDOW.frames(rate).0 as usize;
        let mut window = Window::new(frames + 1, 4);
        window.aim(frames);
        Ears {
            warped: Ramp::default(),
            filters: [State::default(); 2],
            window,
            planes: std::array::from_fn(|_| vec![0.0; PIECE]),
        }
    }

    /// The levels in decibels of the high band and of the whole, of the power of both channels.
    fn hear(&mut self, heard: View<'_>) -> [&mut [f32]; 2] {
        let mut rows = [[0.0; 4]; PIECE];
        let rows = &mut rows[..heard.frames()];
        dispatch(Filter { ears: self, heard, rows });
        self.window.slide(Detect::Rms, rows.as_flattened_mut());
        if heard.shape().settles {
            self.filters.iter_mut().for_each(State::settle);
        }
        let [high, whole] = &mut self.planes;
        let (high, whole) = (&mut high[..heard.frames()], &mut whole[..heard.frames()]);
        sum(rows, high, whole);
        fast::decibels_of_squares(high);
        fast::decibels_of_squares(whole);
        [high, whole]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        effects::{high_pass::HighPass, probe::*},
        testing::{noise, plane},
        unit::Slope,
    };

    /// Noise above 4.5 kHz, as of an s.
    fn sibilant(level: f64) -> Planes {
        let high = HighPass { frequency: Hz(4500.0), slope: Slope(24.0), ..HighPass::default() };
        run(high, &[plane(Db(level).gain(), frames(0.8), noise(7))]).out
    }

    /// Harmonics of 150 Hz that fall by 6 dB an octave, as of an open vowel.
    fn vowel(level: f64) -> Planes {
        let mut plane = vec![0.0; frames(0.8)];
        for harmonic in 1..60 {
            let partial = tone(150.0 * f64::from(harmonic), level - Db::of(f64::from(harmonic)).0, 0.8);
            plane.iter_mut().zip(partial).for_each(|(sum, x)| *sum += 0.3 * x);
        }
        vec![plane]
    }

    fn change(effect: &Deess, audio: &Planes) -> f64 {
        let out = run(effect.clone(), audio).out;
        rms(&out[0][19_200..]) - rms(&audio[0][19_200..])
    }

    #[test]
    fn sibilants_give_way_and_vowels_stay_at_any_level() {
        let effect = Deess { threshold: Db(-70.0), split: false, ..Deess::default() };
        for level in [0.0, -20.0, -40.0] {
            let (s, a) = (change(&effect, &sibilant(level)), change(&effect, &vowel(level)));
            assert!((s + 5.0).abs() < 0.1, "a sibilant at {level}: {s}");
            assert!(a.abs() < 1e-3, "a vowel at {level}: {a}");
        }
    }

    #[test]
    fn the_split_form_leaves_what_lies_below() {
        let key = sibilant(0.0);
        for (frequency, expected, within) in [(6800.0, -6.0, 0.1), (300.0, 0.0, 0.03)] {
            let audio = vec![tone(frequency, -12.0, 0.8)];
            let effect = Deess { reduce: Db(6.0), ..Deess::default() };
            let out = run_keyed(effect, &audio, Some(&key)).out;
            let change = rms(&out[0][19_200..]) - rms(&audio[0][19_200..]);
            assert!((change - expected).abs() < within, "{frequency} Hz: {change}");
        }
    }
}
