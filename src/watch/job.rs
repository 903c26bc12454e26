//! One job: the song as it stands, read, checked and rendered, unless it is what it was.

use super::{
    Heard,
    audience::Audience,
    snapshot::{Kind, Snapshot},
};
use crate::{
    args, cache, clipped, load,
    outcome::Outcome,
    progress::{Line, Wanted},
    request::{arranged, request},
    tell,
};
use mixwright_engine::{
    changes::{Change, changes},
    check::Checked,
    diagnostic::Diagnostic,
    files::Mark,
    panic::{locked, said},
    render::{Meters, Progress, RenderError, Request, render, report::Report},
    resolved::Resolved,
    song::Song,
    store::Store,
    written::alike,
};
use mixwright_nodes::unit::Frames;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

/// A script that names other files each time it is read is taken as it is after so many times.
const ROUNDS: usize = 5;

/// What all jobs of a watch share.
pub(super) struct Shared<'a> {
    pub(super) args: &'a args::Made,
    pub(super) audience: &'a dyn Audience,
    pub(super) heard: Heard,
    /// Where signals are kept from save to save, and what was drawn of them.
    pub(super) store: Option<Store>,
    /// What the files of the song hold.
    pub(super) snapshot: Mutex<Snapshot>,
    /// The warnings that were told last.
    pub(super) warned: Mutex<Vec<String>>,
}

/// A song that was rendered well.
pub(super) struct Good {
    /// As it is declared.
    declared: Song,
    /// The numbers of the sounds that it was made of.
    sounds: BTreeMap<PathBuf, u64>,
    /// What was written, and what the system told of it then.
    files: Vec<(PathBuf, Option<Mark>)>,
    /// Where the master is.
    pub(super) master: PathBuf,
    /// What the system told of it.
    left: Option<Mark>,
}

/// How a job ended.
pub(super) enum Ended {
    /// With a new render.
    Rendered(Box<Made>),
    /// The song is what was rendered last.
    Same,
    /// Badly: there is no new render.
    Failed(Outcome),
    /// Another job is to follow.
    Cancelled,
}

/// A new render.
pub(super) struct Made {
    pub(super) good: Arc<Good>,
    pub(super) words: Vec<Change>,
    pub(super) song: Arc<Song>,
    pub(super) resolved: Arc<Resolved>,
    pub(super) report: Report,
}

impl Shared<'_> {
    /// The files, for as long as no one else needs them.
    pub(super) fn snapshot(&self) -> MutexGuard<'_, Snapshot> {
        locked(&self.snapshot)
    }

    /// The song as it is declared now. `known` is called once it is known which files that takes.
    ///
    /// Files are looked at before they are read, so that no change falls in between: where reading finds new ones, it is
    /// done once more.
    fn read(&self, known: &dyn Fn()) -> Result<load::Read, Outcome> {
        let mut read = load::read(&self.args.song)?;
        for _ in 0..ROUNDS {
            let new = self.watch(&read);
            if !new {
                break;
            }
            read = load::read(&self.args.song)?;
        }
        known();
        Ok(read)
    }

    /// Watches the files of a song; whether there are new ones among them.
    fn watch(&self, read: &load::Read) -> bool {
        let mut snapshot = self.snapshot();
        let sounds = match &read.song {
            Ok(song) => sounds(song),
            // It is not known which sounds a broken song has; what it had is as good a guess as any.
            Err(_) => snapshot.of(Kind::Sound),
        };
        let sounds = sounds.into_iter().map(|path| (path, Kind::Sound));
        let texts = read.read.iter().chain([&self.args.song.script]).map(|path| (path.clone(), Kind::Text));
        snapshot.watch(&sounds.chain(texts).collect())
    }

    /// Tells warnings that were not told last time.
    fn warn(&self, warnings: &[Diagnostic]) {
        let mut warned = locked(&self.warned);
        let new = warnings.iter().filter(|warning| !warned.contains(&warning.message));
        load::warn(&new.cloned().collect::<Vec<_>>());
        *warned = warnings.iter().map(|warning| warning.message.clone()).collect();
    }
}

fn sounds(song: &Song) -> BTreeSet<PathBuf> {
    song.files().into_iter().map(|file| file.path).collect()
}

/// A job.
pub(super) struct Job<'a> {
    pub(super) shared: &'a Shared<'a>,
    /// The last good render.
    pub(super) good: Option<Arc<Good>>,
    pub(super) stop: Arc<AtomicBool>,
}

