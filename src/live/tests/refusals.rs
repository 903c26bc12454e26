//! Who is sent away, and with which words.

use super::{
    client::{Page, get, get_with, parts, send},
    studio::Studio,
};
use crate::live::{Port, Settings, serve};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

#[test]
fn only_the_page_itself_is_let_in() {
    let studio = Studio::playing();
    let live = &studio.live;
    let (host, token) = parts(live);
    let port = host.split(':').nth(1).unwrap();
    let page = format!("GET /{token}/");
    let named = |name: &str| send(live, &page, &[format!("Host: {name}")]).status;
    assert_eq!(named(&host), 200);
    assert_eq!(named(&format!("localhost:{port}")), 200);
    for name in [format!("127.evil.example:{port}"), "evil.example".to_owned(), "127.0.0.1".to_owned()] {
        assert_eq!(named(&name), 403, "{name}");
    }
    assert_eq!(send(live, &page, &[]).status, 403, "without a host");
    assert_eq!(get_with(live, "", &["Origin: http://evil.example"]).status, 403);
    assert_eq!(get_with(live, "ws", &["Connection: Upgrade", "Upgrade: websocket"]).status, 403);
    for path in ["/", "/ws", "/00000000000000000000000000000000/"] {
        assert_eq!(send(live, &format!("GET {path}"), &[format!("Host: {host}")]).status, 403, "{path}");
    }
    for method in ["POST", "HEAD", "OPTIONS"] {
        let answer = send(live, &format!("{method} /{token}/"), &[format!("Host: {host}")]);
        assert_eq!(answer.status, 405, "{method}");
    }
    assert!(Page::open(live, "http://evil.example").is_err());
    assert!(Page::open(live, &format!("http://{host}")).is_ok());
}

#[test]
fn no_path_leads_elsewhere() {
    let studio = Studio::playing();
    let id = studio.live.shared.status().library.last().unwrap().message.master.source.clone();
    let other = |path: &str| get(&studio.live, &path.replace("ID", &id)).status;
    for path in [
        "..%2f",
        "..%2f..%2fetc%2fpasswd",
        "pcm/..%2f..%2fmaster.wav?from=0&n=1",
        "pcm/nothing?from=0&n=1",
        "audio/..%2fmaster.wav",
        "audio/ID",
        "peaks/ID/4",
        "peaks/ID/-1",
        "plot/ID/other.svg",
        "live.rs",
    ] {
        assert_eq!(other(path), 404, "{path}");
    }
    for query in ["n=1", "from=0", "from=-1&n=1", "from=0&n=1099511627776", "from=0&n=x", "from=0&n=262145"] {
        assert_eq!(other(&format!("pcm/ID?{query}")), 400, "{query}");
    }
    assert_eq!(other("pcm/ID?from=0&n=262144"), 200);
    assert_eq!(other("pcm/ID?from=18446744073709551615&n=1"), 200);
}

#[test]
fn every_answer_says_what_a_browser_must_keep_to() {
    let studio = Studio::playing();
    let id = studio.live.shared.status().library.last().unwrap().message.mix.source.clone();
    let cases = [("", "no-store"), ("nothing", "no-store"), (&format!("meters/{id}"), "immutable")];
    for (path, kept) in cases {
        let answer = get(&studio.live, path);
        let header = |name: &str| answer.headers.get(name).map(String::as_str).unwrap_or_default();
        assert!(header("content-security-policy").starts_with("default-src 'none';"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin");
        assert!(header("cache-control").contains(kept), "{path}: {}", header("cache-control"));
        assert_eq!(answer.headers.get("access-control-allow-origin"), None);
    }
}

#[test]
fn who_says_nothing_is_sent_away_and_the_next_is_served() {
    let studio = Studio::new();
    let (host, _) = parts(&studio.live);
    let mut lines: Vec<TcpStream> = (0..64).map(|_| TcpStream::connect(&host).unwrap()).collect();
    lines.iter_mut().for_each(|line| line.write_all(b"GET / HTTP/1.1\r\n").unwrap());
    // The 65th waits until the others have been sent away for saying too little.
    assert_eq!(get(&studio.live, "").status, 200);
    for mut line in lines {
        line.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut said = Vec::new();
        line.read_to_end(&mut said).unwrap();
        assert!(!said.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&said));
    }
}

#[test]
fn a_port_that_is_taken_is_told_and_one_that_is_given_back_is_had_again() {
    let studio = Studio::new();
    let (host, _) = parts(&studio.live);
    let port: u16 = host.split(':').nth(1).unwrap().parse().unwrap();
    let settings = Settings { port: Port::At(port), token: None };
    let error = serve(&settings).err().unwrap().to_string();
    assert!(error.starts_with(&format!("cannot listen on port {port} of 127.0.0.1: ")), "{error}");
    drop(studio);
    let again = (0..100).find_map(|_| {
        std::thread::sleep(Duration::from_millis(20));
        serve(&settings).ok()
    });
    assert_eq!(parts(&again.unwrap()).0, host);
}

#[test]
fn the_token_outlives_the_server_and_is_the_users_alone() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    let settings = Settings { port: Port::At(0), token: Some(cache.clone()) };
    let token = || parts(&serve(&settings).map_err(|error| error.to_string()).unwrap()).1;
    let first = token();
    assert_eq!(first.len(), 32);
    assert_eq!(first, token());
    let file = cache.join("live-token");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    std::fs::write(&file, "../../etc").unwrap();
    assert_ne!(first, token());
}
