//! A song as text that people can read and change: RON, and back.

use crate::{
    diagnostic::{Diagnostic, Origin},
    song::Song,
};
use ron::{Options, extensions::Extensions, ser::PrettyConfig};
use serde::Serialize;
use std::sync::Arc;

/// The song as RON.
pub fn to_ron(song: &Song) -> String {
    let config = PrettyConfig::new().compact_arrays(false).struct_names(false);
    options().to_string_pretty(song, config).expect("a song is plain data, and RON holds all of that")
}

/// A song from RON; `name` is what messages call the text.
///
/// # Errors
/// What is wrong with the text, and where.
pub fn from_ron(text: &str, name: &str) -> Result<Song, Diagnostic> {
    options().from_str(text).map_err(|error| {
        let at = error.span.start;
        let origin = Origin { file: Arc::from(name), line: at.line as u32, column: at.col as u32 };
        Diagnostic::error(small(&error.code.to_string())).at(&origin)
    })
}

/// Whether two parts of songs would be written alike: they are the same, wherever they were declared.
pub fn alike<T: Serialize + ?Sized>(one: &T, other: &T) -> bool {
    let text = |part: &T| options().to_string(part).expect("a song is plain data, and RON holds all of that");
    text(one) == text(other)
}

fn options() -> Options {
    let extensions =
        Extensions::UNWRAP_NEWTYPES | Extensions::UNWRAP_VARIANT_NEWTYPES | Extensions::IMPLICIT_SOME;
    Options::default().with_default_extension(extensions)
}

/// Messages begin small.
fn small(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::song::{Clip, Insert, InsertEffect, Motion, Setting, Strip, StripKind};
    use mixwright_nodes::effects::AnyEffect;

    #[test]
    fn a_song_reads_back_as_it_was_written() {
        let mut song = Song::new("Night \"Train\"");
        let mut strip = Strip::new("vocal", StripKind::Track);
        strip.clips.push(Clip::new("audio/vocal.wav"));
        for info in AnyEffect::ALL {
            let effect = AnyEffect::named(info.params.name).unwrap();
            strip.chain.push(Insert::Effect(InsertEffect::new(info.params.name, effect)));
        }
        strip.fader = Setting::Moves(Motion::Sum(vec![Motion::Hold(-0.1), Motion::Points(1e-9, Vec::new())]));
        song.strips.push(strip);
        let text = to_ron(&song);
        assert_eq!(from_ron(&text, "song.ron"), Ok(song), "{text}");
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        let text = to_ron(&Song::new("x")).replace("artist:", "artits:");
        let error = from_ron(&text, "song.ron").unwrap_err();
        assert!(error.message.contains("artits"), "{error}");
        assert_eq!(error.origin.map(|origin| origin.line), Some(3));
    }
}
