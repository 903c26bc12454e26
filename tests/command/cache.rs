//! What was rendered before: the same bytes come of it, whatever befalls what is kept.

use crate::studio::Studio;
use std::fs;
use std::path::PathBuf;

/// The entries in the cache that is used where no other is named.
fn entries(studio: &Studio) -> Vec<PathBuf> {
    let folder = studio.caches().join("mixwright");
    let all = fs::read_dir(folder).map(|all| all.map(|entry| entry.unwrap().path()).collect());
    let mut all: Vec<PathBuf> = all.unwrap_or_default();
    all.sort();
    all
}

fn signals(studio: &Studio) -> usize {
    let signal = |path: &&PathBuf| path.extension().is_some_and(|ending| ending == "signal");
    entries(studio).iter().filter(signal).count()
}

/// What a render without a cache writes.
fn cold(studio: &Studio, song: &str) -> Vec<u8> {
    studio.done(&format!("render {song} -o cold.wav --quiet --no-cache"));
    fs::read(studio.path("cold.wav")).unwrap()
}

fn warm(studio: &Studio, song: &str) -> (Vec<u8>, String) {
    let said = studio.done(&format!("render {song} -o warm.wav"));
    (fs::read(studio.path("warm.wav")).unwrap(), said)
}

#[test]
fn a_fader_runs_no_insert_again() {
    let studio = Studio::new();
    let first = warm(&studio, "mastered.rhai");
    assert!(!first.1.contains("from the cache"), "{}", first.1);
    let edited = fs::read_to_string(studio.path("mastered.rhai")).unwrap().replace("-8.db", "-9.db");
    for (edit, ran) in [(edited.clone(), "kick"), (edited.replace("-9.db", "-7.db"), "master")] {
        studio.write("mastered.rhai", &edit);
        let (bytes, said) = warm(&studio, "mastered.rhai");
        assert!(bytes == cold(&studio, "mastered.rhai"), "other bytes");
        assert!(said.contains("from the cache") && said.contains(ran), "{said}");
    }
}

#[test]
fn another_recording_under_the_same_name_is_heard() {
    let studio = Studio::new();
    warm(&studio, "mix.rhai");
    for at in 1..4 {
        studio.sound("audio/kick.wav", 48_000, 1, |i, _| f64::from(i % (10 * at)) / 100.0);
        assert!(warm(&studio, "mix.rhai").0 == cold(&studio, "mix.rhai"), "the old recording is heard");
    }
}

#[test]
fn what_is_damaged_is_rendered_again() {
    let studio = Studio::new();
    let whole = warm(&studio, "mastered.rhai").0;
    let kept = entries(&studio);
    assert!(kept.len() > 2, "{kept:?}");
    let damages: [fn(&mut Vec<u8>); 7] = [
        |bytes| bytes.clear(),
        |bytes| bytes.truncate(1),
        |bytes| bytes.truncate(bytes.len() / 2),
        |bytes| bytes.truncate(bytes.len() - 1),
        |bytes| bytes.push(0),
        |bytes| *bytes = b"RIFF".repeat(1000),
        |bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        },
    ];
    for damage in damages {
        for entry in entries(&studio) {
            let mut bytes = fs::read(&entry).unwrap();
            damage(&mut bytes);
            fs::write(&entry, bytes).unwrap();
        }
        assert!(warm(&studio, "mastered.rhai").0 == whole, "damage is heard");
    }
    // Entries under each other's names, and what is no file at all.
    for (entry, other) in kept.iter().zip(kept.iter().skip(1)) {
        fs::rename(other, entry).unwrap();
    }
    fs::create_dir(kept.last().unwrap()).unwrap();
    assert!(warm(&studio, "mastered.rhai").0 == whole, "a foreign signal is heard");
}

#[test]
fn a_cache_is_shown_kept_small_and_emptied() {
    let studio = Studio::new();
    assert!(studio.done("cache show").contains("0 signals, 0 MB of 4000 MB"));
    warm(&studio, "mix.rhai");
    let count = signals(&studio);
    assert!(studio.done("cache show").contains(&format!("{count} signals, ")));
    assert!(studio.done("cache prune --cache-size 0").starts_with(&format!("removed {count} signals, ")));
    assert_eq!(signals(&studio), 0);
    studio.done("render mix.rhai -o small.wav --quiet --cache elsewhere --cache-size 0");
    assert!(studio.done("cache show --cache elsewhere").contains("0 signals"));
    // What is made a second time is kept, down to single tracks.
    warm(&studio, "mix.rhai");
    let all = signals(&studio);
    assert!(all > count, "{all}");
    assert!(studio.done("cache clear").starts_with("removed "));
    assert!(entries(&studio).is_empty(), "what was seen is forgotten");
    warm(&studio, "mix.rhai");
    assert_eq!(signals(&studio), count);
}

#[test]
fn a_cache_that_cannot_be_is_told_and_done_without() {
    let studio = Studio::new();
    studio.write("file", "no folder");
    let ran = studio.run("render mix.rhai -o out.wav --quiet --cache file");
    assert!(ran.code == 0 && ran.err.contains("rendering without a cache"), "{}", ran.err);
    let whole = fs::read(studio.path("out.wav")).unwrap();
    assert!(whole == cold(&studio, "mix.rhai"));
}
