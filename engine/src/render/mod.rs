//! A song to files: blocks on all threads, outputs trimmed and metered as they come, the master finished last.

mod buffer;
mod disk;
mod fader;
mod follow;
mod node;
mod output;
mod pack;
pub mod pipeline;
pub mod report;
pub mod sources;
mod sum;
mod together;

pub use disk::Disk;

use crate::{
    diagnostic::Diagnostic,
    files::FileError,
    graph::{self, Graph},
    plan::{self, Machine, Place, Plan},
    resolved::Resolved,
    sink::{Form, Format, Sink, SinkError},
    song::StripKind,
    source::SourceError,
};
use mixwright_nodes::{
    effect::{Reading, Width},
    finish::{Finish, Finished, Finisher, OutOfReach, Stored, solve},
    meter::program::{ProgramReading, Strip},
    unit::{Db, Frames, Percent},
};
use output::{Destination, Ear, Signal, Store, StripEar, stereo_meter};
use pipeline::{Listener, Tap, Window};
use report::{Chapter, Reduction, Report, StripReport};
use sources::Sources;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// Why a render ended early.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The song cannot be rendered at all.
    #[error("{0}")]
    Song(Box<Diagnostic>),
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
    /// The store on disk between two passes failed.
    #[error("cannot keep the master on disk between two passes")]
    Store(#[source] io::Error),
    /// A mistake of ours.
    #[error("`{node}` broke down: {cause}")]
    Bug {
        /// The nodes that were at work.
        node: String,
        /// What the panic said.
        cause: String,
    },
}

impl RenderError {
    /// What may help.
    pub fn hint(&self) -> Option<String> {
        match self {
            RenderError::Source(error) => error.hint(),
            RenderError::Sink(error) => error.hint(),
            RenderError::File(error) => error.hint(),
            _ => None,
        }
    }
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
    /// The kind of all files.
    pub format: Format,
    /// A part of the song, from a frame up to another; all of it otherwise.
    pub part: Option<(Frames, Frames)>,
    /// What is measured on the way.
    pub meters: Meters,
    /// What the work is laid out for.
    pub machine: Machine,
}

/// What is measured while a song is rendered. No meter changes a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meters {
    /// All strips, the mix and the master.
    All,
    /// The master alone, for those who read no report: meters of many strips take a tenth of the time.
    Master,
}

/// How long before a part rendering begins at most, so that what rings is there.
const RUN_UP: i64 = 10;

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
    let graph = graph::build(song).map_err(|error| RenderError::Song(Box::new(error)))?;
    let plan = plan::plan(&graph, song.rate, &request.machine);
    let window = window(song, &plan, request.part);
    let mut ears = Ears::open(song, &plan, request, window)?;
    let readings =
        pipeline::run(&plan, &graph, &request.machine, window, sources, ears.taps(&plan), progress)?;
    let length = ears.settle(song, window, request.part.is_some())?;
    ears.finish(song, request, length, &graph, readings)
}

/// The frames to be rendered: up to the end that is sure and on through all tails, or a part with a run-up.
fn window(song: &Resolved, plan: &Plan, part: Option<(Frames, Frames)>) -> Window {
    match part {
        Some((from, to)) => {
            let run_up = plan.tail.0.clamp(i64::from(song.rate) / 10, RUN_UP * i64::from(song.rate));
            Window { start: Frames((from.0 - run_up).max(0)), from, to }
        }
        None => {
            let tail = if song.exact { Frames(0) } else { plan.tail };
            Window { start: Frames(0), from: Frames(0), to: song.end + tail }
        }
    }
}

/// Everyone who hears an output.
struct Ears {
    strips: Vec<StripEar>,
    mix: Ear,
    master: Ear,
    stems: Vec<Ear>,
    files: Vec<PathBuf>,
}

