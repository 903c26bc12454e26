//! One declaration for each set of parameters: [`params!`](crate::params) makes the struct, its defaults, its written form,
//! its description, and how a script sets it, with range, unit and spelling checked.

use crate::unit::{self, Unit, written};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
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
    /// Made by [`params!`](crate::params).
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

    fn kind_error(&self, value: &Value) -> ParamError {
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
    /// Made by [`params!`](crate::params).
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

/// A type that a parameter can have.
pub trait Field: Clone + PartialEq + fmt::Debug {
    /// What it takes.
    const KIND: Kind;

    /// Sets it from a given value.
    ///
    /// # Errors
    /// If the value does not fit.
    fn set(&mut self, value: &Value, info: &ParamInfo) -> Result<(), ParamError>;

    /// The value that it has.
    fn get(&self) -> Value;

    /// For groups: sets the member called `name`, if there is one.
    fn offer(&mut self, _name: &str, _value: &Value) -> Option<Result<(), ParamError>> {
        None
    }

    /// Sets the number at a place, as a curve does: without a check.
    fn poke(&mut self, _place: &[usize], _value: f64) {}

    /// Whether all that is fixed is the same in both. `fixed` says whether the parameter itself is.
    fn alike(&self, other: &Self, fixed: bool) -> bool {
        !fixed || self == other
    }
}

macro_rules! number_fields {
    ($($name:ident)*) => {$(
        impl Field for unit::$name {
            const KIND: Kind = Kind::Number(unit::$name::UNIT);
            fn set(&mut self, value: &Value, info: &ParamInfo) -> Result<(), ParamError> {
                self.0 = info.number(value)?;
                Ok(())
            }
            fn get(&self) -> Value {
                Value::Number(self.0, Self::UNIT)
            }
            fn poke(&mut self, _: &[usize], value: f64) {
                self.0 = value;
            }
        }

        impl Field for Auto<unit::$name> {
            const KIND: Kind = Kind::Auto(unit::$name::UNIT);
            fn set(&mut self, value: &Value, info: &ParamInfo) -> Result<(), ParamError> {
                self.0 = match value {
                    Value::Text(word) if word == "auto" => None,
                    _ => Some(unit::$name(info.number(value)?)),
                };
                Ok(())
            }
            fn get(&self) -> Value {
                match self.0 {
                    None => Value::Text("auto".to_owned()),
                    Some(value) => Value::Number(value.0, unit::$name::UNIT),
                }
            }
            fn poke(&mut self, _: &[usize], value: f64) {
                self.0 = Some(unit::$name(value));
            }
        }

        impl From<f64> for Auto<unit::$name> {
            fn from(value: f64) -> Self {
                Auto(Some(unit::$name(value)))
            }
        }

        impl Field for Vec<unit::$name> {
            const KIND: Kind = Kind::Numbers(unit::$name::UNIT);
            fn set(&mut self, value: &Value, info: &ParamInfo) -> Result<(), ParamError> {
                let Value::List(list) = value else {
                    return Err(info.kind_error(value));
                };
                *self = list
                    .iter()
                    .enumerate()
                    .map(|(index, value)| info.number(value).map(unit::$name).map_err(|inner| {
                        ParamError::Entry { param: info.name, index, inner: Box::new(inner) }
                    }))
                    .collect::<Result<_, _>>()?;
                Ok(())
            }
            fn get(&self) -> Value {
                Value::List(self.iter().map(|value| Value::Number(value.0, unit::$name::UNIT)).collect())
            }
        }
    )*};
}

number_fields! { Db Dbtp Lufs Lu Hz Ms Seconds Ratio Q Percent Pan Slope Bpm Plain }

/// A quantity that is given or found by the effect itself (the word `"auto"`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Auto<T>(pub Option<T>);

impl Field for bool {
    const KIND: Kind = Kind::Switch;
    fn set(&mut self, value: &Value, info: &ParamInfo) -> Result<(), ParamError> {
        let Value::Switch(on) = value else {
            return Err(info.kind_error(value));
        };
        *self = *on;
        Ok(())
    }
    fn get(&self) -> Value {
        Value::Switch(*self)
    }
}

/// The name of an audio file that an effect hears.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct File(pub String);

impl From<&str> for File {
    fn from(name: &str) -> Self {
        File(name.to_owned())
    }
}

impl Field for File {
    const KIND: Kind = Kind::File;
    fn set(&mut self, value: &Value, info: &ParamInfo) -> Result<(), ParamError> {
        match value {
            Value::Text(name) if !name.is_empty() => self.0.clone_from(name),
            _ => return Err(info.kind_error(value)),
        }
        Ok(())
    }
    fn get(&self) -> Value {
        Value::Text(self.0.clone())
    }
}

/// Sets a parameter that is one of several words; used by [`choice!`](crate::choice).
///
/// # Errors
/// If the value is no such word.
pub fn choose<T>(
    value: &Value,
    info: &ParamInfo,
    known: &'static [&'static str],
    find: impl Fn(&str) -> Option<T>,
) -> Result<T, ParamError> {
    let Value::Text(word) = value else {
        return Err(info.kind_error(value));
    };
    find(word).ok_or_else(|| ParamError::Choice { param: info.name, given: word.clone(), known })
}

