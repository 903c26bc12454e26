//! The loop of 32 delay lines that makes the tail.
//!
//! Diffuser, absorbing lines, mixing, turning, scattering, mixing: every step but the absorption keeps the energy, so the
//! loop is stable whatever its parameters do (Jot, Chaigne 1991; Schlecht, Habets, "Scattering in Feedback Delay
//! Networks", IEEE/ACM TASLP 28, 2020). A chunk goes through as loops over lines and frames.

use super::{
    kinds::{self, Figures},
    law::{FirstOrder, Law},
    motion::Motion,
};
use crate::{
    dsp::{
        cpu::{Floats, Isa, Octet},
        hadamard::{LINES, Lines, hadamard},
        math::settle_sample as settle,
        ring::{CHUNK, Chunk, Ring},
    },
    unit::Frames,
};

/// What both Hadamard transforms in a row multiply by.
const TWICE: f32 = LINES as f32;

/// The loop with its diffuser. It holds `f32`, as sound does between nodes: an error of -134 dB, for twice as many lines
/// in a vector.
#[derive(Clone, Debug)]
pub(super) struct Network {
    diffuser: Diffuser,
    lines: Bank,
    scatter: Bank,
    absorption: Absorption,
    motion: Motion,
    out: [f32; LINES],
}

/// The shares of a chunk's frames that go where.
pub(super) struct Shares {
    /// Of the input as it is, into the loop.
    pub(super) plain: Chunk,
    /// Of the diffused input, into the loop.
    pub(super) diffused: Chunk,
    /// Of the diffused input, to the listener.
    pub(super) heard: Chunk,
}

impl Network {
    /// A silent loop. The input is read `after` frames late.
    pub(super) fn new(figures: &Figures, rate: u32, scale: f64, after: usize) -> Network {
        Network {
            diffuser: Diffuser::new(figures, scale, after),
            lines: Bank::new(kinds::primes(&figures.lines, scale)),
            scatter: Bank::new(kinds::primes(&figures.scatter, scale)),
            absorption: Absorption::default(),
            motion: Motion::new(rate),
            out: kinds::signs(figures.out).map(|sign| sign / libm::sqrtf(TWICE)),
        }
    }

    /// Frames that the loop takes on average.
    pub(super) fn length(&self) -> f64 {
        self.lines.mean() + self.scatter.mean()
    }

    /// How far back it reads its input.
    pub(super) fn reach(&self) -> usize {
        self.diffuser.first.iter().copied().max().unwrap_or(0)
    }

    /// Brings the decay where the law wants it.
    pub(super) fn tune(&mut self, law: &Law, motion: &kinds::Motion, decay: f64) {
        let scattered = self.scatter.mean();
        for (line, delay) in self.lines.delays.iter().enumerate() {
            self.absorption.tune(line, law.absorption(*delay as f64 + scattered));
        }
        self.motion.tune(motion, decay);
    }

    /// Takes up to a chunk of both sides, which begins at a place of the song, and gives what both ears hear.
    #[inline(always)]
    pub(super) fn run<I: Isa>(
        &mut self,
        sides: [&Ring; 2],
        at: Frames,
        frames: usize,
        shares: &Shares,
    ) -> [Chunk; 2] {
        let mut diffused = [[0.0; CHUNK]; LINES];
        self.diffuser.run(sides, frames, &mut diffused);
        let mut lines = [[0.0; CHUNK]; LINES];
        self.lines.read(&mut lines);
        self.absorption.run::<I>(&mut lines, frames);
        let heard = self.listen(&lines, &diffused, &shares.heard);

        hadamard(&mut lines);
        self.motion.turn(&mut lines, at);
        self.scatter.pass(&mut lines, frames);
        hadamard(&mut lines);

        let plain = sides.map(|side| side.read(self.diffuser.after));
        for (i, (line, fresh)) in lines.iter_mut().zip(&diffused).enumerate() {
            let mut next = [0.0; CHUNK];
            for f in 0..CHUNK {
                let input = shares.plain[f] * plain[i % 2][f] + shares.diffused[f] * fresh[f];
                next[f] = line[f] / TWICE + input;
            }
            for f in 0..CHUNK {
                line[f] = settle(next[f]);
            }
        }
        self.lines.write(&lines, frames);
        heard
    }

    /// Settles what decays for ever.
    pub(super) fn settle(&mut self) {
        self.absorption.states.iter_mut().flatten().for_each(|state| *state = settle(*state));
    }

    /// The sums of all lines with two rows of signs that are orthogonal, hence both ears hear different sounds, and the
    /// sum of both loses 3 dB whatever comes in.
    #[inline(always)]
    fn listen(&self, lines: &Lines, diffused: &Lines, share: &Chunk) -> [Chunk; 2] {
        let mut sums = [[0.0; CHUNK]; 2];
        for i in 0..LINES {
            let sum = &mut sums[i / 2 % 2];
            for f in 0..CHUNK {
                sum[f] += self.out[i] * (lines[i][f] + share[f] * diffused[i][f]);
            }
        }
        let [same, opposite] = sums;
        let mut ears = [[0.0; CHUNK]; 2];
        for f in 0..CHUNK {
            (ears[0][f], ears[1][f]) = (same[f] + opposite[f], same[f] - opposite[f]);
        }
        ears
    }
}

