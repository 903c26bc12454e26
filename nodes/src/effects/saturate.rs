//! Saturation: the bent curves of tape, tubes, transformers, diodes and consoles.
//!
//! The signal is driven, its highs lifted, bent at a higher rate, lowered again, freed of its offset and brought back to
//! its loudness by a constant factor. Emphasis of tape after McKnight, "Tape reproducer response measurements" (JAES 8, 1960).

mod flux;

use self::flux::Flux;
use crate::{
    block::PIECE,
    choice,
    dsp::{
        colour::{Bound, Colour, Point, Sample},
        emphasis::{self, Emphasis},
        knobs::Knobs,
        oversample::{Factor, Oversample, Oversampler},
    },
    effect::{Aim, Effect, Kernel, Seen},
    params,
    processor::{Io, Setup},
    unit::{Db, Frames, Hz, Percent, Seconds},
};
use std::f64::consts::TAU;

choice! {
    /// What bends the signal.
    pub enum Kind {
        /// Tape: mostly the third harmonic, highs first.
        Tape = "tape",
        /// A single-ended tube: mostly the second harmonic.
        Tube = "tube",
        /// A transformer's core: lows first, highs hardly at all.
        Transformer = "transformer",
        /// A pair of diodes: dense and early, without a limit.
        Diode = "diode",
        /// A console's amplifiers: only a little of everything.
        Console = "console",
    }
}

params! {
    /// Adds the harmonics of analog equipment at nearly the same loudness. What is quiet passes unchanged.
    pub struct Saturate = "saturate"(kind, drive) {
        /// What bends the signal: tape and diodes add odd harmonics, a tube even ones, a transformer bends the lows.
        fixed kind: Kind = Kind::Tape,
        /// How hard the signal is driven into the curve; a constant factor brings it back to its loudness.
        drive: Db = 6.0 in 0.0..=36.0,
        /// Lifts the highs before the curve and lowers them after it: more than 0 bends the highs first, less the lows.
        tone: Db = 0.0 in -6.0..=6.0,
        /// Shifts the curve off its centre: the further from the kind's own 0 %, the more even harmonics. Moved fast by a
        /// curve it is heard by itself, as a thump, even of silence.
        bias: Percent = 0.0 in -100.0..=100.0,
        /// How many times the song's rate the curve runs at: "auto" takes 4 (diode 8), and twice that if the drive, where
        /// it stands without its curve, is above 9 dB.
        fixed oversample: Oversample = Oversample::Auto,
    }
}

impl Kind {
    /// The curves that it bends along.
    fn colour(self) -> Colour {
        let (bound, scale) = match self {
            Kind::Tape | Kind::Transformer => (Bound::Tanh, 1.0),
            Kind::Tube => (Bound::Tanh, 0.5),
            Kind::Diode => (Bound::Asinh, 4.0),
            Kind::Console => (Bound::Tanh, 0.35),
        };
        Colour { bound, scale }
    }

    /// Its own working point.
    fn bias(self) -> f64 {
        match self {
            Kind::Tape => 0.02,
            Kind::Tube => 0.3,
            Kind::Transformer | Kind::Diode => 0.05,
            Kind::Console => 0.08,
        }
    }

    /// Where highs are lifted before the curve, and how far.
    fn emphasis(self) -> (Hz, Db) {
        match self {
            Kind::Tape => (Hz(3_150.0), Db(6.0)),
            Kind::Console => (Hz(5_000.0), Db(2.0)),
            Kind::Tube | Kind::Transformer | Kind::Diode => (Hz(3_150.0), Db(0.0)),
        }
    }

    /// How high the curve sees music, against its level: a core sees its flux, which is 1 at 60 Hz and falls with frequency.
    fn seen(self) -> f64 {
        if self == Kind::Transformer { 0.5 } else { 1.0 }
    }
}

/// The effective height of music that keeps its loudness: -18 dBFS.
const LOUDNESS: Db = Db(-18.0);
/// What lies below is taken for offset.
const OFFSET: Hz = Hz(5.0);

impl Saturate {
    /// The song's rate times this is what keeps aliases below -90 dBFS at usual levels: harmonics of `tanh` fall fast,
    /// those of `asinh` more slowly, all the more slowly the harder they are driven.
    fn factor(&self) -> Factor {
        let needed = if self.kind == Kind::Diode { Factor::X8 } else { Factor::X4 };
        self.oversample.or(if self.drive.0 > 9.0 { needed.doubled() } else { needed })
    }

    /// The curve at its present working point.
    fn point(&self) -> Point {
        self.kind.colour().point(self.kind.bias() + 0.5 * self.bias.factor())
    }

    /// The factor after the curve that brings music back to its loudness.
    fn makeup(&self) -> f64 {
        let drive = self.drive.gain();
        let height = drive * self.kind.seen() * LOUDNESS.gain();
        1.0 / (drive * self.kind.colour().loudening(self.point(), height))
    }
}

