//! The sum of what arrives at a bus, in the order of its wires, in double precision.

use super::{buffer::Buffer, pack::Heard};
use crate::{graph::Role, plan::Share};
use mixwright_nodes::{
    dsp::cpu::{Isa, Job, Vector, dispatch},
    effect::Width,
};

/// Sums all main inputs into `out`. A mono input of a stereo sum is laid in the middle at its power; the channels of a
/// stereo input of a mono sum are averaged.
pub(super) fn run(heard: &[Heard<'_>], width: Width, frames: usize, out: &mut Buffer) {
    for (channel, total) in out.planes(width, frames).into_iter().enumerate() {
        let mut parts = Vec::with_capacity(2 * heard.len());
        for input in heard.iter().filter(|input| input.role == Role::Main) {
            parts.extend(self::parts(input, width, channel, frames));
        }
        dispatch(Add { total, parts: &parts });
    }
}

struct Add<'t, 'p> {
    total: &'t mut [f32],
    parts: &'p [(&'p [f32], f64)],
}

impl Job for Add<'_, '_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        // As many frames as stay in registers while all inputs are added: the more, the longer each input is read at once.
        match I::Wide::N {
            16 => self.rows::<64>(),
            8 => self.rows::<32>(),
            _ => self.rows::<16>(),
        }
    }
}

impl Add<'_, '_> {
    #[inline(always)]
    fn rows<const ROW: usize>(self) {
        let Add { total, parts } = self;
        let (rows, rest) = total.as_chunks_mut::<ROW>();
        let whole = rows.len() * ROW;
        for (index, row) in rows.iter_mut().enumerate() {
            let mut sum = [0.0; ROW];
            for (plane, gain) in parts {
                let plane: &[f32; ROW] = plane[index * ROW..].first_chunk().expect("all planes are as long");
                for (sum, x) in sum.iter_mut().zip(plane) {
                    *sum += f64::from(*x) * gain;
                }
            }
            for (x, sum) in row.iter_mut().zip(sum) {
                *x = sum as f32;
            }
        }
        for (i, x) in rest.iter_mut().enumerate() {
            let sum = parts.iter().fold(0.0, |sum, (plane, gain)| sum + f64::from(plane[whole + i]) * gain);
            *x = sum as f32;
        }
    }
}

/// What an input adds to a channel of the sum, and with which gain.
fn parts<'b>(
    input: &Heard<'b>,
    width: Width,
    channel: usize,
    frames: usize,
) -> impl Iterator<Item = (&'b [f32], f64)> {
    let Heard { buffer, width: held, .. } = *input;
    let share = input.share.unwrap_or(Share { width: held, gains: [1.0; 2] });
    let (channels, laid) = match (share.width, width) {
        (Width::Mono, Width::Stereo) => (0..1, std::f64::consts::FRAC_1_SQRT_2),
        (Width::Stereo, Width::Mono) => (0..2, 0.5),
        _ => (channel..channel + 1, 1.0),
    };
    channels.map(move |channel| {
        let plane = buffer.plane(channel.min(held.channels() - 1), frames);
        (plane, share.gains[channel] * laid)
    })
}
