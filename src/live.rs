//! The live page of a watched song: a server on this machine alone, for whoever was told its address.

mod assets;
mod changed;
mod dat;
mod failure;
mod guard;
mod library;
mod listen;
mod message;
mod meters;
mod plots;
mod range;
mod routes;
mod server;
mod socket;
mod spectrum;
mod status;
mod svg;
mod token;
mod told;
mod wav;

use crate::watch::audience::{Audience, Rendered};
use guard::Guard;
use library::{Kept, Library};
use message::{State, ToPage};
use mixwright_engine::diagnostic::Diagnostic;
use server::Server;
pub(crate) use server::{Port, Unserved};
use status::Shared;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

/// How far a render has come since pages were told: finer is not to be seen.
const SEEN: f64 = 0.01;

/// How a song is served.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// Where it listens.
    pub(crate) port: Port,
    /// The folder in which the token is kept, so that old pages find a new server; without one it is made anew.
    pub(crate) token: Option<PathBuf>,
}

/// A server at work. It ends when it is dropped.
pub(crate) struct Live {
    shared: Arc<Shared>,
    server: Server,
    token: String,
}

/// Begins to serve.
///
/// # Errors
/// If no port is free, or the system gives no threads.
pub(crate) fn serve(settings: &Settings) -> Result<Live, Unserved> {
    let token = token::kept(settings.token.as_deref())?;
    let listener = server::listen(settings.port)?;
    let guard = Guard::new(listener.local_addr().map_err(Unserved::System)?.port(), &token);
    let library = Library::new(token::random(4)?);
    let shared = Arc::new(Shared::new(guard, library, assets::build()));
    let server = Server::start(listener, routes::router(shared.clone(), &token))?;
    let worker = shared.clone();
    thread::Builder::new()
        .name("listening".to_owned())
        .spawn(move || listen::work(&worker))
        .map_err(Unserved::System)?;
    Ok(Live { shared, server, token })
}

impl Live {
    /// Where the page is, for a browser.
    pub(crate) fn address(&self) -> String {
        format!("http://{}/{}/", self.server.address(), self.token)
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.shared.desk.close();
    }
}

impl Audience for Live {
    fn rendering(&self, fraction: f64) {
        self.shared.desk.make_way(true);
        self.shared.change(|status| {
            let news = status.state != State::Rendering || (fraction - status.fraction).abs() >= SEEN;
            (status.state, status.error) = (State::Rendering, None);
            if !news {
                return None;
            }
            status.fraction = fraction;
            Some(ToPage::Rendering { fraction })
        });
    }

    fn rendered(&self, rendered: Rendered) {
        let Some(take) = rendered.report.take.clone() else { return self.healed() };
        let (before, (number, names)) = {
            let status = self.shared.status();
            (status.library.last().cloned(), status.library.coming())
        };
        let render = told::render(number, &names, &rendered, &take, before.as_deref());
        let message = Arc::new(render);
        let kept = Kept {
            number,
            folder: rendered.song.folder.clone(),
            resolved: rendered.resolved,
            take,
            message: message.clone(),
        };
        self.shared.change(|status| {
            status.library.add(kept);
            (status.state, status.error, status.fraction) = (State::Ready, None, 1.0);
            Some(ToPage::Render { render: message })
        });
        self.shared.desk.make_way(false);
    }

    fn failed(&self, errors: &[Diagnostic]) {
        let error = Arc::new(failure::error(errors));
        self.shared.change(|status| {
            (status.state, status.error) = (State::Error, Some(error.clone()));
            Some(ToPage::Error { error })
        });
        self.shared.desk.make_way(false);
    }

    fn healed(&self) {
        self.shared.change(|status| {
            (status.state, status.error) = (State::Ready, None);
            Some(ToPage::Healed)
        });
        self.shared.desk.make_way(false);
    }
}

#[cfg(test)]
mod tests;
