//! Settings from outside: `param(name, default)` from the command line, and `given`, by which a template takes its own.

use crate::{
    api::places::{both, first},
    args::{self, Arg},
    call::{Args, Book, Of},
    draft::Draft,
    resolver::Resolver,
    settings,
    spot::Part,
    units::{self, Quantity},
};
use mixwright_engine::diagnostic::Diagnostic;
use mixwright_nodes::unit::{Unit, written};
use rhai::{Dynamic, Map};

/// Registers the words for settings.
pub(crate) fn register(book: &mut Book<'_>, resolver: &Resolver) {
    let resolver = resolver.clone();
    book.function("settings(file)", 1..=1, move |draft, args| settings(draft, &resolver, args));
    book.function("param(name, default)", 2..=2, param);
    book.verb::<Map>(Of::Free, "given(own)", 1..=1, given);
}

/// Reads a RON file, whose name counts from the folder of the main script.
fn settings(draft: &mut Draft, resolver: &Resolver, args: Args) -> Dynamic {
    let Some(file) = draft.heed_argument(0, args::text("settings", &Arg::of(first(args)))) else {
        return Dynamic::UNIT;
    };
    let read =
        resolver.read_beside(&file, settings::SETTINGS).and_then(|(name, text)| settings::read(&text, &name));
    draft.heed_argument(0, read).unwrap_or_default()
}

fn param(draft: &mut Draft, args: Args) -> Dynamic {
    let default = args[1].clone();
    let [name, _] = both(args);
    let Some(name) = draft.heed_argument(0, args::text("param", &name)) else {
        return default;
    };
    draft.asked.push(name.clone());
    let Some(text) = draft.given.get(&name).cloned() else {
        return default;
    };
    draft.heed(read(&name, &text, &default)).unwrap_or(default)
}

/// Reads a text as a value of the kind that the default has.
fn read(name: &str, text: &str, default: &Dynamic) -> Result<Dynamic, Diagnostic> {
    let wrong =
        |takes: &str| Diagnostic::error(format!("the parameter `{name}` takes {takes}, not `{text}`"));
    if default.is_bool() {
        return text.parse::<bool>().map(Dynamic::from).map_err(|_| wrong("`true` or `false`"));
    }
    if default.is_string() {
        return Ok(text.to_owned().into());
    }
    if default.is_int() {
        return text.parse::<rhai::INT>().map(Dynamic::from).map_err(|_| wrong("a whole number"));
    }
    if default.is_float() {
        return text.parse::<rhai::FLOAT>().map(Dynamic::from).map_err(|_| wrong("a number"));
    }
    let Some(usual) = default.read_lock::<Quantity>().map(|quantity| *quantity) else {
        return Err(Diagnostic::error(format!("the default of `{name}` is neither number, word nor switch")));
    };
    let quantity = units::parse(text).and_then(|given| with_unit(given, usual.unit));
    let takes = format!("a value such as `{}`", written(usual.value, usual.unit));
    quantity.map(Dynamic::from).ok_or_else(|| wrong(&takes))
}

/// A quantity in another unit of the same measure; a bare number takes the unit.
fn with_unit(given: Quantity, unit: Unit) -> Option<Quantity> {
    given.unit.factor_to(unit).map(|factor| Quantity { value: given.value * factor, unit })
}

/// The defaults of a template, with what its caller gave instead: all names and units checked.
fn given(draft: &mut Draft, mut defaults: Map, args: Args) -> Dynamic {
    let own = args.into_iter().next().unwrap_or_default();
    let own = match own.type_name() {
        "map" => own.cast::<Map>(),
        "()" => Map::new(),
        _ => {
            draft.report(args::unfit("given", "a map of settings", &Arg::of(own)));
            return defaults.into();
        }
    };
    let known: Vec<String> = defaults.keys().map(ToString::to_string).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    for (name, value) in own {
        if value.is_unit() {
            continue;
        }
        let fitting = match defaults.get(&name) {
            Some(setting) => like(&name, value, setting),
            None => Err(unknown(&name, &known)),
        };
        match draft.about(Part::Key(name.to_string()), |draft| draft.heed(fitting)) {
            Some(value) => drop(defaults.insert(name, value)),
            None => draft.passed = Some(name.to_string()),
        }
    }
    defaults.into()
}

fn unknown(name: &str, known: &[&str]) -> Diagnostic {
    let error = Diagnostic::error(format!("there is no setting `{name}`"));
    match mixwright_nodes::params::nearest(name, known.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("known: {}", known.join(", "))),
    }
}

/// A bare number takes the unit of the default; one that measures something else is refused.
fn like(name: &str, value: Dynamic, default: &Dynamic) -> Result<Dynamic, Diagnostic> {
    let Some(usual) = default.read_lock::<Quantity>().map(|quantity| *quantity) else {
        return Ok(value);
    };
    let given = match Arg::of(value.clone()) {
        Arg::Plain(mixwright_nodes::params::Value::Number(value, unit)) => Quantity { value, unit },
        Arg::Plain(mixwright_nodes::params::Value::Text(text)) => match units::parse(&text) {
            Some(given) => given,
            None => return Ok(value),
        },
        _ => return Ok(value),
    };
    with_unit(given, usual.unit).map(Dynamic::from).ok_or_else(|| {
        Diagnostic::error(format!(
            "`{name}` is measured in {}, not in {}",
            usual.unit.symbol(),
            given.unit.symbol()
        ))
        .hint(format!("write for example `{name}: {}`", usual.unit.example()))
    })
}
