//! What the crates do without is the architecture: read here from manifests and sources as text.

#![allow(clippy::disallowed_methods, reason = "this reads the sources")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;
use std::path::{Path, PathBuf};

/// A crate of the workspace, and what may be among its dependencies.
const CRATES: [(&str, &[&str]); 3] = [
    ("nodes", &["serde", "libm", "strsim", "thiserror"]),
    (
        "engine",
        &[
            "mixwright-nodes",
            "blake3",
            "hound",
            "petgraph",
            "rayon",
            "ron",
            "rusty_flac",
            "serde",
            "strsim",
            "symphonia",
            "tempfile",
            "thiserror",
            "xxhash-rust",
        ],
    ),
    ("scripts", &["mixwright-nodes", "mixwright-engine", "rhai", "ron", "serde", "strsim", "libm"]),
];

/// In how many files of which folder a dependency is named.
const NAMED: [(&str, &str, usize); 5] = [
    ("rayon", "engine/src/", 1),
    ("symphonia", "engine/src/", 1),
    ("hound", "engine/src/", 1),
    ("petgraph", "engine/src/", 1),
    ("rusty_flac", "engine/src/", 1),
];

/// Where files are opened beside the engine's door: scripts are read before there is an engine.
const DOORS: [&str; 3] =
    ["engine/src/files", "scripts/src/resolver/places.rs", "scripts/src/sandbox/meter.rs"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The names below a heading of a manifest.
fn dependencies(manifest: &str, heading: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(manifest)).unwrap();
    text.lines()
        .skip_while(|line| line.trim() != heading)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.starts_with('#') && line.contains('='))
        .map(|line| line.split(['.', ' ', '=']).next().unwrap().to_owned())
        .collect()
}

/// The sources of a folder that are no tests: their paths from the root, and their text without `mod tests`.
fn sources(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, all: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.ends_with("tests") {
                continue;
            }
            if path.is_dir() {
                walk(&path, all);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && !path.ends_with("tests.rs")
            {
                all.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    walk(&root().join(folder), &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned();
        (path.strip_prefix(root()).unwrap().to_string_lossy().into_owned(), code)
    };
    paths.into_iter().map(read).collect()
}

/// Whether code, comments aside, says a word.
fn says(code: &str, word: &str) -> bool {
    let letter = |c: char| c.is_alphanumeric() || c == '_';
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).any(|line| {
        line.match_indices(word)
            .any(|(at, _)| !line[..at].ends_with(letter) && !line[at + word.len()..].starts_with(letter))
    })
}

#[test]
fn each_crate_depends_only_on_what_stands_to_its_right() {
    for (name, allowed) in CRATES {
        let found = dependencies(&format!("{name}/Cargo.toml"), "[dependencies]");
        assert!(!found.is_empty(), "{name}: its manifest reads otherwise than this test expects");
        for dependency in found {
            assert!(allowed.contains(&dependency.as_str()), "`{name}` must not depend on `{dependency}`");
        }
    }
    let command = dependencies("Cargo.toml", "[dependencies]");
    for kept_inside in ["rhai", "rayon", "symphonia", "hound", "petgraph"] {
        assert!(!command.contains(&kept_inside.to_owned()), "the command must not depend on `{kept_inside}`");
    }
}

#[test]
fn foreign_names_stay_where_they_are_needed() {
    for (word, folder, most) in NAMED {
        let files: Vec<String> =
            sources(folder).into_iter().filter(|(_, code)| says(code, word)).map(|(path, _)| path).collect();
        assert_eq!(files.len(), most, "`{word}` is named in {files:?}");
    }
    for folder in ["nodes/src", "engine/src", "src"] {
        for (path, code) in sources(folder) {
            assert!(!says(&code, "rhai"), "{path} names rhai");
        }
    }
}

#[test]
fn the_disk_has_one_door() {
    for folder in ["nodes/src", "engine/src", "scripts/src", "src"] {
        for (path, code) in sources(folder) {
            let opens =
                ["std::fs", "fs::read", "File::open", "File::create"].iter().any(|word| code.contains(word));
            assert!(
                !opens || DOORS.iter().any(|door| path.starts_with(door)),
                "{path} goes past `engine::files`"
            );
        }
    }
}

#[test]
fn only_the_command_prints() {
    for folder in ["nodes/src", "engine/src", "scripts/src"] {
        for (path, code) in sources(folder) {
            for word in ["println!", "eprintln!", "print!", "eprint!", "dbg!"] {
                assert!(!code.contains(word), "{path} prints");
            }
        }
    }
}

#[test]
fn nothing_is_unsafe_but_the_vectors_of_cpus() {
    for folder in ["nodes/src", "engine/src", "scripts/src", "src"] {
        for (path, code) in sources(folder) {
            let is_cpu = path.contains("dsp/cpu");
            assert!(is_cpu || !says(&code, "unsafe"), "{path} is unsafe");
        }
    }
}
