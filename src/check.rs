//! `mixwright check`: all that is wrong with a song.

use crate::{
    args,
    load::{self, Loaded},
    outcome::Outcome,
    print,
};
use mixwright_engine::{
    diagnostic::{Diagnostic, Origin, Severity},
    graph,
    render::plays,
};
use serde_json::{Value, json};

pub(crate) fn run(args: &args::Check) -> Result<(), Outcome> {
    let done = load::song(&args.song).and_then(|Loaded { song, mut warnings, .. }| {
        let checked = load::checked(&song)?;
        graph::build(&checked.song).map_err(|error| Outcome::Author(vec![error]))?;
        plays(&checked.song).map_err(|error| Outcome::Author(vec![error]))?;
        warnings.extend(checked.warnings);
        Ok((song.title, song.strips.len(), warnings))
    });
    match (done, args.json) {
        (Ok((title, strips, warnings)), false) => {
            load::warn(&warnings);
            print(&format!("{title}: {strips} strips, nothing wrong\n"))
        }
        (Ok((_, _, warnings)), true) => print(&listed(&warnings)),
        (Err(Outcome::Author(errors)), true) => {
            print(&listed(&errors))?;
            Err(Outcome::Told(Outcome::Author(errors).code()))
        }
        (Err(outcome), _) => Err(outcome),
    }
}

fn listed(found: &[Diagnostic]) -> String {
    let place =
        |origin: &Origin| json!({ "file": &*origin.file, "line": origin.line, "column": origin.column });
    let all: Vec<Value> = found
        .iter()
        .map(|found| {
            json!({
                "severity": if found.severity == Severity::Error { "error" } else { "warning" },
                "message": found.message,
                "at": found.origin.as_ref().map(place),
                "labels": found.labels.iter().map(|(origin, words)| json!({ "at": place(origin), "words": words }))
                    .collect::<Vec<_>>(),
                "hints": found.hints,
            })
        })
        .collect();
    format!("{:#}\n", Value::from(all))
}
