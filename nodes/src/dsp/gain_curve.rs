//! What reduction a level asks for, and the multiplication that gives it.

use super::{
    cpu::Vector,
    fast,
    knobs::{Knobs, Recur, Step, TILE},
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
pub struct Above(Recur<AboveStep, 4, 0>);

impl Above {
    /// A curve for each strip.
    pub fn new(setup: &Setup) -> Self {
        Above(Recur::new(setup))
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
struct AboveStep;

impl Step<4, 0> for AboveStep {
    #[inline(always)]
    fn step<V: Vector>(level: V, &[threshold, slope, half, bend]: &[V; 4], _: &mut [V; 0]) -> V {
        let zero = V::splat(0.0);
        let over = level - threshold;
        let knee = (over + half).max(zero).min(half + half);
        slope * (knee * knee * bend + (over - half).max(zero))
    }
}

/// Reduction below a threshold, up to a range.
#[derive(Clone, Debug)]
pub struct Below(Recur<BelowStep, 3, 0>);

impl Below {
    /// A curve for each strip.
    pub fn new(setup: &Setup) -> Self {
        Below(Recur::new(setup))
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
struct BelowStep;

impl Step<3, 0> for BelowStep {
    #[inline(always)]
    fn step<V: Vector>(level: V, &[threshold, slope, range]: &[V; 3], _: &mut [V; 0]) -> V {
        (slope * (threshold - level)).max(V::splat(0.0)).min(range)
    }
}

/// Gives the reduction to the audio, with a make-up gain, and remembers the largest.
#[derive(Clone, Debug)]
pub struct Amplify {
    makeup: Knobs<1>,
    /// As wide as a tile, so that it is found in flat loops; strips have their places in it.
    largest: [f32; TILE],
    strips: usize,
}

impl Amplify {
    /// Without make-up.
    pub fn new(setup: &Setup) -> Self {
        Amplify { makeup: Knobs::new(setup.strips), largest: [0.0; TILE], strips: setup.strips }
    }

    /// Sends one strip's make-up to a new place.
    pub fn aim(&mut self, to: Aim, makeup: Db) {
        self.makeup.aim(to, [makeup.0]);
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
            let plane = reductions.plane(channel);
            remember(&mut self.largest, plane);
            factors(&self.makeup, plane);
        }
        self.makeup.advance(reductions.frames());
    }

    /// The largest reduction so far.
    pub fn reading(&self, strip: usize) -> Reading {
        let strips = self.largest.iter().skip(strip).step_by(self.strips);
        Reading::reduction(f64::from(strips.fold(0.0, |most: f32, now| most.max(*now))))
    }
}

for_every_cpu! {
    fn scale(plane: &mut [f32], factors: &[f32]) {
        for (x, factor) in plane.iter_mut().zip(factors) {
            *x *= *factor;
        }
    }

    fn factors(makeup: &Knobs<1>, plane: &mut [f32]) {
        makeup.shape_each(plane, |reduction, [makeup]| fast::gain(makeup - reduction));
    }

    fn remember(largest: &mut [f32; TILE], reductions: &[f32]) {
        let (tiles, rest) = reductions.as_chunks::<TILE>();
        let mut most = *largest;
        for tile in tiles {
            for (most, now) in most.iter_mut().zip(tile) {
                *most = fast::larger(*most, *now);
            }
        }
        for (most, now) in most.iter_mut().zip(rest) {
            *most = fast::larger(*most, *now);
        }
        *largest = most;
    }
}
