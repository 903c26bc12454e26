//! Figures for people: what a render made, and what files measure.

use crate::sections;
use comfy_table::{CellAlignment, Table, presets::NOTHING};
use mixwright_engine::{
    measure::Measured,
    render::report::{Recalled, Report, StripReport},
    song::StripKind,
};
use mixwright_nodes::{
    finish::{Finished, Obstacle, Solution},
    meter::program::ProgramReading,
    unit::{Db, Lufs, clock},
};
use std::fmt::Write;
use std::time::Duration;

/// A render in figures.
pub(crate) fn report(report: &Report, sections: &[sections::Measured], took: Duration) -> String {
    let mut text = format!("{}\n\n", strips(&report.strips));
    let told: Vec<_> = report.reductions.iter().filter(|reduction| reduction.most.0 >= 0.05).collect();
    if !told.is_empty() {
        let mut table = plain(&["turned down by at most", "dB"]);
        for reduction in told {
            table.add_row([reduction.effect.clone(), format!("{:.1}", reduction.most.0)]);
        }
        aligned(&mut table);
        let _ = write!(text, "{table}\n\n");
    }
    let mut table = plain(&["", "LUFS-I", "LRA LU", "dBTP", "PLR LU", "correlation"]);
    for (name, measured) in [("mix", &report.mix), ("master", &report.master)] {
        if let Some(measured) = measured {
            table.add_row(program(name, measured));
        }
    }
    aligned(&mut table);
    let _ = write!(text, "{table}\n\n");
    if !sections.is_empty() {
        let _ = write!(text, "{}\n\n", by_section(sections, report.rate));
    }
    if !report.chapters.is_empty() {
        let _ = write!(text, "{}\n\n", chapters(report));
    }
    if let Some(finished) = &report.finish {
        let _ = writeln!(text, "finish: {}", finish(finished));
    }
    for file in &report.files {
        let _ = writeln!(text, "wrote {}", file.display());
    }
    if let Some(recalled) = report.recalled.as_ref().filter(|recalled| recalled.saved.0 >= 0.5) {
        let _ = writeln!(text, "{}", spared(recalled));
    }
    let length = report.length.seconds(report.rate);
    let (took, speed) = (took.as_secs_f64(), length / took.as_secs_f64().max(1e-6));
    let _ = writeln!(text, "{length:.1} s of sound in {took:.2} s: {speed:.0} x real time");
    text
}

/// What did not have to run, in words.
fn spared(recalled: &Recalled) -> String {
    let Recalled { ran, stored, saved, .. } = recalled;
    let all = ran.len() + stored.len();
    let ran = match ran.len() {
        0 => "no strip ran".to_owned(),
        n if n <= 4 => format!("ran {}", ran.join(", ")),
        n => format!("{n} of {all} strips ran"),
    };
    format!("{ran}; {} came from the cache, which spared {:.0} % of the work", stored.len(), saved.0)
}

fn strips(strips: &[StripReport]) -> Table {
    let mut table = plain(&["strip", "LUFS-I", "peak dBFS", "share"]);
    for strip in strips {
        let name = match strip.kind {
            StripKind::Track => strip.name.clone(),
            StripKind::Bus => format!("{} (bus)", strip.name),
            StripKind::Group | StripKind::Master => format!("{} (group)", strip.name),
        };
        let share = strip.share.map_or_else(String::new, |share| format!("{:.1} %", share.0));
        table.add_row([name, loudness(strip.reading.loudness), level(strip.reading.peak), share]);
    }
    aligned(&mut table);
    table
}

/// What the sections of the master measure, each by itself.
fn by_section(sections: &[sections::Measured], rate: u32) -> Table {
    let mut table = plain(&["section", "from", "LUFS-I", "dBTP"]);
    for section in sections {
        let reading = &section.reading;
        table.add_row([
            section.name.clone(),
            clock(section.from.seconds(rate)),
            loudness(reading.loudness.integrated),
            level(Db(reading.true_peak.level.0)),
        ]);
    }
    aligned(&mut table);
    table
}

fn chapters(report: &Report) -> Table {
    let mut table = plain(&["chapter", "at"]);
    for chapter in &report.chapters {
        table.add_row([chapter.title.clone(), clock(chapter.at.seconds(report.rate))]);
    }
    aligned(&mut table);
    table
}

