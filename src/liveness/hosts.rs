//! Descriptions of hosts: `vocab/hosts.toml`, and files of the same format that override it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use url::Url;

use super::pointer::AnswerPointer;
use super::template::{self, PlaceholderValues};
use super::verdict::Verdict;
use crate::vocabulary::CodePatterns;

const SHIPPED: &str = include_str!("../../vocab/hosts.toml");

/// The descriptions of all known hosts.
#[derive(Debug, Clone)]
pub struct Hosts {
    /// Limits for unknown hosts.
    pub default: HostLimits,
    /// Signs of a missing page with status 200.
    pub soft_404: Soft404,
    /// Files of repositories that do not count as code.
    pub files: NonCodeFiles,
    /// The first match counts.
    hosts: Vec<Arc<Host>>,
}

/// The limits of one host.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostLimits {
    /// Maximum number of concurrent requests.
    pub concurrency: usize,
    /// Requests started per second; 0 for no limit.
    pub per_second: f64,
}

/// Signs that a page with status 200 is missing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Soft404 {
    /// Whole parts of a title, in lower case.
    pub titles: Vec<String>,
    /// Paths, or whole addresses, at which a redirect ends.
    pub paths: Vec<String>,
}

/// Files that do not count as code.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NonCodeFiles {
    /// Files that are ignored.
    pub none: Vec<String>,
    /// Names and patterns of files that only describe code.
    pub words: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    pub name: String,
    /// `github.com`, or `*.github.io` for all its subdomains.
    pub domains: Vec<String>,
    concurrency: Option<usize>,
    per_second: Option<f64>,
    /// The verdict for status 404.
    #[serde(default = "gone")]
    pub missing: Verdict,
    /// The verdicts for other statuses of this host.
    #[serde(default, deserialize_with = "statuses")]
    pub status: BTreeMap<u16, Verdict>,
    /// Statuses can be trusted: HEAD is enough, and no page is read for signs that it is missing.
    #[serde(default)]
    pub exact: bool,
    /// Additional signs, for this host only, that a page with status 200 is missing.
    #[serde(default)]
    pub soft_404: Soft404,
    /// Paths, or beginnings of addresses, to which the host redirects requests without permission.
    #[serde(default)]
    pub login: Vec<String>,
    pub token: Option<TokenSource>,
    #[serde(default)]
    pub repository: Vec<RepositoryPattern>,
    /// How texts name repositories of this host; used by readers of texts.
    #[serde(rename = "code")]
    _code: Option<CodePatterns>,
    pub api: Option<RepositoryApi>,
    pub batch: Option<BatchApi>,
}

/// Where a token is found, and how it is sent to the host.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenSource {
    /// Environment variables; the first that is set counts.
    pub variables: Vec<String>,
    pub header: String,
    /// Contains `{token}`.
    pub value: String,
}

/// A pattern of the host's repository addresses.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepositoryPattern {
    pub path: String,
    /// The API address of the repository's facts.
    pub api: Option<String>,
    /// The API address of the repository's list of files, if it is a different one.
    pub files: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepositoryApi {
    pub fields: AnswerFields,
    /// The file names in the list of files.
    #[serde(default)]
    pub file_names: AnswerPointer,
}

/// One GraphQL request about many repositories.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchApi {
    pub url: String,
    /// Number of repositories in one request.
    pub size: usize,
    /// Text before the query.
    #[serde(default)]
    pub head: String,
    /// The query for one repository.
    pub item: String,
    pub fields: AnswerFields,
    /// Error types that mean that there is no such repository.
    #[serde(default)]
    pub missing: Vec<String>,
    /// Error types that mean that the request should be sent later.
    #[serde(default)]
    pub limited: Vec<String>,
}

/// The places of the values in a host's answer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AnswerFields {
    /// Its current name, with its owner's. A different name from the requested one means that the repository has moved.
    pub name: AnswerPointer,
    pub archived: AnswerPointer,
    pub empty: AnswerPointer,
    /// A value that an empty repository lacks.
    pub not_empty: AnswerPointer,
    pub default_branch: AnswerPointer,
    pub size_kb: AnswerPointer,
    pub size_bytes: AnswerPointer,
    pub stars: AnswerPointer,
    pub licence: AnswerPointer,
    pub last_push: AnswerPointer,
    pub topics: AnswerPointer,
    pub files: AnswerPointer,
}

