//! What pages are told of a render.

use super::{
    changed::changed,
    library::{Kept, Names},
    message::{Bar, Finding, Program, Reduction, Render, Section, Strip, Target},
};
use crate::{clipped, table, watch::audience::Rendered};
use mixwright_engine::{
    diagnostic::{Diagnostic, Severity},
    render::{
        report::{Report, StripReport},
        take::Take,
    },
    resolved::{Channel, Resolved},
    song::StripKind,
};
use mixwright_nodes::{finish::Finished, meter::program::ProgramReading};
use std::path::{Path, absolute};

/// A render in words and numbers.
pub(super) fn render(
    number: u64,
    names: &Names,
    rendered: &Rendered,
    take: &Take,
    before: Option<&Kept>,
) -> Render {
    let Rendered { words, seconds, song, resolved, report } = rendered;
    Render {
        number,
        seconds: *seconds,
        words: words.clone(),
        title: song.title.clone(),
        rate: take.rate,
        frames: take.frames,
        sections: resolved.sections.iter().map(section).collect(),
        bars: bars(resolved, take.frames),
        master: program(names.master(), report.master.as_ref()),
        mix: program(names.mix(), report.mix.as_ref()),
        target: song.finish.as_ref().map(target),
        strips: resolved.strips.iter().map(|strip| channel(strip, names, report, take)).collect(),
        changed: differing(take, before),
        findings: findings(report),
    }
}

fn section(stretch: &mixwright_engine::resolved::Stretch) -> Section {
    Section { name: stretch.name.clone(), from: stretch.from.0, to: stretch.to.0 }
}

fn target(finish: &mixwright_nodes::finish::Finish) -> Target {
    Target { loudness: finish.loudness.0, ceiling: finish.ceiling.0 }
}

/// Each bar that begins within the song.
fn bars(resolved: &Resolved, frames: usize) -> Vec<Bar> {
    let heard = resolved.bars.iter().take_while(|(at, _)| at.0 < frames as i64);
    heard.map(|(at, beats)| Bar { at: at.0, beats: *beats }).collect()
}

fn program(name: String, reading: Option<&ProgramReading>) -> Program {
    let loudness = reading.map(|reading| reading.loudness);
    let of = |number: Option<f64>| number.filter(|number| number.is_finite());
    Program {
        source: name.clone(),
        peaks: name.clone(),
        meters: name,
        loudness: of(loudness.and_then(|l| l.integrated).map(|lufs| lufs.0)),
        true_peak: of(reading.map(|reading| reading.true_peak.level.0)),
        range: of(loudness.and_then(|l| l.range).map(|lu| lu.0)),
        max_momentary: of(loudness.and_then(|l| l.max_momentary).map(|lufs| lufs.0)),
        max_short: of(loudness.and_then(|l| l.max_short_term).map(|lufs| lufs.0)),
        correlation: of(reading.and_then(|reading| reading.stereo?.correlation)),
    }
}

fn channel(strip: &Channel, names: &Names, report: &Report, take: &Take) -> Strip {
    let place = take.strips.iter().position(|(name, _)| *name == strip.name);
    let read: Option<&StripReport> = report.strips.iter().find(|read| read.name == strip.name);
    let mut told = Strip {
        name: strip.name.clone(),
        kind: strip.kind.word(),
        file: path(&strip.origin.file),
        line: strip.origin.line,
        peaks: place.map(|place| names.strip(place)),
        meters: place.map(|place| names.strip(place)),
        loudness: read.and_then(|read| read.reading.loudness).map(|lufs| lufs.0),
        peak: read.map(|read| read.reading.peak.0),
        true_peak: None,
        reductions: reductions(strip, report),
        ran: report.recalled.as_ref().is_none_or(|recalled| recalled.ran.contains(&strip.name)),
    };
    if let (StripKind::Master, Some(master)) = (strip.kind, &report.master) {
        (told.peaks, told.meters) = (Some(names.master()), Some(names.master()));
        told.loudness = master.loudness.integrated.map(|lufs| lufs.0);
        told.true_peak = Some(master.true_peak.level.0);
        let peaks = master.channels.iter().map(|channel| channel.level.peak.0);
        told.peak = peaks.reduce(f64::max);
    }
    told
}

/// The effects of a strip that turned down, its last phase too. Keys of nodes begin with the kind and the strip's name.
fn reductions(strip: &Channel, report: &Report) -> Vec<Reduction> {
    let within = |key: &str| -> Option<String> {
        let (first, rest) = key.split_once('/')?;
        match strip.kind {
            StripKind::Master => (first == "master").then(|| rest.to_owned()),
            _ if first == "master" => None,
            _ => Some(rest.strip_prefix(&strip.name)?.strip_prefix('/')?.to_owned()),
        }
    };
    let all = report.reductions.iter();
    let of = |reduction: &mixwright_engine::render::report::Reduction| {
        Some(Reduction { effect: within(&reduction.effect)?, most: reduction.most.0 })
    };
    let finish = match (&report.finish, strip.kind) {
        (Some(Finished::Reached(solution)), StripKind::Master) => Some(solution),
        (Some(Finished::OutOfReach(miss)), StripKind::Master) => Some(&miss.nearest),
        _ => None,
    };
    let finish =
        finish.map(|solution| Reduction { effect: "finish".to_owned(), most: solution.max_reduction.0 });
    all.filter_map(of).chain(finish).collect()
}

/// A file as it is found from anywhere.
fn path(file: &str) -> String {
    absolute(Path::new(file)).map_or_else(|_| file.to_owned(), |path| path.display().to_string())
}

/// Where the master sounds other than before. Where that cannot be told it is told of all.
fn differing(take: &Take, before: Option<&Kept>) -> Vec<(usize, usize)> {
    let Some(before) = before else { return Vec::new() };
    let (old, new) = (&before.take, &take.master.sound);
    match changed(&old.master.sound, new) {
        Ok(found) if old.rate == take.rate => found,
        _ => vec![(0, take.frames)],
    }
}

/// What is to be known of a render: what its files could not hold, and a loudness that was not reached.
fn findings(report: &Report) -> Vec<Finding> {
    let missed = match &report.finish {
        Some(finished @ (Finished::OutOfReach(_) | Finished::NoLoudness)) => {
            Some(Diagnostic::warning(table::finish(finished)))
        }
        _ => None,
    };
    clipped::warnings(report).into_iter().chain(missed).map(|found| finding(&found)).collect()
}

fn finding(found: &Diagnostic) -> Finding {
    let origin = found.origin.as_ref();
    Finding {
        severity: severity(found.severity),
        message: found.message.clone(),
        hints: found.hints.clone(),
        file: origin.map(|origin| path(&origin.file)),
        line: origin.map(|origin| origin.line),
    }
}

/// How bad a finding is, in a word.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
