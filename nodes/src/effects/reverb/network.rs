//! The loop of 32 delay lines that makes the tail.
//!
//! Diffuser, absorbing lines, mixing, turning, scattering, mixing: every step but the absorption keeps the energy, so the
//! loop is stable whatever its parameters do (Jot, Chaigne 1991; Schlecht, Habets, "Scattering in Feedback Delay
//! Networks", IEEE/ACM TASLP 28, 2020). A chunk goes through as loops over lines and frames.

use super::{
    bank::Bank,
    kinds::{self, Figures},
    law::{FirstOrder, Law},
    motion::Motion,
};
use crate::{
    dsp::{
        cpu::{Floats, Isa, Octet},
        hadamard::{LINES, Lines, hadamard},
        math::{SETTLED, settle_sample as settle},
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
    desk: Desk,
}

/// Where a chunk lies while it is worked on. Nothing of it lasts, but to clear it for each chunk would cost time.
#[derive(Clone, Debug)]
struct Desk {
    diffused: Lines,
    lines: Lines,
    frames: Rows,
}

/// All lines of every frame.
type Rows = [[f32; LINES]; CHUNK];

/// The shares of a chunk's frames that go where.
pub(super) struct Shares<'k> {
    /// Of the input as it is, into the loop.
    pub(super) plain: &'k Chunk,
    /// Of the diffused input, into the loop.
    pub(super) diffused: &'k Chunk,
    /// Of the diffused input, to the listener.
    pub(super) heard: &'k Chunk,
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
            desk: Desk { diffused: Lines::SILENT, lines: Lines::SILENT, frames: [[0.0; LINES]; CHUNK] },
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
        for (line, delay) in self.lines.delays().iter().enumerate() {
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
        shares: &Shares<'_>,
    ) -> [Chunk; 2] {
        let Desk { diffused, lines, frames: rows } = &mut self.desk;
        self.diffuser.run::<I>(sides, frames, diffused);
        for (i, line) in lines.0.iter_mut().enumerate() {
            self.lines.read::<I>(i).store(line);
        }
        self.absorption.run::<I::Octet>(lines, rows, frames);
        let heard = listen::<I>(&self.out, lines, diffused, shares.heard);

        hadamard::<I::Register>(lines);
        self.motion.turn::<I>(lines, at);
        self.scatter.pass::<I>(lines, frames);
        hadamard::<I::Register>(lines);

        let plain = [sides[0].read(self.diffuser.after), sides[1].read(self.diffuser.after)];
        shares.enter::<I>(plain, diffused, lines, &mut self.lines);
        self.lines.advance(frames);
        heard
    }

    /// Settles what decays for ever.
    pub(super) fn settle(&mut self) {
        self.absorption.states.iter_mut().flatten().for_each(|state| *state = settle(*state));
    }
}

/// The sums of all lines with two rows of signs that are orthogonal, hence both ears hear different sounds, and the sum of
/// both loses 3 dB whatever comes in.
#[inline(always)]
fn listen<I: Isa>(out: &[f32; LINES], lines: &Lines, diffused: &Lines, share: &Chunk) -> [Chunk; 2] {
    let (share, mut sums) = (I::Sixteen::load(share), [I::Sixteen::splat(0.0); 2]);
    for i in 0..LINES {
        let fresh = share * I::Sixteen::load(&diffused.0[i]);
        let sum = &mut sums[i / 2 % 2];
        *sum = *sum + I::Sixteen::splat(out[i]) * (I::Sixteen::load(&lines.0[i]) + fresh);
    }
    let [same, opposite] = sums;
    let mut ears = [[0.0; CHUNK]; 2];
    (same + opposite).store(&mut ears[0]);
    (same - opposite).store(&mut ears[1]);
    ears
}

