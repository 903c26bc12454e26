//! A fader at work: level and place, evaluated at every frame while they move.

use super::{
    buffer::Buffer,
    pack::{Heard, Span},
};
use crate::{graph::Role, resolved::Fader};
use mixwright_nodes::{
    block::PIECE,
    curve::Curve,
    dsp::pan::{self, PanLaw},
    effect::Width,
    for_every_cpu,
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
            if let Some((gain, place)) = self.gain.still(first, last).zip(self.pan.still(first, last)) {
                let (left, right) = self.factors(gain, place, input, output);
                let (plane, second) = planes(from, frames, input, output, out);
                scale(plane, left);
                second.into_iter().for_each(|plane| scale(plane, right));
                continue;
            }
            let mut moving = [[0.0; PIECE]; 2];
            for i in 0..frames {
                let heard = |control: &&Heard<'_>| control.buffer.plane(0, from + i + 1)[from + i];
                let values: Vec<f32> = controls.iter().map(heard).collect();
                let now = first + Frames(i as i64);
                let (gain, place) = (self.gain.value(now, &values), self.pan.value(now, &values));
                (moving[0][i], moving[1][i]) = self.factors(gain, place, input, output);
            }
            let (plane, second) = planes(from, frames, input, output, out);
            scale_each(plane, &moving[0]);
            second.into_iter().for_each(|plane| scale_each(plane, &moving[1]));
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

/// The planes of a piece that are scaled; the second of a strip that becomes stereo here holds what the first does.
fn planes(
    from: usize,
    frames: usize,
    input: Width,
    output: Width,
    out: &mut Buffer,
) -> (&mut [f32], Option<&mut [f32]>) {
    let (left, right) = out.stereo(from + frames);
    let (left, right) = (&mut left[from..], &mut right[from..]);
    if (input, output) == (Width::Mono, Width::Stereo) {
        right.copy_from_slice(left);
    }
    (left, (output == Width::Stereo).then_some(right))
}

for_every_cpu! {
    fn scale(plane: &mut [f32], factor: f64) {
        for x in plane {
            *x = (f64::from(*x) * factor) as f32;
        }
    }

    fn scale_each(plane: &mut [f32], factors: &[f64]) {
        for (x, factor) in plane.iter_mut().zip(factors) {
            *x = (f64::from(*x) * factor) as f32;
        }
    }
}
