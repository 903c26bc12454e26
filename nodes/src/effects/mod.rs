//! The effects, one file each, and the list that registers them.

pub mod trim;

crate::effects! {
    trim::Trim,
}
