//! What meters and effects read of signals, by the fingerprints of the nodes: what a report needs of strips that are not run.

use crate::fingerprint::Fingerprint;
use mixwright_nodes::{
    effect::Reading,
    meter::strips::StripReading,
    unit::{Db, Lufs},
};
use std::collections::{BTreeMap, BTreeSet};

/// Readings of effects, and of strips after their faders.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Readings {
    pub(crate) effects: BTreeMap<Fingerprint, Reading>,
    pub(crate) strips: BTreeMap<Fingerprint, StripReading>,
}

/// A number that is not there.
const NONE: f64 = f64::NAN;

impl Readings {
    /// Takes all of others.
    pub(crate) fn add(&mut self, others: &Readings) {
        self.effects.extend(&others.effects);
        self.strips.extend(&others.strips);
    }

    /// Those of some nodes.
    pub(crate) fn of_these(&self, nodes: &BTreeSet<Fingerprint>) -> Readings {
        let effects = self.effects.iter().filter(|(print, _)| nodes.contains(print));
        let strips = self.strips.iter().filter(|(print, _)| nodes.contains(print));
        Readings {
            effects: effects.map(|(print, reading)| (*print, *reading)).collect(),
            strips: strips.map(|(print, reading)| (*print, *reading)).collect(),
        }
    }

    /// As bytes: how many effects, each with its reduction, then strips with loudness, peak and energy.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = (self.effects.len() as u32).to_le_bytes().to_vec();
        for (print, reading) in &self.effects {
            bytes.extend(print.0);
            bytes.extend(reading.reduction.unwrap_or(NONE).to_le_bytes());
        }
        for (print, reading) in &self.strips {
            bytes.extend(print.0);
            let loudness = reading.loudness.map_or(NONE, |loudness| loudness.0);
            for number in [loudness, reading.peak.0, reading.energy] {
                bytes.extend(number.to_le_bytes());
            }
        }
        bytes
    }

    /// Those that bytes tell of, if they are whole.
    pub(super) fn of(bytes: &[u8]) -> Option<Readings> {
        let (count, rest) = bytes.split_first_chunk::<4>()?;
        let (effects, strips) = rest.split_at_checked(u32::from_le_bytes(*count) as usize * 24)?;
        let effect = |row: &[u8; 24]| {
            let reduction = Some(number(row, 16)).filter(|reduction| !reduction.is_nan());
            (print(row), Reading { reduction })
        };
        let strip = |row: &[u8; 40]| {
            let loudness = Some(number(row, 16)).filter(|loudness| !loudness.is_nan()).map(Lufs);
            (print(row), StripReading { loudness, peak: Db(number(row, 24)), energy: number(row, 32) })
        };
        let (effects, (strips, [])) = (effects.as_chunks().0, strips.as_chunks()) else { return None };
        Some(Readings {
            effects: effects.iter().map(effect).collect(),
            strips: strips.iter().map(strip).collect(),
        })
    }
}

fn print(row: &[u8]) -> Fingerprint {
    Fingerprint(row[..16].try_into().expect("rows begin with a fingerprint"))
}

fn number(row: &[u8], at: usize) -> f64 {
    f64::from_le_bytes(row[at..at + 8].try_into().expect("eight bytes"))
}
