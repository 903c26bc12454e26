//! Parameters as text, and back: each by its name, its value in the form that its kind has.
//!
//! Once for all sets, by their descriptions: code of its own for each set would be the most of what the engine compiles.
//! It knows no ranges: what is read is checked where it is set.

use super::{Kind, ParamError, ParamInfo, ParamsInfo, Value};
use crate::unit::Unit;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor},
    ser::{Error as _, SerializeStruct},
};
use std::fmt;

/// A value as a parameter of this kind writes it.
pub(crate) struct Written<'a>(pub Kind, pub &'a Value);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match (self.0, self.1) {
            (Kind::Number(_), Value::Number(number, _)) => to.serialize_f64(*number),
            (Kind::Auto(_), Value::Number(number, _)) => to.serialize_some(number),
            (Kind::Auto(_), Value::Text(_)) => to.serialize_none(),
            (Kind::Choice(words), Value::Text(text)) => match words.iter().position(|word| word == text) {
                Some(index) => to.serialize_unit_variant("Choice", index as u32, words[index]),
                None => Err(S::Error::custom(format!("there is no choice `{text}`"))),
            },
            (Kind::Switch, Value::Switch(on)) => to.serialize_bool(*on),
            (Kind::File, Value::Text(name)) => to.serialize_str(name),
            (Kind::Numbers(unit), Value::List(list)) => {
                to.collect_seq(list.iter().map(|value| Written(Kind::Number(unit), value)))
            }
            (Kind::List(info), Value::List(list)) => {
                to.collect_seq(list.iter().map(|value| Written(Kind::Group(info), value)))
            }
            (Kind::Group(info), Value::Map(entries)) => {
                let params = info.flat();
                let mut fields = to.serialize_struct(info.name, params.len())?;
                for (param, (_, value)) in params.iter().zip(entries) {
                    // A file that was not named is left out, as its author left it out.
                    if matches!(value, Value::Text(text) if text.is_empty()) {
                        fields.skip_field(param.name)?;
                    } else {
                        fields.serialize_field(param.name, &Written(param.kind, value))?;
                    }
                }
                fields.end()
            }
            (_, value) => Err(S::Error::custom(format!("a parameter cannot be {value}"))),
        }
    }
}

/// Reads a set of parameters and hands on each value as soon as it is there, so that a mistake is told at its place.
pub(crate) struct Reading<'a> {
    /// The description of the set.
    pub info: &'static ParamsInfo,
    /// What becomes of each parameter's value.
    pub take: &'a mut dyn FnMut(&'static ParamInfo, Value) -> Result<(), ParamError>,
}

impl<'de> DeserializeSeed<'de> for Reading<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_struct(self.info.name, &[], self)
    }
}

impl<'de> Visitor<'de> for Reading<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the parameters of `{}`", self.info.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let set = self.info.name;
        let params = self.info.flat();
        let mut read = Vec::new();
        while let Some(name) = map.next_key_seed(Word)? {
            let Some(param) = params.iter().find(|param| param.name == name) else {
                return Err(refused(set, &ParamError::Unknown { name, of: set, known: self.info.names() }));
            };
            if read.contains(&name) {
                return Err(de::Error::custom(format!("`{set}` has `{name}` twice")));
            }
            read.push(name);
            let value = map.next_value_seed(Given(param.kind))?;
            (self.take)(param, value).map_err(|error| refused(set, &error))?;
        }
        Ok(())
    }
}

/// Why a value was refused, with the name of the set that the words may lack.
fn refused<E: de::Error>(set: &str, error: &ParamError) -> E {
    let hint = error.hint().map_or_else(String::new, |hint| format!("; {hint}"));
    match error {
        ParamError::Unknown { .. } => E::custom(format!("{error}{hint}")),
        _ => E::custom(format!("`{set}`: {error}{hint}")),
    }
}

/// A value, read as a parameter of this kind writes it.
struct Given(Kind);

impl<'de> DeserializeSeed<'de> for Given {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        let number = |number| Value::Number(number, Unit::Plain);
        Ok(match self.0 {
            Kind::Number(_) => number(f64::deserialize(from)?),
            Kind::Auto(_) => {
                Option::deserialize(from)?.map_or_else(|| Value::Text("auto".to_owned()), number)
            }
            Kind::Choice(_) => Value::Text(Word.deserialize(from)?),
            Kind::Switch => Value::Switch(bool::deserialize(from)?),
            Kind::File => Value::Text(String::deserialize(from)?),
            Kind::Numbers(unit) => Value::List(from.deserialize_seq(List(Kind::Number(unit)))?),
            Kind::List(info) => Value::List(from.deserialize_seq(List(Kind::Group(info)))?),
            Kind::Group(info) => {
                let mut entries = Vec::new();
                let take = &mut |param: &'static ParamInfo, value| {
                    entries.push((param.name.to_owned(), value));
                    Ok(())
                };
                Reading { info, take }.deserialize(from)?;
                Value::Map(entries)
            }
        })
    }
}

/// Entries of a list, all of one kind.
struct List(Kind);

impl<'de> Visitor<'de> for List {
    type Value = Vec<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Value>, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = seq.next_element_seed(Given(self.0))? {
            list.push(value);
        }
        Ok(list)
    }
}

/// A bare word: the name of a parameter or of an effect, or a choice.
pub(crate) struct Word;

impl<'de> DeserializeSeed<'de> for Word {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<String, D::Error> {
        from.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Word {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a word")
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<String, E> {
        Ok(word.to_owned())
    }
}
