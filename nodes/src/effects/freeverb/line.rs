//! A delay line that is read and written in one place, a piece at a time.
//!
//! What is read is as old as the line is long, and what is written takes its place. The first samples are kept a second
//! time behind the end, so that a piece lies in a row wherever it begins.

/// A line of past samples.
#[derive(Clone, Debug)]
pub(super) struct Line {
    samples: Vec<f32>,
    length: usize,
    next: usize,
}

impl Line {
    /// A silent line. Pieces are at most `most` frames, and no longer than the line.
    pub(super) fn new(length: usize, most: usize) -> Line {
        Line { samples: vec![0.0; length + most], length, next: 0 }
    }

    /// The oldest samples, in whose place the newest are to be written.
    #[inline(always)]
    pub(super) fn piece(&mut self, frames: usize) -> &mut [f32] {
        &mut self.samples[self.next..self.next + frames]
    }

    /// Goes on by a piece that was written.
    #[inline(always)]
    pub(super) fn advance(&mut self, frames: usize) {
        let (start, end) = (self.next, self.next + frames);
        let twice = self.samples.len() - self.length;
        if end > self.length {
            self.samples.copy_within(self.length..end, 0);
        }
        if start < twice {
            self.samples.copy_within(start..end.min(twice), self.length + start);
        }
        self.next = if end < self.length { end } else { end - self.length };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_any_length_come_back_after_the_line() {
        for (length, most) in [(41, 41), (41, 30), (128, 128), (200, 128)] {
            let mut line = Line::new(length, most);
            let mut at = 0;
            for round in 0..500 {
                let frames = 1 + (round * 37) % most;
                for (i, x) in line.piece(frames).iter_mut().enumerate() {
                    let now = (at + i) as f32;
                    assert_eq!(*x, (now + 1.0 - length as f32).max(0.0), "{length} {most} {round}");
                    *x = now + 1.0;
                }
                line.advance(frames);
                at += frames;
            }
        }
    }
}
