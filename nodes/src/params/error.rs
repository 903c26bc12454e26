//! Why a value was refused, in words for its author, and what to do about it.

use super::quoted;
use crate::unit::{Unit, written};

/// Why a value was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ParamError {
    /// There is no such parameter.
    #[error("`{of}` has no parameter `{name}`")]
    Unknown {
        /// The name that was given.
        name: String,
        /// What it was given to.
        of: &'static str,
        /// The names that there are.
        known: Vec<&'static str>,
    },
    /// The unit measures something else.
    #[error("`{param}` is measured in {}, not in {}", unit_words(*wanted), unit_words(*given))]
    Unit {
        /// The parameter.
        param: &'static str,
        /// The unit of the value.
        given: Unit,
        /// The unit of the parameter.
        wanted: Unit,
    },
    /// The number is too small or too large.
    #[error("`{param}` is {}, but must lie between {} and {}", written(*given, *unit), written(*min, *unit), written(*max, *unit))]
    Range {
        /// The parameter.
        param: &'static str,
        /// The number in the parameter's unit.
        given: f64,
        /// The smallest that is allowed.
        min: f64,
        /// The largest that is allowed.
        max: f64,
        /// The parameter's unit.
        unit: Unit,
    },
    /// A number where a word is wanted, and the like.
    #[error("`{param}` takes {wanted}, not {given}")]
    Kind {
        /// The parameter.
        param: &'static str,
        /// What was given.
        given: String,
        /// What it takes.
        wanted: String,
    },
    /// There is no such word to choose.
    #[error("`{param}` cannot be \"{given}\"")]
    Choice {
        /// The parameter.
        param: &'static str,
        /// The word that was given.
        given: String,
        /// The words that there are.
        known: &'static [&'static str],
    },
    /// Too few or too many entries.
    #[error("`{param}` has {given} entries, but takes {min} to {max}")]
    Count {
        /// The parameter.
        param: &'static str,
        /// How many were given.
        given: usize,
        /// The fewest.
        min: usize,
        /// The most.
        max: usize,
    },
    /// An entry of a list is wrong.
    #[error("entry {} of `{param}`: {inner}", index + 1)]
    Entry {
        /// The list.
        param: &'static str,
        /// Which entry, from 0.
        index: usize,
        /// What is wrong with it.
        inner: Box<ParamError>,
    },
}

fn unit_words(unit: Unit) -> &'static str {
    match unit {
        Unit::Q | Unit::Plain => "plain numbers",
        Unit::Ratio => "a plain ratio",
        _ => unit.symbol(),
    }
}

impl ParamError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            ParamError::Unknown { name, known, .. } => Some(match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known: {}", quoted(known)),
            }),
            ParamError::Unit { param, wanted, .. } => {
                Some(format!("write for example `{param}: {}`", wanted.example()))
            }
            ParamError::Choice { given, known, .. } => Some(match nearest(given, known.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("known: {}", quoted(known)),
            }),
            ParamError::Entry { inner, .. } => inner.hint(),
            ParamError::Range { .. } | ParamError::Kind { .. } | ParamError::Count { .. } => None,
        }
    }
}

/// The known name that is most like `name`, if any is like it at all.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&name, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= 1.max(candidate.len().max(name.len()) / 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
