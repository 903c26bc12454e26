//! No effect may cost five times what it did: a call that is no longer inlined, or a loop of which the compiler makes the
//! wrong vectors, costs five to fifty times as much, and nothing else tells of it.
//!
//! `MIXWRIGHT_BLESS=1 cargo bench --bench ceilings` writes the figures of this CPU's level into `ceilings.ron`;
//! `MIXWRIGHT_CPU=sse2` or `avx2` holds the level down.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench may fail, tells what it found, and writes no output of a song"
)]

mod rig;

use mixwright_nodes::dsp::cpu;
use rig::{Rig, names, packable};
use std::collections::BTreeMap;
use std::fs;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Nanoseconds a frame of a shape, by level and effect.
type Figures = BTreeMap<String, BTreeMap<String, f64>>;

const FIGURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/ceilings.ron");
/// How many times its figure an effect may cost.
const MOST: f64 = 5.0;
/// Frames of a run, and runs of which the fastest counts.
const LENGTH: usize = 8_192;
const RUNS: usize = 30;

fn main() -> ExitCode {
    let level = format!("{:?}", cpu::level());
    let found = measured();
    let mut figures: Figures =
        ron::from_str(&fs::read_to_string(FIGURES).unwrap_or("{}".to_owned())).unwrap();
    if std::env::var_os("MIXWRIGHT_BLESS").is_some() {
        figures.insert(level, found);
        fs::write(FIGURES, written(&figures)).unwrap();
        return ExitCode::SUCCESS;
    }
    let of_level = figures.remove(&level).unwrap_or_default();
    let mut over = false;
    for (shape, cost) in found {
        let Some(figure) = of_level.get(&shape) else {
            println!("{shape:32} {cost:8.1} ns a frame; it has no figure at {level} yet");
            over = true;
            continue;
        };
        let passes = cost > MOST * figure;
        println!(
            "{shape:32} {cost:8.1} ns a frame, figure {figure}{}",
            if passes { ": TOO SLOW" } else { "" }
        );
        over |= passes;
    }
    if over { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// What every effect costs, alone and packed.
fn measured() -> BTreeMap<String, f64> {
    let alone = names().map(|name| (name, "alone", 2, 1));
    let packed = packable().map(|name| (name, "8 side by side", 2, 8));
    alone
        .chain(packed)
        .map(|(name, shape, channels, strips)| (format!("{name}, {shape}"), cost(name, channels, strips)))
        .collect()
}

fn cost(name: &str, channels: usize, strips: usize) -> f64 {
    let mut rig = Rig::new(name, channels, strips);
    let mut run = || {
        let begun = Instant::now();
        std::hint::black_box(rig.run(LENGTH));
        begun.elapsed()
    };
    let fastest = (0..RUNS).map(|_| run()).min().unwrap_or(Duration::ZERO);
    let nanoseconds = fastest.as_secs_f64() * 1e9 / LENGTH as f64;
    (10.0 * nanoseconds).round() / 10.0
}

fn written(figures: &Figures) -> String {
    let text = ron::ser::to_string_pretty(figures, ron::ser::PrettyConfig::default()).unwrap();
    format!("// Nanoseconds a frame, written by `MIXWRIGHT_BLESS=1 cargo bench --bench ceilings`.\n{text}\n")
}
