//! What the arguments ask of a song, as the engine takes it.

use crate::{args, heard, outcome::Outcome, outputs::Outputs, part};
use mixwright_engine::{
    plan::Machine,
    render::{Meters, Request},
    resolved::Resolved,
    song::{Song, Stems, UsedFile},
    store::Store,
};
use std::path::{Path, PathBuf};

/// The request of a song that was read from these texts. Nothing is traced.
pub(crate) fn request(
    args: &args::Made,
    song: &Song,
    checked: &Resolved,
    read: &[PathBuf],
    meters: Meters,
    store: Option<Store>,
) -> Result<Request, Outcome> {
    let Outputs { master, mix, stems, format } = Outputs::new(args, song)?;
    let suits = Machine::default();
    let threads = args.threads.map_or(suits.threads, usize::from);
    Ok(Request {
        master: Some(master),
        mix,
        stems,
        keep: texts(args, read),
        part: part::of(args, checked)?,
        meters,
        store,
        machine: Machine { threads, block: args.block as usize, pack: args.pack.unwrap_or(suits.pack) },
        ..Request::new(format)
    })
}

/// The song as the arguments want it heard: what is silenced, and stems where they are asked for.
pub(crate) fn arranged(args: &args::Made, mut song: Song) -> Result<Song, Outcome> {
    heard::apply(&mut song, args)?;
    if args.stems.is_some() && song.stems == Stems::None {
        song.stems = Stems::All;
    }
    Ok(song)
}

/// The texts that a song was read from.
fn texts(args: &args::Made, read: &[PathBuf]) -> Vec<UsedFile> {
    let how = |path: &Path| match path == args.song.script {
        true => "the song is declared in it",
        false => "the script reads it",
    };
    let used = |path: &PathBuf| UsedFile {
        how: how(path).to_owned(),
        path: path.clone(),
        origin: Default::default(),
    };
    read.iter().map(used).collect()
}
