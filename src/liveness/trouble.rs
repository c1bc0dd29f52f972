use std::error::Error;
use std::io;

use jiff::Timestamp;

use super::resolve::ResolveError;
use super::verdict::Verdict;

/// Why a request got no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RequestTrouble {
    pub verdict: Verdict,
    pub reason: String,
    /// The earliest time at which the host wants another request.
    pub retry_after: Option<Timestamp>,
    /// Whether the cause is known to lie with this machine or its network.
    pub is_local: bool,
}

impl RequestTrouble {
    pub(super) fn new(verdict: Verdict, reason: impl Into<String>) -> Self {
        Self { verdict, reason: reason.into(), retry_after: None, is_local: false }
    }

    pub(super) fn timeout() -> Self {
        Self::new(Verdict::Timeout, "no answer in time")
    }

    /// The cause of an error of the HTTP client. Its own message is not used, because it contains the address.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        let mut cause: Option<&(dyn Error + 'static)> = error.source();
        let mut last = String::new();
        while let Some(now) = cause {
            if let Some(found) = known(now) {
                return found;
            }
            last = now.to_string();
            // This is the only way to get the cause of an I/O error apart from its message.
            cause = match now.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
                Some(inner) => Some(inner as &(dyn Error + 'static)),
                None => now.source(),
            };
        }
        if error.is_timeout() {
            return Self::timeout();
        }
        if error.is_connect() {
            return Self::new(Verdict::Refused, lowered(&last));
        }
        Self::new(Verdict::ServerError, format!("no HTTP: {}", lowered(&last)))
    }

    /// Whether the host was unreachable. Then all other links of the host fail too.
    pub(super) fn is_of_host(&self) -> bool {
        matches!(self.verdict, Verdict::Timeout | Verdict::Dns | Verdict::Tls | Verdict::Refused)
    }

    /// Whether the other end was reached, even if it refused the request.
    pub(super) fn reached_host(&self) -> bool {
        match self.verdict {
            Verdict::Timeout | Verdict::Dns | Verdict::Skipped => false,
            Verdict::Refused => !self.is_local && self.reason != NO_WAY,
            _ => true,
        }
    }

    /// The same for a request through a proxy: only the proxy is resolved and connected to.
    #[must_use]
    pub(super) fn through_proxy(self) -> Self {
        let is_local = self.is_local || self.verdict == Verdict::Dns || self.reason == REFUSED;
        Self { is_local, ..self }
    }

    /// Whether another try may succeed.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self.verdict, Verdict::Timeout | Verdict::Dns | Verdict::Refused | Verdict::ServerError)
    }
}

const REFUSED: &str = "connection refused";
const NO_WAY: &str = "no route to the host";

/// Whether a look-up failed because no name server answered (EAI_AGAIN), and not because the name does not exist. The
/// standard library hides the code, but its message has the wording of the system's C library.
fn is_no_answer(error: &io::Error) -> bool {
    let message = error.to_string();
    ["Temporary failure in name resolution", "Try again", "temporarily unavailable"]
        .iter()
        .any(|no| message.contains(no))
}

fn known(error: &(dyn Error + 'static)) -> Option<RequestTrouble> {
    if let Some(error) = error.downcast_ref::<ResolveError>() {
        return Some(match error {
            ResolveError::Failed(error) if is_no_answer(error) => {
                RequestTrouble { is_local: true, ..RequestTrouble::new(Verdict::Dns, "no name server answers") }
            }
            ResolveError::Failed(_) => RequestTrouble::new(Verdict::Dns, "the name has no address"),
            ResolveError::Private(_) => RequestTrouble::new(Verdict::Skipped, error.to_string()),
        });
    }
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return Some(RequestTrouble::new(Verdict::Tls, lowered(&error.to_string())));
    }
    let error = error.downcast_ref::<io::Error>()?;
    let refused = |reason: &str| Some(RequestTrouble::new(Verdict::Refused, reason));
    match error.kind() {
        io::ErrorKind::TimedOut => Some(RequestTrouble::timeout()),
        io::ErrorKind::ConnectionRefused => refused(REFUSED),
        io::ErrorKind::ConnectionReset => refused("connection reset"),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => refused("connection cut off"),
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => Some(RequestTrouble {
            is_local: true,
            ..RequestTrouble::new(Verdict::Refused, "no network leads to the host")
        }),
        io::ErrorKind::HostUnreachable => refused(NO_WAY),
        _ => None,
    }
}

fn lowered(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => "unknown cause".to_string(),
    }
}