impl Effect for Saturate {
    type Kernel = Stage;
    const COST: f64 = 25.0;

    fn prepare(&self, setup: &Setup, _: &Seen) -> Stage {
        let (factor, channels) = (self.factor(), setup.channels);
        let high = f64::from(setup.rate) * factor.times() as f64;
        Stage {
            emphasis: Emphasis::new(setup, OFFSET),
            way: Oversampler::new(setup.rate, factor, channels, PIECE),
            flux: (self.kind == Kind::Transformer).then(|| Flux::new(high, channels, PIECE * factor.times())),
            curve: Curve {
                colour: self.kind.colour(),
                point: Knobs::new(1),
                group: channels * factor.times(),
            },
            rows: vec![0.0; channels * PIECE],
        }
    }

    fn latency(&self, rate: u32) -> Frames {
        Oversampler::latency(rate, self.factor())
    }

    fn tail(&self, rate: u32) -> Frames {
        // The offset fades by 90 dB in 10.4 of its time constants.
        Seconds(10.4 / (TAU * OFFSET.0)).frames(rate)
    }
}

/// The kernel of [`Saturate`].
#[derive(Clone)]
pub struct Stage {
    emphasis: Emphasis,
    way: Oversampler,
    flux: Option<Flux>,
    curve: Curve,
    /// A sample of each channel in a row.
    rows: Vec<f32>,
}

impl Kernel<Saturate> for Stage {
    fn tune(&mut self, now: &Saturate, to: Aim) {
        let (frequency, lift) = now.kind.emphasis();
        let shelf = emphasis::shelf(frequency, Db(lift.0 + now.tone.0), to.rate);
        self.emphasis.aim(to, shelf, [now.drive.gain(), now.makeup()]);
        self.curve.point.aim(to, now.point());
    }

    fn process(&mut self, io: &mut Io<'_>) {
        let Stage { emphasis, way, flux, curve, rows } = self;
        let rows = &mut rows[..io.audio.channels() * io.audio.frames()];
        emphasis.lift(&mut io.audio, rows);
        way.run(rows, |high| match flux {
            Some(flux) => {
                curve.bend(flux.gather(high));
                flux.release(high);
            }
            None => curve.bend(high),
        });
        emphasis.lower(rows, &mut io.audio);
        curve.point.advance(io.audio.frames());
        if let Some(flux) = flux
            && io.audio.shape().settles
        {
            flux.settle();
        }
    }
}

/// What bends, at the higher rate.
#[derive(Clone)]
struct Curve {
    colour: Colour,
    point: Knobs<3>,
    /// Samples of the higher rate that are one of the song's frames.
    group: usize,
}