fn gone() -> Verdict {
    Verdict::Gone
}

/// Keys in TOML are strings.
fn statuses<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<u16, Verdict>, D::Error> {
    let raw: BTreeMap<String, Verdict> = Deserialize::deserialize(deserializer)?;
    raw.into_iter()
        .map(|(status, verdict)| match status.parse() {
            Ok(status) => Ok((status, verdict)),
            Err(_) => Err(serde::de::Error::custom(format!("`{status}` is not an HTTP status"))),
        })
        .collect()
}

/// The format of a file of hosts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHosts {
    default: Option<HostLimits>,
    soft_404: Option<Soft404>,
    files: Option<NonCodeFiles>,
    #[serde(default)]
    host: Vec<toml::Spanned<Host>>,
}

/// An error in a file of hosts, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HostsError {
    /// Name of the file.
    pub file: String,
    /// Line number from 1, if one is meant.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for HostsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl std::error::Error for HostsError {}

impl Hosts {
    /// The descriptions that ship with the program.
    ///
    /// # Errors
    /// Never: the tests read the shipped file.
    pub fn shipped() -> Result<Self, HostsError> {
        let nothing = Self {
            default: HostLimits { concurrency: 4, per_second: 10.0 },
            soft_404: Soft404::default(),
            files: NonCodeFiles::default(),
            hosts: Vec::new(),
        };
        nothing.with("vocab/hosts.toml", SHIPPED)
    }

    /// Adds a file. A host replaces the known host of the same name; new hosts come first.
    ///
    /// # Errors
    /// If the text is not such a file.
    pub fn with(mut self, file: &str, text: &str) -> Result<Self, HostsError> {
        let error = |span: Option<std::ops::Range<usize>>, message: String| {
            let line = span.and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
            HostsError { file: file.to_string(), line, message }
        };
        let raw: RawHosts = toml::from_str(text).map_err(|e| error(e.span(), e.message().to_string()))?;
        if let Some(limits) = raw.default {
            limits.check().map_err(|message| error(None, message))?;
            self.default = limits;
        }
        self.soft_404 = raw.soft_404.unwrap_or(self.soft_404);
        self.files = raw.files.unwrap_or(self.files);
        let mut added = Vec::with_capacity(raw.host.len());
        for host in raw.host {
            let span = host.span();
            let host = host.into_inner();
            host.check().map_err(|message| error(Some(span), message))?;
            added.push(Arc::new(host));
        }
        self.hosts.retain(|known| !added.iter().any(|host| host.name == known.name));
        added.append(&mut self.hosts);
        self.hosts = added;
        Ok(self)
    }

    /// All hosts, in the order of the files.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Host>> {
        self.hosts.iter()
    }

    /// The description of the host of an address.
    pub fn of(&self, url: &Url) -> Option<&Arc<Host>> {
        let domain = url.host_str()?;
        self.hosts.iter().find(|host| host.has(domain))
    }
}

impl HostLimits {
    fn check(self) -> Result<(), String> {
        if self.concurrency == 0 {
            return Err("`concurrency` must be at least 1".to_string());
        }
        if !(self.per_second.is_finite() && self.per_second >= 0.0) {
            return Err("`per_second` must be a number of at least 0 (0 for no limit)".to_string());
        }
        Ok(())
    }
}

impl Host {
    fn check(&self) -> Result<(), String> {
        self.limits(HostLimits { concurrency: 1, per_second: 1.0 }).check()?;
        if self.domains.is_empty() {
            return Err(format!("`{}` has no domains", self.name));
        }
        let addresses = self.repository.iter().flat_map(|r| r.api.iter().chain(&r.files));
        for address in addresses.chain(self.batch.iter().map(|batch| &batch.url)) {
            if !address.starts_with("https://") && !address.starts_with("http://") {
                return Err(format!("`{address}` is not an address; it must begin with https://"));
            }
        }
        if self.batch.as_ref().is_some_and(|batch| batch.size == 0) {
            return Err("`size` of a batch must be at least 1".to_string());
        }
        Ok(())
    }

    fn has(&self, domain: &str) -> bool {
        self.domains.iter().any(|known| match known.strip_prefix('*') {
            Some(below) => domain.ends_with(below),
            None => domain == known,
        })
    }

