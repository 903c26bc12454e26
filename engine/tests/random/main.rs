//! Songs at random, and texts of songs at random: what holds for all of them.
//!
//! The same cases each time; `PROPTEST_CASES` asks for more, `PROPTEST_RNG_SEED` for others.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may fail, and its figures need no equal bits"
)]

#[path = "../common/mod.rs"]
mod common;
mod damage;
mod dice;
mod edits;
mod recall;
mod songs;

use common::{Made, listed, machine, render, whole};
use dice::Dice;
use mixwright_engine::{
    check::check,
    graph,
    plan::{Machine, Place, plan},
    song::Song,
    written::{from_ron, to_ron},
};
use proptest::{
    collection::vec,
    prelude::any,
    test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner},
};

/// A runner of so many cases, if nobody asks for another number.
fn runner(cases: u32) -> TestRunner {
    let asked = Config::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { asked.cases } else { cases };
    let rng_seed = match asked.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        seed => seed,
    };
    TestRunner::new(Config { cases, rng_seed, failure_persistence: None, max_shrink_iters: 200, ..asked })
}

/// Tells what failed; the numbers behind it say nothing to anyone.
fn hold<T: std::fmt::Debug>(held: Result<(), TestError<T>>) {
    match held {
        Ok(()) => {}
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        Err(TestError::Abort(reason)) => panic!("given up: {reason}"),
    }
}

#[test]
fn random_songs_read_back_as_written_and_sound_the_same_in_any_blocks_and_threads() {
    let held = runner(150).run(&vec(any::<u32>(), 0..900), |numbers| {
        let song = songs::song(&mut Dice(&numbers));
        let text = to_ron(&song);
        if from_ron(&text, "song.ron").as_ref() != Ok(&song) {
            return Err(TestCaseError::fail(format!("it reads back otherwise:\n{text}")));
        }
        sounds_alike(&song).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))
    });
    hold(held);
}

/// Whether every output is finite, and the same to the bit on other threads, in other blocks and packs.
fn sounds_alike(song: &Song) -> Result<(), String> {
    check(song, &Made).map_err(|errors| listed(&errors))?;
    let first = render(song, Machine { pack: 1, ..machine(1, 333) }, whole(3_001));
    let other = render(song, machine(3, 64), whole(3_001));
    let mut wrong = Vec::new();
    for (name, kept) in &first {
        for (a, b) in [(&kept.0, &other[name].0), (&kept.1, &other[name].1)] {
            let differ = |(a, b): (&f32, &f32)| !a.is_finite() || a.to_bits() != b.to_bits();
            let frame = a.iter().zip(b).position(differ);
            wrong.extend(frame.map(|at| format!("{name} is {} or {} at frame {at}\n", a[at], b[at])));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.concat()) }
}

#[test]
fn damaged_songs_are_errors_or_songs_but_no_panic() {
    let held =
        runner(4_000).run(&(vec(any::<u32>(), 0..300), vec(any::<u32>(), 1..24)), |(numbers, blows)| {
            let mut text = to_ron(&songs::song(&mut Dice(&numbers)));
            let mut dice = Dice(&blows);
            for _ in 0..1 + dice.below(4) {
                text = damage::damaged(&text, &mut dice);
            }
            let planned = std::panic::catch_unwind(|| {
                let song = from_ron(&text, "song.ron").ok()?;
                let checked = check(&song, &Made).ok()?;
                let graph = graph::build(&checked.song).ok()?;
                Some(plan(&graph, song.rate, &machine(2, 1024), &Place::ALL))
            });
            planned.map(drop).map_err(|_| TestCaseError::fail(format!("it panics on\n{text}")))
        });
    hold(held);
}

#[test]
fn misplaced_songs_are_errors_or_render_but_no_panic() {
    let held = runner(600).run(&(vec(any::<u32>(), 0..300), vec(any::<u32>(), 1..24)), |(numbers, blows)| {
        let mut song = songs::song(&mut Dice(&numbers));
        let mut dice = Dice(&blows);
        for _ in 0..1 + dice.below(2) {
            damage::misplaced(&mut song, &mut dice);
        }
        let heard = std::panic::catch_unwind(|| {
            let checked = check(&song, &Made).ok()?;
            graph::build(&checked.song).ok()?;
            let all = render(&song, machine(1, 333), whole(500));
            Some(all.values().all(|kept| kept.0.iter().chain(&kept.1).all(|x| x.is_finite())))
        });
        match heard {
            Ok(None | Some(true)) => Ok(()),
            Ok(Some(false)) => Err(TestCaseError::fail(format!("no number comes of\n{}", to_ron(&song)))),
            Err(_) => Err(TestCaseError::fail(format!("it panics on\n{}", to_ron(&song)))),
        }
    });
    hold(held);
}
