//! The wish for a loudness as text, and back.

use super::Finish;
use crate::params::{
    Kind, Params, Value,
    written::{Reading, Written},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeSeed};

impl Serialize for Finish {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Written(Kind::Group(Self::INFO), &Value::Map(self.entries())).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Finish {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut finish = Finish::default();
        let set = Reading { info: Self::INFO, take: &mut |param, value| finish.set(param.name, &value) };
        set.deserialize(from)?;
        Ok(finish)
    }
}