impl Curve {
    /// Bends a piece, each of the song's frames at its own working point.
    fn bend<S: Sample>(&self, high: &mut [S]) {
        if self.point.moving() {
            self.colour.bend_along(high, &self.point, self.group);
        } else {
            self.colour.bend(high, [0, 1, 2].map(|k| self.point.at(k, 0, 0)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dsp::math,
        effect::Slot,
        effects::probe::{RATE, Run, run_as},
        testing::{self, Dice, plane, power, sine},
    };

    const KINDS: [Kind; 5] = [Kind::Tape, Kind::Tube, Kind::Transformer, Kind::Diode, Kind::Console];

    fn of(kind: Kind, drive: f64) -> Saturate {
        Saturate { kind, drive: Db(drive), ..Saturate::default() }
    }

    /// Runs a mono signal in pieces of at most `most` frames.
    fn heard(effect: &Saturate, input: &[f32], most: usize) -> Vec<f32> {
        let slot = Slot::new(effect.clone().into());
        run_as(&slot, &[input.to_vec()], &Run { most, ..Run::default() }).out.swap_remove(0)
    }

    /// Amplitudes at multiples of 10 Hz of what a sine at -12 dBFS becomes.
    fn spectrum(effect: &Saturate, hertz: f64) -> Vec<f64> {
        let out = heard(effect, &plane(Db(-12.0).gain(), 64_000, sine(hertz, RATE)), PIECE);
        let late = testing::spectrum(out[out.len() - 4_800..].iter().map(|x| f64::from(*x)));
        late[..2_400].iter().map(|x| x.norm() / 2_400.0).collect()
    }

    /// Levels of the second to the fifth harmonic against the first.
    fn harmonics(effect: &Saturate, hertz: f64) -> [f64; 4] {
        let spectrum = spectrum(effect, hertz);
        let bin = (hertz / 10.0) as usize;
        std::array::from_fn(|k| math::decibels(spectrum[bin * (k + 2)] / spectrum[bin]))
    }

    #[test]
    fn harmonics_are_as_documented() {
        for (kind, hertz, drive, wanted) in [
            (Kind::Tape, 1_000.0, 0.0, [-53.0, -47.0]),
            (Kind::Tape, 1_000.0, 6.0, [-48.0, -35.0]),
            (Kind::Tape, 1_000.0, 12.0, [-44.0, -25.0]),
            (Kind::Tape, 3_000.0, 6.0, [-47.0, -31.0]),
            (Kind::Tube, 100.0, 0.0, [-35.0, -60.0]),
            (Kind::Tube, 100.0, 6.0, [-29.0, -48.0]),
            (Kind::Tube, 100.0, 12.0, [-24.0, -36.0]),
            (Kind::Transformer, 80.0, 0.0, [-41.0, -41.0]),
            (Kind::Transformer, 80.0, 6.0, [-35.0, -29.0]),
            (Kind::Transformer, 80.0, 12.0, [-30.0, -18.0]),
            (Kind::Transformer, 1_000.0, 6.0, [-56.0, -73.0]),
            (Kind::Diode, 100.0, 0.0, [-42.0, -31.0]),
            (Kind::Diode, 100.0, 6.0, [-42.0, -23.0]),
            (Kind::Diode, 100.0, 12.0, [-44.0, -19.0]),
            (Kind::Console, 1_000.0, 0.0, [-49.0, -64.0]),
            (Kind::Console, 1_000.0, 6.0, [-43.0, -52.0]),
            (Kind::Console, 1_000.0, 12.0, [-38.0, -40.0]),
        ] {
            let heard = harmonics(&of(kind, drive), hertz);
            for (heard, wanted) in heard.iter().zip(wanted) {
                assert!((heard - wanted).abs() < 1.0, "{kind:?}, {drive} dB, {hertz} Hz: {heard:.1} dB");
            }
        }
    }

    #[test]
    fn aliases_are_below_minus_ninety() {
        for kind in KINDS {
            let spectrum = spectrum(&of(kind, 6.0), 5_000.0);
            let aliases = spectrum.iter().enumerate().filter(|(bin, _)| bin % 500 != 0);
            let worst = aliases.map(|(_, height)| *height).fold(0.0, f64::max);
            assert!(math::decibels(worst) < -90.0, "{kind:?}: {} dBFS", math::decibels(worst));
        }
    }

    /// Noise at -18 dBFS whose samples lie as those of music do.
    fn music(frames: usize) -> Vec<f32> {
        let mut dice = Dice(1);
        let unit = LOUDNESS.gain() / math::sqrt(2.0);
        (0..frames)
            .map(|_| {
                let size = -unit * math::ln(1.0 - dice.roll());
                (if dice.roll() < 0.5 { size } else { -size }) as f32
            })
            .collect()
    }

    #[test]
    fn the_level_rule_is_as_documented() {
        for (kind, wanted) in
            [(Kind::Tape, -9.7), (Kind::Tube, -11.4), (Kind::Diode, -7.3), (Kind::Console, -11.6)]
        {
            let makeup = math::decibels(of(kind, 12.0).makeup());
            assert!((makeup - wanted).abs() < 0.1, "{kind:?}: {makeup} dB");
        }
    }

    #[test]
    fn quiet_signals_pass_unchanged() {
        let input = plane(1e-4, 24_000, sine(1_000.0, RATE));
        for kind in KINDS {
            for drive in [0.0, 12.0] {
                let effect = Saturate { tone: Db(3.0), ..of(kind, drive) };
                let out = heard(&effect, &input, PIECE);
                let late = effect.latency(RATE).0 as usize;
                let gain = effect.drive.gain() * effect.makeup();
                let error = (20_000..24_000)
                    .map(|n| (f64::from(out[n]) - gain * f64::from(input[n - late])).abs())
                    .fold(0.0, f64::max);
                // The high pass at 5 Hz turns 1 kHz by 0.005.
                assert!(error < 0.01e-4, "{kind:?}, {drive} dB: {error}");
            }
        }
    }

    #[test]
    fn cuts_change_no_bit() {
        let input = music(3_000);
        for kind in KINDS {
            let whole = heard(&of(kind, 9.0), &input, PIECE);
            for cut in [1, 7, 100] {
                assert!(heard(&of(kind, 9.0), &input, cut) == whole, "{kind:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn loudness_stays_without_emphasis() {
        let input = music(48_000);
        for kind in KINDS {
            for drive in [6.0, 12.0] {
                let effect = Saturate { tone: Db(-kind.emphasis().1.0), ..of(kind, drive) };
                let change = 0.5 * math::decibels(power(&heard(&effect, &input, PIECE)) / power(&input));
                assert!(change.abs() < 0.6, "{kind:?}, {drive} dB: {change:.2} dB");
            }
        }
    }
}
