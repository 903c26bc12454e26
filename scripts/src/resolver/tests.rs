//! Which file an import means, what of it is seen from where, and what is refused.

#![allow(clippy::disallowed_methods, reason = "a test makes and changes its own files")]

use super::*;
use crate::sandbox::{Limits, Sandbox};
use std::fs;

/// What a strip is in these tests: a list of what was called on it.
#[derive(Clone, Default)]
struct Strip(Vec<String>);

struct Project(tempfile::TempDir);

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Project(folder)
    }

    fn run(&self) -> (Resolver, Result<String, Diagnostic>) {
        let builtin = ["compress", "fader"].map(str::to_owned).into();
        let resolver = Resolver::new(self.0.path().join("song.rhai"), builtin);
        let mut sandbox = Sandbox::new(Limits::default());
        sandbox.engine.register_type_with_name::<Strip>("Strip");
        sandbox.engine.register_fn("strip", Strip::default);
        sandbox.engine.register_fn("did", |strip: &mut Strip, what: &str| {
            strip.0.push(what.to_owned());
            strip.clone()
        });
        sandbox.engine.register_get("all", |strip: &mut Strip| strip.0.join(" "));
        sandbox.engine.set_module_resolver(resolver.clone());
        let result = resolver.main(&sandbox.engine).and_then(|ast| sandbox.engine.eval_ast::<String>(&ast));
        (
            resolver,
            result.map_err(|error| carried(&error).unwrap_or_else(|| Diagnostic::error(error.to_string()))),
        )
    }

    fn error(&self) -> Diagnostic {
        let mut error = self.run().1.expect_err("it must fail");
        let folder = format!("{}/", self.0.path().display());
        let short = |text: &mut String| *text = text.replace(&folder, "");
        short(&mut error.message);
        error.hints.iter_mut().for_each(short);
        error
    }
}

fn carried(error: &EvalAltResult) -> Option<Diagnostic> {
    match error {
        EvalAltResult::ErrorInModule(_, inner, _) | EvalAltResult::ErrorInFunctionCall(_, _, inner, _) => {
            carried(inner)
        }
        EvalAltResult::ErrorRuntime(value, _) => value.clone().try_cast(),
        _ => None,
    }
}

const LEAD: &str = "fn Strip.lead() { this.did(\"lead\") }";

#[test]
fn a_template_is_a_verb() {
    let project = Project::new(&[
        ("song.rhai", "import \"house/voice\"; strip().lead().double().all"),
        ("house/voice.rhai", "import \"more\"; fn Strip.lead() { this.did(\"lead\") }"),
        ("house/more.rhai", "fn Strip.other() { this.did(\"other\") }"),
        ("unused.rhai", ""),
    ]);
    let (resolver, result) = project.run();
    assert!(result.is_err(), "`double` is unknown");
    let looked: Vec<_> =
        resolver.looked().into_keys().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(looked, ["more.rhai", "voice.rhai", "song.rhai"]);
    fs::write(project.0.path().join("song.rhai"), "import \"house/voice\"; strip().lead().all").unwrap();
    assert_eq!(project.run().1.unwrap(), "lead");
}

#[test]
fn the_importing_folder_comes_first_then_the_main_one() {
    let project = Project::new(&[
        ("song.rhai", "import \"house/voice\"; strip().lead().all"),
        ("house/voice.rhai", "import \"own\"; import \"shared\"; fn Strip.lead() { this.own().common() }"),
        ("house/own.rhai", "fn Strip.own() { this.did(\"near\") }"),
        ("own.rhai", "fn Strip.own() { this.did(\"far\") }"),
        ("shared.rhai", "fn Strip.common() { this.did(\"common\") }"),
    ]);
    let (resolver, result) = project.run();
    assert_eq!(result.unwrap(), "near common");
    assert_eq!(resolver.verbs(), ["common", "lead", "own"].map(str::to_owned).into());
    let missing: Vec<_> =
        resolver.looked().into_iter().filter(|(_, there)| !there).map(|(path, _)| path).collect();
    assert_eq!(missing, [project.0.path().join("house/shared.rhai")], "a file to watch for");
    assert!(resolver.sources().keys().any(|name| name.ends_with("house/own.rhai")));
}

#[test]
fn a_file_is_evaluated_once_and_read_anew_each_time() {
    let project = Project::new(&[
        ("song.rhai", "import \"a\"; import \"./a\"; import \"b\"; strip().lead().all"),
        ("a.rhai", LEAD),
        ("b.rhai", "import \"a\";"),
    ]);
    assert_eq!(project.run().1.unwrap(), "lead");
    fs::write(project.0.path().join("a.rhai"), "fn Strip.lead() { this.did(\"edited\") }").unwrap();
    assert_eq!(project.run().1.unwrap(), "edited");
}

