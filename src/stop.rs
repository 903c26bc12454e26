//! Signals: how a render is ended from outside.

use crate::{outcome::Outcome, tell};
use mixwright_engine::files;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set by Ctrl-C, or when the system or a closed terminal asks to end, so that the render ends at the next block and leaves
/// no litter.
pub(crate) fn from_outside() -> Result<Arc<AtomicBool>, Outcome> {
    let stop = Arc::new(AtomicBool::new(false));
    let set = stop.clone();
    ctrlc::set_handler(move || {
        if set.swap(true, Ordering::Relaxed) {
            // Asked twice: at once.
            files::abandon();
            std::process::exit(130);
        }
        tell("stopping; ask again to stop at once\n");
    })
    .map_err(|error| Outcome::World(format!("cannot listen for Ctrl-C: {error}"), None))?;
    Ok(stop)
}
