//! `song(title, #{ … })` and what it declares: its strips and its meter.

use crate::{
    api::places::{both, place_words},
    args::{self, Arg},
    call::{Args, Book, Of},
    draft::{Draft, MASTER, Role, Route, SongHandle, Strip, Wanted},
    options::Options,
    spot::Part,
};
use mixwright_engine::{
    diagnostic::Diagnostic,
    song::{
        Anchor, Length, Meter, Motion, MotionPoint, Place, Setting, StripKind, TempoChange, Vca,
        limits::{FRAMES, LEVEL, METER, TEMPO},
    },
};
use mixwright_nodes::{
    curve::Shape,
    dsp::pan::PanLaw,
    params::{ParamInfo, Value},
    unit::{Bpm, Unit, written},
};
use rhai::Dynamic;

/// How a mono strip is laid between left and right, by the words for it.
pub(crate) fn laws() -> Vec<(&'static str, PanLaw)> {
    PanLaw::WORDS.iter().filter_map(|&word| Some((word, PanLaw::named(word)?))).collect()
}

/// Registers the song and the verbs that make strips.
pub(crate) fn register(book: &mut Book<'_>) {
    book.engine.register_type_with_name::<SongHandle>("Song");
    book.engine.register_fn("to_string", |_: &mut SongHandle| "the song");
    book.function("song(title, #{ artist, tempo, meter, rate, end, law })", 1..=2, declare);
    book.property("master", |_, _: &SongHandle| Dynamic::from(MASTER));
    book.property("title", |draft, _: &SongHandle| draft.song.title.clone().into());
    book.property("artist", |draft, _: &SongHandle| draft.song.artist.clone().into());
    book.verb::<SongHandle>(Of::Song, "track(name, file, #{ … })", 1..=3, |draft, _, args| {
        let mut args = args.into_iter();
        let strip = strip(draft, StripKind::Track, args.next());
        if args.len() > 0 {
            super::clips::add(draft, strip, args.map(Arg::of).collect(), 1);
        }
        Dynamic::from(strip)
    });
    book.verb::<SongHandle>(Of::Song, "bus(name)", 1..=1, |draft, _, args| {
        Dynamic::from(strip(draft, StripKind::Bus, args.into_iter().next()))
    });
    book.verb::<SongHandle>(Of::Song, "group(name, [members])", 2..=2, group);
    book.verb::<SongHandle>(Of::Song, "vca(name, [strips], level)", 3..=3, vca);
    book.verb::<SongHandle>(Of::Song, "meter(bar, \"3/4\")", 2..=2, meter);
}

fn declare(draft: &mut Draft, args: Args) -> Dynamic {
    let mut args = args.into_iter().map(Arg::of);
    let title = args.next().unwrap_or(Arg::Nothing);
    if let Some(first) = draft.declared.clone() {
        draft.report(
            Diagnostic::error("a script declares one song, and this is a second").label(&first, "the first"),
        );
        return Dynamic::from(SongHandle);
    }
    draft.declared = Some(draft.here());
    draft.song.title = draft.heed_argument(0, args::text("song", &title)).unwrap_or_default();
    let known = ["artist", "tempo", "meter", "rate", "end", "law"];
    let mut options = Options::read(draft, "song", args.next(), &known);
    if let Some(artist) = options.heed(draft, "artist", |arg| args::text("artist", arg)) {
        draft.song.artist = artist;
    }
    if let Some(rate) = options.heed(draft, "rate", whole_rate) {
        draft.song.rate = rate;
    }
    if let Some((beats, unit)) = options.heed(draft, "meter", signature) {
        draft.song.meters = vec![Meter { bar: 1, beats, unit }];
    }
    if let Some(end) = options.heed(draft, "end", |arg| args::place("end", arg)) {
        draft.song.end = Some(end);
    }
    if let Some(law) = options.heed(draft, "law", |arg| args::word("law", arg, &laws())) {
        draft.song.law = law;
    }
    if let Some(arg) = options.take("tempo") {
        draft.about(Part::Key("tempo".to_owned()), |draft| tempo(draft, &arg));
    }
    Dynamic::from(SongHandle)
}

