//! The pipeline: at each tick every pack of every stage works, each on its own turn of blocks.
//!
//! A pack of stage `s` works at tick `t` on turn `t - s`; it reads what its inputs wrote in earlier ticks and writes this
//! tick's place of a ring. By the schedule no place is written while another reads it: its locks are never waited for.

use super::{
    Progress, RenderError,
    buffer::Buffer,
    clock::{Clock, Log, Spent, Watch},
    pack::{Address, LiveInput, LivePack, PackTimes, Span, addresses},
    schedule::{Schedule, Wait, Work},
    sources::Sources,
};
use crate::{
    graph::Graph,
    panic::{locked, said},
    plan::{Machine, Pack, Plan},
};
use mixwright_nodes::{block::PIECE, effect::Reading, unit::Frames};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Hears what comes out at one place or several, from the window's first frame to its last.
pub trait Listener: Send {
    /// Takes the next frames: a plane for each channel of each output.
    ///
    /// # Errors
    /// If they cannot be kept.
    fn hear(&mut self, planes: &[&[f32]]) -> Result<(), RenderError>;
}

/// A listener and the outputs of the plan that it hears, all equally late.
pub struct Tap<'l> {
    /// The indices of the outputs.
    pub outputs: Vec<usize>,
    /// Who hears it.
    pub listener: &'l mut dyn Listener,
    /// Whether all that comes is heard, as late as it is, and not only what lies in the window.
    pub whole: bool,
}

/// What of the song is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The song's frame at which rendering begins, so that what rings is there in time.
    pub start: Frames,
    /// The first frame that is heard.
    pub from: Frames,
    /// The frame after the last that is heard.
    pub to: Frames,
}

/// A plan at work.
pub struct Pipeline<'l> {
    workers: Vec<Mutex<Worker<'l>>>,
    rings: Vec<Ring>,
    on: Machine,
    /// Frames of a turn.
    turn: usize,
    origin: i64,
    frames: usize,
    turns: usize,
    stages: usize,
    rate: u32,
    window: Window,
}

/// What a pack wrote in its last ticks, as many as its latest reader goes back: the turns of its members.
struct Ring(Vec<RwLock<Vec<Buffer>>>);

impl Ring {
    /// Room for what is read up to so many ticks later.
    fn new(members: usize, turn: usize, reach: usize) -> Ring {
        Ring((0..=reach).map(|_| RwLock::new(vec![Buffer::new(turn); members])).collect())
    }

    fn written(&self, tick: usize) -> RwLockReadGuard<'_, Vec<Buffer>> {
        self.0[tick % self.0.len()].read().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self, tick: usize) -> RwLockWriteGuard<'_, Vec<Buffer>> {
        self.0[tick % self.0.len()].write().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Worker<'l> {
    stage: usize,
    cost: f64,
    task: Task<'l>,
    /// The packs that it reads, each with its stage, in the order of their numbers.
    reads: Vec<(usize, usize)>,
    failed: Option<RenderError>,
    log: Option<Log>,
}

enum Task<'l> {
    /// A pack, by its number in the plan.
    Pack(usize, Box<LivePack>),
    Tap(LiveTap<'l>),
}

struct LiveTap<'l> {
    outputs: Vec<usize>,
    /// Where they come from among what the tap reads, each with its channels.
    from: Vec<(Address, usize)>,
    late: i64,
    listener: &'l mut dyn Listener,
    whole: bool,
    spent: Spent,
}

/// What a worker did and how long it took.
pub(super) struct Worked {
    pub(super) stage: usize,
    pub(super) of: Of,
    pub(super) log: Log,
}

/// Whose work it was.
pub(super) enum Of {
    /// That of a pack, by its number in the plan.
    Pack(usize, PackTimes),
    /// That of who hears outputs, by their numbers in the plan.
    Outputs(Vec<usize>, Spent),
}

impl<'l> Pipeline<'l> {
    /// Makes all ready that works over a window.
    ///
    /// # Errors
    /// If a source or a sound cannot be had.
    pub fn new(
        plan: &Plan,
        graph: &Graph,
        on: &Machine,
        window: Window,
        sources: &dyn Sources,
        taps: Vec<Tap<'l>>,
    ) -> Result<Self, RenderError> {
        let (turn, rate) = (on.turn(planes(plan)), plan.rate);
        let mut workers = Vec::new();
        let addresses = addresses(plan);
        let mut rings = Vec::new();
        for (number, (pack, reach)) in plan.packs.iter().zip(reaches(plan, &addresses)).enumerate() {
            let reads = reads(plan, pack, &addresses);
            let live = LivePack::new(plan, pack, found_in(&reads, &addresses), graph, turn, sources)?;
            rings.push(Ring::new(live.size, turn, reach));
            let (stage, cost, task) = (live.stage, live.cost, Task::Pack(number, Box::new(live)));
            workers.push(Worker { stage, cost, task, reads, failed: None, log: None });
        }
        let mut latest = 0;
        for tap in taps {
            let lanes = tap.outputs.iter().map(|output| plan.outputs[*output].lane);
            let reads = read_in(plan, lanes, &addresses);
            let tap = LiveTap::new(tap, plan, found_in(&reads, &addresses));
            latest = if tap.whole { latest } else { latest.max(tap.late) };
            let stage = reads.iter().map(|(_, stage)| stage + 1).max().unwrap_or_default();
            assert!(reads.iter().all(|(_, of)| of + 1 == stage), "a tap hears what is of one stage");
            workers.push(Worker { stage, cost: 10.0, task: Task::Tap(tap), reads, failed: None, log: None });
        }
        let stages = workers.iter().map(|worker| worker.stage + 1).max().unwrap_or(0);
        // Streams begin on the grid of pieces, so that a window changes no cut.
        let origin = window.start.0.div_euclid(PIECE as i64) * PIECE as i64;
        let frames = (window.to.0 + latest - origin).max(0) as usize;
        let (turns, workers) = (frames.div_ceil(turn), workers.into_iter().map(Mutex::new).collect());
        Ok(Pipeline { workers, rings, on: *on, turn, origin, frames, turns, stages, rate, window })
    }

