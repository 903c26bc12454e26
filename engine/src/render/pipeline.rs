//! The pipeline: at each tick every pack of every stage works, each on its own block.
//!
//! A pack of stage `s` works at tick `t` on block `t - s`; it reads what its inputs wrote in earlier ticks and writes this
//! tick's set of a ring. State and outputs are apart, so a tick needs no lock. The only file that knows of threads.

use super::{
    Progress, RenderError,
    buffer::Buffer,
    clock::{Clock, Log, Spent, Watch},
    pack::{Address, LiveInput, LivePack, PackTimes, Span, addresses},
    sources::Sources,
};
use crate::{
    graph::Graph,
    panic::said,
    plan::{Machine, Plan},
};
use mixwright_nodes::{block::PIECE, effect::Reading, unit::Frames};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Hears what comes out at a place, from the window's first frame to its last.
pub trait Listener: Send {
    /// Takes the next frames.
    ///
    /// # Errors
    /// If they cannot be kept.
    fn hear(&mut self, left: &[f32], right: &[f32]) -> Result<(), RenderError>;
}

/// A listener and the output of the plan that it hears.
pub struct Tap<'l> {
    /// The index of the output.
    pub output: usize,
    /// Who hears it.
    pub listener: &'l mut dyn Listener,
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
    workers: Vec<Worker<'l>>,
    rings: Vec<Ring>,
    stages: usize,
    on: Machine,
    origin: i64,
    blocks: usize,
    rate: u32,
    window: Window,
}

/// What a pack wrote in its last ticks, as many as its latest reader goes back: the blocks of its members.
struct Ring(Vec<Vec<Buffer>>);

impl Ring {
    /// Room for what is read up to so many ticks later.
    fn new(members: usize, block: usize, reach: usize) -> Ring {
        Ring(vec![vec![Buffer::new(block); members]; reach + 1])
    }

    fn written(&self, tick: usize) -> &[Buffer] {
        &self.0[tick % self.0.len()]
    }

    /// The place that this tick writes, for as long as others read the rest.
    fn place(&mut self, tick: usize) -> &mut Vec<Buffer> {
        let length = self.0.len();
        &mut self.0[tick % length]
    }
}

struct Worker<'l> {
    stage: usize,
    cost: f64,
    task: Task<'l>,
    failed: Option<RenderError>,
    log: Option<Log>,
}

enum Task<'l> {
    Pack(Box<LivePack>),
    Tap(LiveTap<'l>),
}

