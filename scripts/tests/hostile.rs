//! Scripts that would hang, fill memory or crash: each ends by a limit, in time, as a value that can be reported.
//!
//! They run one after another, because memory is measured for the whole process.

use mixwright_scripts::sandbox::{Limits, Notes, Sandbox, Spent, apart, resident};
use rhai::{Dynamic, EvalAltResult};
use std::time::{Duration, Instant};

/// How an evaluation ended.
#[derive(Debug, PartialEq)]
enum End {
    Fine,
    Spent(Spent),
    Error(String),
    Fault,
}

const LIMITS: Limits = Limits { operations: 300_000, time: Duration::from_secs(10), memory: 96 << 20 };

fn run(script: &str, limits: Limits) -> (End, Notes) {
    let result = apart(|| {
        let sandbox = Sandbox::new(limits);
        let end = match sandbox.engine.eval::<Dynamic>(script) {
            Ok(_) => End::Fine,
            Err(error) => ended(&error),
        };
        (end, sandbox.take_notes())
    });
    result.unwrap_or((End::Fault, Notes::default()))
}

fn ended(error: &EvalAltResult) -> End {
    match error {
        EvalAltResult::ErrorTerminated(token, _) => End::Spent(token.clone().cast()),
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _) => ended(inner),
        other => End::Error(other.to_string()),
    }
}

/// Runs a script and asserts that it ends in time and within memory.
fn end(script: &str) -> End {
    let (before, began) = (resident(), Instant::now());
    let end = run(script, LIMITS).0;
    let took = began.elapsed();
    let shown: String = script.chars().take(80).collect();
    assert!(took < LIMITS.time + Duration::from_secs(1), "{shown} took {took:?}");
    let grown = resident().saturating_sub(before);
    assert!(grown < 2 * LIMITS.memory, "{shown} left {} MiB", grown >> 20);
    end
}

#[test]
fn hostile_scripts_end() {
    counted();
    measured();
    refused();
    nested();
    swallowed();
}

const OPERATIONS: End = End::Spent(Spent::Operations(LIMITS.operations));

/// What loops, also within callbacks, whose operations Rhai forgets.
fn counted() {
    for script in [
        "loop {}",
        "fn f() { loop {} } f()",
        "for i in 0..9_000_000_000_000 {}",
        "let a = []; for i in 0..100 { a.push(i) } for i in 0..1000 { a.map(|x| { let s = 0; for j in 0..100 { s += j } s }) }",
        "fn g(n) { let b = []; b.pad(1000, 0); b.map(|x| if n > 0 { g(n - 1) } else { x }) } g(9)",
        "let a = []; for i in 0..1000 { a.push(i) } a.sort(|x, y| { loop {} 0 }); loop {}",
        "let a = []; for i in 0..1000 { a.push(i) } a.dedup(|x, y| { loop {} true }); loop {}",
        "try { loop {} } catch { loop {} }",
        "while true { try { throw 1 } catch {} }",
    ] {
        assert_eq!(end(script), OPERATIONS, "{script}");
    }
    let (first, second) = (
        run("let n = 0; loop { n += 1; print(n) }", LIMITS).1,
        run("let n = 0; loop { n += 1; print(n) }", LIMITS).1,
    );
    assert_eq!(first, second, "the count is the same each time");
    assert_eq!(first.printed.len(), 1_001);
}

/// What grows where Rhai does not look.
fn measured() {
    for script in [
        // Many values, each within its limits.
        "let s = \"xxxxxxxxxxxxxxxx\"; for i in 0..16 { s += s } let n = 0; let a = [];
         loop { n += 1; a.push(|| s + n); }",
        "fn f(n) { let a = []; for i in 0..19_000 { a.push(i) } let b = a; let c = a; let d = a; let e = a;
                   if n > 0 { f(n - 1) + f(n - 2) } else { 0 } } f(30)",
        // Entries of a map, checked one by one.
        "let big = []; for i in 0..19_000 { big.push(i) } let m = #{}; let i = 0; loop { i += 1; m[`k${i}`] = big; }",
        // Arrays of arrays of arrays.
        "let big = []; for i in 0..1_000 { big.push(i) } let a = []; for i in 0..1_000 { a.push(0) }
         for i in 0..1_000 { a[i] = big; for j in 0..100 { a[i][j] = big; } }",
        // What closures capture.
        "let big = []; for i in 0..19_000 { big.push(i) } let all = []; loop { all.push(Fn(\"f\").curry(big)); }",
    ] {
        let ended = end(script);
        assert!(
            matches!(ended, End::Spent(_)) || matches!(&ended, End::Error(e) if e.contains("limit")),
            "{script}: {ended:?}"
        );
    }
}

