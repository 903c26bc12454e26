//! The K-weighted energy of channels side by side: what every meter of loudness adds up.
//!
//! A filter's recursion waits for itself at every frame, so that 16 channels take little longer than one.

use super::weighting::sections;
use crate::{
    block::PIECE,
    dsp::{
        aligned::Aligned,
        cpu::{Isa, Job, Vector, dispatch},
        interleave,
        math::settle,
        recursion::{Form, Still},
    },
};

/// Channels that are weighted side by side at most.
pub const WIDEST: usize = 16;

/// Where the blocks end whose energies are told.
#[derive(Clone, Copy, Debug)]
pub enum Blocks {
    /// At the frames nearest to multiples of 10 ms.
    Hundredths(u32),
    /// After so many frames each.
    Frames(u64),
}

impl Blocks {
    /// The frame at which a block begins.
    pub fn border(self, block: u64) -> u64 {
        match self {
            Blocks::Hundredths(rate) => (block * u64::from(rate) + 50) / 100,
            Blocks::Frames(frames) => block * frames,
        }
    }
}

/// The energies of up to [`WIDEST`] channels.
#[derive(Clone, Debug)]
pub struct Energies {
    blocks: Blocks,
    frames: u64,
    done: u64,
    /// The shelf and the high-pass, without their gain.
    knobs: [[f64; 4]; 2],
    /// What the energy of all lacks by that.
    power: f64,
    /// Two of each section, each with a place for every channel.
    states: [[[f64; WIDEST]; 2]; 2],
    /// The block that is being filled, as yet without that power.
    open: [f64; WIDEST],
    /// Places in a row, some of which may be idle.
    places: usize,
    rows: Aligned<f32>,
}

impl Energies {
    /// Meters that have heard nothing.
    ///
    /// # Panics
    /// If there are no channels, or more than [`WIDEST`].
    pub fn new(rate: u32, channels: usize, blocks: Blocks) -> Self {
        assert!((1..=WIDEST).contains(&channels), "1 to {WIDEST} channels, not {channels}");
        let (places, made) = (channels.next_power_of_two(), sections(rate).map(Still::knobs));
        Energies {
            blocks,
            frames: 0,
            done: 0,
            knobs: made.map(|(knobs, _)| knobs),
            power: made.iter().map(|(_, gain)| gain * gain).product(),
            states: [[[0.0; WIDEST]; 2]; 2],
            open: [0.0; WIDEST],
            places,
            rows: Aligned::zeros(PIECE * places),
        }
    }

    /// Hears on: all channels, or the first of them if the others are silent. `closed` is told each block that ends.
    pub fn push(&mut self, planes: &[&[f32]], mut closed: impl FnMut(&[f64])) {
        let mut heard = 0;
        while heard < planes[0].len() {
            let end = self.blocks.border(self.done + 1);
            let settle_at = (self.frames / PIECE as u64 + 1) * PIECE as u64;
            let part = heard..planes[0].len().min(heard + (end.min(settle_at) - self.frames) as usize);
            heard = part.end;
            self.frames += part.len() as u64;
            let mut parts: [&[f32]; WIDEST] = [&[]; WIDEST];
            parts.iter_mut().zip(planes).for_each(|(to, plane)| *to = &plane[part.clone()]);
            interleave::gather(&parts[..planes.len()], &mut self.rows, self.places);
            dispatch(Weigh { energies: self, frames: part.len() });
            if self.frames == settle_at {
                self.states.as_flattened_mut().as_flattened_mut().iter_mut().for_each(|s| *s = settle(*s));
            }
            if self.frames == end {
                self.done += 1;
                closed(&self.open()[..self.places]);
                self.open = [0.0; WIDEST];
            }
        }
    }

    /// Blocks that have ended.
    pub fn done(&self) -> u64 {
        self.done
    }

    /// What the block that is being filled holds so far, channel by channel.
    pub fn open(&self) -> [f64; WIDEST] {
        self.open.map(|energy| energy * self.power)
    }

