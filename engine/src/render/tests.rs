//! What a render does to the disk, of a song whose sounds are made up: its files need only be there.

#![allow(clippy::disallowed_methods, reason = "tests lay out files")]

use super::*;
use crate::{
    check::{FileFacts, Files, check},
    files::{faults, list},
    resolved::PlayedClip,
    song::{ChannelPick, Clip, Insert, InsertEffect, Length, Place as At, Song, Stems, Strip, StripKind},
};
use mixwright_nodes::{
    dsp::dither::Depth,
    effect::{Sound, Width},
    effects::delay::Delay,
    finish::Finish,
    unit::{Ms, Percent},
};
use sources::Player;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

const RATE: u32 = 48_000;

/// A tenth of a second of a steady half.
struct Steady;

const STEADY: i64 = RATE as i64 / 10;

impl Files for Steady {
    fn facts(&self, _: &Path, _: ChannelPick) -> Result<FileFacts, Diagnostic> {
        Ok(FileFacts { rate: RATE, channels: 1, frames: STEADY as u64, late: 0 })
    }
}

impl Sources for Steady {
    fn player(&self, _: &[PlayedClip], _: u32, _: Width) -> Result<Box<dyn Player>, RenderError> {
        Ok(Box::new(Steady))
    }

    fn sound(&self, _: &str, _: u32) -> Result<Arc<Sound>, RenderError> {
        Ok(Arc::new(Sound { file_rate: RATE, channels: vec![vec![0.5]] }))
    }
}

impl Player for Steady {
    fn fill(&mut self, at: Frames, planes: &mut [&mut [f32]]) -> Result<(), RenderError> {
        let level = |frame: i64| if frame < STEADY { 0.5 } else { 0.0 };
        planes.iter_mut().for_each(|plane| (at.0..).zip(plane.iter_mut()).for_each(|(at, x)| *x = level(at)));
        Ok(())
    }
}

/// A folder with the sounds of two tracks, and their song.
fn studio() -> (tempfile::TempDir, Song) {
    let dir = tempfile::tempdir().unwrap();
    let mut song = Song { rate: RATE, folder: dir.path().to_owned(), stems: Stems::All, ..Song::new("test") };
    for name in ["kick", "bass"] {
        fs::write(dir.path().join(format!("{name}.wav")), name).unwrap();
        let mut strip = Strip::new(name, StripKind::Track);
        strip.clips.push(Clip::new(format!("{name}.wav")));
        song.strips.push(strip);
    }
    (dir, song)
}

fn request(folder: &Path) -> Request {
    Request {
        master: Some(folder.join("master.wav")),
        mix: Some(folder.join("mix.wav")),
        stems: Some(folder.join("stems")),
        machine: Machine { threads: 1, ..Machine::default() },
        ..Request::new(Format::Wav(Depth::Bits16))
    }
}

fn rendered(song: &Song, request: &Request) -> Result<Report, RenderError> {
    let song = check(song, &Steady).unwrap().song;
    let stop = AtomicBool::new(false);
    render(&song, request, &Steady, &Progress { told: &|_, _, _| {}, stop: &stop })
}

/// An echo after half a second.
fn echo() -> Insert {
    let delay = Delay { time: Ms(500.0), feedback: Percent(0.0), ..Delay::default() };
    Insert::Effect(InsertEffect::new("echo", delay.into()))
}

