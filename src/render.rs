//! `mixwright render`.

use crate::{
    args, cache, clipped,
    load::{self, Loaded},
    outcome::Outcome,
    print,
    profile::Told,
    progress::{Line, Wanted},
    request::{arranged, request},
    sections::{self, Measured},
    stop, table, tell,
};
use mixwright_engine::render::{Meters, Progress, Request, render, report::Report};
use std::time::{Duration, Instant};

pub(crate) fn run(args: &args::Render) -> Result<(), Outcome> {
    let begun = Instant::now();
    let Loaded { song, warnings, read } = load::song(&args.made.song)?;
    let song = arranged(&args.made, song)?;
    let checked = load::checked(&song)?;
    if !args.quiet {
        load::warn(&warnings);
        load::warn(&checked.warnings);
    }
    let meters = if reports(args) { Meters::All } else { Meters::None };
    let request = traced(
        args,
        request(&args.made, &song, &checked.song, &read, meters, cache::store(&args.made.caching))?,
    );
    let declared = args.profile.then(|| begun.elapsed());
    let stop = stop::from_outside(|| tell(stop::STOPPING))?;
    let line = Line::new(if args.quiet || args.json { Wanted::No } else { Wanted::Yes });
    let told = |done, all, rate| line.tell(done, all, rate);
    let done = render(&checked.song, &request, &load::disk(&song), &Progress { told: &told, stop: &stop });
    line.end();
    let report = done?;
    let sections = match &request.master {
        Some(master) if reports(args) => {
            sections::measured(&checked.song, master, request.part, report.length)?
        }
        _ => Vec::new(),
    };
    said(&report, &sections, args, begun, declared)
}

/// The same request with a trace beside the master, if a profile is wanted.
fn traced(args: &args::Render, mut request: Request) -> Request {
    let trace = request.master.as_ref().map(|master| master.with_extension("trace.json"));
    request.trace = trace.filter(|_| args.profile);
    request
}

/// Whether anything is told at the end.
fn reports(args: &args::Render) -> bool {
    args.json || !args.quiet
}

fn said(
    report: &Report,
    sections: &[Measured],
    args: &args::Render,
    begun: Instant,
    declared: Option<Duration>,
) -> Result<(), Outcome> {
    let took = begun.elapsed();
    let profile = report.profile.as_ref().zip(declared);
    let profile = profile.map(|(engine, declaring)| Told { engine, declaring, took });
    if !args.quiet {
        load::warn(&clipped::warnings(report));
        load::warn(&cache::trouble(report));
    }
    match (args.json, args.quiet) {
        (true, _) => {
            let mut json = serde_json::to_value(report).unwrap_or_default();
            json["sections"] = sections.iter().map(section).collect();
            json["seconds_taken"] = took.as_secs_f64().into();
            if let Some(profile) = profile {
                json["files"] = serde_json::json!(
                    [report.files.as_slice(), std::slice::from_ref(&profile.engine.trace)].concat()
                );
                json["profile"] = profile.json();
            }
            print(&format!("{json:#}\n"))
        }
        (_, true) => Ok(()),
        _ => {
            print(&table::report(report, sections, took))?;
            profile.iter().for_each(|profile| tell(&format!("\n{}", profile.text())));
            Ok(())
        }
    }
}

fn section(measured: &Measured) -> serde_json::Value {
    let Measured { name, from, to, reading } = measured;
    serde_json::json!({ "name": name, "from": from, "to": to, "reading": reading })
}
