//! A song of signals that tell on themselves, watched by the command, and a page that hears it.
//!
//! Left is a constant that names the sound, right the frame's own number, exact in `f32`: each sample that the page plays
//! says of which sound and which frame it is.

use crate::browser::{Browser, LONGEST, Tab, until};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Instant;

pub(crate) const RATE: u32 = 48_000;

/// Frames after which the right channel begins anew.
pub(crate) const ROUND: u64 = 1 << 20;

const SECONDS: u32 = 40;

/// What stands in for the command: a program with the same arguments and words, for trials of the page alone.
const KEY: &str = "MIXWRIGHT_LIVE_BY";

/// A song of one track whose file and effects are told.
pub(crate) fn song(file: &str, effects: &str, tempo: u32) -> String {
    format!(
        r#"let song = song("Signals", #{{ tempo: {tempo}.bpm, meter: "4/4", rate: 48.khz }});
let first = song.section("first", bar(1) .. bar(5));
let second = song.section("second", bar(5) .. bar(9));
let one = song.track("one", "{file}"){effects};
"#
    )
}

/// A song of three tracks, the last with a fader.
pub(crate) fn trio(fader: f64) -> String {
    let mut text = song("half.wav", "", 120);
    text.push_str(&format!(
        "let two = song.track(\"two\", \"quarter.wav\");\nlet three = song.track(\"three\", \"minus.wav\").fader({fader:.1}.db);\n"
    ));
    text
}

/// A folder with the song, and the command that watches it.
pub(crate) struct Stage {
    folder: tempfile::TempDir,
    watch: Option<Watch>,
}

struct Watch {
    process: Child,
    address: String,
    _words: BufReader<ChildStderr>,
}

impl Stage {
    /// Watches a song.
    pub(crate) fn new(text: &str) -> Stage {
        let folder = tempfile::tempdir().unwrap();
        for (name, left) in [("half", 0.5), ("minus", -0.5), ("quarter", 0.25)] {
            sound(&folder.path().join(format!("{name}.wav")), left);
        }
        let mut stage = Stage { folder, watch: None };
        stage.save(text);
        stage.start(0);
        stage
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Saves the song.
    pub(crate) fn save(&self, text: &str) {
        fs::write(self.path("mix.rhai"), text).unwrap();
    }

    /// Starts the command at a port, or at any.
    pub(crate) fn start(&mut self, port: u16) {
        let program = std::env::var(KEY).unwrap_or_else(|_| env!("CARGO_BIN_EXE_mixwright").to_owned());
        let mut process = Command::new(program)
            .current_dir(self.path(""))
            // The token lives in the cache folder: a server that begins anew has it again.
            .env("XDG_CACHE_HOME", self.path("cache"))
            .env("HOME", self.path(""))
            .args(["watch", "mix.rhai", "-o", "out.wav", "--serve", "--port", &port.to_string()])
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut words = BufReader::new(process.stderr.take().unwrap());
        let mut said = String::new();
        let address = loop {
            let mut line = String::new();
            assert!(words.read_line(&mut line).unwrap() > 0, "it ended: {said}");
            if let Some((_, address)) = line.split_once("live at ") {
                break address.trim().to_owned();
            }
            said.push_str(&line);
        };
        self.watch = Some(Watch { process, address, _words: words });
    }

    /// Kills the command, and says at which port it was.
    pub(crate) fn kill(&mut self) -> u16 {
        let mut watch = self.watch.take().unwrap();
        watch.process.kill().unwrap();
        watch.process.wait().unwrap();
        let host = watch.address.split('/').nth(2).unwrap();
        host.split(':').nth(1).unwrap().parse().unwrap()
    }

    /// Where the page is; without equal loudness, so that it plays the very samples.
    pub(crate) fn address(&self) -> String {
        format!("{}#equal=off", self.watch.as_ref().unwrap().address)
    }

    /// The page with its first render, and a tap on what it plays.
    pub(crate) fn tapped(&self, browser: &Browser) -> Tab {
        let tab = browser.blank();
        // The tap's worklet comes from no server: the page's own rules would refuse it.
        tab.call("Page.setBypassCSP", serde_json::json!({ "enabled": true }));
        tab.go(&self.address());
        ready(&tab);
        tap(&tab);
        tab
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if self.watch.is_some() {
            self.kill();
        }
    }
}

/// Waits for the page's first render, and gives the tests their door.
pub(crate) fn ready(tab: &Tab) {
    until("the page", || (tab.eval("document.readyState") == "complete").then_some(()));
    tab.eval("import('./page.js').then(({ page }) => { window.page = page; })");
    tab.until("page.renders.length > 0 && page.player.source && page.state === 'ready'");
}

/// Listens to what the player puts out, frame by frame.
fn tap(tab: &Tab) {
    tab.eval(
        r"(async () => {
        page.player.open();
        const code = `registerProcessor('tap', class extends AudioWorkletProcessor {
            process([input]) {
                const [left, right] = input.length ? input : [new Float32Array(128), new Float32Array(128)];
                this.port.postMessage([currentFrame, left, right ?? left]);
                return true;
            }
        })`;
        const { context, output } = page.player;
        await context.audioWorklet.addModule(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
        const node = new AudioWorkletNode(context, 'tap', { numberOfOutputs: 0 });
        window.heard = [];
        node.port.onmessage = ({ data }) => window.heard.push(data);
        output.connect(node);
        window.tapping = node;
    })()",
    );
}

