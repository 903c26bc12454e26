//! Clocks within a render: read between one piece of work and the next where a profile is wanted, and never elsewhere.
//!
//! Each worker keeps its own times, so that none waits for another; they are put together when all is done.

use std::fmt;
use std::time::{Duration, Instant};

/// Slices that are kept at most: what a viewer opens without a wait, and a file of some 25 MB.
pub(super) const MOST_SLICES: usize = 200_000;

/// Read after each piece of work. One that does not run is never read.
pub(super) struct Clock(Option<Instant>);

/// What a piece of work took in all.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spent(pub(super) Duration);

impl Clock {
    /// What passed since the last lap was spent on this.
    pub(super) fn lap(&mut self, on: &mut Spent) {
        if let Some(last) = &mut self.0 {
            let now = Instant::now();
            on.0 += now - *last;
            *last = now;
        }
    }
}

/// What one worker did, tick by tick; without a log its clock does not run.
pub(super) struct Log {
    epoch: Instant,
    begun: Instant,
    /// Ticks of which slices are kept.
    kept: usize,
    /// What each thread did of it.
    pub(super) threads: Vec<Duration>,
    /// Ticks that it worked.
    pub(super) ticks: usize,
    /// The first ticks.
    pub(super) slices: Vec<Slice>,
}

/// The work of one tick.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slice {
    /// The song's frame at which its block begins.
    pub(super) at: i64,
    pub(super) thread: usize,
    /// Since the render began.
    pub(super) begin: Duration,
    pub(super) end: Duration,
}

impl Log {
    /// For one of so many workers, on so many threads. All slices have their room beforehand.
    pub(super) fn new(epoch: Instant, workers: usize, threads: usize, ticks: usize) -> Log {
        let kept = (MOST_SLICES / workers.max(1)).clamp(1, ticks.max(1));
        let threads = vec![Duration::ZERO; threads];
        Log { epoch, begun: epoch, kept, threads, ticks: 0, slices: Vec::with_capacity(kept) }
    }

    /// Starts the clock of a tick, if there is a log at all.
    pub(super) fn start(log: &mut Option<Log>) -> Clock {
        Clock(log.as_mut().map(|log| {
            log.begun = Instant::now();
            log.begun
        }))
    }

    /// Notes a tick that ended with the clock's last lap.
    pub(super) fn note(&mut self, clock: &Clock, at: i64, thread: usize) {
        let Clock(Some(ended)) = clock else { return };
        self.threads[thread] += *ended - self.begun;
        self.ticks += 1;
        if self.slices.len() < self.kept {
            let since = |at: Instant| at - self.epoch;
            self.slices.push(Slice { at, thread, begin: since(self.begun), end: since(*ended) });
        }
    }

    /// All that the worker did.
    pub(super) fn total(&self) -> Duration {
        self.threads.iter().sum()
    }
}

/// What of a render comes one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Graph, plan and targets.
    Planning,
    /// Sources, effects and outputs are made ready.
    Opening,
    /// Block after block, on all threads.
    Playing,
    /// What must know the song's length: tails, and the last phase of the master.
    Finishing,
    /// Files go to the disk and take their places.
    Closing,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Phase::Planning => "planning",
            Phase::Opening => "opening",
            Phase::Playing => "playing",
            Phase::Finishing => "finishing",
            Phase::Closing => "closing",
        })
    }
}

/// Times the phases of a render, if it runs.
pub(super) struct Watch(Option<Phases>);

/// When each phase ended.
pub(super) struct Phases {
    begun: Instant,
    ends: Vec<(Phase, Duration)>,
}

impl Watch {
    pub(super) fn new(runs: bool) -> Watch {
        Watch(runs.then(|| Phases { begun: Instant::now(), ends: Vec::new() }))
    }

    /// When it was started, if it runs.
    pub(super) fn begun(&self) -> Option<Instant> {
        self.0.as_ref().map(|phases| phases.begun)
    }

    /// A phase is over.
    pub(super) fn over(&mut self, phase: Phase) {
        if let Some(phases) = &mut self.0 {
            phases.over(phase);
        }
    }

    /// The phases, if it ran.
    pub(super) fn stop(self) -> Option<Phases> {
        self.0
    }
}

impl Phases {
    /// A phase is over.
    pub(super) fn over(&mut self, phase: Phase) {
        self.ends.push((phase, self.begun.elapsed()));
    }

    /// Each with its begin and its end.
    pub(super) fn spans(&self) -> impl Iterator<Item = (Phase, Duration, Duration)> {
        let begins = std::iter::once(Duration::ZERO).chain(self.ends.iter().map(|(_, end)| *end));
        self.ends.iter().zip(begins).map(|((phase, end), begin)| (*phase, begin, *end))
    }
}
