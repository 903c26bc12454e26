//! The sum of what arrives at a bus, in the order of its wires, in double precision.

use super::{buffer::Buffer, pack::Heard};
use crate::{graph::Role, plan::Share};
use mixwright_nodes::{
    dsp::cpu::{Isa, Job, Vector, dispatch},
    effect::Width,
};

/// The sum of all main inputs. A mono input of a stereo sum is laid in the middle at its power; the channels of a stereo
/// input of a mono sum are averaged.
#[derive(Default)]
pub(super) struct LiveSum {
    /// What each channel adds up, known once the first block has been heard.
    parts: Option<[Vec<Part>; 2]>,
}

/// A plane that a channel adds.
struct Part {
    /// The number of the input.
    input: usize,
    channel: usize,
    gain: f64,
}

impl LiveSum {
    /// Sums what is heard, which is the same inputs at every block.
    pub(super) fn run(&mut self, heard: &[Heard<'_>], width: Width, frames: usize, out: &mut Buffer) {
        let all = self.parts.get_or_insert_with(|| [0, 1].map(|channel| parts(heard, width, channel)));
        for (total, parts) in out.planes(width, frames).into_iter().zip(all) {
            let plane = |part: &Part| (heard[part.input].buffer.plane(part.channel, frames), part.gain);
            let parts: Vec<(&[f32], f64)> = parts.iter().map(plane).collect();
            dispatch(Add { total, parts: &parts });
        }
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

/// What a channel of the sum adds up, in the order of the inputs.
fn parts(heard: &[Heard<'_>], width: Width, channel: usize) -> Vec<Part> {
    let main = heard.iter().enumerate().filter(|(_, input)| input.role == Role::Main);
    main.flat_map(|(number, input)| parts_of(number, input, width, channel)).collect()
}

/// What an input adds to a channel of the sum, and with which gain.
fn parts_of(number: usize, input: &Heard<'_>, width: Width, channel: usize) -> impl Iterator<Item = Part> {
    let held = input.width;
    let share = input.share.unwrap_or(Share { width: held, gains: [1.0; 2] });
    let (channels, laid) = match (share.width, width) {
        (Width::Mono, Width::Stereo) => (0..1, std::f64::consts::FRAC_1_SQRT_2),
        (Width::Stereo, Width::Mono) => (0..2, 0.5),
        _ => (channel..channel + 1, 1.0),
    };
    channels.map(move |channel| Part {
        input: number,
        channel: channel.min(held.channels() - 1),
        gain: share.gains[channel] * laid,
    })
}
