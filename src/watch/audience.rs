//! Who is told what becomes of a watched song, beside the terminal.

use mixwright_engine::{diagnostic::Diagnostic, render::report::Report, resolved::Resolved, song::Song};
use std::sync::Arc;

/// Who is told.
pub(crate) trait Audience: Sync + Send {
    /// A render is so far, from 0 to 1.
    fn rendering(&self, fraction: f64);
    /// There is a new good render.
    fn rendered(&self, render: Rendered);
    /// The script is broken, or its render failed; the last good render stays.
    fn failed(&self, errors: &[Diagnostic]);
    /// The song is again what it was when last rendered: no new render.
    fn healed(&self);
}

/// A good render.
pub(crate) struct Rendered {
    /// What is another than in the render before.
    pub(crate) words: Vec<String>,
    /// From the save to the file.
    pub(crate) seconds: f64,
    /// The song as it was heard, with what the arguments silence.
    pub(crate) song: Arc<Song>,
    pub(crate) resolved: Arc<Resolved>,
    pub(crate) report: Report,
}

/// Nobody listens.
pub(crate) struct Nobody;

impl Audience for Nobody {
    fn rendering(&self, _: f64) {}
    fn rendered(&self, _: Rendered) {}
    fn failed(&self, _: &[Diagnostic]) {}
    fn healed(&self) {}
}
