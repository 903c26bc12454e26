//! One example, rendered whole: its master, its mix, its stems and the report.

use crate::signal::Signal;
use assert_cmd::Command;
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(crate) struct Production {
    folder: TempDir,
    script: PathBuf,
    report: Value,
}

impl Production {
    /// Renders a script of the examples' folder.
    pub(crate) fn rendered(script: &str) -> Production {
        let folder = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(script);
        let stems = folder.path().join("stems");
        let output = render(&script, &folder.path().join("master.wav"))
            .arg("--mix")
            .arg(folder.path().join("mix.wav"))
            .arg("--stems")
            .arg(stems)
            .arg("--json")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Production { folder, script, report: serde_json::from_slice(&output.stdout).unwrap() }
    }

    pub(crate) fn master(&self) -> Signal {
        Signal::read(&self.folder.path().join("master.wav"))
    }

    pub(crate) fn mix(&self) -> Signal {
        Signal::read(&self.folder.path().join("mix.wav"))
    }

    pub(crate) fn stem(&self, strip: &str) -> Signal {
        Signal::read(&self.folder.path().join("stems").join(strip).with_extension("wav"))
    }

    /// The loudness of a strip as the report has it, in LUFS.
    pub(crate) fn loudness_of(&self, strip: &str) -> f64 {
        let strips = self.report["strips"].as_array().expect("a report has strips");
        let found = strips.iter().find(|reading| reading["name"] == strip).expect("the song has this strip");
        found["loudness"].as_f64().expect("it sounds")
    }

    /// The mix rendered otherwise, by more arguments of the command.
    pub(crate) fn again(&self, args: &[&str]) -> Signal {
        self.beside(&self.script, args)
    }

    /// The plain sum of the stems, likewise.
    pub(crate) fn raw(&self, args: &[&str]) -> Signal {
        self.beside(&self.script.with_file_name("raw.rhai"), args)
    }

    fn beside(&self, script: &Path, args: &[&str]) -> Signal {
        let mix = self.folder.path().join("again.wav");
        let output = render(script, &self.folder.path().join("again-master.wav"))
            .args(args)
            .arg("--mix")
            .arg(&mix)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Signal::read(&mix)
    }
}

fn render(script: &Path, output: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mixwright"));
    command.arg("render").arg(script).args(["--no-cache", "--format", "wav32f", "-o"]).arg(output);
    command
}
