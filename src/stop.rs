//! Signals: how a render is ended from outside.

use crate::outcome::Outcome;
use mixwright_engine::files;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What is said to who asked a render to end.
pub(crate) const STOPPING: &str = "stopping; ask again to stop at once\n";

/// Set by Ctrl-C, or when the system or a closed terminal asks to end, so that the render ends at the next block and leaves
/// no litter; `asked` is called then, the first time.
pub(crate) fn from_outside(asked: impl Fn() + Send + 'static) -> Result<Arc<AtomicBool>, Outcome> {
    let stop = Arc::new(AtomicBool::new(false));
    let set = stop.clone();
    ctrlc::set_handler(move || {
        if set.swap(true, Ordering::Relaxed) {
            // Asked twice: at once.
            files::abandon();
            std::process::exit(130);
        }
        asked();
    })
    .map_err(|error| Outcome::World(format!("cannot listen for Ctrl-C: {error}"), None))?;
    Ok(stop)
}
