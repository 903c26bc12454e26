//! From a script's text to a plan: the wait before the first block, whole and in its parts.
//!
//! Files are not asked for: each is said to be there.

#![allow(clippy::unwrap_used, reason = "a bench may fail")]

use divan::{Bencher, black_box};
use mixwright_engine::{
    check::{FileFacts, Files, check},
    diagnostic::Diagnostic,
    graph::{self, Graph},
    plan::{self, Machine, Plan},
    resolved::Resolved,
    song::{ChannelPick, Song},
};
use std::fmt::{self, Write};
use std::path::Path;

fn main() {
    divan::main();
}

/// How large a session is.
#[derive(Clone, Copy)]
struct Size {
    tracks: usize,
    effects: usize,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} tracks of {} effects", self.tracks, self.effects)
    }
}

const SIZES: [Size; 2] = [Size { tracks: 100, effects: 5 }, Size { tracks: 1_000, effects: 8 }];

#[divan::bench(args = SIZES)]
fn whole(bencher: Bencher<'_, '_>, size: Size) {
    let text = script(size);
    bencher.bench(|| planned(&graphed(&checked(&evaluated(black_box(&text))))));
}

#[divan::bench(args = SIZES)]
fn part_1_evaluate(bencher: Bencher<'_, '_>, size: Size) {
    let text = script(size);
    bencher.bench(|| evaluated(black_box(&text)));
}

#[divan::bench(args = SIZES)]
fn part_2_check(bencher: Bencher<'_, '_>, size: Size) {
    let song = evaluated(&script(size));
    bencher.bench(|| checked(black_box(&song)));
}

#[divan::bench(args = SIZES)]
fn part_3_graph(bencher: Bencher<'_, '_>, size: Size) {
    let song = checked(&evaluated(&script(size)));
    bencher.bench(|| graphed(black_box(&song)));
}

#[divan::bench(args = SIZES)]
fn part_4_plan(bencher: Bencher<'_, '_>, size: Size) {
    let graph = graphed(&checked(&evaluated(&script(size))));
    bencher.bench(|| planned(black_box(&graph)));
}

fn evaluated(text: &str) -> Song {
    mixwright_scripts::evaluate_text(text, Path::new("mix.rhai"), &[]).unwrap().song.unwrap()
}

fn checked(song: &Song) -> Resolved {
    check(song, &AllThere).unwrap().song
}

fn graphed(song: &Resolved) -> Graph {
    graph::build(song).unwrap()
}

fn planned(graph: &Graph) -> Plan {
    plan::plan(graph, 48_000, &Machine { threads: 2, ..Machine::default() }, &plan::Place::ALL)
}

/// A disk on which every file is three minutes of stereo.
struct AllThere;

impl Files for AllThere {
    fn facts(&self, _: &Path, _: ChannelPick) -> Result<FileFacts, Diagnostic> {
        Ok(FileFacts { rate: 48_000, channels: 2, frames: 180 * 48_000, late: 0 })
    }
}

/// Tracks with their chains, a moving fader and a send each, in groups of ten.
fn script(size: Size) -> String {
    const CHAIN: [&str; 8] = [
        ".high_pass(80.hz)",
        ".eq([bell(250.hz, -3.db, 1.2), bell(2.khz, 2.db, 0.8), high_shelf(9.khz, 2.db)])",
        ".compress(-18.db, 3, #{ attack: 8.ms, release: 120.ms })",
        ".saturate(\"tape\", 4.db)",
        ".deess(#{ frequency: 6.khz, reduce: 4.db })",
        ".bell(800.hz, -2.db, 1.4)",
        ".width(90.percent)",
        ".trim(-1.db)",
    ];
    let chain = CHAIN[..size.effects].concat();
    let mut text = String::from("let song = song(\"Large\", #{ tempo: 120.bpm, rate: 48.khz });\n");
    text += "song.bus(\"space\").reverb(#{ kind: \"hall\" });\n";
    for group in 0..size.tracks / 10 {
        let _ = writeln!(text, "song.group(\"group {group}\", [");
        for track in 10 * group..10 * group + 10 {
            let pan = track % 100;
            let _ = writeln!(
                text,
                "    song.track(\"track {track}\", \"stems/{track}.wav\"){chain}\
                 .fader(curve(-6.db).line(bar(9), -3.db)).pan({pan}.left).send(\"space\", -12.db),"
            );
        }
        text += "]);\n";
    }
    text + "song.master.eq([high_shelf(9.khz, 1.db)]).limit(-1.dbtp);\n"
}
