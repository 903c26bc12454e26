//! A compressor for each band of the spectrum, behind a crossover whose bands add up flat.

use crate::{
    block::{Block, PIECE, Shape, View},
    dsp::{
        ballistics::{Ballistics, Times},
        compressor::{Compressor, Law},
        crossover::{Crossover, Order, Planes},
        envelope,
        knobs::Ramp,
    },
    effect::{Aim, Effect, Kernel, KeyUse, Reading, Seen},
    effects::sidechain::{Hearing, Sidechain},
    for_every_cpu, params,
    params::Auto,
    processor::{Io, Setup},
    unit::{Db, Frames, Hz, Ms, Percent, Ratio, Slope},
};

params! {
    /// What happens to one band.
    pub struct BandDynamics = "band"(threshold, ratio) {
        /// Level in the band above which gain is reduced.
        threshold: Db = -24.0 in -80.0..=0.0,
        /// Input decibels for each output decibel above the threshold; 1 leaves the band alone.
        ratio: Ratio = 1.0 in 1.0..=100.0,
        /// Time to turn down: 63.2 % of the decibels.
        attack: Ms = 10.0 in 0.02..=500.0,
        /// Time to come back: 63.2 % of the decibels; "auto" follows the material.
        release: Auto<Ms> = 120.0 in 5.0..=5000.0,
        /// Width of the bend around the threshold, in which the ratio sets in.
        knee: Db = 6.0 in 0.0..=40.0,
        /// Level of the band after it.
        gain: Db = 0.0 in -24.0..=24.0,
        /// Stereo width of the band; 0 % is mono.
        width: Percent = 100.0 in 0.0..=200.0,
    }
}

params! {
    /// Compresses bands of the spectrum each on its own.
    pub struct Multiband = "multiband"(splits, bands) {
        /// Frequencies between the bands, from low to high: one to four.
        fixed splits: Vec<Hz> = auto in 20.0..=20000.0,
        /// What happens to each band, from low to high: one more than there are splits.
        bands: [BandDynamics] in 0..=5,
        /// How steeply the bands part: 24 or 48 dB an octave.
        fixed slope: Slope = 24.0 in 24.0..=48.0,
        /// Hears this much ahead, so that onsets are caught.
        fixed lookahead: Ms = 0.0 in 0.0..=20.0,
        /// How it hears.
        sidechain: Sidechain,
    }
}

impl Effect for Multiband {
    type Kernel = Spectrum;
    const KEY: KeyUse = KeyUse::Optional;
    const COST: f64 = 50.0;

    fn prepare(&self, setup: &Setup, _: &Seen) -> Spectrum {
        let crossover = Crossover::new(self.order(), &self.splits, setup.rate);
        Spectrum {
            audio: Filtered::new(&crossover, self.bands.len()),
            key: Filtered::new(&crossover, self.bands.len()),
            bands: self.bands.iter().map(|_| Band::new(self, setup)).collect(),
        }
    }

    fn latency(&self, rate: u32) -> Frames {
        self.lookahead.frames(rate)
    }

    fn tail(&self, rate: u32) -> Frames {
        self.splits.first().map_or(Frames(0), |lowest| self.order().ring(*lowest).frames(rate))
    }

    fn check(&self) -> Result<(), String> {
        self.sidechain.check()?;
        let (splits, bands) = (self.splits.len(), self.bands.len());
        if let Some(pair) = self.splits.windows(2).find(|pair| pair[0] >= pair[1]) {
            return Err(format!(
                "the splits rise from low to high, but {} comes before {}",
                pair[0], pair[1]
            ));
        }
        if self.slope != Slope(24.0) && self.slope != Slope(48.0) {
            return Err(format!("the slope of a multiband is 24 or 48 dB/oct, not {}", self.slope));
        }
        // Untouched it is nothing at all.
        let untouched = splits == 0 && bands == 0;
        if untouched || (1..=4).contains(&splits) && bands == splits + 1 {
            return Ok(());
        }
        Err(format!("{splits} splits make {} bands, but {bands} are given (1 to 4 splits)", splits + 1))
    }
}

