//! What is written beside the master: `song.stems([drums, bass])`, or all of them.

use crate::{
    args::Arg,
    call::{Args, Book, Of},
    draft::{Draft, SongHandle},
    spot::Part,
};
use mixwright_engine::song::Stems;
use rhai::Dynamic;

/// Registers the words for outputs.
pub(crate) fn register(book: &mut Book<'_>) {
    book.verb::<SongHandle>(Of::Song, "stems([strips])", 0..=1, stems);
}

fn stems(draft: &mut Draft, song: SongHandle, args: Args) -> Dynamic {
    draft.song.stems = match args.into_iter().next() {
        None => Stems::All,
        Some(strips) => Stems::Named({
            draft.about(Part::Argument(0), |draft| draft.strip_names("stems", &Arg::of(strips)))
        }),
    };
    Dynamic::from(song)
}
