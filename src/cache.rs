//! `mixwright cache`, and the store that a render uses.

use crate::{args, outcome::Outcome, print, tell};
use etcetera::BaseStrategy;
use mixwright_engine::{
    diagnostic::Diagnostic,
    files,
    render::report::Report,
    store::{Holds, Store},
};
use std::path::PathBuf;
use std::time::SystemTime;

pub(crate) fn run(args: &args::Cache) -> Result<(), Outcome> {
    let folder = folder(args.place.cache.clone()).ok_or_else(|| {
        Outcome::World("this system names no folder for caches".to_owned(), Some(NAME_ONE.to_owned()))
    })?;
    let store = Store::open(&folder, args.place.budget(), &build())?;
    let text = match args.what {
        args::CacheWork::Show => {
            let (holds, budget) = (store.holds()?, megabytes(args.place.budget()));
            format!("{}\n{} of {budget} MB\n", folder.display(), told(holds))
        }
        args::CacheWork::Clear => format!("removed {}\n", told(store.clear()?)),
        args::CacheWork::Prune => format!("removed {}\n", told(store.prune()?)),
    };
    print(&text)
}

const NAME_ONE: &str = "name one with `--cache DIR`";

/// The store that the arguments ask for. One that cannot be had is no reason not to render.
pub(crate) fn store(args: &args::Caching) -> Option<Store> {
    if args.no_cache {
        return None;
    }
    let folder = folder(args.place.cache.clone())?;
    match Store::open(&folder, args.place.budget(), &build()) {
        Ok(store) => Some(store),
        Err(error) => {
            tell(&format!("warning: rendering without a cache: {error}\n"));
            None
        }
    }
}

/// The folder that is asked for or that the system has, made if it is missing: what outlasts a run may stand in it.
pub(crate) fn place(args: &args::Caching) -> Option<PathBuf> {
    let folder = folder(args.place.cache.clone())?;
    files::folder(&folder).ok()?.keep();
    Some(folder)
}

/// Why nothing more is kept, if the disk refused.
pub(crate) fn trouble(report: &Report) -> Vec<Diagnostic> {
    let trouble = report.recalled.as_ref().and_then(|recalled| recalled.trouble.as_ref());
    let told = |cause| {
        Diagnostic::warning(format!("the cache took nothing of this render: {cause}"))
            .hint("make room, or name another folder with `--cache DIR`; the sound is whole")
    };
    trouble.map(told).into_iter().collect()
}

/// The folder that is asked for, or the one that the system has for caches.
fn folder(asked: Option<PathBuf>) -> Option<PathBuf> {
    asked.or_else(|| Some(etcetera::choose_base_strategy().ok()?.cache_dir().join("mixwright")))
}

/// This very program: another build may make other samples of the same song.
fn build() -> String {
    let known = std::env::current_exe().and_then(|program| program.metadata());
    let file = known.map_or_else(
        |_| String::new(),
        |known| format!("{} {:?}", known.len(), known.modified().unwrap_or(SystemTime::UNIX_EPOCH)),
    );
    format!("{} {file}", env!("CARGO_PKG_VERSION"))
}

fn told(holds: Holds) -> String {
    let signals = if holds.entries == 1 { "signal" } else { "signals" };
    format!("{} {signals}, {} MB", holds.entries, megabytes(holds.bytes))
}

fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1_000_000)
}
