//! An effect as text, and back: its name as scripts write it, then its parameters.

use crate::{
    effects::AnyEffect,
    params::{Kind, Value},
    params::{
        nearest,
        written::{Reading, Word, Written},
    },
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{EnumAccess, Error, VariantAccess, Visitor},
};
use std::fmt;

impl Serialize for AnyEffect {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let info = self.info().params;
        let index = AnyEffect::ALL.iter().take_while(|other| other.params.name != info.name).count();
        let params = Value::Map(self.entries());
        let params = Written(Kind::Group(info), &params);
        to.serialize_newtype_variant("AnyEffect", index as u32, info.name, &params)
    }
}

impl<'de> Deserialize<'de> for AnyEffect {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_enum("AnyEffect", &[], Named)
    }
}

/// Finds the effect by its name, then sets what is written.
struct Named;

impl<'de> Visitor<'de> for Named {
    type Value = AnyEffect;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an effect")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<AnyEffect, A::Error> {
        let (name, params) = data.variant_seed(Word)?;
        let mut effect = AnyEffect::named(&name).ok_or_else(|| {
            let near = nearest(&name, AnyEffect::ALL.iter().map(|info| info.params.name));
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            A::Error::custom(format!("there is no effect `{name}`{hint}"))
        })?;
        let info = effect.info().params;
        params.newtype_variant_seed(Reading {
            info,
            take: &mut |param, value| effect.set(param.name, &value),
        })?;
        Ok(effect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{params::ParamInfo, unit::Unit};
    use ron::{Options, extensions::Extensions};

    fn options() -> Options {
        Options::default().with_default_extension(
            Extensions::UNWRAP_NEWTYPES | Extensions::UNWRAP_VARIANT_NEWTYPES | Extensions::IMPLICIT_SOME,
        )
    }

    fn read(text: &str) -> Result<AnyEffect, String> {
        options().from_str(text).map_err(|error| format!("line {}: {}", error.span.start.line, error.code))
    }

    /// The effect with every parameter moved from its default to a number with as many digits as there are.
    fn moved(name: &str) -> AnyEffect {
        let mut effect = AnyEffect::named(name).unwrap();
        for param in effect.info().params.flat() {
            effect.set(param.name, &value(param)).unwrap();
        }
        effect
    }

    fn value(param: &ParamInfo) -> Value {
        let number = || Value::Number(param.min + (param.max - param.min) / 3.0 + 1e-13, Unit::Plain);
        match param.kind {
            Kind::Number(_) | Kind::Auto(_) => number(),
            Kind::Choice(words) => Value::Text(words.last().unwrap().to_string()),
            Kind::Switch => Value::Switch(true),
            Kind::File => Value::Text("a \"plate\".wav".to_owned()),
            Kind::Numbers(_) => Value::List(vec![number(), number()]),
            Kind::List(info) | Kind::Group(info) => {
                let entry: Vec<_> =
                    info.flat().iter().map(|param| (param.name.to_owned(), value(param))).collect();
                Value::List(vec![Value::Map(entry), Value::Map(Vec::new())])
            }
        }
    }

    #[test]
    fn every_effect_reads_back_to_the_bit() {
        for info in AnyEffect::ALL {
            let effect = moved(info.params.name);
            let text = options().to_string(&effect).unwrap();
            assert_eq!(read(&text), Ok(effect), "{text}");
            // Other readers need not know the short forms.
            let effect = moved(info.params.name);
            let text = ron::to_string(&effect).unwrap();
            assert_eq!(ron::from_str(&text), Ok(effect), "{text}");
        }
    }

    #[test]
    fn an_effect_is_written_as_scripts_name_it_and_what_is_left_out_has_its_default() {
        let mut reverb = AnyEffect::named("reverb").unwrap();
        assert_eq!(read("reverb()"), Ok(reverb.clone()));
        reverb.set("kind", &Value::Text("plate".to_owned())).unwrap();
        reverb.set("damping", &Value::Number(40.0, Unit::Percent)).unwrap();
        assert_eq!(read("reverb(damping: 40, kind: plate)"), Ok(reverb.clone()));
        let text = options().to_string(&reverb).unwrap();
        assert!(text.starts_with("reverb(kind:plate,decay:"), "{text}");
        reverb.set("damping", &Value::Text("auto".to_owned())).unwrap();
        assert_eq!(read("reverb(damping: None, kind: plate)"), Ok(reverb));
    }

    #[test]
    fn mistakes_name_the_effect_and_the_parameter_at_their_place() {
        for (text, said) in [
            ("compres()", "line 1: there is no effect `compres`; did you mean `compress`?"),
            (
                "compress(treshold: 0)",
                "line 1: `compress` has no parameter `treshold`; did you mean `threshold`?",
            ),
            (
                "compress(\nratio: 0.1,\n\nknee: 6)",
                "line 2: `compress`: `ratio` is 0.1:1, but must lie between ",
            ),
            ("compress(ratio: 4,\nratio: 5)", "line 2: `compress` has `ratio` twice"),
            ("compress(ratio: high)", "line 1: Expected float"),
            ("reverb(kind: hal)", "line 1: `reverb`: `kind` cannot be \"hal\"; did you mean \"hall\"?"),
            ("eq(bands: [(), (gain: 99)])", "line 1: `eq`: entry 2 of `bands`: `gain` is 99 dB, but "),
            ("eq(bands: [(gian: 1)])", "line 1: `band` has no parameter `gian`; did you mean `gain`?"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.starts_with(said), "{text}: {error}");
        }
    }
}