fn program(name: &str, reading: &ProgramReading) -> [String; 6] {
    let plr = reading.peak_to_loudness.map_or_else(dash, |plr| format!("{:.1}", plr.0));
    let range = reading.loudness.range.map_or_else(dash, |range| format!("{:.1}", range.0));
    let correlation = reading.stereo.as_ref().and_then(|stereo| stereo.correlation);
    [
        name.to_owned(),
        loudness(reading.loudness.integrated),
        range,
        level(Db(reading.true_peak.level.0)),
        plr,
        correlation.map_or_else(dash, |value| format!("{value:.2}")),
    ]
}

/// What the master's last phase did, in words.
pub(crate) fn finish(finished: &Finished) -> String {
    let words = |solution: &Solution| {
        format!(
            "{:.1} LUFS under {:.1} dBTP, with {:+.1} dB into the limiter, which turned down by at most {:.1} dB",
            solution.loudness.0, solution.true_peak.0, solution.setting.gain.0, solution.max_reduction.0
        )
    };
    match finished {
        Finished::Reached(solution) => words(solution),
        Finished::NoLoudness => "there is no loudness to bring anywhere: silence, or under 400 ms".to_owned(),
        Finished::OutOfReach(miss) => {
            let why = match miss.obstacle {
                Obstacle::Reduction { needs: Some(needs) } => {
                    format!("would need {:.1} dB of reduction", needs.0)
                }
                Obstacle::Reduction { needs: None } => "would need over 35 dB of reduction".to_owned(),
                Obstacle::Gate => "is jumped over, where quiet passages come to count".to_owned(),
            };
            format!("{:.1} LUFS {why}; made {} instead", miss.wanted.0, words(&miss.nearest))
        }
    }
}

/// Measured files side by side.
pub(crate) fn measures(readings: &[(String, Measured)]) -> String {
    let mut text = String::new();
    for (file, Measured { rate, format, late, reading, .. }) in readings {
        let mut table = plain(&["", ""]);
        let mut row = |name: &str, value: String| {
            table.add_row([name.to_owned(), value]);
        };
        row("length", format!("{:.3} s", reading.length.0));
        row("format", format!("{format}, {rate} Hz, {} channels", reading.channels.len()));
        if *late > 0 {
            let milliseconds = 1000.0 * *late as f64 / f64::from(*rate);
            row("start", format!("untold, may lie about {milliseconds:.0} ms late"));
        }
        row("integrated loudness", unit(loudness(reading.loudness.integrated), "LUFS"));
        row("largest short-term", unit(loudness(reading.loudness.max_short_term), "LUFS"));
        row("largest momentary", unit(loudness(reading.loudness.max_momentary), "LUFS"));
        row("loudness range", reading.loudness.range.map_or_else(dash, |range| format!("{:.1} LU", range.0)));
        let peak = reading.true_peak;
        let place = || format!("{:.2} dBTP at {:.3} s", peak.level.0, peak.at.seconds(*rate));
        row("true peak", if peak.level.0 <= Db::OFF.0 { dash() } else { place() });
        row("peak to loudness", reading.peak_to_loudness.map_or_else(dash, |plr| format!("{:.1} LU", plr.0)));
        if let Some(stereo) = &reading.stereo {
            row("correlation", stereo.correlation.map_or_else(dash, |value| format!("{value:.2}")));
            row("right against left", reading.balance.map_or_else(dash, |lu| format!("{:+.2} LU", lu.0)));
        }
        let dc: Vec<String> =
            reading.channels.iter().map(|channel| format!("{:+.6}", channel.level.dc)).collect();
        row("DC offset", dc.join(", "));
        let _ = write!(text, "{file}\n{table}\n\n");
    }
    text
}

/// A table without lines.
pub(crate) fn plain(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING);
    if head.iter().any(|name| !name.is_empty()) {
        table.set_header(head.to_vec());
    }
    table
}

/// Names to the left, figures to the right.
pub(crate) fn aligned(table: &mut Table) {
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

fn unit(figure: String, unit: &str) -> String {
    if figure == dash() { figure } else { format!("{figure} {unit}") }
}

fn loudness(loudness: Option<Lufs>) -> String {
    loudness.map_or_else(dash, |loudness| format!("{:.1}", loudness.0))
}

fn level(level: Db) -> String {
    if level.0 <= Db::OFF.0 { dash() } else { format!("{:.1}", level.0) }
}

fn dash() -> String {
    "-".to_owned()
}
