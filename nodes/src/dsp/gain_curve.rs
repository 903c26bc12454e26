//! What reduction a level asks for, and the multiplication that gives it.

use super::{
    each::{Each, Sample},
    fast::{self, larger, smaller},
};
use crate::{
    block::Block,
    effect::{Aim, Reading},
    for_every_cpu,
    processor::Setup,
    unit::{Db, Ratio},
};

/// Reduction above a threshold, with a knee.
///
/// Giannoulis, Massberg, Reiss, "Digital Dynamic Range Compressor Design", JAES 60(6), 2012, eq. 4, written without
/// branches: with `o` the distance over the threshold, `(1 - 1/R) (u^2/(2W) + max(o - W/2, 0))`, where `u` is `o + W/2`
/// held within 0 and W.
#[derive(Clone, Debug)]
pub struct Above(Each<Over, 4>);

impl Above {
    /// A curve for each strip.
    pub fn new(setup: &Setup) -> Self {
        Above(Each::new(setup))
    }

    /// Sends one strip's curve to a new place.
    pub fn aim(&mut self, to: Aim, threshold: Db, ratio: Ratio, knee: Db) {
        let bend = if knee.0 > 0.0 { 0.5 / knee.0 } else { 0.0 };
        self.0.aim(to, [threshold.0, 1.0 - 1.0 / ratio.0, 0.5 * knee.0, bend]);
    }

    /// Turns levels into asked reductions.
    pub fn run(&mut self, levels: &mut Block<'_>) {
        self.0.run(levels);
    }
}

#[derive(Clone, Debug)]
struct Over;

impl Sample<4> for Over {
    #[inline(always)]
    fn sample(level: f32, [threshold, slope, half, bend]: [f32; 4]) -> f32 {
        let over = level - threshold;
        let knee = smaller(larger(over + half, 0.0), half + half);
        slope * (knee * knee * bend + larger(over - half, 0.0))
    }
}

/// Reduction below a threshold, up to a range.
#[derive(Clone, Debug)]
pub struct Below(Each<Under, 3>);

impl Below {
    /// A curve for each strip.
    pub fn new(setup: &Setup) -> Self {
        Below(Each::new(setup))
    }

    /// Sends one strip's curve to a new place.
    pub fn aim(&mut self, to: Aim, threshold: Db, ratio: Ratio, range: Db) {
        self.0.aim(to, [threshold.0, ratio.0 - 1.0, range.0]);
    }

    /// Turns levels into asked reductions.
    pub fn run(&mut self, levels: &mut Block<'_>) {
        self.0.run(levels);
    }
}

#[derive(Clone, Debug)]
struct Under;

impl Sample<3> for Under {
    #[inline(always)]
    fn sample(level: f32, [threshold, slope, range]: [f32; 3]) -> f32 {
        smaller(larger(slope * (threshold - level), 0.0), range)
    }
}

/// As many strips as there ever are side by side.
const ROW: usize = 16;

/// Gives the reduction to the audio, with a make-up gain, and remembers the largest.
#[derive(Clone, Debug)]
pub struct Amplify {
    factor: Each<Factor, 1>,
    /// As wide as the widest pack, so that it is found in flat loops; strips have their places in it.
    largest: [f32; ROW],
    strips: usize,
}

impl Amplify {
    /// Without make-up.
    pub fn new(setup: &Setup) -> Self {
        Amplify { factor: Each::new(setup), largest: [0.0; ROW], strips: setup.strips }
    }

    /// Sends one strip's make-up to a new place.
    pub fn aim(&mut self, to: Aim, makeup: Db) {
        self.factor.aim(to, [makeup.0]);
    }

    /// Multiplies each channel with its own reduction, or all with the only one; uses the reductions up.
    pub fn run(&mut self, audio: &mut Block<'_>, reductions: &mut Block<'_>) {
        self.factors(reductions);
        for channel in 0..audio.channels() {
            let gains = reductions.plane(channel.min(reductions.channels() - 1));
            scale(audio.plane(channel), gains);
        }
    }

    /// Turns reductions into factors.
    pub fn factors(&mut self, reductions: &mut Block<'_>) {
        for channel in 0..reductions.channels() {
            remember(&mut self.largest, reductions.plane(channel));
        }
        self.factor.run(reductions);
    }

    /// The largest reduction so far.
    pub fn reading(&self, strip: usize) -> Reading {
        let strips = self.largest.iter().skip(strip).step_by(self.strips);
        Reading::reduction(f64::from(strips.fold(0.0, |most: f32, now| most.max(*now))))
    }
}

#[derive(Clone, Debug)]
struct Factor;

impl Sample<1> for Factor {
    #[inline(always)]
    fn sample(reduction: f32, [makeup]: [f32; 1]) -> f32 {
        fast::gain(makeup - reduction)
    }
}

for_every_cpu! {
    /// Multiplies samples with factors.
    pub fn scale(plane: &mut [f32], factors: &[f32]) {
        for (x, factor) in plane.iter_mut().zip(factors) {
            *x *= *factor;
        }
    }

    fn remember(largest: &mut [f32; ROW], reductions: &[f32]) {
        let (tiles, rest) = reductions.as_chunks::<ROW>();
        let mut most = *largest;
        for tile in tiles {
            for (most, now) in most.iter_mut().zip(tile) {
                *most = larger(*most, *now);
            }
        }
        for (most, now) in most.iter_mut().zip(rest) {
            *most = larger(*most, *now);
        }
        *largest = most;
    }
}
