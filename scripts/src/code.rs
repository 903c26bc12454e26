//! A script's text as code: what is in strings and comments is told apart from it, with every byte at its place.

/// The word at the start of a text, if there is one.
pub(crate) fn word(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())]
}

/// The text with blanks for comments and quotes for strings, byte for byte. What an interpolation computes is code.
pub(crate) fn code_only(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    // The braces that are open within each interpolation, outermost first.
    let mut open: Vec<usize> = Vec::new();
    while let Some(c) = text[code.len()..].chars().next() {
        let rest = &text[code.len()..];
        let resumes = c == '}' && open.last() == Some(&0);
        if resumes {
            open.pop();
        }
        let skipped = if resumes || c == '`' {
            let part = 1 + literal(&rest[1..]);
            if rest[..part].ends_with("${") {
                open.push(0);
            }
            part
        } else {
            skipped(rest)
        };
        if skipped > 0 {
            let filler = if c == '/' { ' ' } else { '"' };
            code.extend(std::iter::repeat_n(filler, skipped));
            continue;
        }
        match (c, open.last_mut()) {
            ('{', Some(braces)) => *braces += 1,
            ('}', Some(braces)) => *braces -= 1,
            _ => {}
        }
        code.push(c);
    }
    code
}

/// How long the comment or string is that a text starts with.
fn skipped(rest: &str) -> usize {
    match rest.as_bytes() {
        [b'/', b'/', ..] => rest.find('\n').unwrap_or(rest.len()),
        [b'/', b'*', ..] => block_comment(rest),
        [quote @ (b'"' | b'\''), ..] => quoted(rest, *quote),
        [b'#', ..] => {
            let hashes = &rest[..rest.len() - rest.trim_start_matches('#').len()];
            let Some(raw) = rest[hashes.len()..].strip_prefix('"') else { return 0 };
            let end = raw.find(&format!("\"{hashes}")).map(|at| at + 2 * hashes.len() + 2);
            end.unwrap_or(rest.len())
        }
        _ => 0,
    }
}

/// Rhai's block comments nest.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        let step = match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => {
                depth += 1;
                2
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                2
            }
            _ => 1,
        };
        at += step;
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted(rest: &str, quote: u8) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            byte if byte == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The rest of a string between backticks, up to its end or past the `${` of its next interpolation.
fn literal(rest: &str) -> usize {
    let end = rest.find('`').map(|at| at + 1);
    let code = rest.find("${").map(|at| at + 2);
    end.into_iter().chain(code).min().unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_are_no_code() {
        let text = "a(\"(é\", b) // (\nc('[', #\"{\"#) /* /* ( */ */ `x${ f(\"]\") }y`;";
        let code = "a(\"\"\"\"\", b)     \nc(\"\"\", \"\"\"\"\"){}\"\"\"\" f(\"\"\") \"\"\";";
        let code = code.replace("{}", &" ".repeat(" /* /* ( */ */ ".len()));
        assert_eq!(code_only(text), code);
    }
}
