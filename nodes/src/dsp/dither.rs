//! Rounding to whole numbers of 16 or 24 bits with TPDF dither: triangular noise of two steps makes the error a constant
//! hiss that knows nothing of the music (Lipshitz, Wannamaker, Vanderkooy, "Quantization and Dither", JAES 40, 1992).
//!
//! The noise is a function of seed, frame and channel alone, so any part of a file can be made by itself. Everything is
//! dithered, silence too: a hiss that comes and goes is heard, one that stays is not.

use crate::for_every_cpu;

/// The whole numbers that a file keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Depth {
    /// 16 bits, as on a CD.
    Bits16,
    /// 24 bits.
    Bits24,
}

impl Depth {
    /// Its number of bits.
    pub fn bits(self) -> u32 {
        match self {
            Depth::Bits16 => 16,
            Depth::Bits24 => 24,
        }
    }
}

/// Rounds one channel of a signal.
#[derive(Clone, Copy, Debug)]
pub struct Dither {
    depth: Depth,
    seed: u64,
}

impl Dither {
    /// For one channel of one file: another seed or channel gives noise that has nothing to do with it.
    pub fn new(depth: Depth, seed: u64, channel: u32) -> Self {
        Dither { depth, seed: mix(seed ^ mix(u64::from(channel).wrapping_add(WEYL))) }
    }

    /// The whole numbers for samples of which the first is the file's frame `at`; levels beyond full scale are clamped.
    pub fn quantise(&self, at: u64, samples: &[f32], out: &mut [i32]) {
        quantise(self, at, samples, out);
    }

    /// Triangular noise between -1 and 1: the difference of two even ones.
    #[inline(always)]
    fn noise(&self, frame: u64) -> f64 {
        let bits = mix(self.seed.wrapping_add(frame.wrapping_mul(WEYL)));
        let (high, low) = ((bits >> 32) as u32, bits as u32);
        (f64::from(high) - f64::from(low)) / 4_294_967_296.0
    }
}

for_every_cpu! {
    fn quantise(dither: &Dither, at: u64, samples: &[f32], out: &mut [i32]) {
        let full = f64::from(1_i32 << (dither.depth.bits() - 1));
        for (i, (x, out)) in samples.iter().zip(out).enumerate() {
            let noisy = f64::from(*x) * full + dither.noise(at + i as u64);
            *out = (noisy + 0.5).floor().clamp(-full, full - 1.0) as i32;
        }
    }
}

const WEYL: u64 = 0x9e37_79b9_7f4a_7c15;

/// Mixes all bits with all others (SplitMix64: Steele, Lea, Flood, OOPSLA 2014).
#[inline(always)]
fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::spectrum;

    const N: usize = 1 << 16;

    fn quantised(
        depth: Depth,
        seed: u64,
        channel: u32,
        signal: impl Fn(usize) -> f64,
    ) -> (Vec<f32>, Vec<i32>) {
        let samples: Vec<f32> = (0..N).map(|n| signal(n) as f32).collect();
        let mut out = vec![0; N];
        Dither::new(depth, seed, channel).quantise(0, &samples, &mut out);
        (samples, out)
    }

    fn error(depth: Depth, (samples, out): &(Vec<f32>, Vec<i32>)) -> Vec<f64> {
        let full = f64::from(1 << (depth.bits() - 1));
        samples.iter().zip(out).map(|(x, q)| f64::from(*q) / full - f64::from(*x)).collect()
    }

    fn rms_decibels(x: &[f64]) -> f64 {
        10.0 * libm::log10(x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64)
    }

    #[test]
    fn the_error_is_half_a_step_whatever_the_signal() {
        // Rounding has 1/12 of a step squared, the dither 2/12: half a step together, -96.33 dBFS at 16 bits.
        for (depth, wanted) in [(Depth::Bits16, -96.33), (Depth::Bits24, -144.49)] {
            for amplitude in [0.0, 1e-5, 0.4] {
                let made = quantised(depth, 1, 0, |n| amplitude * libm::sin(n as f64 * 0.031));
                let level = rms_decibels(&error(depth, &made));
                assert!((level - wanted).abs() < 0.1, "{level} dB at {} bits", depth.bits());
            }
        }
    }

    #[test]
    fn a_tone_under_one_step_is_kept_and_makes_no_harmonics() {
        let bin = 1_021;
        let amplitude = 0.4 / 32_768.0;
        let angle = |n: usize| std::f64::consts::TAU * (bin * n % N) as f64 / N as f64;
        let (_, out) = quantised(Depth::Bits16, 5, 0, |n| amplitude * libm::sin(angle(n)));
        let bins = spectrum(out.iter().map(|q| f64::from(*q)));
        let level = |bin: usize| 20.0 * libm::log10(bins[bin].norm() * 2.0 / N as f64 / 0.4);
        assert!(level(bin).abs() < 0.2, "{}", level(bin));
        for harmonic in 2..8 {
            assert!(level(harmonic * bin) < -28.0, "harmonic {harmonic}: {}", level(harmonic * bin));
        }
    }

    #[test]
    fn the_hiss_is_white() {
        let (_, out) = quantised(Depth::Bits16, 9, 1, |_| 0.0);
        let bins = spectrum(out.iter().map(|q| f64::from(*q)));
        let bands: Vec<f64> = bins[..N / 2]
            .chunks(N / 16)
            .map(|band| {
                10.0 * libm::log10(band.iter().map(|bin| bin.norm_sqr()).sum::<f64>() / band.len() as f64)
            })
            .collect();
        let mean = bands.iter().sum::<f64>() / bands.len() as f64;
        assert!(bands.iter().all(|band| (band - mean).abs() < 0.3), "{bands:?}");
    }

    #[test]
    fn any_part_can_be_made_by_itself_and_channels_differ() {
        let (samples, whole) = quantised(Depth::Bits16, 3, 0, |n| 0.1 * libm::sin(n as f64));
        let mut part = vec![0; 100];
        Dither::new(Depth::Bits16, 3, 0).quantise(777, &samples[777..877], &mut part);
        assert_eq!(part, whole[777..877]);
        let (_, other) = quantised(Depth::Bits16, 3, 1, |n| 0.1 * libm::sin(n as f64));
        let (a, b): (Vec<f64>, Vec<f64>) = whole
            .iter()
            .zip(&other)
            .zip(&samples)
            .map(|((a, b), x)| {
                (f64::from(*a) - f64::from(*x) * 32_768.0, f64::from(*b) - f64::from(*x) * 32_768.0)
            })
            .unzip();
        let product: f64 = a.iter().zip(&b).map(|(a, b)| a * b).sum::<f64>() / N as f64;
        assert!(product.abs() < 0.01, "{product}");
    }

    #[test]
    fn full_scale_is_clamped() {
        let mut out = [0; 4];
        Dither::new(Depth::Bits24, 1, 0).quantise(0, &[1.5, 1.0, -1.0, -7.0], &mut out);
        assert!(out[0] == 8_388_607 && out[1] >= 8_388_605 && out[2] <= -8_388_606 && out[3] == -8_388_608);
    }
}
