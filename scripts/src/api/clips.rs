//! Audio files on tracks: `track(name, file, #{ … })`, `.clip(file, #{ … })`, `.cut(span)`, `song.insert(…)`.

use crate::{
    api::{places::cut_out, song::strip},
    args::{self, Arg},
    call::{Args, Book, Of},
    draft::{Draft, SongHandle, Strip},
    options::Options,
    spot::Part,
};
use mixwright_engine::diagnostic::Diagnostic;
use mixwright_engine::song::{
    Anchor, ChannelPick, Clip, FadeShape, Length, Overlap, Place, Span, StripKind, limits::GAIN,
};
use mixwright_nodes::unit::Db;
use rhai::Dynamic;

/// What a clip can be given.
const SETTINGS: &[&str] = &[
    "at", "from", "length", "gain", "fade_in", "fade_out", "shape", "repeat", "reverse", "channel", "overlap",
];
/// More rounds than any song has bars.
const MOST_ROUNDS: u32 = 100_000;

/// Registers the verbs for clips.
pub(crate) fn register(book: &mut Book<'_>) {
    book.verb::<Strip>(Of::Strip, "clip(file, #{ at, from, length, … })", 1..=2, |draft, strip, args| {
        if draft.is_track(strip, "clip") {
            add(draft, strip, args.into_iter().map(Arg::of).collect(), 0);
        }
        Dynamic::from(strip)
    });
    book.verb::<Strip>(Of::Strip, "cut(span, #{ crossfade })", 1..=2, |draft, strip, args| {
        if draft.is_track(strip, "cut") {
            let mut args = args.into_iter().map(Arg::of);
            let track = draft.line(strip).strip.name.clone();
            let span = args.next().unwrap_or(Arg::Nothing);
            cut_out(draft, Some(track), &span, args.next());
        }
        Dynamic::from(strip)
    });
    book.verb::<SongHandle>(Of::Song, "insert(name, file, #{ at, … })", 3..=3, insert);
}

/// Adds a clip to a track: its file, which is the argument of that index, and what else is said of it.
pub(crate) fn add(draft: &mut Draft, track: Strip, args: Vec<Arg>, index: usize) {
    let mut args = args.into_iter();
    let file = args.next().unwrap_or(Arg::Nothing);
    let file = draft.heed_argument(index, args::text("file", &file)).filter(|file| {
        let named = !file.is_empty();
        if !named {
            draft.report(Diagnostic::error("the name of the file is empty"));
        }
        named
    });
    let options = Options::read(draft, "clip", args.next(), SETTINGS);
    let mut clip = Clip::new(file.unwrap_or_default());
    clip.origin = draft.here();
    place(draft, &mut clip, options);
    draft.line(track).strip.clips.push(clip);
}

fn place(draft: &mut Draft, clip: &mut Clip, mut options: Options) {
    if let Some(at) = options.heed(draft, "at", |arg| args::place("at", arg)) {
        let by = [at.plus.bars, at.plus.beats, at.plus.seconds, at.plus.samples];
        if at.from == Anchor::Start && by.iter().all(|by| *by <= 0.0) && by.iter().any(|by| *by < 0.0) {
            let warning =
                Diagnostic::warning("the clip begins before the song, and what lies there is not heard")
                    .hint("to begin further on in the file, write `from: 2.s`");
            draft.about(Part::Key("at".to_owned()), |draft| draft.report(warning));
        }
        clip.at = at;
    }
    let lengths: [(&str, &mut Length); 3] =
        [("from", &mut clip.from), ("fade_in", &mut clip.fade_in), ("fade_out", &mut clip.fade_out)];
    for (name, field) in lengths {
        if let Some(length) = options.heed(draft, name, |arg| args::length(name, arg)) {
            *field = length;
        }
    }
    if let Some(length) = options.heed(draft, "length", |arg| args::length("length", arg)) {
        clip.length = Some(length);
    }
    if let Some(gain) = options.heed(draft, "gain", |arg| args::number(&GAIN, arg)) {
        clip.gain = Db(gain);
    }
    if let Some(shape) = options.heed(draft, "shape", |arg| args::word("shape", arg, FADES)) {
        clip.shape = shape;
    }
    if let Some(rounds) = options.heed(draft, "repeat", |arg| args::whole("repeat", arg, 1, MOST_ROUNDS)) {
        clip.repeat = rounds;
    }
    if let Some(reverse) = options.heed(draft, "reverse", |arg| args::switch("reverse", arg)) {
        clip.reverse = reverse;
    }
    if let Some(pick) = options.heed(draft, "channel", channel) {
        clip.channel = pick;
    }
    if let Some(overlap) = options.heed(draft, "overlap", |arg| args::word("overlap", arg, OVERLAPS)) {
        clip.overlap = overlap;
    }
}

const FADES: &[(&str, FadeShape)] =
    &[("linear", FadeShape::Linear), ("power", FadeShape::Power), ("smooth", FadeShape::Smooth)];
const OVERLAPS: &[(&str, Overlap)] = &[("sum", Overlap::Sum), ("crossfade", Overlap::Crossfade)];
const CHANNELS: &[(&str, ChannelPick)] =
    &[("all", ChannelPick::All), ("left", ChannelPick::One(1)), ("right", ChannelPick::One(2))];

/// A channel by its number from 1 on, or by its side.
fn channel(arg: &Arg) -> Result<ChannelPick, Diagnostic> {
    match args::text("channel", arg) {
        Ok(_) => args::word("channel", arg, CHANNELS),
        Err(_) => args::whole("channel", arg, 1, 64).map(ChannelPick::One),
    }
}

/// A track of its own for what comes in between; what comes back is the span that it fills.
fn insert(draft: &mut Draft, _: SongHandle, args: Args) -> Dynamic {
    let mut args = args.into_iter();
    let track = strip(draft, StripKind::Track, args.next());
    add(draft, track, args.map(Arg::of).collect(), 1);
    let line = draft.line(track);
    line.strip.clips[0].inserted = true;
    let from = line.strip.clips[0].at.clone();
    let to = Place { from: Anchor::ClipEnd(line.strip.name.clone(), 0), plus: Length::default() };
    Dynamic::from(Span { from, to })
}
