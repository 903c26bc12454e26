//! Quantities with their units: the only place that converts between them.
//!
//! Every type is a newtype over `f64` in the unit that musicians speak. Conversions are named methods, so that a
//! signature says what it takes and no number changes its meaning on the way.

use crate::dsp::math;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, Neg, Sub};

/// A place or length in frames. Signed: what enters a node behind a look-ahead may lie before the song's start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Frames(pub i64);

impl Frames {
    /// The length in seconds at a rate.
    pub fn seconds(self, rate: u32) -> f64 {
        self.0 as f64 / f64::from(rate)
    }
}

impl Add for Frames {
    type Output = Frames;
    fn add(self, other: Frames) -> Frames {
        Frames(self.0 + other.0)
    }
}

impl Sub for Frames {
    type Output = Frames;
    fn sub(self, other: Frames) -> Frames {
        Frames(self.0 - other.0)
    }
}

impl Neg for Frames {
    type Output = Frames;
    fn neg(self) -> Frames {
        Frames(-self.0)
    }
}

/// How a parameter or a value given for it is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// A level or gain in decibels.
    Db,
    /// A true-peak level in decibels relative to full scale.
    Dbtp,
    /// A loudness in LUFS (ITU-R BS.1770).
    Lufs,
    /// A difference of loudness in LU.
    Lu,
    /// A frequency in hertz.
    Hz,
    /// A time in milliseconds.
    Ms,
    /// A time in seconds.
    Seconds,
    /// A musical length in beats.
    Beats,
    /// A musical length in bars.
    Bars,
    /// A length in frames of the song's rate.
    Samples,
    /// A ratio such as a compressor's 4 to 1.
    Ratio,
    /// The quality of a filter.
    Q,
    /// A share in percent.
    Percent,
    /// A place between left (-100) and right (100).
    Pan,
    /// The steepness of a filter in decibels an octave.
    Slope,
    /// A tempo in beats per minute.
    Bpm,
    /// A tape speed in inches per second.
    Ips,
    /// A plain number.
    Plain,
}

impl Unit {
    /// The unit as it is written behind a number in text for people.
    pub fn symbol(self) -> &'static str {
        match self {
            Unit::Db => "dB",
            Unit::Dbtp => "dBTP",
            Unit::Lufs => "LUFS",
            Unit::Lu => "LU",
            Unit::Hz => "Hz",
            Unit::Ms => "ms",
            Unit::Seconds => "s",
            Unit::Beats => "beats",
            Unit::Bars => "bars",
            Unit::Samples => "samples",
            Unit::Ratio => ": 1",
            Unit::Q | Unit::Plain => "",
            Unit::Percent => "%",
            Unit::Pan => "L/R",
            Unit::Slope => "dB/oct",
            Unit::Bpm => "bpm",
            Unit::Ips => "ips",
        }
    }

    /// An example of how a value in this unit is written in a script.
    pub fn example(self) -> &'static str {
        match self {
            Unit::Db => "-6.db",
            Unit::Dbtp => "-1.dbtp",
            Unit::Lufs => "-14.lufs",
            Unit::Lu => "3.lu",
            Unit::Hz => "440.hz",
            Unit::Ms => "30.ms",
            Unit::Seconds => "1.5.s",
            Unit::Beats => "0.75.beats",
            Unit::Bars => "4.bars",
            Unit::Samples => "64.samples",
            Unit::Ratio => "4",
            Unit::Q => "0.7",
            Unit::Percent => "50.percent",
            Unit::Pan => "35.left",
            Unit::Slope => "24",
            Unit::Bpm => "96.bpm",
            Unit::Ips => "15.ips",
            Unit::Plain => "1",
        }
    }

    /// The factor that turns a value in `self` into one in `wanted`, where both measure the same thing.
    pub fn factor_to(self, wanted: Unit) -> Option<f64> {
        match (self, wanted) {
            (a, b) if a == b => Some(1.0),
            (Unit::Seconds, Unit::Ms) => Some(1000.0),
            (Unit::Ms, Unit::Seconds) => Some(0.001),
            // The author who says `dB` for a peak or the step of a loudness means it.
            (Unit::Db, Unit::Dbtp | Unit::Lu) | (Unit::Lu, Unit::Db) => Some(1.0),
            (Unit::Plain, _) => Some(1.0),
            _ => None,
        }
    }
}

