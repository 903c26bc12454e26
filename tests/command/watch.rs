//! `watch` from outside: whatever way a file is saved, the output is soon that of its last state.

use crate::studio::{RATE, SONG, Studio};
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Longer than any line may take, however busy the machine is.
const LONGEST: Duration = Duration::from_secs(60);

/// A watch under way, and what it says line by line.
struct Watch<'s> {
    studio: &'s Studio,
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl Studio {
    fn watch(&self, args: &str) -> Watch<'_> {
        self.watch_in(args, &[])
    }

    fn watch_in(&self, args: &str, environment: &[(&str, &str)]) -> Watch<'_> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mixwright"))
            .current_dir(self.path(""))
            .env("XDG_CACHE_HOME", self.caches())
            .arg("watch")
            .args(args.split_whitespace())
            .envs(environment.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (send, lines) = channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        Watch { studio: self, child, lines, said: Vec::new() }
    }

    /// The song with another fader of the voice.
    fn save(&self, fader: &str) {
        self.write("mix.rhai", &with_fader(fader));
    }
}

fn with_fader(fader: &str) -> String {
    let song = SONG.replace("param(\"voice\", -8.db)", &format!("{fader}.db"));
    assert_ne!(song, SONG);
    song
}

impl Watch<'_> {
    /// Waits for a line with these words, and gives all lines since the last one that was waited for.
    fn says(&mut self, words: &str) -> Vec<String> {
        let (begun, from) = (Instant::now(), self.said.len());
        loop {
            match self.lines.recv_timeout(LONGEST.saturating_sub(begun.elapsed())) {
                Ok(line) => self.said.push(line),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("`{words}` is not said:\n{}", self.said.join("\n"))
                }
            }
            if self.said.last().is_some_and(|line| line.contains(words)) {
                return self.said[from..].to_vec();
            }
        }
    }

    /// Waits for a line with these words, which must be the next.
    fn says_next(&mut self, words: &str) {
        let said = self.says(words);
        assert_eq!(said.len(), 1, "{said:?}");
    }

    /// The output is what a render from scratch makes.
    fn is_rendered(&self) {
        self.studio.done("render mix.rhai -q -o cold.wav");
        assert!(self.studio.bytes("out.wav") == self.studio.bytes("cold.wav"), "other bytes than a render's");
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A studio whose song is watched and was rendered.
macro_rules! watched {
    ($studio:ident, $watch:ident) => {
        let $studio = Studio::new();
        $studio.save("-8");
        let mut $watch = $studio.watch("mix.rhai -o out.wav");
        $watch.says_next("out.wav written");
    };
}

#[test]
fn a_good_save_a_broken_one_and_mended_ones() {
    watched!(studio, watch);
    studio.save("-9.5");
    watch.says_next("voice: fader -8 -> -9.5 dB");
    watch.is_rendered();
    let good = studio.bytes("out.wav");
    studio.write("mix.rhai", &with_fader("-9.5").replace("threshold", "treshold"));
    let said = watch.says("not rendered: out.wav stays as it was").join("\n");
    for words in
        ["`compress` has no setting `treshold`", "mix.rhai:6:61", "did you mean `threshold`?", "^^^^"]
    {
        assert!(said.contains(words), "{words} is missing in\n{said}");
    }
    assert!(studio.bytes("out.wav") == good);
    studio.save("-9.5");
    watch.says_next("the song is as it was: nothing to render");
    studio.write("mix.rhai", &with_fader("-9.5").replace("song(\"Small", "song_(\"Small"));
    watch.says("not rendered");
    studio.write("mix.rhai", &with_fader("-3").replace("ratio: 3", "ratio: 4"));
    let said = watch.says("compress ratio 3 -> 4");
    assert!(said[0].contains("kick: compress ratio 3 -> 4; voice: fader -9.5 -> -3 dB  ("), "{said:?}");
    watch.is_rendered();
}

#[test]
fn every_way_to_save_is_seen() {
    watched!(studio, watch);
    let (script, other) = (studio.path("mix.rhai"), studio.path("other"));
    let next = |fader: i32| with_fader(&(-fader).to_string());
    // As VS Code and many others: beside it, then in its place.
    fs::write(&other, next(9)).unwrap();
    fs::rename(&other, &script).unwrap();
    watch.says_next("fader -8 -> -9 dB");
    // As vim: the old one out of the way, a new one, the old one gone.
    fs::rename(&script, &other).unwrap();
    fs::write(&script, next(10)).unwrap();
    fs::remove_file(&other).unwrap();
    watch.says_next("fader -9 -> -10 dB");
    // As emacs: the old one kept as a copy, the new one written into it.
    fs::copy(&script, studio.path("mix.rhai~")).unwrap();
    fs::write(&script, next(11)).unwrap();
    watch.says_next("fader -10 -> -11 dB");
    // Emptied, and written in pieces.
    let text = next(12);
    fs::write(&script, "").unwrap();
    fs::write(&script, &text[..text.len() / 2]).unwrap();
    fs::write(&script, &text).unwrap();
    watch.says("fader -11 -> -12 dB");
    watch.is_rendered();
}

#[test]
fn a_script_that_is_gone_may_come_back() {
    watched!(studio, watch);
    fs::remove_file(studio.path("mix.rhai")).unwrap();
    let said = watch.says("not rendered: out.wav stays as it was").join("\n");
    assert!(said.contains("no such file"), "{said}");
    studio.save("-13");
    watch.says_next("fader -8 -> -13 dB");
    watch.is_rendered();
}

#[test]
fn of_a_burst_of_saves_the_last_one_counts() {
    watched!(studio, watch);
    for fader in 1..=20 {
        studio.save(&format!("-{}", 20 + fader));
        std::thread::sleep(Duration::from_millis(40));
    }
    watch.says("-> -40 dB");
    watch.is_rendered();
}

#[test]
fn the_same_text_again_and_a_comment_render_nothing() {
    watched!(studio, watch);
    studio.save("-8");
    studio.write("mix.rhai", &format!("// the same song\n{}", with_fader("-8")));
    watch.says_next("the song is as it was: nothing to render");
}

#[test]
fn sounds_imports_and_settings_are_watched() {
    let studio = Studio::new();
    let text =
        |import: &str| format!("import \"house/room\";\n{SONG}\nlet it = settings(\"its.ron\");\n{import}");
    let room = |hz: &str| format!("fn Strip.house() {{ this.high_pass({hz}.hz) }}");
    studio.write("its.ron", "(level: -20.0)");
    studio.write("mix.rhai", &text("song.track(\"more\", \"audio/more.wav\").fader(it.level).house();"));
    let mut watch = studio.watch("mix.rhai -o out.wav");
    let said = watch.says("not rendered: waiting for a change").join("\n");
    assert!(said.contains("house/room"), "{said}");
    studio.write("house/room.rhai", &room("100"));
    let said = watch.says("not rendered: waiting for a change").join("\n");
    assert!(said.contains("more.wav"), "{said}");
    studio.sound("audio/new.wav", RATE, 1, |i, _| 0.1 * f64::from(i % 100) / 100.0);
    fs::rename(studio.path("audio/new.wav"), studio.path("audio/more.wav")).unwrap();
    watch.says_next("out.wav written");
    studio.write("its.ron", "(level: -18.0)");
    watch.says_next("more: fader -20 -> -18 dB");
    studio.write("house/room.rhai", &room("120"));
    watch.says_next("more: high_pass frequency 100 -> 120 Hz");
    studio.sound("audio/new.wav", RATE, 1, |i, _| 0.1 * f64::from(i % 50) / 50.0);
    fs::rename(studio.path("audio/new.wav"), studio.path("audio/more.wav")).unwrap();
    watch.says_next("more.wav is another recording");
    watch.is_rendered();
}

#[test]
fn an_output_that_is_deleted_comes_back() {
    watched!(studio, watch);
    fs::remove_file(studio.path("out.wav")).unwrap();
    watch.says_next("out.wav was gone");
    watch.is_rendered();
}

#[test]
fn a_script_that_is_missing_is_waited_for() {
    let studio = Studio::new();
    let mut watch = studio.watch("later/mix.rhai -o out.wav --mute voice");
    let said = watch.says("not rendered: waiting for a change").join("\n");
    assert!(said.contains("no such file"), "{said}");
    fs::create_dir(studio.path("later")).unwrap();
    fs::rename(studio.path("audio"), studio.path("later/audio")).unwrap();
    studio.write("later/mix.rhai", SONG);
    watch.says("out.wav written");
    assert!(!studio.path("mix.wav").exists());
}

#[test]
fn where_no_events_come_a_sweep_sees_it() {
    let studio = Studio::new();
    studio.save("-8");
    let mut watch =
        studio.watch_in("mix.rhai -o out.wav --mix pre.wav", &[("MIXWRIGHT_WATCH_NO_EVENTS", "1")]);
    watch.says_next("out.wav written");
    studio.save("-9");
    watch.says_next("fader -8 -> -9 dB");
    watch.is_rendered();
    assert!(studio.path("pre.wav").exists());
}

/// A song that takes longer than any test.
const LONG: &str = r#"
let song = song("Long", #{ rate: 48.khz, end: 7200.s });
for i in 0..12 {
    song.track(`tone ${i}`, "audio/tone.wav", #{ repeat: 4000 }).reverb(#{ kind: "hall", decay: 5.s, mix: 20 });
}
"#;

/// Waits until a render is under way.
fn renders(studio: &Studio) {
    let begun = Instant::now();
    while !studio.files().iter().any(|file| file.ends_with(".part")) {
        assert!(begun.elapsed() < LONGEST, "it does not begin");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_save_stops_the_render_that_is_under_way() {
    let studio = Studio::new();
    studio.write("mix.rhai", LONG);
    let mut watch = studio.watch("mix.rhai -o out.wav");
    renders(&studio);
    studio.save("-8");
    watch.says_next("out.wav written");
    watch.is_rendered();
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_it_and_leaves_no_litter() {
    for long in [false, true] {
        let studio = Studio::new();
        studio.write("mix.rhai", if long { LONG } else { SONG });
        let mut watch = studio.watch("mix.rhai -o out.wav");
        if long {
            renders(&studio)
        } else {
            watch.says_next("out.wav written")
        }
        let sent = Command::new("kill").args(["-INT", &watch.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
        assert_eq!(watch.child.wait().unwrap().code(), Some(0));
        assert!(!studio.files().iter().any(|file| file.ends_with(".part")), "{:?}", studio.files());
        assert_eq!(studio.path("out.wav").exists(), !long);
    }
}
