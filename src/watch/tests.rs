#![allow(clippy::disallowed_methods, reason = "tests lay out files")]
use super::*;
use crate::args::{Args, Verb};
use audience::Rendered;
use clap::Parser;
use mixwright_engine::diagnostic::Diagnostic;
use std::fs;
use std::sync::Condvar;
use std::time::Duration;

/// An audience that keeps what it was told.
#[derive(Default)]
struct Recorder {
    heard: Mutex<Vec<String>>,
    more: Condvar,
}

impl Recorder {
    fn note(&self, what: String) {
        self.heard.lock().unwrap().push(what);
        self.more.notify_all();
    }

    /// Waits for so many things, and gives them.
    fn heard(&self, count: usize) -> Vec<String> {
        let few = |heard: &mut Vec<String>| heard.len() < count;
        let heard = self.heard.lock().unwrap();
        let (heard, late) = self.more.wait_timeout_while(heard, Duration::from_secs(60), few).unwrap();
        assert!(!late.timed_out(), "{heard:?}");
        heard.clone()
    }
}

impl Audience for Recorder {
    fn rendering(&self, fraction: f64) {
        assert!((0.0..=1.0).contains(&fraction));
    }

    fn rendered(&self, render: Rendered) {
        let Rendered { words, seconds, song, resolved, report } = render;
        assert!(seconds > 0.0 && resolved.title == song.title && report.master.is_some());
        self.note(format!("rendered {words:?}"));
    }

    fn failed(&self, errors: &[Diagnostic]) {
        self.note(format!("failed: {}", errors[0].message));
    }

    fn healed(&self) {
        self.note("healed".to_owned());
    }
}

fn sound(file: &std::path::Path) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(file, spec).unwrap();
    (0..24_000).for_each(|i| writer.write_sample((i % 100) as i16 * 50).unwrap());
    writer.finalize().unwrap();
}

fn song(fader: &str) -> String {
    format!("let song = song(\"S\"); song.track(\"saw\", \"saw.wav\").fader({fader});")
}

#[test]
fn an_audience_is_told_what_the_terminal_is_told() {
    let studio = tempfile::tempdir().unwrap();
    let path = |name: &str| studio.path().join(name);
    let save = |fader: &str| fs::write(path("mix.rhai"), song(fader)).unwrap();
    sound(&path("saw.wav"));
    save("-6.db");
    let [script, out] = ["mix.rhai", "out.wav"].map(|name| path(name).display().to_string());
    let args = Args::parse_from(["mixwright", "watch", &script, "-o", &out, "--no-cache"]);
    let Verb::Watch(args) = args.verb else { panic!("another verb") };
    let audience = Recorder::default();
    let (send, receive) = channel();
    std::thread::scope(|scope| {
        let events = heard(&send);
        let (own, audience_) = (send.clone(), &audience);
        scope.spawn(move || watch(&args.made, audience_, Heard::ByEars, events, (own, &receive)));
        audience.heard(1);
        save("-5.db");
        audience.heard(2);
        save("-5.dbb");
        audience.heard(3);
        save("-5.db");
        let heard = audience.heard(4);
        send.send(Message::Leave).unwrap();
        assert_eq!(heard[0], "rendered []");
        assert_eq!(heard[1], "rendered [\"saw: fader -6 -> -5 dB\"]");
        assert!(heard[2].starts_with("failed: "), "{heard:?}");
        assert_eq!(heard[3], "healed");
    });
}
