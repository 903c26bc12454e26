//! What a panic said, for messages that tell a fault of ours, and what it left. Knows nothing of who was at work.

use std::any::Any;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The words of a caught panic.
pub fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no reason was given")
}

/// What a lock guards, also after a panic of who held it: nothing here is left half done.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
