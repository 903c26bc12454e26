//! `mixwright render`.

use crate::{
    args, heard,
    load::{self, Loaded},
    outcome::Outcome,
    print,
    progress::{Line, Wanted},
    sections::{self, Measured},
    table, tell,
};
use mixwright_engine::{
    diagnostic::Diagnostic,
    files,
    plan::Machine,
    render::{Meters, Progress, Request, render, report::Report},
    resolved::Resolved,
    sink::Format,
    song::{Length, Place, Song, Stems, UsedFile},
};
use mixwright_nodes::{params::nearest, unit::Frames};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

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
    let request = Request { keep: texts(args, read), ..request(args, &song, &checked.song)? };
    let stop = stopped_from_outside()?;
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
    said(&report, &sections, args, begun)
}

/// Whether anything is told at the end.
fn reports(args: &args::Render) -> bool {
    args.json || !args.quiet
}

fn said(report: &Report, sections: &[Measured], args: &args::Render, begun: Instant) -> Result<(), Outcome> {
    let took = begun.elapsed();
    match (args.json, args.quiet) {
        (true, _) => {
            let mut json = serde_json::to_value(report).unwrap_or_default();
            json["sections"] = sections.iter().map(section).collect();
            json["seconds_taken"] = took.as_secs_f64().into();
            print(&format!("{json:#}\n"))
        }
        (_, true) => Ok(()),
        _ => print(&table::report(report, sections, took)),
    }
}

fn section(measured: &Measured) -> serde_json::Value {
    let Measured { name, from, to, reading } = measured;
    serde_json::json!({ "name": name, "from": from, "to": to, "reading": reading })
}

/// What is said of a name that nothing has.
pub(crate) fn unknown(what: &str, name: &str, known: &[String]) -> Diagnostic {
    let error = Diagnostic::error(format!("there is no {what} named `{name}`"));
    let hint = match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => format!("the song has no {what} at all"),
        None => format!("known: {}", known.join(", ")),
    };
    error.hint(hint)
}

fn request(args: &args::Render, song: &Song, checked: &Resolved) -> Result<Request, Outcome> {
    names_files(args)?;
    let format = format(args)?;
    let output = args.output.clone().unwrap_or_else(|| named_after(&args.song.script, format));
    let stems = match (&args.stems, &song.stems) {
        (Some(folder), _) => Some(folder.clone()),
        (None, Stems::None) => None,
        (None, _) => Some(output.with_extension("").with_file_name(format!("{} stems", stem(&output)))),
    };
    let threads = args.threads.map_or_else(|| Machine::default().threads, usize::from);
    Ok(Request {
        master: Some(output),
        mix: args.mix.clone(),
        stems,
        keep: Vec::new(),
        format,
        part: part(args, checked)?,
        meters: if reports(args) { Meters::All } else { Meters::Master },
        machine: Machine { threads, block: args.block as usize, ..Machine::default() },
    })
}

