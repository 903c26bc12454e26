//! Bands of an equaliser: `bell(380.hz, -4.db, 1.4)`, `high_shelf(8.khz, 2.5.db)`, one function for each shape that the
//! equaliser's own declaration knows.

use crate::{
    args::{self, Arg},
    bind,
    call::{Args, Book},
    draft::Draft,
    spot::Part,
};
use mixwright_engine::diagnostic::Diagnostic;
use mixwright_nodes::{
    effects::AnyEffect,
    params::{Kind, ParamsInfo, Value},
};
use rhai::Dynamic;

/// A band: its settings by name, its shape among them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Band(pub(crate) Vec<(String, Arg)>);

/// The parameter that says which shape a band has.
const SHAPE: &str = "shape";

/// Registers a function for each shape of a band that any effect knows.
pub(crate) fn register(book: &mut Book<'_>) {
    book.engine.register_type_with_name::<Band>("Band");
    let lists =
        AnyEffect::ALL.iter().flat_map(|info| info.params.flat()).filter_map(|param| match param.kind {
            Kind::List(band) => Some(band),
            _ => None,
        });
    for band in lists {
        let Some(Kind::Choice(shapes)) = band.find(SHAPE).map(|(shape, _)| shape.kind) else {
            continue;
        };
        for &shape in shapes {
            let places = places(band, shape);
            let usage = usage(shape, &places);
            book.function(usage, 1..=5, move |draft, args| {
                Dynamic::from(Band(made(draft, band, shape, &places, args)))
            });
        }
    }
}

/// The settings of a band that need no names: those of the effect of the same name, if there is one.
fn places(band: &'static ParamsInfo, shape: &str) -> Vec<&'static str> {
    let alone = AnyEffect::named(shape).map(|effect| effect.info().params.positional);
    let all = alone.filter(|names| !names.is_empty()).unwrap_or(band.positional);
    all.iter().copied().filter(|name| *name != SHAPE && band.find(name).is_some()).collect()
}

fn usage(shape: &str, places: &[&str]) -> String {
    format!("{shape}({})", places.join(", "))
}

fn made(
    draft: &mut Draft,
    band: &'static ParamsInfo,
    shape: &'static str,
    places: &[&'static str],
    args: Args,
) -> Vec<(String, Arg)> {
    let mut settings = vec![(SHAPE.to_owned(), Arg::Plain(Value::Text(shape.to_owned())))];
    let mut args: Vec<Arg> = args.into_iter().map(Arg::of).collect();
    let named = match args.last() {
        Some(Arg::Map(named)) => {
            let named = named.clone();
            args.pop();
            named
        }
        _ => Vec::new(),
    };
    if args.len() > places.len() {
        let error = Diagnostic::error(format!("`{shape}` cannot take {} values", args.len()));
        draft.report(error.hint(format!("write `{}`", usage(shape, places))));
    }
    settings.extend(places.iter().map(|name| (*name).to_owned()).zip(args));
    let known = band.names();
    for (name, value) in named {
        if known.contains(&name.as_str()) && name != SHAPE {
            settings.push((name, value));
        } else {
            draft.about(Part::Key(name.clone()), |draft| draft.report(args::unknown(shape, &name, &known)));
        }
    }
    let names: Vec<&str> = settings.iter().map(|(name, _)| name.as_str()).collect();
    bind::need_gain(draft, shape, places, &names);
    settings
}
