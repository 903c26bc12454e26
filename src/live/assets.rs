//! The page itself, which the command carries with it.

/// A file of the page: its type and its text.
pub(super) struct Asset(pub(super) &'static str, pub(super) &'static str);

const HTML: &str = "text/html; charset=utf-8";

/// The files of the page by their names; that of the page itself is empty.
pub(super) const ALL: [(&str, Asset); 1] = [("", Asset(HTML, include_str!("page/index.html")))];

/// Which page this is: the version, and a hash of its files (FNV-1a).
pub(super) fn build() -> String {
    let bytes = ALL.iter().flat_map(|(name, Asset(_, text))| name.bytes().chain(text.bytes()));
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{}-{:08x}", env!("CARGO_PKG_VERSION"), hash as u32)
}