/// Elsewhere `-` is the standard output, which takes no sound here.
fn names_files(args: &args::Render) -> Result<(), Outcome> {
    let paths = [("--output", &args.output), ("--mix", &args.mix), ("--stems", &args.stems)];
    let dash = paths.iter().find(|(_, path)| path.as_deref() == Some(Path::new("-")));
    dash.map_or(Ok(()), |(option, _)| {
        let error = Diagnostic::error(format!("`{option} -` names no file, and sound goes into files only"));
        Err(Outcome::Author(vec![error.hint("write a name; a file that is called `-` is `./-`")]))
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

fn named_after(script: &Path, format: Format) -> PathBuf {
    PathBuf::from(format!("{}.{}", stem(script), format.extension()))
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The format of all files, which no name of one may belie.
fn format(args: &args::Render) -> Result<Format, Outcome> {
    let format = wanted(args)?;
    match args.mix.as_deref().and_then(ending) {
        Some(told) if told != format.extension() => {
            let message =
                format!("the mix ends in `.{told}`, but what this render writes is {}", format.extension());
            let hint = format!("name it `.{}`, as all files of a render are of one kind", format.extension());
            Err(Outcome::Author(vec![Diagnostic::error(message).hint(hint)]))
        }
        _ => Ok(format),
    }
}

/// How a file's name ends, in small letters.
fn ending(path: &Path) -> Option<String> {
    path.extension().map(|extension| extension.to_string_lossy().to_lowercase())
}

/// The format asked for, or the one that the output's name tells.
fn wanted(args: &args::Render) -> Result<Format, Outcome> {
    let told = args.output.as_deref().and_then(ending);
    let format = args.format.map(args::Kind::format);
    match (format, told.as_deref()) {
        (Some(format), Some(told)) if told != format.extension() => {
            let message =
                format!("`--format` asks for {}, but the output ends in `.{told}`", format.extension());
            Err(Outcome::mistake(message))
        }
        (Some(format), _) => Ok(format),
        (None, None | Some("wav")) => Ok(args::Kind::Wav24.format()),
        (None, Some("flac")) => Ok(args::Kind::Flac24.format()),
        (None, Some(told)) => {
            let error = Diagnostic::error(format!("mixwright writes no `.{told}` files"));
            Err(Outcome::Author(vec![error.hint("name the output `.wav` or `.flac`")]))
        }
    }
}

/// The part of the song that is asked for.
fn part(args: &args::Render, song: &Resolved) -> Result<Option<(Frames, Frames)>, Outcome> {
    if let Some(name) = &args.section {
        let known: Vec<String> = song.sections.iter().map(|section| section.name.clone()).collect();
        let section = song.sections.iter().find(|section| section.name == *name);
        return section
            .map(|s| Some((s.from.max(Frames(0)), s.to)))
            .ok_or_else(|| Outcome::Author(vec![unknown("section", name, &known)]));
    }
    let Some(range) = &args.range else { return Ok(None) };
    let ends = range.split_once("..").and_then(|(from, to)| Some((place(from)?, place(to)?)));
    let Some((from, to)) = ends.map(|(from, to)| (song.timeline.frame(&from), song.timeline.frame(&to)))
    else {
        let error = Diagnostic::error(format!("`--range {range}` is no range"));
        return Err(Outcome::Author(vec![
            error.hint("write bars (17..25) or times (1:02.5..1:30, 30s..45s)"),
        ]));
    };
    if to <= from {
        return Err(Outcome::mistake(format!("`--range {range}` ends where it begins, or before")));
    }
    Ok(Some((from, to)))
}

/// A bar's number, or a time in minutes and seconds.
fn place(text: &str) -> Option<Place> {
    let text = text.trim();
    let number =
        |text: &str| text.trim().parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0);
    let at = |seconds| Place::default().plus(Length { seconds, ..Length::default() });
    if let Some((minutes, seconds)) = text.split_once(':') {
        return Some(at(number(minutes)? * 60.0 + number(seconds)?));
    }
    if let Some(seconds) = text.strip_suffix('s') {
        return Some(at(number(seconds)?));
    }
    let bar = number(text)?;
    (bar >= 1.0).then(|| Place::bar(bar))
}

/// Set by Ctrl-C, or when the system or a closed terminal asks to end, so that the render ends at the next block and leaves
/// no litter.
fn stopped_from_outside() -> Result<Arc<AtomicBool>, Outcome> {
    let stop = Arc::new(AtomicBool::new(false));
    let set = stop.clone();
    ctrlc::set_handler(move || {
        if set.swap(true, Ordering::Relaxed) {
            // Asked twice: at once.
            files::abandon();
            std::process::exit(130);
        }
        tell("stopping; ask again to stop at once\n");
    })
    .map_err(|error| Outcome::World(format!("cannot listen for Ctrl-C: {error}"), None))?;
    Ok(stop)
}
