//! How high a sound is from end to end: its smallest and largest sample in points of 256 frames, and of four points each in
//! the levels above.

/// Frames of a point, level by level.
pub const LEVELS: [usize; 4] = [256, 1024, 4096, 16384];

/// Channels that are drawn.
const CHANNELS: usize = 2;

/// Points that a level has of so many frames.
pub fn points_of(frames: usize, level: usize) -> usize {
    frames.div_ceil(LEVELS[level])
}

/// The outline of a stereo sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Bits of a value: 8 or 16. Full scale is a power of two, and what is beyond is cut off.
    pub bits: u32,
    /// Level by level the values of all points, little-endian: smallest and largest of the left channel, then of the right.
    pub levels: [Vec<u8>; 4],
}

/// A smallest and a largest sample.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Extent {
    least: f32,
    most: f32,
}

impl Extent {
    const NONE: Extent = Extent { least: f32::INFINITY, most: f32::NEG_INFINITY };

    /// That of samples. One comparison need not wait for the other.
    fn of(samples: &[f32]) -> Extent {
        let mut rows = [Extent::NONE; 16];
        let (whole, rest) = samples.as_chunks::<16>();
        for samples in whole {
            rows.iter_mut().zip(samples).for_each(|(row, x)| *row = row.with(Extent { least: *x, most: *x }));
        }
        let rest = rest.iter().map(|x| Extent { least: *x, most: *x });
        rest.chain(rows).fold(Extent::NONE, Extent::with)
    }

    #[inline(always)]
    fn with(self, other: Extent) -> Extent {
        Extent {
            least: if other.least < self.least { other.least } else { self.least },
            most: if other.most > self.most { other.most } else { self.most },
        }
    }

    fn times(self, gain: f64) -> [f32; 2] {
        let [a, b] = [self.least, self.most].map(|x| (f64::from(x) * gain) as f32);
        if a <= b { [a, b] } else { [b, a] }
    }
}

/// An outline while the sound comes in, and what of its planes each of the two channels is made of.
#[derive(Clone, Debug)]
pub(super) struct Drawing {
    bits: u32,
    /// The plane of each channel, and what it is multiplied by.
    channels: [(usize, f64); CHANNELS],
    frames: usize,
    open: Vec<Extent>,
    points: Vec<u8>,
}

impl Drawing {
    /// One that has heard nothing.
    pub(super) fn new(bits: u32, channels: [(usize, f64); CHANNELS]) -> Drawing {
        let planes = 1 + channels.iter().map(|(plane, _)| *plane).max().unwrap_or_default();
        Drawing { bits, channels, frames: 0, open: vec![Extent::NONE; planes], points: Vec::new() }
    }

