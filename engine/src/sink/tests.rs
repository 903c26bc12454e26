//! What a written file must hold: the samples within its depth, the same bytes for any cut, or nothing at all.

#![allow(clippy::disallowed_methods, reason = "tests lay out files")]

use super::*;
use crate::files::{faults, list};
use crate::song::ChannelPick;
use crate::source::Reader;
use std::fs;
use std::path::PathBuf;

const FORMATS: [Format; 5] = [
    Format::Wav(Depth::Bits16),
    Format::Wav(Depth::Bits24),
    Format::WavFloat,
    Format::Flac(Depth::Bits16),
    Format::Flac(Depth::Bits24),
];

fn form(format: Format, channels: usize) -> Form {
    Form { format, rate: 44_100, channels }
}

fn wave(frames: usize, channels: usize) -> Vec<Vec<f32>> {
    let sample = |f: usize, c: usize| (f as f32 * (0.01 + c as f32 * 0.007)).sin() * 0.7;
    (0..channels).map(|c| (0..frames).map(|f| sample(f, c)).collect()).collect()
}

fn write(target: &Path, form: Form, planes: &[Vec<f32>], pieces: &[usize]) -> Result<(), SinkError> {
    let mut sink = Sink::create(target, form, 7)?;
    let (frames, mut at) = (planes[0].len(), 0);
    for piece in pieces.iter().cycle() {
        let end = (at + piece).min(frames);
        sink.write(&planes.iter().map(|plane| &plane[at..end]).collect::<Vec<_>>())?;
        at = end;
        if at == frames {
            break;
        }
    }
    sink.finish()
}

fn target(dir: &tempfile::TempDir, format: Format) -> PathBuf {
    dir.path().join(if matches!(format, Format::Flac(_)) { "mix.flac" } else { "mix.wav" })
}

fn read(path: &Path) -> Vec<Vec<f32>> {
    let mut reader = Reader::open(path, ChannelPick::All).unwrap();
    let mut planes = vec![vec![0.0; reader.info().frames as usize]; reader.info().channels];
    reader.read(&mut planes.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>()).unwrap();
    planes
}

#[test]
fn what_is_written_is_read_back_within_a_step_and_a_half() {
    let dir = tempfile::tempdir().unwrap();
    for format in FORMATS {
        for channels in [1, 2] {
            for frames in [1, 4095, 4096, 4097, 20_001] {
                let (path, planes) = (target(&dir, format), wave(frames, channels));
                write(&path, form(format, channels), &planes, &[1024]).unwrap();
                let step = match format {
                    Format::WavFloat => 0.0,
                    Format::Wav(depth) | Format::Flac(depth) => 2.0 / f64::from(1 << depth.bits()),
                };
                let back = read(&path);
                assert_eq!((back.len(), back[0].len()), (channels, frames), "{format:?}");
                let error = planes.iter().flatten().zip(back.iter().flatten());
                let error = error.map(|(a, b)| f64::from(a - b).abs()).fold(0.0, f64::max);
                assert!(error <= 1.51 * step, "{format:?} {channels} {frames}: {error} of {step}");
            }
        }
    }
}

#[test]
fn pieces_change_no_byte() {
    let dir = tempfile::tempdir().unwrap();
    let planes = wave(30_011, 2);
    for format in FORMATS {
        let path = target(&dir, format);
        let mut files = [&[30_011][..], &[1, 333, 64], &[4096], &[5000, 128]].map(|pieces| {
            write(&path, form(format, 2), &planes, pieces).unwrap();
            fs::read(&path).unwrap()
        });
        assert!(files.windows(2).all(|pair| pair[0] == pair[1]), "{format:?}");
        files[0].clear();
    }
}

#[test]
fn a_streamed_flac_is_byte_for_byte_that_of_the_encoder_alone() {
    let dir = tempfile::tempdir().unwrap();
    // More than 128 blocks, so that their numbers take two bytes.
    let planes = wave(4096 * 130 + 17, 1);
    let path = dir.path().join("mix.flac");
    write(&path, form(Format::Flac(Depth::Bits16), 1), &planes, &[1000]).unwrap();
    let samples: Vec<i32> = read(&path)[0].iter().map(|x| (x * 32_768.0) as i32).collect();
    let mut encoder = rusty_flac_whole(44_100, 1, 16);
    encoder.push_interleaved(&samples).unwrap();
    assert!(fs::read(&path).unwrap() == encoder.finish());
}

fn rusty_flac_whole(rate: u32, channels: u32, bits: u32) -> rusty_flac::Encoder {
    rusty_flac::Encoder::new(rate, channels, bits).unwrap()
}

#[test]
fn levels_past_full_scale_are_clipped_by_integers_and_kept_by_floats() {
    let dir = tempfile::tempdir().unwrap();
    let planes = vec![vec![4.0, -4.0, 0.5]];
    for format in FORMATS {
        let path = target(&dir, format);
        write(&path, form(format, 1), &planes, &[3]).unwrap();
        let back = &read(&path)[0];
        if format == Format::WavFloat {
            assert_eq!(back, &planes[0]);
        } else {
            assert!((back[0] - 1.0).abs() < 1e-4 && back[1] == -1.0, "{format:?} {back:?}");
        }
    }
}

