//! A folder with a song in it, and the command at hand.

use assert_cmd::Command;
use mixwright_nodes::dsp::math;
use std::collections::BTreeSet;
use std::f64::consts::TAU;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Frames a second of the song.
pub(crate) const RATE: u32 = 48_000;

/// Longer than any run may take, however busy the machine is.
const LONGEST: Duration = Duration::from_secs(120);

/// Tracks with and without a bus and a group, a key, a curve, sounds of two rates; no master effects, so that it is a plain sum.
pub(crate) const SONG: &str = r#"
let song = song("Small Song", #{ artist: "The Fixtures", tempo: 120.bpm, meter: "4/4", rate: 48.khz });
song.section("intro", bar(1) .. bar(1) + 2.beats);
song.section("outro", bar(1) + 2.beats .. bar(1) + 3.beats);
let room = song.bus("room").reverb("plate", 0.2.s);
let kick = song.track("kick", "audio/kick.wav").compress(#{ threshold: -18.db, ratio: 3, lookahead: 2.ms });
let tone = song.track("tone", "audio/tone.wav")
    .eq([bell(1.khz, -3.db), high_shelf(8.khz, 2.db)])
    .duck(kick, 4.db)
    .fader(curve(-6.db).line(bar(1) + 3.beats, -12.db));
let voice = song.track("voice", "audio/voice.wav").high_pass(80.hz).send(room, -12.db).fader(param("voice", -8.db));
song.group("low", [kick]).saturate("tape", 3.db);
"#;

/// What the song with a master adds.
pub(crate) const MASTER: &str = r#"
song.master.compress(#{ threshold: -20.db, ratio: 1.5 }).finish(#{ loudness: -16.lufs, ceiling: -1.dbtp });
"#;

/// A folder with `mix.rhai`, which is [`SONG`], `mastered.rhai`, and their sounds.
pub(crate) struct Studio(tempfile::TempDir);

/// How a run ended, and what it said.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// What a WAV file holds.
#[derive(Debug, PartialEq)]
pub(crate) struct Wav {
    pub(crate) spec: hound::WavSpec,
    /// Samples with full scale at 1, channel beside channel.
    pub(crate) samples: Vec<f64>,
}

impl Studio {
    pub(crate) fn new() -> Studio {
        let studio = Studio(tempfile::tempdir().unwrap());
        fs::create_dir_all(studio.path("audio")).unwrap();
        studio.write("mix.rhai", SONG);
        studio.write("mastered.rhai", &format!("{SONG}{MASTER}"));
        let seconds = |i: u32, rate: u32| f64::from(i) / f64::from(rate);
        studio.sound("audio/kick.wav", RATE, 1, |i, _| {
            let at = seconds(i % (RATE / 4), RATE);
            0.8 * (-at * 20.0).exp() * (TAU * 55.0 * at).sin()
        });
        studio.sound("audio/tone.wav", RATE, 2, |i, channel| {
            0.3 * (TAU * (440.0 + 3.0 * f64::from(channel)) * seconds(i, RATE)).sin()
        });
        let mut noise = 1u32;
        studio.sound("audio/voice.wav", 44_100, 1, |i, _| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let swell = 0.5 + 0.5 * (TAU * 3.0 * seconds(i, 44_100)).sin();
            0.4 * swell * (f64::from(noise) / f64::from(u32::MAX) - 0.5)
        });
        studio
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join("songs").join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// One and a half seconds of a sound, at 24 bits.
    pub(crate) fn sound(&self, name: &str, rate: u32, channels: u16, mut at: impl FnMut(u32, u16) -> f64) {
        self.tone(name, rate, channels, rate * 3 / 2, &mut at);
    }

    /// A sound of so many frames, at 24 bits.
    pub(crate) fn tone(
        &self,
        name: &str,
        rate: u32,
        channels: u16,
        frames: u32,
        at: &mut dyn FnMut(u32, u16) -> f64,
    ) {
        let spec = hound::WavSpec {
            channels,
            sample_rate: rate,
            bits_per_sample: 24,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(self.path(name), spec).unwrap();
        for i in 0..frames {
            for channel in 0..channels {
                writer.write_sample((at(i, channel) * 8_388_607.0).round() as i32).unwrap();
            }
        }
        writer.finalize().unwrap();
    }

    pub(crate) fn wav(&self, name: &str) -> Wav {
        let mut reader = hound::WavReader::open(self.path(name)).unwrap();
        let spec = reader.spec();
        let samples = match spec.sample_format {
            hound::SampleFormat::Float => reader.samples::<f32>().map(|s| f64::from(s.unwrap())).collect(),
            hound::SampleFormat::Int => {
                let full = f64::from(1u32 << (spec.bits_per_sample - 1));
                reader.samples::<i32>().map(|s| f64::from(s.unwrap()) / full).collect()
            }
        };
        Wav { spec, samples }
    }

    /// Where programs keep what they can make again.
    pub(crate) fn caches(&self) -> PathBuf {
        self.0.path().join("caches")
    }

    /// The command with arguments that are separated by blanks.
    pub(crate) fn command(&self, args: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mixwright"));
        command.current_dir(self.path("")).env("XDG_CACHE_HOME", self.caches());
        command.timeout(LONGEST).args(args.split_whitespace());
        command
    }

    pub(crate) fn run(&self, args: &str) -> Ran {
        let output = self.command(args).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let code = output.status.code().expect("it ends by itself");
        Ran { code, out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// A run that must do what it is told; what it prints.
    pub(crate) fn done(&self, args: &str) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{args}: {}{}", ran.out, ran.err);
        ran.out
    }

    /// A run that must fail with this code; what it says of that.
    pub(crate) fn refused(&self, code: i32, args: &str) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, code, "{args}: {}{}", ran.out, ran.err);
        assert_eq!(ran.out, "", "{args}: what went wrong is told on the standard error");
        ran.err
    }

    pub(crate) fn json(&self, args: &str) -> serde_json::Value {
        serde_json::from_str(&self.done(args)).unwrap()
    }

    /// The names of all files there are.
    pub(crate) fn files(&self) -> BTreeSet<String> {
        fn walk(folder: &Path, root: &Path, all: &mut BTreeSet<String>) {
            for entry in fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    walk(&path, root, all);
                } else {
                    all.insert(path.strip_prefix(root).unwrap().to_string_lossy().into_owned());
                }
            }
        }
        let mut all = BTreeSet::new();
        walk(&self.path(""), &self.path(""), &mut all);
        all
    }
}

impl Wav {
    pub(crate) fn frames(&self) -> usize {
        self.samples.len() / usize::from(self.spec.channels)
    }

    /// The largest sample, in decibels of full scale.
    pub(crate) fn peak(&self) -> f64 {
        math::decibels(self.samples.iter().fold(1e-30, |peak: f64, sample| peak.max(sample.abs())))
    }

    /// The same times a factor and another added to it.
    pub(crate) fn plus(mut self, factor: f64, other: &Wav) -> Wav {
        assert_eq!(self.samples.len(), other.samples.len());
        self.samples.iter_mut().zip(&other.samples).for_each(|(sum, sample)| *sum += factor * sample);
        self
    }
}