/// What was heard: the first frame of the context's clock, and the samples.
pub(crate) struct Heard {
    pub(crate) from: u64,
    pub(crate) left: Vec<f32>,
    pub(crate) right: Vec<f32>,
}

/// Forgets what was heard before.
pub(crate) fn forget(tab: &Tab) {
    tab.eval("void (heard.length = 0)");
}

/// What was heard since; the last unbroken stretch of it.
pub(crate) fn heard(tab: &Tab) -> Heard {
    let text = tab.text(
        r"(() => {
        const all = heard.toSorted((a, b) => a[0] - b[0]);
        let first = all.length - 1;
        while (first > 0 && all[first - 1][0] + 128 === all[first][0]) first--;
        const hex = (plane) => Array.from(new Uint32Array(plane.slice().buffer), (x) => x.toString(16).padStart(8, '0')).join('');
        const run = all.slice(first);
        return [run[0][0], run.map((one) => hex(one[1])).join(''), run.map((one) => hex(one[2])).join('')].join(' ');
    })()",
    );
    let mut parts = text.split(' ');
    let from = parts.next().unwrap().parse().unwrap();
    let mut plane = || {
        let bytes = parts.next().unwrap().as_bytes();
        let word = |word: &[u8]| u32::from_str_radix(std::str::from_utf8(word).unwrap(), 16).unwrap();
        bytes.chunks(8).map(|one| f32::from_bits(word(one))).collect()
    };
    let left = plane();
    Heard { from, left, right: plane() }
}

impl Heard {
    /// The song's frame at an index, by the right channel.
    pub(crate) fn frame(&self, index: usize) -> u64 {
        (f64::from(self.right[index]) * ROUND as f64).round() as u64
    }

    /// Fails if between two indices a frame is missing or doubled, or the constant steps like a click.
    pub(crate) fn runs_on(&self, from: usize, to: usize) {
        let first = self.frame(from);
        for index in from..to {
            let meant = ((first + (index - from) as u64) % ROUND) as f64 / ROUND as f64;
            let off = (f64::from(self.right[index]) - meant).abs();
            assert!(off < 3e-7, "frame {index} of {from}..{to}: {} is not {meant}", self.right[index]);
            let step = (self.left[index + 1] - self.left[index]).abs();
            assert!(step <= 1.0 / 900.0, "a click at {index}: {step}");
        }
    }

    /// The first index from which the left channel is no longer a value.
    pub(crate) fn leaves(&self, value: f32, from: usize) -> Option<usize> {
        (from..self.left.len()).find(|index| self.left[*index] != value)
    }

    /// The first index from which the left channel is a value and stays it.
    pub(crate) fn settles(&self, value: f32) -> Option<usize> {
        let last = self.left.iter().rposition(|left| *left != value).map_or(0, |index| index + 1);
        (last < self.left.len()).then_some(last)
    }
}

/// Plays from a second on, and waits until it sounds.
pub(crate) fn play(tab: &Tab, second: f64) {
    tab.eval(&format!("page.player.seek({second} * {RATE}), page.player.play()"));
    tab.until("page.player.playing && page.player.voice && !page.player.busy");
}

/// Waits while the song goes on.
pub(crate) fn listen(tab: &Tab, seconds: f64) {
    let from = tab.number("page.player.clock()");
    let begun = Instant::now();
    while tab.number("page.player.clock()") < from + seconds * f64::from(RATE) {
        assert!(begun.elapsed() < LONGEST, "the clock stands still");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

/// Writes a sound of two channels: a constant, and the frame's number.
fn sound(path: &Path, left: f32) {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: RATE,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut file = hound::WavWriter::create(path, spec).unwrap();
    for frame in 0..u64::from(RATE * SECONDS) {
        file.write_sample(left).unwrap();
        file.write_sample((frame % ROUND) as f32 / ROUND as f32).unwrap();
    }
    file.finalize().unwrap();
}

/// Holds a time to its figure, in seconds. A machine that others use too gets twenty times as long, unless
/// `MIXWRIGHT_LIVE_TIMES` says that it is ours.
pub(crate) fn in_time(what: &str, took: f64, figure: f64) {
    let most = if std::env::var_os("MIXWRIGHT_LIVE_TIMES").is_some() { figure } else { 20.0 * figure };
    assert!(took <= most, "{what} took {took} s, not {figure}");
}