    /// Lets all work be timed, if the watch runs.
    pub(super) fn timed(mut self, watch: &Watch) -> Self {
        if let Some(epoch) = watch.begun() {
            let (workers, threads) = (self.workers.len(), self.on.threads);
            for worker in self.workers.iter_mut().map(own) {
                worker.log = Some(Log::new(epoch, workers, threads, self.turns));
            }
        }
        self
    }

    /// Works from the window's first frame to its last.
    ///
    /// # Errors
    /// What failed: a source, a listener, a node, or the wish to go on.
    pub fn run(&mut self, progress: &Progress<'_>) -> Result<(), RenderError> {
        self.schedule().run(self.on.threads, &Playing { pipeline: self, progress })?;
        if let Some(error) = self.workers.iter_mut().find_map(|worker| own(worker).failed.take()) {
            return Err(error);
        }
        if progress.cancelled() { Err(RenderError::Cancelled) } else { Ok(()) }
    }

    /// A worker waits for its own last tick, for those that write what it reads, and for those that read what it will
    /// write over.
    fn schedule(&mut self) -> Schedule {
        let workers: Vec<&Worker<'_>> = self.workers.iter_mut().map(|worker| &*own(worker)).collect();
        let mut waits: Vec<Vec<Wait>> =
            (0..workers.len()).map(|worker| vec![Wait { worker, lag: 1 }]).collect();
        for (reader, worker) in workers.iter().enumerate() {
            // Packs come first among the workers, in the order of their numbers.
            for (writer, stage) in &worker.reads {
                let (distance, room) = (worker.stage - stage, self.rings[*writer].0.len());
                waits[reader].push(Wait { worker: *writer, lag: distance });
                waits[*writer].push(Wait { worker: reader, lag: room - distance });
            }
        }
        let costs: Vec<f64> = workers.iter().map(|worker| worker.cost).collect();
        Schedule::new(&costs, waits, self.turns + self.stages)
    }

    /// What the effects did, by their keys.
    pub(super) fn readings(&self) -> Vec<(String, Reading)> {
        let of = |worker: &Mutex<Worker<'_>>| match &locked(worker).task {
            Task::Pack(_, pack) => pack.readings(),
            Task::Tap(_) => Vec::new(),
        };
        let mut readings: Vec<_> = self.workers.iter().flat_map(of).collect();
        readings.sort_by(|a, b| a.0.cmp(&b.0));
        readings
    }

    /// What all did, if it was timed.
    pub(super) fn worked(self) -> Vec<Worked> {
        let worked = self.workers.into_iter().filter_map(|worker| {
            let worker = worker.into_inner().unwrap_or_else(PoisonError::into_inner);
            let of = match &worker.task {
                Task::Pack(number, pack) => Of::Pack(*number, pack.times()),
                Task::Tap(tap) => Of::Outputs(tap.outputs.clone(), tap.spent),
            };
            Some(Worked { stage: worker.stage, of, log: worker.log? })
        });
        worked.collect()
    }
}

/// A pipeline while it plays.
struct Playing<'p, 'l> {
    pipeline: &'p Pipeline<'l>,
    progress: &'p Progress<'p>,
}

impl Work for Playing<'_, '_> {
    fn begin(&self, tick: usize) -> bool {
        let Pipeline { turn, origin, window, rate, .. } = self.pipeline;
        let done = origin + (tick * turn) as i64 - window.from.0;
        self.progress.tell(Frames(done.max(0)), window.to - window.from, *rate);
        !self.progress.cancelled()
    }

    fn work(&self, worker: usize, tick: usize, thread: usize) -> bool {
        let Pipeline { workers, rings, on, turn: length, origin, frames, turns, window, .. } = self.pipeline;
        let mut worker = locked(&workers[worker]);
        let turn = tick.wrapping_sub(worker.stage);
        if turn >= *turns {
            return true;
        }
        let done = turn * length;
        // The last turn ends with the window: what meters of effects read is then the same for turns of any length.
        let frames = (*length).min(frames - done);
        let span = Span { start: origin + done as i64, frames, block: on.block };
        worker.work(span, tick, rings, *window, thread);
        worker.failed.is_none()
    }
}

