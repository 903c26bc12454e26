//! Who works when: threads take work in one order, and wait for no more than what it needs. The only file that knows of
//! threads.
//!
//! The order is tick by tick, the longest work of a tick first. What a worker waits for was done in earlier ticks, hence
//! taken by a thread before, so that nobody waits for ever; and no thread waits for the end of a tick.

use super::RenderError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// What is to be done, and in which order.
pub(super) struct Schedule {
    /// Workers, the longest work first.
    order: Vec<usize>,
    /// What each worker waits for.
    waits: Vec<Vec<Wait>>,
    ticks: usize,
}

/// A worker that must have finished the tick that lies `lag` ticks back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) worker: usize,
    pub(super) lag: usize,
}

/// What is done.
pub(super) trait Work: Sync {
    /// Begins a tick; tells whether to go on.
    fn begin(&self, tick: usize) -> bool;

    /// Does what a worker does in a tick, on one of the threads; tells whether to go on.
    fn work(&self, worker: usize, tick: usize, thread: usize) -> bool;
}

impl Schedule {
    /// For workers of these costs.
    pub(super) fn new(costs: &[f64], waits: Vec<Vec<Wait>>, ticks: usize) -> Schedule {
        let mut order: Vec<usize> = (0..costs.len()).collect();
        order.sort_by(|a, b| costs[*b].total_cmp(&costs[*a]));
        Schedule { order, waits, ticks }
    }

    /// Works on so many threads until all is done or the work says to stop.
    ///
    /// # Errors
    /// If there are no threads.
    pub(super) fn run(&self, threads: usize, work: &impl Work) -> Result<(), RenderError> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .map_err(|error| RenderError::Threads(error.to_string()))?;
        let state = State {
            next: AtomicUsize::new(0),
            done: self.order.iter().map(|_| AtomicUsize::new(0)).collect(),
            stopped: AtomicBool::new(false),
        };
        pool.broadcast(|thread| self.take_turns(&state, work, thread.index()));
        Ok(())
    }

    /// What one thread does.
    fn take_turns(&self, state: &State, work: &impl Work, thread: usize) {
        // Where the work panics nobody waits for it.
        let _stops = StopsOthers(state);
        while !state.stopped.load(Ordering::Relaxed) {
            let turn = state.next.fetch_add(1, Ordering::Relaxed);
            let (tick, place) = (turn / self.order.len().max(1), turn % self.order.len().max(1));
            if tick >= self.ticks || self.order.is_empty() {
                return;
            }
            let worker = self.order[place];
            let goes_on = (place > 0 || work.begin(tick))
                && self.waits[worker].iter().all(|wait| state.wait(*wait, tick))
                && work.work(worker, tick, thread);
            if !goes_on {
                state.stopped.store(true, Ordering::Relaxed);
                return;
            }
            state.done[worker].store(tick + 1, Ordering::Release);
        }
    }
}

/// Stops all threads if it is dropped by a panic.
struct StopsOthers<'s>(&'s State);

impl Drop for StopsOthers<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stopped.store(true, Ordering::Relaxed);
        }
    }
}

/// Does two things at once, or one after the other on one thread.
pub(super) fn both<A: Send, B: Send>(
    threads: usize,
    a: impl FnOnce() -> A + Send,
    b: impl FnOnce() -> B + Send,
) -> (A, B) {
    if threads < 2 { (a(), b()) } else { rayon::join(a, b) }
}

/// How far all are.
struct State {
    /// The next turn that is to be taken.
    next: AtomicUsize,
    /// Ticks that each worker has finished.
    done: Vec<AtomicUsize>,
    stopped: AtomicBool,
}

impl State {
    /// Waits until a worker has finished; not if all has been stopped.
    fn wait(&self, Wait { worker, lag }: Wait, tick: usize) -> bool {
        let mut patience = Patience::default();
        while self.done[worker].load(Ordering::Acquire) + lag <= tick {
            if self.stopped.load(Ordering::Relaxed) {
                return false;
            }
            patience.pass();
        }
        true
    }
}