impl<T: Params> Field for Vec<T> {
    const KIND: Kind = Kind::List(T::INFO);

    fn set(&mut self, value: &Value, info: &ParamInfo) -> Result<(), ParamError> {
        let Value::List(list) = value else {
            return Err(info.kind_error(value));
        };
        if !(info.min..=info.max).contains(&(list.len() as f64)) {
            let (min, max) = (info.min as usize, info.max as usize);
            return Err(ParamError::Count { param: info.name, given: list.len(), min, max });
        }
        *self = list
            .iter()
            .enumerate()
            .map(|(index, entry)| {
                T::from_value(entry, info).map_err(|inner| ParamError::Entry {
                    param: info.name,
                    index,
                    inner: Box::new(inner),
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(())
    }

    fn get(&self) -> Value {
        Value::List(self.iter().map(|entry| Value::Map(entry.entries())).collect())
    }

    fn poke(&mut self, place: &[usize], value: f64) {
        if let Some((entry, rest)) = place.split_first().and_then(|(&i, rest)| Some((self.get_mut(i)?, rest)))
        {
            entry.poke(rest, value);
        }
    }

    fn alike(&self, other: &Self, fixed: bool) -> bool {
        if fixed {
            self == other
        } else {
            self.len() == other.len() && self.iter().zip(other).all(|(a, b)| a.alike(b))
        }
    }
}

/// A set of parameters, made by [`params!`](crate::params).
pub trait Params:
    Clone + Default + PartialEq + fmt::Debug + Send + Sync + Serialize + DeserializeOwned + 'static
{
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

/// Declares a set of parameters.
///
/// ```
/// use mixwright_nodes::{params, unit::{Db, Ms}, params::Params};
///
/// params! {
///     /// Turns down what is louder than a threshold.
///     pub struct Squash = "squash"(threshold) {
///         /// Level above which gain is reduced.
///         threshold: Db = -18.0 in -60.0..=0.0,
///         /// Hears this much ahead.
///         fixed lookahead: Ms = 0.0 in 0.0..=20.0,
///     }
/// }
///
/// assert_eq!(Squash::default().threshold, Db(-18.0));
/// assert_eq!(Squash::INFO.names(), ["threshold", "lookahead"]);
/// ```
///
/// A field is a quantity with a default and a range, `bool`, a [`choice!`](crate::choice) or a [`File`] with a default,
/// an [`Auto`] quantity, a list (`[Band] in 0..=16`), or another such set whose names join these (no default).
#[macro_export]
macro_rules! params {
    ($(#[doc = $doc:literal])* pub struct $name:ident = $word:literal $(($($pos:ident),* $(,)?))? { $($body:tt)* }) => {
        $crate::params!(@fields [$($doc)*] $name $word [$($($pos)*)?] [] $($body)*);
    };
    (@fields $d:tt $n:ident $w:literal $p:tt [$($done:tt)*] $(#[doc = $doc:literal])* fixed $f:ident : $($rest:tt)*) => {
        $crate::params!(@value $d $n $w $p [$($done)*] [[$($doc)*] true $f] $($rest)*);
    };
    (@fields $d:tt $n:ident $w:literal $p:tt [$($done:tt)*] $(#[doc = $doc:literal])* $f:ident : $($rest:tt)*) => {
        $crate::params!(@value $d $n $w $p [$($done)*] [[$($doc)*] false $f] $($rest)*);
    };
    (@value $d:tt $n:ident $w:literal $p:tt [$($done:tt)*] [$doc:tt $fixed:tt $f:ident] [$elem:ident] in $min:literal ..= $max:literal, $($rest:tt)*) => {
        $crate::params!(@fields $d $n $w $p [$($done)* {$doc $fixed $f (Vec<$elem>) (Vec::new()) $min $max}] $($rest)*);
    };
    (@value $d:tt $n:ident $w:literal $p:tt [$($done:tt)*] [$doc:tt $fixed:tt $f:ident] $ty:ty = $default:literal in $min:literal ..= $max:literal, $($rest:tt)*) => {
        $crate::params!(@fields $d $n $w $p [$($done)* {$doc $fixed $f ($ty) (<$ty>::from($default)) $min $max}] $($rest)*);
    };
    (@value $d:tt $n:ident $w:literal $p:tt [$($done:tt)*] [$doc:tt $fixed:tt $f:ident] $ty:ty = auto in $min:literal ..= $max:literal, $($rest:tt)*) => {
        $crate::params!(@fields $d $n $w $p [$($done)* {$doc $fixed $f ($ty) (<$ty>::default()) $min $max}] $($rest)*);
    };
    (@value $d:tt $n:ident $w:literal $p:tt [$($done:tt)*] [$doc:tt $fixed:tt $f:ident] $ty:ty = $default:expr, $($rest:tt)*) => {
        $crate::params!(@fields $d $n $w $p [$($done)* {$doc $fixed $f ($ty) (<$ty>::from($default)) 0 0}] $($rest)*);
    };
    (@value $d:tt $n:ident $w:literal $p:tt [$($done:tt)*] [$doc:tt $fixed:tt $f:ident] $ty:ty, $($rest:tt)*) => {
        $crate::params!(@fields $d $n $w $p [$($done)* {$doc $fixed $f ($ty) (<$ty>::default()) 0 0}] $($rest)*);
    };
    (@fields [$($d:literal)*] $n:ident $w:literal [$($p:ident)*]
        [$({[$($doc:literal)*] $fixed:tt $f:ident ($ty:ty) ($default:expr) $min:literal $max:literal})*]) => {
        $(#[doc = $d])*
        #[derive(Clone, Debug, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $n { $($(#[doc = $doc])* pub $f: $ty,)* }

        impl ::core::default::Default for $n {
            fn default() -> Self {
                Self { $($f: $default,)* }
            }
        }

        impl $crate::params::Params for $n {
            const INFO: &'static $crate::params::ParamsInfo = &$crate::params::ParamsInfo::new(
                $w,
                concat!($($d, "\n"),*),
                &[$($crate::params::ParamInfo::new(
                    stringify!($f),
                    concat!($($doc, "\n"),*),
                    <$ty as $crate::params::Field>::KIND,
                    ($min as f64, $max as f64),
                    $fixed,
                )),*],
                &[$(stringify!($p)),*],
            );

            fn set(&mut self, name: &str, value: &$crate::params::Value) -> Result<(), $crate::params::ParamError> {
                let mut _infos = Self::INFO.params.iter();
                $({
                    let info = _infos.next().expect("there is one description for each field");
                    let group = matches!(info.kind, $crate::params::Kind::Group(_));
                    if !group && name == stringify!($f) {
                        return $crate::params::Field::set(&mut self.$f, value, info);
                    }
                    if let Some(done) = $crate::params::Field::offer(&mut self.$f, name, value) {
                        return done;
                    }
                })*
                let _ = value;
                let known = Self::INFO.names();
                Err($crate::params::ParamError::Unknown { name: name.to_owned(), of: Self::INFO.name, known })
            }

            fn entries(&self) -> Vec<(String, $crate::params::Value)> {
                #[allow(unused_mut, reason = "a set may have no parameter")]
                let mut all = Vec::new();
                $(match ($crate::params::Field::get(&self.$f), <$ty as $crate::params::Field>::KIND) {
                    ($crate::params::Value::Map(inner), $crate::params::Kind::Group(_)) => all.extend(inner),
                    (value, _) => all.push((stringify!($f).to_owned(), value)),
                })*
                all
            }

            fn poke(&mut self, place: &[usize], value: f64) {
                let Some((&_head, _rest)) = place.split_first() else { return };
                let mut _index = 0;
                $(
                    if _head == _index {
                        return $crate::params::Field::poke(&mut self.$f, _rest, value);
                    }
                    _index += 1;
                )*
                let _ = value;
            }

            fn alike(&self, other: &Self) -> bool {
                let _ = other;
                true $(&& $crate::params::Field::alike(&self.$f, &other.$f, $fixed))*
            }
        }

        impl $crate::params::Field for $n {
            const KIND: $crate::params::Kind = $crate::params::Kind::Group(<$n as $crate::params::Params>::INFO);

            fn set(&mut self, value: &$crate::params::Value, info: &$crate::params::ParamInfo) -> Result<(), $crate::params::ParamError> {
                *self = <Self as $crate::params::Params>::from_value(value, info)?;
                Ok(())
            }

            fn get(&self) -> $crate::params::Value {
                $crate::params::Value::Map($crate::params::Params::entries(self))
            }

            fn offer(&mut self, name: &str, value: &$crate::params::Value) -> Option<Result<(), $crate::params::ParamError>> {
                <Self as $crate::params::Params>::INFO
                    .names()
                    .contains(&name)
                    .then(|| $crate::params::Params::set(self, name, value))
            }

            fn poke(&mut self, place: &[usize], value: f64) {
                $crate::params::Params::poke(self, place, value);
            }

            fn alike(&self, other: &Self, fixed: bool) -> bool {
                if fixed { self == other } else { $crate::params::Params::alike(self, other) }
            }
        }
    };
}

/// Declares a parameter that is one of several words; the first is the default.
#[macro_export]
macro_rules! choice {
    ($(#[doc = $doc:literal])* pub enum $name:ident { $($(#[doc = $d:literal])* $variant:ident = $word:literal,)* }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ::serde::Serialize, ::serde::Deserialize)]
        pub enum $name { $($(#[doc = $d])* #[serde(rename = $word)] $variant,)* }

        impl $name {
            /// The words, in order.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word for it.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// What a word stands for.
            pub fn named(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl $crate::params::Field for $name {
            const KIND: $crate::params::Kind = $crate::params::Kind::Choice($name::WORDS);
            fn set(&mut self, value: &$crate::params::Value, info: &$crate::params::ParamInfo) -> Result<(), $crate::params::ParamError> {
                *self = $crate::params::choose(value, info, Self::WORDS, Self::named)?;
                Ok(())
            }
            fn get(&self) -> $crate::params::Value {
                $crate::params::Value::Text(self.word().to_owned())
            }
        }
    };
}
