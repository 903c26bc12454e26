//! Pure measures of signals.
