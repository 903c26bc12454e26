//! A song to files: blocks on all threads, outputs trimmed and metered as they come, the master finished last.

mod buffer;
mod clock;
mod disk;
mod ears;
mod fader;
mod finish;
mod follow;
mod gather;
mod held;
mod meters;
mod node;
mod output;
mod pack;
mod part;
pub mod pipeline;
pub mod profile;
mod recall;
pub mod report;
mod schedule;
mod scratch;
pub mod sources;
mod sum;
pub mod take;
mod targets;
mod together;
mod trace;

pub use disk::Disk;
pub use part::plays;

use crate::{
    diagnostic::Diagnostic,
    files::{self, FileError},
    fingerprint::Fingerprint,
    graph,
    plan::{self, Machine, Place},
    resolved::Resolved,
    sink::{Format, SinkError},
    song::UsedFile,
    source::SourceError,
    store::Store,
};
use clock::{Phase, Watch};
use ears::Ears;
use gather::Account;
use mixwright_nodes::unit::Frames;
use pipeline::Pipeline;
use recall::{Ran, Recall, Recorder};
use report::{Recalled, Report};
pub use sources::Sources;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use targets::Targets;

/// Why a render ended early.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The song cannot be rendered, or not to where it is to go, or what it plays is damaged: all that is wrong.
    #[error("{}", listed(.0))]
    Song(Vec<Diagnostic>),
    /// It was told to stop.
    #[error("stopped before the end")]
    Cancelled,
    /// There are no threads to work on.
    #[error("cannot start threads: {0}")]
    Threads(String),
    /// A file gave no sound.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A file was not written.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// The disk refused.
    #[error(transparent)]
    File(#[from] FileError),
    /// What was rendered before is no longer whole: it is as good as missing.
    #[error("the stored signal {0} is damaged")]
    Stored(Fingerprint),
    /// A mistake of ours.
    #[error("`{node}` broke down: {cause}")]
    Bug {
        /// The nodes that were at work.
        node: String,
        /// What the panic said.
        cause: String,
    },
}

fn listed(found: &[Diagnostic]) -> String {
    found.iter().map(Diagnostic::to_string).collect::<Vec<_>>().join("\n")
}

/// Who is told how far a render is, and who may stop it.
#[derive(Clone, Copy)]
pub struct Progress<'p> {
    /// Called now and then with the frames done, the frames there are, and the rate.
    pub told: &'p (dyn Fn(Frames, Frames, u32) + Sync),
    /// Set to stop at the next block.
    pub stop: &'p AtomicBool,
}

impl Progress<'_> {
    fn cancelled(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn tell(&self, done: Frames, all: Frames, rate: u32) {
        (self.told)(done.min(all), all, rate);
    }
}

/// What is wanted of a song.
#[derive(Clone, Debug)]
pub struct Request {
    /// Where the master goes.
    pub master: Option<PathBuf>,
    /// Where the mix before the master goes.
    pub mix: Option<PathBuf>,
    /// The folder that stems go to, each under its strip's name.
    pub stems: Option<PathBuf>,
    /// What the song was read from, so that no output takes its place; its sounds are known.
    pub keep: Vec<UsedFile>,
    /// Where the trace of the work goes; if anywhere, the report tells where the time went.
    pub trace: Option<PathBuf>,
    /// The kind of all sounds.
    pub format: Format,
    /// A part of the song, from a frame up to another or to the song's end; all of it otherwise.
    pub part: Option<(Frames, Frames)>,
    /// What is measured on the way.
    pub meters: Meters,
    /// Whether sound and pictures are kept, to be heard and drawn; then all is measured.
    pub take: bool,
    /// What the work is laid out for.
    pub machine: Machine,
    /// Where signals are kept from render to render. A part of a song has no use for it.
    pub store: Option<Store>,
}

impl Request {
    /// All is measured, and nothing written: what comes out would be of this kind.
    pub fn new(format: Format) -> Request {
        Request {
            master: None,
            mix: None,
            stems: None,
            keep: Vec::new(),
            trace: None,
            format,
            part: None,
            meters: Meters::All,
            take: false,
            machine: Machine::default(),
            store: None,
        }
    }

    fn measures(&self) -> bool {
        self.take || self.meters == Meters::All
    }

    /// Where anyone listens.
    fn places(&self) -> Vec<Place> {
        let strips = self.measures().then_some(Place::Strip);
        let stems = self.stems.as_ref().map(|_| Place::Stem);
        [Place::Mix, Place::Master].into_iter().chain(strips).chain(stems).collect()
    }
}

