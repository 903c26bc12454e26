//! Makes the low end mono without a hole: the middle goes through the all pass of a crossover, the sides through its high
//! pass, so that both stay in phase. A high pass on the sides alone, which is common, lets a hard-left bass sag and leak.

use crate::{
    dsp::{
        crossover::{Order, Phase, Split},
        lanes::Ramp,
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
            middle: Phase::new(Order::Fourth, self.frequency, setup.rate),
            sides: Split::new(Order::Fourth, self.frequency, setup.rate),
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
    middle: Phase,
    sides: Split,
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
        for (l, r) in left.iter_mut().zip(right) {
            if self.moving {
                let warped = self.warped.advance();
                self.middle.tune(warped);
                self.sides.tune(warped);
            }
            let middle = self.middle.step(0.5 * (f64::from(*l) + f64::from(*r)));
            let (_, sides) = self.sides.step(0.5 * (f64::from(*l) - f64::from(*r)));
            *l = (middle + sides) as f32;
            *r = (middle - sides) as f32;
        }
        if settles {
            self.middle.settle();
            self.sides.settle();
        }
    }
}
