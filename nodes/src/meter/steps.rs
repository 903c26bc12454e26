//! Sample levels in the course of time: of each fiftieth of a second the largest sample and the energy, channel by channel.

use super::{
    energy::Blocks,
    sums::{Sums, Terms},
};
use crate::dsp::fast::{larger, largest};

/// Sub-blocks of 10 ms in a step.
const STEP: u64 = 2;

/// The levels of one step of one channel.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Step {
    /// The largest sample.
    pub peak: f32,
    /// The root of the mean square.
    pub rms: f32,
}

/// A meter of one channel, step by step.
#[derive(Clone, Debug)]
pub struct Steps {
    blocks: Blocks,
    frames: u64,
    begun: u64,
    peak: f32,
    energy: Sums<Square, 1>,
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
struct Square;

impl Terms<1> for Square {
    #[inline(always)]
    fn of(x: f64, _: f64) -> [f64; 1] {
        [x * x]
    }
}

impl Steps {
    /// A meter that has heard nothing.
    pub fn new(rate: u32) -> Self {
        let blocks = Blocks::Hundredths(rate);
        Steps { blocks, frames: 0, begun: 0, peak: 0.0, energy: Sums::default(), steps: Vec::new() }
    }

    /// Hears on.
    pub fn push(&mut self, mut signal: &[f32]) {
        while !signal.is_empty() {
            let end = self.blocks.border(STEP * (self.steps.len() as u64 + 1));
            let (part, rest) = signal.split_at(signal.len().min((end - self.frames) as usize));
            signal = rest;
            self.frames += part.len() as u64;
            self.peak = larger(self.peak, largest(part));
            self.energy.push(part, part);
            if self.frames == end {
                self.close();
            }
        }
    }

    /// All steps, the last of them as long as it is.
    pub fn ended(mut self) -> Vec<Step> {
        if self.frames > self.begun {
            self.close();
        }
        self.steps
    }

    fn close(&mut self) {
        let [energy] = std::mem::take(&mut self.energy).all();
        let mean = energy / (self.frames - self.begun) as f64;
        self.steps.push(Step { peak: self.peak, rms: mean.sqrt() as f32 });
        (self.begun, self.peak) = (self.frames, 0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plane, sine};

    #[test]
    fn a_tone_that_begins_in_a_step_is_told_from_there_on() {
        let mut tone = plane(0.5, 2_205, sine(1000.0, 44_100));
        tone[..1_000].fill(0.0);
        for piece in [1, 100, 2_205] {
            let mut meter = Steps::new(44_100);
            tone.chunks(piece).for_each(|piece| meter.push(piece));
            let steps = meter.ended();
            // Steps of 882 frames, and what is left.
            assert_eq!(steps.len(), 3);
            assert_eq!(steps[0], Step::default());
            assert!((steps[1].rms - (0.125_f32 * 764.0 / 882.0).sqrt()).abs() < 1e-3);
            assert!((steps[2].rms - 0.125_f32.sqrt()).abs() < 1e-3 && (steps[2].peak - 0.5).abs() < 1e-3);
        }
    }

    #[test]
    fn steps_stay_in_time_where_they_are_no_whole_frames() {
        let mut meter = Steps::new(11_025);
        meter.push(&vec![0.0; 11_025]);
        assert_eq!(meter.ended().len(), 50);
    }
}
