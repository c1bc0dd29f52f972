//! The hosts of code, and how they write the address of a repository. Reads only the part of `vocab/hosts.toml`
//! needed to read a text; `liveness` reads what checking a link needs.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

const SHIPPED: &str = include_str!("../../vocab/hosts.toml");

/// A host of repositories.
#[derive(Debug, Clone)]
pub(crate) struct CodeHost {
    /// The canonical domain first.
    domains: Vec<String>,
    shapes: Vec<Vec<PathSegment>>,
    code: CodePatterns,
}

/// How to tell addresses of repositories from other pages of a host: `[host.code]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CodePatterns {
    /// Other domains of the same repositories in papers.
    pub also: Vec<String>,
    /// First path segments that belong to the host itself and are never an owner, in lower case.
    pub reserved: Vec<String>,
    /// Segments at which a path of any length ends.
    pub pages: Vec<String>,
    /// Other spellings of a first segment, with the canonical one: `record` for `records`.
    pub spelled: BTreeMap<String, String>,
    /// Prefixes of DOIs that name repositories of this host, each with the path that replaces it: `10.5281/zenodo.`
    /// and `records/`.
    pub dois: BTreeMap<String, String>,
}

/// A segment of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum PathSegment {
    Word(String),
    One,
    /// Two or more.
    Rest,
}

#[derive(Deserialize)]
struct HostsFile {
    #[serde(default)]
    host: Vec<HostEntry>,
}

#[derive(Deserialize)]
struct HostEntry {
    domains: Vec<String>,
    #[serde(default)]
    repository: Vec<RepositoryPaths>,
    code: Option<CodePatterns>,
}

#[derive(Deserialize)]
struct RepositoryPaths {
    path: String,
}

/// The hosts in `vocab/hosts.toml` that have a `[host.code]` table.
pub(crate) fn code_hosts() -> &'static [CodeHost] {
    static HOSTS: LazyLock<Vec<CodeHost>> = LazyLock::new(|| read(SHIPPED).unwrap_or_default());
    &HOSTS
}

fn read(text: &str) -> Result<Vec<CodeHost>, toml::de::Error> {
    let file: HostsFile = toml::from_str(text)?;
    let hosts = file.host.into_iter().filter_map(|host| {
        let shapes = host.repository.iter().map(|repository| steps(&repository.path)).collect();
        Some(CodeHost { domains: host.domains, shapes, code: host.code? })
    });
    Ok(hosts.collect())
}

fn steps(path: &str) -> Vec<PathSegment> {
    let step = |segment: &str| match segment.strip_prefix('{') {
        None => PathSegment::Word(segment.to_string()),
        Some(gap) if gap.ends_with("*}") => PathSegment::Rest,
        Some(_) => PathSegment::One,
    };
    path.split('/').filter(|segment| !segment.is_empty()).map(step).collect()
}

impl CodeHost {
    pub(crate) fn domain(&self) -> &str {
        self.domains.first().map_or("", String::as_str)
    }

    pub(crate) fn domains(&self) -> impl Iterator<Item = &str> {
        self.domains.iter().chain(&self.code.also).map(String::as_str)
    }

    /// The path of the repository that a DOI identifies.
    pub(crate) fn path_of_doi(&self, doi: &str) -> Option<String> {
        let lower = doi.to_ascii_lowercase();
        self.code.dois.iter().find_map(|(begins, path)| {
            let rest = lower.strip_prefix(begins.as_str()).filter(|rest| !rest.is_empty())?;
            Some(format!("{path}{rest}"))
        })
    }

    /// The part of the path that names the repository: `owner/name`, `datasets/owner/name`. `None` for the host's
    /// own pages and for pages of an owner. `is_name` checks whether a segment can be part of a name.
    pub(crate) fn repository(&self, segments: &[&str], is_name: impl Fn(&str) -> bool) -> Option<String> {
        let mut segments = segments.to_vec();
        if let Some(first) = segments.first_mut()
            && let Some(same) = self.code.spelled.get(*first)
        {
            *first = same;
        }
        // A path that begins with the first word of a shape has that shape or none.
        let begins = |shape: &&Vec<PathSegment>| match (shape.first(), segments.first()) {
            (Some(PathSegment::Word(word)), Some(first)) => word == first,
            (_, Some(first)) => !self.code.reserved.contains(&first.to_ascii_lowercase()),
            _ => false,
        };
        let shape = self.shapes.iter().find(begins)?;
        let mut rest = segments.iter().copied();
        let mut name = Vec::with_capacity(segments.len());
        for step in shape {
            match step {
                PathSegment::Word(word) => name.push(rest.next().filter(|segment| segment == word)?),
                PathSegment::One => name.push(rest.next().filter(|segment| is_name(segment))?),
                PathSegment::Rest => {
                    name.extend(rest.by_ref().take_while(|s| is_name(s) && !self.code.pages.iter().any(|p| p == s)));
                    if name.len() < 2 {
                        return None;
                    }
                }
            }
        }
        let name = name.join("/");
        let name = name.strip_suffix(".git").unwrap_or(&name);
        (!name.ends_with('/')).then(|| name.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(domain: &str, path: &str) -> Option<String> {
        let host = code_hosts().iter().find(|host| host.domains().any(|known| known == domain)).unwrap();
        host.repository(&path.split('/').collect::<Vec<_>>(), |segment| segment != "?")
    }

    #[test]
    fn the_shipped_file_names_code_hosts() {
        let domains: Vec<&str> = code_hosts().iter().map(CodeHost::domain).collect();
        assert_eq!(domains[..5], ["github.com", "gitlab.com", "huggingface.co", "codeberg.org", "bitbucket.org"]);
        assert_eq!(read(SHIPPED).unwrap().len(), domains.len());
    }

    #[test]
    fn a_path_is_reduced_to_the_repository() {
        assert_eq!(at("github.com", "a/b.git/tree/main").as_deref(), Some("a/b"));
        assert_eq!(at("raw.githubusercontent.com", "a/b/main/README.md").as_deref(), Some("a/b"));
        assert_eq!(at("gitlab.com", "a/b/c/-/tree").as_deref(), Some("a/b/c"));
        assert_eq!(at("gitlab.com", "a/b/blob/x").as_deref(), Some("a/b"));
        assert_eq!(at("hf.co", "datasets/a/b/viewer").as_deref(), Some("datasets/a/b"));
        for (domain, path) in [
            ("github.com", "Topics/x"),
            ("github.com", "a"),
            ("github.com", "a/.git"),
            ("github.com", "a/?"),
            ("gitlab.com", "a/-/x"),
            ("huggingface.co", "datasets/a"),
            ("huggingface.co", "papers/2407.11062"),
        ] {
            assert_eq!(at(domain, path), None, "{domain}/{path}");
        }
    }
}
