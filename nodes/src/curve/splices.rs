//! Time that was cut out of a song or let in, and where its clock goes on.

use crate::unit::Frames;
use std::sync::Arc;

/// Where the clock of before goes on after a cut, or waits while something is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Splice {
    /// The first frame.
    pub at: Frames,
    /// The frame of before that it stands for.
    pub from: Frames,
    /// Whether the clock runs on from there.
    pub runs: bool,
}

/// All splices of a song, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splices(pub Arc<[Splice]>);

impl Splices {
    /// The frame of before that a frame stands for.
    pub(super) fn before(&self, at: Frames) -> Frames {
        let Some(splice) = self.at(at) else { return at };
        if splice.runs { splice.from + (at - splice.at) } else { splice.from }
    }

    /// Whether two frames lie between the same splices.
    pub(super) fn holds(&self, from: Frames, to: Frames) -> bool {
        self.at(from) == self.at(to)
    }

    fn at(&self, at: Frames) -> Option<&Splice> {
        let after = self.0.partition_point(|splice| splice.at <= at);
        self.0.get(after.saturating_sub(1))
    }
}
