//! Left for right.

use crate::{
    effect::{Aim, Effect, Kernel, Packs, Seen},
    params,
    processor::{Io, Setup},
};

params! {
    /// Exchanges left and right, as for a drum kit seen from the other side. Does nothing to mono.
    pub struct Swap = "swap" {}
}

impl Effect for Swap {
    type Kernel = Exchange;
    const PACKS: Packs = Packs::Together;
    const COST: f64 = 0.2;

    fn prepare(&self, _: &Setup, _: &Seen) -> Exchange {
        Exchange
    }
}

/// The kernel of [`Swap`].
#[derive(Clone)]
pub struct Exchange;

impl Kernel<Swap> for Exchange {
    fn tune(&mut self, _: &Swap, _: Aim) {}

    fn process(&mut self, io: &mut Io<'_>) {
        if io.audio.channels() == 2 {
            let (left, right) = io.audio.stereo();
            left.swap_with_slice(right);
        }
    }
}