/// Makes many echoes of one before the loop: delays, signs and mixing, twice.
#[derive(Clone, Debug)]
struct Diffuser {
    after: usize,
    first: [usize; LINES],
    first_signs: [f32; LINES],
    second: Bank,
    second_signs: [f32; LINES],
}

impl Diffuser {
    fn new(figures: &Figures, scale: f64, after: usize) -> Diffuser {
        let [(first, first_word), (second, second_word)] = &figures.diffuser;
        Diffuser {
            after,
            first: kinds::scaled(first, scale).map(|delay| delay + after),
            first_signs: kinds::signs(first_word),
            second: Bank::new(kinds::scaled(second, scale)),
            second_signs: kinds::signs(second_word).map(|sign| sign / TWICE),
        }
    }

    /// Even lines hear the left side, odd ones the right.
    #[inline(always)]
    fn run(&mut self, sides: [&Ring; 2], frames: usize, lines: &mut Lines) {
        for (i, line) in lines.iter_mut().enumerate() {
            let side = sides[i % 2].read(self.first[i]);
            for f in 0..CHUNK {
                line[f] = self.first_signs[i] * side[f];
            }
        }
        hadamard(lines);
        self.second.pass(lines, frames);
        for (line, sign) in lines.iter_mut().zip(self.second_signs) {
            for x in line {
                *x *= sign;
            }
        }
        hadamard(lines);
    }
}

/// A delay for each line.
#[derive(Clone, Debug)]
struct Bank {
    rings: Vec<Ring>,
    delays: [usize; LINES],
}

impl Bank {
    fn new(delays: [usize; LINES]) -> Bank {
        Bank { rings: delays.iter().map(|delay| Ring::new(*delay)).collect(), delays }
    }

    fn mean(&self) -> f64 {
        self.delays.iter().sum::<usize>() as f64 / LINES as f64
    }

    /// What entered the delays long enough ago.
    #[inline(always)]
    fn read(&self, lines: &mut Lines) {
        for (line, (ring, delay)) in lines.iter_mut().zip(self.rings.iter().zip(&self.delays)) {
            *line = *ring.read(*delay);
        }
    }

    #[inline(always)]
    fn write(&mut self, lines: &Lines, frames: usize) {
        for (ring, line) in self.rings.iter_mut().zip(lines) {
            ring.write(line);
            ring.advance(frames);
        }
    }

    /// Delays the lines, also by less than a chunk.
    #[inline(always)]
    fn pass(&mut self, lines: &mut Lines, frames: usize) {
        for (line, (ring, delay)) in lines.iter_mut().zip(self.rings.iter_mut().zip(&self.delays)) {
            ring.write(line);
            *line = *ring.read(*delay);
            ring.advance(frames);
        }
    }
}

/// The gain and shelves of every line, side by side.
#[derive(Clone, Debug)]
struct Absorption {
    numbers: [[f32; LINES]; 6],
    states: [[f32; LINES]; 2],
}

impl Default for Absorption {
    fn default() -> Self {
        Absorption { numbers: [[0.0; LINES]; 6], states: [[0.0; LINES]; 2] }
    }
}

impl Absorption {
    fn tune(&mut self, line: usize, shelves: [FirstOrder; 2]) {
        // In state-space form, where one multiplication and one addition stand in the loop.
        let numbers = shelves.map(|FirstOrder { b0, b1, a1 }| [b0, b1 - a1 * b0, a1]);
        for (row, number) in self.numbers.iter_mut().zip(numbers.into_iter().flatten()) {
            row[line] = number as f32;
        }
    }

    /// Eight lines side by side, frame by frame, as a recursion has no other order.
    #[inline(always)]
    fn run<I: Isa>(&mut self, lines: &mut Lines, frames: usize) {
        for (group, lines) in lines.as_chunks_mut::<WIDE>().0.iter_mut().enumerate() {
            let [b, c, a, d, e, g] = &self.numbers;
            let (b, c, a): (I::Octet, I::Octet, I::Octet) = (wide(b, group), wide(c, group), wide(a, group));
            let (d, e, g): (I::Octet, I::Octet, I::Octet) = (wide(d, group), wide(e, group), wide(g, group));
            let (mut first, mut second) = (wide(&self.states[0], group), wide(&self.states[1], group));
            for from in (0..frames).step_by(WIDE) {
                let mut tile = [I::Octet::splat(0.0); WIDE];
                for (part, line) in tile.iter_mut().zip(&*lines) {
                    *part = I::Octet::load(&line[from..]);
                }
                let mut rows = I::Octet::turned(tile);
                for row in &mut rows[..WIDE.min(frames - from)] {
                    let y = b * *row + first;
                    first = c * *row - a * first;
                    *row = d * y + second;
                    second = e * y - g * second;
                }
                for (part, line) in I::Octet::turned(rows).into_iter().zip(&mut *lines) {
                    part.store(&mut line[from..]);
                }
            }
            for (states, octet) in self.states.iter_mut().zip([first, second]) {
                octet.store(&mut states[group * WIDE..]);
            }
        }
    }
}

/// Lines that are absorbed side by side.
const WIDE: usize = 8;

/// A group of lines' numbers.
#[inline(always)]
fn wide<O: Octet>(row: &[f32; LINES], group: usize) -> O {
    O::load(&row[group * WIDE..])
}
