//! What a render keeps, against the files that the same render writes.

#![allow(clippy::disallowed_methods, reason = "tests lay out files")]

use super::{SILENCE, Take};
use crate::{
    check::{FileFacts, Files, check},
    diagnostic::Diagnostic,
    plan::Machine,
    render::{
        Meters, Progress, RenderError, Request, render, report::Report, sources::Player, sources::Sources,
    },
    resolved::PlayedClip,
    sink::Format,
    song::{ChannelPick, Clip, Setting, Song, Strip, StripKind},
};
use mixwright_nodes::{
    dsp::math,
    effect::{Sound, Width},
    finish::Finish,
    unit::Frames,
};
use std::f64::consts::TAU;
use std::path::Path;
use std::sync::{Arc, atomic::AtomicBool};

const RATE: u32 = 48_000;
const FRAMES: usize = 200_000;

/// A tone of 1 kHz at half of full scale.
struct Tone;

impl Files for Tone {
    fn facts(&self, _: &Path, _: ChannelPick) -> Result<FileFacts, Diagnostic> {
        Ok(FileFacts { rate: RATE, channels: 1, frames: FRAMES as u64, late: 0 })
    }
}

impl Sources for Tone {
    fn player(&self, _: &[PlayedClip], _: u32, _: Width) -> Result<Box<dyn Player>, RenderError> {
        Ok(Box::new(Tone))
    }

    fn sound(&self, _: &str, _: u32) -> Result<Arc<Sound>, RenderError> {
        Ok(Arc::new(Sound { file_rate: RATE, channels: vec![vec![0.5]] }))
    }
}

impl Player for Tone {
    fn fill(&mut self, at: Frames, planes: &mut [&mut [f32]]) -> Result<(), RenderError> {
        for plane in planes {
            for (i, x) in plane.iter_mut().enumerate() {
                *x = (0.5 * math::sin(TAU * ((at.0 + i as i64) % 48) as f64 / 48.0)) as f32;
            }
        }
        Ok(())
    }
}

fn song(folder: &Path) -> Song {
    let mut song = Song { rate: RATE, folder: folder.to_owned(), ..Song::new("test") };
    for (name, pan) in [("left", -100.0), ("middle", 0.0)] {
        let mut strip = Strip::new(name, StripKind::Track);
        strip.clips.push(Clip::new(format!("{name}.wav")));
        (strip.pan, strip.fader) = (Setting::Is(pan), Setting::Is(-6.0));
        song.strips.push(strip);
    }
    song
}

fn rendered(song: &Song, take: bool) -> Report {
    let request = Request {
        master: Some(song.folder.join("master.wav")),
        mix: Some(song.folder.join("mix.wav")),
        meters: if take { Meters::None } else { Meters::All },
        take,
        machine: Machine { threads: 1, ..Machine::default() },
        ..Request::new(Format::WavFloat)
    };
    let stop = AtomicBool::new(false);
    let song = check(song, &Tone).unwrap().song;
    render(&song, &request, &Tone, &Progress { told: &|_, _, _| {}, stop: &stop }).unwrap()
}

fn samples(file: &Path) -> Vec<f32> {
    hound::WavReader::open(file).unwrap().samples().map(Result::unwrap).collect()
}

fn interleaved(played: &super::Played) -> Vec<f32> {
    let bytes = played.sound.interleaved(0, usize::MAX).unwrap();
    bytes.as_chunks::<4>().0.iter().map(|word| f32::from_le_bytes(*word)).collect()
}

fn values<'t>(tracks: &'t [super::Track], name: &str) -> &'t [i16] {
    &tracks.iter().find(|track| track.name == name).unwrap().values
}

#[test]
fn sounds_are_to_the_bit_what_the_files_hold() {
    for finish in [None, Some(Finish::default())] {
        let dir = tempfile::tempdir().unwrap();
        let song = Song { finish, ..song(dir.path()) };
        let report = rendered(&song, true);
        let take: &Take = report.take.as_ref().unwrap();
        assert_eq!(interleaved(&take.mix), samples(&dir.path().join("mix.wav")));
        assert_eq!(interleaved(&take.master), samples(&dir.path().join("master.wav")));
        assert_eq!(take.frames, take.master.sound.frames());
        let planes = take.master.sound.planes(1_000, 10).unwrap();
        assert_eq!(planes[1][9], interleaved(&take.master)[2 * 1_009 + 1]);
        assert!(take.mix.sound.interleaved(take.frames, 10).unwrap().is_empty());
        // It measures what a render measures that keeps nothing.
        let plain = rendered(&song, false);
        assert_eq!(Report { take: None, ..report.clone() }, plain);
    }
}

#[test]
fn pictures_are_those_of_the_strips_behind_their_faders() {
    let dir = tempfile::tempdir().unwrap();
    let report = rendered(&song(dir.path()), true);
    let take = report.take.unwrap();
    let names: Vec<&str> = take.strips.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["left", "middle"]);
    for (i, (_, picture)) in take.strips.iter().enumerate() {
        let reading = report.strips[i].reading;
        let hundredths = |level: f64| (100.0 * level).round() as i16;
        let peak = values(&picture.tracks, "peak");
        assert_eq!(peak.len(), FRAMES.div_ceil(960));
        assert_eq!(*peak.iter().max().unwrap(), hundredths(reading.peak.0));
        // A sine's RMS is 3.01 dB under its peak, and its loudness steady.
        assert!((values(&picture.tracks, "rms")[100] - peak[100] + 301).abs() <= 1);
        let (momentary, short) = (values(&picture.tracks, "momentary"), values(&picture.tracks, "short"));
        assert_eq!((momentary[2], short[28], momentary.len()), (SILENCE, SILENCE, 41));
        assert!((f64::from(momentary[20]) - 100.0 * reading.loudness.unwrap().0).abs() < 2.0);
        assert!((momentary[35] - short[35]).abs() <= 2);
        let [a, b, c, d] = [0, 1, 2, 3].map(|byte| picture.outline.levels[0][400 + byte] as i8);
        let height = (128.0 * 10_f64.powf(reading.peak.0 / 20.0)).round() as i8;
        match i {
            0 => assert_eq!([a, b, c, d], [-height, height, 0, 0]),
            _ => assert_eq!([a, b, c, d], [-height, height, -height, height]),
        }
    }
    let correlation = values(&take.mix.picture.tracks, "correlation");
    assert_eq!((correlation[2], correlation[3]), (SILENCE, 100));
    assert_eq!(take.master.picture.outline.levels[0].len(), FRAMES.div_ceil(256) * 8);
}
