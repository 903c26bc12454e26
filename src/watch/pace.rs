//! When to look, when to begin and when to stop: the loop as a small machine that knows nothing of files and threads.

use std::time::{Duration, Instant};

/// Editors save in several steps: after this time without another they are done.
pub(super) const QUIET: Duration = Duration::from_millis(80);
/// What never comes to rest is looked at after this time all the same.
pub(super) const PATIENCE: Duration = Duration::from_millis(500);
/// How often everything is looked at unasked: events get lost, and some disks send none.
pub(super) const SWEEP: Duration = Duration::from_secs(2);

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Wait for a message, at most so long.
    Wait(Duration),
    /// Compare what the files hold with what they held.
    Look,
    /// Begin a job for what changed at that time.
    Begin(Instant),
    /// Tell the job that is under way to stop.
    Cancel,
    /// End.
    Leave,
}

/// What a look at the files found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Found {
    /// All is as it was.
    Nothing,
    /// Something is being written.
    Unrest,
    /// Something is another.
    Change,
}

/// Where the loop stands.
#[derive(Debug)]
pub(super) struct Pace {
    /// The first and the last sign of a change that was not looked at yet.
    signs: Option<(Instant, Instant)>,
    /// When everything was looked at last.
    looked: Instant,
    /// Since when a change waits for its job.
    changed: Option<Instant>,
    job: Job,
    leaving: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Job {
    None,
    Works,
    Stops,
}

impl Pace {
    /// A loop that begins with a job.
    pub(super) fn new(now: Instant) -> Pace {
        Pace { signs: None, looked: now, changed: Some(now), job: Job::None, leaving: false }
    }

    /// Something may have changed.
    pub(super) fn sign(&mut self, now: Instant) {
        let first = self.signs.map_or(now, |(first, _)| first);
        self.signs = Some((first, now));
    }

    /// How long a file must have been left alone to be taken for whole: what never comes to rest is taken as it is.
    pub(super) fn rest(&self, now: Instant) -> Duration {
        match self.signs {
            Some((first, last)) if now >= first + PATIENCE && now < last + QUIET => Duration::ZERO,
            _ => QUIET,
        }
    }

    /// The files were looked at.
    pub(super) fn looked(&mut self, now: Instant, found: Found) {
        self.looked = now;
        let first = self.signs.take().map_or(now, |(first, _)| first);
        match found {
            Found::Nothing => {}
            Found::Unrest => self.signs = Some((first, now)),
            Found::Change => self.changed = Some(self.changed.map_or(first, |since| since.min(first))),
        }
    }

    /// The job has ended.
    pub(super) fn ended(&mut self) {
        self.job = Job::None;
    }

    /// The user wants to leave.
    pub(super) fn leave(&mut self) {
        self.leaving = true;
    }

    /// Whether nothing is being done.
    pub(super) fn idles(&self) -> bool {
        self.job == Job::None && self.signs.is_none() && self.changed.is_none()
    }

    /// What is to be done now.
    pub(super) fn next(&mut self, now: Instant) -> Next {
        if !self.leaving && now >= self.due() {
            return Next::Look;
        }
        match (self.job, self.leaving, self.changed) {
            (Job::None, true, _) => Next::Leave,
            (Job::None, false, Some(since)) => {
                (self.changed, self.job) = (None, Job::Works);
                Next::Begin(since)
            }
            (Job::Works, true, _) | (Job::Works, _, Some(_)) => {
                self.job = Job::Stops;
                Next::Cancel
            }
            _ => Next::Wait(self.due().saturating_duration_since(now)),
        }
    }