fn names(folder: &Path) -> Vec<String> {
    list(folder).unwrap().iter().map(|p| p.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn all_outputs_that_cannot_be_are_told_at_once_and_nothing_is_written() {
    let (dir, song) = studio();
    let at = |name: &str| dir.path().join(name);
    fs::write(at("song.ron"), "").unwrap();
    let keep = UsedFile { path: at("song.ron"), how: "it is kept".to_owned(), origin: Default::default() };
    let request = Request {
        mix: Some(at("no/../song.ron")),
        stems: Some(at("")),
        keep: vec![keep],
        master: Some(at("mix.wav")),
        ..request(dir.path())
    };
    let before = names(dir.path());
    let Err(RenderError::Song(found)) = rendered(&song, &request) else { panic!("it is refused") };
    let told: Vec<String> = found
        .iter()
        .map(|found| found.to_string().replace(&format!("{}/", dir.path().display()), ""))
        .collect();
    assert_eq!(
        told,
        [
            "the mix, `no/../song.ron`, is the same file as `song.ron`: it is kept; give the mix another name",
            "the stem `kick` would replace `kick.wav`: track `kick` plays it; \
             let the stems go to a folder of their own",
            "the stem `bass` would replace `bass.wav`: track `bass` plays it; \
             let the stems go to a folder of their own",
        ]
    );
    assert_eq!(names(dir.path()), before);
    assert_eq!(fs::read(at("kick.wav")).unwrap(), b"kick");
}

#[test]
fn what_is_not_wanted_or_not_there_is_in_nobodys_way() {
    let (dir, song) = studio();
    let master = dir.path().join("master.wav");
    let missing = UsedFile { path: master, how: "it was looked for".to_owned(), origin: Default::default() };
    let request = Request { stems: None, mix: None, keep: vec![missing], ..request(dir.path()) };
    rendered(&song, &request).unwrap();
    assert_eq!(names(dir.path()), ["bass.wav", "kick.wav", "master.wav"]);
}

/// The song with a last phase, whose outputs stand from before.
fn rendered_before() -> (tempfile::TempDir, Song, Request) {
    let (dir, mut song) = studio();
    song.finish = Some(Finish::default());
    song.strips[0].chain.push(echo());
    let (stems, trace) = (Some(dir.path().join("new/stems")), Some(dir.path().join("trace.json")));
    let request = Request { stems, trace, take: true, ..request(dir.path()) };
    for old in [&request.master, &request.mix, &request.trace] {
        fs::write(old.as_ref().unwrap(), b"old").unwrap();
    }
    (dir, song, request)
}

const BEFORE: [&str; 5] = ["bass.wav", "kick.wav", "master.wav", "mix.wav", "trace.json"];

#[test]
fn a_render_that_is_stopped_leaves_what_was_there() {
    for late in [false, true] {
        let (dir, song, request) = rendered_before();
        let song = check(&song, &Steady).unwrap().song;
        let stop = AtomicBool::new(false);
        let (met, machine) = (AtomicBool::new(false), Machine { block: 480, ..request.machine });
        let told = |done, all, _| {
            met.fetch_or(request.stems.as_ref().unwrap().is_dir(), Ordering::Relaxed);
            // Late, it is already the last phase that has to stop.
            stop.fetch_or(!late || done == all, Ordering::Relaxed);
        };
        let request = Request { machine, ..request.clone() };
        let done = render(&song, &request, &Steady, &Progress { told: &told, stop: &stop });
        assert!(matches!(done, Err(RenderError::Cancelled)), "{late}: {done:?}");
        assert!(met.into_inner(), "it had begun to write");
        assert_eq!(names(dir.path()), BEFORE);
        assert_eq!(fs::read(dir.path().join("master.wav")).unwrap(), b"old");
    }
}

#[test]
fn a_render_that_fails_anywhere_leaves_no_litter() {
    for nth in 1.. {
        let (dir, song, request) = rendered_before();
        let fault = faults::arm(dir.path(), nth, io::ErrorKind::StorageFull);
        let done = rendered(&song, &request);
        let struck = fault.struck();
        drop(fault);
        if let Err(error) = done {
            let said = error.to_string();
            assert!(
                said.contains(dir.path().to_str().unwrap()) && said.ends_with("`: the disk is full"),
                "{said}"
            );
        }
        let stems = dir.path().join("new/stems");
        assert!(!stems.exists() || !names(&stems).is_empty(), "operation {nth}: an empty folder");
        let left =
            names(dir.path()).into_iter().chain(if stems.exists() { names(&stems) } else { Vec::new() });
        let known = |name: &String| BEFORE.contains(&name.as_str()) || name == "new";
        assert_eq!(left.filter(|name| !known(name)).collect::<Vec<_>>(), [""; 0], "operation {nth}");
        if !struck {
            assert!(nth > 20, "only {nth} operations");
            return;
        }
    }
}

#[test]
fn what_the_master_lets_ring_makes_all_outputs_longer() {
    let (dir, mut song) = studio();
    let length = |song: &Song| rendered(song, &request(dir.path())).unwrap().length;
    assert_eq!(length(&song), Frames(STEADY));
    song.master.chain.push(echo());
    assert!(length(&song) >= Frames(STEADY + i64::from(RATE) / 2), "{:?}", length(&song));
    let bytes = |name: &str| fs::read(dir.path().join(name)).unwrap().len();
    assert_eq!(bytes("master.wav"), bytes("mix.wav"));
    assert_eq!(bytes("master.wav"), bytes("stems/kick.wav"));
}

#[test]
fn no_file_takes_its_place_before_all_are_whole() {
    let mut first = None;
    for nth in 1.. {
        let (dir, song, request) = rendered_before();
        let request = Request { trace: None, ..request };
        let fault = faults::arm(dir.path(), nth, io::ErrorKind::StorageFull);
        let done = rendered(&song, &request);
        if !fault.struck() {
            done.unwrap();
            // Of the mix its folder was left to be secured, of two stems and the master their names too.
            assert_eq!(nth - first.unwrap(), 7);
            return;
        }
        let replaced = done.is_err() && fs::read(request.mix.unwrap()).unwrap() != b"old";
        first = first.or_else(|| replaced.then_some(nth));
    }
}

#[test]
fn what_fails_ends_a_render_at_once() {
    let (dir, mut song) = studio();
    song.finish = Some(Finish::default());
    song.end = Some(At::bar(1.0).plus(Length { samples: 4.0 * f64::from(RATE), ..Length::default() }));
    let out = dir.path().join("out");
    fs::create_dir(&out).unwrap();
    let request = Request { mix: None, stems: None, ..request(&out) };
    for nth in 1.. {
        let fault = faults::arm(&out, nth, io::ErrorKind::StorageFull);
        let failed = rendered(&song, &request).is_err();
        if !fault.struck() {
            assert!(nth > 30, "only {nth} operations");
            return;
        }
        drop(fault);
        // Some failures are borne. What is begun writes its end as it is taken away.
        let _fault = failed.then(|| faults::arm(&out, nth, io::ErrorKind::StorageFull));
        let later = failed.then(|| faults::arm(dir.path(), nth + 10, io::ErrorKind::StorageFull));
        let ended = rendered(&song, &request);
        assert_eq!(ended.is_err(), failed);
        assert!(!later.is_some_and(|later| later.struck()), "operation {nth} failed, and ten came after it");
    }
}
