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
        let [left, right] =
            self.parts.get_or_insert_with(|| [0, 1].map(|channel| parts(heard, width, channel)));
        let plane = |part: &Part| (heard[part.input].buffer.plane(part.channel, frames), part.gain);
        match width {
            Width::Mono => {
                let parts: Vec<_> = left.iter().map(|part| [plane(part)]).collect();
                dispatch(Add { totals: [out.channel(0, frames)], parts: &parts });
            }
            Width::Stereo => {
                let both = left.iter().zip(right);
                let parts: Vec<_> = both.map(|(left, right)| [plane(left), plane(right)]).collect();
                dispatch(Add { totals: out.stereo(frames).into(), parts: &parts });
            }
        }
    }
}

/// Adds up all channels at once if it can: where a plane is heard in both, it is fetched once.
struct Add<'t, 'p, const C: usize> {
    totals: [&'t mut [f32]; C],
    /// For each input, a plane for each channel of the sum, and its gain.
    parts: &'p [[(&'p [f32], f64); C]],
}

impl<const C: usize> Job for Add<'_, '_, C> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        // As many frames as stay in registers while all inputs are added: the more, the longer each input is read at once.
        let mut add = self;
        match I::Wide::N {
            16 => add.rows::<64, C>(0),
            8 => add.each::<32>(),
            _ => add.each::<16>(),
        }
    }
}

impl<const C: usize> Add<'_, '_, C> {
    /// Adds up one channel after the other, where the registers hold no more.
    #[inline(always)]
    fn each<const ROW: usize>(&mut self) {
        for channel in 0..C {
            self.rows::<ROW, 1>(channel);
        }
    }

    /// Adds up `K` channels side by side, from one on.
    #[inline(always)]
    fn rows<const ROW: usize, const K: usize>(&mut self, first: usize) {
        let Add { totals, parts } = self;
        let whole = totals[0].len() / ROW * ROW;
        for at in (0..whole).step_by(ROW) {
            let mut sums = [[0.0; ROW]; K];
            for part in *parts {
                for k in 0..K {
                    let (plane, gain) = part[first + k];
                    let plane: &[f32; ROW] = plane[at..].first_chunk().expect("all planes are as long");
                    for i in 0..ROW {
                        sums[k][i] += f64::from(plane[i]) * gain;
                    }
                }
            }
            for k in 0..K {
                let total = totals[first + k][at..].first_chunk_mut::<ROW>().expect("all planes are as long");
                for i in 0..ROW {
                    total[i] = sums[k][i] as f32;
                }
            }
        }
        for at in whole..totals[0].len() {
            for c in first..first + K {
                let sum = parts.iter().fold(0.0, |sum, part| sum + f64::from(part[c].0[at]) * part[c].1);
                totals[c][at] = sum as f32;
            }
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
