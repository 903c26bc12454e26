//! Who hears the outputs of a render: each at its place, the master finished last, and what they tell in the end.

use super::{
    Meters, Progress, RenderError, Request,
    finish::{Finishing, Unfinished},
    held::Space,
    meters::StripMeters,
    output::{Destination, Ear, Told, stereo_meter},
    pipeline::{Listener, Tap, Window},
    recall::Ran,
    report::{Chapter, Clipped, Reduction, Report, StripReport},
    take::{Keeper, Picture, StripKeeper, Take},
    targets::Targets,
};
use crate::{
    files::{self, Whole},
    fingerprint,
    graph::Graph,
    plan::{Place, Plan},
    resolved::Resolved,
    sink::{Form, Format, Sink},
    song::StripKind,
};
use mixwright_nodes::{
    effect::Reading,
    finish::Finished,
    meter::strips::StripReading,
    unit::{Db, Frames, Percent},
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everyone who hears an output.
pub(super) struct Ears {
    strips: Vec<StripMeters>,
    keepers: Vec<StripKeeper>,
    mix: Ear,
    master: Ear,
    stems: Vec<Ear>,
    files: Vec<PathBuf>,
    /// Where there is room for what is kept.
    folder: PathBuf,
}

impl Ears {
    /// Opens the files that are wanted.
    pub(super) fn open(
        song: &Resolved,
        plan: &Plan,
        request: &Request,
        targets: Targets,
        window: Window,
    ) -> Result<Ears, RenderError> {
        let sure = sure(song, window);
        let most = (window.to - window.from).0 as u64;
        let meter = || stereo_meter(song.rate);
        let folder = targets.folder();
        let space = Space::new(&folder);
        let mut written = Vec::new();
        let mut file = |name: &str, target: Option<PathBuf>| match target {
            None => Ok::<_, RenderError>(Destination::Nowhere),
            Some(target) => {
                let sink = sink(song, request.format, name, &target, most)?;
                written.push(target);
                Ok(Destination::File(Box::new(sink)))
            }
        };
        let all = request.measures();
        let keeper = || keeper(song, request, &folder);
        let mix = Ear::new(file("mix", targets.mix)?, all.then(meter), sure, &space).keeping(keeper()?);
        let mut stems = Vec::new();
        let mut files_of_stems = targets.stems.into_iter();
        for output in plan.outputs.iter().filter(|output| output.place == Place::Stem) {
            stems.push(Ear::new(file(&output.name, files_of_stems.next())?, None, sure, &space));
        }
        let master = match (&song.finish, targets.master) {
            (None, target) => {
                let master = Ear::new(file("master", target)?, all.then(meter), sure, &space);
                master.keeping(keeper()?)
            }
            (Some(_), target) => {
                if let Some(target) = &target {
                    form(song, request.format).check(target, most)?;
                }
                let beside = target.as_deref().map_or(&*folder, files::folder_of);
                let unfinished = Unfinished::new(beside, song.rate)?;
                Ear::new(Destination::Finish(Box::new(unfinished)), None, sure, &space)
            }
        };
        let strips = StripMeters::of(plan, request.take);
        let kept = |number: &usize| request.take && plan.outputs[*number].place == Place::Strip;
        let keepers = (0..plan.outputs.len()).filter(kept).map(|number| StripKeeper::new(plan, number));
        Ok(Ears { strips, keepers: keepers.collect(), mix, master, stems, files: written, folder })
    }

    /// Each ear at its output.
    pub(super) fn taps(&mut self, plan: &Plan) -> Vec<Tap<'_>> {
        let mut stems = self.stems.iter_mut();
        let (mut mix, mut master) = (Some(&mut self.mix), Some(&mut self.master));
        let keepers = self.keepers.iter_mut().map(StripKeeper::tap);
        let mut taps: Vec<Tap<'_>> = self.strips.iter_mut().map(StripMeters::tap).chain(keepers).collect();
        for (output, declared) in plan.outputs.iter().enumerate() {
            let listener: Option<&mut dyn Listener> = match declared.place {
                Place::Strip | Place::Kept => None,
                Place::Stem => stems.next().map(|ear| ear as &mut dyn Listener),
                Place::Mix => mix.take().map(|ear| ear as &mut dyn Listener),
                Place::Master => master.take().map(|ear| ear as &mut dyn Listener),
            };
            taps.extend(listener.map(|listener| Tap { outputs: vec![output], listener, whole: false }));
        }
        taps
    }

    /// What the meters of strips read, in the order of the graph; nothing if there are none.
    pub(super) fn strips(&self) -> Vec<StripReading> {
        StripMeters::readings(&self.strips)
    }

    /// Finds the song's one length and hands on what all outputs held back. The mix and the master are always heard; stems
    /// have no say, as a song is as long without them.
    pub(super) fn settle(&mut self, song: &Resolved, window: Window) -> Result<usize, RenderError> {
        let rings = if song.exact { 0 } else { self.mix.last_loud().max(self.master.last_loud()) };
        let length = sure(song, window).max(rings);
        let ears = [&mut self.mix, &mut self.master].into_iter().chain(&mut self.stems);
        ears.into_iter().try_for_each(|ear| ear.settle(length))?;
        Ok(length)
    }

    /// Finishes the master; all files are then as they will be, but not in their places yet.
    pub(super) fn finish(
        self,
        song: &Resolved,
        request: &Request,
        length: usize,
        progress: &Progress<'_>,
    ) -> Result<Made, RenderError> {
        let mut files = self.files;
        let mut sinks = Vec::new();
        let (mix, to) = self.mix.end()?;
        sinks.extend(into_sink(to));
        for stem in self.stems {
            sinks.extend(into_sink(stem.end()?.1));
        }
        let (told, to) = self.master.end()?;
        let (master, finished) = match (to, &song.finish) {
            (Destination::Finish(master), Some(wish)) => {
                let begin = || {
                    let begun =
                        |target: &PathBuf| sink(song, request.format, "master", target, length as u64);
                    request.master.as_ref().map(begun).transpose()
                };
                let how = Finishing {
                    wish,
                    rate: song.rate,
                    meters: if request.measures() { Meters::All } else { Meters::None },
                    threads: request.machine.threads,
                    begin: &begin,
                    keep: &|| keeper(song, request, &self.folder),
                    progress,
                };
                let made = master.finish(&how)?;
                sinks.extend(made.sink);
                files.extend(request.master.clone());
                (made.told, Some(made.finished))
            }
            (to, _) => {
                sinks.extend(into_sink(to));
                (told, None)
            }
        };
        if progress.cancelled() {
            return Err(RenderError::Cancelled);
        }
        let drawn = self.keepers.into_iter().zip(StripMeters::courses(&self.strips));
        let drawn = drawn.map(|(keeper, loudness)| Arc::new(keeper.ended(loudness))).collect();
        Ok(Made { sinks, files, mix, master, drawn, finished, length })
    }
}

