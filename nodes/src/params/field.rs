//! The types that a parameter can have: quantities, words, switches, files, lists and groups.

use super::{Kind, ParamError, ParamInfo, Params, Value};
use crate::unit;
use std::fmt;

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
#[derive(Clone, Copy, Debug, Default, PartialEq)]
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
#[derive(Clone, Debug, Default, PartialEq)]
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
