//! Who may ask at all. A page of another site must not hear unreleased music, nor may another user of the machine: the
//! address must be ours, where it came from must be us, and the path must begin with what only the user was told.

use axum::http::{HeaderMap, Method, StatusCode, Uri, header};

/// What a request must know of the server.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    port: u16,
    token: String,
}

impl Guard {
    pub(super) fn new(port: u16, token: &str) -> Guard {
        Guard { port, token: token.to_owned() }
    }

    /// Lets a request pass, or tells with which status it is refused.
    pub(super) fn admit(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), StatusCode> {
        let socket = uri.path().strip_prefix(&format!("/{}", self.token)) == Some("/ws");
        let named = uri.authority().is_none_or(|authority| self.is_us(authority.as_str()));
        if !named || !self.host(headers) || !self.origin(headers, socket) || !self.knows_token(uri.path()) {
            return Err(StatusCode::FORBIDDEN);
        }
        if method != Method::GET {
            return Err(StatusCode::METHOD_NOT_ALLOWED);
        }
        Ok(())
    }

    /// A name that merely resolves to this machine is another's: it is how a foreign page would get in.
    fn host(&self, headers: &HeaderMap) -> bool {
        only(headers, header::HOST).is_some_and(|host| self.is_us(host))
    }

    /// Browsers tell where a script came from that opens a socket, and always where it is another site.
    fn origin(&self, headers: &HeaderMap, socket: bool) -> bool {
        match only(headers, header::ORIGIN) {
            Some(origin) => origin.strip_prefix("http://").is_some_and(|host| self.is_us(host)),
            None => !socket && !headers.contains_key(header::ORIGIN),
        }
    }

    fn is_us(&self, host: &str) -> bool {
        ["127.0.0.1", "localhost"].iter().any(|name| *host == format!("{name}:{}", self.port))
    }

    /// Compared to the end, so that the time taken tells nothing.
    fn knows_token(&self, path: &str) -> bool {
        let said = path.split('/').nth(1).unwrap_or_default().as_bytes();
        let differ = said.iter().zip(self.token.as_bytes()).fold(0, |all, (a, b)| all | (a ^ b));
        said.len() == self.token.len() && differ == 0
    }
}

/// The value of a header that is there once.
fn only(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "00112233445566778899aabbccddeeff";

    fn status(method: &str, path: &str, said: &[(&'static str, &str)]) -> u16 {
        let mut headers = HeaderMap::new();
        for (name, value) in said {
            headers.append(*name, value.parse().unwrap());
        }
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        match Guard::new(4747, TOKEN).admit(&method, &path.parse().unwrap(), &headers) {
            Ok(()) => 200,
            Err(status) => status.as_u16(),
        }
    }

    #[test]
    fn only_this_very_address_is_ours() {
        let path = format!("/{TOKEN}/");
        let cases = [
            ("127.0.0.1:4747", 200),
            ("localhost:4747", 200),
            ("127.0.0.1", 403),
            ("127.0.0.1:4748", 403),
            ("127.evil.example:4747", 403),
            ("127.0.0.1:4747.evil.example", 403),
            ("localhost:47470", 403),
            ("[::1]:4747", 403),
            ("", 403),
        ];
        for (host, expected) in cases {
            assert_eq!(status("GET", &path, &[("host", host)]), expected, "{host}");
        }
        assert_eq!(status("GET", &path, &[]), 403);
        assert_eq!(status("GET", &path, &[("host", "127.0.0.1:4747"), ("host", "evil.example")]), 403);
        let absolute = format!("http://evil.example/{TOKEN}/");
        assert_eq!(status("GET", &absolute, &[("host", "127.0.0.1:4747")]), 403);
    }

    #[test]
    fn who_tells_an_origin_tells_ours_and_a_socket_tells_one() {
        let host = ("host", "127.0.0.1:4747");
        let [page, socket] = ["", "ws"].map(|rest| format!("/{TOKEN}/{rest}"));
        let cases = [
            (&page, None, 200),
            (&page, Some("http://127.0.0.1:4747"), 200),
            (&page, Some("http://evil.example"), 403),
            (&page, Some("null"), 403),
            (&page, Some("https://127.0.0.1:4747"), 403),
            (&socket, None, 403),
            (&socket, Some("http://localhost:4747"), 200),
            (&socket, Some("http://127.0.0.1:4747.evil.example"), 403),
        ];
        for (path, origin, expected) in cases {
            let said: Vec<_> = [host].into_iter().chain(origin.map(|origin| ("origin", origin))).collect();
            assert_eq!(status("GET", path, &said), expected, "{path} {origin:?}");
        }
    }

    #[test]
    fn without_the_token_nothing_is_told_and_nothing_is_changed_with_it() {
        let host = [("host", "localhost:4747")];
        let other = TOKEN.replace('f', "e");
        for path in ["/", "/ws", &format!("/{other}/"), &format!("/{TOKEN}0/"), &format!("//{TOKEN}/")] {
            assert_eq!(status("GET", path, &host), 403, "{path}");
        }
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "HEAD"] {
            assert_eq!(status(method, &format!("/{TOKEN}/"), &host), 405);
        }
    }
}
