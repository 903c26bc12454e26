//! `replace` with its size checked first: Rhai's builds the result before it looks, which may be 10^12 bytes.

use rhai::{Engine, EvalAltResult, ImmutableString, Position};

/// Overrides the four forms of `replace`.
pub(super) fn register(engine: &mut Engine, most: usize) {
    engine.register_fn("replace", move |text: &mut ImmutableString, find: &str, with: &str| {
        replace(text, find, with, most)
    });
    engine.register_fn("replace", move |text: &mut ImmutableString, find: &str, with: char| {
        replace(text, find, with.encode_utf8(&mut [0; 4]), most)
    });
    engine.register_fn("replace", move |text: &mut ImmutableString, find: char, with: &str| {
        replace(text, find.encode_utf8(&mut [0; 4]), with, most)
    });
    engine.register_fn("replace", move |text: &mut ImmutableString, find: char, with: char| {
        replace(text, find.encode_utf8(&mut [0; 4]), with.encode_utf8(&mut [0; 4]), most)
    });
}

fn replace(
    text: &mut ImmutableString,
    find: &str,
    with: &str,
    most: usize,
) -> Result<(), Box<EvalAltResult>> {
    let found = text.matches(find).count();
    let length = (text.len() - found * find.len()).saturating_add(found.saturating_mul(with.len()));
    if length > most {
        return Err(EvalAltResult::ErrorDataTooLarge("Length of string".to_owned(), Position::NONE).into());
    }
    *text = text.replace(find, with).into();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_within_the_limit() {
        let mut engine = Engine::new();
        register(&mut engine, 12);
        let run = |script: &str| engine.eval::<String>(script);
        assert_eq!(run("let s = \"a.b.c\"; s.replace(\".\", \"--\"); s").unwrap(), "a--b--c");
        assert_eq!(run("let s = \"abc\"; s.replace(\"\", \"-\"); s").unwrap(), "-a-b-c-");
        assert_eq!(run("let s = \"aba\"; s.replace('a', 'x'); s").unwrap(), "xbx");
        assert_eq!(run("let s = \"aba\"; s.replace('a', \"xy\"); s").unwrap(), "xybxy");
        assert_eq!(run("let s = \"aba\"; s.replace(\"a\", 'x'); s").unwrap(), "xbx");
        assert!(run("let s = \"aaaa\"; s.replace(\"a\", s); s").is_err());
    }
}
