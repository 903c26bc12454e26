//! The manual of effects is what the command prints today.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use assert_cmd::Command;

#[test]
fn the_manual_is_up_to_date() {
    let printed =
        Command::new(env!("CARGO_BIN_EXE_mixwright")).args(["effects", "--markdown"]).output().unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    let kept = include_str!("../docs/effects.md");
    let line = printed.lines().zip(kept.lines()).position(|(now, then)| now != then);
    assert!(
        printed == kept,
        "docs/effects.md is stale from line {} on; renew it: cargo run -- effects --markdown > docs/effects.md",
        line.unwrap_or(kept.lines().count().min(printed.lines().count())) + 1
    );
}
