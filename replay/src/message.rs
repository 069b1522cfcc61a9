//! RTSP requests and answers, RFC 2326.

use std::fmt::Write;

/// A request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub method: String,
    pub uri: String,
    headers: Vec<(String, String)>,
}

impl Request {
    /// Value of a header, whose name is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// First part of the address's path: the clip's name. Without the stream behind it.
    pub fn path(&self) -> String {
        let parsed = url::Url::parse(&self.uri).ok();
        let path = parsed.as_ref().map_or(self.uri.as_str(), url::Url::path);
        path.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned()
    }
}

/// What stands at the front of what a client sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Front {
    /// A request, and the bytes it took.
    Request(Request, usize),
    /// Interleaved data, which a server has no use for, and the bytes it took.
    Data(usize),
    /// Not yet whole.
    More,
    /// No RTSP.
    Broken,
}

/// A head longer than this is no request.
const HEAD_MAX: usize = 16 * 1024;

/// Reads the front of `bytes`.
pub(crate) fn front(bytes: &[u8]) -> Front {
    if let [b'$', _, high, low, ..] = bytes {
        let whole = 4 + usize::from(u16::from_be_bytes([*high, *low]));
        return if bytes.len() >= whole { Front::Data(whole) } else { Front::More };
    }
    let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else {
        return if bytes.len() > HEAD_MAX { Front::Broken } else { Front::More };
    };
    let Ok(head) = std::str::from_utf8(&bytes[..end]) else { return Front::Broken };
    let mut lines = head.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(uri), Some("RTSP/1.0")) = (words.next(), words.next(), words.next()) else {
        return Front::Broken;
    };
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(key, value)| (key.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let request = Request { method: method.to_owned(), uri: uri.to_owned(), headers };
    let body = match request.header("content-length").map(str::parse::<usize>) {
        None => 0,
        Some(Ok(length)) if length <= HEAD_MAX => length,
        Some(_) => return Front::Broken,
    };
    let whole = end + 4 + body;
    if bytes.len() >= whole { Front::Request(request, whole) } else { Front::More }
}

/// An answer's bytes. `headers` without `CSeq` and `Content-Length`, which are added.
pub(crate) fn answer(request: &Request, status: &str, headers: &[(&str, String)], body: &str) -> Vec<u8> {
    let mut out = format!("RTSP/1.0 {status}\r\nCSeq: {}\r\n", request.header("cseq").unwrap_or("0"));
    for (name, value) in headers {
        // Writing to a string cannot fail.
        let _ = write!(out, "{name}: {value}\r\n");
    }
    if !body.is_empty() {
        let _ = write!(out, "Content-Length: {}\r\n", body.len());
    }
    out.push_str("\r\n");
    out.push_str(body);
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_piece_by_piece() {
        let text = b"SETUP rtsp://a:1/gate/track?x=1 RTSP/1.0\r\nCSeq: 3\r\nContent-Length: 2\r\n\r\nhi$\x01\x00\x01x";
        for end in 0..text.len() - 5 {
            assert_eq!(front(&text[..end]), Front::More, "{end}");
        }
        let Front::Request(request, used) = front(text) else { panic!("a request") };
        assert_eq!((request.method.as_str(), request.path().as_str()), ("SETUP", "gate"));
        assert_eq!(request.header("cseq"), Some("3"));
        assert_eq!(front(&text[used..]), Front::Data(5));
        assert_eq!(front(b"GET / HTTP/1.1\r\n\r\n"), Front::Broken);
    }
}