impl Shares<'_> {
    /// Lets into the delays the lines, scaled down after two transforms, and the input: even ones hear the left side,
    /// odd ones the right.
    #[inline(always)]
    fn enter<I: Isa>(&self, sides: [&Chunk; 2], diffused: &Lines, lines: &Lines, delays: &mut Bank) {
        let (plain, diffusion) = (I::Sixteen::load(self.plain), I::Sixteen::load(self.diffused));
        let sides = [plain * I::Sixteen::load(sides[0]), plain * I::Sixteen::load(sides[1])];
        for (i, line) in lines.0.iter().enumerate() {
            let input = sides[i % 2] + diffusion * I::Sixteen::load(&diffused.0[i]);
            let next = I::Sixteen::load(line) * I::Sixteen::splat(1.0 / TWICE) + input;
            delays.write::<I>(i, next.zero_below(SETTLED as f32));
        }
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
    fn run<I: Isa>(&mut self, sides: [&Ring; 2], frames: usize, lines: &mut Lines) {
        for (i, line) in lines.0.iter_mut().enumerate() {
            let side = I::Sixteen::load(sides[i % 2].read(self.first[i]));
            (I::Sixteen::splat(self.first_signs[i]) * side).store(line);
        }
        hadamard::<I::Register>(lines);
        for (i, line) in lines.0.iter_mut().enumerate() {
            self.second.write::<I>(i, I::Sixteen::load(line));
            (I::Sixteen::splat(self.second_signs[i]) * self.second.read::<I>(i)).store(line);
        }
        self.second.advance(frames);
        hadamard::<I::Register>(lines);
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

    /// The lines of a frame side by side, frame by frame, as a recursion has no other order.
    #[inline(always)]
    fn run<O: Octet>(&mut self, lines: &mut Lines, rows: &mut Rows, frames: usize) {
        turn::<O, LINES, CHUNK>(&lines.0, rows);
        for first in (0..LINES).step_by(TOGETHER * WIDE) {
            self.absorb::<O>(&mut rows[..frames], first);
        }
        turn::<O, CHUNK, LINES>(rows, &mut lines.0);
    }

    /// Two octets of lines from the first on, which fill the waits of one another.
    #[inline(always)]
    fn absorb<O: Octet>(&mut self, rows: &mut [[f32; LINES]], first: usize) {
        let mut numbers = [[O::splat(0.0); TOGETHER]; 6];
        for (octets, row) in numbers.iter_mut().zip(&self.numbers) {
            *octets = octets_of(row, first);
        }
        let [b, c, a, d, e, g] = numbers;
        let [mut high, mut low]: [[O; TOGETHER]; 2] =
            [octets_of(&self.states[0], first), octets_of(&self.states[1], first)];
        for row in rows {
            for (i, octet) in row[first..first + TOGETHER * WIDE].chunks_exact_mut(WIDE).enumerate() {
                let x = O::load(octet);
                let y = b[i] * x + high[i];
                high[i] = c[i] * x - a[i] * high[i];
                (d[i] * y + low[i]).store(octet);
                low[i] = e[i] * y - g[i] * low[i];
            }
        }
        for i in 0..TOGETHER {
            high[i].store(&mut self.states[0][first + i * WIDE..]);
            low[i].store(&mut self.states[1][first + i * WIDE..]);
        }
    }
}

/// Lines of an octet.
const WIDE: usize = 8;
/// Octets that are absorbed in one loop.
const TOGETHER: usize = 2;

/// Some lines' numbers.
#[inline(always)]
fn octets_of<O: Octet>(row: &[f32; LINES], first: usize) -> [O; TOGETHER] {
    let mut octets = [O::splat(0.0); TOGETHER];
    for (i, octet) in octets.iter_mut().enumerate() {
        *octet = O::load(&row[first + i * WIDE..]);
    }
    octets
}

/// Rows as columns, in tiles of eight by eight.
#[inline(always)]
fn turn<O: Octet, const ROWS: usize, const COLUMNS: usize>(
    rows: &[[f32; COLUMNS]; ROWS],
    columns: &mut [[f32; ROWS]; COLUMNS],
) {
    for (down, rows) in rows.as_chunks::<WIDE>().0.iter().enumerate() {
        for (across, columns) in columns.as_chunks_mut::<WIDE>().0.iter_mut().enumerate() {
            let mut tile = [O::splat(0.0); WIDE];
            for (part, row) in tile.iter_mut().zip(rows) {
                *part = O::load(&row[across * WIDE..]);
            }
            for (part, column) in O::turned(tile).into_iter().zip(columns) {
                part.store(&mut column[down * WIDE..]);
            }
        }
    }
}
