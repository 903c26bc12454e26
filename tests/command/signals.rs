//! Whoever asks a render to end finds the folder as it was before.

use crate::studio::Studio;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A song that takes longer than any test.
const LONG: &str = r#"
let song = song("Long", #{ rate: 48.khz, end: 7200.s });
for i in 0..12 {
    song.track(`tone ${i}`, "audio/tone.wav", #{ repeat: 4000 }).reverb(#{ kind: "hall", decay: 5.s, mix: 20 });
}
"#;

/// A studio in which a render of the long song is under way, over an output of before.
fn under_way(args: &str) -> (Studio, Child) {
    let studio = Studio::new();
    studio.write("long.rhai", LONG);
    studio.write("out.wav", "old");
    let render = Command::new(env!("CARGO_BIN_EXE_mixwright"))
        .current_dir(studio.path(""))
        .env("XDG_CACHE_HOME", studio.caches())
        .args(["render", "long.rhai", "-o", "out.wav", "--mix", "mix.wav", "--stems", "new/stems"])
        .args(args.split_whitespace())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while parts(&studio) < 14 {
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not begin");
        std::thread::sleep(Duration::from_millis(5));
    }
    (studio, render)
}

/// How many files are in the making.
fn parts(studio: &Studio) -> usize {
    studio.files().iter().filter(|file| file.ends_with(".part")).count()
}

fn signal(render: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &render.id().to_string()]).status();
    assert!(sent.unwrap().success(), "{name}");
}

/// How a render ended, and what it said.
fn ended(render: Child) -> (Option<i32>, String) {
    let output = render.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn is_as_before(studio: &Studio) {
    assert_eq!(parts(studio), 0, "{:?}", studio.files());
    assert_eq!(studio.bytes("out.wav"), b"old");
    let gone = |path: &Path| !path.exists();
    assert!(gone(&studio.path("mix.wav")) && gone(&studio.path("new")), "{:?}", studio.files());
}

#[test]
fn every_way_to_end_a_render_leaves_no_litter() {
    for name in ["INT", "TERM", "HUP"] {
        let (studio, render) = under_way("");
        signal(&render, name);
        let (code, said) = ended(render);
        assert_eq!(code, Some(1), "{name}: {said}");
        assert!(said.contains("stopped before the end"), "{name}: {said}");
        is_as_before(&studio);
    }
}

#[test]
fn asked_twice_it_ends_at_once_and_leaves_no_litter_either() {
    // Blocks are so long that the second mostly comes before the next; a render that was quicker is asked again.
    for _ in 0..20 {
        let (studio, render) = under_way("--block 65536 --threads 1");
        std::thread::sleep(Duration::from_millis(50));
        signal(&render, "TERM");
        signal(&render, "TERM");
        let (code, said) = ended(render);
        is_as_before(&studio);
        match code {
            Some(130) => return,
            code => assert_eq!(code, Some(1), "{said}"),
        }
    }
    panic!("no second signal came in time");
}
