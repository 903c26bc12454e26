//! No output replaces what the song is made of, and no two are one file.

use crate::studio::{SONG, Studio};
use std::collections::BTreeMap;
use std::fs;

/// All files with their bytes.
fn all(studio: &Studio) -> BTreeMap<String, Vec<u8>> {
    studio.files().into_iter().map(|file| (file.clone(), studio.bytes(&file))).collect()
}

/// The render is refused in these words, and no byte in the folder changes.
fn untouched(studio: &Studio, args: &str, words: &[&str]) {
    let before = all(studio);
    let said = studio.refused(2, &format!("render {args}"));
    for word in words {
        assert!(said.contains(word), "{args}: {word:?} is missing in\n{said}");
    }
    assert!(all(studio) == before, "{args}: files changed");
}

/// A song of sounds, settings, a template and an impulse response, each of which an output might hit.
fn made_of_files() -> Studio {
    let studio = Studio::new();
    studio.tone("hall.wav", 48_000, 1, 4_800, &mut |i, _| 0.5 / f64::from(i + 1));
    studio.write("set.wav", "(level: -3.0)");
    studio.write("house/own.rhai", "fn Strip.own() { this.high_pass(40.hz) }\n");
    let tail = r#"
import "house/own";
let set = settings("set.wav");
let hall = song.bus("hall").convolve("hall.wav");
song.track("more", "audio/tone.wav").own().trim(set.level.db).send(hall, -6.db)
    .parallel("side", -6.db, chain().convolve(#{ file: "audio/dry.wav", mix: 50 }).set("convolve", #{ bypass: true }));
"#;
    studio.write("full.rhai", &format!("{SONG}{tail}"));
    fs::copy(studio.path("hall.wav"), studio.path("audio/dry.wav")).unwrap();
    studio
}

#[test]
fn no_output_replaces_a_sound_of_the_song() {
    let studio = made_of_files();
    let plays = "track `kick` plays it";
    untouched(&studio, "mix.rhai -o audio/kick.wav", &["the master would replace `audio/kick.wav`", plays]);
    untouched(&studio, "mix.rhai -o audio/kick.wav", &["mix.rhai:6:", "give the master another name"]);
    untouched(&studio, "mix.rhai --mix audio/kick.wav", &["the mix would replace `audio/kick.wav`", plays]);
    untouched(&studio, "mix.rhai --stems audio", &["the stem `tone` would replace `audio/tone.wav`"]);
    untouched(&studio, "mix.rhai --stems audio", &["the stem `voice`", "a folder of their own"]);
    untouched(&studio, "mix.rhai -o audio/../audio/kick.wav", &["is the same file as", plays]);
    untouched(&studio, "full.rhai -o hall.wav", &["`hall.wav`: `convolve` of `hall` needs it", "full.rhai:"]);
    untouched(&studio, "full.rhai -o audio/dry.wav", &["`convolve` of `more` needs it"]);
    untouched(&studio, "mix.rhai --mute kick -o audio/kick.wav", &[plays]);
    untouched(&studio, "mastered.rhai -o audio/kick.wav", &["the master would replace", plays]);
    untouched(&studio, "mastered.rhai -o out.wav --stems audio", &["the stem `tone` would replace"]);
    // The name that the command itself chooses.
    studio.write("hall.rhai", &fs::read_to_string(studio.path("full.rhai")).unwrap());
    untouched(&studio, "hall.rhai", &["the master would replace `hall.wav`"]);
}

#[test]
fn no_output_replaces_a_text_of_the_song() {
    let studio = made_of_files();
    // Names that end as no sound does are refused for that.
    for text in ["full.rhai", "house/own.rhai"] {
        untouched(&studio, &format!("full.rhai -o {text}"), &["mixwright writes no `.rhai` files"]);
        untouched(&studio, &format!("full.rhai --mix {text}"), &["the mix ends in `.rhai`"]);
    }
    untouched(&studio, "full.rhai --mix set.wav", &["the mix would replace `set.wav`: the script reads it"]);
    studio.write("full.wav", &fs::read_to_string(studio.path("full.rhai")).unwrap());
    untouched(&studio, "full.wav", &["the master would replace `full.wav`: the song is declared in it"]);
    studio.write("song.ron", &studio.done("show song full.rhai"));
    untouched(&studio, "song.ron -o audio/kick.wav", &["the master would replace `audio/kick.wav`"]);
    let folder = studio.path("").display().to_string();
    let text = fs::read_to_string(studio.path("song.ron")).unwrap();
    studio.write("other/song.ron", &text.replace("\"audio/", &format!("\"{folder}/audio/")));
    fs::copy(studio.path("hall.wav"), studio.path("other/hall.wav")).unwrap();
    untouched(&studio, "other/song.ron -o audio/kick.wav", &["is the same file as", "track `kick` plays it"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_sound_is_that_sound() {
    use std::os::unix::fs::symlink;
    let studio = Studio::new();
    symlink("audio/kick.wav", studio.path("soft.wav")).unwrap();
    fs::hard_link(studio.path("audio/kick.wav"), studio.path("hard.wav")).unwrap();
    symlink("audio", studio.path("folder")).unwrap();
    for path in ["soft.wav", "hard.wav", "folder/kick.wav"] {
        let words = format!("the master, `{path}`, is the same file as `audio/kick.wav`");
        untouched(&studio, &format!("mix.rhai -o {path}"), &[&words]);
    }
    assert!(fs::symlink_metadata(studio.path("soft.wav")).unwrap().is_symlink());
}

#[test]
fn no_two_outputs_are_one_file() {
    let studio = Studio::new();
    untouched(&studio, "mix.rhai -o a.wav --mix a.wav", &["the master and the mix would both be `a.wav`"]);
    untouched(&studio, "mix.rhai -o a.wav --mix audio/../a.wav", &["would be one file", "another name"]);
    untouched(&studio, "mix.rhai -o Mix.wav --mix mix.wav", &["which many systems take for one file"]);
    untouched(&studio, "mix.rhai --stems new --mix new/low.wav", &["the mix and the stem `low`"]);
    untouched(&studio, "mix.rhai --stems ./new/ -o new/low.wav", &["the master and the stem `low`"]);
    studio.write("names.rhai", &format!("{SONG}song.track(\"a:b\", \"audio/tone.wav\");\n"));
    let more = |name: &str| {
        let text = fs::read_to_string(studio.path("names.rhai")).unwrap();
        studio.write("names.rhai", &format!("{text}song.track({name:?}, \"audio/tone.wav\");\n"));
    };
    more("a_b");
    let words =
        ["the stems `a:b` and `a_b` would both be `new/a_b.wav`", "give one of the strips another name"];
    untouched(&studio, "names.rhai --stems new", &words);
    more("Tone");
    untouched(&studio, "names.rhai --stems new", &["the stems `tone` and `Tone` would be", words[0]]);
    let rest = "song.track(\"rest\", \"audio/tone.wav\"); song.stems([\"rest\", \"low\"]);\n";
    studio.write("rest.rhai", &format!("{SONG}{rest}"));
    untouched(&studio, "rest.rhai --stems new", &["two stems named `rest`", "what is left of the mix"]);
    assert!(!studio.path("new").exists(), "nothing was made");
}

#[test]
fn outputs_of_before_are_replaced_as_ever() {
    let studio = Studio::new();
    for _ in 0..2 {
        studio.done("render mix.rhai --quiet --range 0s..0.1s -o out.wav --mix in.wav --stems audio/stems");
    }
    assert!(studio.path("audio/stems/tone.wav").is_file());
}
