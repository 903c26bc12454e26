//! What goes wrong in the world leaves what was there before, and nothing else.

use crate::studio::{RATE, SONG, Studio};
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
    assert!(said.contains("flac.rhai:7:"), "{said}");
}

#[test]
fn samples_that_are_no_numbers_are_told_where_the_song_plays_them() {
    let (studio, before) = rendered();
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let response = "let hall = song.bus(\"hall\")\n    .convolve(\"bad.wav\");\nkick.send(hall, -6.db);\n";
    studio.write("response.rhai", &format!("{SONG}{response}"));
    studio.write(
        "clip.rhai",
        &format!("{SONG}song.track(\"more\", \"audio/kick.wav\")\n    .clip(\"bad.wav\");\n"),
    );
    for bad in [f32::NAN, f32::INFINITY] {
        let mut writer = hound::WavWriter::create(studio.path("bad.wav"), spec).unwrap();
        for i in 0..RATE {
            writer.write_sample(if i == RATE / 4 { bad } else { 0.1 }).unwrap();
        }
        writer.finalize().unwrap();
        for (script, line) in [("clip.rhai", "clip.rhai:14:6"), ("response.rhai", "response.rhai:14:6")] {
            let args = format!("render {script} -o out.wav --stems stems");
            let said = changes_nothing(&studio, &before, 1, &args);
            assert!(said.contains("`bad.wav` is damaged at 0:00.250: a sample that is no number"), "{said}");
            assert!(said.contains(line), "{said}");
        }
    }
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
    fs::create_dir(studio.path("renders")).unwrap();
    for (args, words) in [
        ("-o nowhere/out.wav", "cannot write `nowhere/out.wav`: there is no folder `nowhere`"),
        ("-o nowhere/out.wav", "make it first"),
        ("-o rendres/out.wav", "there is `./renders`; or make `rendres` first"),
        ("-o out.wav --mix nowhere/mix.wav", "there is no folder `nowhere`"),
        ("-o folder.wav", "cannot write `folder.wav`: it is a folder, not a file"),
        ("-o renders/new/", "it is the name of a folder, not a file"),
        ("-o mix.rhai/out.wav", "cannot write into `mix.rhai`: it is a file, not a folder"),
        ("--stems out.wav", "cannot write into `out.wav`: it is a file, not a folder"),
        ("--stems out.wav/stems", "cannot write into `out.wav`: it is a file, not a folder"),
        ("-o new --stems new", "the master would be `new`, a folder of the stems"),
        ("-o new --stems new/stems", "give the master another name"),
        ("-o -", "`--output -` names no file"),
        ("--mix -", "`--mix -` names no file"),
        ("--stems -", "`--stems -` names no file"),
        ("-o out.mp3", "mixwright writes no `.mp3` files"),
        ("-o out.wav --format flac24", "`--format` asks for flac"),
        ("-o out.wav --mix mix.flac", "the mix ends in `.flac`, but what this render writes is wav"),
        ("--mix mix.rhai", "name it `.wav`"),
    ] {
        // The master that is finished last is no exception.
        for script in ["mix.rhai", "mastered.rhai"] {
            let said = changes_nothing(&studio, &before, 2, &format!("render {script} {args}"));
            assert!(said.contains(words), "{args}: {said}");
        }
    }
    assert!(!studio.path("new").exists() && !studio.path("-").exists());
}

#[test]
fn a_folder_that_is_made_for_stems_takes_other_outputs_too() {
    let studio = Studio::new();
    let outputs = "-o new/out.wav --mix new/mix.wav --stems new/stems";
    for script in ["mix.rhai", "mastered.rhai"] {
        studio.done(&format!("render {script} --quiet --range 0s..0.1s {outputs}"));
        fs::remove_dir_all(studio.path("new")).unwrap();
    }
}

#[test]
fn a_file_that_is_write_protected_stays() {
    let (studio, before) = rendered();
    let mut protected = fs::metadata(studio.path("out.wav")).unwrap().permissions();
    protected.set_readonly(true);
    fs::set_permissions(studio.path("out.wav"), protected).unwrap();
    for script in ["mix.rhai", "mastered.rhai"] {
        let said = changes_nothing(&studio, &before, 1, &format!("render {script} -o out.wav"));
        assert!(said.contains("cannot write `out.wav`: not permitted"), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let studio = Studio::new();
    fs::create_dir(studio.path("closed")).unwrap();
    fs::set_permissions(studio.path("closed"), fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(studio.path("closed/any"), "").is_ok() {
        return; // Nothing is closed to the superuser.
    }
    let said = studio.refused(1, "render mix.rhai -o closed/out.wav");
    assert!(said.contains("cannot write `closed/out.wav`: not permitted"), "{said}");
    assert!(said.contains("write to another file or folder"), "{said}");
}
