//! The effects, one file each, and the list that registers them.

pub mod balance;
pub mod invert;
pub mod mono;
pub mod saturate;
pub mod swap;
pub mod trim;
pub mod width;

crate::effects! {
    balance::Balance,
    invert::Invert,
    mono::Mono,
    saturate::Saturate,
    swap::Swap,
    trim::Trim,
    width::Width,
}
