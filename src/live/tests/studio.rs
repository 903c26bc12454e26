//! A song of three tones and a server that has rendered it.

use crate::{
    live::{Live, Port, Settings, serve},
    load,
    watch::audience::{Audience, Rendered},
};
use mixwright_engine::{
    plan::Machine,
    render::{Progress, Request, render},
    sink::Format,
    song::{Clip, Length, Meter, Place, Section, Setting, Song, Span, Strip, StripKind},
};
use std::path::Path;
use std::sync::{Arc, atomic::AtomicBool};

pub(super) const RATE: u32 = 48_000;

/// Frames of a tone: four seconds and a little.
pub(super) const FRAMES: usize = 200_123;

/// The tones and the levels of their faders.
pub(super) const TONES: [(&str, f64, f64); 3] =
    [("kick", 100.0, -6.0), ("snare", 1_000.0, -12.0), ("hat", 8_000.0, -12.0)];

pub(super) struct Studio {
    pub(super) folder: tempfile::TempDir,
    pub(super) song: Song,
    pub(super) live: Live,
}

impl Studio {
    /// A server that has rendered nothing yet.
    pub(super) fn new() -> Studio {
        let folder = tempfile::tempdir().unwrap();
        let mut song = Song { rate: RATE, folder: folder.path().to_owned(), ..Song::new("Three <tones>") };
        song.meters = vec![Meter { bar: 1, beats: 4, unit: 4 }, Meter { bar: 2, beats: 3, unit: 4 }];
        let span = Span { from: Place::bar(2.0), to: Place::bar(3.0) };
        song.sections.push(Section { name: "verse".to_owned(), span, origin: Default::default() });
        for (name, hertz, level) in TONES {
            tone(&folder.path().join(format!("{name}.wav")), hertz);
            let mut strip = Strip::new(name, StripKind::Track);
            strip.clips.push(Clip::new(format!("{name}.wav")));
            strip.fader = Setting::Is(level);
            song.strips.push(strip);
        }
        let live = serve(&Settings { port: Port::At(0), token: None }).map_err(|error| error.to_string());
        Studio { folder, song, live: live.unwrap() }
    }

    /// The same with a render that can be heard.
    pub(super) fn playing() -> Studio {
        let studio = Studio::new();
        studio.render();
        studio
    }

    /// Renders the song as it stands, and tells of it.
    pub(super) fn render(&self) {
        let resolved = load::checked(&self.song).unwrap().song;
        let request = Request {
            master: Some(self.folder.path().join("master.wav")),
            mix: Some(self.folder.path().join("mix.wav")),
            take: true,
            machine: Machine { threads: 1, ..Machine::default() },
            ..Request::new(Format::WavFloat)
        };
        let stop = AtomicBool::new(false);
        self.live.rendering(0.0);
        let told = |done: mixwright_nodes::unit::Frames, all: mixwright_nodes::unit::Frames, _| {
            self.live.rendering(done.0 as f64 / all.0 as f64);
        };
        let progress = Progress { told: &told, stop: &stop };
        let report = render(&resolved, &request, &load::disk(&self.song), &progress).unwrap();
        self.live.rendered(Rendered {
            words: vec!["kick: fader".to_owned()],
            seconds: 0.5,
            song: Arc::new(self.song.clone()),
            resolved: Arc::new(resolved),
            report,
        });
    }

    /// Moves a clip's beginning, so that nothing is played before.
    pub(super) fn begins(&mut self, strip: usize, seconds: f64) {
        self.song.strips[strip].clips[0].at = Place::default().plus(Length { seconds, ..Length::default() });
    }

    /// What a file of the render holds.
    pub(super) fn file(&self, name: &str) -> Vec<f32> {
        samples(&self.folder.path().join(name))
    }
}

/// The samples of a file, both channels in turn.
fn samples(file: &Path) -> Vec<f32> {
    hound::WavReader::open(file).unwrap().samples().map(Result::unwrap).collect()
}

fn tone(file: &Path, hertz: f64) {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: RATE,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(file, spec).unwrap();
    for n in 0..FRAMES {
        let x = mixwright_nodes::dsp::math::sin(
            std::f64::consts::TAU * (hertz * n as f64 / f64::from(RATE)).fract(),
        );
        [x, 0.5 * x].iter().for_each(|x| writer.write_sample((0.5 * x) as f32).unwrap());
    }
    writer.finalize().unwrap();
}
