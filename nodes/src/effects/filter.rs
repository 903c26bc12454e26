//! What the filters of a single band share: an effect that is one analog prototype, and the kernel that runs it.

use crate::{
    dsp::{cascade::Cascade, prototype::Prototype},
    effect::{Aim, Effect, Kernel, Packs, Seen},
    params::Params,
    processor::{Io, Setup},
    unit::{Frames, Slope},
};

/// An effect that is one filter: all it has to say is which.
pub trait Filter: Params {
    /// Nanoseconds a stereo frame, roughly.
    const COST: f64 = 3.5;

    /// The filter that the parameters describe.
    fn prototype(&self) -> Prototype;

    /// How steep it is, if that can be chosen.
    fn slope(&self) -> Option<Slope> {
        None
    }
}

impl<E: Filter> Effect for E {
    type Kernel = Single;
    // Strips that curves move run in another form.
    const PACKS: Packs = Packs::Apart;
    const COST: f64 = <E as Filter>::COST;

    fn prepare(&self, setup: &Setup, _: &Seen) -> Single {
        Single(Cascade::new(setup, &[self.prototype()]))
    }

    fn tail(&self, rate: u32) -> Frames {
        tail(self.prototype(), rate)
    }

    fn check(&self) -> Result<(), String> {
        self.slope().map_or(Ok(()), check_slope)
    }
}

/// The kernel of every [`Filter`].
#[derive(Clone)]
pub struct Single(Cascade);

impl<E: Filter> Kernel<E> for Single {
    fn tune(&mut self, now: &E, to: Aim) {
        self.0.aim(to, [now.prototype()]);
    }

    fn process(&mut self, io: &mut Io<'_>) {
        self.0.run(&mut io.audio);
    }
}

/// Frames until a filter has rung out by 90 dB.
pub(super) fn tail(filter: Prototype, rate: u32) -> Frames {
    Frames((filter.ring(90.0) * f64::from(rate)).ceil() as i64)
}

/// Slopes come in steps of 6 dB an octave.
pub(super) fn check_slope(slope: Slope) -> Result<(), String> {
    if slope.0 % 6.0 == 0.0 {
        Ok(())
    } else {
        Err(format!("`slope` is {slope}, but filters come in steps of 6 dB an octave: 6, 12, 18, up to 96"))
    }
}
