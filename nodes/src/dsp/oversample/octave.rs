//! Steps of one octave between rates: filters whose taps at even and at odd places work apart, so that nothing is
//! multiplied that is zero or thrown away.
//!
//! Rows hold one sample of each channel. A vector is some outputs side by side, never some taps: each output is summed
//! from the outermost taps to the middle, however wide vectors are. Samples, taps and sums are `f32`, as sound is between
//! nodes: only near the middle do sums grow to the height of the signal, so they err by -140 dB of it.

use crate::dsp::cpu::{Floats, Isa, Job, dispatch};

/// A step from a rate to twice that.
#[derive(Clone, Debug)]
pub(super) struct Up {
    line: Line,
    even: Branch,
    odd: Branch,
    /// What leaves each of both.
    made: [Vec<f32>; 2],
}

impl Up {
    /// At rest, for pieces of at most `most` rows of the lower rate.
    pub(super) fn new(half_band: &[f64], channels: usize, most: usize) -> Self {
        let (even, odd) = branches(half_band, 0);
        // Every other row enters as zero: twice the gain makes up for it.
        let (even, odd) = (even.scaled(2.0), odd.scaled(2.0));
        let line = Line::new(even.reach().max(odd.reach()), channels, most);
        let room = vec![0.0; channels * most];
        Up { line, even, odd, made: [room.clone(), room] }
    }

    /// Works on a piece.
    pub(super) fn run(&mut self, input: &[f32], out: &mut [f32]) {
        dispatch(Raise { up: self, input, out });
    }
}

struct Raise<'a> {
    up: &'a mut Up,
    input: &'a [f32],
    out: &'a mut [f32],
}

impl Job for Raise<'_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let Raise { up: Up { line, even, odd, made }, input, out } = self;
        line.hear(input);
        let [evens, odds] = made;
        let (evens, odds) = (&mut evens[..input.len()], &mut odds[..input.len()]);
        even.run::<I::Register>(line, evens);
        odd.run::<I::Register>(line, odds);
        match line.channels {
            1 => join::<1>(evens, odds, out),
            _ => join::<2>(evens, odds, out),
        }
        line.forget(input.len());
    }
}

/// A step from a rate to half that.
#[derive(Clone, Debug)]
pub(super) struct Down {
    /// The rows at even places, and those at odd places.
    lines: [Line; 2],
    even: Branch,
    odd: Branch,
    /// What leaves the odd ones.
    made: Vec<f32>,
}

impl Down {
    /// At rest, for pieces of at most `most` rows of the lower rate; `padding` rows of the upper one, an even number, make
    /// it later.
    pub(super) fn new(taps: &[f64], padding: usize, channels: usize, most: usize) -> Self {
        let (even, odd) = branches(taps, padding / 2);
        // The odd row that a tap meets is the one before.
        let odd = Branch { lag: odd.lag + 1, ..odd };
        let line = |branch: &Branch| Line::new(branch.reach(), channels, most);
        Down { lines: [line(&even), line(&odd)], even, odd, made: vec![0.0; channels * most] }
    }

    /// Works on a piece.
    pub(super) fn run(&mut self, input: &[f32], out: &mut [f32]) {
        dispatch(Lower { down: self, input, out });
    }
}

struct Lower<'a> {
    down: &'a mut Down,
    input: &'a [f32],
    out: &'a mut [f32],
}

impl Job for Lower<'_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let Lower { down: Down { lines: [evens, odds], even, odd, made }, input, out } = self;
        match evens.channels {
            1 => part::<1>(input, evens.room(out.len()), odds.room(out.len())),
            _ => part::<2>(input, evens.room(out.len()), odds.room(out.len())),
        }
        let made = &mut made[..out.len()];
        even.run::<I::Register>(evens, out);
        odd.run::<I::Register>(odds, made);
        for (sum, odd) in out.iter_mut().zip(made) {
            *sum += *odd;
        }
        evens.forget(out.len());
        odds.forget(out.len());
    }
}

/// Lays rows at even and at odd places side by side.
#[inline(always)]
fn join<const CHANNELS: usize>(evens: &[f32], odds: &[f32], out: &mut [f32]) {
    let (evens, odds) = (evens.as_chunks::<CHANNELS>().0, odds.as_chunks::<CHANNELS>().0);
    let pairs = out.as_chunks_mut::<CHANNELS>().0.as_chunks_mut::<2>().0;
    for ((pair, even), odd) in pairs.iter_mut().zip(evens).zip(odds) {
        *pair = [*even, *odd];
    }
}

