//! Chains: a chain without a place, chains side by side, names for places, and changes to what a template made.

use crate::{
    api::places::{both, first},
    args::{self, Arg},
    bind::{self, Given},
    call::{Args, Book, Of},
    draft::{Draft, Link, Role, Strip},
    spot::Part,
};
use mixwright_engine::{diagnostic::Diagnostic, song::limits::LEVEL};
use mixwright_nodes::params::nearest;
use rhai::Dynamic;

/// Chains within chains beyond this serve no mix.
const DEEPEST: usize = 16;

/// Registers the verbs of chains.
pub(crate) fn register(book: &mut Book<'_>) {
    book.function("chain()", 0..=0, |draft, _| Dynamic::from(draft.add(Role::Chain, "")));
    book.verb::<Strip>(Of::Strip, "parallel(name, level, chain)", 3..=3, parallel);
    book.verb::<Strip>(Of::Strip, "tap(name)", 1..=1, tap);
    book.verb::<Strip>(Of::Strip, "set(effect, #{ … })", 2..=2, set);
    book.verb::<Strip>(Of::Strip, "remove(effect)", 1..=1, remove);
}

fn parallel(draft: &mut Draft, strip: Strip, args: Args) -> Dynamic {
    let mut args = args.into_iter().map(Arg::of);
    let mut next = || args.next().unwrap_or(Arg::Nothing);
    let (name, level, chain) = (next(), next(), next());
    let name = draft.heed_argument(0, args::text("parallel", &name));
    let level = draft.about(Part::Argument(1), |draft| draft.heed_setting(&LEVEL, &level));
    let chain = match chain {
        Arg::Strip(chain) if draft.line(chain).role == Role::Chain => Some(chain),
        other => {
            let error = args::unfit("parallel", "a chain", &other);
            let hint = "write `chain().compress(…)`; a strip is reached by `send` or `to`";
            draft.heed_argument(2, Err(error.hint(hint)))
        }
    };
    if let (Some(name), Some(level), Some(chain)) = (name, level, chain)
        && draft.heed(lie_beside(draft, strip, chain)).is_some()
    {
        draft.line(chain).within = Some(strip);
        let origin = draft.here();
        draft.link(strip, Link::Parallel { name, level, chain, origin });
    }
    Dynamic::from(strip)
}

/// Whether a chain can lie beside a place of a strip. It lies in one place: what a script says of it later is meant there.
fn lie_beside(draft: &Draft, strip: Strip, chain: Strip) -> Result<(), Diagnostic> {
    let around: Vec<Strip> =
        std::iter::successors(Some(strip), |inner| draft.lines[inner.0].within).collect();
    if around.contains(&chain) {
        return Err(Diagnostic::error("a chain cannot lie beside a place within itself"));
    }
    if draft.lines[chain.0].within.is_some() {
        return Err(Diagnostic::error("this chain lies beside another place already")
            .hint("make another with `chain()`; a function of the script can make as many as needed"));
    }
    if around.len() + height(draft, chain) > DEEPEST {
        return Err(Diagnostic::error(format!("chains lie within chains at most {DEEPEST} deep")));
    }
    Ok(())
}

/// How many chains lie within each other here, this one counted.
fn height(draft: &Draft, chain: Strip) -> usize {
    let within = draft.lines[chain.0].chain.iter().map(|link| match link {
        Link::Parallel { chain, .. } => height(draft, *chain),
        _ => 0,
    });
    1 + within.max().unwrap_or(0)
}

fn tap(draft: &mut Draft, strip: Strip, args: Args) -> Dynamic {
    if let Some(name) = draft.heed_argument(0, args::text("tap", &Arg::of(first(args)))) {
        draft.link(strip, Link::Tap(name));
    }
    Dynamic::from(strip)
}

fn set(draft: &mut Draft, strip: Strip, args: Args) -> Dynamic {
    let [name, settings] = both(args);
    let Arg::Map(settings) = settings else {
        let error = args::unfit("set", "a map of settings", &settings);
        draft.report(error.hint("write for example `set(\"compress\", #{ ratio: 4 })`"));
        return Dynamic::from(strip);
    };
    if let Some(index) = find(draft, strip, "set", &name) {
        change(draft, strip, index, settings);
    }
    Dynamic::from(strip)
}

fn change(draft: &mut Draft, strip: Strip, index: usize, settings: Vec<(String, Arg)>) {
    match draft.line(strip).chain[index].clone() {
        Link::Effect(mut effect) => {
            bind::apply(draft, &mut effect, Given::named(settings));
            draft.line(strip).chain[index] = Link::Effect(effect);
        }
        Link::Parallel { name, chain, origin, .. } => {
            for (setting, arg) in &settings {
                let level = draft.about(Part::Key(setting.clone()), |draft| match setting.as_str() {
                    "level" => draft.heed_setting(&LEVEL, arg),
                    _ => draft.heed(Err(args::unknown(&name, setting, &["level"]))),
                });
                if let Some(level) = level {
                    let (name, origin) = (name.clone(), origin.clone());
                    draft.line(strip).chain[index] = Link::Parallel { name, level, chain, origin };
                }
            }
        }
        Link::Tap(name) => {
            draft.report(Diagnostic::error(format!("`{name}` is a tap, which has no settings")))
        }
    }
}

fn remove(draft: &mut Draft, strip: Strip, args: Args) -> Dynamic {
    if let Some(index) = find(draft, strip, "remove", &Arg::of(first(args)))
        && let Link::Parallel { chain, .. } = draft.line(strip).chain.remove(index)
    {
        draft.line(chain).within = None;
    }
    Dynamic::from(strip)
}

/// The place in a chain of what has that name.
fn find(draft: &mut Draft, strip: Strip, verb: &str, name: &Arg) -> Option<usize> {
    let name = draft.heed_argument(0, args::text(verb, name))?;
    let line = draft.line(strip);
    let names: Vec<String> = line.chain.iter().map(|link| link.name().to_owned()).collect();
    if let Some(index) = names.iter().position(|known| *known == name) {
        return Some(index);
    }
    let error = Diagnostic::error(format!("this {} has no effect called `{name}`", line.role.word()));
    let error = match nearest(&name, names.iter().map(String::as_str)) {
        Some(near) => error.hint(format!("did you mean \"{near}\"?")),
        None if names.is_empty() => error.hint("its chain is empty so far"),
        None => error.hint(format!("it has {}", names.join(", "))),
    };
    draft.heed_argument(0, Err(error))
}
