//! Gain at its place in the chain.

use crate::{
    dsp::each::{Each, Sample},
    effect::{Aim, Effect, Kernel, Packs, Seen},
    params,
    processor::{Io, Setup},
    unit::Db,
};

params! {
    /// Changes the level at this place in the chain; the fader changes it at the end.
    pub struct Trim = "trim"(gain) {
        /// How much louder; negative is quieter.
        gain: Db = 0.0 in -144.0..=48.0,
    }
}

impl Effect for Trim {
    type Kernel = Gain;
    const PACKS: Packs = Packs::Together;
    const COST: f64 = 0.3;

    fn prepare(&self, setup: &Setup, _: &Seen) -> Gain {
        Gain(Each::new(setup))
    }
}

/// The kernel of [`Trim`].
#[derive(Clone)]
pub struct Gain(Each<Times, 1>);

#[derive(Clone)]
struct Times;

impl Sample<1> for Times {
    #[inline(always)]
    fn sample(x: f32, [gain]: [f32; 1]) -> f32 {
        x * gain
    }
}

impl Kernel<Trim> for Gain {
    fn tune(&mut self, now: &Trim, to: Aim) {
        self.0.aim(to, [now.gain.gain()]);
    }

    fn process(&mut self, io: &mut Io<'_>) {
        self.0.run(&mut io.audio);
    }
}
