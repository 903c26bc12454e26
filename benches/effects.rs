//! What each effect costs, for a strip alone and for packs: noise through the same processor that the engine runs.
//!
//! A sample is a thousand frames: as many microseconds as it takes are nanoseconds a frame (of the whole pack).
//! `MIXWRIGHT_CPU=sse2` or `avx2` holds the CPU's level down.

mod rig;

use divan::{Bencher, counter::ItemsCount};
use rig::{Rig, names, packable};

/// Frames that a sample of the bench works on.
const LENGTH: usize = 1_000;

fn main() {
    divan::main();
}

#[divan::bench(args = names(), sample_size = 16)]
fn stereo(bencher: Bencher<'_, '_>, name: &str) {
    run(bencher, name, 2, 1);
}

#[divan::bench(args = packable(), sample_size = 16)]
fn mono(bencher: Bencher<'_, '_>, name: &str) {
    run(bencher, name, 1, 1);
}

#[divan::bench(args = packable(), sample_size = 16)]
fn pack_of_16_mono(bencher: Bencher<'_, '_>, name: &str) {
    run(bencher, name, 1, 16);
}

#[divan::bench(args = packable(), sample_size = 16)]
fn pack_of_8_stereo(bencher: Bencher<'_, '_>, name: &str) {
    run(bencher, name, 2, 8);
}

fn run(bencher: Bencher<'_, '_>, name: &str, channels: usize, strips: usize) {
    let mut rig = Rig::new(name, channels, strips);
    bencher.counter(ItemsCount::new(LENGTH)).bench_local(|| rig.run(LENGTH));
}
