//! How far a render is: on a terminal only, and never more often than one can see.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mixwright_nodes::unit::Frames;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// A line that tells how far a render is, how fast, and how long it will take.
pub(crate) struct Line {
    bar: ProgressBar,
    begun: Instant,
}

impl Line {
    /// A line, unless it is not wanted or there is no terminal.
    pub(crate) fn new(wanted: Wanted) -> Line {
        let bar = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr_with_hz(10));
        if wanted == Wanted::No || !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let style = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}")
            .map(|style| style.progress_chars("=> "));
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Line { bar, begun: Instant::now() }
    }

    /// So many frames of so many are done.
    pub(crate) fn tell(&self, done: Frames, all: Frames, rate: u32) {
        if self.bar.is_hidden() {
            return;
        }
        let elapsed = self.begun.elapsed();
        self.bar.set_length(all.0.max(1) as u64);
        self.bar.set_position(done.0.max(0) as u64);
        let speed = done.seconds(rate) / elapsed.as_secs_f64().max(1e-3);
        let left = Duration::from_secs_f64(((all - done).seconds(rate) / speed.max(1e-3)).clamp(0.0, 1e6));
        self.bar.set_message(format!("{speed:.0} x real time, {} s left", left.as_secs()));
    }

    /// Takes the line away.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// Whether a line is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Where there is a terminal.
    Yes,
    /// Not at all.
    No,
}
