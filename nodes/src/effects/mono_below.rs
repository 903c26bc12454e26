//! Makes the low end mono without a hole: the middle goes through the all pass of a crossover, the sides through its high
//! pass, so that both stay in phase. A high pass on the sides alone, which is common, lets a hard-left bass sag and leak.

use crate::{
    dsp::{
        cpu::{Isa, Job, Vector, dispatch},
        crossover::{Order, Split},
        knobs::Ramp,
        state_variable::warped,
    },
    effect::{Aim, Effect, Kernel, Seen},
    params,
    processor::{Io, Setup},
    unit::{Frames, Hz},
};

params! {
    /// Brings everything below a frequency to the middle.
    pub struct MonoBelow = "mono_below"(frequency) {
        /// The frequency below which left and right become the same.
        frequency: Hz = 120.0 in 20.0..=1000.0,
    }
}

impl Effect for MonoBelow {
    type Kernel = Narrow;
    const COST: f64 = 6.0;

    fn prepare(&self, setup: &Setup, _: &Seen) -> Narrow {
        Narrow {
            split: Split::new(Order::Fourth, self.frequency, setup.rate),
            warped: Ramp::default(),
            moving: setup.moves,
        }
    }

    fn tail(&self, rate: u32) -> Frames {
        Order::Fourth.ring(self.frequency).frames(rate)
    }
}

/// The kernel of [`MonoBelow`].
#[derive(Clone)]
pub struct Narrow {
    /// Of the middle and the sides side by side.
    split: Split,
    warped: Ramp,
    moving: bool,
}

impl Kernel<MonoBelow> for Narrow {
    fn tune(&mut self, now: &MonoBelow, to: Aim) {
        self.warped.aim(to, warped(now.frequency, to.rate));
    }

    fn process(&mut self, io: &mut Io<'_>) {
        if io.audio.channels() == 1 {
            return;
        }
        let settles = io.audio.shape().settles;
        let (left, right) = io.audio.stereo();
        dispatch(Run { narrow: self, left, right });
        if settles {
            self.split.settle();
        }
    }
}

struct Run<'a> {
    narrow: &'a mut Narrow,
    left: &'a mut [f32],
    right: &'a mut [f32],
}

impl Job for Run<'_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let Run { narrow: Narrow { split, warped, moving }, left, right } = self;
        for (l, r) in left.iter_mut().zip(right) {
            if *moving {
                split.tune(warped.advance());
            }
            let (x, y) = (f64::from(*l), f64::from(*r));
            let (mut low, mut all) = ([0.0; 2], [0.0; 2]);
            let parts = split.low_and_all(I::V2::load(&[0.5 * (x + y), 0.5 * (x - y)]));
            parts.0.store(&mut low);
            parts.1.store(&mut all);
            let (middle, sides) = (all[0], all[1] - low[1]);
            (*l, *r) = ((middle + sides) as f32, (middle - sides) as f32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effects::probe::*;

    /// Levels of a hard-left tone's two channels and of their sum against what went in.
    fn hard_left(frequency: f64) -> [f64; 3] {
        let audio = vec![tone(frequency, 0.0, 1.0), vec![0.0; 48_000]];
        let out = run(MonoBelow::default(), &audio).out;
        let whole = rms(&audio[0][24_000..]);
        let sum: Vec<f32> = out[0].iter().zip(&out[1]).map(|(l, r)| l + r).collect();
        [&out[0], &out[1], &sum].map(|plane| rms(&plane[24_000..]) - whole)
    }

    #[test]
    fn the_sum_of_both_channels_stays_as_loud_everywhere() {
        for frequency in [30.0, 80.0, 120.0, 200.0, 500.0, 5_000.0] {
            let [_, _, sum] = hard_left(frequency);
            assert!(sum.abs() < 0.001, "{frequency} Hz: {sum}");
        }
    }

    #[test]
    fn below_both_channels_are_the_same_and_above_the_place_is_kept() {
        let [left, right, _] = hard_left(30.0);
        assert!((left - right).abs() < 0.2 && (left + 6.0).abs() < 0.2, "{left} {right}");
        for frequency in [250.0, 400.0, 1_000.0] {
            let [left, right, _] = hard_left(frequency);
            assert!(left.abs() < 0.6, "left sags to {left} at {frequency} Hz");
            assert!(right < -12.0, "right leaks {right} at {frequency} Hz");
        }
        assert!(hard_left(1_000.0)[1] < -38.0);
    }
}
