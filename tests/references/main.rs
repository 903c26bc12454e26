//! How the examples sound: the first seconds of each as a hash of its samples, so that a change is seen, whoever makes it, and what
//! the three productions measure from end to end.
//!
//! `MIXWRIGHT_BLESS=1 cargo test --test references` writes down how they sound now.

#![allow(clippy::disallowed_methods, reason = "this reads the examples")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod figures;
mod production;
mod signal;

use assert_cmd::Command;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// What is heard of each example.
const RANGE: &str = "0s..4s";

#[test]
fn the_examples_sound_as_they_did() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let kept = root.join("tests/references.ron");
    let now = heard(&root.join("examples"));
    if std::env::var_os("MIXWRIGHT_BLESS").is_some() {
        return fs::write(kept, written(&now)).unwrap();
    }
    let then: BTreeMap<String, String> =
        ron::from_str(&fs::read_to_string(kept).unwrap_or_else(|_| "{}".to_owned())).unwrap();
    let mut changed = String::new();
    for (script, hash) in &now {
        match then.get(script) {
            None => drop(write!(changed, "\n{script} is new")),
            Some(before) if before != hash => drop(write!(changed, "\n{script} sounds otherwise")),
            Some(_) => {}
        }
    }
    for script in then.keys().filter(|script| !now.contains_key(*script)) {
        let _ = write!(changed, "\n{script} is gone");
    }
    assert!(
        changed.is_empty(),
        "{changed}\nif that is meant: MIXWRIGHT_BLESS=1 cargo test --test references"
    );
}

/// The hash of each example, by its path.
fn heard(examples: &Path) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out.wav");
    let mut all = BTreeMap::new();
    for script in scripts(examples) {
        let ran = Command::new(env!("CARGO_BIN_EXE_mixwright"))
            .arg("render")
            .arg(&script)
            .args(["--quiet", "--no-cache", "--format", "wav32f", "--range", RANGE, "-o"])
            .arg(&output)
            .output()
            .unwrap();
        let name = script.strip_prefix(examples).unwrap().to_string_lossy().replace('\\', "/");
        assert!(ran.status.success(), "{name}: {}", String::from_utf8_lossy(&ran.stderr));
        all.insert(name, format!("{:016x}", hash(&output)));
    }
    all
}

/// The scripts that are mixes: `mix.rhai`, `episode.rhai`, and all of a folder called `tour`.
fn scripts(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        let named = |name: &str| path.file_name().is_some_and(|file| file == name);
        let on_tour =
            folder.ends_with("tour") && path.extension().is_some_and(|extension| extension == "rhai");
        if path.is_dir() {
            found.extend(scripts(&path));
        } else if named("mix.rhai") || named("episode.rhai") || on_tour {
            found.push(path);
        }
    }
    found
}

/// FNV-1a over the samples of a WAV file.
fn hash(file: &Path) -> u64 {
    let mut reader = hound::WavReader::open(file).unwrap();
    let bytes = reader.samples::<f32>().flat_map(|sample| sample.unwrap().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn written(all: &BTreeMap<String, String>) -> String {
    let lines: String = all.iter().map(|(script, hash)| format!("    {script:?}: {hash:?},\n")).collect();
    format!("// Written by `MIXWRIGHT_BLESS=1 cargo test --test references`.\n{{\n{lines}}}\n")
}