impl Multiband {
    fn order(&self) -> Order {
        if self.slope.0 > 24.0 { Order::Eighth } else { Order::Fourth }
    }
}

impl BandDynamics {
    fn held(&self) -> Ms {
        envelope::span(self.release.0.unwrap_or(Ms(20.0)))
    }

    fn law(&self, most: Db) -> Law {
        let times = Times {
            attack: self.attack,
            release: self.release.0,
            held: self.held(),
            ratio: self.ratio.0,
            most: most.0,
        };
        Law { threshold: self.threshold, ratio: self.ratio, knee: self.knee, makeup: self.gain, times }
    }
}

/// The kernel of [`Multiband`].
#[derive(Clone)]
pub struct Spectrum {
    audio: Filtered,
    key: Filtered,
    bands: Vec<Band>,
}

impl Kernel<Multiband> for Spectrum {
    fn tune(&mut self, now: &Multiband, to: Aim) {
        for (band, settings) in self.bands.iter_mut().zip(&now.bands) {
            band.hearing.aim(to, &now.sidechain, settings.held());
            band.compressor.aim(to, &settings.law(now.sidechain.most));
            band.width.aim(to, settings.width.factor());
        }
    }

    fn process(&mut self, io: &mut Io<'_>) {
        if self.bands.is_empty() {
            return;
        }
        self.audio.split(io.audio.view());
        let key = io.keys.first();
        if let Some(key) = key {
            self.key.split(*key);
        }
        for (index, band) in self.bands.iter_mut().enumerate() {
            let heard = match key {
                Some(key) => self.key.view(index, key.shape()),
                None => self.audio.view(index, io.audio.shape()),
            };
            let share = band.hearing.link;
            let levels = band.hearing.levels(heard);
            let mut audio = self.audio.block(index, io.audio.shape());
            band.compressor.run(&mut audio, levels, share);
            widen(&mut audio, &mut band.width);
        }
        self.audio.sum(&mut io.audio);
    }

    fn reading(&self, strip: usize) -> Reading {
        let all = self.bands.iter().filter_map(|band| band.compressor.reading(strip).reduction);
        Reading::reduction(all.fold(0.0, f64::max))
    }
}

#[derive(Clone)]
struct Band {
    hearing: Hearing,
    compressor: Compressor,
    width: Ramp,
}

impl Band {
    fn new(multiband: &Multiband, setup: &Setup) -> Self {
        let hearing = Hearing::new(&multiband.sidechain, setup);
        let levels = hearing.setup(setup);
        let ride = Ballistics::direct(&levels);
        let compressor = Compressor::new(setup, &levels, ride, multiband.latency(setup.rate));
        Band { hearing, compressor, width: Ramp::default() }
    }
}

/// Makes the sides louder or quieter against the middle; at 100 % leaves all as it is.
fn widen(audio: &mut Block<'_>, width: &mut Ramp) {
    if audio.channels() == 1 || !width.moving() && width.now() == 1.0 {
        return;
    }
    let mut widths = [0.0; PIECE];
    let widths = &mut widths[..audio.frames()];
    widths.iter_mut().for_each(|now| *now = width.advance());
    let (left, right) = audio.stereo();
    spread(left, right, widths);
}

for_every_cpu! {
    fn spread(left: &mut [f32], right: &mut [f32], widths: &[f64]) {
        for ((l, r), width) in left.iter_mut().zip(right).zip(widths) {
            let sides = 0.5 * (f64::from(*l) - f64::from(*r));
            let more = (*width - 1.0) * sides;
            *l = (f64::from(*l) + more) as f32;
            *r = (f64::from(*r) - more) as f32;
        }
    }

    fn add(sums: &mut [f64], plane: &[f32]) {
        for (sum, x) in sums.iter_mut().zip(plane) {
            *sum += f64::from(*x);
        }
    }

    fn round(sums: &[f64], plane: &mut [f32]) {
        for (x, sum) in plane.iter_mut().zip(sums) {
            *x = *sum as f32;
        }
    }
}

