//! One verb for each effect that there is, made from the effect's own declaration: nothing here knows any effect by name
//! but those that a track must say its `mix` of.

use crate::{
    args::{self, Arg},
    call::{Args, Book, Of},
    draft::{Draft, Link, Role, Strip},
    spot::Part,
    units::Quantity,
};
use mixwright_engine::{
    diagnostic::Diagnostic,
    song::{InsertEffect, Length, Motion, StripKind, limits::MIX},
};
use mixwright_nodes::{
    effect::{Channels, EffectInfo, KeyUse},
    effects::AnyEffect,
    params::{Kind, ParamError, ParamInfo, ParamsInfo, Value},
    unit::Unit,
};
use rhai::Dynamic;

/// Settings that all effects share, beside `key` for those that hear one.
const SHARED: &[&str] = &["mix", "bypass", "on", "name"];

/// Effects of which a track hears itself as well: all wet on it, they are nearly always a mistake.
const ROOMS: &[&str] = &["reverb", "freeverb", "convolve", "delay"];

/// A setting as it was given, and what of the call it is.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    name: String,
    arg: Arg,
    part: Part,
}

impl Given {
    /// The settings of a map.
    pub(crate) fn named(map: Vec<(String, Arg)>) -> Vec<Given> {
        map.into_iter().map(|(name, arg)| Given { part: Part::Key(name.clone()), name, arg }).collect()
    }
}

/// Registers a verb for each effect.
pub(crate) fn register(book: &mut Book<'_>) {
    for info in AnyEffect::ALL {
        let most = info.params.positional.len() + 1 + usize::from(info.key == KeyUse::Required);
        book.verb::<Strip>(Of::Strip, usage(info), 0..=most, move |draft, strip, args| {
            insert(draft, strip, info, args);
            Dynamic::from(strip)
        });
    }
}

/// How the verb is written: `duck(key, by, #{ … })`.
fn usage(info: &EffectInfo) -> String {
    let mut words: Vec<&str> = Vec::new();
    if info.key == KeyUse::Required {
        words.push("key");
    }
    words.extend(info.params.positional);
    if info.params.names().len() > info.params.positional.len() {
        words.push("#{ … }");
    }
    format!("{}({})", info.params.name, words.join(", "))
}

fn insert(draft: &mut Draft, strip: Strip, info: &'static EffectInfo, args: Args) {
    let word = info.params.name;
    let mut settings = named(draft, info, args);
    let names: Vec<&str> = settings.iter().map(|setting| setting.name.as_str()).collect();
    need_gain(draft, word, info.params.positional, &names);
    let own_name = settings
        .iter()
        .position(|setting| setting.name == "name" && info.params.find("name").is_none())
        .map(|index| settings.remove(index));
    let name = match own_name {
        Some(Given { arg, part, .. }) => draft.about(part, |draft| draft.heed(args::text("name", &arg))),
        None => Some(counted(draft, strip, word)),
    };
    let effect = AnyEffect::named(word).expect("the word comes from the list of effects");
    let mut effect = InsertEffect::new(name.unwrap_or_default(), effect);
    effect.origin = draft.here();
    let says = |wanted: &str| settings.iter().any(|setting| setting.name == wanted);
    let (says_mix, says_key) = (says("mix"), says("key"));
    apply(draft, &mut effect, settings);
    if !says_mix && ROOMS.contains(&word) && is_dry(draft.line(strip).role) {
        let words = format!("`{word}` on a {} must say its `mix`", draft.line(strip).role.word());
        draft.report(Diagnostic::error(words).hint("add for example `mix: 20.percent`, or send to a bus"));
    }
    if !says_key && info.key == KeyUse::Required {
        let words = format!("`{word}` must be told what to listen to");
        draft.report(Diagnostic::error(words).hint(format!("write `{word}(kick, #{{ … }})`")));
    }
    draft.link(strip, Link::Effect(Box::new(effect)));
}

/// What is about nothing but gain does nothing without: `kick.bell(380.hz)` is a mistake.
pub(crate) fn need_gain(draft: &mut Draft, word: &str, positional: &[&str], given: &[&str]) {
    if positional.contains(&"gain") && !given.contains(&"gain") {
        let usage = format!("write `{word}({})`", positional.join(", "));
        draft.report(Diagnostic::error(format!("`{word}` does nothing without its `gain`")).hint(usage));
    }
}

fn is_dry(role: Role) -> bool {
    matches!(role, Role::Placed(StripKind::Track | StripKind::Group))
}