    /// Hears on.
    pub(super) fn push(&mut self, planes: &[&[f32]]) {
        let mut done = 0;
        while done < planes[0].len() {
            let left = LEVELS[0] - self.frames % LEVELS[0];
            let part = done..planes[0].len().min(done + left);
            done = part.end;
            self.frames += part.len();
            for (open, plane) in self.open.iter_mut().zip(planes) {
                *open = open.with(Extent::of(&plane[part.clone()]));
            }
            if self.frames.is_multiple_of(LEVELS[0]) {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        for (plane, gain) in self.channels {
            for value in self.open[plane].times(gain) {
                write(&mut self.points, self.bits, whole(value, self.bits));
            }
        }
        self.open.fill(Extent::NONE);
    }

    /// The outline of what was heard.
    pub(super) fn ended(mut self) -> Outline {
        if !self.frames.is_multiple_of(LEVELS[0]) {
            self.close();
        }
        Outline::new(self.bits, self.points)
    }
}

impl Outline {
    fn new(bits: u32, points: Vec<u8>) -> Outline {
        let mut levels = [points, Vec::new(), Vec::new(), Vec::new()];
        for level in 1..LEVELS.len() {
            levels[level] = above(&levels[level - 1], bits);
        }
        Outline { bits, levels }
    }

    /// That of the first frames; of the point in which they end, what follows counts too.
    pub(super) fn cut(&self, frames: usize) -> Outline {
        let bytes = points_of(frames, 0) * point(self.bits);
        Outline::new(self.bits, self.levels[0][..bytes.min(self.levels[0].len())].to_vec())
    }
}

/// The bytes of a point.
fn point(bits: u32) -> usize {
    2 * CHANNELS * bits as usize / 8
}

/// A sample in so many bits.
fn whole(sample: f32, bits: u32) -> i16 {
    let full = f32::from(1_u16 << (bits - 1));
    (sample * full).round().clamp(-full, full - 1.0) as i16
}

fn write(bytes: &mut Vec<u8>, bits: u32, value: i16) {
    match bits {
        8 => bytes.push(value as u8),
        _ => bytes.extend(value.to_le_bytes()),
    }
}

fn read(bytes: &[u8], bits: u32, index: usize) -> i16 {
    match bits {
        8 => i16::from(bytes[index] as i8),
        _ => i16::from_le_bytes([bytes[2 * index], bytes[2 * index + 1]]),
    }
}

/// The level above: a point of four.
fn above(below: &[u8], bits: u32) -> Vec<u8> {
    let mut made = Vec::with_capacity(below.len() / 4 + point(bits));
    for points in below.chunks(4 * point(bits)) {
        let count = points.len() / point(bits);
        for value in 0..2 * CHANNELS {
            let all = (0..count).map(|of| read(points, bits, of * 2 * CHANNELS + value));
            let value = if value % 2 == 0 { all.min() } else { all.max() };
            write(&mut made, bits, value.unwrap_or_default());
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drawn(planes: &[Vec<f32>], piece: usize, mut drawing: Drawing, frames: usize) -> Outline {
        for from in (0..planes[0].len()).step_by(piece) {
            let part = from..planes[0].len().min(from + piece);
            drawing.push(&planes.iter().map(|plane| &plane[part.clone()]).collect::<Vec<_>>());
        }
        drawing.ended().cut(frames)
    }

    fn samples(frames: usize) -> impl Strategy<Value = Vec<f32>> {
        proptest::collection::vec(-1.2_f32..1.2, frames)
    }

    /// A level as it should be, by a plain loop over the samples.
    fn expected(channels: &[Vec<f32>], frames: usize, level: usize, bits: u32) -> Vec<i16> {
        let mut made = Vec::new();
        for from in (0..frames).step_by(LEVELS[level]) {
            for channel in channels {
                let part = channel[from..frames.min(from + LEVELS[level])].iter();
                let all = part.map(|x| {
                    let full = f64::from(1 << (bits - 1));
                    (f64::from(*x) * full).round().clamp(-full, full - 1.0) as i16
                });
                made.extend([all.clone().min().unwrap(), all.max().unwrap()]);
            }
        }
        made
    }

    fn values(outline: &Outline, level: usize) -> Vec<i16> {
        let bytes = &outline.levels[level];
        (0..bytes.len() * 8 / outline.bits as usize).map(|i| read(bytes, outline.bits, i)).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn each_point_is_the_smallest_and_largest_sample_of_its_frames(
            left in samples(40_000),
            frames in 1_usize..40_000,
            piece in 1_usize..9_000,
            wide in any::<bool>(),
        ) {
            let bits = if wide { 16 } else { 8 };
            let left = left[..frames].to_vec();
            let right: Vec<f32> = left.iter().rev().copied().collect();
            let planes = [left, right];
            let outline = drawn(&planes, piece, Drawing::new(bits, [(0, 1.0), (1, 1.0)]), frames);
            for level in 0..LEVELS.len() {
                prop_assert_eq!(values(&outline, level), expected(&planes, frames, level, bits));
            }
        }
    }

    #[test]
    fn a_mono_strip_is_drawn_as_its_fader_lays_it_out() {
        let mono = vec![0.5, -0.25, 0.125];
        let outline = drawn(&[mono], 2, Drawing::new(8, [(0, 1.0), (0, -0.5)]), 3);
        assert_eq!(values(&outline, 0), [-32, 64, -32, 16]);
    }

    #[test]
    fn what_lies_behind_the_end_is_left_out() {
        let mut sound = vec![0.0; 4 * 256];
        sound[600] = 1.0;
        let outline = drawn(&[sound], 100, Drawing::new(16, [(0, 1.0), (0, 1.0)]), 2 * 256);
        assert_eq!(values(&outline, 0), [0; 8]);
        assert_eq!(values(&outline, 3), [0; 4]);
    }
}
