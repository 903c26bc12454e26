//! What a page hears while a song is worked on.

use super::{
    client::{Page, get},
    studio::{FRAMES, Studio},
};
use crate::watch::audience::Audience;
use mixwright_engine::{
    diagnostic::{Diagnostic, Origin},
    song::Setting,
};
use serde_json::{Value, json};

#[test]
fn a_page_hears_of_renders_and_of_what_changed() {
    let mut studio = Studio::new();
    let mut page = Page::of(&studio.live);
    let hello = page.next();
    assert_eq!((&hello["type"], &hello["state"]), (&json!("hello"), &json!("ready")));
    assert_eq!((&hello["renders"], &hello["error"]), (&json!([]), &Value::Null));
    studio.begins(2, 2.0);
    studio.render();
    assert_eq!(page.next()["type"], "rendering");
    let first = page.next_of("render")["render"].clone();
    assert_eq!((&first["number"], &first["changed"]), (&json!(1), &json!([])));
    // The hat is heard from the second second on.
    studio.song.strips[2].fader = Setting::Is(-20.0);
    studio.render();
    let second = page.next_of("render")["render"].clone();
    assert_eq!((&second["number"], &second["words"]), (&json!(2), &json!(["kick: fader"])));
    let [from, to] = [0, 1].map(|end| second["changed"][0][end].as_u64().unwrap() as usize);
    assert!((95_000..=96_000).contains(&from) && to == FRAMES + 96_000, "{from} {to}");
    assert_eq!(second["changed"].as_array().unwrap().len(), 1);
    // Who comes now is told of both; what is older than those is gone.
    let both = Page::of(&studio.live).next();
    assert_eq!(both["renders"], json!([first, second]));
    assert_eq!(
        (both["renders"][0]["frames"].clone(), both["build"].clone()),
        (json!(FRAMES + 96_000), hello["build"].clone())
    );
    let source = |render: &Value| format!("pcm/{}?from=0&n=1", render["master"]["source"].as_str().unwrap());
    assert_eq!(get(&studio.live, &source(&first)).status, 200);
    studio.render();
    assert_eq!(page.next_of("render")["render"]["changed"], json!([]));
    assert_eq!([&first, &second].map(|render| get(&studio.live, &source(render)).status), [404, 200]);
}

#[test]
fn a_page_hears_what_is_wrong_and_that_it_is_mended() {
    let studio = Studio::playing();
    let mut page = Page::of(&studio.live);
    assert_eq!(page.next()["renders"][0]["number"], 1);
    let script = studio.folder.path().join("song.rhai");
    std::fs::write(&script, "let ü = 1;\nlet kick = trakc(\"kick\");\n\n// end\n").unwrap();
    let at = |line, column| Origin { file: script.to_str().unwrap().into(), line, column };
    let wrong = Diagnostic::error("there is no `trakc`")
        .at(&at(2, 12))
        .label(&at(1, 5), "see")
        .hint("did you mean `track`?");
    studio.live.failed(&[wrong, Diagnostic::error("and no place")]);
    let error = page.next_of("error")["error"].clone();
    let file = script.to_str().unwrap();
    let told = &error["diagnostics"][0];
    assert_eq!((&told["line"], &told["column"], &told["width"]), (&json!(2), &json!(12), &json!(5)));
    assert_eq!((&told["file"], &told["severity"]), (&json!(file), &json!("error")));
    assert_eq!(told["excerpt"][1], json!({ "number": 2, "text": "let kick = trakc(\"kick\");" }));
    assert_eq!(told["excerpt"].as_array().unwrap().len(), 4);
    assert_eq!(told["labels"], json!([{ "file": file, "line": 1, "column": 5, "width": 1, "text": "see" }]));
    assert_eq!(told["hints"], json!(["did you mean `track`?"]));
    assert_eq!(error["diagnostics"][1]["excerpt"], json!([]));
    let hello = Page::of(&studio.live).next();
    assert_eq!((&hello["state"], &hello["error"]), (&json!("error"), &error));
    assert_eq!(hello["renders"].as_array().unwrap().len(), 1, "the last good one stays");
    studio.live.healed();
    page.next_of("healed");
    let hello = Page::of(&studio.live).next();
    assert_eq!((&hello["state"], &hello["error"]), (&json!("ready"), &Value::Null));
}
