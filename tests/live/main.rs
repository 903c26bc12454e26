//! The live page in a real browser: what it plays, asserted on samples, and what it shows.
//!
//! Needs a Chromium on the path or in `MIXWRIGHT_BROWSER`; `MIXWRIGHT_BROWSER=required` fails where there is none.

#![allow(clippy::disallowed_methods, reason = "tests lay out files")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod browser;
mod comparing;
mod exact;
mod looks;
mod lost;
mod memory;
mod stage;
mod swaps;
mod words;