impl Job<'_> {
    /// Does it. `known` is called once it is known which files the song has. What breaks down in it ends it alone.
    pub(super) fn done(self, known: &dyn Fn()) -> Ended {
        let done = catch_unwind(AssertUnwindSafe(|| self.work(known)));
        match done.unwrap_or_else(|panic| Err(Outcome::Bug(said(&*panic).to_owned()))) {
            Ok(ended) => ended,
            // What was wrong with a text that is no more is no use to anyone.
            Err(_) if self.stop.load(Ordering::Relaxed) => Ended::Cancelled,
            Err(outcome) => Ended::Failed(outcome),
        }
    }

    fn work(&self, known: &dyn Fn()) -> Result<Ended, Outcome> {
        let gone = self.good.as_ref().and_then(|good| good.gone()).cloned();
        let read = self.shared.read(known)?;
        read.printed.iter().for_each(|line| tell(&format!("{line}\n")));
        let declared = read.song?;
        let numbers = self.shared.snapshot().numbers(sounds(&declared).into_iter());
        if self.is_same(&declared, &numbers) {
            return Ok(Ended::Same);
        }
        let song = arranged(self.shared.args, declared.clone())?;
        let Checked { song: resolved, warnings } = load::checked(&song)?;
        self.shared.warn(&[read.warnings, warnings].concat());
        let request = self.request(&song, &resolved, &read.read)?;
        let report = match self.render(&song, &resolved, &request) {
            Ok(report) => report,
            Err(RenderError::Cancelled) => return Ok(Ended::Cancelled),
            Err(error) => return Err(error.into()),
        };
        let words = self.words(&declared, &numbers, gone);
        let good = Arc::new(Good::new(declared, numbers, &report, request.master.unwrap_or_default()));
        let (song, resolved) = (Arc::new(song), Arc::new(resolved));
        Ok(Ended::Rendered(Box::new(Made { good, words, song, resolved, report })))
    }

    /// What is asked of the engine: more where someone hears and looks on.
    fn request(&self, song: &Song, resolved: &Resolved, read: &[PathBuf]) -> Result<Request, Outcome> {
        let takes = self.shared.heard == Heard::ByEars;
        let meters = if takes { Meters::All } else { Meters::None };
        let store = self.shared.store.clone();
        let request = request(self.shared.args, song, resolved, read, meters, store)?;
        Ok(Request { take: takes, ..request })
    }

    /// Whether the last render is that of this song.
    fn is_same(&self, declared: &Song, numbers: &BTreeMap<PathBuf, u64>) -> bool {
        self.good
            .as_ref()
            .is_some_and(|good| good.stands() && good.sounds == *numbers && alike(&good.declared, declared))
    }

    fn render(&self, song: &Song, resolved: &Resolved, request: &Request) -> Result<Report, RenderError> {
        let audience = self.shared.audience;
        let line = Line::new(Wanted::Yes);
        let told = |done: Frames, all: Frames, rate| {
            line.tell(done, all, rate);
            audience.rendering(done.0 as f64 / all.0.max(1) as f64);
        };
        let done = render(resolved, request, &load::disk(song), &Progress { told: &told, stop: &self.stop });
        line.end();
        if let Ok(report) = &done {
            load::warn(&[clipped::warnings(report), cache::trouble(report)].concat());
        }
        done
    }

    /// What is another than in the last good render.
    fn words(&self, declared: &Song, numbers: &BTreeMap<PathBuf, u64>, gone: Option<PathBuf>) -> Vec<Change> {
        let Some(good) = &self.good else { return Vec::new() };
        let mut words = changes(&good.declared, declared);
        let other =
            |path: &PathBuf| good.sounds.get(path).is_some_and(|number| numbers.get(path) != Some(number));
        words.extend(numbers.keys().filter(|path| other(path)).map(|path| Change::recording(path)));
        if let (true, Some(gone)) = (words.is_empty(), gone) {
            words.push(Change { of: None, what: format!("{} was gone", gone.display()) });
        }
        words
    }
}

impl Good {
    fn new(declared: Song, sounds: BTreeMap<PathBuf, u64>, report: &Report, master: PathBuf) -> Good {
        let files = report.files.iter().map(|file| (file.clone(), Mark::of(file))).collect();
        Good { declared, sounds, files, left: Mark::of(&master), master }
    }

    /// A file of the render that is not there any more.
    pub(super) fn gone(&self) -> Option<&PathBuf> {
        self.files.iter().map(|(file, _)| file).find(|file| !file.exists())
    }

    /// Whether all of its files are as it left them.
    fn stands(&self) -> bool {
        self.files.iter().all(|(file, mark)| Mark::of(file) == *mark)
    }

    /// Its master, if that is as it left it.
    pub(super) fn kept(&self) -> Option<&Path> {
        (*self.left.as_ref()? == Mark::of(&self.master)?).then_some(self.master.as_path())
    }
}
