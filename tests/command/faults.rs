//! What goes wrong in the world leaves what was there before, and nothing else.

use crate::studio::{SONG, Studio};
use std::fs;

/// A studio in which the output stands from an earlier render.
fn rendered() -> (Studio, Vec<u8>) {
    let studio = Studio::new();
    studio.done("render mix.rhai --quiet -o out.wav --range 0s..0.5s");
    let bytes = studio.bytes("out.wav");
    (studio, bytes)
}

/// The run fails, and the folder is as it was.
fn changes_nothing(studio: &Studio, before: &[u8], code: i32, args: &str) -> String {
    let files = studio.files();
    let said = studio.refused(code, args);
    assert!(studio.bytes("out.wav") == before, "{args}: the old output is gone");
    assert_eq!(studio.files(), files, "{args}: litter");
    said
}

#[test]
fn a_broken_script_leaves_the_last_render() {
    let (studio, before) = rendered();
    studio.write("broken.rhai", &SONG.replace(".compress(", ".comprss("));
    let said =
        changes_nothing(&studio, &before, 2, "render broken.rhai -o out.wav --mix mix.wav --stems stems");
    assert!(
        said.contains("there is no verb `comprss`") && said.contains("did you mean `compress`?"),
        "{said}"
    );
}

#[test]
fn a_source_that_is_cut_short_is_named() {
    let (studio, before) = rendered();
    let whole = studio.bytes("audio/tone.wav");
    fs::write(studio.path("audio/tone.wav"), &whole[..whole.len() / 2]).unwrap();
    let said = changes_nothing(&studio, &before, 1, "render mix.rhai -o out.wav --mix mix.wav --stems stems");
    assert!(said.contains("`audio/tone.wav` is cut short: it ends at 0:00.750 of 0:01.500"), "{said}");
    assert!(said.contains("mix.rhai:7:"), "its header tells, so the check does:\n{said}");
    studio.refused(1, "check mix.rhai");
    assert_eq!(studio.run("check mix.rhai --json").code, 1);
}

#[test]
fn a_damaged_source_is_named_when_it_is_heard() {
    let (studio, before) = rendered();
    studio.done("render mix.rhai --quiet -o audio/tone.flac");
    studio.write("flac.rhai", &SONG.replace("tone.wav", "tone.flac"));
    let mut bytes = studio.bytes("audio/tone.flac");
    let middle = bytes.len() / 2;
    bytes.truncate(middle);
    fs::write(studio.path("audio/tone.flac"), &bytes).unwrap();
    let said =
        changes_nothing(&studio, &before, 1, "render flac.rhai -o out.wav --mix mix.wav --stems stems");
    assert!(said.contains("`audio/tone.flac` is cut short: it ends at 0:0"), "{said}");
}

#[test]
fn a_source_that_is_missing_or_no_sound_is_the_authors() {
    let (studio, before) = rendered();
    fs::write(studio.path("audio/tone.wav"), "no sound at all").unwrap();
    fs::remove_file(studio.path("audio/kick.wav")).unwrap();
    let said = changes_nothing(&studio, &before, 2, "render mix.rhai -o out.wav");
    assert!(said.contains("cannot play `audio/tone.wav`: it is a text"), "{said}");
    assert!(said.contains("played are WAV") && said.contains("audio/kick.wav"), "both are told:\n{said}");
    assert!(said.contains("mix.rhai:6:") && said.contains("mix.rhai:7:"), "{said}");
}

#[test]
fn outputs_that_cannot_be() {
    let (studio, before) = rendered();
    fs::create_dir(studio.path("folder.wav")).unwrap();
    let said = changes_nothing(&studio, &before, 1, "render mix.rhai -o nowhere/out.wav");
    assert!(said.contains("nowhere"), "{said}");
    let said = changes_nothing(&studio, &before, 1, "render mix.rhai -o folder.wav");
    assert!(said.contains("folder.wav"), "{said}");
    let said = changes_nothing(&studio, &before, 1, "render mix.rhai -o out.wav --mix nowhere/mix.wav");
    assert!(said.contains("nowhere"), "{said}");
    for (args, words) in [
        ("-o out.mp3", "mixwright writes no `.mp3` files"),
        ("-o out.wav --format flac24", "`--format` asks for flac"),
    ] {
        let said = changes_nothing(&studio, &before, 2, &format!("render mix.rhai {args}"));
        assert!(said.contains(words), "{said}");
    }
}
