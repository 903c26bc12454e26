//! The line to a page: it is told all there is, then what changes, and says what it wants to listen to.

use super::{
    listen::{Asked, without_source},
    message::{FromPage, ToPage, Wish},
    status::{Shared, text},
};
use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use std::sync::Arc;
use std::time::Duration;
use tokio::{
    sync::{
        broadcast::error::RecvError,
        mpsc::{UnboundedSender, unbounded_channel},
    },
    time::{Instant, interval_at, timeout},
};

/// What a page says is short.
pub(super) const LONGEST: usize = 1 << 16;

const PING: Duration = Duration::from_secs(15);

/// A page that takes nothing for so long is gone.
const PATIENCE: Duration = Duration::from_secs(20);

/// Talks to a page until it is gone.
pub(super) async fn talk(mut socket: WebSocket, shared: Arc<Shared>) {
    let page = shared.page();
    talking(&mut socket, &shared, page).await;
    shared.desk.forget(page);
}

/// Ends with nothing when the page is gone.
async fn talking(socket: &mut WebSocket, shared: &Arc<Shared>, page: u64) -> Option<()> {
    let (hello, mut events) = shared.join();
    let (answer, mut answers) = unbounded_channel();
    let mut wish = Wish::default();
    let mut ping = interval_at(Instant::now() + PING, PING);
    say(socket, hello).await?;
    loop {
        let words = tokio::select! {
            said = socket.recv() => {
                if let Message::Text(said) = said?.ok()? {
                    wish = wished(&said)?;
                    ask(shared, page, &wish, &answer);
                }
                continue;
            }
            event = events.recv() => match event {
                Ok(event) => {
                    if event.rendered && !wish.is_none() {
                        ask(shared, page, &wish, &answer);
                    }
                    event.text
                }
                Err(RecvError::Lagged(_)) => {
                    let (hello, anew) = shared.join();
                    events = anew;
                    hello
                }
                Err(RecvError::Closed) => return None,
            },
            answer = answers.recv() => answer?,
            _ = ping.tick() => text(&ToPage::Ping),
        };
        say(socket, words).await?;
    }
}

/// What a page wishes; none if it speaks another language, which none of ours does.
fn wished(said: &str) -> Option<Wish> {
    let FromPage::Listen(mut wish) = serde_json::from_str(said).ok()?;
    for names in [&mut wish.solo, &mut wish.mute] {
        names.sort();
        names.dedup();
    }
    Some(wish)
}

fn ask(shared: &Shared, page: u64, wish: &Wish, answer: &UnboundedSender<Utf8Bytes>) {
    if !wish.is_none() {
        return shared.desk.ask(Asked { page, wish: wish.clone(), answer: answer.clone() });
    }
    shared.desk.forget(page);
    let render = shared.status().library.last().map_or(0, |kept| kept.number);
    _ = answer.send(text(&ToPage::Solo(without_source(wish, render, None))));
}

async fn say(socket: &mut WebSocket, words: Utf8Bytes) -> Option<()> {
    timeout(PATIENCE, socket.send(Message::Text(words))).await.ok()?.ok()
}
