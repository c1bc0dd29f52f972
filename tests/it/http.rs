//! A running `kg serve`, and a minimal client that shows the bytes on the wire.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::cli::kg;

/// A server that is stopped when this value is dropped.
pub(crate) struct Server {
    pub process: Child,
    /// `127.0.0.1:45678`
    pub address: String,
}

impl Server {
    pub(crate) fn start(store: &Path, options: &[&str]) -> Self {
        let mut command = kg(store);
        command.args(["serve", "--bind", "127.0.0.1:0"]).args(options);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").unwrap_or_else(|| panic!("{line:?}")).trim_end_matches('/');
        Self { address: address.to_string(), process }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        stream
    }

    pub(crate) fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let mut stream = self.connect();
        stream.write_all(&head(method, path, &self.address, headers, body.len())).unwrap();
        // A server that refuses early may close before it has read everything.
        let _ = stream.write_all(body);
        Response::read(stream).unwrap()
    }

    pub(crate) fn get(&self, path: &str) -> Response {
        self.request("GET", path, &[], b"")
    }

    /// As a browser asks.
    pub(crate) fn page(&self, path: &str) -> Response {
        self.request("GET", path, &[("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")], b"")
    }

    pub(crate) fn query(&self, sparql: &str, accept: &str) -> Response {
        self.request("GET", &address("/sparql", &[("query", sparql)]), &[("Accept", accept)], b"")
    }

    /// Rows of a SELECT as CSV lines, without the heading.
    pub(crate) fn rows(&self, sparql: &str) -> Vec<String> {
        let answer = self.query(sparql, "text/csv");
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.text().lines().skip(1).map(str::to_string).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn head(method: &str, path: &str, host: &str, headers: &[(&str, &str)], length: usize) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if length > 0 || method == "POST" {
        head.push_str(&format!("Content-Length: {length}\r\n"));
    }
    format!("{head}\r\n").into_bytes()
}

/// `path?name=value&…`
pub(crate) fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    format!("{path}?{}", form(pairs))
}

pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[derive(Debug)]
pub(crate) struct Response {
    pub status: u16,
    /// Names in lower case; several values of one name are joined.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
    /// Whether the whole body arrived.
    pub whole: bool,
}

impl Response {
    /// `None` if the connection was closed without an answer.
    pub(crate) fn read(stream: TcpStream) -> Option<Self> {
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let status = line.split(' ').nth(1)?.parse().ok()?;
        let mut headers: BTreeMap<String, String> = BTreeMap::new();
        loop {
            line.clear();
            stream.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            let joined = headers.entry(name.to_lowercase()).or_default();
            if !joined.is_empty() {
                joined.push_str(", ");
            }
            joined.push_str(value.trim());
        }
        let mut body = Vec::new();
        let whole = if headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked") {
            chunks(&mut stream, &mut body).is_some()
        } else {
            let _ = stream.read_to_end(&mut body);
            headers.get("content-length").is_none_or(|length| length.parse() == Ok(body.len()))
        };
        Some(Self { status, headers, body, whole })
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The media type without parameters.
    pub(crate) fn media(&self) -> &str {
        self.header("content-type").split(';').next().unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap().replace("\r\n", "\n")
    }
}

fn chunks(stream: &mut impl BufRead, body: &mut Vec<u8>) -> Option<()> {
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        let length = usize::from_str_radix(line.trim(), 16).ok()?;
        let from = body.len();
        body.resize(from + length, 0);
        stream.read_exact(&mut body[from..]).ok()?;
        stream.read_exact(&mut [0; 2]).ok()?;
        if length == 0 {
            return Some(());
        }
    }
}
