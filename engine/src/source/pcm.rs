//! Samples of the plain encodings that stems mostly have, many at once: as `f32` with full scale at 1, exactly.
//!
//! The general decoder takes them one by one, which for a session of many stems is a tenth of the render.

use mixwright_nodes::dsp::cpu::{Floats, Isa, Job, Octet, dispatch};
use mixwright_nodes::for_every_cpu;

/// An encoding that is read here: little-endian, every bit of it used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plain {
    /// 16 bits.
    Int16,
    /// 24 bits.
    Int24,
    /// 32 bits of floating point.
    Float32,
}

impl Plain {
    /// Bytes that a sample takes.
    pub(super) fn bytes(self) -> usize {
        match self {
            Plain::Int16 => 2,
            Plain::Int24 => 3,
            Plain::Float32 => 4,
        }
    }

    /// As many samples as there is room for.
    pub(super) fn decode(self, bytes: &[u8], samples: &mut [f32]) {
        match self {
            Plain::Int16 => int16(bytes, samples),
            Plain::Int24 => dispatch(Int24 { bytes, samples }),
            Plain::Float32 => float32(bytes, samples),
        }
    }
}

/// Eight samples at a time: three bytes to a sample are no pattern that compilers make vectors of.
struct Int24<'b, 's> {
    bytes: &'b [u8],
    samples: &'s mut [f32],
}

impl Job for Int24<'_, '_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        const UNIT: f32 = 1.0 / 8_388_608.0;
        let (octets, rest) = self.samples.as_chunks_mut::<8>();
        let (whole, last) = self.bytes.split_at(octets.len() * 24);
        for (octet, bytes) in octets.iter_mut().zip(whole.as_chunks().0) {
            (I::Octet::int24(bytes) * I::Octet::splat(UNIT)).store(octet);
        }
        for (x, [low, middle, high]) in rest.iter_mut().zip(last.as_chunks().0) {
            *x = (i32::from_le_bytes([0, *low, *middle, *high]) >> 8) as f32 * UNIT;
        }
    }
}

for_every_cpu! {
    fn int16(bytes: &[u8], samples: &mut [f32]) {
        for (x, sample) in samples.iter_mut().zip(bytes.as_chunks().0) {
            *x = f32::from(i16::from_le_bytes(*sample)) * (1.0 / 32_768.0);
        }
    }

    fn float32(bytes: &[u8], samples: &mut [f32]) {
        for (x, sample) in samples.iter_mut().zip(bytes.as_chunks().0) {
            *x = f32::from_le_bytes(*sample);
        }
    }

    /// Parts two channels that lie sample beside sample.
    pub(super) fn part(mixed: &[f32], left: &mut [f32], right: &mut [f32]) {
        for ((left, right), [l, r]) in left.iter_mut().zip(right).zip(mixed.as_chunks().0) {
            (*left, *right) = (*l, *r);
        }
    }
}

/// Takes one of so many channels.
pub(super) fn pick(mixed: &[f32], channel: usize, channels: usize, plane: &mut [f32]) {
    for (x, frame) in plane.iter_mut().zip(mixed.chunks_exact(channels)) {
        *x = frame[channel];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_its_place_under_full_scale() {
        let read = |plain: Plain, bytes: &[u8]| {
            let mut samples = vec![f32::NAN; bytes.len() / plain.bytes()];
            plain.decode(bytes, &mut samples);
            samples
        };
        let bytes: Vec<u8> = [i16::MIN, -1, 0, 1, i16::MAX].iter().flat_map(|x| x.to_le_bytes()).collect();
        let unit = 1.0 / 32_768.0;
        assert_eq!(read(Plain::Int16, &bytes), [-1.0, -unit, 0.0, unit, 32_767.0 * unit]);
        let bytes = [0x00, 0x00, 0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
        let unit = 1.0 / 8_388_608.0;
        assert_eq!(read(Plain::Int24, &bytes), [-1.0, -unit, 8_388_607.0 * unit]);
        let many: Vec<u8> = (0..61i32).flat_map(|i| (i * 77_777).to_le_bytes()[..3].to_vec()).collect();
        let expected: Vec<f32> = (0..61).map(|i| (i * 77_777) as f32 * unit).collect();
        assert_eq!(read(Plain::Int24, &many), expected);
        assert_eq!(read(Plain::Float32, &1.5f32.to_le_bytes()), [1.5]);
    }
}
