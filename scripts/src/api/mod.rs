//! What a script can say: each file registers the verbs of one subject.

pub(crate) mod chains;
pub(crate) mod clips;
pub(crate) mod curves;
pub(crate) mod moves;
pub(crate) mod outputs;
pub(crate) mod places;
pub(crate) mod settings;
pub(crate) mod song;
pub(crate) mod strips;

use crate::{call::Book, resolver::Resolver};

/// Registers all verbs but those of effects.
pub(crate) fn register(book: &mut Book<'_>, resolver: &Resolver) {
    song::register(book);
    places::register(book);
    strips::register(book);
    clips::register(book);
    chains::register(book);
    curves::register(book);
    moves::register(book);
    outputs::register(book);
    settings::register(book, resolver);
}