/// A rate in whole frames a second: no file tells another.
fn whole_rate(arg: &Arg) -> Result<u32, Diagnostic> {
    let rate = args::number(&FRAMES, arg)?;
    if rate.fract() == 0.0 {
        return Ok(rate as u32);
    }
    let error = Diagnostic::error(format!("`rate` is {rate} Hz, but must be a whole number of hertz"));
    Err(error.hint(format!("write `{}.hz` or `{}.hz`", rate.floor(), rate.ceil())))
}

fn tempo(draft: &mut Draft, arg: &Arg) {
    let changes = match draft.heed(args::setting(&TEMPO, arg)) {
        None => return,
        Some(Setting::Is(tempo)) => {
            draft.song.tempo = Bpm(tempo);
            return;
        }
        Some(Setting::Moves(Motion::Points(start, points))) => {
            draft.song.tempo = Bpm(start);
            points
        }
        Some(Setting::Moves(Motion::Hold(tempo))) => {
            draft.song.tempo = Bpm(tempo);
            return;
        }
        Some(_) => {
            draft.report(
                Diagnostic::error("a tempo moves from point to point")
                    .hint("write `curve(96.bpm).line(bar(81), 84.bpm)`"),
            );
            return;
        }
    };
    draft.count_points(changes.len());
    for point in changes {
        if let Some(change) = draft.heed(tempo_change(point)) {
            draft.song.tempos.push(change);
        }
    }
}

/// Tempo makes time of bars, so where it changes can be said in bars and beats only.
fn tempo_change(point: MotionPoint) -> Result<TempoChange, Diagnostic> {
    let plus = point.at.plus;
    if point.at.from != Anchor::Start || plus.seconds != 0.0 || plus.samples != 0.0 {
        let words = format!("a tempo changes at a bar, not at {}", place_words(&point.at));
        return Err(Diagnostic::error(words).hint("give its place in bars and beats: `bar(17) + 2.beats`"));
    }
    if !matches!(point.shape, Shape::Step | Shape::Line) {
        return Err(Diagnostic::error("a tempo changes by `step` or `line`"));
    }
    Ok(TempoChange { at: point.at, tempo: Bpm(point.value), shape: point.shape })
}

/// Reads `"3/4"`.
fn signature(arg: &Arg) -> Result<(u32, u32), Diagnostic> {
    let text = args::text("meter", arg)?;
    let read = text.split_once('/').and_then(|(beats, unit)| {
        let (beats, unit) = (beats.trim().parse::<u32>().ok()?, unit.trim().parse::<u32>().ok()?);
        ((1..=METER).contains(&beats) && unit.is_power_of_two() && unit <= METER).then_some((beats, unit))
    });
    read.ok_or_else(|| Diagnostic::error(format!("\"{text}\" is no meter")).hint("write for example \"3/4\""))
}

fn meter(draft: &mut Draft, song: SongHandle, args: Args) -> Dynamic {
    let [at, text] = both(args);
    let bar = args::place("meter", &at).and_then(|place| whole_bar(&place));
    let bar = draft.heed_argument(0, bar);
    let signature = draft.heed_argument(1, signature(&text));
    if let Some((bar, (beats, unit))) = bar.zip(signature) {
        draft.song.meters.retain(|meter| meter.bar != bar);
        draft.song.meters.push(Meter { bar, beats, unit });
        draft.song.meters.sort_by_key(|meter| meter.bar);
    }
    Dynamic::from(song)
}

fn whole_bar(place: &Place) -> Result<u32, Diagnostic> {
    let only_bars = Length { bars: place.plus.bars, ..Length::default() };
    if place.from == Anchor::Start && place.plus == only_bars && only_bars.bars.fract() == 0.0 {
        return Ok(only_bars.bars as u32 + 1);
    }
    let words = format!("a meter begins with a bar, not at {}", place_words(place));
    Err(Diagnostic::error(words).hint("write for example `song.meter(bar(33), \"3/4\")`"))
}

/// A new strip of the song.
pub(crate) fn strip(draft: &mut Draft, kind: StripKind, name: Option<Dynamic>) -> Strip {
    let role = Role::Placed(kind);
    let name = Arg::of(name.unwrap_or_default());
    let name = args::text(role.word(), &name).and_then(|name| fit(role, name));
    let name = draft.heed_argument(0, name);
    draft.add(role, &name.unwrap_or_else(|| format!("\u{0}{}", draft.lines.len())))
}

