//! Convolution with long responses: uniform partitions, by overlap and save.
//!
//! Stockham, "High-Speed Convolution and Correlation" (AFIPS 28, 1966). Partitions lie at multiples of their length of
//! the song, so no block changes a bit; the output is late by one partition. Two channels share one complex transform.

use super::fft::{Complex, Fft};
use crate::{block::Block, unit::Frames};
use std::sync::Arc;

/// Frames of a partition, by which the output comes late.
pub const PARTITION: usize = 8192;

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
    fft: Arc<Fft>,
    paths: Arc<Vec<Spectra>>,
    entering: [Vec<f64>; 2],
    leaving: [Vec<f64>; 2],
    /// The latest two partitions of the input, the newer one behind.
    window: Complex,
    /// Spectra of both channels' windows, one for each partition of the longest response.
    past: [Vec<Complex>; 2],
    newest: usize,
    sums: [Complex; 2],
    data: Complex,
    spare: Complex,
}

/// A path with its response's partitions transformed.
#[derive(Debug)]
struct Spectra {
    from: usize,
    to: usize,
    partitions: Vec<Complex>,
}

impl Convolver {
    /// At rest.
    pub fn new(paths: &[Path]) -> Convolver {
        let fft = Fft::new(2 * PARTITION);
        let paths: Vec<Spectra> = paths.iter().map(|path| Spectra::new(path, &fft)).collect();
        let longest = paths.iter().map(|path| path.partitions.len()).max().unwrap_or(0).max(1);
        let planes = || [vec![0.0; PARTITION], vec![0.0; PARTITION]];
        let past = || vec![Complex::zeros(PARTITION + 1); longest];
        let sum = || Complex::zeros(PARTITION + 1);
        Convolver {
            fft: Arc::new(fft),
            paths: Arc::new(paths),
            entering: planes(),
            leaving: planes(),
            window: Complex::zeros(2 * PARTITION),
            past: [past(), past()],
            newest: 0,
            sums: [sum(), sum()],
            data: Complex::zeros(2 * PARTITION),
            spare: Complex::zeros(2 * PARTITION),
        }
    }

    /// Exchanges a piece that begins at a place of the song for what came a partition earlier, convolved.
    pub fn run(&mut self, block: &mut Block<'_>, at: Frames) {
        let (frames, channels) = (block.frames(), block.channels());
        let mut done = 0;
        while done < frames {
            let start = (at.0 + done as i64).rem_euclid(PARTITION as i64) as usize;
            let count = (PARTITION - start).min(frames - done);
            for channel in 0..channels {
                let plane = &mut block.plane(channel)[done..done + count];
                for (i, x) in (start..).zip(plane) {
                    self.entering[channel][i] = f64::from(*x);
                    *x = self.leaving[channel][i] as f32;
                }
            }
            done += count;
            if start + count == PARTITION {
                self.transform();
            }
        }
    }

    /// A whole partition has entered: makes the one that leaves next.
    fn transform(&mut self) {
        let planes = [&mut self.window.re, &mut self.window.im];
        for (plane, entering) in planes.into_iter().zip(&self.entering) {
            plane.copy_within(PARTITION.., 0);
            plane[PARTITION..].copy_from_slice(entering);
        }
        self.data.re.copy_from_slice(&self.window.re);
        self.data.im.copy_from_slice(&self.window.im);
        self.fft.forward(&mut self.data, &mut self.spare);
        self.newest = (self.newest + 1) % self.past[0].len();
        self.part();
        self.sum();
        self.join();
        self.fft.inverse(&mut self.data, &mut self.spare);
        for (leaving, plane) in self.leaving.iter_mut().zip([&self.data.re, &self.data.im]) {
            for (y, x) in leaving.iter_mut().zip(&plane[PARTITION..]) {
                *y = x / (2 * PARTITION) as f64;
            }
        }
    }

    /// Takes the spectra of both real channels out of that of the complex signal that they were packed into.
    fn part(&mut self) {
        let [left, right] = &mut self.past;
        let (left, right) = (&mut left[self.newest], &mut right[self.newest]);
        let Complex { re, im } = &self.data;
        for k in 0..=PARTITION {
            let mirror = (2 * PARTITION - k) % (2 * PARTITION);
            left.re[k] = 0.5 * (re[k] + re[mirror]);
            left.im[k] = 0.5 * (im[k] - im[mirror]);
            right.re[k] = 0.5 * (im[k] + im[mirror]);
            right.im[k] = 0.5 * (re[mirror] - re[k]);
        }
    }

    /// Adds up what all partitions of all paths make of the past.
    fn sum(&mut self) {
        for sum in &mut self.sums {
            sum.re.fill(0.0);
            sum.im.fill(0.0);
        }
        for path in self.paths.iter() {
            let past = &self.past[path.from];
            for (age, response) in path.partitions.iter().enumerate() {
                let heard = &past[(self.newest + past.len() - age) % past.len()];
                accumulate(&mut self.sums[path.to], heard, response);
            }
        }
    }

    /// Packs both channels' sums into one complex spectrum.
    fn join(&mut self) {
        let [left, right] = &self.sums;
        let Complex { re, im } = &mut self.data;
        for k in 0..=PARTITION {
            let mirror = (2 * PARTITION - k) % (2 * PARTITION);
            re[mirror] = left.re[k] + right.im[k];
            im[mirror] = right.re[k] - left.im[k];
            re[k] = left.re[k] - right.im[k];
            im[k] = left.im[k] + right.re[k];
        }
    }
}

impl Spectra {
    fn new(path: &Path, fft: &Fft) -> Spectra {
        let transform = |piece: &[f64]| {
            let (mut data, mut spare) = (Complex::zeros(fft.size()), Complex::zeros(fft.size()));
            data.re[..piece.len()].copy_from_slice(piece);
            fft.forward(&mut data, &mut spare);
            data.re.truncate(PARTITION + 1);
            data.im.truncate(PARTITION + 1);
            data
        };
        let partitions = path.response.chunks(PARTITION).map(transform).collect();
        Spectra { from: path.from, to: path.to, partitions }
    }
}

#[inline(always)]
fn accumulate(sum: &mut Complex, a: &Complex, b: &Complex) {
    let inputs = a.re.iter().zip(&a.im).zip(b.re.iter().zip(&b.im));
    for ((re, im), ((ar, ai), (br, bi))) in sum.re.iter_mut().zip(&mut sum.im).zip(inputs) {
        *re += ar * br - ai * bi;
        *im += ar * bi + ai * br;
    }
}
