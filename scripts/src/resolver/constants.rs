//! Constants of imported files, kept reachable for the functions of their file.
//!
//! Rhai caches which function a call means without regard to the file that it stands in. A function that another of its
//! own file has called may be found again without its surroundings, and then `global::NAME` names nothing. Here each such
//! use becomes the call of a native function whose name no other file has: that is found from everywhere. Both have the
//! same length, so places in errors stay right.

use rhai::{AST, Engine, FuncRegistration, Module, ParseError, Scope};
use std::collections::BTreeSet;

const GLOBAL: &str = "global::";

/// The constants that a file declares and its functions use.
pub(super) struct Constants {
    /// Which of the imported files it is.
    file: usize,
    names: BTreeSet<String>,
}

impl Constants {
    /// Replaces the uses of a file's own constants in its functions; names that it does not declare stay, for Rhai to
    /// complain of.
    pub(super) fn replace(text: &str, file: usize) -> (String, Self) {
        let code = code_only(text);
        let (declared, mut uses) = survey(&code);
        uses.retain(|(_, name)| declared.contains(name));
        let names = uses.iter().map(|(_, name)| (*name).to_owned()).collect();
        let constants = Constants { file, names };
        let mut replaced = text.to_owned();
        for (at, name) in uses {
            let call = format!("{}()", constants.function(name));
            replaced.replace_range(at..at + GLOBAL.len() + name.len(), &call);
        }
        (replaced, constants)
    }

    /// The script with its constants exported at the end, which is how a module shows their values.
    pub(super) fn export(&self, engine: &Engine, ast: &AST) -> Result<AST, ParseError> {
        let mut scope = Scope::new();
        let mut text = String::new();
        for name in &self.names {
            scope.push_constant(name.as_str(), ());
            text += &format!("export {name};");
        }
        let mut merged = ast.merge(&engine.compile_with_scope(&scope, text)?);
        // Merging forgets the name of the file, by which imports and errors are placed.
        merged.set_source(ast.source().unwrap_or_default());
        Ok(merged)
    }

    /// Gives a module the functions that its own functions ask for their constants.
    pub(super) fn provide(&self, module: &mut Module) {
        for name in &self.names {
            // A file that returns early has not come to its constants.
            let Some(value) = module.get_var(name) else { continue };
            FuncRegistration::new(self.function(name))
                .in_global_namespace()
                .set_into_module(module, move || value.clone());
        }
        module.build_index();
    }

    /// With its `()` as long as `global::` and the name.
    fn function(&self, name: &str) -> String {
        format!("own{:02}_{name}", self.file)
    }
}

/// The constant that a call of this function stands for.
pub(crate) fn constant_of(function: &str) -> Option<&str> {
    let (file, name) = function.strip_prefix("own")?.split_once('_')?;
    (file.len() >= 2 && file.bytes().all(|digit| digit.is_ascii_digit())).then_some(name)
}

/// The constants declared at the top level, and where functions use which global.
fn survey(code: &str) -> (BTreeSet<&str>, Vec<(usize, &str)>) {
    let (mut declared, mut uses) = (BTreeSet::new(), Vec::new());
    let (mut depth, mut in_function) = (0_usize, false);
    let mut at = 0;
    while let Some(c) = code[at..].chars().next() {
        let word = word(&code[at..]);
        match (c, word) {
            ('{' | '(' | '[', _) => depth += 1,
            ('}' | ')' | ']', _) => {
                depth = depth.saturating_sub(1);
                in_function &= depth > 0 || c != '}';
            }
            (_, "fn") if depth == 0 => in_function = true,
            (_, "const") if depth == 0 => {
                declared.insert(self::word(code[at + word.len()..].trim_start()));
            }
            (_, "global") if in_function => {
                uses.extend(code[at..].strip_prefix(GLOBAL).map(|name| (at, self::word(name))));
            }
            _ => {}
        }
        at += word.len().max(c.len_utf8());
    }
    (declared, uses)
}

/// The word at the start of a text, if there is one.
fn word(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())]
}

/// The text with blanks for what is in strings and comments, byte for byte. What an interpolation computes is code.
fn code_only(text: &str) -> String {
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
            code.extend(std::iter::repeat_n(' ', skipped));
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
    fn only_the_own_constants_of_functions_are_replaced() {
        let text = "const A = #{ b: 1 }; const Länge = global::A;\n\
            fn f(x) { const B = 1; global::A.b + global::B + global::Länge }\n\
            fn g() { \"global::A\" + 'ä' + `ß global::A ${ #{ a: global::A }.a } global::A` + #\"\"global::A\"# }\n\
            /* global::A /* */ global::A */ // global::A\n\
            fn h() { \"\\\"global::A\" + f(global::A) } let x = global::A;";
        let expected = "const A = #{ b: 1 }; const Länge = global::A;\n\
            fn f(x) { const B = 1; own07_A().b + global::B + own07_Länge() }\n\
            fn g() { \"global::A\" + 'ä' + `ß global::A ${ #{ a: own07_A() }.a } global::A` + #\"\"global::A\"# }\n\
            /* global::A /* */ global::A */ // global::A\n\
            fn h() { \"\\\"global::A\" + f(own07_A()) } let x = global::A;";
        let (replaced, constants) = Constants::replace(text, 7);
        assert_eq!(replaced, expected);
        assert_eq!(replaced.len(), text.len());
        assert_eq!(constants.names, ["A", "Länge"].map(str::to_owned).into());
    }

    #[test]
    fn what_is_not_closed_ends_with_the_text() {
        for text in [
            "\"a",
            "'",
            "`a ${",
            "`ä",
            "/* a /* */",
            "#\"a",
            "##\"a\"#",
            "// ä",
            "}}",
            "\"\\",
            "#{",
            "global::",
        ] {
            assert_eq!(code_only(text).len(), text.len(), "{text}");
            assert_eq!(Constants::replace(text, 0).0, text);
        }
    }
}
