//! One declaration for each set of parameters: [`params!`](macro@crate::params) makes the struct, its defaults, its
//! description, and how a script or a written song sets it, with range, unit and spelling checked.

mod declare;
mod error;
mod field;
pub(crate) mod written;

pub use error::{ParamError, nearest};
pub use field::{Auto, Field, File, choose};

use crate::unit::{Unit, written};
use std::fmt;

/// A value given for a parameter, in a script or on the command line.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number with its unit; [`Unit::Plain`] for a bare number, which takes the unit of the parameter.
    Number(f64, Unit),
    /// `true` or `false`.
    Switch(bool),
    /// A word or a file's name.
    Text(String),
    /// Several values.
    List(Vec<Value>),
    /// Named values, in the order in which they were given.
    Map(Vec<(String, Value)>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(value, unit) => f.write_str(&written(*value, *unit)),
            Value::Switch(on) => write!(f, "{on}"),
            Value::Text(text) => write!(f, "\"{text}\""),
            Value::List(list) => write!(f, "a list of {}", list.len()),
            Value::Map(_) => f.write_str("a map"),
        }
    }
}

/// What kind of value a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A number in a unit.
    Number(Unit),
    /// A number in a unit, or the word `"auto"`.
    Auto(Unit),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Switch,
    /// The name of an audio file.
    File,
    /// A list of numbers in a unit.
    Numbers(Unit),
    /// A list of parameter sets.
    List(&'static ParamsInfo),
    /// A set of parameters that several effects share; its names stand among the effect's own.
    Group(&'static ParamsInfo),
}

/// The description of a parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParamInfo {
    /// Its name in scripts, RON and messages.
    pub name: &'static str,
    doc: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// The smallest value (for lists: the fewest entries).
    pub min: f64,
    /// The largest value (for lists: the most entries).
    pub max: f64,
    /// Whether it is set once and takes no curve.
    pub fixed: bool,
}

impl ParamInfo {
    /// Made by [`params!`](macro@crate::params).
    pub const fn new(
        name: &'static str,
        doc: &'static str,
        kind: Kind,
        range: (f64, f64),
        fixed: bool,
    ) -> Self {
        ParamInfo { name, doc, kind, min: range.0, max: range.1, fixed }
    }

    /// One sentence on what it does.
    pub fn doc(&self) -> &'static str {
        self.doc.trim()
    }

    /// Whether a curve may move it.
    pub fn moves(&self) -> bool {
        !self.fixed && matches!(self.kind, Kind::Number(_) | Kind::Auto(_))
    }

    /// The unit of its number or numbers, if it has any.
    pub fn unit(&self) -> Option<Unit> {
        match self.kind {
            Kind::Number(unit) | Kind::Auto(unit) | Kind::Numbers(unit) => Some(unit),
            _ => None,
        }
    }

    /// Turns a value into a number in the parameter's unit, within its range.
    ///
    /// # Errors
    /// If it is no number, has a unit that measures something else, or is out of range.
    pub fn number(&self, value: &Value) -> Result<f64, ParamError> {
        let unit = self.unit().unwrap_or(Unit::Plain);
        let Value::Number(given, given_unit) = value else {
            return Err(self.kind_error(value));
        };
        let Some(factor) = given_unit.factor_to(unit) else {
            return Err(ParamError::Unit { param: self.name, given: *given_unit, wanted: unit });
        };
        let number = given * factor;
        if number.is_finite() && (self.min..=self.max).contains(&number) {
            Ok(number)
        } else {
            Err(ParamError::Range { param: self.name, given: number, min: self.min, max: self.max, unit })
        }
    }

    pub(super) fn kind_error(&self, value: &Value) -> ParamError {
        ParamError::Kind { param: self.name, given: value.to_string(), wanted: self.wanted() }
    }

    /// What it takes, in words.
    pub fn wanted(&self) -> String {
        match self.kind {
            Kind::Number(unit) => format!("a number such as `{}`", unit.example()),
            Kind::Auto(unit) => format!("a number such as `{}`, or \"auto\"", unit.example()),
            Kind::Choice(words) => format!("one of {}", quoted(words)),
            Kind::Switch => "`true` or `false`".to_owned(),
            Kind::File => "the name of an audio file".to_owned(),
            Kind::Numbers(unit) => format!("a list of numbers such as `[{}]`", unit.example()),
            Kind::List(info) => format!("a list of maps with {}", quoted(&info.names())),
            Kind::Group(_) => "a map".to_owned(),
        }
    }
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// The description of a set of parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParamsInfo {
    /// The word that a script calls it by.
    pub name: &'static str,
    doc: &'static str,
    /// Its parameters in declared order.
    pub params: &'static [ParamInfo],
    /// Those that may be given without their names, in order.
    pub positional: &'static [&'static str],
}