    /// When to look next.
    fn due(&self) -> Instant {
        let sweep = self.looked + SWEEP;
        self.signs.map_or(sweep, |(first, last)| sweep.min(last + QUIET).min(first + PATIENCE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: Instant, ms: u64) -> Instant {
        start + Duration::from_millis(ms)
    }

    /// A loop whose first job has ended.
    fn idle() -> (Pace, Instant) {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        assert_eq!(pace.next(start), Next::Begin(start));
        pace.ended();
        (pace, start)
    }

    #[test]
    fn it_waits_for_quiet_before_it_looks() {
        let (mut pace, start) = idle();
        pace.sign(at(start, 100));
        pace.sign(at(start, 150));
        assert_eq!(pace.next(at(start, 160)), Next::Wait(Duration::from_millis(70)));
        assert_eq!(pace.next(at(start, 230)), Next::Look);
        pace.looked(at(start, 230), Found::Change);
        assert_eq!(pace.next(at(start, 231)), Next::Begin(at(start, 100)), "the time runs from the save");
    }

    #[test]
    fn what_never_rests_is_looked_at_in_the_end() {
        let (mut pace, start) = idle();
        for ms in (0..500).step_by(20) {
            pace.sign(at(start, ms));
            assert!(matches!(pace.next(at(start, ms)), Next::Wait(_)), "{ms}");
        }
        pace.sign(at(start, 500));
        assert_eq!(pace.next(at(start, 500)), Next::Look);
    }

    #[test]
    fn it_looks_unasked_every_two_seconds() {
        let (mut pace, start) = idle();
        assert_eq!(pace.next(start), Next::Wait(SWEEP));
        assert_eq!(pace.next(at(start, 2000)), Next::Look);
        pace.looked(at(start, 2000), Found::Nothing);
        assert_eq!(pace.next(at(start, 2001)), Next::Wait(Duration::from_millis(1999)));
    }

    #[test]
    fn a_change_stops_the_job_once_and_then_has_its_own() {
        let (mut pace, start) = idle();
        pace.looked(start, Found::Change);
        assert_eq!(pace.next(start), Next::Begin(start));
        pace.sign(at(start, 10));
        pace.looked(at(start, 90), Found::Change);
        assert_eq!(pace.next(at(start, 90)), Next::Cancel);
        assert!(matches!(pace.next(at(start, 91)), Next::Wait(_)), "it is told once");
        pace.sign(at(start, 100));
        pace.looked(at(start, 180), Found::Change);
        assert!(matches!(pace.next(at(start, 181)), Next::Wait(_)));
        pace.ended();
        assert_eq!(pace.next(at(start, 190)), Next::Begin(at(start, 10)));
        assert!(!pace.idles());
    }

    #[test]
    fn equal_content_begins_nothing() {
        let (mut pace, start) = idle();
        pace.sign(at(start, 10));
        assert!(!pace.idles());
        pace.looked(at(start, 90), Found::Nothing);
        assert!(matches!(pace.next(at(start, 90)), Next::Wait(_)));
        assert!(pace.idles());
    }

    #[test]
    fn half_a_save_is_looked_at_again_but_not_for_ever() {
        let (mut pace, start) = idle();
        pace.sign(start);
        for ms in [80, 160, 240, 320, 400, 480] {
            assert_eq!((pace.next(at(start, ms)), pace.rest(at(start, ms))), (Next::Look, QUIET), "{ms}");
            pace.looked(at(start, ms), Found::Unrest);
        }
        assert_eq!((pace.next(at(start, 500)), pace.rest(at(start, 500))), (Next::Look, Duration::ZERO));
        pace.looked(at(start, 500), Found::Change);
        assert_eq!(pace.next(at(start, 500)), Next::Begin(start));
    }

    #[test]
    fn who_leaves_waits_for_the_job_only() {
        let (mut pace, start) = idle();
        pace.looked(start, Found::Change);
        pace.next(start);
        pace.leave();
        assert_eq!(pace.next(at(start, 5000)), Next::Cancel, "it looks no more");
        pace.ended();
        assert_eq!(pace.next(at(start, 5001)), Next::Leave);
        let (mut pace, start) = idle();
        pace.leave();
        assert_eq!(pace.next(start), Next::Leave);
    }
}
