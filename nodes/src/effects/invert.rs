//! Polarity.

use crate::{
    dsp::each::{Each, Sample},
    effect::{Aim, Effect, Kernel, Packs, Seen},
    params,
    processor::{Io, Setup},
};

params! {
    /// Turns the polarity over, as for the lower of two microphones on a snare drum.
    pub struct Invert = "invert" {}
}

impl Effect for Invert {
    type Kernel = Turn;
    const PACKS: Packs = Packs::Together;
    const COST: f64 = 0.2;

    fn prepare(&self, setup: &Setup, _: &Seen) -> Turn {
        Turn(Each::new(setup))
    }
}

/// The kernel of [`Invert`].
#[derive(Clone)]
pub struct Turn(Each<Minus, 0>);

#[derive(Clone)]
struct Minus;

impl Sample<0> for Minus {
    #[inline(always)]
    fn sample(x: f32, []: [f32; 0]) -> f32 {
        -x
    }
}

impl Kernel<Invert> for Turn {
    fn tune(&mut self, _: &Invert, _: Aim) {}

    fn process(&mut self, io: &mut Io<'_>) {
        self.0.run(&mut io.audio);
    }
}