/// What is measured while a song is rendered. No meter changes a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meters {
    /// All strips, the mix and the master.
    All,
    /// Nothing, for those who read no report.
    None,
}

/// Renders a song.
///
/// # Errors
/// What first failed. Files that stood before then still stand as they were.
pub fn render(
    song: &Resolved,
    request: &Request,
    sources: &dyn Sources,
    progress: &Progress<'_>,
) -> Result<Report, RenderError> {
    loop {
        match (attempt(song, request, sources, progress), &request.store) {
            // Only hearing it finds damage within what was stored.
            (Err(RenderError::Stored(signal)), Some(store)) => store.forget(signal),
            (done, _) => return done,
        }
    }
}

fn attempt(
    song: &Resolved,
    request: &Request,
    sources: &dyn Sources,
    progress: &Progress<'_>,
) -> Result<Report, RenderError> {
    let mut watch = Watch::new(request.trace.is_some());
    let graph = graph::build(song).map_err(|error| RenderError::Song(vec![error]))?;
    plays(song).map_err(|error| RenderError::Song(vec![error]))?;
    let whole = plan::plan(&graph, song.rate, &request.machine, &request.places());
    let window = part::window(song, &whole, request.part)?;
    let targets = Targets::new(song, &whole, request)?;
    let trace = targets.trace.clone();
    let store = request.store.as_ref().filter(|_| request.part.is_none());
    let recall = store.map(|store| Recall::new(store, &graph, &whole, window, sources, request.take));
    let again = recall.as_ref().map(|recall| {
        let resumed = recall.resumed(&graph);
        let plan = plan::plan(&resumed, song.rate, &request.machine, &request.places());
        (resumed, plan)
    });
    let (resumed, plan) = again.as_ref().map_or((&graph, &whole), |(resumed, plan)| (resumed, plan));
    let mut recorders = recall.as_ref().map_or_else(Vec::new, |recall| recall.recorders(plan, resumed));
    watch.over(Phase::Planning);
    // Outlives all that is written into it.
    let _folder = request.stems.as_deref().map(files::folder).transpose()?;
    let mut ears = Ears::open(song, plan, request, targets, window)?;
    let taps = ears.taps(plan).into_iter().chain(recorders.iter_mut().map(Recorder::tap)).collect();
    let pipeline = Pipeline::new(plan, resumed, &request.machine, window, sources, taps);
    let mut pipeline = pipeline.map_err(|error| placed(error, song))?.timed(&watch);
    watch.over(Phase::Opening);
    pipeline.run(progress).map_err(|error| placed(error, song))?;
    watch.over(Phase::Playing);
    let (effects, worked) = (pipeline.readings(), pipeline.worked());
    let length = ears.settle(song, window)?;
    if length == 0 {
        return Err(part::outside(song, window.from, window.to));
    }
    let ran = Ran { strips: ears.strips(), effects };
    let read = match &recall {
        Some(recall) => recall.complete(&graph, resumed, ran),
        None => ran,
    };
    let mut made = ears.finish(song, request, length, progress)?;
    if let Some(recall) = &recall {
        made.drawn = recall.drawn(&graph, resumed, made.drawn);
    }
    watch.over(Phase::Finishing);
    let phases = watch.stop();
    let account = phases.map(|phases| Account { song, graph: resumed, plan, worked, phases });
    // All that may fail comes before the first file takes its place.
    let traced =
        account.as_ref().zip(trace.as_deref()).map(|(account, to)| trace::write(account, to)).transpose()?;
    let mut report = made.close(song, &graph, &read)?;
    report.recalled = recall.as_ref().map(|recall| {
        let kept = recall.keep(&graph, recorders, &read, song.rate, sources);
        Recalled { trouble: kept.err().map(|error| error.to_string()), ..recall.told(&graph, &whole, plan) }
    });
    if let (Some(mut account), Some(trace), Some(traced)) = (account, trace, traced) {
        traced.place()?;
        account.phases.over(Phase::Closing);
        report.profile = Some(account.profile(trace));
    }
    Ok(report)
}

/// What a source failed with, at the place where the song names it.
fn placed(error: RenderError, song: &Resolved) -> RenderError {
    let RenderError::Source(error) = error else { return error };
    match song.files.iter().find(|file| file.path == error.path()) {
        Some(file) => RenderError::Song(vec![Diagnostic::from(error).at(&file.origin)]),
        None => error.into(),
    }
}

#[cfg(test)]
mod tests;
