//! Where echoes turn: what is heard of them, and what enters the line again with the input.

use super::{FEEDBACK, SIDE};
use crate::{
    block::Block,
    dsp::{
        cpu::{Isa, Job},
        knobs::Knobs,
    },
};

/// Frames from a place of the piece on.
pub(super) struct Turn<'a> {
    /// Enters holding the echoes of both channels, leaves holding what enters the line.
    pub(super) rows: &'a mut [[f64; 2]],
    pub(super) audio: Block<'a>,
    pub(super) knobs: &'a Knobs<3>,
    /// The first frame's place in the piece.
    pub(super) from: usize,
    pub(super) ping_pong: bool,
}

impl Job for Turn<'_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let Turn { rows, mut audio, knobs, from, ping_pong } = self;
        let moving = knobs.moving();
        let mut now = [knobs.at(FEEDBACK, 0, from), knobs.at(SIDE, 0, from)];
        if audio.channels() == 1 {
            for (frame, (x, row)) in audio.plane(0).iter_mut().zip(rows).enumerate() {
                if moving {
                    now = [knobs.at(FEEDBACK, 0, from + frame), knobs.at(SIDE, 0, from + frame)];
                }
                *x = turned([*x; 2], row, now, false)[0];
            }
            return;
        }
        let (left, right) = audio.stereo();
        for (frame, ((l, r), row)) in left.iter_mut().zip(right).zip(rows).enumerate() {
            if moving {
                now = [knobs.at(FEEDBACK, 0, from + frame), knobs.at(SIDE, 0, from + frame)];
            }
            [*l, *r] = turned([*l, *r], row, now, ping_pong);
        }
    }
}

/// What is heard of a frame.
#[inline(always)]
fn turned(
    [left, right]: [f32; 2],
    row: &mut [f64; 2],
    [feedback, width]: [f64; 2],
    ping_pong: bool,
) -> [f32; 2] {
    let (left, right, [l, r]) = (f64::from(left), f64::from(right), *row);
    *row = if ping_pong {
        [0.5 * (left + right) + feedback * r, feedback * l]
    } else {
        [left + feedback * l, right + feedback * r]
    };
    let (mid, side) = (0.5 * (l + r), 0.5 * (l - r));
    let side = width * side;
    [(mid + side) as f32, (mid - side) as f32]
}
