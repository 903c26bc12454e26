//! Samples of the plain encodings that stems mostly have, all of a packet at once: as `f32` with full scale at 1, exactly.
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
    fn bytes(self) -> usize {
        match self {
            Plain::Int16 => 2,
            Plain::Int24 => 3,
            Plain::Float32 => 4,
        }
    }

    /// Whether its samples are whole numbers, none of which is damage or too small for sound.
    pub(super) fn is_whole(self) -> bool {
        self != Plain::Float32
    }
}

/// Reads packets of an encoding and so many channels.
#[derive(Debug)]
pub(super) struct Packets {
    pub(super) plain: Plain,
    channels: usize,
    /// A packet's samples as they lie in it.
    mixed: Vec<f32>,
}

impl Packets {
    pub(super) fn new(plain: Plain, channels: usize) -> Packets {
        Packets { plain, channels: channels.max(1), mixed: Vec::new() }
    }

    /// Fills `planes`, one for each channel, with a packet's whole frames; tells how many those are.
    pub(super) fn read(&mut self, packet: &[u8], planes: &mut Vec<Vec<f32>>) -> usize {
        let frames = packet.len() / (self.plain.bytes() * self.channels);
        planes.resize_with(self.channels, Vec::new);
        planes.iter_mut().for_each(|plane| plane.resize(frames, 0.0));
        self.mixed.resize(frames * self.channels, 0.0);
        match &mut planes[..] {
            [plane] => self.plain.decode(packet, plane),
            [left, right] => {
                self.plain.decode(packet, &mut self.mixed);
                part(&self.mixed, left, right);
            }
            many => {
                self.plain.decode(packet, &mut self.mixed);
                for (channel, plane) in many.iter_mut().enumerate() {
                    pick(&self.mixed, channel, self.channels, plane);
                }
            }
        }
        frames
    }
}

impl Plain {
    /// As many samples as there is room for.
    fn decode(self, packet: &[u8], samples: &mut [f32]) {
        match self {
            Plain::Int16 => int16(packet, samples),
            Plain::Int24 => dispatch(Int24 { packet, samples }),
            Plain::Float32 => float32(packet, samples),
        }
    }
}

/// Eight samples at a time: three bytes to a sample are no pattern that compilers make vectors of.
struct Int24<'p, 's> {
    packet: &'p [u8],
    samples: &'s mut [f32],
}

impl Job for Int24<'_, '_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        const UNIT: f32 = 1.0 / 8_388_608.0;
        let (octets, rest) = self.samples.as_chunks_mut::<8>();
        let (whole, last) = self.packet.split_at(octets.len() * 24);
        for (octet, bytes) in octets.iter_mut().zip(whole.as_chunks().0) {
            (I::Octet::int24(bytes) * I::Octet::splat(UNIT)).store(octet);
        }
        for (x, [low, middle, high]) in rest.iter_mut().zip(last.as_chunks().0) {
            *x = (i32::from_le_bytes([0, *low, *middle, *high]) >> 8) as f32 * UNIT;
        }
    }
}

for_every_cpu! {
    fn int16(packet: &[u8], samples: &mut [f32]) {
        for (x, bytes) in samples.iter_mut().zip(packet.as_chunks().0) {
            *x = f32::from(i16::from_le_bytes(*bytes)) * (1.0 / 32_768.0);
        }
    }

    fn float32(packet: &[u8], samples: &mut [f32]) {
        for (x, bytes) in samples.iter_mut().zip(packet.as_chunks().0) {
            *x = f32::from_le_bytes(*bytes);
        }
    }

    fn part(mixed: &[f32], left: &mut [f32], right: &mut [f32]) {
        for ((left, right), [l, r]) in left.iter_mut().zip(right).zip(mixed.as_chunks().0) {
            (*left, *right) = (*l, *r);
        }
    }
}

fn pick(mixed: &[f32], channel: usize, channels: usize, plane: &mut [f32]) {
    for (x, frame) in plane.iter_mut().zip(mixed.chunks_exact(channels)) {
        *x = frame[channel];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(plain: Plain, packet: &[u8], channels: usize) -> (usize, Vec<Vec<f32>>) {
        let mut planes = Vec::new();
        (Packets::new(plain, channels).read(packet, &mut planes), planes)
    }

    #[test]
    fn every_value_has_its_place_under_full_scale() {
        let packet: Vec<u8> =
            [i16::MIN, -1, 0, 1, i16::MAX, 77].iter().flat_map(|x| x.to_le_bytes()).collect();
        let unit = 1.0 / 32_768.0;
        let planes = vec![vec![-1.0, 0.0, 32_767.0 * unit], vec![-unit, unit, 77.0 * unit]];
        assert_eq!(read(Plain::Int16, &packet, 2), (3, planes));
        let packet = [0x00, 0x00, 0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x01];
        let unit = 1.0 / 8_388_608.0;
        let plane = vec![-1.0, -unit, 8_388_607.0 * unit];
        assert_eq!(read(Plain::Int24, &packet, 1), (3, vec![plane]), "what is left of a frame is no frame");
        assert_eq!(read(Plain::Float32, &1.5f32.to_le_bytes(), 1), (1, vec![vec![1.5]]));
    }

    #[test]
    fn every_channel_gets_its_own_samples() {
        let value = |i: usize| (i as i32 * 77_777) % 8_000_000 * if i.is_multiple_of(3) { -1 } else { 1 };
        for (channels, frames) in [(1, 61), (2, 61), (3, 20), (6, 9), (300, 3)] {
            let packet: Vec<u8> =
                (0..channels * frames).flat_map(|i| value(i).to_le_bytes()[..3].to_vec()).collect();
            let (count, planes) = read(Plain::Int24, &packet, channels);
            assert_eq!(count, frames);
            for (channel, plane) in planes.iter().enumerate() {
                for (frame, x) in plane.iter().enumerate() {
                    assert_eq!(*x, value(frame * channels + channel) as f32 / 8_388_608.0);
                }
            }
        }
    }
}
