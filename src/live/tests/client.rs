//! A client that sends what it is told, and readers of the files that are served, made after their descriptions.

use crate::live::Live;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;
use tungstenite::{Message, WebSocket, client::IntoClientRequest, error::Error};

/// An answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
}

/// The part of an address that names the server, and the token.
pub(super) fn parts(live: &Live) -> (String, String) {
    let address = live.address();
    let (host, token) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    (host.to_owned(), token.trim_end_matches('/').to_owned())
}

/// Sends a request whose first line and headers are given, and reads all that comes back.
pub(super) fn send(live: &Live, first: &str, headers: &[String]) -> Answer {
    let mut stream = TcpStream::connect(parts(live).0).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    stream.write_all(format!("{first} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n").as_bytes()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let header = |line: &str| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.to_lowercase(), value.to_owned())
    };
    Answer { status, headers: lines.map(header).collect(), body: bytes[end + 4..].to_vec() }
}

/// Gets what a page would get, with more headers.
pub(super) fn get_with(live: &Live, path: &str, headers: &[&str]) -> Answer {
    let (host, token) = parts(live);
    let mut all = vec![format!("Host: {host}")];
    all.extend(headers.iter().map(|header| (*header).to_owned()));
    send(live, &format!("GET /{token}/{path}"), &all)
}

/// Gets what a page would get.
pub(super) fn get(live: &Live, path: &str) -> Answer {
    get_with(live, path, &[])
}

/// Numbers of 16 bits.
fn words(bytes: &[u8]) -> Vec<i16> {
    bytes.chunks(2).map(|two| i16::from_le_bytes([two[0], two[1]])).collect()
}

/// Samples of the planes that `pcm` sends.
pub(super) fn planes(body: &[u8]) -> [Vec<f32>; 2] {
    let all: Vec<f32> = body.chunks(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect();
    let (left, right) = all.split_at(all.len() / 2);
    [left.to_vec(), right.to_vec()]
}

/// What a `.dat` holds (audiowaveform, DataFormat.md).
#[derive(Debug, PartialEq)]
pub(super) struct Dat {
    pub(super) bits: u32,
    pub(super) rate: u32,
    pub(super) frames_a_point: u32,
    pub(super) channels: u32,
    /// Point by point, channel by channel, smallest and largest.
    pub(super) values: Vec<i16>,
}

pub(super) fn dat(bytes: &[u8]) -> Dat {
    let number = |i: usize| u32::from_le_bytes(bytes[4 * i..4 * i + 4].try_into().unwrap());
    assert_eq!(number(0), 2, "version");
    let (bits, channels, points) = (if number(1) & 1 == 1 { 8 } else { 16 }, number(5), number(4));
    let values = match bits {
        8 => bytes[24..].iter().map(|byte| i16::from(*byte as i8)).collect(),
        _ => words(&bytes[24..]),
    };
    assert_eq!(values.len() as u32, points * channels * 2, "as many as the header says");
    Dat { bits, rate: number(2), frames_a_point: number(3), channels, values }
}

/// The tracks that `meters` sends, by their names: frames of a step, and values.
pub(super) fn tracks(bytes: &[u8]) -> (Value, BTreeMap<String, (f64, Vec<i16>)>) {
    assert_eq!(&bytes[..4], b"MXM1");
    let length = u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize;
    let header: Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
    let mut values = words(&bytes[8 + length..]);
    let mut tracks = BTreeMap::new();
    for track in header["tracks"].as_array().unwrap() {
        let rest = values.split_off(track["count"].as_u64().unwrap() as usize);
        let name = track["name"].as_str().unwrap().to_owned();
        tracks.insert(name, (track["every"].as_f64().unwrap(), std::mem::replace(&mut values, rest)));
    }
    assert!(values.is_empty(), "nothing behind the last track");
    (header, tracks)
}

/// A page's line to the server.
pub(super) struct Page(WebSocket<TcpStream>);

impl Page {
    /// Opens a line, as a script would that came from there.
    pub(super) fn open(live: &Live, origin: &str) -> Result<Page, Box<Error>> {
        let (host, token) = parts(live);
        let stream = TcpStream::connect(&host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut request = format!("ws://{host}/{token}/ws").into_client_request().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        match tungstenite::client(request, stream) {
            Ok((socket, _)) => Ok(Page(socket)),
            Err(tungstenite::HandshakeError::Failure(error)) => Err(Box::new(error)),
            Err(interrupted) => panic!("{interrupted}"),
        }
    }

    /// A page of the server's own.
    pub(super) fn of(live: &Live) -> Page {
        Page::open(live, &format!("http://{}", parts(live).0)).unwrap()
    }

    /// The next message.
    pub(super) fn next(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.0.read().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// The next message of a type.
    pub(super) fn next_of(&mut self, kind: &str) -> Value {
        loop {
            let message = self.next();
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// Whether the line is closed, after what was said on it.
    pub(super) fn ends(&mut self) -> bool {
        (0..100).any(|_| self.0.read().is_err())
    }

    /// Says something.
    pub(super) fn say(&mut self, words: &str) {
        self.0.send(Message::Text(words.into())).unwrap();
    }
}
