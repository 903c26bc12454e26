//! The server itself: a runtime of its own with two threads, so that no render keeps it from answering.

use axum::Router;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use mixwright_engine::files::FileError;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::{
    net::TcpStream,
    runtime::{self, Runtime},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::sleep,
};

/// The first port that is tried, and how many are.
const PORTS: (u16, u16) = (4747, 10);

/// Lines that are open at once: the next waits until one closes.
const LINES: usize = 64;

/// Whoever has not said what it wants by then is sent away.
const HEADERS: Duration = Duration::from_secs(5);

/// Threads that read from the disk and draw.
const READERS: usize = 4;

/// Where a server listens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Port {
    /// At the usual port, or the next that is free.
    #[default]
    Usual,
    /// There; at 0 the system chooses.
    At(u16),
}

/// Why nothing is served.
#[derive(Debug)]
pub(crate) enum Unserved {
    /// The port that was named is not to be had.
    Taken(u16, io::Error),
    /// None of the usual ports is.
    AllTaken,
    /// The system refused.
    System(io::Error),
    /// The token cannot be kept.
    Token(FileError),
}

impl std::fmt::Display for Unserved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (first, count) = PORTS;
        match self {
            Unserved::Taken(port, error) => write!(f, "cannot listen on port {port} of 127.0.0.1: {error}"),
            Unserved::AllTaken => write!(f, "the ports {first} to {} are all taken", first + count - 1),
            Unserved::System(error) => write!(f, "cannot serve the page: {error}"),
            Unserved::Token(error) => error.fmt(f),
        }
    }
}

impl From<FileError> for Unserved {
    fn from(error: FileError) -> Self {
        Unserved::Token(error)
    }
}

/// Listens on this machine alone.
pub(super) fn listen(port: Port) -> Result<TcpListener, Unserved> {
    let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let (first, count) = PORTS;
    let listener = match port {
        Port::At(port) => bind(port).map_err(|error| Unserved::Taken(port, error)),
        Port::Usual => (first..first + count).find_map(|port| bind(port).ok()).ok_or(Unserved::AllTaken),
    }?;
    listener.set_nonblocking(true).map_err(Unserved::System)?;
    Ok(listener)
}

/// A server at work. It ends when it is dropped.
pub(super) struct Server {
    address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Server {
    /// Serves whoever comes.
    pub(super) fn start(listener: TcpListener, router: Router) -> Result<Server, Unserved> {
        let address = listener.local_addr().map_err(Unserved::System)?;
        let mut threads = runtime::Builder::new_multi_thread();
        let threads =
            threads.worker_threads(2).max_blocking_threads(READERS).thread_name("live").enable_all();
        let runtime = threads.build().map_err(Unserved::System)?;
        let listener = {
            let _here = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(Unserved::System)?
        };
        runtime.spawn(accept(listener, router));
        Ok(Server { address, runtime: Some(runtime) })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nobody is waited for: lines to pages never end by themselves.
        self.runtime.take().into_iter().for_each(Runtime::shutdown_background);
    }
}

async fn accept(listener: tokio::net::TcpListener, router: Router) {
    let lines = Arc::new(Semaphore::new(LINES));
    loop {
        let Ok(line) = lines.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(answer(stream, router.clone(), line))),
            // No handles are left, or who called is gone again.
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn answer(stream: TcpStream, router: Router, _line: OwnedSemaphorePermit) {
    // Events are short and must not wait for more.
    _ = stream.set_nodelay(true);
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_headers(64)
        .max_buf_size(1 << 16);
    let service = TowerToHyperService::new(router);
    // A line that breaks is no news: the page calls again.
    _ = builder.serve_connection_with_upgrades(TokioIo::new(stream), service).await;
}