/// A worker that no one else has to do with.
fn own<'w, 'l>(worker: &'w mut Mutex<Worker<'l>>) -> &'w mut Worker<'l> {
    worker.get_mut().unwrap_or_else(PoisonError::into_inner)
}

impl Worker<'_> {
    fn work(&mut self, span: Span, tick: usize, rings: &[Ring], window: Window, thread: usize) {
        let mut clock = Log::start(&mut self.log);
        // What `stage` reads of an earlier one was written as many ticks ago as stages lie between.
        let read = |(pack, stage): &(usize, usize)| rings[*pack].written(tick - (self.stage - stage));
        let written: Vec<_> = self.reads.iter().map(read).collect();
        let heard = |from: Address| &written[from.pack][from.member];
        let task = &mut self.task;
        let done = catch_unwind(AssertUnwindSafe(|| match task {
            Task::Pack(number, pack) => {
                let mut out = rings[*number].place(tick);
                pack.run(span, |input: &LiveInput| heard(input.from), &mut out, &mut clock)
            }
            Task::Tap(tap) => tap.hear(span, heard, window, &mut clock),
        }));
        if let Some(log) = &mut self.log {
            log.note(&clock, span.start, thread);
        }
        self.failed = match done {
            Ok(done) => done.err(),
            Err(panic) => Some(RenderError::Bug { node: self.name(), cause: said(&*panic).to_owned() }),
        };
    }

    fn name(&self) -> String {
        match &self.task {
            Task::Pack(_, pack) => pack.keys(),
            Task::Tap(_) => "an output".to_owned(),
        }
    }
}

/// The planes that are written at each tick.
fn planes(plan: &Plan) -> usize {
    plan.lanes.iter().map(|lane| lane.width.channels()).sum()
}

/// The packs that a pack reads, each with its stage.
fn reads(plan: &Plan, pack: &Pack, addresses: &[Address]) -> Vec<(usize, usize)> {
    let inputs = pack.lanes.iter().flat_map(|lane| &plan.lanes[*lane].inputs);
    read_in(plan, inputs.map(|input| input.lane), addresses)
}

/// The packs that lanes are in, each with its stage.
fn read_in(plan: &Plan, lanes: impl Iterator<Item = usize>, addresses: &[Address]) -> Vec<(usize, usize)> {
    let mut reads: Vec<_> = lanes.map(|lane| (addresses[lane].pack, plan.lanes[lane].stage)).collect();
    reads.sort_unstable();
    reads.dedup();
    reads
}

/// Where a lane is found among the packs that are read.
fn found_in(reads: &[(usize, usize)], addresses: &[Address]) -> impl Fn(usize) -> Address {
    |lane| {
        let Address { pack, member } = addresses[lane];
        Address { pack: reads.partition_point(|(read, _)| *read < pack), member }
    }
}

/// Stages from each pack to the last that reads it; an output is read in the next, as those of a tap are of one stage.
fn reaches(plan: &Plan, addresses: &[Address]) -> Vec<usize> {
    let mut reaches = vec![1; plan.packs.len()];
    for reader in &plan.lanes {
        for input in &reader.inputs {
            let reach = &mut reaches[addresses[input.lane].pack];
            *reach = (*reach).max(reader.stage - plan.lanes[input.lane].stage);
        }
    }
    reaches
}

impl<'l> LiveTap<'l> {
    fn new(tap: Tap<'l>, plan: &Plan, address: impl Fn(usize) -> Address) -> LiveTap<'l> {
        let Tap { outputs, listener, whole } = tap;
        let of = |output: &usize| &plan.outputs[*output];
        let from = |output| {
            let lane = of(output).lane;
            (address(lane), plan.lanes[lane].width.channels())
        };
        let late = outputs.first().map_or(0, |output| of(output).latency.0);
        assert!(
            outputs.iter().all(|output| of(output).latency.0 == late),
            "a tap hears what is equally late"
        );
        LiveTap {
            from: outputs.iter().map(from).collect(),
            late,
            outputs,
            listener,
            whole,
            spent: Spent::default(),
        }
    }

    /// Hands on what of the turn lies in the window, once the outputs' own latency is left out.
    fn hear<'b>(
        &mut self,
        span: Span,
        heard: impl Fn(Address) -> &'b Buffer,
        window: Window,
        clock: &mut Clock,
    ) -> Result<(), RenderError> {
        let first = span.start - self.late;
        let clip = |frame: i64| (frame - first).clamp(0, span.frames as i64) as usize;
        let heard_of = (clip(window.from.0), clip(window.to.0));
        let (from, to) = if self.whole { (0, span.frames) } else { heard_of };
        if from < to {
            let planes = self.from.iter().flat_map(|(address, channels)| {
                let buffer = heard(*address);
                (0..*channels).map(move |channel| &buffer.plane(channel, to)[from..])
            });
            self.listener.hear(&planes.collect::<Vec<_>>())?;
        }
        clock.lap(&mut self.spent);
        Ok(())
    }
}
