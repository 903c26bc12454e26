//! The templates that come with mixwright, imported as `std/voice`.

/// A template of the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its name after `std/`.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

impl Template {
    /// The name of its file in messages.
    pub fn file(&self) -> String {
        format!("std/{}.rhai", self.name)
    }
}

macro_rules! library {
    ($($name:literal),* $(,)?) => {
        /// All of the library, sorted by name.
        pub const LIBRARY: &[Template] = &[$(
            Template { name: $name, text: include_str!(concat!("../../library/", $name, ".rhai")) },
        )*];
    };
}

library! { "bass", "bus", "drums", "master", "voice" }

/// The names to import the library's templates by.
pub fn names() -> Vec<String> {
    LIBRARY.iter().map(|template| format!("std/{}", template.name)).collect()
}

pub(super) fn find(path: &str) -> Option<&'static Template> {
    let name = path.strip_prefix("std/")?;
    let name = name.strip_suffix(".rhai").unwrap_or(name);
    LIBRARY.iter().find(|template| template.name == name)
}

/// Whether a file, by its name in messages, is one of the library's.
pub(super) fn contains(file: &str) -> bool {
    find(file).is_some()
}

pub(super) fn text(name: &str) -> &'static str {
    LIBRARY.iter().find(|template| template.name == name).map_or("", |template| template.text)
}
