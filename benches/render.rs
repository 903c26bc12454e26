//! A small session from first block to last, over threads and blocks, with nothing of the disk in it.
//!
//! Throughput is in frames (items) at 48 kHz: 48 Mitem/s are a thousand times real time.

#![allow(clippy::unwrap_used, reason = "a bench may fail")]

use divan::{Bencher, counter::ItemsCount};
use mixwright_engine::{
    check::{FileFacts, Files, check},
    diagnostic::Diagnostic,
    plan::Machine,
    render::{
        Progress, RenderError, Request, render,
        sources::{Player, Sources},
    },
    resolved::{PlayedClip, Resolved},
    sink::{Depth, Format},
    song::ChannelPick,
};
use mixwright_nodes::{
    effect::{Sound, Width},
    unit::Frames,
};
use std::fmt::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

const RATE: u32 = 48_000;
const SECONDS: u32 = 10;
const STRIPS: usize = 8;

fn main() {
    divan::main();
}

/// What the work is laid out for.
#[derive(Clone, Copy)]
struct On(Machine);

impl fmt::Display for On {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} threads, blocks of {}, packs of {}", self.0.threads, self.0.block, self.0.pack)
    }
}

const MACHINES: [On; 5] = [
    On(Machine { threads: 1, block: 1024, pack: 16 }),
    On(Machine { threads: 2, block: 256, pack: 16 }),
    On(Machine { threads: 2, block: 1024, pack: 16 }),
    On(Machine { threads: 4, block: 1024, pack: 16 }),
    On(Machine { threads: 1, block: 1024, pack: 1 }),
];

#[divan::bench(args = MACHINES, sample_count = 10, sample_size = 1)]
fn session(bencher: Bencher<'_, '_>, on: On) {
    let song = song();
    let request = Request { machine: on.0, ..Request::new(Format::Wav(Depth::Bits24)) };
    let stop = AtomicBool::new(false);
    let progress = Progress { told: &|_, _, _| {}, stop: &stop };
    bencher
        .counter(ItemsCount::new(song.end.0 as usize))
        .bench(|| render(&song, &request, &Seeds, &progress).unwrap());
}

/// Strips with an equaliser and a compressor each, a reverb that all are sent to, and a limiter.
fn song() -> Resolved {
    let mut text =
        format!("let song = song(\"Small\", #{{ rate: {RATE}.hz, end: bar(1) + {SECONDS}.s }});\n");
    text += "song.bus(\"space\").reverb(#{ kind: \"hall\" });\n";
    for strip in 0..STRIPS {
        let _ = writeln!(
            text,
            "song.track(\"strip {strip}\", \"seed {strip}\")\
             .eq([high_pass(80.hz), bell(250.hz, -3.db, 1.2), bell(2.khz, 2.db, 0.8), high_shelf(9.khz, 2.db)])\
             .compress(-18.db, 3).pan({strip}0.left).send(\"space\", -12.db);"
        );
    }
    text += "song.master.limit(-1.dbtp);\n";
    let song = mixwright_scripts::evaluate_text(&text, Path::new("mix.rhai"), &[]).unwrap().song.unwrap();
    check(&song, &Seeds).unwrap().song
}

/// Noise of a seed in place of each file.
struct Seeds;

impl Files for Seeds {
    fn facts(&self, _: &Path, _: ChannelPick) -> Result<FileFacts, Diagnostic> {
        Ok(FileFacts { rate: RATE, channels: 2, frames: u64::from(SECONDS * RATE), late: 0 })
    }
}

impl Sources for Seeds {
    fn player(&self, clips: &[PlayedClip], _: u32, _: Width) -> Result<Box<dyn Player>, RenderError> {
        let name = clips[0].path.to_string_lossy().into_owned();
        let seed = name.trim_start_matches("seed ").parse().unwrap();
        Ok(Box::new(Noise(seed)))
    }

    fn sound(&self, _: &str, _: u32) -> Result<Arc<Sound>, RenderError> {
        Ok(Arc::default())
    }
}

struct Noise(u32);

impl Player for Noise {
    fn fill(&mut self, _: Frames, planes: &mut [&mut [f32]]) -> Result<(), RenderError> {
        for x in planes.iter_mut().flat_map(|plane| plane.iter_mut()) {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *x = (self.0 >> 8) as f32 / 67_108_864.0 - 0.125;
        }
        Ok(())
    }
}
