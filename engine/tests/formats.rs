//! One sound in every format that can be played: as long as it was, beginning where it began, and the same from any frame.

#![allow(clippy::disallowed_methods, reason = "tests lay out files")]

use mixwright_engine::check::Files;
use mixwright_engine::render::Disk;
use mixwright_engine::song::ChannelPick;
use mixwright_engine::source::{Info, Reader};
use std::path::{Path, PathBuf};

/// Frames of the sound; `fixtures/make.sh` says what it is.
const FRAMES: usize = 9001;

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures")).join(name)
}

fn rest(reader: &mut Reader) -> Vec<Vec<f32>> {
    let mut planes = vec![vec![0.0; 1 << 16]; reader.info().channels];
    let n =
        reader.read(&mut planes.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>()).expect("a whole file");
    planes.iter_mut().for_each(|plane| plane.truncate(n));
    planes
}

fn heard(name: &str) -> (Info, Vec<Vec<f32>>) {
    let mut reader = Reader::open(&fixture(name), ChannelPick::All).expect(name);
    let planes = rest(&mut reader);
    (reader.info().clone(), planes)
}

/// How late the middle of a plane is, in frames and within half a period of its sine, and how many decibels of it are noise.
fn lateness(plane: &[f32], channel: usize, expected: usize) -> (f64, f64) {
    let turn = std::f64::consts::TAU * [441.0, 882.0][channel] / 44_100.0;
    let middle = &plane[2000 + expected..7000 + expected];
    let (mut sine, mut cosine) = (0.0, 0.0);
    for (n, x) in middle.iter().enumerate() {
        sine += f64::from(*x) * (turn * (n + 2000) as f64).sin() / 2500.0;
        cosine += f64::from(*x) * (turn * (n + 2000) as f64).cos() / 2500.0;
    }
    let power = middle.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / 2500.0;
    let noise = (power / (sine * sine + cosine * cosine) - 1.0).abs();
    (-cosine.atan2(sine) / turn, 10.0 * noise.log10())
}

/// Where a plane gets louder than a tenth of its peak: the sine itself does so within two frames.
fn onset(plane: &[f32]) -> usize {
    let peak = plane.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
    plane.iter().position(|x| x.abs() > peak / 10.0).expect("a sound")
}

/// The file has the sound's length and place, and but little noise.
fn plays(name: &str, noise: f64) {
    let (info, planes) = heard(name);
    assert_eq!((info.rate, info.frames, info.late), (44_100, FRAMES as u64, 0), "{name}");
    for (channel, plane) in planes.iter().enumerate() {
        assert_eq!(plane.len(), FRAMES, "{name}");
        let (late, found) = lateness(plane, channel, 0);
        assert!(late.abs() < 0.1 && found < noise, "{name} {channel}: {late} frames late, noise {found} dB");
        assert!(onset(plane) <= 4, "{name} {channel}: begins at {}", onset(plane));
    }
}

#[test]
fn lossless_formats() {
    for name in ["sines.aiff", "sines.caf", "sines.flac", "sines.alac.m4a"] {
        plays(name, -80.0);
        assert!(!heard(name).0.lossy);
    }
}

#[test]
fn mp3_with_a_tag_that_tells_its_delay() {
    plays("sines.mp3", -35.0);
    assert!(heard("sines.mp3").0.lossy);
}

#[test]
fn ogg_vorbis() {
    plays("sines.ogg", -35.0);
}

#[test]
fn aac_by_its_edit_list() {
    plays("sines.aac.m4a", -35.0);
}

#[test]
fn files_that_do_not_tell_their_delay_are_late_and_say_so() {
    for (name, late) in [("untagged.mp3", 1105), ("sines.aac", 1024)] {
        let (info, planes) = heard(name);
        assert_eq!((info.lossy, info.late), (true, late as u64), "{name}");
        let told = Disk::new(Path::new(""), Path::new("")).facts(&fixture(name), ChannelPick::All);
        assert!(told.is_ok_and(|told| (told.late, told.rate) == (late as u64, info.rate)), "{name}");
        assert_eq!(planes[0].len() as u64, info.frames);
        let (more, _) = lateness(&planes[0], 0, late);
        assert!(
            more.abs() < 0.1 && onset(&planes[0]).abs_diff(late) < 40,
            "{name}: {more}, {}",
            onset(&planes[0])
        );
    }
}

#[test]
fn a_seek_changes_no_sample() {
    for name in
        ["sines.aiff", "sines.caf", "sines.flac", "sines.alac.m4a", "sines.mp3", "sines.ogg", "sines.aac.m4a"]
    {
        let (_, whole) = heard(name);
        let mut reader = Reader::open(&fixture(name), ChannelPick::All).expect(name);
        for frame in [4321, 17, 8999, 0, 5000] {
            reader.seek(frame).expect(name);
            for (part, whole) in rest(&mut reader).iter().zip(&whole) {
                assert!(part == &whole[frame as usize..], "{name} from {frame}");
            }
        }
    }
}

/// All that can be read of some bytes, or the error's words.
fn attempt(bytes: &[u8], name: &str) -> Result<Vec<Vec<f32>>, String> {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join(name);
    std::fs::write(&path, bytes).expect("a file");
    let mut reader = Reader::open(&path, ChannelPick::All).map_err(|e| e.to_string())?;
    let mut planes = vec![vec![0.0; 1 << 16]; reader.info().channels];
    let n = reader
        .read(&mut planes.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>())
        .map_err(|e| e.to_string())?;
    planes.iter_mut().for_each(|plane| plane.truncate(n));
    Ok(planes)
}

#[test]
fn files_cut_short_are_told() {
    // A tagged MP3 and all that state their length; an untagged MP3 or ADTS stream may end anywhere.
    for name in
        ["sines.aiff", "sines.caf", "sines.flac", "sines.alac.m4a", "sines.mp3", "sines.ogg", "sines.aac.m4a"]
    {
        let whole = std::fs::read(fixture(name)).expect(name);
        for share in [2, 3, 5, 9] {
            let cut = attempt(&whole[..whole.len() * (share - 1) / share], name);
            let error = cut.expect_err(&format!("{name} without its last {share}th"));
            assert!(error.contains(name), "{error}");
        }
    }
}

#[test]
fn damaged_files_are_errors_or_sound_but_never_a_crash() {
    let names = [
        "sines.aiff",
        "sines.caf",
        "sines.flac",
        "sines.alac.m4a",
        "sines.mp3",
        "untagged.mp3",
        "sines.ogg",
        "sines.aac.m4a",
        "sines.aac",
    ];
    let mut state = 7_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for name in names {
        let whole = std::fs::read(fixture(name)).expect(name);
        for round in 0..60 {
            let mut bad = whole.clone();
            // Half of them in the head, where lengths and counts stand.
            let reach = if round % 2 == 0 { bad.len().min(400) } else { bad.len() };
            for _ in 0..=random(4) {
                bad[random(reach)] = random(256) as u8;
            }
            if let Ok(planes) = attempt(&bad, name) {
                assert!(planes.iter().flatten().all(|x| x.is_finite()), "{name}");
            }
        }
    }
}
