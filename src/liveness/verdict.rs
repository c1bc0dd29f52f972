use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What one look at a link found. What several looks found together is in [`Outcome`](super::Outcome).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is there.
    Alive,
    /// A repository that for good has another name or owner.
    Moved,
    /// It is there, at another address.
    Redirected,
    /// It is there, and its owner has closed it to changes.
    Archived,
    /// A repository with nothing but a readme, a licence and the like.
    ReadmeOnly,
    /// A repository without files or commits.
    Empty,
    /// The host says that there is no such thing (404, 410, or a page that says so).
    Gone,
    /// The host hides whether it is private or gone.
    PrivateOrGone,
    /// The host has it or not, and does not show it (401, 403, 451 and other refusals).
    Forbidden,
    /// The host asks to come later (429).
    RateLimited,
    /// No answer in time.
    Timeout,
    /// The name of the host leads nowhere.
    Dns,
    /// The host cannot prove who it is, or no encryption could be agreed on.
    Tls,
    /// Nobody takes the connection, or it is cut off.
    Refused,
    /// The host is broken: 5xx, redirects in a circle, no HTTP.
    ServerError,
    /// Not asked, by rule.
    Skipped,
}

/// How bad a verdict is, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// All is well.
    Fine,
    /// It can be had, but a reader should know something.
    Notice,
    /// Nothing can be said this time.
    Unclear,
    /// It cannot be had.
    Lost,
}

/// How far a verdict can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Seen to be there, or missing on enough runs far enough apart.
    Confirmed,
    /// Missing, but on too few runs to call it dead.
    Suspected,
    /// The question got no answer.
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

    pub fn severity(self) -> Severity {
        match self {
            Self::Alive => Severity::Fine,
            Self::Moved | Self::Redirected | Self::Archived | Self::ReadmeOnly | Self::Empty => Severity::Notice,
            Self::Gone | Self::PrivateOrGone => Severity::Lost,
            _ => Severity::Unclear,
        }
    }

    /// The host showed it: whatever failed before is over.
    pub fn is_there(self) -> bool {
        self.severity() <= Severity::Notice
    }

    /// A reader who follows the link finds what the paper promised: it is there, and not empty.
    pub fn is_live(self) -> bool {
        self.is_there() && !matches!(self, Self::ReadmeOnly | Self::Empty)
    }

    /// The host said that it is not there.
    pub fn is_lost(self) -> bool {
        self.severity() == Severity::Lost
    }

    /// A failure that may pass, and so never proves that a link is dead, however often it is met.
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
        let lower = s.to_lowercase();
        Self::ALL
            .into_iter()
            .find(|verdict| lower == verdict.as_str())
            .ok_or_else(|| format!("`{s}` is not a verdict; one of {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

impl Severity {
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
