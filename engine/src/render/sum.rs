//! The sum of what arrives at a bus, in the order of its wires, in double precision.

use super::{buffer::Buffer, pack::Heard};
use crate::{graph::Role, plan::Share};
use mixwright_nodes::{
    dsp::cpu::{Isa, Job, dispatch},
    effect::Width,
};

/// Frames whose sums stay in registers while all inputs are added.
const ROW: usize = 16;

/// Sums all main inputs into `out`. A mono input of a stereo sum is laid in the middle at its power; the channels of a
/// stereo input of a mono sum are averaged.
pub(super) fn run(heard: &[Heard<'_>], width: Width, frames: usize, out: &mut Buffer) {
    for (channel, total) in out.planes(width, frames).into_iter().enumerate() {
        let parts: Vec<(&[f32], f64)> = heard
            .iter()
            .filter(|input| input.role == Role::Main)
            .flat_map(|input| parts(input, width, channel, frames))
            .collect();
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
