//! A delay for each of the lines, all in one piece of memory.
//!
//! Each line has a ring, of whole chunks, as its delay needs. Behind it its first chunk stands a second time and before
//! it there is room for its last, so that a chunk is written and read in one piece at any place. As rings are of
//! whole chunks and begin at lines of the cache, a whole chunk is written into one line.

use crate::dsp::{
    aligned::Aligned,
    cpu::{Floats, Isa},
    hadamard::{LINES, Lines},
    ring::CHUNK,
};

/// Delays, written and read in chunks.
#[derive(Clone, Debug)]
pub(super) struct Bank {
    delays: [usize; LINES],
    samples: Aligned<f32>,
    lengths: [u32; LINES],
    ends: [u32; LINES],
    /// Where each ring is written, and where it is read.
    places: [[u32; LINES]; 2],
}

/// Beside each ring: a chunk before it, and two behind, as a chunk that begins within the first may end in the second.
const BESIDE: usize = 3 * CHUNK;

impl Bank {
    pub(super) fn new(delays: [usize; LINES]) -> Bank {
        let lengths = delays.map(|delay| (delay + CHUNK).next_multiple_of(CHUNK));
        let samples = Aligned::zeros(CHUNK + lengths.iter().map(|length| length + BESIDE).sum::<usize>());
        let (mut ends, mut places, mut start) = ([0; LINES], [[0; LINES]; 2], CHUNK);
        for i in 0..LINES {
            ends[i] = (start + lengths[i]) as u32;
            places[WRITE][i] = start as u32;
            places[READ][i] = (start + (lengths[i] - delays[i]) % lengths[i]) as u32;
            start += lengths[i] + BESIDE;
        }
        Bank { delays, samples, lengths: lengths.map(|length| length as u32), ends, places }
    }

    pub(super) fn delays(&self) -> &[usize; LINES] {
        &self.delays
    }

    pub(super) fn mean(&self) -> f64 {
        self.delays.iter().sum::<usize>() as f64 / LINES as f64
    }

    /// Delays the lines, also by less than a chunk.
    #[inline(always)]
    pub(super) fn pass<I: Isa>(&mut self, lines: &mut Lines, frames: usize) {
        for (i, line) in lines.0.iter_mut().enumerate() {
            self.write::<I>(i, I::Sixteen::load(line));
            self.read::<I>(i).store(line);
        }
        self.advance(frames);
    }

    /// What entered a line's delay long enough ago.
    #[inline(always)]
    pub(super) fn read<I: Isa>(&self, line: usize) -> I::Sixteen {
        I::Sixteen::load(&self.samples[self.places[READ][line] as usize..])
    }

    /// Enters a line's delay. What lies beyond the frames that [`Bank::advance`] then passes is written again before it
    /// can be read.
    #[inline(always)]
    pub(super) fn write<I: Isa>(&mut self, line: usize, chunk: I::Sixteen) {
        let (end, length) = (self.ends[line] as usize, self.lengths[line] as usize);
        let (at, samples) = (self.places[WRITE][line] as usize, &mut self.samples[..]);
        chunk.store(&mut samples[at..]);
        if at < end - length + CHUNK {
            chunk.store(&mut samples[at + length..]);
        }
        if at + CHUNK > end {
            chunk.store(&mut samples[at - length..]);
        }
    }

    /// Goes on by at most a chunk.
    #[inline(always)]
    pub(super) fn advance(&mut self, frames: usize) {
        for places in &mut self.places {
            for i in 0..LINES {
                let next = places[i] + frames as u32;
                places[i] = if next < self.ends[i] { next } else { next - self.lengths[i] };
            }
        }
    }
}

const WRITE: usize = 0;
const READ: usize = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::cpu::{Job, dispatch};

    struct Pass<'a>(&'a mut Bank, &'a mut Lines, usize);

    impl Job for Pass<'_> {
        type Out = ();

        #[inline(always)]
        fn run<I: Isa>(self) {
            self.0.pass::<I>(self.1, self.2);
        }
    }

    #[test]
    fn every_line_comes_back_after_its_delay() {
        let delays: [usize; LINES] = std::array::from_fn(|i| (i * i) / 5);
        let mut bank = Bank::new(delays);
        let mut at = 0;
        for round in 0..400 {
            let frames = 1 + (round * 7) % CHUNK;
            let mut lines = Lines::SILENT;
            for (i, line) in lines.0.iter_mut().enumerate() {
                for (f, x) in line.iter_mut().enumerate() {
                    *x = if f < frames { (1 + at + f + 10_000 * i) as f32 } else { f32::NAN };
                }
            }
            dispatch(Pass(&mut bank, &mut lines, frames));
            for (i, line) in lines.0.iter().enumerate() {
                for (f, x) in line[..frames].iter().enumerate() {
                    let there = (at + f).checked_sub(delays[i]);
                    assert_eq!(*x, there.map_or(0.0, |there| (1 + there + 10_000 * i) as f32), "{i} {round}");
                }
            }
            at += frames;
        }
    }
}
