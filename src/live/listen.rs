//! Solo and mute for listening: renders on the side, one at a time, of which the latest wish wins.
//!
//! A render of the song itself goes before: one on the side stops for it and begins again with what is new.

use super::{
    library::Kept,
    message::{Solo, ToPage, Wish},
    status::{Shared, text},
};
use axum::extract::ws::Utf8Bytes;
use mixwright_engine::{
    listening::{alone, as_long, without},
    panic::locked,
    render::{Disk, Progress, RenderError, Request, render, take::Played},
    sink::Format,
};
use mixwright_nodes::{meter::program::ProgramReading, unit::Frames};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc::UnboundedSender;

/// Where pages leave their wishes.
#[derive(Default)]
pub(super) struct Desk {
    waiting: Mutex<Waiting>,
    bell: Condvar,
    stop: AtomicBool,
}

#[derive(Default)]
struct Waiting {
    asked: Option<Asked>,
    /// Whose wish is being rendered.
    at_work: Option<u64>,
    /// Whether the song itself is being rendered.
    busy: bool,
    closed: bool,
}

/// A page's wish, and where it waits for the answer.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) page: u64,
    pub(super) wish: Wish,
    pub(super) answer: UnboundedSender<Utf8Bytes>,
}

impl Asked {
    fn tell(&self, solo: Solo) {
        // Who is gone waits for nothing.
        _ = self.answer.send(text(&ToPage::Solo(solo)));
    }

    fn refuse(&self, render: u64, why: &str) {
        self.tell(without_source(&self.wish, render, Some(why.to_owned())));
    }
}

/// An answer without a sound.
pub(super) fn without_source(wish: &Wish, render: u64, why: Option<String>) -> Solo {
    let Wish { solo: strips, mute } = wish.clone();
    Solo { strips, mute, render, source: None, loudness: None, why }
}

impl Desk {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        locked(&self.waiting)
    }

    /// Whether a wish waits.
    #[cfg(test)]
    pub(super) fn is_asked(&self) -> bool {
        self.waiting().asked.is_some()
    }

    /// Takes a wish; what is at work for another stops.
    pub(super) fn ask(&self, asked: Asked) {
        let mut waiting = self.waiting();
        let page = asked.page;
        let before = waiting.asked.replace(asked).filter(|before| before.page != page);
        before.iter().for_each(|before| before.refuse(0, ELSEWHERE));
        self.stop.store(true, Ordering::Relaxed);
        self.bell.notify_all();
    }

    /// Forgets the wish of a page.
    pub(super) fn forget(&self, page: u64) {
        let mut waiting = self.waiting();
        waiting.asked.take_if(|asked| asked.page == page);
        if waiting.at_work.take_if(|at_work| *at_work == page).is_some() {
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    /// Makes way for a render of the song itself, until it is over.
    pub(super) fn make_way(&self, busy: bool) {
        let mut waiting = self.waiting();
        waiting.busy = busy;
        if busy {
            self.stop.store(true, Ordering::Relaxed);
        }
        self.bell.notify_all();
    }

    /// Ends the work.
    pub(super) fn close(&self) {
        self.waiting().closed = true;
        self.stop.store(true, Ordering::Relaxed);
        self.bell.notify_all();
    }

    /// The next wish, once it can be worked on; none when all is over.
    fn next(&self) -> Option<Asked> {
        let idle = |waiting: &mut Waiting| !waiting.closed && (waiting.busy || waiting.asked.is_none());
        let waiting = self.bell.wait_while(self.waiting(), idle);
        let mut waiting = waiting.unwrap_or_else(PoisonError::into_inner);
        if waiting.closed {
            return None;
        }
        self.stop.store(false, Ordering::Relaxed);
        let asked = waiting.asked.take();
        waiting.at_work = asked.as_ref().map(|asked| asked.page);
        asked
    }

    /// Ends the work on a wish that was stopped: it waits again unless it was forgotten or another came.
    fn stopped(&self, asked: Asked) {
        let mut waiting = self.waiting();
        let forgotten = waiting.at_work.take().is_none();
        match &waiting.asked {
            Some(newer) if newer.page != asked.page => asked.refuse(0, ELSEWHERE),
            None if !forgotten => waiting.asked = Some(asked),
            _ => {}
        }
    }
}

const ELSEWHERE: &str = "another page asked for something else";

/// Works on wishes until the desk is closed.
pub(super) fn work(shared: &Shared) {
    while let Some(asked) = shared.desk.next() {
        let Some(kept) = shared.status().library.last().cloned() else {
            asked.refuse(0, "nothing is rendered yet");
            continue;
        };
        let had = shared.status().library.answer(&asked.wish);
        if let Some(answer) = had {
            asked.tell(answer);
            continue;
        }
        match heard(&kept, &asked.wish, &shared.desk.stop) {
            Ok((played, reading)) => {
                let loudness = reading.and_then(|reading| reading.loudness.integrated).map(|lufs| lufs.0);
                let answer = shared.status().library.listened(&kept, asked.wish.clone(), played, loudness);
                asked.tell(answer);
            }
            Err(Refusal::Stopped) => shared.desk.stopped(asked),
            Err(Refusal::Failed(why)) => asked.refuse(kept.number, &why),
        }
    }
}

enum Refusal {
    Stopped,
    Failed(String),
}

/// Renders what somebody wishes to hear: the mix of soloed strips, or the master without the muted ones.
fn heard(
    kept: &Arc<Kept>,
    wish: &Wish,
    stop: &AtomicBool,
) -> Result<(Played, Option<ProgramReading>), Refusal> {
    let known = |name: &&String| !kept.resolved.strips.iter().any(|strip| strip.name == **name);
    if let Some(name) = wish.solo.iter().chain(&wish.mute).find(known) {
        return Err(Refusal::Failed(format!("there is no strip named `{name}`")));
    }
    let mut song = without(&kept.resolved, &wish.mute);
    if !wish.solo.is_empty() {
        song = alone(&song, &wish.solo);
    }
    let song = as_long(song, Frames(kept.take.frames as i64));
    let request = Request {
        take: true,
        // Without a store: what is stored goes as far as the song does, and this ends with it.
        ..Request::new(Format::WavFloat)
    };
    let disk = Disk::new(&kept.folder, &std::env::temp_dir());
    let made = render(&song, &request, &disk, &Progress { told: &|_, _, _| {}, stop });
    let report = made.map_err(|error| match error {
        RenderError::Cancelled => Refusal::Stopped,
        error => Refusal::Failed(error.to_string()),
    })?;
    let take = report.take.and_then(Arc::into_inner);
    let Some(take) = take else { return Err(Refusal::Failed("nothing was kept".to_owned())) };
    Ok(if wish.solo.is_empty() { (take.master, report.master) } else { (take.mix, report.mix) })
}
