//! Freeverb: eight combs and four all-passes a side, tuned for 48 kHz.

use crate::session::Reverb;

pub const COMBS: [usize; 8] = [1215, 1293, 1390, 1476, 1548, 1623, 1695, 1760];
pub const ALL_PASSES: [usize; 4] = [605, 480, 371, 245];
/// By how many frames the right side's delays are longer.
pub const SPREAD: usize = 25;
pub const INPUT: f32 = 0.015;
pub const OUTPUT: f32 = 3.0;
/// Frames that the fast form works on at once; every delay is longer.
const BLOCK: usize = 128;

pub struct Freeverb {
    sides: [Side; 2],
    feedback: f32,
    damp: f32,
}

struct Side {
    combs: Vec<Line>,
    all_passes: Vec<Line>,
}

struct Line {
    ring: Vec<f32>,
    at: usize,
    /// The one pole in a comb's loop.
    low: f32,
}

impl Line {
    fn new(delay: usize) -> Self {
        Self { ring: vec![0.0; delay], at: 0, low: 0.0 }
    }

    fn step(&mut self, frames: usize) {
        self.at += frames;
        if self.at == self.ring.len() {
            self.at = 0;
        }
    }
}

impl Side {
    fn new(spread: usize) -> Self {
        Self {
            combs: COMBS.map(|delay| Line::new(delay + spread)).into(),
            all_passes: ALL_PASSES.map(|delay| Line::new(delay + spread)).into(),
        }
    }

    fn tick(&mut self, x: f32, feedback: f32, damp: f32) -> f32 {
        let mut out = 0.0;
        for comb in &mut self.combs {
            let y = comb.ring[comb.at];
            comb.low = y + (comb.low - y) * damp;
            comb.ring[comb.at] = x + comb.low * feedback;
            comb.step(1);
            out += y;
        }
        for line in &mut self.all_passes {
            let y = line.ring[line.at];
            line.ring[line.at] = out + y * 0.5;
            out = y - out;
            line.step(1);
        }
        out
    }

    /// Four combs side by side: their recursions overlap.
    fn combs_well(&mut self, x: &[f32; BLOCK], out: &mut [f32; BLOCK], feedback: f32, damp: f32) {
        for four in self.combs.chunks_mut(4) {
            let mut low = [four[0].low, four[1].low, four[2].low, four[3].low];
            for i in 0..BLOCK {
                for (low, comb) in low.iter_mut().zip(four.iter_mut()) {
                    let y = comb.ring[comb.at];
                    *low = (*low - y).mul_add(damp, y);
                    comb.ring[comb.at] = low.mul_add(feedback, x[i]);
                    comb.step(1);
                    out[i] += y;
                }
            }
            for (low, comb) in low.into_iter().zip(four) {
                comb.low = low;
            }
        }
    }

    fn all_passes_well(&mut self, out: &mut [f32; BLOCK]) {
        for line in &mut self.all_passes {
            let mut i = 0;
            while i < BLOCK {
                let frames = (BLOCK - i).min(line.ring.len() - line.at);
                let ring = &mut line.ring[line.at..line.at + frames];
                for (out, held) in out[i..i + frames].iter_mut().zip(ring) {
                    let y = *held;
                    *held = y.mul_add(0.5, *out);
                    *out = y - *out;
                }
                i += frames;
                line.step(frames);
            }
        }
    }
}

impl Freeverb {
    pub fn new(reverb: &Reverb) -> Self {
        Self { sides: [Side::new(0), Side::new(SPREAD)], feedback: reverb.feedback, damp: reverb.damp }
    }

    /// As textbooks write it.
    pub fn run(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (l, r) in left.iter_mut().zip(right) {
            let x = (*l + *r) * INPUT;
            *l = self.sides[0].tick(x, self.feedback, self.damp) * OUTPUT;
            *r = self.sides[1].tick(x, self.feedback, self.damp) * OUTPUT;
        }
    }

    /// A few lines at a time over short blocks.
    pub fn run_well(&mut self, left: &mut [f32], right: &mut [f32]) {
        for at in (0..left.len()).step_by(BLOCK) {
            let (left, right) = (&mut left[at..at + BLOCK], &mut right[at..at + BLOCK]);
            let mut x = [0f32; BLOCK];
            for (x, (l, r)) in x.iter_mut().zip(left.iter().zip(right.iter())) {
                *x = (l + r) * INPUT;
            }
            for (side, to) in self.sides.iter_mut().zip([left, right]) {
                let mut out = [0f32; BLOCK];
                side.combs_well(&x, &mut out, self.feedback, self.damp);
                side.all_passes_well(&mut out);
                for (to, out) in to.iter_mut().zip(out) {
                    *to = out * OUTPUT;
                }
            }
        }
    }
}