struct LiveTap<'l> {
    output: usize,
    from: Address,
    stage: usize,
    late: i64,
    listener: &'l mut dyn Listener,
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
    /// That of who hears an output, by its number in the plan.
    Output(usize, Spent),
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
        let (block, rate) = (on.block, plan.rate);
        let mut workers = Vec::new();
        let addresses = addresses(plan);
        let mut rings = Vec::new();
        for (pack, reach) in plan.packs.iter().zip(reaches(plan, &addresses)) {
            let live = LivePack::new(plan, pack, &addresses, graph, block, sources)?;
            let (stage, cost) = (live.stage, live.cost);
            rings.push(Ring::new(live.size, block, reach));
            workers.push(Worker { stage, cost, task: Task::Pack(Box::new(live)), failed: None, log: None });
        }
        let mut latest = 0;
        for tap in taps {
            let output = &plan.outputs[tap.output];
            let stage = plan.lanes[output.lane].stage;
            latest = latest.max(output.latency.0);
            let (from, late, spent) = (addresses[output.lane], output.latency.0, Spent::default());
            let task =
                Task::Tap(LiveTap { output: tap.output, from, stage, late, listener: tap.listener, spent });
            workers.push(Worker { stage: stage + 1, cost: 10.0, task, failed: None, log: None });
        }
        let stages = workers.iter().map(|worker| worker.stage + 1).max().unwrap_or(0);
        // Streams begin on the grid of pieces, so that a window changes no cut.
        let origin = window.start.0.div_euclid(PIECE as i64) * PIECE as i64;
        let frames = (window.to.0 + latest - origin).max(0) as usize;
        Ok(Pipeline { rings, workers, stages, on: *on, origin, blocks: frames.div_ceil(block), rate, window })
    }

    /// Lets all work be timed, if the watch runs.
    pub(super) fn timed(mut self, watch: &Watch) -> Self {
        if let Some(epoch) = watch.begun() {
            let (workers, threads) = (self.workers.len(), self.on.threads);
            for worker in &mut self.workers {
                worker.log = Some(Log::new(epoch, workers, threads, self.blocks));
            }
        }
        self
    }

    /// Works from the window's first frame to its last.
    ///
    /// # Errors
    /// What first failed: a source, a listener, a node, or the wish to go on.
    pub fn run(&mut self, progress: &Progress<'_>) -> Result<(), RenderError> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.on.threads)
            .build()
            .map_err(|error| RenderError::Threads(error.to_string()))?;
        pool.install(|| self.play(progress))
    }

    /// What the effects did, by their keys.
    pub(super) fn readings(&self) -> Vec<(String, Reading)> {
        let of = |worker: &Worker<'_>| match &worker.task {
            Task::Pack(pack) => pack.readings(),
            Task::Tap(_) => Vec::new(),
        };
        let mut readings: Vec<_> = self.workers.iter().flat_map(of).collect();
        readings.sort_by(|a, b| a.0.cmp(&b.0));
        readings
    }

    /// What all did, if it was timed.
    pub(super) fn worked(self) -> Vec<Worked> {
        let mut packs = 0..;
        let worked = self.workers.into_iter().filter_map(|worker| {
            let of = match &worker.task {
                Task::Pack(pack) => Of::Pack(packs.next()?, pack.times()),
                Task::Tap(tap) => Of::Output(tap.output, tap.spent),
            };
            Some(Worked { stage: worker.stage, of, log: worker.log? })
        });
        worked.collect()
    }

    fn play(&mut self, progress: &Progress<'_>) -> Result<(), RenderError> {
        for tick in 0..self.blocks + self.stages {
            if progress.cancelled() {
                return Err(RenderError::Cancelled);
            }
            self.tick(tick);
            if let Some(error) = self.workers.iter_mut().find_map(|worker| worker.failed.take()) {
                return Err(error);
            }
            let done = self.origin + (tick * self.on.block) as i64 - self.window.from.0;
            progress.tell(Frames(done.max(0)), self.window.to - self.window.from, self.rate);
        }
        Ok(())
    }

    /// One tick: the longest work first, so that no thread waits for it at the end.
    fn tick(&mut self, tick: usize) {
        let (block, origin, blocks, window) = (self.on.block, self.origin, self.blocks, self.window);
        let mut out: Vec<_> = self.rings.iter_mut().map(|ring| std::mem::take(ring.place(tick))).collect();
        let rings = &self.rings;
        let mut free = out.iter_mut();
        let mut todo: Vec<_> = self
            .workers
            .iter_mut()
            .map(|worker| {
                let slot = if matches!(worker.task, Task::Pack(_)) { free.next() } else { None };
                (worker, slot)
            })
            .filter(|(worker, _)| (worker.stage..worker.stage + blocks).contains(&tick))
            .collect();
        todo.sort_by(|a, b| b.0.cost.total_cmp(&a.0.cost));
        rayon::scope_fifo(|scope| {
            for (worker, slot) in todo {
                scope.spawn_fifo(move |_| {
                    let start = origin + ((tick - worker.stage) * block) as i64;
                    worker.work(Span { start, frames: block }, tick, rings, slot, window);
                });
            }
        });
        for (ring, out) in self.rings.iter_mut().zip(out) {
            *ring.place(tick) = out;
        }
    }
}

impl Worker<'_> {
    fn work(
        &mut self,
        span: Span,
        tick: usize,
        rings: &[Ring],
        slot: Option<&mut Vec<Buffer>>,
        window: Window,
    ) {
        let stage = self.stage;
        // What `stage` reads of an earlier one was written as many ticks ago as stages lie between.
        let heard = |from: Address, of: usize| &rings[from.pack].written(tick - (stage - of))[from.member];
        let mut clock = Log::start(&mut self.log);
        let task = &mut self.task;
        let done = catch_unwind(AssertUnwindSafe(|| match (task, slot) {
            (Task::Pack(pack), Some(out)) => {
                pack.run(span, |input: &LiveInput| heard(input.from, input.stage), out, &mut clock)
            }
            (Task::Tap(tap), _) => tap.hear(span, heard(tap.from, tap.stage), window, &mut clock),
            (Task::Pack(_), None) => unreachable!("every pack has blocks in every set"),
        }));
        if let Some(log) = &mut self.log {
            log.note(&clock, span.start, rayon::current_thread_index().unwrap_or_default());
        }
        self.failed = match done {
            Ok(done) => done.err(),
            Err(panic) => Some(RenderError::Bug { node: self.name(), cause: said(&*panic).to_owned() }),
        };
    }

    fn name(&self) -> String {
        match &self.task {
            Task::Pack(pack) => pack.keys(),
            Task::Tap(_) => "an output".to_owned(),
        }
    }
}

/// Stages from each pack to the last that reads it; an output is read in the next.
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

impl LiveTap<'_> {
    /// Hands on what of the block lies in the window, once the output's own latency is left out.
    fn hear(
        &mut self,
        span: Span,
        heard: &Buffer,
        window: Window,
        clock: &mut Clock,
    ) -> Result<(), RenderError> {
        let first = span.start - self.late;
        let clip = |frame: i64| (frame - first).clamp(0, span.frames as i64) as usize;
        let (from, to) = (clip(window.from.0), clip(window.to.0));
        if from < to {
            self.listener.hear(&heard.plane(0, to)[from..], &heard.plane(1, to)[from..])?;
        }
        clock.lap(&mut self.spent);
        Ok(())
    }
}
