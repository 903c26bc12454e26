//! What a strip does at its end: fader, pan, sends, where it goes, and the places in it that others listen to.

use crate::{
    api::song::laws,
    args::{self, Arg},
    call::{Args, Book, Of},
    draft::{Draft, Reference, Role, Route, Strip, Wanted},
    options::Options,
    spot::{Part, Spot},
};
use mixwright_engine::{
    diagnostic::Diagnostic,
    song::{
        Send, SendFrom, StripKind, Tap, TapPoint,
        limits::{FADER, LEVEL, PAN},
    },
};
use mixwright_nodes::{
    finish::Finish,
    params::{Params, Value},
};
use rhai::Dynamic;

/// A script's handle of a place in a strip.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ear(pub(crate) Tap);

/// Registers the verbs of strips that are no effects.
pub(crate) fn register(book: &mut Book<'_>) {
    book.engine.register_type_with_name::<Strip>("Strip");
    book.engine.register_type_with_name::<Ear>("Ear");
    book.engine.register_fn("==", |a: Strip, b: Strip| a == b);
    book.engine.register_fn("!=", |a: Strip, b: Strip| a != b);
    let draft = book.draft.clone();
    book.engine.register_fn("to_string", move |strip: &mut Strip| {
        let mut draft = crate::draft::lock(&draft);
        let line = draft.line(*strip);
        format!("{} `{}`", line.role.word(), line.strip.name)
    });
    book.verb::<Strip>(Of::Strip, "fader(level)", 1..=1, fader);
    book.verb::<Strip>(Of::Strip, "pan(place, #{ law })", 1..=2, pan);
    book.verb::<Strip>(Of::Strip, "mute()", 0..=0, mute);
    book.verb::<Strip>(Of::Strip, "nudge(length)", 1..=1, nudge);
    book.verb::<Strip>(Of::Strip, "to(bus)", 1..=1, to);
    book.verb::<Strip>(Of::Strip, "send(bus, level, \"pre\")", 2..=3, send);
    book.verb::<Strip>(Of::Strip, "finish(#{ loudness, ceiling })", 0..=1, finish);
    book.property("name", |draft, strip: &Strip| draft.line(*strip).strip.name.clone().into());
    book.property("input", |draft, strip: &Strip| ear(draft, *strip, TapPoint::Input));
    book.property("output", |draft, strip: &Strip| ear(draft, *strip, TapPoint::Output));
}

/// A name to bind.
pub(crate) fn reference(strip: String, wanted: Wanted, spot: Spot) -> Reference {
    Reference { strip, wanted, spot }
}

fn ear(draft: &mut Draft, strip: Strip, point: TapPoint) -> Dynamic {
    let name = draft.strip_name("a place to listen at", &Arg::Strip(strip), Wanted::Strip);
    Dynamic::from(Ear(Tap { strip: name.unwrap_or_default(), point }))
}

impl Draft {
    /// What is listened to: a strip, a place in it, or the name of either.
    pub(crate) fn heard(&mut self, what: &str, arg: &Arg) -> Option<Tap> {
        if let Arg::Ear(tap) = arg {
            return Some(tap.clone());
        }
        if let Ok(name) = args::text(what, arg)
            && let Some((strip, tap)) = name.split_once('/')
        {
            let wanted = Wanted::Tap(tap.to_owned());
            self.references.push(reference(strip.to_owned(), wanted, self.spot()));
            return Some(Tap { strip: strip.to_owned(), point: TapPoint::Named(tap.to_owned()) });
        }
        let strip = self.strip_name(what, arg, Wanted::Strip)?;
        Some(Tap { strip, point: TapPoint::Chain })
    }

    /// Whether a strip has what a verb is about; what it lacks is noted.
    fn has(&mut self, strip: Strip, verb: &str, fits: impl Fn(Role) -> bool, hint: &str) -> bool {
        let role = self.line(strip).role;
        if fits(role) {
            return true;
        }
        self.report(Diagnostic::error(format!("a {} has no `{verb}`", role.word())).hint(hint));
        false
    }
}

fn placed(role: Role) -> bool {
    role != Role::Chain
}

fn before_master(role: Role) -> bool {
    placed(role) && role != Role::Placed(StripKind::Master)
}

/// Whether clips can lie on it.
pub(crate) fn plays(role: Role) -> bool {
    role == Role::Placed(StripKind::Track)
}

impl Draft {
    /// Whether clips can lie on a strip; if not, that is noted.
    pub(crate) fn is_track(&mut self, strip: Strip, verb: &str) -> bool {
        self.has(strip, verb, plays, "only a track plays files")
    }
}

fn one(args: Args) -> Arg {
    Arg::of(super::places::first(args))
}