    /// Weighs rows, so many channels at a time as a vector holds.
    #[inline(always)]
    fn weigh<V: Vector>(&mut self, frames: usize) {
        let mut knobs = [[V::splat(0.0); 4]; 2];
        for (knobs, section) in knobs.iter_mut().zip(&self.knobs) {
            for (knob, x) in knobs.iter_mut().zip(section) {
                *knob = V::splat(*x);
            }
        }
        let rows = &self.rows[..frames * self.places];
        for first in (0..self.places).step_by(V::N) {
            let [shelf, high_pass] = &mut self.states;
            let mut shelving = [V::load(&shelf[0][first..]), V::load(&shelf[1][first..])];
            let mut passing = [V::load(&high_pass[0][first..]), V::load(&high_pass[1][first..])];
            let mut energy = V::load(&self.open[first..]);
            for row in rows.chunks_exact(self.places) {
                let x = V::of(&row[first..first + V::N]);
                let y = Still::next(Still::next(x, &knobs[0], &mut shelving), &knobs[1], &mut passing);
                energy = energy + y * y;
            }
            for s in 0..2 {
                shelving[s].store(&mut shelf[s][first..]);
                passing[s].store(&mut high_pass[s][first..]);
            }
            energy.store(&mut self.open[first..]);
        }
    }
}

struct Weigh<'e> {
    energies: &'e mut Energies,
    frames: usize,
}

impl Job for Weigh<'_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let Weigh { energies, frames } = self;
        match energies.places {
            1 => energies.weigh::<f64>(frames),
            2 => energies.weigh::<I::V2>(frames),
            4 => energies.weigh::<I::V4>(frames),
            8 => energies.weigh::<I::V8>(frames),
            _ => energies.weigh::<I::Wide>(frames),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{noise, plane, sine};

    /// The energies of all blocks, heard in pieces.
    fn told(planes: &[&[f32]], blocks: Blocks, piece: usize) -> Vec<Vec<f64>> {
        let (mut energies, mut told) = (Energies::new(44_100, planes.len(), blocks), Vec::new());
        for from in (0..planes[0].len()).step_by(piece) {
            let part = from..planes[0].len().min(from + piece);
            let parts: Vec<&[f32]> = planes.iter().map(|plane| &plane[part.clone()]).collect();
            energies.push(&parts, |block| told.push(block.to_vec()));
        }
        assert_eq!(energies.done(), told.len() as u64);
        told.push(energies.open()[..planes.len().next_power_of_two()].to_vec());
        told
    }

    #[test]
    fn a_tone_of_997_hz_gains_what_the_recommendation_takes_off() {
        // BS.1770: a full-scale sine of 997 Hz reads -3.01 LKFS, so the filter lifts it by the offset of 0.691 dB.
        for rate in [22_050, 44_100, 48_000, 96_000, 192_000] {
            let second = rate as usize;
            let tone = plane(1.0, 2 * second, sine(997.0, rate));
            let mut energies = Energies::new(rate, 1, Blocks::Frames(u64::from(rate)));
            let mut last = 0.0;
            energies.push(&[&tone], |block| last = block[0]);
            let level = 10.0 * libm::log10(2.0 * last / f64::from(rate));
            assert!((level - 0.691).abs() < 0.04, "{level} dB at {rate} Hz");
        }
    }

    #[test]
    fn channels_side_by_side_and_cuts_change_no_bit() {
        let planes: Vec<Vec<f32>> = (0..WIDEST as u64).map(|i| plane(0.5, 3_000, noise(i + 1))).collect();
        for blocks in [Blocks::Hundredths(44_100), Blocks::Frames(64)] {
            let alone: Vec<_> = planes.iter().map(|plane| told(&[plane], blocks, 3_000)).collect();
            for (channels, piece) in [(2, 3_000), (3, 7), (4, 128), (8, 129), (11, 1_000), (16, 37)] {
                let heard: Vec<&[f32]> = planes[..channels].iter().map(Vec::as_slice).collect();
                for (number, block) in told(&heard, blocks, piece).iter().enumerate() {
                    for (channel, energy) in block.iter().enumerate() {
                        let expected = alone.get(channel).filter(|_| channel < channels);
                        assert_eq!(
                            *energy,
                            expected.map_or(0.0, |told| told[number][0]),
                            "{channels} {piece}"
                        );
                    }
                }
            }
        }
    }
}
