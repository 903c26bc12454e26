//! Pan laws: how loud a place between left and right is on either side.

use super::math;
use crate::choice;
use std::f64::consts::FRAC_PI_4;

choice! {
    /// How a mono signal is shared between left and right.
    pub enum PanLaw {
        /// -3 dB in the centre: equal power everywhere, for speakers in a room.
        Power = "power",
        /// -4.5 dB in the centre: half way between power and amplitude, in decibels.
        Compromise = "compromise",
        /// -6 dB in the centre along a squared sine: left and right sum to the same everywhere, for mono listening.
        Amplitude = "amplitude",
        /// -6 dB in the centre along straight lines.
        Linear = "linear",
        /// 0 dB in the centre; away from it, only the other side is turned down.
        Balance = "balance",
    }
}

impl PanLaw {
    /// The law of a song that names none.
    pub fn usual() -> PanLaw {
        PanLaw::Power
    }
}

/// The factors of left and right for a mono signal at a place from -1 (left) to 1 (right).
pub fn gains(law: PanLaw, place: f64) -> (f64, f64) {
    let place = place.clamp(-1.0, 1.0);
    // The sine law of Blumlein's coils; the others are made of it (Griesinger, "Stereo and surround panning in
    // practice", AES 112, 2002, for how they sound).
    let angle = FRAC_PI_4 * (1.0 + place);
    let (left, right) = match place {
        -1.0 => (1.0, 0.0),
        1.0 => (0.0, 1.0),
        _ => (math::cos(angle), math::sin(angle)),
    };
    match law {
        PanLaw::Power => (left, right),
        PanLaw::Compromise => (left * math::sqrt(left), right * math::sqrt(right)),
        PanLaw::Amplitude => (left * left, right * right),
        PanLaw::Linear => (0.5 - 0.5 * place, 0.5 + 0.5 * place),
        PanLaw::Balance => balance(place),
    }
}

/// The factors of the left and the right channel of a stereo signal for a place from -1 to 1: 1 in the centre.
pub fn balance(place: f64) -> (f64, f64) {
    ((1.0 - place).clamp(0.0, 1.0), (1.0 + place).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAWS: [PanLaw; 5] =
        [PanLaw::Power, PanLaw::Compromise, PanLaw::Amplitude, PanLaw::Linear, PanLaw::Balance];

    fn places() -> impl Iterator<Item = f64> {
        (-100..=100).map(|p| f64::from(p) / 100.0)
    }

    #[test]
    fn centres_are_where_their_names_say() {
        for (law, decibels) in LAWS.into_iter().zip([-3.01, -4.515, -6.02, -6.02, 0.0]) {
            let (left, right) = gains(law, 0.0);
            assert!((math::decibels(left) - decibels).abs() < 0.01, "{law:?}");
            assert!((left - right).abs() < 1e-15, "{law:?}");
        }
    }

    #[test]
    fn power_or_amplitude_is_the_same_everywhere() {
        for place in places() {
            let (left, right) = gains(PanLaw::Power, place);
            assert!((left * left + right * right - 1.0).abs() < 1e-14);
            for law in [PanLaw::Amplitude, PanLaw::Linear] {
                let (left, right) = gains(law, place);
                assert!((left + right - 1.0).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn sides_mirror_each_other_and_ends_are_silent() {
        for law in LAWS {
            for place in places() {
                let ((a, b), (c, d)) = (gains(law, place), gains(law, -place));
                assert!((a - d).abs() < 1e-15 && (b - c).abs() < 1e-15, "{law:?} at {place}");
            }
            assert_eq!(gains(law, -1.0), (1.0, 0.0));
            assert_eq!(gains(law, 1.0), (0.0, 1.0));
        }
    }

    #[test]
    fn laws_are_written_as_words() {
        for law in LAWS {
            let text = ron::to_string(&law).unwrap();
            assert_eq!(text, law.word());
            assert_eq!(ron::from_str::<PanLaw>(&text).unwrap(), law);
        }
    }
}
