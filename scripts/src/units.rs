//! Numbers with their units, as a script writes them: `-6.db`, `4.5.khz`, `4.bars`, `35.left`.
//!
//! A unit is a property of a number, so the minus of `-6.db` belongs to the number and nothing is multiplied by hand.

use mixwright_engine::song::Length;
use mixwright_nodes::{
    params::Value,
    unit::{Unit, written},
};
use rhai::{Engine, FLOAT, INT};
use std::fmt;

/// A number in a unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quantity {
    /// The number.
    pub(crate) value: f64,
    /// Its unit.
    pub(crate) unit: Unit,
}

impl Quantity {
    /// The musical or plain time that it measures, if it measures one.
    pub(crate) fn length(self) -> Option<Length> {
        let none = Length::default();
        Some(match self.unit {
            Unit::Seconds => Length { seconds: self.value, ..none },
            Unit::Ms => Length { seconds: self.value / 1000.0, ..none },
            Unit::Beats => Length { beats: self.value, ..none },
            Unit::Bars => Length { bars: self.value, ..none },
            Unit::Samples => Length { samples: self.value, ..none },
            _ => return None,
        })
    }
}

impl From<Quantity> for Value {
    fn from(quantity: Quantity) -> Value {
        Value::Number(quantity.value, quantity.unit)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&written(self.value, self.unit))
    }
}

/// The words for units, what they stand for, and the factor to it.
pub(crate) const UNITS: &[(&str, Unit, f64)] = &[
    ("db", Unit::Db, 1.0),
    ("dbtp", Unit::Dbtp, 1.0),
    ("lufs", Unit::Lufs, 1.0),
    ("lu", Unit::Lu, 1.0),
    ("hz", Unit::Hz, 1.0),
    ("khz", Unit::Hz, 1000.0),
    ("ms", Unit::Ms, 1.0),
    ("s", Unit::Seconds, 1.0),
    ("min", Unit::Seconds, 60.0),
    ("samples", Unit::Samples, 1.0),
    ("beats", Unit::Beats, 1.0),
    ("bars", Unit::Bars, 1.0),
    ("bpm", Unit::Bpm, 1.0),
    ("percent", Unit::Percent, 1.0),
    ("left", Unit::Pan, -1.0),
    ("right", Unit::Pan, 1.0),
    ("ips", Unit::Ips, 1.0),
];

/// Makes each unit a property of whole and broken numbers.
pub(crate) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Quantity>("Quantity");
    for &(word, unit, factor) in UNITS {
        engine.register_get(word, move |n: &mut INT| Quantity { value: *n as f64 * factor, unit });
        engine.register_get(word, move |n: &mut FLOAT| Quantity { value: *n * factor, unit });
    }
    engine.register_fn("to_string", |q: &mut Quantity| q.to_string());
    engine.register_fn("to_debug", |q: &mut Quantity| q.to_string());
}

/// Reads a number with or without a unit, as RON and the command line write them: `-14 lufs`, `4.5.khz`, `3`, `4:1`.
pub(crate) fn parse(text: &str) -> Option<Quantity> {
    let text = text.trim();
    let digits = text.find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | '_')).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number = number.strip_suffix('.').filter(|_| !unit.is_empty()).unwrap_or(number);
    let number: f64 = number.replace('_', "").parse().ok()?;
    let (unit, factor) = match unit.trim().to_lowercase().as_str() {
        "" => (Unit::Plain, 1.0),
        "%" => (Unit::Percent, 1.0),
        ":1" => (Unit::Ratio, 1.0),
        word => UNITS.iter().find(|(known, ..)| *known == word).map(|(_, unit, factor)| (*unit, *factor))?,
    };
    number.is_finite().then_some(Quantity { value: number * factor, unit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_with_units_is_read() {
        let read = |text: &str| parse(text).map(|q| (q.value, q.unit));
        assert_eq!(read("-14 lufs"), Some((-14.0, Unit::Lufs)));
        assert_eq!(read("-14 LUFS"), Some((-14.0, Unit::Lufs)));
        assert_eq!(read("4.5.khz"), Some((4500.0, Unit::Hz)));
        assert_eq!(read("-11.lufs"), Some((-11.0, Unit::Lufs)));
        assert_eq!(read("35left"), Some((-35.0, Unit::Pan)));
        assert_eq!(read("3"), Some((3.0, Unit::Plain)));
        assert_eq!(read("4:1"), Some((4.0, Unit::Ratio)));
        assert_eq!(read(" 1_000 Hz "), Some((1000.0, Unit::Hz)));
        for wrong in ["", "db", "3 msec", "x 3 db", "nan", "inf", "é"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
