//! Convolution with long responses: uniform partitions, by overlap and save.
//!
//! Stockham, "High-Speed Convolution and Correlation" (AFIPS 28, 1966). Partitions lie at multiples of their length of
//! the song, so no block changes a bit; the output is late by one partition. Two channels share one complex transform.
//! All is `f32`: what that adds lies 130 dB under the sound, and a long response costs what is read of it.

use super::fft::{
    pair::{PairFft, Planes},
    spectra::{Bins, ROWS, Spectra},
    square::SIZE,
};
use crate::{block::Block, unit::Frames};
use std::sync::Arc;

/// Frames of a partition, by which the output comes late.
pub const PARTITION: usize = SIZE / 2;

/// A way from an input channel to an output channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// The input channel.
    pub from: usize,
    /// The output channel.
    pub to: usize,
    /// What an impulse becomes on the way.
    pub response: Vec<f64>,
}

/// Convolves up to two channels along several paths.
#[derive(Clone, Debug)]
pub struct Convolver {
    fft: PairFft,
    ways: Arc<Vec<Way>>,
    /// Of each channel the latest whole partition, and the one that enters.
    entering: Planes,
    /// What became of it; the latter half is heard.
    leaving: Planes,
    /// What has entered, one spectrum for each partition of the longest response: from the newest on, around the end,
    /// to the oldest.
    past: [Spectra; 2],
    newest: usize,
    /// The spectra at hand: of what has entered, then of what leaves.
    bins: [Vec<Bins>; 2],
}

/// A path with its response's partitions transformed.
#[derive(Debug)]
struct Way {
    from: usize,
    to: usize,
    response: Spectra,
}

impl Convolver {
    /// At rest.
    pub fn new(paths: &[Path]) -> Convolver {
        let mut fft = PairFft::new();
        let sounding = paths.iter().filter(|path| !path.response.is_empty());
        let ways: Vec<Way> = sounding.map(|path| Way::new(path, &mut fft)).collect();
        let longest = ways.iter().map(|way| way.response.count()).max().unwrap_or(1);
        Convolver {
            fft,
            ways: Arc::new(ways),
            entering: PairFft::silence(),
            leaving: PairFft::silence(),
            past: [Spectra::silent(longest), Spectra::silent(longest)],
            newest: 0,
            bins: bins(),
        }
    }

    /// Exchanges a piece that begins at a place of the song for what came a partition earlier, convolved.
    pub fn run(&mut self, block: &mut Block<'_>, at: Frames) {
        let (frames, channels) = (block.frames(), block.channels());
        let mut done = 0;
        while done < frames {
            let start = (at.0 + done as i64).rem_euclid(PARTITION as i64) as usize;
            let count = (PARTITION - start).min(frames - done);
            let here = PARTITION + start..PARTITION + start + count;
            for channel in 0..channels {
                let plane = &mut block.plane(channel)[done..done + count];
                self.entering[channel][here.clone()].copy_from_slice(plane);
                plane.copy_from_slice(&self.leaving[channel][here.clone()]);
            }
            done += count;
            if start + count == PARTITION {
                self.transform();
            }
        }
    }

    /// A whole partition has entered: makes the one that leaves next.
    fn transform(&mut self) {
        self.fft.forward(&self.entering, &mut self.bins);
        for plane in &mut self.entering {
            plane.copy_within(PARTITION.., 0);
        }
        self.keep();
        self.sum();
        self.fft.inverse(&self.bins, &mut self.leaving);
    }

    /// Puts the spectra at hand in the place of the oldest.
    fn keep(&mut self) {
        let count = self.past[0].count();
        self.newest = (self.newest + count - 1) % count;
        for (past, bins) in self.past.iter_mut().zip(&self.bins) {
            past.put(self.newest, bins);
        }
    }

    /// Adds up what all partitions of all ways make of the past.
    fn sum(&mut self) {
        for sum in &mut self.bins {
            sum.fill(Bins::default());
        }
        for way in self.ways.iter() {
            self.past[way.from].add_products(self.newest, &way.response, &mut self.bins[way.to]);
        }
    }
}

impl Way {
    fn new(path: &Path, fft: &mut PairFft) -> Way {
        // Its spectrum, too, is twice as large.
        let scale = 0.5 / PairFft::SCALE;
        let pieces = path.response.chunks(PARTITION);
        let mut response = Spectra::silent(pieces.len());
        let (mut bins, mut signals) = (bins(), PairFft::silence());
        for (place, piece) in pieces.enumerate() {
            signals[0].fill(0.0);
            for (to, x) in signals[0].iter_mut().zip(piece) {
                *to = (scale * x) as f32;
            }
            fft.forward(&signals, &mut bins);
            response.put(place, &bins[0]);
        }
        Way { from: path.from, to: path.to, response }
    }
}

fn bins() -> [Vec<Bins>; 2] {
    [vec![Bins::default(); ROWS], vec![Bins::default(); ROWS]]
}