/// Takes rows at even and at odd places apart.
#[inline(always)]
fn part<const CHANNELS: usize>(rows: &[f32], evens: &mut [f32], odds: &mut [f32]) {
    let (evens, odds) = (evens.as_chunks_mut::<CHANNELS>().0, odds.as_chunks_mut::<CHANNELS>().0);
    let pairs = rows.as_chunks::<CHANNELS>().0.as_chunks::<2>().0;
    for ((pair, even), odd) in pairs.iter().zip(evens).zip(odds) {
        [*even, *odd] = *pair;
    }
}

/// The taps at even and at odd places, each sharing half of a gain of 1 at 0 Hz. Those of a filter that is linear in phase
/// and odd in length mirror about their middle.
fn branches(taps: &[f64], lag: usize) -> (Branch, Branch) {
    let branch = |place: usize| {
        let taps: Vec<f64> = taps.iter().copied().skip(place).step_by(2).collect();
        let largest = taps.iter().copied().fold(0.0, |a: f64, b| a.max(b.abs()));
        // A half-band's odd places are empty but for the middle, up to rounding.
        let lead = taps.iter().take_while(|tap| tap.abs() < 1e-12 * largest).count();
        let taps = &taps[lead..taps.len() - lead];
        let sum: f64 = taps.iter().sum();
        let half = taps[..taps.len().div_ceil(2)].iter().map(|tap| (0.5 * tap / sum) as f32);
        Branch { half: half.collect(), length: taps.len(), lag: lag + lead }
    };
    (branch(0), branch(1))
}

/// Some rows past, and a piece.
#[derive(Clone, Debug)]
struct Line {
    channels: usize,
    samples: Vec<f32>,
    past: usize,
}

/// As many outputs as the widest vector holds.
const WIDEST: usize = 16;

impl Line {
    /// Beyond the end is room for what a vector reads of outputs that are not wanted.
    fn new(past: usize, channels: usize, most: usize) -> Self {
        let past = past * channels;
        Line { channels, samples: vec![0.0; past + channels * most + WIDEST], past }
    }

    /// Where the next piece is to lie.
    #[inline(always)]
    fn room(&mut self, samples: usize) -> &mut [f32] {
        &mut self.samples[self.past..][..samples]
    }

    #[inline(always)]
    fn hear(&mut self, piece: &[f32]) {
        self.room(piece.len()).copy_from_slice(piece);
    }

    /// Makes the last samples the past.
    #[inline(always)]
    fn forget(&mut self, samples: usize) {
        self.samples.copy_within(samples..samples + self.past, 0);
    }
}

/// Taps that meet every row of a line, and mirror about their middle.
#[derive(Clone, Debug)]
struct Branch {
    /// From the outermost to the middle.
    half: Vec<f32>,
    /// How many there are in all.
    length: usize,
    /// How long ago the newest row is that they meet.
    lag: usize,
}

/// Vectors that are summed side by side: their additions fill each other's waits, and a tap is fetched once for all.
const TILE: usize = 4;

impl Branch {
    /// Rows of the past that it needs.
    fn reach(&self) -> usize {
        self.length - 1 + self.lag
    }

    fn scaled(mut self, by: f32) -> Self {
        self.half.iter_mut().for_each(|tap| *tap *= by);
        self
    }

    /// Gives one output for each of the line's newest samples.
    #[inline(always)]
    fn run<V: Floats>(&self, line: &Line, out: &mut [f32]) {
        let heard = &line.samples[line.past - self.reach() * line.channels..];
        let mut done = 0;
        while done + TILE * V::N <= out.len() {
            self.tile::<V, TILE>(&heard[done..], line.channels, &mut out[done..]);
            done += TILE * V::N;
        }
        while done < out.len() {
            let mut room = [0.0; WIDEST];
            self.tile::<V, 1>(&heard[done..], line.channels, &mut room);
            let count = V::N.min(out.len() - done);
            out[done..done + count].copy_from_slice(&room[..count]);
            done += count;
        }
    }

    #[inline(always)]
    fn tile<V: Floats, const M: usize>(&self, heard: &[f32], channels: usize, out: &mut [f32]) {
        let mut sums = [V::splat(0.0); M];
        let pairs = self.length / 2;
        for (k, tap) in self.half[..pairs].iter().enumerate() {
            let tap = V::splat(*tap);
            let older = &heard[k * channels..][..M * V::N];
            let newer = &heard[(self.length - 1 - k) * channels..][..M * V::N];
            for m in 0..M {
                let both = V::load(&older[m * V::N..]) + V::load(&newer[m * V::N..]);
                sums[m] = sums[m] + tap * both;
            }
        }
        if let Some(tap) = self.half.get(pairs) {
            let (tap, middle) = (V::splat(*tap), &heard[pairs * channels..][..M * V::N]);
            for m in 0..M {
                sums[m] = sums[m] + tap * V::load(&middle[m * V::N..]);
            }
        }
        for m in 0..M {
            sums[m].store(&mut out[m * V::N..]);
        }
    }
}
