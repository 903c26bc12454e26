//! A script or a RON file to a checked song.

use crate::{args, draw, outcome::Outcome, tell};
use mixwright_engine::{
    check::{Checked, check},
    diagnostic::Diagnostic,
    files,
    render::Disk,
    song::Song,
    written,
};
use std::path::{Path, PathBuf};

/// A RON song longer than this is refused.
const LONGEST: u64 = 64 << 20;

/// A song as it was declared.
pub(crate) struct Loaded {
    pub(crate) song: Song,
    /// What is doubtful.
    pub(crate) warnings: Vec<Diagnostic>,
    /// The files that the declaration stands in: script, imports, settings.
    pub(crate) read: Vec<PathBuf>,
}

/// The song that the arguments name; what its script prints goes to the standard error.
pub(crate) fn song(args: &args::Song) -> Result<Loaded, Outcome> {
    let Read { song, warnings, read, printed } = read(args)?;
    printed.iter().for_each(|line| tell(&format!("{line}\n")));
    Ok(Loaded { song: song?, warnings, read })
}

/// What came of reading a song: also where it is broken it is known which files were read.
pub(crate) struct Read {
    pub(crate) song: Result<Song, Outcome>,
    pub(crate) warnings: Vec<Diagnostic>,
    pub(crate) read: Vec<PathBuf>,
    /// What the script prints.
    pub(crate) printed: Vec<String>,
}

/// Reads the song that the arguments name.
pub(crate) fn read(args: &args::Song) -> Result<Read, Outcome> {
    if args.script.extension().is_some_and(|extension| extension == "ron") {
        let read = vec![args.script.clone()];
        return Ok(Read { song: from_ron(args), warnings: Vec::new(), read, printed: Vec::new() });
    }
    let evaluation = mixwright_scripts::evaluate(&args.script, &args.params)?;
    Ok(Read {
        song: evaluation.song.map_err(Outcome::Author),
        warnings: evaluation.warnings,
        read: evaluation.read,
        printed: evaluation.printed,
    })
}

fn from_ron(args: &args::Song) -> Result<Song, Outcome> {
    if let Some((key, _)) = args.params.first() {
        return Err(Outcome::mistake(format!("a RON song has no `param`, so there is no `{key}` to set")));
    }
    let bytes = files::read(&args.script, LONGEST).map_err(|error| Outcome::Author(vec![error.into()]))?;
    let text = String::from_utf8_lossy(&bytes);
    let mut song = written::from_ron(&text, &args.script.display().to_string())
        .map_err(|error| Outcome::Author(vec![error]))?;
    song.folder = args.script.parent().unwrap_or(Path::new("")).to_owned();
    Ok(song)
}

/// The song, checked against its files.
pub(crate) fn checked(song: &Song) -> Result<Checked, Outcome> {
    let pointed = |found| mixwright_scripts::pointed(found, |name| Some(draw::text(name)?.into()));
    let mut checked = check(song, &disk(song)).map_err(|errors| Outcome::Author(pointed(errors)))?;
    checked.warnings = pointed(checked.warnings);
    Ok(checked)
}

/// Where the song's files are.
pub(crate) fn disk(song: &Song) -> Disk {
    Disk::new(&song.folder, &std::env::temp_dir())
}

/// Tells warnings.
pub(crate) fn warn(warnings: &[Diagnostic]) {
    warnings.iter().for_each(|warning| tell(&draw::draw(warning)));
}
