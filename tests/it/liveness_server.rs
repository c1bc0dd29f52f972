//! A server on the loopback that behaves like any host on the internet, good or bad, and counts.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub at: Instant,
    pub method: String,
    pub host: String,
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: String,
    /// How often this was requested before: same host, method and path.
    pub nth: usize,
}

pub(crate) enum Reply {
    Send {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    /// After a while.
    Later(Duration, Box<Reply>),
    /// These bytes, then the end of the connection.
    Raw(Vec<u8>),
    /// One byte at a time, with this pause after each.
    Drip(Vec<u8>, Duration),
    /// An endless body.
    Endless,
    /// No answer, ever.
    Hang,
    /// Closes the connection.
    Cut,
}

impl Reply {
    pub(crate) fn status(status: u16) -> Self {
        Self::Send { status, headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn html(body: impl Into<String>) -> Self {
        Self::status(200).with("content-type", "text/html").body(body.into().into_bytes())
    }

    pub(crate) fn json(value: serde_json::Value) -> Self {
        Self::status(200).with("content-type", "application/json").body(value.to_string().into_bytes())
    }

    pub(crate) fn to(status: u16, location: impl Into<String>) -> Self {
        Self::status(status).with("location", location)
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        if let Self::Send { headers, .. } = &mut self {
            headers.push((name.to_string(), value.into()));
        }
        self
    }

    pub(crate) fn body(mut self, bytes: Vec<u8>) -> Self {
        if let Self::Send { body, .. } = &mut self {
            *body = bytes;
        }
        self
    }

    pub(crate) fn after(self, pause: Duration) -> Self {
        Self::Later(pause, Box::new(self))
    }
}

#[derive(Default)]
struct Log {
    requests: Vec<Request>,
    under_way: HashMap<String, usize>,
    most: HashMap<String, usize>,
    sent: usize,
}

pub(crate) struct Server {
    pub address: SocketAddr,
    log: Arc<Mutex<Log>>,
    _runtime: Runtime,
}

type Play = Arc<dyn Fn(&Request) -> Reply + Send + Sync>;

impl Server {
    pub(crate) fn start(play: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::serve(None, Arc::new(play))
    }

    pub(crate) fn start_tls(identity: &Identity, play: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::serve(Some(identity.acceptor.clone()), Arc::new(play))
    }

    fn serve(tls: Option<TlsAcceptor>, play: Play) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        // Any 127.x.y.z leads here, so that one server is many hosts.
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0))).unwrap();
        let port = listener.local_addr().unwrap().port();
        let log = Arc::new(Mutex::new(Log::default()));
        let shared = log.clone();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (play, log, tls) = (play.clone(), shared.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => converse(stream, &play, &log).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                converse(stream, &play, &log).await;
                            }
                        }
                    }
                });
            }
        });
        Self { address: (Ipv4Addr::LOCALHOST, port).into(), log, _runtime: runtime }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.log.lock().unwrap().requests.clone()
    }

    /// Method and path of every request, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.requests().into_iter().map(|r| format!("{} {}", r.method, r.path)).collect()
    }

    /// The largest number of concurrent requests, for each host.
    pub(crate) fn most(&self) -> HashMap<String, usize> {
        self.log.lock().unwrap().most.clone()
    }

    /// Number of bytes of endless bodies that were received.
    pub(crate) fn sent(&self) -> usize {
        self.log.lock().unwrap().sent
    }
}

async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, play: &Play, log: &Mutex<Log>) {
    let mut buffer = Vec::new();
    while let Some(mut request) = read(&mut stream, &mut buffer).await {
        let host = request.host.clone();
        {
            let mut log = log.lock().unwrap();
            let same = |r: &&Request| (&r.host, &r.method, &r.path) == (&request.host, &request.method, &request.path);
            request.nth = log.requests.iter().filter(same).count();
            log.requests.push(request.clone());
            let now = log.under_way.entry(host.clone()).or_default();
            *now += 1;
            let now = *now;
            let most = log.most.entry(host.clone()).or_default();
            *most = (*most).max(now);
        }
        let goes_on = answer(&mut stream, play(&request), request.method == "HEAD", log).await;
        *log.lock().unwrap().under_way.get_mut(&host).unwrap() -= 1;
        if !goes_on {
            break;
        }
    }
}

async fn read(stream: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>) -> Option<Request> {
    let head = loop {
        if let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
            let rest = buffer.split_off(end + 4);
            break String::from_utf8(std::mem::replace(buffer, rest)).ok()?;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_string(), first.next()?.to_string());
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_string()))
        .collect();
    let length: usize = headers.get("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
    while buffer.len() < length {
        stream.read_buf(buffer).await.ok()?;
    }
    let rest = buffer.split_off(length);
    let body = String::from_utf8(std::mem::replace(buffer, rest)).ok()?;
    let host = headers.get("host").cloned().unwrap_or_default();
    Some(Request { at: Instant::now(), method, host, path, headers, body, nth: 0 })
}

/// Whether the connection can take another request.
async fn answer(stream: &mut (impl AsyncWrite + Unpin), reply: Reply, head: bool, log: &Mutex<Log>) -> bool {
    match reply {
        Reply::Send { status, headers, body } => {
            let mut bytes = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
            for (name, value) in headers {
                bytes.push_str(&format!("{name}: {value}\r\n"));
            }
            bytes.push_str("\r\n");
            let mut bytes = bytes.into_bytes();
            if !head {
                bytes.extend(body);
            }
            stream.write_all(&bytes).await.is_ok()
        }
        Reply::Later(pause, reply) => {
            tokio::time::sleep(pause).await;
            Box::pin(answer(stream, *reply, head, log)).await
        }
        Reply::Raw(bytes) => {
            let _ = stream.write_all(&bytes).await;
            false
        }
        Reply::Drip(bytes, pause) => {
            for byte in bytes {
                if stream.write_all(&[byte]).await.is_err() {
                    break;
                }
                let _ = stream.flush().await;
                tokio::time::sleep(pause).await;
            }
            false
        }
        Reply::Endless => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<html>";
            if stream.write_all(head).await.is_err() {
                return false;
            }
            let piece = vec![b'x'; 16 * 1024];
            while stream.write_all(&piece).await.is_ok() {
                log.lock().unwrap().sent += piece.len();
            }
            false
        }
        Reply::Hang => std::future::pending().await,
        Reply::Cut => false,
    }
}

/// A certificate, and the authority that signed it.
pub(crate) struct Identity {
    acceptor: TlsAcceptor,
    /// The authority's certificate (PEM).
    pub authority: Vec<u8>,
}

impl Identity {
    pub(crate) fn of(names: &[&str]) -> Self {
        Self::with(names, |_| {})
    }

    pub(crate) fn with(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Self {
        let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let mut params = CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
            .unwrap();
        Self { acceptor: TlsAcceptor::from(Arc::new(config)), authority: authority.pem().into_bytes() }
    }
}