/// A name is written in front of the names of places, as in `kick/attack`.
fn fit(role: Role, name: String) -> Result<String, Diagnostic> {
    let word = role.word();
    if name.trim().is_empty() {
        return Err(Diagnostic::error(format!("a {word} needs a name")));
    }
    if name.contains('/') || name.chars().any(char::is_control) {
        return Err(Diagnostic::error(format!("the name of a {word} cannot hold `/` or control characters")));
    }
    Ok(name)
}

fn group(draft: &mut Draft, _: SongHandle, args: Args) -> Dynamic {
    let mut args = args.into_iter();
    let group = strip(draft, StripKind::Group, args.next());
    let to = draft.line(group).strip.name.clone();
    let members = Arg::of(args.next().unwrap_or_default());
    let members = draft.about(Part::Argument(1), |draft| draft.strip_names("group", &members));
    for strip in members {
        let origin = draft.here();
        draft.routes.push(Route { strip, to: to.clone(), origin });
    }
    Dynamic::from(group)
}

fn vca(draft: &mut Draft, song: SongHandle, args: Args) -> Dynamic {
    let mut args = args.into_iter().map(Arg::of);
    let mut next = || args.next().unwrap_or(Arg::Nothing);
    let (name, strips, level) = (next(), next(), next());
    let name = draft.heed_argument(0, args::text("vca", &name)).unwrap_or_default();
    let strips = draft.about(Part::Argument(1), |draft| draft.strip_names("vca", &strips));
    let level = draft.about(Part::Argument(2), |draft| draft.heed_setting(&LEVEL, &level));
    if let Some(other) = draft.song.vcas.iter().find(|other| other.name == name) {
        let error = Diagnostic::error(format!("there are two VCAs called `{name}`"));
        let error = error.label(&other.origin, "the first");
        draft.report(error);
    }
    let origin = draft.here();
    draft.song.vcas.push(Vca { name, strips, level: level.unwrap_or_default(), origin });
    Dynamic::from(song)
}

impl Draft {
    /// A level or other setting, once what is wrong was noted and its points were counted.
    pub(crate) fn heed_setting(&mut self, info: &ParamInfo, arg: &Arg) -> Option<Setting> {
        let setting = self.heed(args::setting(info, arg))?;
        if let Setting::Moves(motion) = &setting {
            self.count_points(args::points(motion));
        }
        Some(setting)
    }

    /// Warns of a bare fraction where a hundred is the whole: elsewhere 1 is.
    pub(crate) fn doubt_fraction(&mut self, info: &ParamInfo, arg: &Arg) {
        if let Arg::Plain(Value::Number(value, Unit::Plain)) = arg
            && *value != 0.0
            && value.abs() < 2.0
        {
            let unit = info.unit().unwrap_or(Unit::Plain);
            let words = format!("`{}` is {}, of 100: next to nothing", info.name, written(*value, unit));
            let hint = format!("write for example `{}`, or the unit if that is meant", unit.example());
            self.report(Diagnostic::warning(words).hint(hint));
        }
    }

    /// The name of a strip that was given by its handle or by its name, to be bound later.
    pub(crate) fn strip_name(&mut self, what: &str, arg: &Arg, wanted: Wanted) -> Option<String> {
        let strip = match arg {
            Arg::Strip(handle) => {
                let line = self.line(*handle);
                if line.role == Role::Chain {
                    let words = format!("`{what}` takes a strip of the song, not a chain without a place");
                    self.report(Diagnostic::error(words));
                    return None;
                }
                line.strip.name.clone()
            }
            other => self.heed(
                args::text(what, other).map_err(|_| args::unfit(what, "a strip or the name of one", other)),
            )?,
        };
        self.references.push(super::strips::reference(strip.clone(), wanted, self.spot()));
        Some(strip)
    }

    /// The names of several strips.
    pub(crate) fn strip_names(&mut self, what: &str, arg: &Arg) -> Vec<String> {
        let Arg::List(list) = arg else {
            self.report(args::unfit(what, "a list of strips such as `[kick, snare]`", arg));
            return Vec::new();
        };
        let name = |(index, strip)| {
            self.about(Part::Entry(index), |draft| draft.strip_name(what, strip, Wanted::Strip))
        };
        list.iter().enumerate().filter_map(name).collect()
    }
}
