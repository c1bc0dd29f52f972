use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::verdict::{Certainty, Verdict};

/// A link to check: a repository or a page of the graph.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Link {
    /// The id of its node: `repository/github.com/owner/name`, `page/example.org/x`.
    pub key: String,
    /// Address to request.
    pub url: String,
}

impl Link {
    /// Whether it is a repository and not a page.
    pub fn is_repository(&self) -> bool {
        self.key.starts_with("repository/")
    }
}

/// The result of one check of a link, combined with earlier checks. A line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckOutcome {
    /// The id of the node.
    pub key: String,
    /// The requested address, without user name and password.
    pub url: String,
    /// Outcome of the check.
    pub verdict: Verdict,
    /// Time of the check.
    #[schemars(with = "String")]
    pub checked_at: Timestamp,
    /// The HTTP status of the last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The final address after redirects, if it is a different one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub final_url: Option<String>,
    /// The new address of a repository that has moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<String>,
    /// The reason, in words, if the verdict alone does not show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the host says about the repository.
    #[serde(default, skip_serializing_if = "RepositoryFacts::is_empty")]
    pub facts: RepositoryFacts,
    /// The tag for a conditional request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The earliest time at which the host wants another request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub retry_after: Option<Timestamp>,
    /// When the link was last alive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub last_alive: Option<Timestamp>,
    /// Checks since then that found the link missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<FailureStreak>,
    /// Checks since then that got no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreachable: Option<FailureStreak>,
}

/// One check of a link, as its history keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PastCheck {
    #[schemars(with = "String")]
    pub checked_at: Timestamp,
    pub verdict: Verdict,
    /// The HTTP status of the last answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The reason, in words, if the verdict alone does not show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The address that the host led to, if it is a different one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub final_url: Option<String>,
}

/// What a host says about a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RepositoryFacts {
    /// Stars or likes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stars: Option<u64>,
    /// SPDX identifier, if the host knows one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// Time of the last push.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub last_push: Option<Timestamp>,
    /// Whether it is read-only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
    /// Name of the default branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_branch: Option<String>,
    /// Size in kilobytes, as the host counts them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_kb: Option<u64>,
    /// Keywords that its owner gave it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
}

impl RepositoryFacts {
    /// Whether the host said nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The same failure in several runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FailureStreak {
    /// Number of failures, counting only checks that were far enough apart.
    pub times: u32,
    #[schemars(with = "String")]
    pub since: Timestamp,
    /// The last failure that counted.
    #[schemars(with = "String")]
    pub latest: Timestamp,
}

impl FailureStreak {
    /// Adds a failure. It counts if it is at least `apart` after the last one that counted.
    fn and(streak: Option<Self>, now: Timestamp, apart: Duration) -> Self {
        match streak {
            None => Self { times: 1, since: now, latest: now },
            Some(streak) if now.duration_since(streak.latest) >= signed(apart) => {
                Self { times: streak.times.saturating_add(1), latest: now, ..streak }
            }
            Some(streak) => streak,
        }
    }
}

/// When a failure is confirmed: after `times` checks, each at least `apart` after the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfirmRule {
    /// Number of checks that must find it missing.
    pub times: u32,
    /// Least time between two of them.
    pub apart: Duration,
}

impl Default for ConfirmRule {
    fn default() -> Self {
        Self { times: 3, apart: Duration::from_hours(24) }
    }
}

impl CheckOutcome {
    /// An outcome without details.
    pub fn new(link: &Link, verdict: Verdict, checked_at: Timestamp) -> Self {
        Self {
            key: link.key.clone(),
            url: link.url.clone(),
            verdict,
            checked_at,
            status: None,
            final_url: None,
            moved_to: None,
            reason: None,
            facts: RepositoryFacts::default(),
            etag: None,
            retry_after: None,
            last_alive: None,
            lost: None,
            unreachable: None,
        }
    }

    /// Adds what earlier checks found: when the link was last alive, and how often it has failed since.
    #[must_use]
    pub fn after(mut self, previous: Option<&Self>, apart: Duration) -> Self {
        if self.verdict.is_there() {
            self.last_alive = Some(self.checked_at);
            return self;
        }
        if let Some(previous) = previous {
            self.last_alive = previous.last_alive;
            self.lost = previous.lost;
            self.unreachable = previous.unreachable;
        }
        if self.verdict.is_lost() {
            self.lost = Some(FailureStreak::and(self.lost, self.checked_at, apart));
            self.unreachable = None;
        } else if self.verdict.is_transient() && self.verdict != Verdict::RateLimited {
            self.unreachable = Some(FailureStreak::and(self.unreachable, self.checked_at, apart));
        }
        self
    }

    /// How certain it is that the link is dead.
    pub fn certainty(&self, confirm: ConfirmRule) -> Certainty {
        if self.verdict.is_there() {
            Certainty::Confirmed
        } else if !self.verdict.is_lost() {
            Certainty::Unknown
        } else if self.lost.is_some_and(|streak| streak.times >= confirm.times) {
            Certainty::Confirmed
        } else {
            Certainty::Suspected
        }
    }

    /// Whether the host has said often enough, and far enough apart, that the link is missing. A dead link stays dead
    /// until it is seen again, even if transient failures come between.
    pub fn is_dead(&self, confirm: ConfirmRule) -> bool {
        self.lost.is_some_and(|streak| streak.times >= confirm.times)
    }