#[test]
fn zeros_have_no_sign() {
    let dir = tempfile::tempdir().unwrap();
    let target = target(&dir, Format::WavFloat);
    write(&target, form(Format::WavFloat, 1), &[vec![-0.0, 0.0, -1.0]], &[3]).unwrap();
    assert_eq!(
        read(&target)[0].iter().map(|x| x.to_bits()).collect::<Vec<_>>(),
        [0.0, 0.0, -1.0].map(f32::to_bits)
    );
}

#[test]
fn a_wav_of_odd_length_is_padded() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mix.wav");
    write(&path, form(Format::Wav(Depth::Bits24), 1), &wave(1001, 1), &[64]).unwrap();
    let bytes = fs::read(&path).unwrap();
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!((bytes.len() % 2, number(4), number(64)), (0, bytes.len() - 8, 3003));
    assert_eq!(read(&path)[0].len(), 1001);
}

#[test]
fn what_a_wav_cannot_hold_is_refused_before_it_is_begun() {
    let long = form(Format::Wav(Depth::Bits24), 2);
    let path = Path::new("mix.wav");
    assert!(long.check(path, 715_827_865).is_ok());
    let error = long.check(path, 715_827_866).unwrap_err();
    let words = "4.51 h of sound would pass the 4 GiB of a WAV file, which ends at 4.51 h";
    assert!(error.to_string().ends_with(words), "{error}");
    assert!(form(Format::Flac(Depth::Bits24), 2).check(path, 715_827_900).is_ok());
    let error = Form { rate: 2_000_000, ..form(Format::Flac(Depth::Bits16), 2) }.check(path, 0).unwrap_err();
    assert!(error.to_string().ends_with("FLAC knows no rate of 2000000 Hz"), "{error}");
}

#[test]
fn dither_is_noise_without_distortion_and_follows_its_seed() {
    let mut quantiser = Quantiser::new(Depth::Bits16, 1, 1);
    let still = vec![0.3 / 32_768.0_f32; 200_000];
    let steps: Vec<f64> = quantiser.quantised(&[&still], 0).iter().map(|x| f64::from(*x)).collect();
    let mean = steps.iter().sum::<f64>() / steps.len() as f64;
    let power = steps.iter().map(|x| (x - 0.3) * (x - 0.3)).sum::<f64>() / steps.len() as f64;
    // The error of triangular dither has a mean of 0 and a power of a quarter step squared, whatever the sample.
    assert!((mean - 0.3).abs() < 0.01, "{mean}");
    assert!((power - 0.25).abs() < 0.01, "{power}");
    let first = quantiser.quantised(&[&still], 0).to_vec();
    assert!(first != Quantiser::new(Depth::Bits16, 2, 1).quantised(&[&still], 0));
    assert!(first == Quantiser::new(Depth::Bits16, 1, 1).quantised(&[&still], 0));
}

#[test]
fn a_dropped_sink_leaves_nothing_and_any_failing_operation_the_old_file() {
    let planes = wave(20_000, 2);
    for format in FORMATS {
        for nth in 1.. {
            let dir = tempfile::tempdir().unwrap();
            let path = target(&dir, format);
            fs::write(&path, b"old").unwrap();
            let fault = faults::arm(dir.path(), nth, std::io::ErrorKind::StorageFull);
            let result = write(&path, form(format, 2), &planes, &[4096]);
            let struck = fault.struck();
            drop(fault);
            assert_eq!(list(dir.path()).unwrap(), std::slice::from_ref(&path), "{format:?} {nth}");
            if let Err(error) = result {
                assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
                let found = fs::read(&path).unwrap();
                assert!(found == b"old" || read(&path)[0].len() == 20_000, "{format:?} {nth}");
            } else {
                assert_eq!(read(&path)[0].len(), 20_000, "{format:?} {nth}");
            }
            if !struck {
                assert!(nth > 6);
                break;
            }
        }
        let dir = tempfile::tempdir().unwrap();
        let mut sink = Sink::create(&target(&dir, format), form(format, 2), 1).unwrap();
        sink.write(&[&planes[0], &planes[1]]).unwrap();
        drop(sink);
        assert!(list(dir.path()).unwrap().is_empty());
    }
}

#[test]
fn any_frame_of_a_flac_can_be_sought() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mix.flac");
    write(&path, form(Format::Flac(Depth::Bits24), 2), &wave(300_000, 2), &[4096]).unwrap();
    let whole = read(&path);
    let mut reader = Reader::open(&path, ChannelPick::All).unwrap();
    for frame in [200_000, 17, 299_999, 0, 123_456, 4096, 299_000, 8191, 65_536] {
        reader.seek(frame).unwrap();
        let mut planes = vec![vec![0.0; 9000.min(300_000 - frame as usize)]; 2];
        let n = reader.read(&mut planes.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>()).unwrap();
        assert_eq!(n, planes[0].len());
        for (part, whole) in planes.iter().zip(&whole) {
            assert!(part == &whole[frame as usize..][..n], "{frame}");
        }
    }
}
