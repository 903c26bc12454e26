//! What a panic said: for messages that tell a fault of ours. Knows nothing of who was at work.

use std::any::Any;

/// The words of a caught panic.
pub fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no reason was given")
}
