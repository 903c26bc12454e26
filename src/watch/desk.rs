//! The loop: hears of changes, looks at files, and has one job at a time done on a thread of its own.

use super::{
    audience::Rendered,
    events::Events,
    job::{Ended, Good, Job, Made, Shared},
    line,
    pace::{Found, Next, Pace},
    places::Places,
    sum::{Reading, Sum},
};
use crate::{draw, outcome::Outcome, stop, tell};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::thread::Scope;
use std::time::{Duration, Instant};

/// What the loop is told.
pub(super) enum Message {
    /// Something may have changed.
    Sign,
    /// The files of the song are known.
    Known,
    /// The job has ended.
    Ended(Ended),
    /// The user wants to leave.
    Leave,
}

/// The loop and all that it knows.
pub(super) struct Desk<'a> {
    shared: &'a Shared<'a>,
    events: Events,
    pace: Pace,
    send: Sender<Message>,
    /// The last good render.
    good: Option<Arc<Good>>,
    /// Whether the last job failed.
    failed: bool,
    /// What stops the job that is under way.
    stop: Arc<AtomicBool>,
    /// Since when its save is waited for.
    since: Instant,
    /// A sound whose bytes are being read while nothing else is to be done.
    reading: Option<Reading>,
}

impl<'a> Desk<'a> {
    /// A loop that hears of `events`; `send` leads to what [`Desk::work`] receives.
    pub(super) fn new(shared: &'a Shared<'a>, events: Events, send: Sender<Message>) -> Desk<'a> {
        let now = Instant::now();
        Desk {
            shared,
            events,
            pace: Pace::new(now),
            send,
            good: None,
            failed: false,
            stop: Arc::default(),
            since: now,
            reading: None,
        }
    }

    /// Works until the user leaves.
    pub(super) fn work<'s>(mut self, receive: &Receiver<Message>, scope: &'s Scope<'s, '_>)
    where
        'a: 's,
    {
        self.follow();
        loop {
            match self.pace.next(Instant::now()) {
                Next::Wait(at_most) => match self.wait(receive, at_most) {
                    Ok(message) => self.hear(message),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                },
                Next::Look => self.look(),
                Next::Begin(since) => self.begin(since, scope),
                Next::Cancel => self.stop.store(true, Ordering::Relaxed),
                Next::Leave => return,
            }
        }
    }

    /// Waits for a message; reads sounds meanwhile if there are any to read.
    fn wait(&mut self, receive: &Receiver<Message>, at_most: Duration) -> Result<Message, RecvTimeoutError> {
        let begun = Instant::now();
        while self.pace.idles() && self.read_on() {
            match receive.try_recv() {
                Err(TryRecvError::Empty) if begun.elapsed() < at_most => {}
                Err(TryRecvError::Empty) => return Err(RecvTimeoutError::Timeout),
                Err(TryRecvError::Disconnected) => return Err(RecvTimeoutError::Disconnected),
                Ok(message) => return Ok(message),
            }
        }
        receive.recv_timeout(at_most.saturating_sub(begun.elapsed()))
    }

    /// Reads a bit of a sound that was not read yet; whether there was any.
    fn read_on(&mut self) -> bool {
        let reading = self.reading.take().or_else(|| {
            let (path, mark) = self.shared.snapshot().unread()?;
            let reading = Reading::begin(path.clone(), mark.clone());
            if reading.is_none() {
                self.shared.snapshot().learn(&path, &mark, Sum::UNKNOWN);
            }
            reading
        });
        let Some(mut reading) = reading else { return self.shared.snapshot().unread().is_some() };
        match reading.step() {
            Some(sum) => {
                let sum = sum.unwrap_or(Sum::UNKNOWN);
                self.shared.snapshot().learn(&reading.path, &reading.mark, sum);
            }
            None => self.reading = Some(reading),
        }
        true
    }

    fn hear(&mut self, message: Message) {
        match message {
            Message::Sign => self.pace.sign(Instant::now()),
            Message::Known => self.follow(),
            Message::Ended(ended) => {
                self.pace.ended();
                self.end(ended);
            }
            Message::Leave => {
                if !self.pace.idles() {
                    tell(stop::STOPPING);
                }
                self.pace.leave();
            }
        }
    }

    /// Compares what the files hold with what they held; outputs that are gone are wanted again.
    fn look(&mut self) {
        let found = self.shared.snapshot().look(self.pace.rest(Instant::now()));
        let gone = || self.good.as_ref().is_some_and(|good| good.gone().is_some());
        let wanted = found == Found::Nothing && self.pace.idles() && !self.failed && gone();
        self.pace.looked(Instant::now(), if wanted { Found::Change } else { found });
        self.follow();
    }

    /// Watches where the files are now.
    fn follow(&mut self) {
        let places = Places::of(self.shared.snapshot().paths());
        if self.events.follow(places) {
            // What happened before the watch began was not told.
            self.pace.sign(Instant::now());
        }
        if let Some(why) = self.events.refused() {
            tell(&format!("not all changes are heard of at once ({why}): looking every 2 s\n"));
        }
    }

    fn begin<'s>(&mut self, since: Instant, scope: &'s Scope<'s, '_>)
    where
        'a: 's,
    {
        self.since = since;
        self.stop = Arc::default();
        let (good, stop) = (self.good.clone(), self.stop.clone());
        let (shared, send) = (self.shared, self.send.clone());
        scope.spawn(move || {
            let known = || drop(send.send(Message::Known));
            let ended = Job { shared, good, stop }.done(&known);
            drop(send.send(Message::Ended(ended)));
        });
    }

    /// Tells how a job ended.
    fn end(&mut self, ended: Ended) {
        match ended {
            Ended::Cancelled => {}
            Ended::Same => {
                self.failed = false;
                tell(&line::same(&line::clock()));
                self.shared.audience.healed();
            }
            Ended::Rendered(made) => self.rendered(*made),
            Ended::Failed(outcome) => self.fail(&outcome),
        }
    }

    fn rendered(&mut self, made: Made) {
        let Made { good, words, song, resolved, report } = made;
        let took = self.since.elapsed();
        self.failed = false;
        tell(&line::rendered(&line::clock(), &words, &good.master, took, report.recalled.as_ref()));
        self.good = Some(good);
        let words = words.iter().map(ToString::to_string).collect();
        self.shared.audience.rendered(Rendered {
            words,
            seconds: took.as_secs_f64(),
            song,
            resolved,
            report,
        });
    }

    fn fail(&mut self, outcome: &Outcome) {
        self.failed = true;
        let errors = outcome.diagnostics();
        errors.iter().for_each(|error| tell(&draw::draw(error)));
        let kept = self.good.as_ref().and_then(|good| good.kept());
        tell(&line::not_rendered(&line::clock(), kept));
        self.shared.audience.failed(&errors);
    }
}
