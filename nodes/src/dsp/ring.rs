//! A ring of past samples that is written and read in chunks.
//!
//! A chunk of the past lies in one piece at any distance, so that loops over it vectorise: the first samples of the ring
//! are kept a second time behind its end.

/// The most frames that are written or read at once.
pub const CHUNK: usize = 16;

/// So many samples in a row.
pub type Chunk = [f32; CHUNK];

/// A ring of past samples.
#[derive(Clone, Debug)]
pub struct Ring {
    samples: Vec<f32>,
    length: usize,
    next: usize,
}

impl Ring {
    /// A silent ring that can be read up to `reach` frames back.
    pub fn new(reach: usize) -> Ring {
        let length = reach + CHUNK;
        Ring { samples: vec![0.0; length + CHUNK], length, next: 0 }
    }

    /// Writes a chunk from the present frame on. What lies beyond the frames that [`Ring::advance`] then passes is
    /// written again before it can be read.
    #[inline(always)]
    pub fn write(&mut self, chunk: &Chunk) {
        let (start, end) = (self.next, self.next + CHUNK);
        self.samples[start..end].copy_from_slice(chunk);
        if end > self.length {
            self.samples.copy_within(self.length..end, 0);
        }
        if start < CHUNK {
            self.samples.copy_within(start..CHUNK, self.length + start);
        }
    }

    /// The samples from `back` frames before the present one on. Those not yet written hold nothing of use.
    #[inline(always)]
    pub fn read(&self, back: usize) -> &Chunk {
        let start = if back > self.next { self.next + self.length - back } else { self.next - back };
        self.samples[start..].first_chunk().expect("a chunk lies behind every place of the ring")
    }

    /// Goes on by at most [`CHUNK`] frames.
    #[inline(always)]
    pub fn advance(&mut self, frames: usize) {
        self.next += frames;
        if self.next >= self.length {
            self.next -= self.length;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_distance_reads_what_was_written_there() {
        for reach in [0, 3, 16, 37, 100] {
            let mut ring = Ring::new(reach);
            let mut at = 0;
            for round in 0..200 {
                let frames = 1 + (round * 7) % CHUNK;
                ring.write(&std::array::from_fn(
                    |f| if f < frames { 1.0 + (at + f) as f32 } else { f32::NAN },
                ));
                for back in 0..=reach {
                    let heard = &ring.read(back)[..frames];
                    for (i, x) in heard.iter().enumerate() {
                        assert_eq!(*x, (1.0 + (at + i) as f32 - back as f32).max(0.0), "{reach} {back}");
                    }
                }
                ring.advance(frames);
                at += frames;
            }
        }
    }
}