#[test]
fn cycles_are_named() {
    let project = Project::new(&[
        ("song.rhai", "import \"a\"; \"\""),
        ("a.rhai", "import \"b\";"),
        ("b.rhai", "import \"a\";"),
    ]);
    assert_eq!(project.error().message, "`a.rhai` imports itself: a.rhai -> b.rhai -> a.rhai");
    let own = Project::new(&[("song.rhai", "import \"song\"; \"\"")]);
    assert_eq!(own.error().message, "`song.rhai` imports itself: song.rhai -> song.rhai");
}

#[test]
fn what_is_missing_has_neighbours() {
    let project = Project::new(&[("song.rhai", "import \"house/vioce\"; \"\""), ("house/voice.rhai", LEAD)]);
    let error = project.error();
    assert_eq!(error.message, "there is no template `house/vioce`");
    assert_eq!(error.hints[0], "did you mean `house/voice`?");
    assert_eq!(error.hints[1], "looked for `house/vioce.rhai`");
    assert!(error.hints[2].contains("`std/voice`"), "{error}");
    let library = Project::new(&[("song.rhai", "import \"std/vocie\"; \"\"")]);
    assert_eq!(library.error().hints[0], "did you mean `std/voice`?");
}

#[test]
fn clashes_name_both_files() {
    let project = Project::new(&[
        ("song.rhai", "import \"a\"; import \"b\"; \"\""),
        ("a.rhai", LEAD),
        ("b.rhai", LEAD),
    ]);
    let error = project.error();
    assert_eq!(error.message, "`Strip.lead()` is defined in `a.rhai` and in `b.rhai`");
    assert_eq!(error.origin.unwrap().column, 10);
    assert_eq!(error.labels[0].1, "defined here first");
    let main = Project::new(&[("song.rhai", "import \"a\";\nfn Strip.lead() {}\n\"\""), ("a.rhai", LEAD)]);
    assert_eq!(main.error().message, "`Strip.lead()` is defined in `song.rhai` and in `a.rhai`");
    let helper = "fn help(a) { a }";
    let helpers = Project::new(&[
        ("song.rhai", "import \"a\"; import \"b\"; \"\""),
        ("a.rhai", helper),
        ("b.rhai", helper),
    ]);
    assert_eq!(helpers.error().message, "`help(a)` is defined in `a.rhai` and in `b.rhai`");
    let own = Project::new(&[("song.rhai", "import \"a\"; fn help(b) { b }\n\"\""), ("a.rhai", helper)]);
    assert_eq!(own.error().message, "`help(a)` is defined in `song.rhai` and in `a.rhai`");
    let other = Project::new(&[("song.rhai", "import \"a\"; fn help() { }\n\"\""), ("a.rhai", helper)]);
    assert!(other.run().1.is_ok(), "another number of arguments is another function");
}

#[test]
fn built_in_verbs_stay() {
    let project = Project::new(&[("song.rhai", "\n  fn Strip.compress(own) { this }\n\"\"")]);
    let error = project.error();
    assert_eq!(error.message, "`compress` is built in and cannot be defined again");
    assert_eq!((error.origin.as_ref().unwrap().line, error.origin.as_ref().unwrap().column), (2, 12));
}

#[test]
fn only_regular_files_below_or_beside_the_project() {
    for path in ["/etc/passwd", "C:/x", "\\\\host\\x", "", "a/", "a\u{1b}b"] {
        let script = format!("import {path:?}; \"\"").replace("\\u{1b}", "\\x1b");
        let error = Project::new(&[("song.rhai", &script)]).error();
        assert!(
            error.message.contains("names no file") || error.message.contains("no path"),
            "{path:?}: {error}"
        );
        assert!(!error.message.contains('\u{1b}'));
    }
    let folder = Project::new(&[("song.rhai", "import \"a\"; \"\""), ("a.rhai/b", "")]);
    assert_eq!(folder.error().message, "cannot read `a.rhai`: it is no regular file");
    assert!(matches!(read_text(Path::new("/dev/zero"), 10), Err(Unread::NoFile)));
    assert!(matches!(
        read_text(Path::new("/proc/self/environ"), 10),
        Err(Unread::NoFile) | Err(Unread::Missing)
    ));
    let large = Project::new(&[("song.rhai", "import \"a\"; \"\""), ("a.rhai", &" ".repeat(SOURCE + 1))]);
    assert!(large.error().message.contains("more than 1048576 bytes"));
}

#[test]
fn many_files_are_too_many() {
    let mut files = vec![("song.rhai".to_owned(), "import \"f0\"; \"\"".to_owned())];
    files.extend((0..100).map(|i| (format!("f{i}.rhai"), format!("import \"f{}\";", i + 1))));
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert_eq!(Project::new(&files).error().message, "more than 64 files are imported");
}

