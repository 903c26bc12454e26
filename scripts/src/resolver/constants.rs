//! Constants of imported files, kept reachable for the functions of their file.
//!
//! Rhai caches which function a call means without regard to the file that it stands in. A function that another of its
//! own file has called may be found again without its surroundings, and then `global::NAME` names nothing. Here each such
//! use becomes the call of a native function whose name no other file has: that is found from everywhere. Both have the
//! same length, so places in errors stay right.

use crate::code::{code_only, word};
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
                declared.insert(crate::code::word(code[at + word.len()..].trim_start()));
            }
            (_, "global") if in_function => {
                uses.extend(code[at..].strip_prefix(GLOBAL).map(|name| (at, crate::code::word(name))));
            }
            _ => {}
        }
        at += word.len().max(c.len_utf8());
    }
    (declared, uses)
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