fn fader(draft: &mut Draft, strip: Strip, args: Args) -> Dynamic {
    let hint = "use `trim` in its chain, or the level of `parallel`";
    if draft.has(strip, "fader", placed, hint)
        && let Some(level) = draft.about(Part::Argument(0), |draft| draft.heed_setting(&FADER, &one(args)))
    {
        draft.line(strip).strip.fader = level;
    }
    Dynamic::from(strip)
}

fn pan(draft: &mut Draft, strip: Strip, args: Args) -> Dynamic {
    let mut args = args.into_iter().map(Arg::of);
    let place = args.next().unwrap_or(Arg::Nothing);
    if !draft.has(strip, "pan", placed, "use `balance` in its chain") {
        return Dynamic::from(strip);
    }
    if let Some(place) = draft.about(Part::Argument(0), |draft| {
        draft.doubt_fraction(&PAN, &place);
        draft.heed_setting(&PAN, &place)
    }) {
        draft.line(strip).strip.pan = place;
    }
    let mut options = Options::read(draft, "pan", args.next(), &["law"]);
    if let Some(law) = options.heed(draft, "law", |arg| args::word("law", arg, &laws())) {
        draft.line(strip).strip.law = Some(law);
    }
    Dynamic::from(strip)
}

fn mute(draft: &mut Draft, strip: Strip, _: Args) -> Dynamic {
    if draft.has(strip, "mute", placed, "mute the strip that it is a part of") {
        draft.line(strip).strip.muted = true;
    }
    Dynamic::from(strip)
}

fn nudge(draft: &mut Draft, strip: Strip, args: Args) -> Dynamic {
    let hint = "nudge the tracks that lead to it";
    if draft.has(strip, "nudge", plays, hint)
        && let Some(by) = draft.heed_argument(0, args::length("nudge", &one(args)))
    {
        draft.line(strip).strip.nudge = by;
    }
    Dynamic::from(strip)
}

fn to(draft: &mut Draft, strip: Strip, args: Args) -> Dynamic {
    let hint = "everything that is not sent elsewhere goes to the master";
    if draft.has(strip, "to", before_master, hint)
        && let Some(to) =
            draft.about(Part::Argument(0), |draft| draft.strip_name("to", &one(args), Wanted::Receiver))
    {
        let (from, origin) = (draft.line(strip).strip.name.clone(), draft.here());
        draft.routes.push(Route { strip: from, to, origin });
    }
    Dynamic::from(strip)
}

fn send(draft: &mut Draft, strip: Strip, args: Args) -> Dynamic {
    let mut args = args.into_iter().map(Arg::of);
    let (to, level) = (args.next().unwrap_or(Arg::Nothing), args.next().unwrap_or(Arg::Nothing));
    let from = match args.next() {
        None => Some(SendFrom::Post),
        Some(arg) => {
            let words = [("pre", SendFrom::Pre), ("post", SendFrom::Post)];
            draft.heed_argument(2, args::word("send", &arg, &words))
        }
    };
    if !draft.has(strip, "send", before_master, "send from the strips before it") {
        return Dynamic::from(strip);
    }
    let to = draft.about(Part::Argument(0), |draft| draft.strip_name("send", &to, Wanted::Receiver));
    let level = draft.about(Part::Argument(1), |draft| draft.heed_setting(&LEVEL, &level));
    if let (Some(to), Some(level), Some(from)) = (to, level, from) {
        let send = Send { to, level, from, origin: draft.here() };
        let sends = &mut draft.line(strip).strip.sends;
        match sends.iter_mut().find(|other| other.to == send.to) {
            Some(other) => *other = send,
            None => sends.push(send),
        }
    }
    Dynamic::from(strip)
}

fn finish(draft: &mut Draft, strip: Strip, args: Args) -> Dynamic {
    let is_master = |role| role == Role::Placed(StripKind::Master);
    if !draft.has(strip, "finish", is_master, "finish the master: `song.master.finish(#{ … })`") {
        return Dynamic::from(strip);
    }
    let map = args.into_iter().next().map(Arg::of);
    let mut options = Options::read(draft, "finish", map, &Finish::INFO.names());
    let mut finish = Finish::default();
    for info in Finish::INFO.flat() {
        options.heed(draft, info.name, |arg| {
            let value = match (info.unit(), arg.value()) {
                (Some(unit), _) => Value::Number(args::number(info, arg)?, unit),
                (None, Some(value)) => value,
                (None, None) => return Err(args::unfit(info.name, &info.wanted(), arg)),
            };
            finish.set(info.name, &value).map_err(|error| args::refused(&error))
        });
    }
    draft.song.finish = Some(finish);
    Dynamic::from(strip)
}
