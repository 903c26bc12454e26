//! The balance of two channels at a place in the chain.

use crate::{
    dsp::{knobs::Knobs, pan},
    effect::{Aim, Effect, Kernel, Packs, Seen},
    params,
    processor::{Io, Setup},
    unit::Pan,
};

params! {
    /// Turns one side of a stereo signal down at this place in the chain; `pan` places the strip at its end. Does
    /// nothing to mono.
    pub struct Balance = "balance"(place) {
        /// Towards which side: at 50 left, the right channel is half as loud.
        place: Pan = 0.0 in -100.0..=100.0,
    }
}

impl Effect for Balance {
    type Kernel = Tilt;
    const PACKS: Packs = Packs::Together;
    const COST: f64 = 0.4;

    fn prepare(&self, setup: &Setup, _: &Seen) -> Tilt {
        Tilt(Knobs::new(setup.strips))
    }
}

/// The kernel of [`Balance`].
#[derive(Clone)]
pub struct Tilt(Knobs<2>);

impl Kernel<Balance> for Tilt {
    fn tune(&mut self, now: &Balance, to: Aim) {
        let (left, right) = pan::balance(now.place.place());
        self.0.aim(to, [left, right]);
    }

    fn process(&mut self, io: &mut Io<'_>) {
        let strips = io.audio.strips();
        if io.audio.channels() == 2 {
            for channel in 0..2 {
                for (frame, row) in io.audio.plane(channel).chunks_exact_mut(strips).enumerate() {
                    for (strip, x) in row.iter_mut().enumerate() {
                        *x = (f64::from(*x) * self.0.at(channel, strip, frame)) as f32;
                    }
                }
            }
        }
        self.0.advance(io.audio.frames());
    }
}