impl Ears {
    fn open(song: &Resolved, plan: &Plan, request: &Request, window: Window) -> Result<Ears, RenderError> {
        let sure = match request.part {
            Some((from, to)) => (to - from).0,
            None => song.end.0,
        } as usize;
        let most = (window.to - window.from).0 as u64;
        let meter = || stereo_meter(song.rate);
        let mut files = Vec::new();
        let mut file = |name: &str, target: Option<PathBuf>| match target {
            None => Ok::<_, RenderError>(Destination::Nowhere),
            Some(target) => {
                let sink = sink(song, request.format, name, &target, most)?;
                files.push(target);
                Ok(Destination::File(Box::new(sink)))
            }
        };
        let all = request.meters == Meters::All;
        let mix = Ear::new(file("mix", request.mix.clone())?, all.then(meter), sure);
        if let Some(folder) = &request.stems {
            crate::files::folder(folder)?;
        }
        let mut stems = Vec::new();
        for output in plan.outputs.iter().filter(|output| output.place == Place::Stem) {
            let target =
                request.stems.as_ref().map(|folder| folder.join(stem_name(&output.name, request.format)));
            stems.push(Ear::new(file(&output.name, target)?, None, sure));
        }
        let master = match (&song.finish, &request.master) {
            (None, target) => Ear::new(file("master", target.clone())?, Some(meter()), sure),
            (Some(_), target) => {
                let folder = target.as_ref().and_then(|target| target.parent()).unwrap_or(Path::new("."));
                Ear::new(Destination::Store(Store::new(folder)?), None, sure)
            }
        };
        let strips = plan.outputs.iter().filter(|output| all && output.place == Place::Strip);
        let strips = strips.map(|_| StripEar(Strip::new(song.rate))).collect();
        Ok(Ears { strips, mix, master, stems, files })
    }

    /// Each ear at its output.
    fn taps(&mut self, plan: &Plan) -> Vec<Tap<'_>> {
        let (mut strips, mut stems) = (self.strips.iter_mut(), self.stems.iter_mut());
        let (mut mix, mut master) = (Some(&mut self.mix), Some(&mut self.master));
        let mut taps = Vec::new();
        for (output, declared) in plan.outputs.iter().enumerate() {
            let listener: Option<&mut dyn Listener> = match declared.place {
                Place::Strip => strips.next().map(|ear| ear as &mut dyn Listener),
                Place::Stem => stems.next().map(|ear| ear as &mut dyn Listener),
                Place::Mix => mix.take().map(|ear| ear as &mut dyn Listener),
                Place::Master => master.take().map(|ear| ear as &mut dyn Listener),
            };
            taps.extend(listener.map(|listener| Tap { output, listener }));
        }
        taps
    }

    /// Finds the song's one length and hands on what all outputs held back.
    fn settle(&mut self, song: &Resolved, window: Window, part: bool) -> Result<usize, RenderError> {
        let sure = song.end.0 as usize;
        let length = if part || song.exact {
            (window.to - window.from).0 as usize
        } else {
            sure.max(self.mix.last_loud())
        };
        let ears = [&mut self.mix, &mut self.master].into_iter().chain(&mut self.stems);
        ears.into_iter().try_for_each(|ear| ear.settle(length))?;
        Ok(length)
    }

    /// Finishes the master, puts all files in their places, and tells what was made.
    fn finish(
        self,
        song: &Resolved,
        request: &Request,
        length: usize,
        graph: &Graph,
        readings: Vec<(String, Reading)>,
    ) -> Result<Report, RenderError> {
        let mut files = self.files;
        let mut sinks = Vec::new();
        let (mix, to) = self.mix.end();
        sinks.extend(into_sink(to));
        for stem in self.stems {
            sinks.extend(into_sink(stem.end().1));
        }
        let (metered, to) = self.master.end();
        let (master, finished) = match (to, &song.finish) {
            (Destination::Store(store), Some(wish)) => {
                let mut sink = match &request.master {
                    Some(target) => {
                        files.push(target.clone());
                        Some(sink(song, request.format, "master", target, length as u64)?)
                    }
                    None => None,
                };
                let (reading, finished) = master(&store.into_signal()?, wish, song.rate, sink.as_mut())?;
                sinks.extend(sink);
                (Some(reading), Some(finished))
            }
            (to, _) => {
                sinks.extend(into_sink(to));
                (metered, None)
            }
        };
        sinks.into_iter().try_for_each(Sink::finish)?;
        Ok(Report {
            title: song.title.clone(),
            rate: song.rate,
            length: Frames(length as i64),
            chapters: song
                .chapters
                .iter()
                .map(|(at, title)| Chapter { at: *at, title: title.clone() })
                .collect(),
            strips: strips(song, graph, &self.strips),
            reductions: reductions(readings),
            mix,
            master: master.expect("the master is always metered"),
            finish: finished,
            files,
        })
    }
}

