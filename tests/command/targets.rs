//! Outputs never take the place of what a song is made of, nor of each other.

use crate::studio::{MASTER, SONG, Studio};

/// A render that must be refused, with every file as it was.
fn refused(studio: &Studio, args: &str, said: &str) {
    let made_of = ["audio/kick.wav", "audio/tone.wav", "audio/voice.wav", "mix.rhai", "mastered.rhai"];
    let before: Vec<Vec<u8>> = made_of.iter().map(|name| studio.bytes(name)).collect();
    let error = studio.refused(2, args);
    assert!(error.contains(said), "{args}: {error}");
    for (name, bytes) in made_of.iter().zip(before) {
        assert!(studio.bytes(name) == bytes, "{args}: {name} was touched");
    }
}

#[test]
fn what_a_song_plays_is_kept() {
    let studio = Studio::new();
    for song in ["mix.rhai", "mastered.rhai"] {
        for way in ["-o audio/kick.wav", "-o ./audio/../audio/kick.wav", "-o out.wav --mix audio/voice.wav"] {
            refused(&studio, &format!("render {song} --quiet {way}"), "which the song is made of");
        }
        refused(
            &studio,
            &format!("render {song} --quiet -o out.wav --stems audio"),
            "the stem `tone` would replace",
        );
    }
    refused(&studio, "render mix.rhai --quiet --mute kick -o audio/kick.wav", "`audio/kick.wav`");
}

#[cfg(unix)]
#[test]
fn links_lead_to_what_they_lead_to() {
    let studio = Studio::new();
    std::fs::hard_link(studio.path("audio/kick.wav"), studio.path("hard.wav")).unwrap();
    std::os::unix::fs::symlink("audio/kick.wav", studio.path("soft.wav")).unwrap();
    refused(&studio, "render mix.rhai --quiet -o hard.wav", "which the song is made of");
    refused(&studio, "render mix.rhai --quiet -o soft.wav", "which the song is made of");
}

#[test]
fn responses_and_scripts_are_kept_too() {
    let studio = Studio::new();
    let convolved = "song.master.convolve(\"audio/tone.wav\", #{ mix: 20 });\n";
    studio
        .write("convolved.rhai", &format!("{}{convolved}", SONG.replace("audio/tone.wav", "audio/kick.wav")));
    refused(&studio, "render convolved.rhai --quiet -o audio/tone.wav", "`audio/tone.wav`");
    studio.write("mix.ron", &studio.done("show song convolved.rhai"));
    refused(&studio, "render mix.ron --quiet -o audio/tone.wav", "`audio/tone.wav`");
    // A script that has the name of a sound.
    studio.write("mix.wav", SONG);
    refused(&studio, "render mix.wav --quiet", "`mix.wav`, which the song is made of");
}

#[test]
fn two_outputs_are_two_files() {
    let studio = Studio::new();
    refused(&studio, "render mix.rhai --quiet -o a.wav --mix a.wav", "the master and the mix would both");
    refused(
        &studio,
        "render mix.rhai --quiet -o low.wav --stems .",
        "the master and the stem `low` would both",
    );
    let twins = "let song = song(\"Twins\", #{ rate: 48.khz });\n\
        song.track(\"Tone\", \"audio/tone.wav\"); song.track(\"tone\", \"audio/kick.wav\");\n";
    studio.write("twins.rhai", &format!("{twins}{MASTER}"));
    refused(&studio, "render twins.rhai --quiet -o a.wav --stems out", "upper and lower case");
    assert!(!studio.path("out").exists() && !studio.path("a.wav").exists());
}
