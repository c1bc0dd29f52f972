//! Many hosts on the loopback, one for each address 127.0.x.y, that answer every request and count it: the server for
//! the comparison of link checkers (`benches/peers/check_peers.py`).
//!
//! `link_server MILLISECONDS` prints its port and answers each request after that time. `GET /count` on 127.0.0.1
//! returns, as JSON, the number of requests by method and the largest number of concurrent requests to one host, and
//! resets the counts.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Default)]
struct RequestCount {
    methods: HashMap<String, usize>,
    under_way: HashMap<IpAddr, usize>,
    most: usize,
    hosts: usize,
}

fn main() -> std::io::Result<()> {
    let pause = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
        println!("{}", listener.local_addr()?.port());
        let count = Arc::new(Mutex::new(RequestCount::default()));
        loop {
            let (stream, _) = listener.accept().await?;
            let count = count.clone();
            tokio::spawn(async move { converse(stream, &count, Duration::from_millis(pause)).await });
        }
    })
}

async fn converse(mut stream: TcpStream, count: &Mutex<RequestCount>, pause: Duration) -> Option<()> {
    let host = stream.local_addr().ok()?.ip();
    stream.set_nodelay(true).ok()?;
    let mut buffer = Vec::with_capacity(1024);
    let lock = || count.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let end = loop {
            if let Some(end) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut buffer).await.ok()? == 0 {
                return None;
            }
        };
        let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
        buffer.drain(..end);
        let (method, path) = head.split_once(' ').map(|(method, rest)| (method, rest.split(' ').next()))?;
        if host == IpAddr::V4(Ipv4Addr::LOCALHOST) && path == Some("/count") {
            let summary = std::mem::take(&mut *lock()).summary();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{summary}", summary.len());
            stream.write_all(head.as_bytes()).await.ok()?;
            continue;
        }
        lock().begin(host, method);
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        // Before the answer is sent: a client that sends its next request on arrival must not be counted with the
        // previous one.
        lock().end(host);
        let body = if method == "HEAD" { "" } else { "ok" };
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\n{body}");
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

impl RequestCount {
    fn begin(&mut self, host: IpAddr, method: &str) {
        *self.methods.entry(method.to_string()).or_default() += 1;
        let now = self.under_way.entry(host).or_default();
        *now += 1;
        self.most = self.most.max(*now);
        self.hosts = self.under_way.len();
    }

    fn end(&mut self, host: IpAddr) {
        if let Some(now) = self.under_way.get_mut(&host) {
            *now = now.saturating_sub(1);
        }
    }

    fn summary(self) -> String {
        serde_json::json!({"requests": self.methods, "hosts": self.hosts, "most_at_one_host": self.most}).to_string()
    }
}
