//! From samples to integers, with dither.
//!
//! Dither is triangular and two steps wide, so that what rounding adds is noise of one level and no distortion (Lipshitz,
//! Wannamaker, Vanderkooy: "Quantization and dither", JAES 40, 1992). Each frame's noise is a function of seed, frame and
//! channel, so nothing depends on how a song is cut into blocks.

use super::Depth;

/// Makes integers of samples.
#[derive(Debug)]
pub(super) struct Quantiser {
    seed: u64,
    depth: Depth,
    interleaved: Vec<i32>,
}

impl Quantiser {
    pub(super) fn new(seed: u64, depth: Depth) -> Quantiser {
        Quantiser { seed, depth, interleaved: Vec::new() }
    }

    /// The frames from `at` on, interleaved.
    pub(super) fn quantised(&mut self, planes: &[&[f32]], at: u64) -> &[i32] {
        let channels = planes.len();
        let full = f64::from(1_u32 << (self.depth.bits() - 1));
        self.interleaved.resize(planes[0].len() * channels, 0);
        for (channel, plane) in planes.iter().enumerate() {
            for (frame, sample) in plane.iter().enumerate() {
                let place = (at + frame as u64) * channels as u64 + channel as u64;
                let steps = f64::from(*sample) * full + noise(self.seed, place);
                self.interleaved[frame * channels + channel] = steps.round().clamp(-full, full - 1.0) as i32;
            }
        }
        &self.interleaved
    }
}

/// Triangular noise between -1 and 1.
fn noise(seed: u64, place: u64) -> f64 {
    let bits = scrambled(seed ^ scrambled(place));
    let even = |bits: u64| (bits & 0xFFFF_FFFF) as f64 / f64::from(u32::MAX);
    even(bits) - even(bits >> 32)
}

/// SplitMix64's output function (Steele, Lea, Flood, OOPSLA 2014).
fn scrambled(x: u64) -> u64 {
    let x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}