/// The last phase of the master: solved on the stored signal, then run into its file.
fn master(
    signal: &Signal,
    wish: &Finish,
    rate: u32,
    mut sink: Option<&mut Sink>,
) -> Result<(ProgramReading, Finished), RenderError> {
    let finished = solve(wish, signal, rate, Width::Stereo)?;
    let mut meter = stereo_meter(rate);
    let mut failed = None;
    let mut take = |left: &[f32], right: Option<&[f32]>| {
        meter.push(left, right);
        if let (Some(sink), Some(right), None) = (&mut sink, right, &failed) {
            failed = sink.write(&[left, right]).err();
        }
    };
    match &finished {
        Finished::NoLoudness => signal.hear(&mut take)?,
        Finished::Reached(solution) | Finished::OutOfReach(OutOfReach { nearest: solution, .. }) => {
            let mut finisher = Finisher::new(&solution.setting, rate, Width::Stereo);
            signal.hear(&mut |left, right| finisher.run(left, right, &mut take))?;
            finisher.end(&mut take);
        }
    }
    match failed {
        Some(error) => Err(error.into()),
        None => Ok((meter.reading(), finished)),
    }
}

fn into_sink(to: Destination) -> Option<Sink> {
    match to {
        Destination::File(sink) => Some(*sink),
        Destination::Nowhere | Destination::Store(_) => None,
    }
}

fn sink(
    song: &Resolved,
    format: Format,
    name: &str,
    target: &Path,
    frames: u64,
) -> Result<Sink, RenderError> {
    let form = Form { format, rate: song.rate, channels: 2 };
    form.check(target, frames)?;
    Ok(Sink::create(target, form, seed(&song.title, name))?)
}

/// The seed of a file's dither: the same for the same song and strip, wherever the file goes (FNV-1a).
fn seed(title: &str, name: &str) -> u64 {
    let bytes = title.bytes().chain([0]).chain(name.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// A strip's name as that of a file.
fn stem_name(strip: &str, format: Format) -> String {
    let safe = |c: char| if c.is_alphanumeric() || " -_.#&+".contains(c) { c } else { '_' };
    format!("{}.{}", strip.chars().map(safe).collect::<String>(), format.extension())
}

fn strips(song: &Resolved, graph: &Graph, ears: &[StripEar]) -> Vec<StripReport> {
    let kind =
        |name: &str| song.strips.iter().find(|strip| strip.name == name).map_or(StripKind::Track, |s| s.kind);
    let mut made: Vec<StripReport> = graph
        .strips
        .iter()
        .zip(ears)
        .map(|((name, _), ear)| StripReport {
            name: name.clone(),
            kind: kind(name),
            reading: ear.reading(),
            share: None,
        })
        .collect();
    let is_track = |strip: &&mut StripReport| strip.kind == StripKind::Track;
    let all: f64 = made.iter_mut().filter(is_track).map(|strip| strip.reading.energy).sum();
    for strip in made.iter_mut().filter(is_track) {
        strip.share = (all > 0.0).then(|| Percent(100.0 * strip.reading.energy / all));
    }
    made
}

fn reductions(readings: Vec<(String, Reading)>) -> Vec<Reduction> {
    let most = |(effect, reading): (String, Reading)| {
        reading.reduction.map(|most| Reduction { effect, most: Db(most) })
    };
    readings.into_iter().filter_map(most).collect()
}
