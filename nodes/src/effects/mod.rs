//! The effects, one file each, and the list that registers them.

pub mod reverb;
pub mod trim;

crate::effects! {
    reverb::Reverb,
    trim::Trim,
}
