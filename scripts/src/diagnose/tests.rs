//! What an author is told of the slips that rhai tells in its own words.

use super::*;
use crate::resolver::fail;
use crate::sandbox::{Limits, Sandbox};
use rhai::{AST, Scope};

#[derive(Clone)]
struct Strip;

#[derive(Clone)]
struct Db;

/// What a script is told, as `line:column message; hints`, and then the labels.
fn told(script: &str) -> String {
    let [diagnostic] = &all(script)[..] else { panic!("one diagnostic") };
    let labels = diagnostic.labels.iter().map(|(at, words)| format!("\n  {at} {words}"));
    format!("{}{}", diagnostic.to_string().replace("song.rhai:", ""), labels.collect::<String>())
}

fn all(script: &str) -> Vec<Diagnostic> {
    let words = |words: &str| words.split(' ').map(str::to_owned).collect();
    let known = Known {
        file: "song.rhai".to_owned(),
        sources: [("song.rhai".to_owned(), script.into())].into(),
        verbs: words("compress fader strip pan wrong"),
        units: words("db hz khz ms s percent"),
    };
    let mut sandbox = Sandbox::new(Limits { operations: 10_000, ..Limits::default() });
    let engine = &mut sandbox.engine;
    engine.register_type_with_name::<Strip>("Strip").register_type_with_name::<Db>("Db");
    engine.register_get("db", |_: &mut i64| Db).register_get("db", |_: &mut f64| Db);
    engine.register_fn("strip", || Strip);
    engine.register_fn("compress", |strip: &mut Strip, _: rhai::Map| strip.clone());
    engine.register_fn("fader", |strip: &mut Strip, _: Dynamic| strip.clone());
    engine.register_fn("wrong", |_: &mut Strip| -> Result<(), Box<EvalAltResult>> {
        Err(fail(Diagnostic::error("out of range").hint("turn it down"), Position::NONE))
    });
    let ast: Result<AST, _> = engine.compile_with_scope(&Scope::new(), script);
    let result =
        ast.map_err(EvalAltResult::from).map_err(Box::new).and_then(|ast| engine.eval_ast::<Dynamic>(&ast));
    diagnose(&result.expect_err(script), &known)
}

#[test]
fn misspelt_words() {
    assert_eq!(
        told("let s = strip();\ns.compres(#{})"),
        "2:3: there is no verb `compres`; did you mean `compress`?"
    );
    assert_eq!(told("compres(3)"), "1:1: there is no function `compres`; did you mean `compress`?");
    assert_eq!(told("120.msec"), "1:5: no unit `msec`; did you mean `ms`?");
    assert_eq!(told("120.furlongs"), "1:5: no unit `furlongs`; known: db, hz, khz, ms, s, percent");
    assert_eq!(told("6.db()"), "1:3: `db` is a unit, not a function; write `6.db`, without `()`");
    assert_eq!(told("let vocal = 1; vocl + 1"), "1:16: there is no variable `vocl`; did you mean `vocal`?");
    assert_eq!(
        told("plate"),
        "1:1: there is no variable `plate`; declare it with `let plate = …;`, or write \"plate\" if a text is meant"
    );
    assert_eq!(
        told("let x = 1;\nfn f() { x }\nf()"),
        "2:10: there is no variable `x`; a function does not see the variables outside it: give it as an argument, or write it after its `let`"
    );
}

#[test]
fn units_written_otherwise() {
    assert_eq!(told("let x = -6db;"), "1:9: `-6db` is no number; write `-6.db`");
    assert_eq!(told("strip().fader(6db)"), "1:15: `6db` is no number; write `6.db`");
    assert_eq!(told("let x = 4.5khz;"), "1:9: `4.5khz` is no number; write `4.5.khz`");
    assert_eq!(told("let x = -6..db;"), "1:9: `-6..db` is no number; write `-6.db`");
    assert_eq!(told("let x = 3 * db;"), "1:13: there is no variable `db`; a unit follows its number: `6.db`");
    assert_eq!(told("6.db.db"), "1:6: a db has no `db`; a value has one unit");
}

#[test]
fn verbs_with_what_they_do_not_take() {
    assert_eq!(
        told("strip().compress(3, \"x\")"),
        "1:9: `compress` does not work with a strip, a number and a text"
    );
    assert_eq!(told("\"a\".fader(3)"), "1:5: `fader` does not work with a text and a number");
    assert_eq!(told("strip() + 1"), "1:9: `+` does not work between a strip and a number");
    assert_eq!(
        told("let s = strip(); s.fader = 3;"),
        "1:20: `fader` of a strip cannot be set with `=`; write `.fader(…)`"
    );
    assert_eq!(told("strip().pan"), "1:9: a strip has no `pan`; write `.pan(…)`");
    assert_eq!(told("let m = #{a: 1}; m.b"), "1:20: this map has no `b`");
    assert_eq!(told("[1, 2][5]"), "1:8: the list has 2 entries, but `[5]` is asked for; the first is `[0]`");
}

