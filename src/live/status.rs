//! What the server knows at a moment, and how all pages hear of what changes.

use super::{
    guard::Guard,
    library::Library,
    listen::Desk,
    message::{Error, Hello, State, ToPage},
};
use axum::extract::ws::Utf8Bytes;
use mixwright_engine::panic::locked;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::broadcast;

/// Events that a slow page may lag behind; one that lags further is told all from the beginning.
const EVENTS: usize = 64;

/// What is told to all pages.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) text: Utf8Bytes,
    /// Whether there is a new render, of which pages want to hear what they heard of the last.
    pub(super) rendered: bool,
}

/// What all who serve share.
pub(super) struct Shared {
    pub(super) guard: Guard,
    pub(super) desk: Desk,
    build: String,
    status: Mutex<Status>,
    events: broadcast::Sender<Event>,
    pages: AtomicU64,
}

/// What the server knows at a moment.
pub(super) struct Status {
    pub(super) library: Library,
    pub(super) state: State,
    pub(super) fraction: f64,
    pub(super) error: Option<Arc<Error>>,
}

impl Shared {
    pub(super) fn new(guard: Guard, library: Library, build: String) -> Shared {
        let status = Status { library, state: State::Ready, fraction: 0.0, error: None };
        let (status, (events, _)) = (Mutex::new(status), broadcast::channel(EVENTS));
        Shared { guard, desk: Desk::default(), build, status, events, pages: AtomicU64::new(0) }
    }

    pub(super) fn status(&self) -> MutexGuard<'_, Status> {
        locked(&self.status)
    }

    /// Changes what is known and tells all pages, of which none comes in between.
    pub(super) fn change(&self, change: impl FnOnce(&mut Status) -> Option<ToPage>) {
        let mut status = self.status();
        if let Some(message) = change(&mut status) {
            let rendered = matches!(message, ToPage::Render { .. });
            // Without pages nobody hears it.
            _ = self.events.send(Event { text: text(&message), rendered });
        }
    }

    /// All that is known, and what will be.
    pub(super) fn join(&self) -> (Utf8Bytes, broadcast::Receiver<Event>) {
        let status = self.status();
        let events = self.events.subscribe();
        let hello = Hello {
            build: self.build.clone(),
            state: status.state,
            fraction: status.fraction,
            renders: status.library.renders(),
            error: status.error.clone(),
        };
        (text(&ToPage::Hello(hello)), events)
    }

    /// A number for a page.
    pub(super) fn page(&self) -> u64 {
        self.pages.fetch_add(1, Ordering::Relaxed)
    }
}

/// A message as it is sent.
pub(super) fn text(message: &ToPage) -> Utf8Bytes {
    serde_json::to_string(message).unwrap_or_default().into()
}
