//! Wrong scripts: each file of the suite says which diagnostics must appear, exactly those and all at once.
//!
//! They stand at the end of the file: `// error: LINE:COLUMN words` (or `warning`), then for each place that has to do with
//! it `// label: LINE:COLUMN words`, and for each piece of advice `// hint: words`. A place in another file begins with
//! its name. `MIXWRIGHT_BLESS=1 cargo test -p mixwright-scripts --test suite` writes down what is said now.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail, and lays out files")]

use mixwright_engine::{
    check::check,
    diagnostic::{Diagnostic, Origin, Severity},
    graph,
    render::Disk,
};
use mixwright_scripts::pointed;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// The lines that say what must appear begin so.
const MARKS: [&str; 4] = ["// error:", "// warning:", "// label:", "// hint:"];

/// The sounds that the scripts of the suite play: half a second of silence, mono but for the last.
const SOUNDS: [(&str, u16); 4] = [("kick", 1), ("snare", 1), ("bass", 1), ("vocal", 2)];

#[test]
fn every_wrong_script_is_told_what_is_wrong() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let project = project(&suite);
    let bless = std::env::var_os("MIXWRIGHT_BLESS").is_some();
    let mut wrong = String::new();
    for name in scripts(&suite) {
        let text = fs::read_to_string(suite.join(&name)).unwrap();
        let (script, expected) = parted(&text);
        let said = said(project.path(), &name);
        if bless {
            let gap = if said.is_empty() || script.is_empty() { "" } else { "\n" };
            fs::write(suite.join(&name), format!("{script}{gap}{said}")).unwrap();
        } else if said != expected {
            let _ = write!(wrong, "\n{name}: expected\n{expected}but it was\n{said}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The suite in a folder of its own, with the sounds that its scripts play.
fn project(suite: &Path) -> tempfile::TempDir {
    let project = tempfile::tempdir().unwrap();
    for folder in ["", "house"] {
        let to = project.path().join(folder);
        fs::create_dir_all(&to).unwrap();
        for entry in fs::read_dir(suite.join(folder)).unwrap().flatten() {
            if entry.path().is_file() {
                fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
            }
        }
    }
    fs::create_dir(project.path().join("audio")).unwrap();
    for (name, channels) in SOUNDS {
        fs::write(project.path().join(format!("audio/{name}.wav")), silence(channels)).unwrap();
    }
    project
}

/// Half a second of silence as a WAV file of 8 bits and 8 kHz.
fn silence(channels: u16) -> Vec<u8> {
    let samples = vec![128; 4000 * usize::from(channels)];
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + samples.len() as u32).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    bytes.extend(channels.to_le_bytes());
    bytes.extend(8000u32.to_le_bytes());
    bytes.extend((8000 * u32::from(channels)).to_le_bytes());
    bytes.extend(channels.to_le_bytes());
    bytes.extend(8u16.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend((samples.len() as u32).to_le_bytes());
    bytes.extend(samples);
    bytes
}

fn scripts(suite: &Path) -> Vec<String> {
    let names = fs::read_dir(suite).unwrap().flatten().map(|entry| entry.file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".rhai")).collect();
    names.sort();
    names
}

/// A script without its expectations, and these.
fn parted(text: &str) -> (String, String) {
    let marked = |line: &&str| MARKS.iter().any(|mark| line.starts_with(mark));
    let script: Vec<&str> = text.lines().filter(|line| !marked(line)).collect();
    let script = script.join("\n").trim_end().to_owned();
    let expected = text.lines().filter(marked).fold(String::new(), |all, line| all + line + "\n");
    (if script.is_empty() { script } else { script + "\n" }, expected)
}

/// All that is said of a script, in the form in which it is expected.
fn said(project: &Path, name: &str) -> String {
    let text = fs::read_to_string(project.join(name)).unwrap();
    let evaluation = mixwright_scripts::evaluate_text(&parted(&text).0, &project.join(name), &[]).unwrap();
    let mut all = evaluation.warnings;
    match evaluation.song {
        Err(errors) => all.extend(errors),
        Ok(song) => match check(&song, &Disk::new(&song.folder, project)) {
            Err(errors) => all.extend(pointed(errors, |name| evaluation.sources.get(name).cloned())),
            Ok(checked) => {
                all.extend(checked.warnings);
                all.extend(graph::build(&checked.song).err());
            }
        },
    }
    // Paths are told as the author of the project sees them.
    let folder = format!("{}/", PathBuf::from(project).display());
    all.iter().map(|found| lines(found, name)).collect::<String>().replace(&folder, "")
}

fn lines(found: &Diagnostic, script: &str) -> String {
    let place = |origin: &Origin| match origin.file.ends_with(&format!("/{script}")) {
        true => format!("{}:{}", origin.line, origin.column),
        false => origin.to_string(),
    };
    let kind = if found.severity == Severity::Error { "error" } else { "warning" };
    let at = found.origin.as_ref().map_or_else(|| "-".to_owned(), place);
    let mut text = format!("// {kind}: {at} {}\n", found.message);
    for (origin, words) in &found.labels {
        let _ = writeln!(text, "// label: {} {words}", place(origin));
    }
    for hint in &found.hints {
        let _ = writeln!(text, "// hint: {hint}");
    }
    text
}
