//! `--output`, `--mix`, `--stems`, `--format`: which files are written, and of which kind.

use crate::{args, outcome::Outcome};
use mixwright_engine::{
    diagnostic::Diagnostic,
    sink::Format,
    song::{Song, Stems},
};
use std::path::{Path, PathBuf};

/// The files of a render.
pub(crate) struct Outputs {
    pub(crate) master: PathBuf,
    pub(crate) mix: Option<PathBuf>,
    /// The folder of the stems.
    pub(crate) stems: Option<PathBuf>,
    /// The kind of all that is heard.
    pub(crate) format: Format,
}

impl Outputs {
    /// Those that are asked for; what has no name is named after the script.
    pub(crate) fn new(args: &args::Made, song: &Song) -> Result<Outputs, Outcome> {
        names_files(args)?;
        let format = format(args)?;
        let master = args.output.clone().unwrap_or_else(|| named_after(args, format));
        let stems = match (&args.stems, &song.stems) {
            (Some(folder), _) => Some(folder.clone()),
            (None, Stems::None) => None,
            (None, _) => Some(master.with_extension("").with_file_name(format!("{} stems", stem(&master)))),
        };
        Ok(Outputs { master, mix: args.mix.clone(), stems, format })
    }
}

/// Elsewhere `-` is the standard output, which takes no sound here.
fn names_files(args: &args::Made) -> Result<(), Outcome> {
    let paths = [("--output", &args.output), ("--mix", &args.mix), ("--stems", &args.stems)];
    let dash = paths.iter().find(|(_, path)| path.as_deref() == Some(Path::new("-")));
    dash.map_or(Ok(()), |(option, _)| {
        let error = Diagnostic::error(format!("`{option} -` names no file, and sound goes into files only"));
        Err(Outcome::Author(vec![error.hint("write a name; a file that is called `-` is `./-`")]))
    })
}

/// The script's name; a part of the song gets another, so that it takes no place of the whole.
fn named_after(args: &args::Made, format: Format) -> PathBuf {
    let part = match (&args.section, &args.range) {
        (Some(section), _) => format!(" {}", section.replace(['/', '\\'], "_")),
        (None, Some(_)) => " part".to_owned(),
        (None, None) => String::new(),
    };
    PathBuf::from(format!("{}{part}.{}", stem(&args.song.script), format.extension()))
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The format of all files, which no name of one may belie.
fn format(args: &args::Made) -> Result<Format, Outcome> {
    let format = wanted(args)?;
    match args.mix.as_deref().and_then(ending) {
        Some(told) if told != format.extension() => {
            let message =
                format!("the mix ends in `.{told}`, but what this render writes is {}", format.extension());
            let hint = format!("name it `.{}`, as all files of a render are of one kind", format.extension());
            Err(Outcome::Author(vec![Diagnostic::error(message).hint(hint)]))
        }
        _ => Ok(format),
    }
}

/// How a file's name ends, in small letters.
fn ending(path: &Path) -> Option<String> {
    path.extension().map(|extension| extension.to_string_lossy().to_lowercase())
}

/// The format asked for, or the one that the output's name tells.
fn wanted(args: &args::Made) -> Result<Format, Outcome> {
    let told = args.output.as_deref().and_then(ending);
    let format = args.format.map(args::Kind::format);
    match (format, told.as_deref()) {
        (Some(format), Some(told)) if told != format.extension() => {
            let message =
                format!("`--format` asks for {}, but the output ends in `.{told}`", format.extension());
            Err(Outcome::mistake(message))
        }
        (Some(format), _) => Ok(format),
        (None, None | Some("wav")) => Ok(args::Kind::Wav24.format()),
        (None, Some("flac")) => Ok(args::Kind::Flac24.format()),
        (None, Some(told)) => {
            let error = Diagnostic::error(format!("mixwright writes no `.{told}` files"));
            Err(Outcome::Author(vec![error.hint("name the output `.wav` or `.flac`")]))
        }
    }
}
