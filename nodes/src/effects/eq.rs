//! An equaliser: a list of filters that share one correction, so that many bands cost little more than their sections.

use super::filter::{check_slope, tail};
use crate::{
    choice,
    dsp::{cascade::Cascade, prototype::Prototype},
    effect::{Aim, Effect, Kernel, Packs, Seen},
    params,
    processor::{Io, Setup},
    unit::{Db, Frames, Hz, Q, Slope},
};

choice! {
    /// What a band of an equaliser does.
    pub enum Shape {
        /// Lifts or lowers what lies around the frequency.
        Bell = "bell",
        /// Lifts or lowers what lies below the frequency.
        LowShelf = "low_shelf",
        /// Lifts or lowers what lies above the frequency.
        HighShelf = "high_shelf",
        /// Takes away what lies below the frequency.
        HighPass = "high_pass",
        /// Takes away what lies above the frequency.
        LowPass = "low_pass",
        /// Cuts out the frequency.
        Notch = "notch",
        /// Keeps only what lies around the frequency.
        BandPass = "band_pass",
        /// Lifts what lies above the frequency and lowers what lies below, or the reverse.
        Tilt = "tilt",
        /// Turns the phase around the frequency and changes no level.
        AllPass = "all_pass",
    }
}

choice! {
    /// What an equaliser does to the phase.
    pub enum Phase {
        /// The least that the curve can be had with, as an analog equaliser.
        Minimum = "minimum",
    }
}

params! {
    /// One band of an equaliser.
    pub struct Band = "band"(shape, frequency, gain, q) {
        /// What the band does.
        fixed shape: Shape = Shape::Bell,
        /// Its middle or corner. Above 0.49 of the rate it stays there.
        frequency: Hz = 1000.0 in 10.0..=22000.0,
        /// The gain of a bell, shelf or tilt.
        gain: Db = 0.0 in -36.0..=36.0,
        /// How narrow a bell, notch or band pass is; for shelves and passes 0.707 is steepest without a bump. That of a
        /// shelf is at most 4, also where a curve moves it.
        q: Q = 0.707 in 0.1..=40.0,
        /// How steeply a high or low pass falls, in steps of 6 dB an octave.
        fixed slope: Slope = 12.0 in 6.0..=96.0,
    }
}

params! {
    /// An equaliser of up to 24 bands.
    pub struct Eq = "eq"(bands) {
        /// The bands, one after another.
        bands: [Band] in 0..=24,
        /// What it does to the phase.
        fixed phase: Phase = Phase::Minimum,
    }
}

/// Above this a shelf would leave its analog curve by more than a tenth of a decibel.
const SHARPEST_SHELF: Q = Q(4.0);

impl Band {
    fn is_shelf(&self) -> bool {
        matches!(self.shape, Shape::LowShelf | Shape::HighShelf)
    }

    /// The filter that the band is.
    pub fn prototype(&self) -> Prototype {
        let Band { frequency, gain, slope, .. } = *self;
        let q = if self.is_shelf() { Q(self.q.0.min(SHARPEST_SHELF.0)) } else { self.q };
        match self.shape {
            Shape::Bell => Prototype::bell(frequency, gain, q),
            Shape::LowShelf => Prototype::low_shelf(frequency, gain, q),
            Shape::HighShelf => Prototype::high_shelf(frequency, gain, q),
            Shape::HighPass => Prototype::high_pass(frequency, slope, q),
            Shape::LowPass => Prototype::low_pass(frequency, slope, q),
            Shape::Notch => Prototype::notch(frequency, q),
            Shape::BandPass => Prototype::band_pass(frequency, q),
            Shape::Tilt => Prototype::tilt(frequency, gain),
            Shape::AllPass => Prototype::all_pass(frequency, q),
        }
    }
}

impl Effect for Eq {
    type Kernel = Bands;
    // Strips that curves move run in another form.
    const PACKS: Packs = Packs::Apart;
    const COST: f64 = 8.0;

    fn prepare(&self, setup: &Setup, _: &Seen) -> Bands {
        let filters: Vec<Prototype> = self.bands.iter().map(Band::prototype).collect();
        Bands(Cascade::new(setup, &filters))
    }

    fn tail(&self, rate: u32) -> Frames {
        // What rings in one band rings on in the next.
        Frames(self.bands.iter().map(|band| tail(band.prototype(), rate).0).sum())
    }

    fn check(&self) -> Result<(), String> {
        let passes = |band: &&Band| matches!(band.shape, Shape::HighPass | Shape::LowPass);
        self.bands.iter().filter(passes).try_for_each(|band| check_slope(band.slope))?;
        match self.bands.iter().find(|band| band.is_shelf() && band.q.0 > SHARPEST_SHELF.0) {
            None => Ok(()),
            Some(band) => Err(format!(
                "`q` of the {} is {}, but shelves go up to {SHARPEST_SHELF}",
                band.shape.word(),
                band.q
            )),
        }
    }
}

/// The kernel of [`struct@Eq`].
#[derive(Clone)]
pub struct Bands(Cascade);

impl Kernel<Eq> for Bands {
    fn tune(&mut self, now: &Eq, to: Aim) {
        self.0.aim(to, now.bands.iter().map(Band::prototype));
    }

    fn process(&mut self, io: &mut Io<'_>) {
        self.0.run(&mut io.audio);
    }
}