/// What Rhai's own limits and our overrides refuse.
fn refused() {
    for (script, words) in [
        ("let s = \"aaaaaaaaaaaaaaaa\"; for i in 0..16 { s += s } s.replace(\"a\", s)", "too large"),
        ("let s = \"aaaaaaaaaaaaaaaa\"; loop { s += s }", "too large"),
        ("let s = \"a\"; s.pad(9_000_000_000_000, 'x')", "too large"),
        ("let a = []; a.pad(9_000_000_000_000, 0)", "too large"),
        ("let a = [1]; loop { a += a; }", "too large"),
        ("blob(9_000_000_000_000)", "not found"),
        ("sleep(1_000_000_000)", "not found"),
        ("Fn(\"sl\" + \"eep\").call(1_000_000_000)", "not found"),
        ("exit()", "not found"),
        ("eval(\"1\")", "eval"),
        ("timestamp()", "not found"),
        ("fn f(n) { f(n + 1) } f(0)", "Stack overflow"),
        ("import \"x\"", "not found"),
        ("let x = 1; for i in 0..2000 { let y = i; } let z = 9223372036854775807 + x;", "overflow"),
        ("1 / 0", "zero"),
    ] {
        assert!(
            matches!(end(script), End::Error(error) if error.contains(words)),
            "{script}: {:?}",
            end(script)
        );
    }
    let many: String = (0..2_000).map(|i| format!("let v{i} = 0; ")).collect();
    assert!(matches!(end(&many), End::Error(error) if error.contains("variables")));
    let functions: String = (0..2_000).map(|i| format!("fn f{i}() {{}} ")).collect();
    assert!(matches!(end(&functions), End::Error(error) if error.contains("functions")));
}

/// What nests: in the source, over calls, and in values, whose dropping recurses.
fn nested() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("#{a:", "}"),
        ("{", "}"),
        ("if true {", "}"),
        ("-", ""),
        ("!", ""),
        ("f(", ")"),
        ("|| ", ""),
        ("`${", "}`"),
        ("x[", "]"),
        ("while true {", "}"),
        ("switch 1 { _ => ", "}"),
    ] {
        let script = format!("{}1{}", open.repeat(20_000), close.repeat(20_000));
        assert!(matches!(end(&script), End::Error(_)), "{open}");
    }
    let sum = format!("1{}", " + 1".repeat(100_000));
    assert!(matches!(end(&sum), End::Error(_)));
    let deep = format!(
        "fn f(n) {{ if n == 0 {{ 0 }} else {{ {}f(n - 1){} }} }} f(29)",
        "(1 + ".repeat(70),
        ")".repeat(70)
    );
    assert_eq!(end(&deep), End::Fine);
    // Dropping what these build takes a level of the stack for each turn.
    for script in [
        "let f = Fn(\"x\"); loop { let o = f; f = || o; }",
        "let f = Fn(\"x\"); loop { f = Fn(\"x\").curry(f); }",
        "let a = []; loop { let b = a; a = || b; }",
        "let a = 0; loop { a = [a]; }",
        "let a = 0; loop { a = #{a: a}; }",
    ] {
        let full = Limits { time: Duration::from_secs(1), ..Limits::default() };
        let (ended, _) = run(script, full);
        assert!(!matches!(ended, End::Fine | End::Fault), "{script}: {ended:?}");
    }
}

/// Odd values: whatever Rhai does with them, a panic stays inside.
fn swallowed() {
    for script in [
        "let x = 1; let f = || x; let a = [x, f]; a.push(a); a == a",
        "let x = []; let f = || x.push(1); x.push(f); for i in 0..10 { f.call(); }",
        "let x = #{}; let f = || x; x.f = f; x.f.call().f.call()",
        "let a = [1]; let f = || a; a[0] = f; a.map(|v| a)",
        "throw \"\\x1b[2J\"",
    ] {
        let _ = end(script);
    }
    let (ended, _) = run("fn f() { throw \"x\" } f()", LIMITS);
    assert!(matches!(ended, End::Error(_)));
}
