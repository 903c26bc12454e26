//! `mixwright render`.

use crate::{
    args, cache, heard,
    load::{self, Loaded},
    outcome::Outcome,
    outputs::Outputs,
    part, print,
    profile::Told,
    progress::{Line, Wanted},
    sections::{self, Measured},
    stop, table, tell,
};
use mixwright_engine::{
    diagnostic::Diagnostic,
    plan::Machine,
    render::{
        Meters, Progress, Request, render,
        report::{Clipped, Report},
    },
    resolved::Resolved,
    song::{Song, Stems, UsedFile},
};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub(crate) fn run(args: &args::Render) -> Result<(), Outcome> {
    let begun = Instant::now();
    let Loaded { mut song, warnings, read } = load::song(&args.song)?;
    heard::apply(&mut song, args)?;
    if args.stems.is_some() && song.stems == Stems::None {
        song.stems = Stems::All;
    }
    let checked = load::checked(&song)?;
    if !args.quiet {
        load::warn(&warnings);
        load::warn(&checked.warnings);
    }
    let request = request(args, &song, &checked.song, texts(args, read))?;
    let declared = args.profile.then(|| begun.elapsed());
    let stop = stop::from_outside()?;
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

/// Whether anything is told at the end.
fn reports(args: &args::Render) -> bool {
    args.json || !args.quiet
}

/// What of the sound the files could not hold.
fn clippings(report: &Report) -> Vec<Diagnostic> {
    let told = |clipped: &Clipped| {
        let (file, count) = (clipped.file.display(), clipped.samples);
        Diagnostic::warning(format!(
            "`{file}` clips: {count} samples went beyond full scale and were cut off"
        ))
        .hint("lower the faders, end the master in `finish` or `limit`, or write `--format wav32f`")
    };
    report.clipped.iter().map(told).collect()
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
        load::warn(&clippings(report));
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

fn request(
    args: &args::Render,
    song: &Song,
    checked: &Resolved,
    keep: Vec<UsedFile>,
) -> Result<Request, Outcome> {
    let Outputs { master, mix, stems, trace, format } = Outputs::new(args, song)?;
    let suits = Machine::default();
    let threads = args.threads.map_or(suits.threads, usize::from);
    Ok(Request {
        master: Some(master),
        mix,
        stems,
        trace,
        keep,
        format,
        part: part::of(args, checked)?,
        meters: if reports(args) { Meters::All } else { Meters::None },
        store: cache::store(&args.caching),
        machine: Machine { threads, block: args.block as usize, pack: args.pack.unwrap_or(suits.pack) },
    })
}

/// The texts that a song was read from.
fn texts(args: &args::Render, read: Vec<PathBuf>) -> Vec<UsedFile> {
    let how = |path: &Path| match path == args.song.script {
        true => "the song is declared in it",
        false => "the script reads it",
    };
    let used = |path: PathBuf| UsedFile { how: how(&path).to_owned(), path, origin: Default::default() };
    read.into_iter().map(used).collect()
}
