//! The paths of nodes: `tracks/NAME/WORD`, so for groups and buses, but `master/WORD`; the word of a node in a chain
//! beside another stands behind that chain's name.

/// The path of a node's strip, and the rest.
pub(crate) fn split(key: &str) -> (&str, &str) {
    let slash = usize::from(!key.starts_with("master/") && !key.starts_with("rest/"));
    match key.match_indices('/').nth(slash) {
        Some((at, _)) => (&key[..at], &key[at + 1..]),
        None => (key, ""),
    }
}

/// The kind of a strip, in the plural, and its name, by its path.
pub(crate) fn strip(path: &str) -> (&str, &str) {
    path.split_once('/').unwrap_or(("strips", path))
}

/// The word for what a node does, without a count.
pub(crate) fn word(key: &str) -> &str {
    let word = key.rsplit('/').next().unwrap_or(key);
    word.split('#').next().unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_taken_apart() {
        let apart = |key| {
            let (path, rest) = split(key);
            (strip(path), rest, word(key))
        };
        assert_eq!(apart("tracks/vocal/compress#2"), (("tracks", "vocal"), "compress#2", "compress"));
        assert_eq!(apart("buses/hall/sum"), (("buses", "hall"), "sum", "sum"));
        assert_eq!(apart("groups/low/crush/level"), (("groups", "low"), "crush/level", "level"));
        assert_eq!(apart("master/wide/eq"), (("strips", "master"), "wide/eq", "eq"));
        assert_eq!(apart("rest/sum"), (("strips", "rest"), "sum", "sum"));
        assert_eq!(apart("tracks/rest/fader"), (("tracks", "rest"), "fader", "fader"));
    }
}