/// The first free of `compress`, `compress#2`, `compress#3`, …
fn counted(draft: &mut Draft, strip: Strip, word: &str) -> String {
    let line = draft.line(strip);
    let of_its_kind = |link: &&Link| match link {
        Link::Effect(effect) => effect.effect.info().params.name == word,
        _ => false,
    };
    let mut count = line.chain.iter().filter(of_its_kind).count() + 1;
    loop {
        let name = if count == 1 { word.to_owned() } else { format!("{word}#{count}") };
        if !line.chain.iter().any(|link| link.name() == name) {
            return name;
        }
        count += 1;
    }
}

/// The arguments of a verb with their names: first the key, then those that need no name, then a map of the others.
fn named(draft: &mut Draft, info: &'static EffectInfo, args: Args) -> Vec<Given> {
    let mut args: Vec<Arg> = args.into_iter().map(Arg::of).collect();
    let map = match args.last() {
        Some(Arg::Map(_)) => args.pop(),
        _ => None,
    };
    let key = (info.key == KeyUse::Required).then_some("key");
    let mut names = key.into_iter().chain(info.params.positional.iter().copied());
    let mut settings: Vec<Given> = Vec::new();
    for (index, arg) in args.into_iter().enumerate() {
        match names.next() {
            Some(name) => {
                settings.push(Given { name: name.to_owned(), arg, part: Part::Argument(index) });
            }
            None => {
                let error = Diagnostic::error(format!("`{}` cannot take {}", info.params.name, arg.words()));
                draft.heed_argument::<()>(index, Err(error.hint(format!("write `{}`", usage(info)))));
            }
        }
    }
    if let Some(Arg::Map(map)) = map {
        for setting in Given::named(map) {
            if settings.iter().any(|other| other.name == setting.name) {
                let error = Diagnostic::error(format!("`{}` is given twice", setting.name));
                draft.about(setting.part.clone(), |draft| draft.report(error));
            }
            settings.push(setting);
        }
    }
    settings.retain(|setting| setting.arg != Arg::Nothing);
    settings
}

/// Gives an effect its settings; what is wrong is noted, and the others hold.
pub(crate) fn apply(draft: &mut Draft, effect: &mut InsertEffect, settings: Vec<Given>) {
    let info = effect.effect.info();
    for Given { name, arg, part } in settings {
        draft.about(part, |draft| match info.params.flat().into_iter().find(|param| param.name == name) {
            Some(param) => set(draft, effect, param, arg),
            None => share(draft, effect, info, &name, &arg),
        });
    }
}

/// A setting that all effects share.
fn share(draft: &mut Draft, effect: &mut InsertEffect, info: &EffectInfo, name: &str, arg: &Arg) {
    match name {
        "mix" => {
            draft.doubt_fraction(&MIX, arg);
            if let Some(mix) = draft.heed_setting(&MIX, arg) {
                effect.mix = mix;
            }
        }
        "bypass" => {
            if let Some(bypass) = draft.heed(args::switch("bypass", arg)) {
                effect.bypass = bypass;
            }
        }
        "on" => {
            let words: Vec<_> =
                Channels::WORDS.iter().filter_map(|&word| Some((word, Channels::named(word)?))).collect();
            if let Some(on) = draft.heed(args::word("on", arg, &words)) {
                effect.on = on;
            }
        }
        "key" if info.key != KeyUse::None => {
            if let Some(tap) = draft.heard("key", arg) {
                effect.key = Some(tap);
            }
        }
        _ => {
            let mut known = info.params.names();
            known.extend(SHARED);
            known.extend((info.key != KeyUse::None).then_some("key"));
            draft.report(args::unknown(info.params.name, name, &known));
        }
    }
}

/// One of an effect's own settings.
fn set(draft: &mut Draft, effect: &mut InsertEffect, param: &'static ParamInfo, arg: Arg) {
    let mut moves = Vec::new();
    let value = match (param.kind, arg) {
        (Kind::List(inner), Arg::List(entries)) => {
            let entry = |(index, entry)| {
                let path = format!("{}/{index}", param.name);
                draft.about(Part::Entry(index), |draft| rest(draft, inner, &path, entry, &mut moves))
            };
            let list: Option<Vec<Value>> = entries.into_iter().enumerate().map(entry).collect();
            list.map(Value::List)
        }
        (Kind::List(_), Arg::Band(_)) => {
            let error = Diagnostic::error(format!("`{}` takes a list, not one band alone", param.name));
            draft.report(error.hint("put it in brackets: `[…]`"));
            return;
        }
        (_, arg) => {
            let moving = moving(draft, param, &arg);
            match draft.heed(moving) {
                None => return,
                Some(Some(motion)) => {
                    moves.push((param.name.to_owned(), motion));
                    None
                }
                Some(None) => draft.heed(still(draft.song.rate, param, &arg)),
            }
        }
    };
    if let Some(value) = value {
        if let Err(error) = effect.effect.set(param.name, &value) {
            let refused = args::refused(&error);
            match error {
                ParamError::Entry { index, .. } => {
                    draft.about(Part::Entry(index), |draft| draft.report(refused));
                }
                _ => draft.report(refused),
            }
            return;
        }
    } else if moves.is_empty() {
        return;
    }
    let within = format!("{}/", param.name);
    effect.moves.retain(|path, _| path != param.name && !path.starts_with(&within));
    effect.moves.extend(moves);
}

