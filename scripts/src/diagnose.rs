//! Rhai's errors in the words of a mixing desk.