/// What was made of the outputs.
pub(super) struct Made {
    sinks: Vec<Sink>,
    files: Vec<PathBuf>,
    mix: Told,
    master: Told,
    /// The strips, in the order of the graph's.
    pub(super) drawn: Vec<Arc<Picture>>,
    finished: Option<Finished>,
    length: usize,
}

impl Made {
    /// Puts all files in their places, and tells what was made.
    pub(super) fn close(self, song: &Resolved, graph: &Graph, read: &Ran) -> Result<Report, RenderError> {
        let clipped = self.sinks.iter().filter_map(clipped).collect();
        // A full disk is met before the first file takes the place of an old one.
        let whole = self.sinks.into_iter().map(Sink::end).collect::<Result<Vec<_>, _>>()?;
        whole.into_iter().try_for_each(Whole::place)?;
        let drawn = graph.strips.iter().zip(&self.drawn);
        let take = self.mix.played.zip(self.master.played).map(|(mix, master)| {
            let strips = drawn.map(|((name, _), picture)| (name.clone(), picture.cut(self.length)));
            Arc::new(Take { rate: song.rate, frames: self.length, strips: strips.collect(), mix, master })
        });
        Ok(Report {
            title: song.title.clone(),
            rate: song.rate,
            length: Frames(self.length as i64),
            chapters: song
                .chapters
                .iter()
                .map(|(at, title)| Chapter { at: *at, title: title.clone() })
                .collect(),
            strips: strips(song, graph, &read.strips),
            reductions: reductions(&read.effects),
            mix: self.mix.reading,
            master: self.master.reading,
            finish: self.finished,
            files: self.files,
            clipped,
            recalled: None,
            profile: None,
            take,
        })
    }
}

/// A file of which something was cut off.
fn clipped(sink: &Sink) -> Option<Clipped> {
    (sink.clipped() > 0).then(|| Clipped { file: sink.target().to_owned(), samples: sink.clipped() })
}

/// The frames of a window that the song is sure to fill.
fn sure(song: &Resolved, window: Window) -> usize {
    (song.end.min(window.to) - window.from).0.max(0) as usize
}

/// Who keeps the mix or the master, if it is wanted.
fn keeper(song: &Resolved, request: &Request, folder: &Path) -> Result<Option<Keeper>, RenderError> {
    request.take.then(|| Keeper::new(song.rate, folder)).transpose()
}

fn into_sink(to: Destination) -> Option<Sink> {
    match to {
        Destination::File(sink) => Some(*sink),
        Destination::Nowhere | Destination::Finish(_) => None,
    }
}

fn sink(
    song: &Resolved,
    format: Format,
    name: &str,
    target: &Path,
    frames: u64,
) -> Result<Sink, RenderError> {
    let form = form(song, format);
    form.check(target, frames)?;
    Ok(Sink::create(target, form, seed(&song.title, name))?)
}

fn form(song: &Resolved, format: Format) -> Form {
    Form { format, rate: song.rate, channels: 2 }
}

/// The seed of a file's dither: the same for the same song and strip, wherever the file goes.
fn seed(title: &str, name: &str) -> u64 {
    fingerprint::short(title.bytes().chain([0]).chain(name.bytes()))
}

fn strips(song: &Resolved, graph: &Graph, readings: &[StripReading]) -> Vec<StripReport> {
    let kind =
        |name: &str| song.strips.iter().find(|strip| strip.name == name).map_or(StripKind::Track, |s| s.kind);
    let mut made: Vec<StripReport> = graph
        .strips
        .iter()
        .zip(readings)
        .map(|((name, _), reading)| StripReport {
            name: name.clone(),
            kind: kind(name),
            reading: *reading,
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

fn reductions(readings: &[(String, Reading)]) -> Vec<Reduction> {
    let most = |(effect, reading): &(String, Reading)| {
        reading.reduction.map(|most| Reduction { effect: effect.clone(), most: Db(most) })
    };
    readings.iter().filter_map(most).collect()
}
