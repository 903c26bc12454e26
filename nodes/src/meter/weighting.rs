//! K weighting: the two filters of ITU-R BS.1770 that stand for the head and for the ear's deafness to lows.
//!
//! The recommendation prints coefficients for 48 kHz only. Those of other rates come from the analog prototypes behind
//! its table by the bilinear transform, which gives the table itself at 48 kHz (Mansbridge, Finn, Reiss, AES 132, 2012).

use crate::dsp::{
    matched::Biquad,
    math::{cos, gain, power, sin, tan},
};
use std::f64::consts::{PI, TAU};

/// The shelf and the high-pass behind it.
pub fn sections(rate: u32) -> [Biquad; 2] {
    let rate = f64::from(rate);
    [shelf(rate), high_pass(rate)]
}

/// What the recommendation prints for 48 kHz (BS.1770-5, annex 1, tables 1 and 2): the shelf and the high-pass.
const PRINTED: [Biquad; 2] = [
    Biquad {
        b: [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85],
        a: [-1.690_659_293_182_41, 0.732_480_774_215_85],
    },
    Biquad { b: [1.0, -2.0, 1.0], a: [-1.990_047_454_833_98, 0.990_072_250_366_21] },
];

/// The power that the weighting leaves of a frequency, as at 48 kHz whatever the rate.
pub fn power_at(frequency: f64) -> f64 {
    let angle = TAU * frequency.min(23_900.0) / 48_000.0;
    let power = |taps: [f64; 3]| {
        let re = taps[0] + taps[1] * cos(angle) + taps[2] * cos(2.0 * angle);
        let im = taps[1] * sin(angle) + taps[2] * sin(2.0 * angle);
        re * re + im * im
    };
    PRINTED.into_iter().map(|Biquad { b, a: [a1, a2] }| power(b) / power([1.0, a1, a2])).product()
}

fn shelf(rate: f64) -> Biquad {
    const FREQUENCY: f64 = 1_681.974_450_955_533;
    const GAIN: f64 = 3.999_843_853_973_347;
    const Q: f64 = 0.707_175_236_955_419_6;
    let k = tan(PI * FREQUENCY / rate);
    let high = gain(GAIN);
    let band = power(high, 0.499_666_774_154_541_6);
    let a0 = 1.0 + k / Q + k * k;
    Biquad {
        b: [
            (high + band * k / Q + k * k) / a0,
            2.0 * (k * k - high) / a0,
            (high - band * k / Q + k * k) / a0,
        ],
        a: [2.0 * (k * k - 1.0) / a0, (1.0 - k / Q + k * k) / a0],
    }
}

fn high_pass(rate: f64) -> Biquad {
    const FREQUENCY: f64 = 38.135_470_876_024_44;
    const Q: f64 = 0.500_327_037_323_877_3;
    let k = tan(PI * FREQUENCY / rate);
    let a0 = 1.0 + k / Q + k * k;
    // The table leaves this numerator unscaled.
    Biquad { b: [1.0, -2.0, 1.0], a: [2.0 * (k * k - 1.0) / a0, (1.0 - k / Q + k * k) / a0] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_table_of_the_recommendation_at_48_khz() {
        for (made, printed) in sections(48_000).iter().zip(PRINTED) {
            let taps = |biquad: &Biquad| [biquad.b.to_vec(), biquad.a.to_vec()].concat();
            for (made, printed) in taps(made).iter().zip(taps(&printed)) {
                assert!((made - printed).abs() < 1e-13, "{made} {printed}");
            }
        }
    }
}
