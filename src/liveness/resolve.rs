//! Names to addresses, and the guard before them.
//!
//! The guard is the resolver of the HTTP client itself: the addresses that it lets through are the very ones that are
//! connected to. A name that answers with a public address when asked and with a private one a moment later
//! (rebinding) gains nothing, because nobody asks twice.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_public;

/// Finds the addresses of a name.
pub trait Lookup: Send + Sync {
    fn lookup(&self, name: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;
}

/// The resolver of the system, with its hosts file, search domains and caches.
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, name: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) })
    }
}

/// Lets only those addresses through that may be asked.
pub struct Guard {
    pub lookup: Arc<dyn Lookup>,
    pub fixed: BTreeMap<String, SocketAddr>,
    pub allow_private: bool,
}

/// Why a name was not connected to.
#[derive(Debug)]
pub enum ResolveError {
    Failed(io::Error),
    Private(SocketAddr),
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let fixed = self.fixed.get(name.as_str()).copied();
        let (lookup, allow_private) = (self.lookup.clone(), self.allow_private);
        Box::pin(async move {
            let found = match fixed {
                Some(address) => vec![address],
                None => lookup.lookup(name.as_str().to_string()).await.map_err(ResolveError::Failed)?,
            };
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

impl fmt::Display for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => write!(f, "{error}"),
            Self::Private(address) => write!(f, "leads to {}, an address that is not public", address.ip()),
        }
    }
}

impl std::error::Error for ResolveError {}
