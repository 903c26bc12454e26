//! Two channels made one.

use crate::{
    effect::{Aim, Effect, Kernel, Packs, Seen, Width},
    params,
    processor::{Io, Setup},
};

params! {
    /// Makes one channel of two: half their sum. What follows runs in mono until something makes it stereo again.
    pub struct Mono = "mono" {}
}

impl Effect for Mono {
    type Kernel = Sum;
    const PACKS: Packs = Packs::Together;
    const COST: f64 = 0.4;

    fn prepare(&self, _: &Setup, _: &Seen) -> Sum {
        Sum
    }

    fn width(&self, _: Width) -> Width {
        Width::Mono
    }
}

/// The kernel of [`Mono`].
#[derive(Clone)]
pub struct Sum;

impl Kernel<Mono> for Sum {
    fn tune(&mut self, _: &Mono, _: Aim) {}

    fn process(&mut self, io: &mut Io<'_>) {
        if io.audio.channels() == 2 {
            let (left, right) = io.audio.stereo();
            for (left, right) in left.iter_mut().zip(right) {
                let sum = (0.5 * (f64::from(*left) + f64::from(*right))) as f32;
                (*left, *right) = (sum, sum);
            }
        }
    }
}
