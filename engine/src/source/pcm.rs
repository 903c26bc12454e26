//! Samples of the plain encodings that stems mostly have, all of a packet at once: as `f32` with full scale at 1, exactly.
//!
//! The general decoder takes them one by one, which for a session of many stems is a tenth of the render.

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

    /// Fills `planes`, one for each channel, with a packet's whole frames; tells how many those are.
    pub(super) fn read(self, packet: &[u8], channels: usize, planes: &mut Vec<Vec<f32>>) -> usize {
        let frames = packet.len() / (self.bytes() * channels.max(1));
        planes.resize_with(channels, Vec::new);
        for (channel, plane) in planes.iter_mut().enumerate() {
            plane.resize(frames, 0.0);
            match self {
                Plain::Int16 => int16(packet, plane, channel, channels),
                Plain::Int24 => int24(packet, plane, channel, channels),
                Plain::Float32 => float32(packet, plane, channel, channels),
            }
        }
        frames
    }
}

for_every_cpu! {
    fn int16(packet: &[u8], plane: &mut [f32], channel: usize, channels: usize) {
        let samples = packet.as_chunks::<2>().0.iter().skip(channel).step_by(channels);
        for (x, bytes) in plane.iter_mut().zip(samples) {
            *x = f32::from(i16::from_le_bytes(*bytes)) * (1.0 / 32_768.0);
        }
    }

    fn int24(packet: &[u8], plane: &mut [f32], channel: usize, channels: usize) {
        let samples = packet.as_chunks::<3>().0.iter().skip(channel).step_by(channels);
        for (x, [low, middle, high]) in plane.iter_mut().zip(samples) {
            *x = (i32::from_le_bytes([0, *low, *middle, *high]) >> 8) as f32 * (1.0 / 8_388_608.0);
        }
    }

    fn float32(packet: &[u8], plane: &mut [f32], channel: usize, channels: usize) {
        let samples = packet.as_chunks::<4>().0.iter().skip(channel).step_by(channels);
        for (x, bytes) in plane.iter_mut().zip(samples) {
            *x = f32::from_le_bytes(*bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_its_place_under_full_scale() {
        let mut planes = Vec::new();
        let packet: Vec<u8> =
            [i16::MIN, -1, 0, 1, i16::MAX, 77].iter().flat_map(|x| x.to_le_bytes()).collect();
        assert_eq!(Plain::Int16.read(&packet, 2, &mut planes), 3);
        assert_eq!(
            planes,
            [[-1.0, 0.0, 32_767.0 / 32_768.0], [-1.0 / 32_768.0, 1.0 / 32_768.0, 77.0 / 32_768.0]]
        );
        let packet = [0x00, 0x00, 0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x01];
        assert_eq!(Plain::Int24.read(&packet, 1, &mut planes), 3, "what is left of a frame is no frame");
        assert_eq!(planes, [[-1.0, -1.0 / 8_388_608.0, 8_388_607.0 / 8_388_608.0]]);
        assert_eq!(Plain::Float32.read(&1.5f32.to_le_bytes(), 1, &mut planes), 1);
        assert_eq!(planes, [[1.5]]);
    }
}
