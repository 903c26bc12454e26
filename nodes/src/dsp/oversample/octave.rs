//! Steps of one octave between rates: filters whose taps at even and at odd places work apart, so that nothing is
//! multiplied that is zero or thrown away.

/// A step from a rate to twice that.
#[derive(Clone, Debug)]
pub(super) struct Up {
    line: Line,
    even: Branch,
    odd: Branch,
}

impl Up {
    /// At rest, for pieces of at most `most` frames of the lower rate.
    pub(super) fn new(half_band: &[f64], most: usize) -> Self {
        let (even, odd) = branches(half_band, 0);
        // Every other frame enters as zero: twice the gain makes up for it.
        let (even, odd) = (even.scaled(2.0), odd.scaled(2.0));
        Up { line: Line::new(even.reach().max(odd.reach()), most), even, odd }
    }

    /// Works on a piece.
    pub(super) fn run(&mut self, input: &[f64], out: &mut [f64]) {
        self.line.hear(input);
        let (out, _) = out.as_chunks_mut::<2>();
        self.even.run(&self.line, out.len(), |n, y| out[n][0] = y);
        self.odd.run(&self.line, out.len(), |n, y| out[n][1] = y);
        self.line.forget(input.len());
    }
}

/// A step from a rate to half that.
#[derive(Clone, Debug)]
pub(super) struct Down {
    /// The frames at even places, and those at odd places.
    lines: [Line; 2],
    even: Branch,
    odd: Branch,
}

impl Down {
    /// At rest, for pieces of at most `most` frames of the lower rate; `padding` frames of the upper one, an even number,
    /// make it later.
    pub(super) fn new(taps: &[f64], padding: usize, most: usize) -> Self {
        let (even, odd) = branches(taps, padding / 2);
        // The odd frame that a tap meets is the one before.
        let odd = Branch { lag: odd.lag + 1, ..odd };
        Down { lines: [Line::new(even.reach(), most), Line::new(odd.reach(), most)], even, odd }
    }

    /// Works on a piece.
    pub(super) fn run(&mut self, input: &[f64], out: &mut [f64]) {
        let (pairs, _) = input.as_chunks::<2>();
        for (place, line) in self.lines.iter_mut().enumerate() {
            line.hear_each(pairs.iter().map(|pair| pair[place]));
        }
        self.even.run(&self.lines[0], out.len(), |n, y| out[n] = y);
        self.odd.run(&self.lines[1], out.len(), |n, y| out[n] += y);
        self.lines.iter_mut().for_each(|line| line.forget(pairs.len()));
    }
}

/// The taps at even and at odd places, each sharing half of a gain of 1 at 0 Hz.
fn branches(taps: &[f64], lag: usize) -> (Branch, Branch) {
    let branch = |place: usize| {
        let mut taps: Vec<f64> = taps.iter().copied().skip(place).step_by(2).collect();
        let largest = taps.iter().copied().fold(0.0, |a: f64, b| a.max(b.abs()));
        // A half-band's odd places are empty but for the middle, up to rounding.
        let empty = |tap: &f64| tap.abs() < 1e-12 * largest;
        let lead = taps.iter().take_while(|tap| empty(tap)).count();
        taps.drain(..lead);
        taps.truncate(taps.len() - taps.iter().rev().take_while(|tap| empty(tap)).count());
        let sum: f64 = taps.iter().sum();
        // Kept from the oldest frame to the newest.
        let taps = taps.iter().rev().map(|tap| 0.5 * tap / sum).collect();
        Branch { taps, lag: lag + lead }
    };
    (branch(0), branch(1))
}

/// Some frames past, and a piece.
#[derive(Clone, Debug)]
struct Line {
    frames: Vec<f64>,
    past: usize,
    end: usize,
}

impl Line {
    fn new(past: usize, most: usize) -> Self {
        Line { frames: vec![0.0; past + most], past, end: past }
    }

    fn hear(&mut self, piece: &[f64]) {
        self.end = self.past + piece.len();
        self.frames[self.past..self.end].copy_from_slice(piece);
    }

    fn hear_each(&mut self, piece: impl ExactSizeIterator<Item = f64>) {
        self.end = self.past + piece.len();
        for (to, x) in self.frames[self.past..self.end].iter_mut().zip(piece) {
            *to = x;
        }
    }

    /// Makes the last frames the past.
    fn forget(&mut self, frames: usize) {
        self.frames.copy_within(frames..frames + self.past, 0);
    }
}

/// Taps that meet every frame of a line.
#[derive(Clone, Debug)]
struct Branch {
    /// From the oldest frame to the newest.
    taps: Vec<f64>,
    /// How long ago the newest frame is that they meet.
    lag: usize,
}

/// Outputs that are made side by side.
const TILE: usize = 8;

impl Branch {
    /// Frames of the past that it needs.
    fn reach(&self) -> usize {
        self.taps.len() - 1 + self.lag
    }

    fn scaled(mut self, by: f64) -> Self {
        self.taps.iter_mut().for_each(|tap| *tap *= by);
        self
    }

    /// Gives one output for each of the line's newest `frames`; each is summed from the oldest tap on, wherever a piece ends.
    #[inline(always)]
    fn run(&self, line: &Line, frames: usize, mut give: impl FnMut(usize, f64)) {
        let heard = &line.frames[line.past - self.reach()..line.end - self.lag];
        let whole = frames - frames % TILE;
        for first in (0..whole).step_by(TILE) {
            let mut sums = [0.0; TILE];
            for (tap, heard) in self.taps.iter().zip(heard[first..].windows(TILE)) {
                for i in 0..TILE {
                    sums[i] += tap * heard[i];
                }
            }
            (0..TILE).for_each(|i| give(first + i, sums[i]));
        }
        for n in whole..frames {
            give(n, self.taps.iter().zip(&heard[n..]).fold(0.0, |sum, (tap, x)| sum + tap * x));
        }
    }
}