/// Waits of growing length: most end within a microsecond, and one that does not should leave the core to others.
#[derive(Default)]
struct Patience(u32);

impl Patience {
    const SPINS: u32 = 500;
    const YIELDS: u32 = 1_000;

    fn pass(&mut self) {
        self.0 = self.0.saturating_add(1);
        match self.0 {
            0..Self::SPINS => std::hint::spin_loop(),
            Self::SPINS..Self::YIELDS => std::thread::yield_now(),
            _ => std::thread::sleep(Duration::from_micros(50)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    /// Notes who worked when, and holds each to what it waits for.
    struct Noted {
        finished: Vec<AtomicUsize>,
        waits: Vec<Vec<Wait>>,
        begun: Mutex<Vec<usize>>,
        last: usize,
    }

    impl Work for Noted {
        fn begin(&self, tick: usize) -> bool {
            self.begun.lock().unwrap().push(tick);
            tick < self.last
        }

        fn work(&self, worker: usize, tick: usize, _: usize) -> bool {
            for Wait { worker, lag } in &self.waits[worker] {
                assert!(self.finished[*worker].load(Ordering::SeqCst) + lag > tick);
            }
            // Of uneven length, so that threads get apart.
            std::thread::sleep(Duration::from_micros(((tick * 7 + worker * 3) % 5 * 20) as u64));
            self.finished[worker].store(tick + 1, Ordering::SeqCst);
            true
        }
    }

    fn noted(last: usize) -> Noted {
        let wait = |worker, lag| Wait { worker, lag };
        let waits =
            vec![vec![wait(0, 1), wait(1, 1)], vec![wait(1, 1), wait(0, 1)], vec![wait(2, 1), wait(1, 2)]];
        let finished = (0..3).map(|_| AtomicUsize::new(0)).collect();
        Noted { finished, waits, begun: Mutex::default(), last }
    }

    #[test]
    fn all_is_done_once_and_after_what_it_waits_for() {
        for threads in [1, 2, 5] {
            let work = noted(usize::MAX);
            Schedule::new(&[1.0, 3.0, 2.0], work.waits.clone(), 60).run(threads, &work).unwrap();
            assert!(work.finished.iter().all(|ticks| ticks.load(Ordering::SeqCst) == 60));
            let mut begun = work.begun.into_inner().unwrap();
            begun.sort_unstable();
            assert_eq!(begun, (0..60).collect::<Vec<_>>());
        }
    }

    #[test]
    fn who_stops_stops_all() {
        for threads in [1, 4] {
            let work = noted(7);
            Schedule::new(&[1.0, 3.0, 2.0], work.waits.clone(), 1_000_000).run(threads, &work).unwrap();
            assert!(work.finished.iter().all(|ticks| ticks.load(Ordering::SeqCst) <= 8));
        }
    }

    #[test]
    fn a_panic_ends_the_run_on_all_threads() {
        struct Breaks;
        impl Work for Breaks {
            fn begin(&self, tick: usize) -> bool {
                assert!(tick < 3, "broken");
                true
            }

            fn work(&self, _: usize, _: usize, _: usize) -> bool {
                true
            }
        }
        for threads in [1, 4] {
            let wait = |worker| vec![Wait { worker, lag: 1 }];
            let schedule = Schedule::new(&[1.0, 2.0, 3.0], vec![wait(0), wait(2), wait(0)], 1_000);
            let run = std::panic::AssertUnwindSafe(|| schedule.run(threads, &Breaks));
            assert!(std::panic::catch_unwind(run).is_err(), "{threads}");
        }
    }

    #[test]
    fn no_work_is_done_at_once() {
        let work = Noted { waits: Vec::new(), ..noted(0) };
        Schedule::new(&[], Vec::new(), 5).run(2, &work).unwrap();
    }
}
