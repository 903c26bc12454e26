//! RON files as script values: maps, arrays, numbers, strings and switches. Whole numbers stay whole, `None` counts as not
//! given, and a bare word is an error, because it would be lost.

use crate::sandbox::ENTRIES;
use mixwright_engine::diagnostic::{Diagnostic, Origin};
use rhai::{Array, Dynamic, Map};
use ron::{extensions::Extensions, options::Options};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::cell::Cell;
use std::fmt;

/// The largest file of settings, in bytes.
pub const SETTINGS: usize = 1 << 20;
/// What a bare word is reported as, until its place is known.
const WORD: &str = "a bare word";

/// Reads settings. `file` is the name for messages.
///
/// # Errors
/// If the text is no RON, nests too deep, or holds what a script has no value for.
pub fn read(text: &str, file: &str) -> Result<Dynamic, Diagnostic> {
    if text.len() > SETTINGS {
        let words = format!("`{file}` has {} bytes, but settings may have {SETTINGS}", text.len());
        return Err(Diagnostic::error(words));
    }
    let left = Cell::new(ENTRIES);
    let options = Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
    options.from_str_seed(text, Value(&left)).map_err(|error| wrong(text, file, &error))
}

fn wrong(text: &str, file: &str, error: &ron::error::SpannedError) -> Diagnostic {
    let at = error.span.start;
    let origin = Origin { file: file.into(), line: at.line as u32, column: at.col as u32 };
    if let ron::Error::Message(words) = &error.code
        && words == WORD
    {
        let (word, origin) = bare_word(text, &error.span.end, file);
        return match word {
            "" => Diagnostic::error("`()` is no setting").at(&origin).hint("leave it out"),
            _ => Diagnostic::error(format!("`{word}` is a bare word"))
                .at(&origin)
                .hint(format!("write \"{word}\"")),
        };
    }
    Diagnostic::error(lower(&error.code.to_string())).at(&origin)
}

/// The last word that ends at or before a place, and where it begins.
fn bare_word<'a>(text: &'a str, end: &ron::error::Position, file: &str) -> (&'a str, Origin) {
    let before: usize = text.split_inclusive('\n').take(end.line - 1).map(str::len).sum();
    let column = text[before..].char_indices().nth(end.col - 1).map_or(text.len() - before, |(i, _)| i);
    let head = text[..before + column].trim_end();
    let start = head
        .rfind(|c: char| !c.is_alphanumeric() && c != '_')
        .map_or(0, |i| i + head[i..].chars().next().map_or(1, char::len_utf8));
    let line_start = head[..start].rfind('\n').map_or(0, |i| i + 1);
    let origin = Origin {
        file: file.into(),
        line: head[..start].matches('\n').count() as u32 + 1,
        column: head[line_start..start].chars().count() as u32 + 1,
    };
    (&head[start..], origin)
}

fn lower(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// A value, with the number of entries that there may still be.
struct Value<'a>(&'a Cell<usize>);

impl Value<'_> {
    fn count<E: Error>(&self) -> Result<(), E> {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        if left == 0 { Err(E::custom(format!("more than {ENTRIES} entries"))) } else { Ok(()) }
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = Dynamic;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Dynamic, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = Dynamic;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a \"text\", `true`, `false`, a list `[…]` or settings `(name: value)`")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Dynamic, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Dynamic, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Dynamic, E> {
        i64::try_from(value)
            .map(Dynamic::from)
            .map_err(|_| E::custom(format!("{value} is too large a number")))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Dynamic, E> {
        if value.is_finite() {
            Ok(value.into())
        } else {
            Err(E::custom(format!("{value} is no number to set")))
        }
    }

    fn visit_char<E: Error>(self, value: char) -> Result<Dynamic, E> {
        Ok(value.to_string().into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Dynamic, E> {
        Ok(value.to_owned().into())
    }

    fn visit_none<E: Error>(self) -> Result<Dynamic, E> {
        Ok(Dynamic::UNIT)
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Dynamic, D::Error> {
        self.deserialize(inner)
    }

    fn visit_unit<E: Error>(self) -> Result<Dynamic, E> {
        Err(E::custom(WORD))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Dynamic, A::Error> {
        let mut all = Array::new();
        while let Some(value) = seq.next_element_seed(Value(self.0))? {
            self.count()?;
            all.push(value);
        }
        Ok(all.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Dynamic, A::Error> {
        let mut all = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            self.count()?;
            if all.contains_key(name.as_str()) {
                return Err(A::Error::custom(format!("`{name}` is set twice")));
            }
            all.insert(name.into(), map.next_value_seed(Value(self.0))?);
        }
        Ok(all.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        read(text, "night.ron").expect_err(text).to_string()
    }

    #[test]
    fn settings_become_values() {
        let text = r#"// An album.
            (title: "Night", year: 2026, gap: 2.5, live: false, none: None, some: Some(3), bare: 4, quiet: "-14 lufs",
             songs: [(mix: "a.rhai", master: {"air": -1.0}), (1, 'x')])"#;
        let map = read(text, "night.ron").unwrap().cast::<Map>();
        assert_eq!(map["title"].clone().into_string().unwrap(), "Night");
        assert_eq!(map["year"].as_int(), Ok(2026));
        assert_eq!(map["gap"].as_float(), Ok(2.5));
        assert_eq!(map["live"].as_bool(), Ok(false));
        assert!(map["none"].is_unit());
        assert_eq!(map["some"].as_int(), Ok(3));
        assert_eq!(map["bare"].as_int(), Ok(4));
        let songs = map["songs"].clone().cast::<Array>();
        assert_eq!(
            songs[0].clone().cast::<Map>()["master"].clone().cast::<Map>()["air"].as_float(),
            Ok(-1.0)
        );
        assert_eq!(songs[1].clone().cast::<Array>()[1].clone().into_string().unwrap(), "x");
    }

    #[test]
    fn numbers_keep_their_bits() {
        for number in [0.1, -1.7e-9, 123_456.789, f64::MIN_POSITIVE] {
            assert_eq!(read(&format!("{number:?}"), "x.ron").unwrap().as_float(), Ok(number));
        }
        for number in [0, -1, i64::MAX, i64::MIN] {
            assert_eq!(read(&number.to_string(), "x.ron").unwrap().as_int(), Ok(number));
        }
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        assert_eq!(error("(\n  kind: plate,\n)"), "night.ron:2:9: `plate` is a bare word; write \"plate\"");
        assert_eq!(error("[plate]"), "night.ron:1:2: `plate` is a bare word; write \"plate\"");
        assert!(error("(\n  a: 1,\n  a: 2)").contains("`a` is set twice"));
        assert!(error("(a: )").starts_with("night.ron:1:"));
        assert!(error("(a: 1").starts_with("night.ron:1:"));
        assert!(error("(a: inf)").contains("no number to set"));
        assert!(error("{1: 2}").starts_with("night.ron:1:"));
    }

    #[test]
    fn depth_and_size_are_bounded() {
        assert!(error(&"[".repeat(10_000)).contains("recursion"));
        assert!(error(&format!("[{}]", "1,".repeat(ENTRIES + 1))).contains("more than 20000 entries"));
        assert!(error(&" ".repeat(SETTINGS + 1)).contains("bytes"));
    }
}
