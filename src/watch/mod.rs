//! `mixwright watch`: renders a song anew whenever a file changes that it is made of.
//!
//! Events only say when to look; what counts is content. So lost events, storms and strange editors cost time, never truth.

pub(crate) mod audience;
mod desk;
mod events;
mod job;
mod line;
mod pace;
mod places;
mod snapshot;
mod sum;
#[cfg(test)]
mod tests;

use crate::{args, cache, live, outcome::Outcome, stop, tell};
use audience::{Audience, Nobody};
use desk::{Desk, Message};
use events::Events;
use job::Shared;
use snapshot::{Kind, Snapshot};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

/// Set to watch without events, as on a disk that sends none.
const NO_EVENTS: &str = "MIXWRIGHT_WATCH_NO_EVENTS";

pub(crate) fn run(args: &args::Watch) -> Result<(), Outcome> {
    let (send, receive) = channel();
    let leave = send.clone();
    stop::from_outside(move || drop(leave.send(Message::Leave)))?;
    let events = match std::env::var_os(NO_EVENTS) {
        Some(_) => Events::none(),
        None => heard(&send),
    };
    match live(args)? {
        Some(live) => watch(&args.made, &live, Heard::ByEars, events, (send, &receive)),
        None => watch(&args.made, &Nobody, Heard::ByNobody, events, (send, &receive)),
    }
    Ok(())
}

/// Who has use for more than the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    /// A page that is played and drawn.
    ByEars,
    /// Nobody: what meters would tell is read by no one.
    ByNobody,
}

/// The live page, if it is asked for; its address is told.
fn live(args: &args::Watch) -> Result<Option<live::Live>, Outcome> {
    if !args.serve {
        return Ok(None);
    }
    let port = args.port.map_or(live::Port::Usual, live::Port::At);
    let live = live::serve(&live::Settings { port, token: cache::place(&args.made.caching) })?;
    tell(&format!("live at {}\n", live.address()));
    if args.open
        && let Err(error) = opener::open_browser(live.address())
    {
        tell(&format!("no browser can be opened ({error}): open the address yourself\n"));
    }
    Ok(Some(live))
}

/// Events that become messages.
fn heard(send: &Sender<Message>) -> Events {
    let send = send.clone();
    Events::new(move || drop(send.send(Message::Sign)))
}

/// Watches until a message says to leave.
fn watch(
    args: &args::Made,
    audience: &dyn Audience,
    heard: Heard,
    events: Events,
    (send, receive): (Sender<Message>, &Receiver<Message>),
) {
    let mut snapshot = Snapshot::default();
    snapshot.watch(&BTreeMap::from([(args.song.script.clone(), Kind::Text)]));
    let shared = Shared {
        args,
        audience,
        heard,
        store: cache::store(&args.caching),
        snapshot: Mutex::new(snapshot),
        warned: Default::default(),
    };
    std::thread::scope(|scope| Desk::new(&shared, events, send).work(receive, scope));
}
