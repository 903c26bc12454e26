//! The look-ahead limiter: the least gain that a window needs, an exponential release, a moving average.

use crate::session::{CHUNK, Master};

/// The window, in frames; a power of two.
pub const WINDOW: usize = 256;
/// By how many frames the output is late.
pub const LATE: usize = WINDOW - 1;

/// Each row holds a chunk behind the window that came before it.
type Row = Vec<f32>;

pub struct Limiter {
    ceiling: f32,
    release: f32,
    needed: Row,
    least: Row,
    spare: Row,
    gains: Row,
    sides: [Row; 2],
    gain: f32,
    sum: f64,
}

impl Limiter {
    pub fn new(master: &Master) -> Self {
        let row = |value: f32| vec![value; CHUNK + WINDOW];
        Self {
            ceiling: master.ceiling,
            release: master.release,
            needed: row(1.0),
            least: row(1.0),
            spare: row(1.0),
            gains: row(1.0),
            sides: [row(0.0), row(0.0)],
            gain: 1.0,
            sum: WINDOW as f64,
        }
    }

    pub fn run(&mut self, left: &mut [f32], right: &mut [f32]) {
        let frames = left.len();
        for i in 0..frames {
            let peak = left[i].abs().max(right[i].abs());
            self.needed[WINDOW + i] = if peak > self.ceiling { self.ceiling / peak } else { 1.0 };
        }
        self.find_least(frames);
        self.let_go(frames);
        self.apply(left, right);
        for row in [&mut self.needed, &mut self.gains].into_iter().chain(&mut self.sides) {
            row.copy_within(frames..frames + WINDOW, 0);
        }
    }

    /// The sliding minimum over the window, by doubling.
    fn find_least(&mut self, frames: usize) {
        let end = WINDOW + frames;
        self.least[..end].copy_from_slice(&self.needed[..end]);
        let mut reach = 1;
        while reach < WINDOW {
            let pairs = self.least[reach..end].iter().zip(&self.least[..end - reach]);
            for (to, (a, b)) in self.spare[reach..end].iter_mut().zip(pairs) {
                *to = if a < b { *a } else { *b };
            }
            self.spare[..reach].copy_from_slice(&self.least[..reach]);
            std::mem::swap(&mut self.least, &mut self.spare);
            reach *= 2;
        }
    }

    fn let_go(&mut self, frames: usize) {
        for i in 0..frames {
            let least = self.least[WINDOW + i];
            self.gain =
                if least < self.gain { least } else { self.gain + (least - self.gain) * self.release };
            self.gains[WINDOW + i] = self.gain;
        }
    }

    fn apply(&mut self, left: &mut [f32], right: &mut [f32]) {
        let frames = left.len();
        self.sides[0][WINDOW..WINDOW + frames].copy_from_slice(left);
        self.sides[1][WINDOW..WINDOW + frames].copy_from_slice(right);
        for i in 0..frames {
            self.sum += f64::from(self.gains[WINDOW + i] - self.gains[i]);
            let gain = (self.sum * (1.0 / WINDOW as f64)) as f32;
            left[i] = (self.sides[0][i + 1] * gain).clamp(-self.ceiling, self.ceiling);
            right[i] = (self.sides[1][i + 1] * gain).clamp(-self.ceiling, self.ceiling);
        }
    }
}
