//! The effects, one file each, and the list that registers them.

pub mod limit;
pub mod trim;

crate::effects! {
    limit::Limit,
    trim::Trim,
}
