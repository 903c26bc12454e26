//! Stereo width: how loud the side is against the mid. No delays, no phase tricks: the mono sum never changes.

use crate::{
    dsp::knobs::Knobs,
    effect::{Aim, Effect, Kernel, Packs, Seen},
    for_every_cpu, params,
    processor::{Io, Setup},
    unit::Percent,
};

params! {
    /// Narrows or widens a stereo signal; its mono sum stays the same. Does nothing to mono.
    pub struct Width = "width"(width) {
        /// How wide: 0 % is mono, 100 % leaves everything as it is, 200 % doubles what the channels do not share.
        width: Percent = 100.0 in 0.0..=200.0,
    }
}

impl Effect for Width {
    type Kernel = Widen;
    const PACKS: Packs = Packs::Together;
    const COST: f64 = 0.4;

    fn prepare(&self, setup: &Setup, _: &Seen) -> Widen {
        Widen(Knobs::new(setup.strips))
    }
}

/// The kernel of [`Width`].
#[derive(Clone)]
pub struct Widen(Knobs<1>);

impl Kernel<Width> for Widen {
    fn tune(&mut self, now: &Width, to: Aim) {
        self.0.aim(to, [now.width.factor()]);
    }

    fn process(&mut self, io: &mut Io<'_>) {
        if io.audio.channels() == 2 {
            let strips = io.audio.strips();
            let (left, right) = io.audio.stereo();
            if strips == 1 && !self.0.moving() {
                return widen_all(left, right, self.0.at(0, 0, 0));
            }
            let rows = left.chunks_exact_mut(strips).zip(right.chunks_exact_mut(strips));
            for (frame, (left, right)) in rows.enumerate() {
                for strip in 0..strips {
                    widen(self.0.at(0, strip, frame), &mut left[strip], &mut right[strip]);
                }
            }
        }
        self.0.advance(io.audio.frames());
    }
}

for_every_cpu! {
    fn widen_all(left: &mut [f32], right: &mut [f32], width: f64) {
        for (left, right) in left.iter_mut().zip(right) {
            widen(width, left, right);
        }
    }
}

/// Scales what two samples do not share; exactly equal at 0, and untouched at 1.
#[inline(always)]
fn widen(width: f64, left: &mut f32, right: &mut f32) {
    if width == 1.0 {
        return;
    }
    let (l, r) = (f64::from(*left), f64::from(*right));
    let (mid, side) = (0.5 * (l + r), 0.5 * width * (l - r));
    (*left, *right) = ((mid + side) as f32, (mid - side) as f32);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_mono_and_a_hundred_is_nothing() {
        for (l, r) in [(0.1_f32, -0.7_f32), (1.0, 1e-30), (-0.3, -0.3), (0.25, 0.125)] {
            let (mut a, mut b) = (l, r);
            widen(1.0, &mut a, &mut b);
            assert_eq!((a.to_bits(), b.to_bits()), (l.to_bits(), r.to_bits()));
            widen(0.0, &mut a, &mut b);
            assert_eq!(a, b);
            assert_eq!(a, ((f64::from(l) + f64::from(r)) / 2.0) as f32);
        }
    }

    #[test]
    fn the_mono_sum_stays() {
        let (mut a, mut b) = (0.5, -0.125);
        widen(2.0, &mut a, &mut b);
        assert_eq!((a, b), (0.8125, -0.4375));
    }
}