/// Writes a number in a unit for people: `-6 dB`, `4.5 kHz`, `35 left`, `4:1`.
pub fn written(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Hz if value >= 1000.0 => format!("{} kHz", trimmed(value / 1000.0)),
        Unit::Pan if value < 0.0 => format!("{} left", trimmed(-value)),
        Unit::Pan if value > 0.0 => format!("{} right", trimmed(value)),
        Unit::Pan => "centre".to_owned(),
        Unit::Ratio => format!("{}:1", trimmed(value)),
        Unit::Q | Unit::Plain => trimmed(value),
        Unit::Percent => format!("{} %", trimmed(value)),
        _ => format!("{} {}", trimmed(value), unit.symbol()),
    }
}

/// Writes a time of so many seconds as players show it: `1:02.345`.
pub fn clock(seconds: f64) -> String {
    let thousandths = (seconds * 1000.0).round() as u64;
    format!("{}:{:02}.{:03}", thousandths / 60_000, thousandths / 1000 % 60, thousandths % 1000)
}

fn trimmed(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

macro_rules! quantity {
    ($($(#[$doc:meta])* $name:ident: $unit:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub f64);

        impl $name {
            /// The unit that the number is in.
            pub const UNIT: Unit = Unit::$unit;
        }

        impl From<f64> for $name {
            fn from(value: f64) -> Self {
                Self(value)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&written(self.0, Self::UNIT))
            }
        }
    )*};
}

quantity! {
    /// A level or gain in decibels.
    Db: Db;
    /// A true-peak level in decibels.
    Dbtp: Dbtp;
    /// A loudness in LUFS.
    Lufs: Lufs;
    /// A difference of loudness in LU.
    Lu: Lu;
    /// A frequency in hertz.
    Hz: Hz;
    /// A time in milliseconds.
    Ms: Ms;
    /// A time in seconds.
    Seconds: Seconds;
    /// Input decibels for each output decibel.
    Ratio: Ratio;
    /// The quality of a filter.
    Q: Q;
    /// A share in percent.
    Percent: Percent;
    /// A place between left (-100) and right (100).
    Pan: Pan;
    /// The steepness of a filter in decibels an octave.
    Slope: Slope;
    /// A tempo in beats per minute.
    Bpm: Bpm;
    /// A plain number.
    Plain: Plain;
}

impl Db {
    /// The level that stands for silence.
    pub const OFF: Db = Db(-144.0);

    /// The factor that this many decibels multiply an amplitude with; 0 at [`Db::OFF`] and below.
    pub fn gain(self) -> f64 {
        if self.0 <= Db::OFF.0 { 0.0 } else { math::gain(self.0) }
    }

    /// The level of an amplitude, not below [`Db::OFF`].
    pub fn of(amplitude: f64) -> Db {
        Db(math::decibels(amplitude.max(1e-12)).max(Db::OFF.0))
    }
}

impl Dbtp {
    /// The amplitude at this peak level.
    pub fn gain(self) -> f64 {
        math::gain(self.0)
    }
}

impl Hz {
    /// The angle that one frame turns at this frequency, in radians.
    pub fn radians(self, rate: u32) -> f64 {
        std::f64::consts::TAU * self.0 / f64::from(rate)
    }
}

impl Ms {
    /// The nearest whole number of frames.
    pub fn frames(self, rate: u32) -> Frames {
        Seconds(self.0 / 1000.0).frames(rate)
    }

    /// The share of a step that a one-pole takes each frame to cover 63.2 % of it in this time: `1 - exp(-1/(t fs))`.
    pub fn share(self, rate: u32) -> f64 {
        math::share(self.0 / 1000.0, f64::from(rate))
    }
}

impl Seconds {
    /// The nearest whole number of frames.
    pub fn frames(self, rate: u32) -> Frames {
        Frames((self.0 * f64::from(rate)).round() as i64)
    }

    /// As [`Ms::share`].
    pub fn share(self, rate: u32) -> f64 {
        math::share(self.0, f64::from(rate))
    }
}

impl Percent {
    /// The share as a factor: 50 % is 0.5.
    pub fn factor(self) -> f64 {
        self.0 / 100.0
    }
}

impl Pan {
    /// The place as a number from -1 (left) to 1 (right).
    pub fn place(self) -> f64 {
        self.0 / 100.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decibels_and_factors_agree() {
        assert!((Db(-6.0).gain() - 0.501_187_233_627).abs() < 1e-12);
        assert_eq!(Db(0.0).gain(), 1.0);
        assert_eq!(Db::OFF.gain(), 0.0);
        assert!((Db::of(0.5).0 + 6.020_599_913_28).abs() < 1e-9);
    }

    #[test]
    fn text_for_people() {
        assert_eq!(Hz(4500.0).to_string(), "4.5 kHz");
        assert_eq!(Pan(-35.0).to_string(), "35 left");
        assert_eq!(Ratio(4.0).to_string(), "4:1");
        assert_eq!(Db(-0.0).to_string(), "0 dB");
    }
}