impl ParamsInfo {
    /// Made by [`params!`](macro@crate::params).
    pub const fn new(
        name: &'static str,
        doc: &'static str,
        params: &'static [ParamInfo],
        positional: &'static [&'static str],
    ) -> Self {
        ParamsInfo { name, doc, params, positional }
    }

    /// What it is, in the words of its declaration.
    pub fn doc(&self) -> &'static str {
        self.doc.trim()
    }

    /// All parameters as a script sees them: those of groups stand among the others.
    pub fn flat(&self) -> Vec<&'static ParamInfo> {
        let mut all = Vec::new();
        for param in self.params {
            match param.kind {
                Kind::Group(inner) => all.extend(inner.flat()),
                _ => all.push(param),
            }
        }
        all
    }

    /// The names of [`Self::flat`].
    pub fn names(&self) -> Vec<&'static str> {
        self.flat().iter().map(|param| param.name).collect()
    }

    /// Finds a parameter by its path (`threshold`, `bands/2/gain`): its description and its place.
    pub fn find(&self, path: &str) -> Option<(&'static ParamInfo, Vec<usize>)> {
        let (head, rest) = path.split_once('/').map_or((path, None), |(head, rest)| (head, Some(rest)));
        for (i, param) in self.params.iter().enumerate() {
            let found = match (param.kind, rest) {
                (Kind::Group(inner), _) => inner.find(path),
                (Kind::List(inner), Some(rest)) if param.name == head => within(inner, rest),
                (_, None) if param.name == head => Some((param, Vec::new())),
                _ => None,
            };
            if let Some((info, mut place)) = found {
                place.insert(0, i);
                return Some((info, place));
            }
        }
        None
    }
}

fn within(list: &'static ParamsInfo, path: &str) -> Option<(&'static ParamInfo, Vec<usize>)> {
    let (index, rest) = path.split_once('/')?;
    let (info, mut place) = list.find(rest)?;
    place.insert(0, index.parse().ok()?);
    Some((info, place))
}

/// A set of parameters, made by [`params!`](macro@crate::params).
pub trait Params: Clone + Default + PartialEq + fmt::Debug + Send + Sync + 'static {
    /// Its description.
    const INFO: &'static ParamsInfo;

    /// Sets one parameter by its name.
    ///
    /// # Errors
    /// If there is no such parameter or the value does not fit.
    fn set(&mut self, name: &str, value: &Value) -> Result<(), ParamError>;

    /// The parameters of the set itself with their values; those of groups stand among the others.
    fn entries(&self) -> Vec<(String, Value)>;

    /// Sets the number at a place found by [`ParamsInfo::find`], as a curve does: without a check.
    fn poke(&mut self, place: &[usize], value: f64);

    /// Whether all that is fixed is the same in both, so that one kernel can serve both.
    fn alike(&self, other: &Self) -> bool;

    /// A set from a map of values.
    ///
    /// # Errors
    /// If it is no map, or at the first entry that does not fit.
    fn from_value(value: &Value, info: &ParamInfo) -> Result<Self, ParamError> {
        let Value::Map(entries) = value else {
            return Err(info.kind_error(value));
        };
        let mut made = Self::default();
        for (name, value) in entries {
            made.set(name, value)?;
        }
        Ok(made)
    }
}
