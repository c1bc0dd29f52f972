use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::parse_word;

/// The outcome of one check of a link. [`CheckOutcome`](super::CheckOutcome) combines several checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is there.
    Alive,
    /// A repository that has a new name or owner permanently.
    Moved,
    /// It is at another address.
    Redirected,
    /// It exists, and its owner has made it read-only.
    Archived,
    /// A repository with nothing but a readme, a licence and the like.
    ReadmeOnly,
    /// A repository without files or commits.
    Empty,
    /// The host says that it does not exist (404, 410, or a page that says so).
    Gone,
    /// The host hides whether it is private or gone.
    PrivateOrGone,
    /// The host refuses to show it, whether or not it exists (401, 403, 451 and other refusals).
    Forbidden,
    /// The host asks for a later request (429).
    RateLimited,
    /// No answer in time.
    Timeout,
    /// The name of the host does not resolve.
    Dns,
    /// The host's certificate is not valid, or no encryption could be agreed on.
    Tls,
    /// The connection is refused or cut off.
    Refused,
    /// The host is faulty: 5xx, redirects in a circle, no HTTP.
    ServerError,
    /// Not requested, because of a rule.
    Skipped,
}

/// Severity of a verdict, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing is wrong.
    Fine,
    /// It is available, but a reader should know something.
    Notice,
    /// This check is inconclusive.
    Unclear,
    /// It is not available.
    Lost,
}

/// How certain a verdict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Alive, or missing in enough checks far enough apart.
    Confirmed,
    /// Missing, but in too few checks to call it dead.
    Suspected,
    /// The check got no answer.
    Unknown,
}

impl Verdict {
    /// Best first, as tables list them.
    pub const ALL: [Self; 16] = [
        Self::Alive,
        Self::Moved,
        Self::Redirected,
        Self::Archived,
        Self::ReadmeOnly,
        Self::Empty,
        Self::Gone,
        Self::PrivateOrGone,
        Self::Forbidden,
        Self::RateLimited,
        Self::Timeout,
        Self::Dns,
        Self::Tls,
        Self::Refused,
        Self::ServerError,
        Self::Skipped,
    ];

    /// The word that files, options and answers use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alive => "alive",
            Self::Moved => "moved",
            Self::Redirected => "redirected",
            Self::Archived => "archived",
            Self::ReadmeOnly => "readme-only",
            Self::Empty => "empty",
            Self::Gone => "gone",
            Self::PrivateOrGone => "private-or-gone",
            Self::Forbidden => "forbidden",
            Self::RateLimited => "rate-limited",
            Self::Timeout => "timeout",
            Self::Dns => "dns",
            Self::Tls => "tls",
            Self::Refused => "refused",
            Self::ServerError => "server-error",
            Self::Skipped => "skipped",
        }
    }

    /// Severity of the verdict.
    pub fn severity(self) -> Severity {
        match self {
            Self::Alive => Severity::Fine,
            Self::Moved | Self::Redirected | Self::Archived | Self::ReadmeOnly | Self::Empty => Severity::Notice,
            Self::Gone | Self::PrivateOrGone => Severity::Lost,
            _ => Severity::Unclear,
        }
    }

    /// Whether the host showed it. Then earlier failures no longer count.
    pub fn is_there(self) -> bool {
        self.severity() <= Severity::Notice
    }

    /// Whether a reader who follows the link finds what the paper promised: it exists and is not empty.
    pub fn is_live(self) -> bool {
        self.is_there() && !matches!(self, Self::ReadmeOnly | Self::Empty)
    }

    /// Whether the host said that it does not exist.
    pub fn is_lost(self) -> bool {
        self.severity() == Severity::Lost
    }

    /// Whether the failure may pass. Then it never proves that a link is dead, however often it occurs.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::RateLimited | Self::Timeout | Self::Dns | Self::Tls | Self::Refused | Self::ServerError)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Verdict {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        parse_word(s, "a verdict", &Self::ALL, Self::as_str)
    }
}

impl Severity {
    /// The word that files, options and answers use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Notice => "notice",
            Self::Unclear => "unclear",
            Self::Lost => "lost",
        }
    }
}

impl Certainty {
    /// The word that files, options and answers use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Suspected => "suspected",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Certainty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_has_one_name_everywhere() {
        for verdict in Verdict::ALL {
            assert_eq!(verdict.as_str().parse(), Ok(verdict));
            assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.as_str());
        }
    }

    #[test]
    fn no_verdict_is_two_things_at_once() {
        for verdict in Verdict::ALL {
            let kinds = [verdict.is_there(), verdict.is_lost(), verdict.is_transient()];
            assert!(kinds.into_iter().filter(|is| *is).count() <= 1, "{verdict}");
        }
    }
}
