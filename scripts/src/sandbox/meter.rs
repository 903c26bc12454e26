//! What an evaluation may use: operations, time, memory. It counts by itself, because callbacks run on copies of Rhai's
//! counter, and once something is spent it stays spent, because `sort` and `dedup` swallow the errors of their comparers.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// How often memory is measured: a script cannot fill much more than a value of the largest size in that time.
const LOOK: Duration = Duration::from_millis(1);

/// What one evaluation may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Operations: the same count in each run. A script of a thousand tracks needs a fifth of the default. Times the bytes
    /// of stack that dropping a nested value takes, it must stay below the stack of an evaluation.
    pub operations: u64,
    /// Time by the clock.
    pub time: Duration,
    /// Bytes above what was in use at the start.
    pub memory: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { operations: 1_000_000, time: Duration::from_secs(10), memory: 256 << 20 }
    }
}

/// The limit that an evaluation ran into: the token of Rhai's `ErrorTerminated`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spent {
    /// It did more than so many operations.
    Operations(u64),
    /// It took longer than this.
    Time(Duration),
    /// It held more than so many bytes.
    Memory(usize),
}

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Spent::Operations(most) => write!(f, "the script did more than {} operations", grouped(*most)),
            Spent::Time(most) => write!(f, "the script ran for more than {} s", most.as_secs_f64()),
            Spent::Memory(most) => write!(f, "the script held more than {} MiB", most >> 20),
        }
    }
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Counts what one evaluation uses, from its making on.
pub(super) struct Meter {
    limits: Limits,
    in_use: fn() -> usize,
    before: usize,
    began: Instant,
    operations: AtomicU64,
    /// When memory was measured last, in microseconds from the start.
    looked: AtomicU64,
    spent: OnceLock<Spent>,
}

impl Meter {
    pub(super) fn new(limits: Limits, in_use: fn() -> usize) -> Self {
        Meter {
            limits,
            in_use,
            before: in_use(),
            began: Instant::now(),
            operations: AtomicU64::new(0),
            looked: AtomicU64::new(0),
            spent: OnceLock::new(),
        }
    }

    /// Counts an operation; what is spent, if anything is.
    pub(super) fn tick(&self) -> Option<Spent> {
        if let Some(spent) = self.spent.get() {
            return Some(*spent);
        }
        let spent = self.over_operations().or_else(|| self.over_time_or_memory())?;
        Some(*self.spent.get_or_init(|| spent))
    }

    fn over_operations(&self) -> Option<Spent> {
        let done = self.operations.fetch_add(1, Relaxed) + 1;
        (done > self.limits.operations).then_some(Spent::Operations(self.limits.operations))
    }

    /// The clock is read at every operation, because one native call on a large value can take long.
    fn over_time_or_memory(&self) -> Option<Spent> {
        let elapsed = self.began.elapsed();
        if elapsed > self.limits.time {
            return Some(Spent::Time(self.limits.time));
        }
        let now = elapsed.as_micros() as u64;
        if now - self.looked.load(Relaxed) < LOOK.as_micros() as u64 {
            return None;
        }
        self.looked.store(now, Relaxed);
        let held = (self.in_use)().saturating_sub(self.before);
        (held > self.limits.memory).then_some(Spent::Memory(self.limits.memory))
    }
}

/// The bytes of memory that the whole process holds, by `/proc`; 0 where there is none, and memory is then unbounded but
/// for the limits of each value. What other threads take meanwhile counts too.
#[allow(clippy::disallowed_methods, reason = "what the system says of the process is no file of a song")]
pub fn resident() -> usize {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
            line.split_whitespace().next()?.parse::<usize>().ok()
        })
        .map_or(0, |kibibytes| kibibytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_exact_and_stays_spent() {
        let meter = Meter::new(Limits { operations: 5, ..Limits::default() }, || 0);
        assert!((0..5).all(|_| meter.tick().is_none()));
        assert!((0..3).all(|_| meter.tick() == Some(Spent::Operations(5))));
    }

    #[test]
    fn time_and_memory_run_out() {
        let late = Meter::new(Limits { time: Duration::ZERO, ..Limits::default() }, || 0);
        assert_eq!(late.tick(), Some(Spent::Time(Duration::ZERO)));
        fn growing() -> usize {
            static CALLS: AtomicU64 = AtomicU64::new(0);
            (CALLS.fetch_add(1, Relaxed) as usize) * (300 << 20)
        }
        let full = Meter::new(Limits::default(), growing);
        let spent = std::iter::repeat_with(|| full.tick()).find_map(|spent| spent);
        assert_eq!(spent, Some(Spent::Memory(256 << 20)));
    }

    #[test]
    fn limits_read_well() {
        assert_eq!(Spent::Operations(1_000_000).to_string(), "the script did more than 1,000,000 operations");
        assert_eq!(Spent::Time(Duration::from_secs(10)).to_string(), "the script ran for more than 10 s");
        assert_eq!(Spent::Memory(256 << 20).to_string(), "the script held more than 256 MiB");
    }
}
