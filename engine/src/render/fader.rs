//! A fader at work: level and place, evaluated at every frame while they move.

use super::{
    buffer::Buffer,
    live::{Heard, Span},
};
use crate::{graph::Role, resolved::Fader};
use mixwright_nodes::{
    curve::Curve,
    dsp::pan::{self, PanLaw},
    effect::Width,
    unit::{Db, Frames},
};

/// A fader with its curves.
pub(super) struct LiveFader {
    gain: Curve,
    pan: Curve,
    law: PanLaw,
}

impl LiveFader {
    pub(super) fn new(fader: &Fader) -> LiveFader {
        LiveFader { gain: fader.gain.clone(), pan: fader.pan.clone(), law: fader.law }
    }

    /// Works on a block in place.
    pub(super) fn run(
        &mut self,
        span: Span,
        at: Frames,
        heard: &[Heard<'_>],
        input: Width,
        output: Width,
        out: &mut Buffer,
    ) {
        let controls: Vec<&Heard<'_>> = {
            let mut found: Vec<_> = heard.iter().filter(|h| matches!(h.role, Role::Control(_))).collect();
            found.sort_by_key(|heard| heard.role);
            found
        };
        for (from, frames, _) in span.pieces() {
            let first = at + Frames(from as i64);
            let last = first + Frames(frames as i64 - 1);
            let still = self.gain.still(first, last).zip(self.pan.still(first, last));
            let still = still.map(|(gain, place)| self.factors(gain, place, input, output));
            let factors = |i: usize| {
                still.unwrap_or_else(|| {
                    let values: Vec<f32> = controls
                        .iter()
                        .map(|control| control.buffer.plane(0, from + i + 1)[from + i])
                        .collect();
                    let now = first + Frames(i as i64);
                    self.factors(self.gain.value(now, &values), self.pan.value(now, &values), input, output)
                })
            };
            apply(factors, from, frames, input, output, out);
        }
    }

    /// The factors of the left and the right channel.
    fn factors(&self, gain: f64, place: f64, input: Width, output: Width) -> (f64, f64) {
        let gain = Db(gain).gain();
        let (left, right) = match (input, output) {
            (_, Width::Mono) => (1.0, 1.0),
            (Width::Stereo, Width::Stereo) => pan::balance(place / 100.0),
            (Width::Mono, Width::Stereo) => pan::gains(self.law, place / 100.0),
        };
        (gain * left, gain * right)
    }
}

fn apply(
    factors: impl Fn(usize) -> (f64, f64),
    from: usize,
    frames: usize,
    input: Width,
    output: Width,
    out: &mut Buffer,
) {
    let times = |sample: f32, factor: f64| (f64::from(sample) * factor) as f32;
    let (left, right) = out.stereo(from + frames);
    let (left, right) = (&mut left[from..], &mut right[from..]);
    for i in 0..frames {
        let (to_left, to_right) = factors(i);
        if output == Width::Stereo {
            right[i] = times(if input == Width::Stereo { right[i] } else { left[i] }, to_right);
        }
        left[i] = times(left[i], to_left);
    }
}
