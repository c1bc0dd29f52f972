//! Telling repositories from pages among the links that a source declares.

use crate::extract::RepositoryId;

/// Where a declared link leads.
#[derive(Debug, Clone, PartialEq)]
pub enum Link {
    Repository(RepositoryId),
    Page(String),
}

/// A URL of a known code host that names owner and repository is a repository, reduced to these;
/// every other URL is a page.
pub fn classify_url(url: &str) -> Link {
    repository(url).map_or_else(|| Link::Page(url.trim().to_string()), Link::Repository)
}

fn repository(url: &str) -> Option<RepositoryId> {
    let url = url.trim();
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or(url);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let mut parts = rest.split('/').filter(|part| !part.is_empty());
    let host = parts.next()?.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let parts: Vec<&str> = parts.collect();
    let kept = match (host, parts.as_slice()) {
        ("huggingface.co", [kind @ ("datasets" | "spaces"), owner, name, ..]) => vec![*kind, *owner, *name],
        ("huggingface.co", ["papers" | "docs" | "blog" | "collections" | "datasets" | "spaces", ..]) => return None,
        ("github.com" | "gitlab.com" | "bitbucket.org" | "codeberg.org" | "huggingface.co", [owner, name, ..]) => {
            vec![*owner, *name]
        }
        _ => return None,
    };
    let mut canonical = host.to_string();
    for part in kept {
        canonical.push('/');
        canonical.push_str(part.strip_suffix(".git").unwrap_or(part));
    }
    Some(RepositoryId::from_canonical(canonical))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_hosts_are_told_from_pages() {
        let id = |url: &str| match classify_url(url) {
            Link::Repository(id) => id.to_string(),
            Link::Page(url) => format!("page {url}"),
        };
        assert_eq!(id("https://github.com/OpenGVLab/EfficientQAT/tree/main"), "github.com/OpenGVLab/EfficientQAT");
        assert_eq!(id("http://www.github.com/a/b.git"), "github.com/a/b");
        assert_eq!(id("https://huggingface.co/datasets/x/y"), "huggingface.co/datasets/x/y");
        assert_eq!(id("https://huggingface.co/papers/2407.11062"), "page https://huggingface.co/papers/2407.11062");
        assert_eq!(id("https://github.com/OpenGVLab"), "page https://github.com/OpenGVLab");
        assert_eq!(id("https://x.github.io/y/"), "page https://x.github.io/y/");
    }
}
