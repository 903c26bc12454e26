//! Pictures of strips that were drawn before: what is still the same is not drawn again.

use super::Picture;
use crate::{fingerprint::Fingerprint, panic::locked};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// What a picture is of, and the song's frame up to which it was drawn.
type Of = (Fingerprint, i64);

/// The pictures of the last render, in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pictures(Arc<Mutex<BTreeMap<Of, Arc<Picture>>>>);

impl Pictures {
    /// A picture, if it is there.
    pub(crate) fn get(&self, of: Of) -> Option<Arc<Picture>> {
        self.all().get(&of).cloned()
    }

    /// Takes those of a render in place of those before.
    pub(crate) fn keep(&self, pictures: impl Iterator<Item = (Of, Arc<Picture>)>) {
        *self.all() = pictures.collect();
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Of, Arc<Picture>>> {
        locked(&self.0)
    }
}