#[test]
fn punctuation() {
    assert_eq!(
        told("let a = strip()\n\n  // a comment;\nlet b = a;"),
        "1:16: a `;` is missing; is a `;` missing at the end of line 1?"
    );
    assert_eq!(
        told("let a = strip();\na.fader(1)\n  .fader(3) // last\na.fader(2);"),
        "3:12: a `;` is missing; is a `;` missing at the end of line 3?"
    );
    assert_eq!(
        told("let a = 1 2;"),
        "1:11: this does not belong to the statement before it; statements end with `;`"
    );
    assert_eq!(told("strip().fader(1 2)"), "1:17: a `,` or `)` is missing in this call of `fader`");
    assert_eq!(
        told("let x = 1; if x = 1 {}"),
        "1:17: `=` sets a value and cannot stand here; a comparison is written `==`"
    );
    assert_eq!(told("let x = 'ab';"), "1:9: `'ab'` is no single character; write \"ab\"");
    assert_eq!(told("let x = \"ab;"), "1:9: this text has no closing quote");
    assert_eq!(told("let x = 3; }"), "1:12: `}` does not belong here");
}

#[test]
fn reserved_words() {
    assert_eq!(
        told("let with = 3;"),
        "1:5: `with` is a reserved word and cannot be a name; take another name"
    );
    assert_eq!(
        told("let loop = 3;"),
        "1:5: `loop` is a reserved word and cannot be a name; is `repeat` meant?"
    );
    assert_eq!(
        told("let m = #{loop: 3};"),
        "1:11: `loop` is a reserved word and cannot be a name; is `repeat` meant?"
    );
    assert_eq!(told("eval(\"1\")"), "1:1: there is no `eval`");
    assert_eq!(told("y::z()"), "1:1: nothing is imported as `y`; write `import \"…\" as y;` first");
}

#[test]
fn limits() {
    assert_eq!(
        told("let n = 0;\nloop { n += 1 }"),
        "2:13: the script did more than 10,000 operations; is a loop without end at line 2, or in what it calls?"
    );
    assert_eq!(
        told("fn f() { f() } f()"),
        "1:16: functions call each other more than 32 deep; does a function call itself without an end?"
    );
    assert!(told("let s = \"aaaaaaaaaaaaaaaa\"; loop { s += s }").contains("longer than 1 MiB"));
    assert!(told("let a = [1]; loop { a += a }").contains("more than 20000 entries in lists"));
}

#[test]
fn calls_are_labels_and_a_diagnostic_passes_through() {
    assert_eq!(
        told("fn Strip.lead() {\n  this.wrong()\n}\nfn Strip.both() {\n  this.lead()\n}\nstrip().both()"),
        "2:8: out of range; turn it down\n  song.rhai:5:8 in this call of `lead`\n  song.rhai:7:9 in this call of `both`"
    );
    assert_eq!(
        told("fn f() { throw \"too loud\" }\nf()"),
        "1:10: too loud\n  song.rhai:2:1 in this call of `f`"
    );
    assert!(told("let f = |x| x.foo; f.call(1)").contains("in this closure"));
    let [wild] = &all("throw \"\\x1b[2Jx\"")[..] else { panic!("one") };
    assert_eq!(wild.message, "\\u{1b}[2Jx");
}

#[test]
fn an_error_in_another_file_is_placed_there() {
    let inner = EvalAltResult::ErrorRuntime("x".into(), Position::new(3, 4));
    let function = EvalAltResult::ErrorInFunctionCall(
        "lead".into(),
        "house/voice.rhai".into(),
        inner.into(),
        Position::new(8, 2),
    );
    let known = Known { file: "song.rhai".to_owned(), ..Known::default() };
    let found = &diagnose(&function, &known)[0];
    assert_eq!(found.to_string(), "house/voice.rhai:3:4: x");
    assert_eq!(found.labels[0].0.to_string(), "song.rhai:8:2");
    let parse = EvalAltResult::ErrorParsing(rhai::ParseErrorType::UnexpectedEOF, Position::new(9, 1));
    let module = EvalAltResult::ErrorInModule("a.rhai".into(), parse.into(), Position::new(1, 8));
    let found = &diagnose(&module, &known)[0];
    assert_eq!(found.to_string(), "a.rhai:9:1: the script ends too early; is a `}`, `]` or `)` missing?");
    assert_eq!(
        found.labels,
        [(Origin { file: "song.rhai".into(), line: 1, column: 8 }, "imported here".to_owned())]
    );
}
