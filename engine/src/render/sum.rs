//! The sum of what arrives at a bus, in the order of its wires, in double precision.

use super::{
    buffer::Buffer,
    live::{Heard, Span},
};
use crate::graph::Role;
use mixwright_nodes::{block::PIECE, effect::Width};

/// Sums all main inputs into `out`. A mono input of a stereo sum is laid in the middle at its power; the channels of a
/// stereo input of a mono sum are averaged.
pub(super) fn run(heard: &[Heard<'_>], width: Width, span: Span, out: &mut Buffer) {
    for (from, frames, _) in span.pieces() {
        for channel in 0..width.channels() {
            let mut total = [0.0f64; PIECE];
            let total = &mut total[..frames];
            for input in heard.iter().filter(|input| input.role == Role::Main) {
                let plane = |channel| &input.buffer.plane(channel, from + frames)[from..];
                match (input.width, width) {
                    (Width::Mono, Width::Stereo) => add(total, plane(0), std::f64::consts::FRAC_1_SQRT_2),
                    (Width::Stereo, Width::Mono) => {
                        add(total, plane(0), 0.5);
                        add(total, plane(1), 0.5);
                    }
                    _ => add(total, plane(channel), 1.0),
                }
            }
            let mut planes = out.planes(width, from + frames);
            for (sample, total) in planes[channel][from..].iter_mut().zip(total) {
                *sample = *total as f32;
            }
        }
    }
}

fn add(total: &mut [f64], plane: &[f32], gain: f64) {
    for (total, sample) in total.iter_mut().zip(plane) {
        *total += f64::from(*sample) * gain;
    }
}