    /// Whether a link is due at `now`, given its latest outcome. Runs, dry runs and filters all use this function.
    pub fn is_due(known: Option<&Self>, now: Timestamp, max_age: Duration, confirm: ConfirmRule) -> bool {
        known.is_none_or(|known| known.due(max_age, confirm) <= now)
    }

    /// The later of two outcomes of one link; the second one if both have the same time.
    pub fn later(first: Option<Self>, second: Option<Self>) -> Option<Self> {
        match (first, second) {
            (Some(first), Some(second)) if first.checked_at > second.checked_at => Some(first),
            (first, second) => second.or(first),
        }
    }

    /// When to check again. An answer is valid for `max_age`. An unconfirmed outcome is checked again as soon as
    /// another check would count. If the host asked for a later time, that time applies.
    pub fn due(&self, max_age: Duration, confirm: ConfirmRule) -> Timestamp {
        let age = match self.verdict {
            Verdict::RateLimited => Duration::ZERO,
            _ if self.certainty(confirm) == Certainty::Confirmed => max_age,
            Verdict::Forbidden | Verdict::Skipped => max_age,
            _ => max_age.min(confirm.apart),
        };
        let due = self.checked_at.checked_add(signed(age)).unwrap_or(Timestamp::MAX);
        self.retry_after.map_or(due, |retry_after| due.max(retry_after))
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    fn looks(verdicts: &[(i64, Verdict)]) -> CheckOutcome {
        let link = Link { key: "page/example.org".into(), url: "https://example.org/".into() };
        let mut last = None;
        for (hours, verdict) in verdicts {
            let at = Timestamp::from_second(hours * 3600).unwrap();
            last = Some(CheckOutcome::new(&link, *verdict, at).after(last.as_ref(), DAY));
        }
        last.unwrap()
    }

    #[test]
    fn missing_once_is_a_suspicion_and_missing_thrice_on_different_days_is_a_fact() {
        let confirm = ConfirmRule::default();
        assert_eq!(looks(&[(0, Verdict::Gone)]).certainty(confirm), Certainty::Suspected);
        let hasty = looks(&[(0, Verdict::Gone), (1, Verdict::Gone), (2, Verdict::Gone), (3, Verdict::Gone)]);
        assert!(!hasty.is_dead(confirm), "four looks within a day count once");
        let patient =
            looks(&[(0, Verdict::Alive), (24, Verdict::Gone), (48, Verdict::PrivateOrGone), (72, Verdict::Gone)]);
        assert!(patient.is_dead(confirm));
        assert_eq!(patient.last_alive, Some(Timestamp::from_second(0).unwrap()));
        assert_eq!(patient.lost.unwrap().since, Timestamp::from_second(24 * 3600).unwrap());
    }

    #[test]
    fn a_transient_failure_never_counts_towards_dead() {
        let confirm = ConfirmRule { times: 2, apart: DAY };
        let failing =
            looks(&[(0, Verdict::Timeout), (24, Verdict::Dns), (48, Verdict::ServerError), (72, Verdict::Gone)]);
        assert_eq!(failing.certainty(confirm), Certainty::Suspected);
        let between = looks(&[(0, Verdict::Gone), (24, Verdict::Timeout), (48, Verdict::Gone)]);
        assert!(between.is_dead(confirm), "nor does it undo an answer");
        let unreachable = looks(&[(0, Verdict::Dns), (24, Verdict::RateLimited), (48, Verdict::Refused)]);
        assert_eq!(unreachable.unreachable.unwrap().times, 2);
        assert_eq!(unreachable.certainty(confirm), Certainty::Unknown);
    }

    #[test]
    fn a_sign_of_life_wipes_the_slate() {
        let back = looks(&[(0, Verdict::Gone), (24, Verdict::Gone), (48, Verdict::Archived), (72, Verdict::Gone)]);
        assert_eq!(back.lost.unwrap().times, 1);
    }

    #[test]
    fn what_is_not_sure_is_due_earlier() {
        let week = 7 * DAY;
        let hours = |outcome: CheckOutcome| outcome.due(week, ConfirmRule::default()).as_second() / 3600;
        assert_eq!(hours(looks(&[(0, Verdict::Alive)])), 7 * 24);
        assert_eq!(hours(looks(&[(0, Verdict::Gone)])), 24);
        assert_eq!(hours(looks(&[(0, Verdict::Timeout)])), 24);
        assert_eq!(hours(looks(&[(0, Verdict::RateLimited)])), 0);
        let mut patient = looks(&[(0, Verdict::RateLimited)]);
        patient.retry_after = Some(Timestamp::from_second(2 * 3600).unwrap());
        assert_eq!(hours(patient), 2);
    }

    #[test]
    fn an_outcome_is_read_back_as_it_was_written() {
        let mut outcome = looks(&[(0, Verdict::Alive), (30, Verdict::Gone)]);
        outcome.facts = RepositoryFacts { stars: Some(3), topics: vec!["vision".into()], ..RepositoryFacts::default() };
        let line = serde_json::to_string(&outcome).unwrap();
        assert_eq!(serde_json::from_str::<CheckOutcome>(&line).unwrap(), outcome);
        let least =
            r#"{"key":"page/x.org","url":"https://x.org","verdict":"gone","checked_at":"2026-01-01T00:00:00Z"}"#;
        assert!(serde_json::from_str::<CheckOutcome>(least).is_ok());
    }
}
