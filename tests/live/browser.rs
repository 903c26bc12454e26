//! A headless Chromium, and as much of its DevTools protocol as the tests speak.

use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tungstenite::{Message, WebSocket};

/// Longer than anything may take, however busy the machine is.
pub(crate) const LONGEST: Duration = Duration::from_secs(60);

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The key that steers the tests: a browser to take, or `required` where none may be missing.
const KEY: &str = "MIXWRIGHT_BROWSER";

/// A browser with a fresh profile.
pub(crate) struct Browser {
    process: Child,
    port: u16,
    _profile: tempfile::TempDir,
}

/// A page in it.
pub(crate) struct Tab {
    socket: RefCell<WebSocket<TcpStream>>,
    asked: Cell<u64>,
    events: RefCell<Vec<Value>>,
}

/// The browser's path, if there is one; where it must not be missing its absence is a failure.
fn found() -> Option<String> {
    let told = std::env::var(KEY).unwrap_or_default();
    if !told.is_empty() && told != "required" {
        return Some(told);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let named =
        NAMES.iter().find(|name| std::env::split_paths(&path).any(|folder| folder.join(name).is_file()));
    assert!(named.is_some() || told != "required", "{KEY}=required, and there is no browser on the path");
    named.map(|name| (*name).to_owned())
}

impl Browser {
    /// Starts one; where there is none a line says so, and the test passes.
    pub(crate) fn start() -> Option<Browser> {
        let Some(program) = found() else {
            #[allow(clippy::print_stderr, reason = "whoever runs the tests is to know")]
            {
                eprintln!("no browser on the path: the page was not looked at");
            }
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        let process = Command::new(program)
            .args([
                "--headless=new",
                "--no-sandbox",
                "--no-first-run",
                "--mute-audio",
                "--disable-dev-shm-usage",
            ])
            .args([
                "--remote-debugging-port=0",
                "--remote-allow-origins=*",
                "--hide-scrollbars",
                "about:blank",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let told = profile.path().join("DevToolsActivePort");
        let port =
            until("the browser's port", || fs::read_to_string(&told).ok()?.lines().next()?.parse().ok());
        Some(Browser { process, port, _profile: profile })
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Opens a page.
    pub(crate) fn open(&self, address: &str) -> Tab {
        let tab = self.blank();
        tab.go(address);
        tab
    }

    /// An empty page.
    pub(crate) fn blank(&self) -> Tab {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "PUT /json/new?about:blank HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
            self.port
        )
        .unwrap();
        let mut answer = String::new();
        let mut piece = [0; 4096];
        // The browser keeps the line open: the body ends with its brace.
        while !answer.trim_end().ends_with('}') {
            let read = stream.read(&mut piece).unwrap();
            answer.push_str(&String::from_utf8_lossy(&piece[..read]));
            assert!(read > 0, "{answer}");
        }
        let body: Value = serde_json::from_str(&answer[answer.find('{').unwrap()..]).unwrap();
        let address = body["webSocketDebuggerUrl"].as_str().unwrap();
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(5 * LONGEST)).unwrap();
        let (socket, _) = tungstenite::client(address, stream).unwrap();
        let tab = Tab { socket: RefCell::new(socket), asked: Cell::new(0), events: RefCell::default() };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            tab.call(&format!("{domain}.enable"), json!({}));
        }
        tab
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

impl Tab {
    /// Calls a method, and keeps what the browser tells meanwhile.
    pub(crate) fn call(&self, method: &str, params: Value) -> Value {
        let id = self.asked.get() + 1;
        self.asked.set(id);
        let mut socket = self.socket.borrow_mut();
        let text = json!({ "id": id, "method": method, "params": params }).to_string();
        socket.send(Message::text(text)).unwrap();
        loop {
            let message = match socket.read() {
                Err(tungstenite::Error::Io(error)) if error.kind() == ErrorKind::Interrupted => continue,
                message => message.unwrap(),
            };
            let Ok(text) = message.to_text() else { continue };
            let Ok(mut value) = serde_json::from_str::<Value>(text) else { continue };
            if value["id"] == id {
                assert!(value.get("error").is_none(), "{method}: {}", value["error"]);
                return value["result"].take();
            }
            self.events.borrow_mut().push(value);
        }
    }

    pub(crate) fn go(&self, address: &str) {
        self.call("Page.navigate", json!({ "url": address }));
    }

    /// The value of an expression, awaited; code of the driver counts as a gesture.
    pub(crate) fn eval(&self, code: &str) -> Value {
        let asked =
            json!({ "expression": code, "awaitPromise": true, "returnByValue": true, "userGesture": true });
        let mut answer = self.call("Runtime.evaluate", asked);
        assert!(answer.get("exceptionDetails").is_none(), "{code}: {answer}");
        answer["result"]["value"].take()
    }

    pub(crate) fn number(&self, code: &str) -> f64 {
        self.eval(code).as_f64().unwrap_or_else(|| panic!("no number: {code}"))
    }

    pub(crate) fn text(&self, code: &str) -> String {
        self.eval(code).as_str().unwrap_or_else(|| panic!("no text: {code}")).to_owned()
    }

    /// Waits until an expression is true; one that fails meanwhile is not yet.
    pub(crate) fn until(&self, code: &str) {
        let quiet = format!("(() => {{ try {{ return Boolean({code}) }} catch {{ return false }} }})()");
        until(code, || (self.eval(&quiet) == true).then_some(()));
    }

    /// Presses a key: its name, its modifiers (8 is Shift).
    pub(crate) fn press(&self, key: &str, modifiers: u32) {
        let code = if key == " " { "Space" } else { key };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({ "type": kind, "key": key, "code": code, "modifiers": modifiers });
            if key.chars().count() == 1 && kind == "keyDown" {
                event["text"] = json!(key);
            }
            // What the browser itself does with a key hangs on its number.
            if let Some((_, number)) = [("Tab", 9), ("Escape", 27)].iter().find(|(name, _)| *name == key) {
                event["windowsVirtualKeyCode"] = json!(number);
            }
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// The size of the window and the theme.
    pub(crate) fn look(&self, width: u32, height: u32, theme: &str) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", size);
        let theme = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
        self.call("Emulation.setEmulatedMedia", theme);
    }

    /// What the browser told by a name.
    pub(crate) fn told(&self, method: &str) -> Vec<Value> {
        self.eval("0");
        self.events.borrow().iter().filter(|event| event["method"] == method).cloned().collect()
    }
}

/// Asks again and again until there is an answer.
pub(crate) fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < LONGEST, "never: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
