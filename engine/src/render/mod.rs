//! A plan to sound: blocks on all threads, outputs trimmed and metered as they come.

mod buffer;
mod fader;
mod follow;
mod live;
pub mod pipeline;
pub mod sources;
mod sum;

use mixwright_nodes::unit::Frames;
use std::sync::atomic::{AtomicBool, Ordering};

/// Why a render ended early.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// It was told to stop.
    #[error("stopped before the end")]
    Cancelled,
    /// There are no threads to work on.
    #[error("cannot start threads: {0}")]
    Threads(String),
    /// A mistake of ours.
    #[error("`{node}` broke down: {cause}")]
    Bug {
        /// The nodes that were at work.
        node: String,
        /// What the panic said.
        cause: String,
    },
}

/// Who is told how far a render is, and who may stop it.
#[derive(Clone, Copy)]
pub struct Progress<'p> {
    /// Called now and then with the frames done, the frames there are, and the rate.
    pub told: &'p (dyn Fn(Frames, Frames, u32) + Sync),
    /// Set to stop at the next block.
    pub stop: &'p AtomicBool,
}

impl Progress<'_> {
    fn cancelled(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn tell(&self, done: Frames, all: Frames, rate: u32) {
        (self.told)(done.min(all), all, rate);
    }
}