    /// The limits of this host. Those that it does not set come from `default`.
    pub fn limits(&self, default: HostLimits) -> HostLimits {
        HostLimits {
            concurrency: self.concurrency.unwrap_or(default.concurrency),
            per_second: self.per_second.unwrap_or(default.per_second),
        }
    }

    /// The repository that an address names, if any.
    pub fn repository(&self, url: &Url) -> Option<(&RepositoryPattern, PlaceholderValues)> {
        self.repository.iter().find_map(|repository| Some((repository, template::parts(&repository.path, url)?)))
    }

    /// Whether the host redirects requests without permission to this address.
    pub fn is_login(&self, url: &Url) -> bool {
        let known = url.host_str().is_some_and(|domain| self.has(domain));
        self.login.iter().any(|login| match login.starts_with('/') {
            true => known && url.path().starts_with(login.as_str()),
            false => url.as_str().starts_with(login.as_str()),
        })
    }

    /// The web address of a repository of this pattern with another name.
    pub fn address(&self, repository: &RepositoryPattern, full_name: &str) -> Option<String> {
        let domain = self.domains.first()?;
        Some(format!("https://{domain}{}{full_name}", template::prefix(&repository.path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn the_shipped_hosts_can_be_read_and_know_their_repositories() {
        let hosts = Hosts::shipped().unwrap();
        for (address, host, name) in [
            ("https://github.com/Foo/Bar", "GitHub", "Foo/Bar"),
            ("https://gitlab.com/group/sub/project", "GitLab", "group/sub/project"),
            ("https://huggingface.co/datasets/a/b", "Hugging Face", "a/b"),
            ("https://huggingface.co/a/b", "Hugging Face", "a/b"),
            ("https://codeberg.org/a/b", "Codeberg", "a/b"),
            ("https://bitbucket.org/a/b", "Bitbucket", "a/b"),
        ] {
            let known = hosts.of(&url(address)).unwrap();
            let (repository, parts) = known.repository(&url(address)).unwrap();
            assert_eq!((known.name.as_str(), parts.full_name().as_str()), (host, name));
            assert_eq!(known.address(repository, &parts.full_name()).as_deref(), Some(address));
        }
        assert_eq!(hosts.of(&url("https://someone.github.io/x")).unwrap().name, "GitHub Pages");
        assert!(hosts.of(&url("https://example.org/")).is_none());
        assert!(hosts.of(&url("https://notgithub.com/a/b")).is_none());
    }

    #[test]
    fn a_login_page_is_known() {
        let hosts = Hosts::shipped().unwrap();
        let gitlab = hosts.of(&url("https://gitlab.com/a/b")).unwrap();
        assert!(gitlab.is_login(&url("https://gitlab.com/users/sign_in")));
        assert!(!gitlab.is_login(&url("https://example.org/users/sign_in")));
        let bitbucket = hosts.of(&url("https://bitbucket.org/a/b")).unwrap();
        assert!(bitbucket.is_login(&url("https://id.atlassian.com/login?x")));
    }

    #[test]
    fn a_file_lies_over_what_is_known() {
        let text = "[[host]]\nname = \"GitHub\"\ndomains = [\"git.example.org\"]\nconcurrency = 1\n";
        let hosts = Hosts::shipped().unwrap().with("mine.toml", text).unwrap();
        assert!(hosts.of(&url("https://github.com/a/b")).is_none());
        let mine = hosts.of(&url("https://git.example.org/a/b")).unwrap();
        assert_eq!(mine.limits(hosts.default), HostLimits { concurrency: 1, per_second: hosts.default.per_second });
    }

    #[test]
    fn an_error_names_its_line() {
        let hosts = Hosts::shipped().unwrap();
        for (text, wanted) in [
            ("\n[[host]]\nname = \"x\"\ndomains = [\"x\"]\nmising = \"gone\"", "mine.toml:5: unknown field"),
            ("[[host]]\nname = \"x\"\ndomains = []", "mine.toml:1: `x` has no domains"),
            ("[[host]]\nname = \"x\"\ndomains = [\"x\"]\nmissing = \"lost\"", "mine.toml:4: unknown variant `lost`"),
            ("[default]\nconcurrency = 0\nper_second = 1.0", "mine.toml: `concurrency` must be at least 1"),
        ] {
            let error = hosts.clone().with("mine.toml", text).unwrap_err().to_string();
            assert!(error.starts_with(wanted), "{error}");
        }
    }
}
