//! A fader at work: level and place, evaluated at every frame while they move.
//!
//! Standing or moving, a level becomes a factor by the same arithmetic: where pieces are cut must change no bit.

use super::{
    buffer::Buffer,
    pack::{Heard, Span},
};
use crate::{graph::Role, resolved::Fader};
use mixwright_nodes::{block::PIECE, dsp::fast, effect::Width, for_every_cpu, unit::Frames};

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
            let said: Vec<&[f32]> =
                controls.iter().map(|heard| &heard.buffer.plane(0, from + frames)[from..]).collect();
            let (mut gains, mut sides) = ([0.0; PIECE], [[0.0; PIECE]; 2]);
            let (gains, [left, right]) =
                (&mut gains[..frames], sides.each_mut().map(|side| &mut side[..frames]));
            let first = at + Frames(from as i64);
            self.gains(first, &said, gains);
            self.sides(first, &said, (input, output), [&mut *left, &mut *right]);
            let (plane, second) = planes(from, frames, input, output, out);
            scale(plane, gains, left);
            second.into_iter().for_each(|plane| scale(plane, gains, right));
        }
    }

    /// The factors of the level.
    fn gains(&self, first: Frames, said: &[&[f32]], gains: &mut [f64]) {
        match self.0.gain.still(first, last(first, gains)) {
            Some(level) => gains.fill(fast::factor(level)),
            None => {
                self.0.gain.values(first, said, gains);
                fast::factors(gains);
            }
        }
    }

    /// What the place leaves of both sides.
    fn sides(&self, first: Frames, said: &[&[f32]], (input, output): (Width, Width), sides: [&mut [f64]; 2]) {
        let [left, right] = sides;
        let share = |place| self.0.sides(place, input, output);
        if let Some(place) = self.0.pan.still(first, last(first, left)) {
            let (l, r) = share(place);
            left.fill(l);
            right.fill(r);
            return;
        }
        self.0.pan.values(first, said, left);
        for (left, right) in left.iter_mut().zip(right) {
            (*left, *right) = share(*left);
        }
    }
}

/// The last frame of a piece.
fn last(first: Frames, piece: &[f64]) -> Frames {
    first + Frames(piece.len() as i64 - 1)
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
    fn scale(plane: &mut [f32], gains: &[f64], side: &[f64]) {
        for ((x, gain), share) in plane.iter_mut().zip(gains).zip(side) {
            *x = (f64::from(*x) * (gain * share)) as f32;
        }
    }
}
