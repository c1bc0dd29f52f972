//! Resolves names to addresses, with a guard.
//!
//! The guard is the resolver of the HTTP client itself, so the client connects to exactly the addresses that the guard
//! has checked. A name that answers first with a public address and a moment later with a private one (rebinding) gains
//! nothing, because it is resolved only once.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_public;

/// Finds the addresses of a name.
pub trait AddressLookup: Send + Sync {
    /// The addresses of a host name.
    fn lookup(&self, name: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;
}

/// The resolver of the system, with its hosts file, search domains and caches.
pub(super) struct SystemLookup;

impl AddressLookup for SystemLookup {
    fn lookup(&self, name: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) })
    }
}

/// A resolver that returns only the addresses that may be requested.
pub(super) struct GuardedResolver {
    pub lookup: Arc<dyn AddressLookup>,
    /// Names with an address that the user has chosen, public or not.
    pub fixed: BTreeMap<String, SocketAddr>,
    pub allow_private: bool,
}

/// Why a name was not resolved.
#[derive(Debug, thiserror::Error)]
pub(super) enum ResolveError {
    #[error("{0}")]
    Failed(io::Error),
    #[error("leads to {}, an address that is not public", .0.ip())]
    Private(SocketAddr),
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let fixed = self.fixed.get(name.as_str()).copied();
        let (lookup, allow_private) = (self.lookup.clone(), self.allow_private);
        Box::pin(async move {
            if let Some(address) = fixed {
                return Ok(Box::new(std::iter::once(address)) as Addrs);
            }
            let found = lookup.lookup(name.as_str().to_string()).await.map_err(ResolveError::Failed)?;
            let (allowed, refused): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|address| allow_private || is_public(address.ip()));
            match (allowed.is_empty(), refused.first()) {
                (true, Some(private)) => Err(ResolveError::Private(*private).into()),
                (true, None) => Err(ResolveError::Failed(io::ErrorKind::NotFound.into()).into()),
                (false, _) => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Answers with a public address first, and with a private one afterwards.
    #[derive(Default)]
    struct RebindingHost(AtomicUsize);

    impl AddressLookup for RebindingHost {
        fn lookup(&self, _: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>> {
            let address = match self.0.fetch_add(1, Ordering::SeqCst) {
                0 => "8.8.8.8:0",
                _ => "127.0.0.1:0",
            };
            Box::pin(async move { Ok(vec![address.parse().unwrap()]) })
        }
    }

    fn resolved(guard: &GuardedResolver) -> Result<Vec<String>, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let name = "rebinding.example".parse().unwrap();
        runtime
            .block_on(guard.resolve(name))
            .map(|found| found.map(|a| a.ip().to_string()).collect())
            .map_err(|e| e.to_string())
    }

    #[test]
    fn a_name_that_turns_private_is_connected_to_only_while_it_is_public() {
        let lookup = Arc::new(RebindingHost::default());
        let guard = GuardedResolver { lookup: lookup.clone(), fixed: BTreeMap::new(), allow_private: false };
        assert_eq!(resolved(&guard).unwrap(), ["8.8.8.8"]);
        assert_eq!(lookup.0.load(Ordering::SeqCst), 1, "what is checked is what is connected to: one look");
        assert!(resolved(&guard).unwrap_err().contains("127.0.0.1, an address that is not public"));
        let open = GuardedResolver { allow_private: true, ..guard };
        assert_eq!(resolved(&open).unwrap(), ["127.0.0.1"]);
    }
}
