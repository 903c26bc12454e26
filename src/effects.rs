//! `mixwright effects`: the manual, made of the declarations themselves.

use crate::{args, outcome::Outcome, print};
use mixwright_engine::diagnostic::Diagnostic;
use mixwright_nodes::{
    effect::{EffectInfo, KeyUse},
    effects::AnyEffect,
    finish::Finish,
    params::{Kind, ParamInfo, Params, ParamsInfo, Value, nearest},
    unit::{Unit, written},
};
use serde_json::json;
use std::fmt::Write;

pub(crate) fn run(args: &args::Effects) -> Result<(), Outcome> {
    let pages = pages();
    let chosen: Vec<&Page> = match &args.name {
        None => pages.iter().collect(),
        Some(name) => vec![find(&pages, name)?],
    };
    let text = match (args.json, args.markdown, &args.name) {
        (true, ..) => format!("{:#}\n", serde_json::Value::from_iter(chosen.iter().map(|page| page.json()))),
        (_, true, _) => manual(&chosen),
        (_, _, Some(_)) => chosen[0].text(),
        _ => overview(&chosen),
    };
    print(&text)
}

/// What there is to say about an effect.
struct Page {
    info: &'static ParamsInfo,
    key: KeyUse,
    defaults: Vec<(String, Value)>,
}

fn pages() -> Vec<Page> {
    let page = |info: &EffectInfo| {
        let effect = AnyEffect::named(info.params.name).expect("every entry of the list has a name in it");
        Page { info: info.params, key: info.key, defaults: effect.entries() }
    };
    let finish = Page { info: Finish::INFO, key: KeyUse::None, defaults: Finish::default().entries() };
    let mut all: Vec<Page> = AnyEffect::ALL.iter().map(page).chain([finish]).collect();
    all.sort_by_key(|page| page.info.name);
    all
}

fn find<'p>(pages: &'p [Page], name: &str) -> Result<&'p Page, Outcome> {
    pages.iter().find(|page| page.info.name == name).ok_or_else(|| {
        let error = Diagnostic::error(format!("there is no effect `{name}`"));
        let hint = match nearest(name, pages.iter().map(|page| page.info.name)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`mixwright effects` lists them all".to_owned(),
        };
        Outcome::Author(vec![error.hint(hint)])
    })
}

fn overview(pages: &[&Page]) -> String {
    let mut text = String::new();
    for page in pages {
        let doc = page.info.doc().replace("\n ", " ");
        let first = doc.split_inclusive(['.', ':']).next().unwrap_or_default().trim_end_matches(':');
        let _ = writeln!(text, "{:<12} {first}", page.info.name);
    }
    text.push_str("\n`mixwright effects NAME` explains one. All of them take `mix`, `bypass` and `on`.\n");
    text
}

fn manual(pages: &[&Page]) -> String {
    let mut text = String::from(
        "# Effects\n\nMade by `mixwright effects --markdown`. Every effect also takes `mix` (how much of it is heard, in \
         percent), `bypass` (`true` leaves it out), `on` (`\"stereo\"`, `\"left\"`, `\"right\"`, `\"mid\"`, `\"side\"`: the part of \
         the signal that it works on) and `name` (what `set` and `remove` call it). What is marked *fixed* is set once; \
         everything else that is a number takes a curve.\n",
    );
    for page in pages {
        let _ = write!(text, "\n## {}\n\n{}\n", page.info.name, joined(page.info.doc()));
        if let Some(words) = page.key_words() {
            let _ = write!(text, "\n{words}\n");
        }
        let params = page.info.flat();
        if params.is_empty() {
            continue;
        }
        text.push_str("\n| parameter | takes | default | what it does |\n|---|---|---|---|\n");
        for param in params {
            let fixed = if page.is_fixed(param) { " *(fixed)*" } else { "" };
            let _ = writeln!(
                text,
                "| `{}` | {}{fixed} | {} | {} |",
                param.name,
                takes(param),
                page.default(param),
                joined(param.doc())
            );
            if let Kind::List(inner) = param.kind {
                for sub in inner.flat() {
                    let _ = writeln!(text, "| - `{}` | {} | | {} |", sub.name, takes(sub), joined(sub.doc()));
                }
            }
        }
    }
    text
}

impl Page {
    fn text(&self) -> String {
        let mut text = format!("{}\n\n{}\n", self.info.name, joined(self.info.doc()));
        if let Some(words) = self.key_words() {
            let _ = writeln!(text, "{words}");
        }
        for param in self.info.flat() {
            let fixed = if self.is_fixed(param) { ", fixed" } else { "" };
            let (range, default) = (takes(param), self.default(param));
            let _ = writeln!(text, "\n  {}: {range}, {default} unless given{fixed}", param.name);
            let _ = writeln!(text, "      {}", joined(param.doc()));
            if let Kind::List(inner) = param.kind {
                for sub in inner.flat() {
                    let _ = writeln!(text, "      {}: {}. {}", sub.name, takes(sub), joined(sub.doc()));
                }
            }
        }
        text
    }

    fn json(&self) -> serde_json::Value {
        let param = |param: &&ParamInfo| {
            let number =
                matches!(param.kind, Kind::Number(_) | Kind::Auto(_) | Kind::Numbers(_) | Kind::List(_));
            let words = if let Kind::Choice(words) = param.kind { Some(words) } else { None };
            json!({
                "name": param.name,
                "doc": joined(param.doc()),
                "takes": takes(param),
                "unit": param.unit().map(Unit::symbol),
                "min": number.then_some(param.min),
                "max": number.then_some(param.max),
                "words": words,
                "default": self.default(param),
                "fixed": param.fixed,
            })
        };
        json!({
            "name": self.info.name,
            "doc": joined(self.info.doc()),
            "positional": self.info.positional,
            "key": match self.key { KeyUse::None => "none", KeyUse::Optional => "optional", KeyUse::Required => "required" },
            "params": self.info.flat().iter().map(param).collect::<Vec<_>>(),
        })
    }

    fn key_words(&self) -> Option<&'static str> {
        match self.key {
            KeyUse::None => None,
            KeyUse::Optional => Some("It listens to its own input, or to the strip given as `key`."),
            KeyUse::Required => Some("It listens to another strip, which is given first."),
        }
    }

    fn is_fixed(&self, param: &ParamInfo) -> bool {
        !param.moves()
    }

    fn default(&self, param: &ParamInfo) -> String {
        let value = self.defaults.iter().find(|(name, _)| name == param.name).map(|(_, value)| value);
        match value {
            Some(Value::Text(text)) if text.is_empty() => "must be given".to_owned(),
            Some(Value::List(list)) if list.is_empty() => "none".to_owned(),
            Some(Value::List(list)) if matches!(param.kind, Kind::Numbers(_)) => {
                list.iter().map(Value::to_string).collect::<Vec<_>>().join(", ")
            }
            Some(value) => value.to_string(),
            None => String::new(),
        }
    }
}

fn takes(param: &ParamInfo) -> String {
    let range = |unit: Unit| format!("{} to {}", written(param.min, unit), written(param.max, unit));
    match param.kind {
        Kind::Number(unit) => range(unit),
        Kind::Auto(unit) => format!("{}, or \"auto\"", range(unit)),
        Kind::Choice(words) => words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", "),
        Kind::Switch => "true or false".to_owned(),
        Kind::File => "an audio file".to_owned(),
        Kind::Numbers(unit) => format!("a list, {}", range(unit)),
        Kind::List(_) => format!("a list of {} to {}", param.min, param.max),
        Kind::Group(_) => String::new(),
    }
}

/// A doc comment as one line.
fn joined(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}
