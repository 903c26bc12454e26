//! What a read file must give: its exact samples from any frame on, or an error that says where and why.

#![allow(clippy::disallowed_methods, reason = "tests lay out files")]

use super::*;
use crate::song::ChannelPick;
use std::fs;
use std::path::Path;

/// A sample that any integer depth from 8 bits on holds exactly.
fn level(frame: usize, channel: usize) -> f32 {
    ((frame * 7 + channel * 31) % 255) as f32 / 128.0 - 127.0 / 128.0
}

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut bytes = name.to_vec();
    bytes.extend((body.len() as u32).to_le_bytes());
    bytes.extend(body);
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    bytes
}

/// A WAV with format tag 1 (integers) or 3 (floats), or either beneath 0xFFFE (extensible).
fn wav(tag: u16, extensible: Option<()>, bits: u16, channels: u16, data: &[u8]) -> Vec<u8> {
    let frame = channels * bits / 8;
    let mut fmt = Vec::new();
    let outer = if extensible.is_some() { 0xFFFE } else { tag };
    fmt.extend([outer, channels].iter().flat_map(|x| x.to_le_bytes()));
    fmt.extend([48_000, 48_000 * u32::from(frame)].iter().flat_map(|x| x.to_le_bytes()));
    fmt.extend([frame, bits].iter().flat_map(|x| x.to_le_bytes()));
    if extensible.is_some() {
        fmt.extend([22, bits].iter().flat_map(|x: &u16| x.to_le_bytes()));
        fmt.extend(((1_u32 << channels) - 1).to_le_bytes());
        fmt.extend(tag.to_le_bytes());
        fmt.extend(*b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71");
    }
    let body = [b"WAVE".to_vec(), chunk(b"fmt ", &fmt), chunk(b"data", data)].concat();
    chunk(b"RIFF", &body)
}

fn coded(x: f32, tag: u16, bits: u16) -> Vec<u8> {
    match (tag, bits) {
        (1, 8) => vec![(f64::from(x) * 128.0 + 128.0) as u8],
        (1, 16) => ((f64::from(x) * 32_768.0) as i16).to_le_bytes().to_vec(),
        (1, 24) => ((f64::from(x) * 8_388_608.0) as i32).to_le_bytes()[..3].to_vec(),
        (1, 32) => ((f64::from(x) * 2_147_483_648.0) as i32).to_le_bytes().to_vec(),
        (3, 32) => x.to_le_bytes().to_vec(),
        (3, 64) => f64::from(x).to_le_bytes().to_vec(),
        _ => unreachable!(),
    }
}

fn samples(frames: usize, channels: u16, tag: u16, bits: u16) -> Vec<u8> {
    (0..frames)
        .flat_map(|f| (0..usize::from(channels)).map(move |c| (f, c)))
        .flat_map(|(f, c)| coded(level(f, c), tag, bits))
        .collect()
}

/// Reads all from a frame on in pieces of odd lengths.
pub(super) fn all(reader: &mut Reader) -> Result<Vec<Vec<f32>>, SourceError> {
    let mut planes = vec![Vec::new(); reader.info().channels];
    for length in [1, 64, 333, 128, 1021].iter().cycle() {
        let mut piece = vec![vec![9.0; *length]; planes.len()];
        let n = reader.read(&mut piece.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>())?;
        for (plane, piece) in planes.iter_mut().zip(&piece) {
            plane.extend_from_slice(&piece[..n]);
        }
        if n < *length {
            break;
        }
    }
    Ok(planes)
}

fn put(bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("take.wav");
    fs::write(&path, bytes).unwrap();
    (dir, path)
}

fn open(path: &Path) -> Result<Reader, SourceError> {
    Reader::open(path, ChannelPick::All)
}

#[test]
fn every_wav_gives_its_exact_samples() {
    for (tag, bits) in [(1, 8), (1, 16), (1, 24), (1, 32), (3, 32), (3, 64)] {
        for channels in [1, 2] {
            for extensible in [None, Some(())] {
                let (_dir, path) =
                    put(&wav(tag, extensible, bits, channels, &samples(5001, channels, tag, bits)));
                let mut reader = open(&path).unwrap();
                let info = reader.info().clone();
                assert_eq!((info.rate, info.channels, info.frames), (48_000, usize::from(channels), 5001));
                assert_eq!((info.lossy, info.late), (false, 0));
                let planes = all(&mut reader).unwrap();
                for (c, plane) in planes.iter().enumerate() {
                    assert_eq!(plane.len(), 5001);
                    assert!(
                        (0..5001).all(|f| plane[f] == level(f, c)),
                        "{tag} {bits} {channels} {extensible:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_a_pipe_wrote_is_as_long_as_it_is() {
    for (frames, channels, bits) in [(1, 1, 16), (1152, 2, 24), (5001, 2, 16)] {
        let mut bytes = wav(1, None, bits, channels, &samples(frames, channels, 1, bits));
        // Written into a pipe, the lengths could not be known.
        for length in [4, 40] {
            bytes[length..length + 4].fill(0xFF);
        }
        let (_dir, path) = put(&bytes);
        let mut reader = open(&path).unwrap();
        assert_eq!(reader.info().frames, frames as u64, "{channels} channels of {bits} bits");
        assert_eq!(all(&mut reader).unwrap()[0].len(), frames);
    }
}

#[test]
fn any_frame_can_be_sought() {
    let (_dir, path) = put(&wav(1, None, 24, 2, &samples(100_000, 2, 1, 24)));
    let mut reader = open(&path).unwrap();
    for frame in [70_000, 12, 13, 99_999, 0, 50_001] {
        reader.seek(frame).unwrap();
        let (mut left, mut right) = ([0.0], [0.0]);
        assert_eq!(reader.read(&mut [&mut left, &mut right]).unwrap(), 1);
        assert_eq!((left[0], right[0]), (level(frame as usize, 0), level(frame as usize, 1)));
        assert_eq!(reader.at(), frame + 1);
    }
    reader.seek(1 << 40).unwrap();
    assert_eq!(reader.read(&mut [&mut [0.0], &mut [0.0]]).unwrap(), 0);
}

#[test]
fn one_channel_of_many_can_be_picked() {
    let (_dir, path) = put(&wav(1, Some(()), 16, 6, &samples(3000, 6, 1, 16)));
    let error = open(&path).unwrap_err();
    assert!(error.to_string().ends_with("has 6 channels, and a track plays 1 or 2"), "{error}");
    assert!(error.hint().unwrap().contains("`channel`"));
    let mut reader = Reader::open(&path, ChannelPick::One(5)).unwrap();
    assert_eq!(all(&mut reader).unwrap()[0][2999], level(2999, 4));
    let error = Reader::open(&path, ChannelPick::One(7)).unwrap_err();
    assert!(error.to_string().ends_with("has no channel 7: it has 6"), "{error}");
    assert!(Reader::open(&path, ChannelPick::One(0)).is_err());
}

#[test]
fn samples_that_are_no_sound_are_refused_with_their_time() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30] {
        let mut data = samples(96_000, 2, 3, 32);
        data[72_000 * 8 + 4..72_000 * 8 + 8].copy_from_slice(&bad.to_le_bytes());
        let (_dir, path) = put(&wav(3, None, 32, 2, &data));
        let error = all(&mut open(&path).unwrap()).unwrap_err();
        assert!(error.to_string().contains("is damaged at 0:01.500"), "{error}");
    }
    let data = [1e-40_f32, 4.0, -9.0].iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<_>>();
    let (_dir, path) = put(&wav(3, None, 32, 1, &data));
    assert_eq!(all(&mut open(&path).unwrap()).unwrap()[0], [0.0, 4.0, -9.0]);
}

#[test]
fn a_file_cut_short_is_told_by_name_and_second() {
    let whole = wav(1, None, 16, 1, &samples(96_000, 1, 1, 16));
    let (_dir, path) = put(&whole[..whole.len() / 2]);
    let error = open(&path).unwrap_err().to_string();
    assert!(error.ends_with("take.wav` is cut short: it ends at 0:01.000 of 0:02.000"), "{error}");
    // Cut while it is being read.
    let (_dir, path) = put(&whole);
    let mut reader = open(&path).unwrap();
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(44 + 48_000 * 2).unwrap();
    let error = all(&mut reader).unwrap_err().to_string();
    assert!(error.ends_with("is cut short: it ends at 0:01.000 of 0:02.000"), "{error}");
}

#[test]
fn what_is_no_audio_is_an_error() {
    for bytes in [b"".as_slice(), b"RIFF", b"fLaC", b"OggS", b"let song = song();\n", &[0; 5000]] {
        let (_dir, path) = put(bytes);
        let error = open(&path).unwrap_err();
        assert!(error.to_string().starts_with("cannot play"), "{error}");
    }
    let silent = wav(1, None, 16, 2, &[]);
    let (_dir, path) = put(&silent);
    assert_eq!(open(&path).unwrap().info().frames, 0);
}

#[test]
fn impossible_headers_are_errors() {
    let good = wav(1, None, 16, 1, &samples(1000, 1, 1, 16));
    for (place, bytes) in
        [(22, [0, 0]), (22, [0xFF, 0xFF]), (24, [0, 0]), (24, [1, 0]), (26, [0xFF, 0xFF]), (34, [0, 0])]
    {
        let mut bad = good.clone();
        bad[place..place + 2].copy_from_slice(&bytes);
        let (_dir, path) = put(&bad);
        let result = open(&path).and_then(|mut reader| all(&mut reader));
        assert!(result.is_err(), "{place} {bytes:?}");
    }
}

#[test]
fn damaged_wavs_never_panic() {
    let good = wav(1, Some(()), 24, 2, &samples(300, 2, 1, 24));
    let mut state = 1_u64;
    for _ in 0..500 {
        let mut bad = good.clone();
        for _ in 0..3 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let place = (state >> 33) as usize % 100;
            bad[place] = (state >> 56) as u8;
        }
        let (_dir, path) = put(&bad);
        let _ = open(&path).and_then(|mut reader| all(&mut reader));
    }
}

#[test]
fn a_disk_that_fails_is_an_error_with_the_files_name() {
    let (dir, path) = put(&wav(1, None, 16, 2, &samples(40_000, 2, 1, 16)));
    for nth in 1.. {
        let fault = crate::files::faults::arm(dir.path(), nth, std::io::ErrorKind::Other);
        let result = open(&path).and_then(|mut reader| all(&mut reader));
        if !fault.struck() {
            assert!(result.is_ok() && nth > 4);
            return;
        }
        match result {
            // A packet may be whole without its last read.
            Ok(planes) => assert!((0..40_000).all(|f| planes[1][f] == level(f, 1))),
            Err(error) => assert!(error.to_string().contains("take.wav"), "{nth}: {error}"),
        }
    }
}

#[test]
fn what_an_effect_hears_has_as_many_channels_as_its_file() {
    let (_dir, path) = put(&wav(1, None, 16, 4, &samples(500, 4, 1, 16)));
    assert!(matches!(open(&path), Err(SourceError::Channels { channels: 4, .. })), "no track plays it");
    let sound = load(&path, 48_000).unwrap();
    assert_eq!((sound.file_rate, sound.channels.len()), (48_000, 4));
    for (c, plane) in sound.channels.iter().enumerate() {
        assert_eq!(*plane, (0..500).map(|f| level(f, c)).collect::<Vec<f32>>());
    }
}

#[test]
fn who_hears_a_file_of_six_channels_is_told_what_helps_there() {
    let (_dir, path) = put(&wav(1, Some(()), 16, 6, &samples(500, 6, 1, 16)));
    let told = |error: SourceError| (error.to_string(), error.hint().unwrap());
    let (words, hint) = told(load(&path, 48_000).unwrap_err());
    assert!(words.ends_with("has 6 channels, and an effect hears 1, 2 or 4"), "{words}");
    assert!(hint.contains("left to left") && !hint.contains("`channel`"), "{hint}");
    let (words, hint) = told(Reader::open_measured(&path).unwrap_err());
    assert!(words.ends_with("has 6 channels, and what is measured has 1 or 2"), "{words}");
    assert!(hint.contains("mix it down") && !hint.contains("`channel`"), "{hint}");
    for channels in [1, 2] {
        let (_dir, path) = put(&wav(1, None, 16, channels, &samples(500, channels, 1, 16)));
        assert!(Reader::open_measured(&path).is_ok() && load(&path, 48_000).is_ok());
    }
}

#[test]
fn a_file_of_zeros_is_no_use_to_an_effect() {
    let mut data = vec![0; 500 * 4];
    let (_dir, path) = put(&wav(1, None, 16, 2, &data));
    let error = load(&path, 48_000).unwrap_err();
    assert!(
        matches!(error, SourceError::Silent { .. }) && error.to_string().contains("is silent"),
        "{error}"
    );
    assert!(open(&path).is_ok(), "a track may play silence");
    data[1999] = 1;
    let (_dir, path) = put(&wav(1, None, 16, 2, &data));
    assert!(load(&path, 48_000).is_ok());
}
