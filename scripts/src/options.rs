//! The map that a verb takes at last, `#{ at: 2.bars }`: names are checked at once, values as they are taken out.

use crate::{
    args::{Arg, unfit, unknown},
    draft::Draft,
    spot::Part,
};
use mixwright_engine::diagnostic::Diagnostic;

/// Named values that are taken out one by one.
pub(crate) struct Options(pub(crate) Vec<(String, Arg)>);

impl Options {
    /// Reads the map, if one is given; names that are not known are noted.
    pub(crate) fn read(draft: &mut Draft, of: &str, map: Option<Arg>, known: &[&str]) -> Options {
        let entries = match map {
            None | Some(Arg::Nothing) => Vec::new(),
            Some(Arg::Map(entries)) => entries,
            Some(other) => {
                draft.report(unfit(of, &format!("a map such as `#{{ {}: … }}`", known[0]), &other));
                Vec::new()
            }
        };
        for (name, _) in entries.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
            draft.about(Part::Key(name.clone()), |draft| draft.report(unknown(of, name, known)));
        }
        Options(entries)
    }

    /// The value of that name, if it was given.
    pub(crate) fn take(&mut self, name: &str) -> Option<Arg> {
        let index = self.0.iter().position(|(given, _)| given == name)?;
        Some(self.0.swap_remove(index).1)
    }

    /// What the value of that name is read as, if it was given; what is wrong with it is noted.
    pub(crate) fn heed<T>(
        &mut self,
        draft: &mut Draft,
        name: &str,
        read: impl FnOnce(&Arg) -> Result<T, Diagnostic>,
    ) -> Option<T> {
        let arg = self.take(name)?;
        draft.about(Part::Key(name.to_owned()), |draft| draft.heed(read(&arg)))
    }
}
