//! What server and page say to each other.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What the server says.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum ToPage {
    /// All that a page needs to begin with.
    Hello(Hello),
    /// A render is on its way.
    Rendering { fraction: f64 },
    /// A render is made.
    Render { render: Arc<Render> },
    /// The song cannot be rendered as it stands.
    Error { error: Arc<Error> },
    /// The song is again what it was when it was last rendered.
    Healed,
    /// What became of a wish to hear only some strips.
    Solo(Solo),
    /// The line is alive.
    Ping,
}

/// All that a page needs to begin with.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Hello {
    /// Which server: a page from another is loaded anew.
    pub(super) build: String,
    pub(super) state: State,
    pub(super) fraction: f64,
    /// The renders that can be heard, the oldest first.
    pub(super) renders: Vec<Arc<Render>>,
    pub(super) error: Option<Arc<Error>>,
}

/// How the song fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    Ready,
    Rendering,
    Error,
}

/// A render.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Render {
    pub(super) number: u64,
    pub(super) seconds: f64,
    /// What changed.
    pub(super) words: Vec<String>,
    pub(super) title: String,
    pub(super) rate: u32,
    pub(super) frames: usize,
    pub(super) sections: Vec<Section>,
    pub(super) bars: Vec<Bar>,
    pub(super) master: Program,
    pub(super) mix: Program,
    pub(super) target: Option<Target>,
    pub(super) strips: Vec<Strip>,
    /// From and to where the master sounds other than that of the render before.
    pub(super) changed: Vec<(usize, usize)>,
    pub(super) findings: Vec<Finding>,
}

/// A named stretch, in frames.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Section {
    pub(super) name: String,
    pub(super) from: i64,
    pub(super) to: i64,
}

/// The frame at which a bar begins, and its beats.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Bar {
    pub(super) at: i64,
    pub(super) beats: u32,
}

/// A sound that can be heard and drawn, and what it measures.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Program {
    pub(super) source: String,
    pub(super) peaks: String,
    pub(super) meters: String,
    pub(super) loudness: Option<f64>,
    pub(super) true_peak: Option<f64>,
    pub(super) range: Option<f64>,
    pub(super) max_momentary: Option<f64>,
    pub(super) max_short: Option<f64>,
    pub(super) correlation: Option<f64>,
}

/// What the master is to reach.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Target {
    pub(super) loudness: f64,
    pub(super) ceiling: f64,
}

/// A strip after its fader.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Strip {
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) file: String,
    pub(super) line: u32,
    /// None if it is muted.
    pub(super) peaks: Option<String>,
    pub(super) meters: Option<String>,
    pub(super) loudness: Option<f64>,
    /// The largest sample.
    pub(super) peak: Option<f64>,
    /// Of the master alone.
    pub(super) true_peak: Option<f64>,
    pub(super) reductions: Vec<Reduction>,
    pub(super) ran: bool,
}

/// The most that an effect turned down.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Reduction {
    pub(super) effect: String,
    pub(super) most: f64,
}

/// Something to be known about a render.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Finding {
    pub(super) severity: &'static str,
    pub(super) message: String,
    pub(super) hints: Vec<String>,
    pub(super) file: Option<String>,
    pub(super) line: Option<u32>,
}

/// Why there is no new render.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Error {
    pub(super) diagnostics: Vec<Told>,
}

/// A diagnostic with the lines that it speaks of.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Told {
    pub(super) severity: &'static str,
    pub(super) message: String,
    pub(super) file: Option<String>,
    pub(super) line: Option<u32>,
    pub(super) column: Option<u32>,
    /// Characters of the word that it speaks of.
    pub(super) width: Option<usize>,
    pub(super) excerpt: Vec<Line>,
    pub(super) labels: Vec<Label>,
    pub(super) hints: Vec<String>,
}

/// A line of a script.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Line {
    pub(super) number: u32,
    pub(super) text: String,
}

/// Another place that has to do with it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Label {
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) width: usize,
    pub(super) text: String,
}

/// The answer to a wish to hear only some strips.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Solo {
    /// Those that are soloed.
    pub(super) strips: Vec<String>,
    /// Those that are muted.
    pub(super) mute: Vec<String>,
    /// Of which render.
    pub(super) render: u64,
    /// What is to be played, if there is anything other than the render itself.
    pub(super) source: Option<String>,
    /// Its integrated loudness.
    pub(super) loudness: Option<f64>,
    /// Why there is no source.
    pub(super) why: Option<String>,
}

/// What the page says.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum FromPage {
    /// A wish to hear only some strips, or all but some.
    Listen(Wish),
}

/// A wish to hear only some strips, or all but some.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    pub(super) solo: Vec<String>,
    pub(super) mute: Vec<String>,
}

impl Wish {
    /// Whether it is to hear all as it is.
    pub(super) fn is_none(&self) -> bool {
        self.solo.is_empty() && self.mute.is_empty()
    }
}
