//! A fader at work: level and place, evaluated at every frame while they move.

use super::{
    buffer::Buffer,
    pack::{Heard, Span},
};
use crate::{graph::Role, resolved::Fader};
use mixwright_nodes::{block::PIECE, effect::Width, for_every_cpu, unit::Frames};

/// A fader with its curves.
pub(super) struct LiveFader(Fader);

impl LiveFader {
    pub(super) fn new(fader: &Fader) -> LiveFader {
        LiveFader(fader.clone())
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
            if let Some((gain, place)) = self.0.gain.still(first, last).zip(self.0.pan.still(first, last)) {
                let [left, right] = self.0.gains(gain, place, input, output);
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
                let (gain, place) = (self.0.gain.value(now, &values), self.0.pan.value(now, &values));
                [moving[0][i], moving[1][i]] = self.0.gains(gain, place, input, output);
            }
            let (plane, second) = planes(from, frames, input, output, out);
            scale_each(plane, &moving[0]);
            second.into_iter().for_each(|plane| scale_each(plane, &moving[1]));
        }
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