#[test]
fn the_library_is_sorted_and_compiles() {
    assert!(LIBRARY.is_sorted_by(|a, b| a.name < b.name));
    let sandbox = Sandbox::new(Limits::default());
    for template in LIBRARY {
        sandbox.engine.compile(template.text).expect(template.name);
    }
}

#[test]
fn settings_lie_beside_the_main_script() {
    let project = Project::new(&[("night.ron", "(title: \"Night\")")]);
    let resolver = Resolver::new(project.0.path().join("song.rhai"), BTreeSet::new());
    let (name, text) = resolver.read_beside("night.ron", 100).unwrap();
    assert_eq!(text, "(title: \"Night\")");
    assert_eq!(&*resolver.sources()[&name], text);
    let missing = resolver.read_beside("day.ron", 100).unwrap_err();
    assert!(missing.message.ends_with("day.ron`: there is no such file"), "{missing}");
    assert!(resolver.read_beside("/etc/passwd", 100).unwrap_err().message.contains("no path"));
    let looked: Vec<_> = resolver.looked().into_values().collect();
    assert_eq!(looked, [false, true], "both are watched for");
}

/// What Rhai caches depends on chance and on what was called before, so each is run often.
fn often(project: &Project, expected: &str) {
    for _ in 0..20 {
        assert_eq!(project.run().1.unwrap(), expected);
    }
}

#[test]
fn constants_belong_to_their_file() {
    let template = |verb: &str, value: &str| {
        format!(
            "const SET = #{{ a: \"{value}\" }};\n\
            fn Strip.{verb}(own) {{ this.did(global::SET.a + own) }}\nfn Strip.{verb}() {{ this.{verb}(\"-\") }}"
        )
    };
    let project = Project::new(&[
        (
            "song.rhai",
            "import \"a\"; import \"b\";\n\
            let s = strip().a().b().a().b().a(\"1\").b(\"2\").a(\"3\").b(\"4\");\n\
            [1, 2].for_each(|| s.did(\"c\").a()); s.a(\"5\").b().all",
        ),
        ("a.rhai", &template("a", "A")),
        ("b.rhai", &template("b", "B")),
    ]);
    often(&project, "A- B- A- B- A1 B2 A3 B4 c c A5 B-");
}

#[test]
fn templates_use_templates() {
    let inner = "const SET = \"in\";\n\
        fn Strip.inner(own) { this.did(global::SET + own) }\nfn Strip.inner() { this.inner(\"\") }";
    let outer = "import \"inner\" as deep;\nconst SET = \"out\";\n\
        fn Strip.outer(own) { this.inner().inner(own).did(global::SET + own) }\n\
        fn Strip.outer() { this.outer(\"\").inner() }";
    let song = "import \"outer\";\n\
        strip().outer().inner().outer(\"1\").inner(\"2\").inner().outer().inner(\"3\").outer(\"4\").all";
    let project = Project::new(&[("song.rhai", song), ("inner.rhai", inner), ("outer.rhai", outer)]);
    often(&project, "in in out in in in in1 out1 in2 in in in out in in3 in in4 out4");
    fs::write(project.0.path().join("song.rhai"), format!("import \"inner\"; {song}")).unwrap();
    often(&project, "in in out in in in in1 out1 in2 in in in out in in3 in in4 out4");
}

#[test]
fn a_constant_that_is_not_declared_is_missed() {
    let project = Project::new(&[
        ("song.rhai", "import \"a\"; strip().lead().all"),
        ("a.rhai", "const SET = 1;\nfn Strip.lead() { this.did(global::SETS) }"),
    ]);
    assert!(project.error().message.contains("global::SETS"), "{}", project.error());
}

/// A template that calls itself is found again without its file: what it has met before is all that it sees.
#[test]
fn a_template_that_calls_itself() {
    let a = "fn help(n) { \"h\" + n }\n\
        fn Strip.lead(n, deep) {\n  import \"b\" as tools;\n  let words = help(n);\n  if n == 0 { return this; }\n\
          if deep { this.did(words + tools::help(n, 0)) }\n  this.lead(n - 1, deep)\n}";
    let project = Project::new(&[
        ("song.rhai", "import \"a\"; strip().lead(2, false); strip().lead(2, true).lead(1, true).all"),
        ("a.rhai", a),
        ("b.rhai", "fn help(n, m) { \"t\" + n }"),
    ]);
    often(&project, "h2t2 h1t1 h1t1");
}

#[test]
fn a_byte_order_mark_is_no_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mix.rhai");
    std::fs::write(&path, "\u{feff}let x = 1;").unwrap();
    assert_eq!(read_text(&path, 100).unwrap(), "let x = 1;");
}
