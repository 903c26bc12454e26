//! Places, spans and sections: `bar(17)`, `bar(5) .. bar(21)`, `chorus.start`, `song.end`.

use crate::{
    args::{self, Arg},
    call::{Args, Book, Of},
    draft::{Draft, SongHandle},
    options::Options,
    units::Quantity,
};
use mixwright_engine::{
    diagnostic::Diagnostic,
    song::{Anchor, Chapter, Cut, Length, Place, Section, Span},
};
use mixwright_nodes::{
    params::{Kind, ParamInfo, Value},
    unit::Unit,
};
use rhai::Dynamic;

/// From a quantity to another: of frequencies, say, or of times from the start of the song.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    pub(crate) from: Quantity,
    pub(crate) to: Quantity,
}

/// A script's handle of a section: a span with a name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SectionHandle {
    pub(crate) name: String,
    pub(crate) span: Span,
}

const BAR: ParamInfo = ParamInfo::new("bar", "", Kind::Number(Unit::Plain), (1.0, 100_000.0), true);

/// Registers the words for places.
pub(crate) fn register(book: &mut Book<'_>) {
    book.engine.register_type_with_name::<Place>("Place");
    book.engine.register_type_with_name::<Length>("Length");
    book.engine.register_type_with_name::<Span>("Span");
    book.engine.register_type_with_name::<Range>("Range");
    book.engine.register_type_with_name::<SectionHandle>("Section");
    register_text(book);
    book.function("bar(number)", 1..=1, |draft, args| {
        let bar = draft.heed_argument(0, args::number(&BAR, &Arg::of(first(args))));
        Dynamic::from(Place::bar(bar.unwrap_or(1.0)))
    });
    book.verb::<SongHandle>(Of::Song, "section(name, from .. to)", 2..=2, section);
    book.verb::<SongHandle>(Of::Song, "chapter(place, title)", 2..=2, chapter);
    book.verb::<SongHandle>(Of::Song, "cut(span, #{ ripple: true, crossfade })", 1..=2, cut);
    book.property("end", |_, _: &SongHandle| {
        Dynamic::from(Place { from: Anchor::End, plus: Length::default() })
    });
    book.property("start", |_, _: &SongHandle| Dynamic::from(Place::default()));
    book.property("start", |_, section: &SectionHandle| Dynamic::from(section.span.from.clone()));
    book.property("end", |_, section: &SectionHandle| Dynamic::from(section.span.to.clone()));
    book.property("span", |_, section: &SectionHandle| Dynamic::from(section.span.clone()));
    book.property("name", |_, section: &SectionHandle| section.name.clone().into());
    book.property("start", |_, span: &Span| Dynamic::from(span.from.clone()));
    book.property("end", |_, span: &Span| Dynamic::from(span.to.clone()));
    book.property("start", |_, range: &Range| Dynamic::from(range.from));
    book.property("end", |_, range: &Range| Dynamic::from(range.to));
}

fn register_text(book: &mut Book<'_>) {
    book.engine.register_fn("to_string", |place: &mut Place| place_words(place));
    book.engine.register_fn("to_string", |length: &mut Length| length_words(*length));
    book.engine.register_fn("to_string", |span: &mut Span| span_words(span));
    book.engine.register_fn("to_string", |range: &mut Range| format!("{} .. {}", range.from, range.to));
    book.engine.register_fn("to_string", |section: &mut SectionHandle| {
        format!("{} ({})", section.name, span_words(&section.span))
    });
}

fn span_words(span: &Span) -> String {
    format!("{} .. {}", place_words(&span.from), place_words(&span.to))
}

/// A place as a musician says it: `bar 17 + 2 beats`.
pub(crate) fn place_words(place: &Place) -> String {
    let mut plus = place.plus;
    let from = match &place.from {
        Anchor::Start if plus.bars != 0.0 || plus == Length::default() => {
            let bar = plus.bars + 1.0;
            plus.bars = 0.0;
            format!("bar {bar}")
        }
        Anchor::Start => return length_words(plus),
        Anchor::End => "the end".to_owned(),
        Anchor::ClipEnd(track, clip) => format!("the end of clip {} of `{track}`", clip + 1),
    };
    if plus == Length::default() { from } else { format!("{from} + {}", length_words(plus)) }
}

/// A length in words: `4 bars + 2 beats`.
pub(crate) fn length_words(length: Length) -> String {
    let said: Vec<String> = length
        .parts()
        .into_iter()
        .filter(|(value, _)| *value != 0.0)
        .map(|(value, unit)| Quantity { value, unit }.to_string())
        .collect();
    if said.is_empty() { "0 s".to_owned() } else { said.join(" + ") }
}

/// The only argument of a function that takes one.
pub(crate) fn first(args: Args) -> Dynamic {
    args.into_iter().next().unwrap_or_default()
}

fn section(draft: &mut Draft, _: SongHandle, args: Args) -> Dynamic {
    let [name, span] = both(args);
    let name = draft.heed_argument(0, args::text("section", &name)).unwrap_or_default();
    let span = draft.heed_argument(1, args::span("section", &span)).unwrap_or_default();
    if let Some(other) = draft.song.sections.iter().find(|other| other.name == name) {
        let error = Diagnostic::error(format!("there are two sections called `{name}`"));
        let error = error.label(&other.origin, "the first");
        draft.report(error);
    }
    let origin = draft.here();
    draft.song.sections.push(Section { name: name.clone(), span: span.clone(), origin });
    Dynamic::from(SectionHandle { name, span })
}

fn chapter(draft: &mut Draft, song: SongHandle, args: Args) -> Dynamic {
    let [at, title] = both(args);
    let at = draft.heed_argument(0, args::place("chapter", &at));
    let title = draft.heed_argument(1, args::text("chapter", &title));
    if let Some((at, title)) = at.zip(title) {
        draft.song.chapters.push(Chapter { at, title });
    }
    Dynamic::from(song)
}

fn cut(draft: &mut Draft, song: SongHandle, args: Args) -> Dynamic {
    let mut args = args.into_iter().map(Arg::of);
    let (span, options) = (args.next().unwrap_or(Arg::Nothing), args.next());
    let ripple = match &options {
        Some(Arg::Map(map)) => map.contains(&("ripple".to_owned(), Arg::Plain(Value::Switch(true)))),
        _ => false,
    };
    if !ripple {
        draft.report(
            Diagnostic::error("a cut of the whole song closes the gap, so it must say so")
                .hint("add `#{ ripple: true }`, or cut a track: `track.cut(span)`"),
        );
    }
    cut_out(draft, None, &span, options);
    Dynamic::from(song)
}

/// Leaves a span out: of a track, or of the whole song.
pub(crate) fn cut_out(draft: &mut Draft, track: Option<String>, span: &Arg, options: Option<Arg>) {
    let known: &[&str] = if track.is_some() { &["crossfade"] } else { &["crossfade", "ripple"] };
    let mut options = Options::read(draft, "cut", options, known);
    let crossfade = options.heed(draft, "crossfade", |arg| args::length("crossfade", arg));
    let crossfade = crossfade.unwrap_or(Length { seconds: 0.01, ..Length::default() });
    let span = draft.heed_argument(0, args::span("cut", span)).unwrap_or_default();
    let origin = draft.here();
    draft.song.cuts.push(Cut { span, track, crossfade, origin });
}

/// The two arguments of a verb that takes two.
pub(crate) fn both(args: Args) -> [Arg; 2] {
    let mut args = args.into_iter().map(Arg::of);
    [args.next().unwrap_or(Arg::Nothing), args.next().unwrap_or(Arg::Nothing)]
}
