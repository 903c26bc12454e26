//! How alike the two channels are: 1 is mono, 0 unlike, -1 what vanishes when a phone adds them.

use super::{
    energy::Blocks,
    sums::{Sums, Terms},
};
use serde::Serialize;

/// Sub-blocks of 10 ms in a window of 400 ms.
const WINDOW: usize = 40;
/// Sub-blocks from one window whose correlation is kept to the next.
const HOP: u64 = 10;
/// Mean power of a channel under which a window says nothing: -70 dBFS.
const GATE: f64 = 1e-7;

/// How alike the channels are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct StereoReading {
    /// The correlation over the whole; none where a channel is silent.
    pub correlation: Option<f64>,
    /// The smallest correlation in 400 ms, among those where both channels are above -70 dBFS.
    pub min_correlation: Option<f64>,
}

/// A correlation meter.
#[derive(Clone, Debug)]
pub struct Stereo {
    rate: u32,
    frames: u64,
    blocks: u64,
    now: Sums<Products, 3>,
    total: Products,
    /// The last [`WINDOW`] sub-blocks, by their number modulo that.
    recent: Vec<Products>,
    least: Option<f64>,
    course: Vec<Option<f32>>,
}

/// Sums of products.
#[derive(Clone, Copy, Debug, Default)]
struct Products {
    left: f64,
    right: f64,
    both: f64,
}

impl Terms<3> for Products {
    #[inline(always)]
    fn of(left: f64, right: f64) -> [f64; 3] {
        [left * left, right * right, left * right]
    }
}

impl Products {
    fn of_sums(sums: &Sums<Products, 3>) -> Products {
        let [left, right, both] = sums.all();
        Products { left, right, both }
    }

    fn add(&mut self, other: Products) {
        self.left += other.left;
        self.right += other.right;
        self.both += other.both;
    }

    /// The correlation, if both channels have more than so much energy.
    fn correlation(&self, gate: f64) -> Option<f64> {
        (self.left > gate && self.right > gate)
            .then(|| (self.both / (self.left * self.right).sqrt()).clamp(-1.0, 1.0))
    }
}

impl Stereo {
    /// A meter that has heard nothing.
    pub fn new(rate: u32) -> Self {
        Stereo {
            rate,
            frames: 0,
            blocks: 0,
            now: Sums::default(),
            total: Products::default(),
            recent: vec![Products::default(); WINDOW],
            least: None,
            course: Vec::new(),
        }
    }

    /// Hears on.
    pub fn push(&mut self, left: &[f32], right: &[f32]) {
        let mut done = 0;
        while done < left.len() {
            let end = Blocks::Hundredths(self.rate).border(self.blocks + 1);
            let part = done..left.len().min(done + (end - self.frames) as usize);
            done = part.end;
            self.frames += part.len() as u64;
            self.now.push(&left[part.clone()], &right[part]);
            if self.frames == end {
                self.close_block();
            }
        }
    }

    fn close_block(&mut self) {
        let block = Products::of_sums(&std::mem::take(&mut self.now));
        self.total.add(block);
        self.recent[(self.blocks % WINDOW as u64) as usize] = block;
        self.blocks += 1;
        if self.blocks < WINDOW as u64 {
            return;
        }
        let mut window = Products::default();
        self.recent.iter().for_each(|block| window.add(*block));
        let gate = GATE * f64::from(self.rate) * WINDOW as f64 / 100.0;
        let here = window.correlation(gate);
        self.course.extend(self.blocks.is_multiple_of(HOP).then_some(here.map(|here| here as f32)));
        if let Some(here) = here {
            self.least = Some(self.least.map_or(here, |least| least.min(here)));
        }
    }

    /// The correlations of windows of 400 ms that end 100 ms after each other, the first where its length is full; none
    /// where a channel is under -70 dBFS.
    pub fn course(&self) -> &[Option<f32>] {
        &self.course
    }

    /// What the meter reads now.
    pub fn reading(&self) -> StereoReading {
        let mut whole = self.total;
        whole.add(Products::of_sums(&self.now));
        StereoReading { correlation: whole.correlation(0.0), min_correlation: self.least }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plane, sine};

    fn measured(piece: usize, right: impl Fn(usize, f32) -> f32) -> StereoReading {
        let left = plane(1.0, 48_000, sine(1000.0, 48_000));
        let right: Vec<f32> = left.iter().enumerate().map(|(n, x)| right(n, *x)).collect();
        let mut meter = Stereo::new(48_000);
        for (left, right) in left.chunks(piece).zip(right.chunks(piece)) {
            meter.push(left, right);
        }
        meter.reading()
    }

    #[test]
    fn mono_is_one_opposite_is_minus_one_and_a_quarter_turn_is_nothing() {
        let near = |got: Option<f64>, wanted: f64| (got.unwrap() - wanted).abs() < 1e-9;
        assert!(near(measured(100, |_, x| 0.5 * x).correlation, 1.0));
        assert!(near(measured(100, |_, x| -x).min_correlation, -1.0));
        let turned = measured(100, |n, _| libm::cos(std::f64::consts::TAU * n as f64 / 48.0) as f32);
        assert!(turned.correlation.unwrap().abs() < 1e-6);
    }

    #[test]
    fn the_least_window_is_found_whatever_the_cuts() {
        let half_turned = |n: usize, x: f32| if (20_000..40_000).contains(&n) { -x } else { x };
        let whole = measured(48_000, half_turned);
        assert!((whole.min_correlation.unwrap() + 1.0).abs() < 1e-9);
        assert!((whole.correlation.unwrap() - 8.0 / 48.0).abs() < 1e-3);
        assert_eq!(whole, measured(31, half_turned));
    }

    #[test]
    fn its_course_is_one_of_windows_each_tenth_of_a_second() {
        let half_turned = |n: usize, x: f32| if (20_000..40_000).contains(&n) { -x } else { x };
        let left = plane(1.0, 48_000, sine(1000.0, 48_000));
        let right: Vec<f32> = left.iter().enumerate().map(|(n, x)| half_turned(n, *x)).collect();
        let mut meter = Stereo::new(48_000);
        left.chunks(31).zip(right.chunks(31)).for_each(|(left, right)| meter.push(left, right));
        let course: Vec<f32> = meter.course().iter().map(|here| here.unwrap()).collect();
        assert_eq!(course.len(), 7, "from 400 ms to 1 s");
        assert_eq!(course[0], 1.0);
        let turned = (800.0 - 18_400.0) / 19_200.0;
        assert!((course[4] - turned).abs() < 1e-3, "all but the first 800 frames are turned: {}", course[4]);
    }

    #[test]
    fn beside_silence_there_is_none() {
        assert_eq!(measured(100, |_, _| 0.0), StereoReading::default());
    }
}