/// An entry of a list without what moves, which is put aside with its path.
fn rest(
    draft: &mut Draft,
    info: &'static ParamsInfo,
    path: &str,
    entry: Arg,
    moves: &mut Vec<(String, Motion)>,
) -> Option<Value> {
    let (settings, part): (_, fn(String) -> Part) = match entry {
        Arg::Map(settings) => (settings, Part::Key),
        Arg::Band(settings) => (settings, Part::Band),
        other => {
            let words = format!("an entry of a list takes {}, not {}", quoted(&info.names()), other.words());
            draft.report(Diagnostic::error(words));
            return None;
        }
    };
    let mut still_ones = Vec::new();
    for (name, arg) in settings {
        draft.about(part(name.clone()), |draft| {
            let param = info.flat().into_iter().find(|param| param.name == name);
            let param = param.ok_or_else(|| args::unknown(info.name, &name, &info.names()));
            let param = draft.heed(param)?;
            let moving = moving(draft, param, &arg);
            match draft.heed(moving)? {
                Some(motion) => moves.push((format!("{path}/{name}"), motion)),
                None => still_ones.push((name, draft.heed(still(draft.song.rate, param, &arg))?)),
            }
            Some(())
        })?;
    }
    Some(Value::Map(still_ones))
}

fn quoted(names: &[&str]) -> String {
    let list: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    format!("a map with {}", list.join(", "))
}

/// A setting as a curve, if it moves: curves do, and so do musical lengths, which are other times at other tempos.
fn moving(draft: &mut Draft, param: &ParamInfo, arg: &Arg) -> Result<Option<Motion>, Diagnostic> {
    let echo = musical(param, arg).map(Motion::Echo);
    let motion = match (arg, echo) {
        (Arg::Curve(_), _) | (_, Some(_)) if !param.moves() => {
            return Err(Diagnostic::error(format!(
                "`{}` is fixed: it takes no {}",
                param.name,
                what_moves(arg)
            )));
        }
        (Arg::Curve(curve), _) => args::motion(param, curve)?,
        (_, Some(echo)) => echo,
        _ => return Ok(None),
    };
    draft.count_points(args::points(&motion));
    Ok(Some(motion))
}

fn what_moves(arg: &Arg) -> &'static str {
    if matches!(arg, Arg::Curve(_)) { "curve" } else { "length that follows the tempo" }
}

/// The musical length that was given for a time.
fn musical(param: &ParamInfo, arg: &Arg) -> Option<Length> {
    if !matches!(param.unit(), Some(Unit::Ms | Unit::Seconds)) {
        return None;
    }
    let length = match arg {
        Arg::Length(length) => *length,
        Arg::Plain(Value::Number(value, unit)) => Quantity { value: *value, unit: *unit }.length()?,
        Arg::Plain(Value::Text(text)) => crate::units::parse(text)?.length()?,
        _ => return None,
    };
    (length.bars != 0.0 || length.beats != 0.0).then_some(length)
}

/// A setting that does not move, as a value.
fn still(rate: u32, param: &ParamInfo, arg: &Arg) -> Result<Value, Diagnostic> {
    let seconds = |samples: f64| samples / f64::from(rate);
    let value = match arg {
        Arg::Length(length) => Some(Value::Number(length.seconds + seconds(length.samples), Unit::Seconds)),
        Arg::Plain(Value::Number(samples, Unit::Samples))
            if matches!(param.unit(), Some(Unit::Ms | Unit::Seconds)) =>
        {
            Some(Value::Number(seconds(*samples), Unit::Seconds))
        }
        _ => arg.value(),
    };
    let value = value.ok_or_else(|| args::unfit(param.name, &param.wanted(), arg))?;
    Ok(args::understood(param, value))
}