/// A signal in bands.
#[derive(Clone)]
struct Filtered {
    crossover: Crossover,
    bands: Vec<Planes>,
}

impl Filtered {
    fn new(crossover: &Crossover, bands: usize) -> Self {
        Filtered { crossover: crossover.clone(), bands: vec![[[0.0; PIECE]; 2]; bands] }
    }

    fn split(&mut self, signal: View<'_>) {
        self.crossover.split(signal, &mut self.bands);
    }

    fn view(&self, band: usize, shape: Shape) -> View<'_> {
        View::new(self.bands[band].as_flattened(), PIECE, shape)
    }

    fn block(&mut self, band: usize, shape: Shape) -> Block<'_> {
        Block::new(self.bands[band].as_flattened_mut(), PIECE, shape)
    }

    fn sum(&self, into: &mut Block<'_>) {
        let frames = into.frames();
        for channel in 0..into.channels() {
            let mut sums = [0.0; PIECE];
            let sums = &mut sums[..frames];
            self.bands.iter().for_each(|band| add(sums, &band[channel]));
            round(sums, into.plane(channel));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effects::probe::*;

    fn multiband(splits: &[f64], slope: f64) -> Multiband {
        let splits: Vec<Hz> = splits.iter().map(|f| Hz(*f)).collect();
        let bands = vec![BandDynamics::default(); splits.len() + 1];
        Multiband { splits, bands, slope: Slope(slope), ..Multiband::default() }
    }

    fn change(effect: Multiband, frequency: f64, level: f64) -> f64 {
        let audio = vec![tone(frequency, level, 0.5)];
        let out = run(effect, &audio).out;
        rms(&out[0][14_400..]) - rms(&audio[0][14_400..])
    }

    #[test]
    fn bands_left_alone_add_up_flat() {
        for splits in [&[1000.0][..], &[120.0, 2500.0], &[150.0, 200.0, 250.0, 18_000.0]] {
            for slope in [24.0, 48.0] {
                for frequency in [40.0, 120.0, 160.0, 200.0, 1000.0, 3000.0, 16_000.0] {
                    let off = change(multiband(splits, slope), frequency, -6.0);
                    assert!(off.abs() < 0.001, "{splits:?} at {slope}: {off} dB at {frequency} Hz");
                }
            }
        }
    }

    #[test]
    fn a_band_is_turned_down_alone() {
        let mut effect = multiband(&[120.0, 2500.0], 24.0);
        effect.bands[1].ratio = Ratio(2.0);
        effect.bands[1].knee = Db(0.0);
        // The neighbours' skirts add a little.
        assert!((change(effect.clone(), 550.0, -4.0) + 10.0).abs() < 0.15);
        assert!(change(effect.clone(), 30.0, -4.0).abs() < 0.1);
        assert!(change(effect, 12_000.0, -4.0).abs() < 0.1);
    }

    #[test]
    fn a_narrow_band_is_mono_and_the_others_keep_their_sides() {
        let mut effect = multiband(&[200.0], 48.0);
        effect.bands[0].width = Percent(0.0);
        let out = run(effect.clone(), &[tone(50.0, 0.0, 0.5), vec![0.0; 24_000]]).out;
        assert!((rms(&out[0][12_000..]) - rms(&out[1][12_000..])).abs() < 0.01);
        let out = run(effect, &[tone(2000.0, 0.0, 0.5), vec![0.0; 24_000]]).out;
        assert!(rms(&out[1][12_000..]) < -100.0);
    }

    #[test]
    fn splits_and_bands_must_agree() {
        assert_eq!(multiband(&[100.0, 1000.0], 24.0).check(), Ok(()));
        assert!(multiband(&[1000.0, 100.0], 24.0).check().is_err());
        assert!(multiband(&[100.0], 30.0).check().is_err());
        let mut lacking = multiband(&[100.0, 1000.0], 24.0);
        lacking.bands.pop();
        assert!(lacking.check().is_err());
    }
}
