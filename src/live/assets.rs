//! The page itself, which the command carries with it.

use mixwright_engine::fingerprint;

/// A file of the page: its type and its text.
pub(super) struct Asset(pub(super) &'static str, pub(super) &'static str);

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

/// The files of the page by their names; that of the page itself is empty.
pub(super) const ALL: [(&str, Asset); 16] = [
    ("", Asset(HTML, include_str!("page/index.html"))),
    ("page.css", Asset(CSS, include_str!("page/page.css"))),
    ("cards.js", Asset(JS, include_str!("page/cards.js"))),
    ("data.js", Asset(JS, include_str!("page/data.js"))),
    ("keys.js", Asset(JS, include_str!("page/keys.js"))),
    ("lanes.js", Asset(JS, include_str!("page/lanes.js"))),
    ("link.js", Asset(JS, include_str!("page/link.js"))),
    ("meters.js", Asset(JS, include_str!("page/meters.js"))),
    ("page.js", Asset(JS, include_str!("page/page.js"))),
    ("player.js", Asset(JS, include_str!("page/player.js"))),
    ("sources.js", Asset(JS, include_str!("page/sources.js"))),
    ("transport.js", Asset(JS, include_str!("page/transport.js"))),
    ("view.js", Asset(JS, include_str!("page/view.js"))),
    ("voice.js", Asset(JS, include_str!("page/voice.js"))),
    ("wave.js", Asset(JS, include_str!("page/wave.js"))),
    ("words.js", Asset(JS, include_str!("page/words.js"))),
];

/// Which page this is: the version, and a hash of its files.
pub(super) fn build() -> String {
    let bytes = ALL.iter().flat_map(|(name, Asset(_, text))| name.bytes().chain(text.bytes()));
    let hash = fingerprint::short(bytes);
    format!("{}-{:08x}", env!("CARGO_PKG_VERSION"), hash as u32)
}
