//! Finds code repositories and pages by their URLs, in the forms that occur in abstracts: with or without scheme, after
//! a full stop, broken by a space, doubled by LaTeX (`…/Hita{https://…/Hita}`), or joined to the next sentence.

use std::sync::LazyLock;

use super::record::RepositoryId;
use super::rule::{Rule, rule};
use crate::paper::arxiv_id;
use crate::vocabulary::{CodeHost, code_hosts};

/// A link and its position in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoundLink {
    pub target: LinkTarget,
    /// Byte range in the text.
    pub start: usize,
    pub end: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LinkTarget {
    Repository(RepositoryId),
    /// Any other URL, as written, without trailing punctuation.
    Page(String),
}

/// The beginning of a URL. Hosts of repositories count without a scheme, others only with a scheme or `www.`; a space
/// may have got in after the scheme or around a dot of the host.
static BEGINNING: LazyLock<Rule> = LazyLock::new(|| {
    let hosts = spelt();
    rule(&format!(
        r"(?i)(?:ssh://)?\bgit@(?:{hosts})[:/]|(?:https?|git)\s?:\s?//\s?(?:(?:{hosts})\b)?|\b(?:www\s?\.\s?)?(?:{hosts})\s?/|\bwww\."
    ))
});

/// The domains of code hosts as a pattern that allows spaces in them.
fn spelt() -> String {
    let domains = code_hosts().iter().flat_map(CodeHost::domains);
    let spelt: Vec<String> = domains.map(|domain| regex::escape(domain).replace(r"\.", r"\s?\.\s?")).collect();
    spelt.join("|")
}

/// All links of a text in order, each once (repositories are compared without regard to case).
pub(crate) fn find(text: &str) -> Vec<FoundLink> {
    let mut links: Vec<FoundLink> = Vec::new();
    // The pattern is slow to start and most texts have no link at all.
    if !might_have_link(text) {
        return links;
    }
    let mut at = 0;
    while let Some(found) = BEGINNING.find_at(text, at) {
        let (url, end) = read_url(text, found.start(), found.end());
        at = end.max(found.end());
        let Some(target) = classify(&url) else { continue };
        if !links.iter().any(|l| l.target == target) {
            links.push(FoundLink { target, start: found.start(), end });
        }
    }
    links
}

/// A scheme or a host, in any case, with the spaces that may have got in.
fn might_have_link(text: &str) -> bool {
    let text_bytes = text.as_bytes();
    let ends_host = |dot: usize| dot.checked_sub(3).is_some_and(|at| text_bytes[at..dot].eq_ignore_ascii_case(b"www"));
    if memchr::memchr2(b'/', b'@', text_bytes).is_none() && !memchr::memchr_iter(b'.', text_bytes).any(ends_host) {
        return false;
    }
    static SIGN: LazyLock<Rule> = LazyLock::new(|| rule(&format!(r"(?i)//|/ /|www\.|{}", spelt())));
    SIGN.is_match(text)
}

/// The URL that begins at `start`, cleaned, and the byte where it ends in the text. `body` is the end of its recognised
/// beginning.
fn read_url(text: &str, start: usize, body: usize) -> (String, usize) {
    let mut url: String = text[start..body].chars().filter(|c| !c.is_whitespace()).collect();
    let mut end = body;
    let mut rest = &text[body..];
    // A space after the host or after a slash is a break if a path can continue after it.
    if is_code_host_beginning(&url) {
        rest = rest.trim_start_matches([' ', '\n']);
        end = text.len() - rest.len();
        if let Some(after) = rest.strip_prefix('/') {
            url.push('/');
            rest = after;
            end += 1;
        }
        let trimmed = rest.trim_start_matches(' ');
        if url.ends_with('/') && trimmed.len() < rest.len() && path_follows(trimmed) {
            end += rest.len() - trimmed.len();
            rest = trimmed;
        }
    }
    loop {
        let length = url_length(rest);
        url.push_str(&rest[..length]);
        end += length;
        rest = &rest[length..];
        // "github.com/owner/ name": joined while the repository's name is still missing.
        let segments = path_segments(&url);
        let trimmed = rest.trim_start_matches(' ');
        let waits = segments == 1 && (url.ends_with('/') || trimmed.starts_with('/'));
        let broken = length > 0
            && waits
            && is_code_host_beginning(&url)
            && trimmed.len() < rest.len()
            && path_follows(trimmed.trim_start_matches('/'));
        if !broken {
            break;
        }
        end += rest.len() - trimmed.len();
        rest = trimmed;
    }
    let cleaned = trim_url(&url);
    end -= url.len() - cleaned.len();
    (cleaned.to_string(), end.max(start))
}

fn is_code_host_beginning(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    let bare = without_scheme(&lower);
    code_hosts().iter().flat_map(CodeHost::domains).any(|domain| bare.starts_with(domain))
}

fn without_scheme(url: &str) -> &str {
    let url = match url.split_once("://") {
        Some((_, rest)) => rest,
        None => url,
    };
    let url = url.strip_prefix("git@").unwrap_or(url);
    url.strip_prefix("www.").unwrap_or(url)
}

fn path_segments(url: &str) -> usize {
    without_scheme(url).split('/').skip(1).filter(|s| !s.is_empty()).count()
}

/// Whether a broken URL can continue here: with a path segment, not a word of the sentence.
fn path_follows(rest: &str) -> bool {
    let segment: &str = rest.split(|c: char| c.is_whitespace()).next().unwrap_or_default();
    let segment = segment.trim_end_matches(['.', ',', ';', ')']);
    !segment.is_empty()
        && segment.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'))
        && (segment.contains(['-', '_', '/'])
            || segment.chars().any(|c| c.is_ascii_digit())
            || segment.chars().skip(1).any(|c| c.is_ascii_uppercase())
            || segment.chars().next().is_some_and(|c| c.is_ascii_uppercase()))
}

/// How far the characters of a URL go.
fn url_length(text: &str) -> usize {
    let mut length = 0;
    for (i, c) in text.char_indices() {
        let ok = c.is_alphanumeric()
            || matches!(
                c,
                '-' | '_'
                    | '.'
                    | '/'
                    | '~'
                    | '?'
                    | '='
                    | '&'
                    | '%'
                    | '#'
                    | '+'
                    | ':'
                    | '@'
                    | '!'
                    | ','
                    | ';'
                    | '('
                    | ')'
                    | '*'
                    | '\\'
            );
        // A scheme inside means that two URLs were joined.
        if !ok || text[i..].starts_with("https://") || text[i..].starts_with("http://") {
            break;
        }
        length = i + c.len_utf8();
    }
    length
}

/// Drops what belongs to the sentence: trailing punctuation, a closing bracket without its opening one, and a next
/// sentence joined by a full stop (`…/repo.We`).
fn trim_url(url: &str) -> &str {
    let mut url = url;
    if let Some(i) = glued_sentence(url) {
        url = &url[..i];
    }
    loop {
        let before = url.len();
        url = url.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '\\', '~']);
        if url.ends_with(')') && url.matches('(').count() < url.matches(')').count() {
            url = &url[..url.len() - 1];
        }
        if url.len() == before {
            return url;
        }
    }
}

/// The full stop before a capitalised word or bracket of the next sentence, after the host.
fn glued_sentence(url: &str) -> Option<usize> {
    let path = url.len() - without_scheme(url).len();
    let path = path + url[path..].find('/')?;
    url[path..].match_indices(['.', ',', ';']).map(|(i, _)| path + i).find(|&i| {
        let mut next = url[i + 1..].chars();
        let first = next.next();
        let second = next.next();
        match url.as_bytes()[i] {
            b'.' => {
                first.is_some_and(|c| c.is_ascii_uppercase()) && second.is_none_or(|c| c.is_ascii_lowercase())
                    || first == Some('(')
            }
            _ => first.is_some_and(char::is_alphabetic),
        }
    })
}

/// What a URL points to; `None` for the bare beginning of one.
pub(crate) fn classify(url: &str) -> Option<LinkTarget> {
    // Git's own form has a colon after the host: `git@github.com:owner/name.git`.
    let of_git = url.contains("git@").then(|| without_scheme(url).replacen(':', "/", 1));
    let bare = of_git.as_deref().unwrap_or_else(|| without_scheme(url));
    let (host, path) = bare.split_once('/').unwrap_or((bare, ""));
    if !host.contains('.')
        || host.len() < 4
        || !host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'_'))
    {
        return None;
    }
    if let Some(repository) = repository(&host.to_ascii_lowercase(), path) {
        return Some(LinkTarget::Repository(repository));
    }
    if host.ends_with("doi.org")
        && let Some(repository) = repository_of_doi(path)
    {
        return Some(LinkTarget::Repository(repository));
    }
    // Hugging Face's page about an arXiv paper is a page about that paper.
    if matches!(host.to_ascii_lowercase().as_str(), "huggingface.co" | "hf.co")
        && let Some(arxiv) =
            path.strip_prefix("papers/").and_then(|id| id.split(['#', '?', '/']).next()).and_then(arxiv_id)
    {
        return Some(LinkTarget::Page(format!("https://arxiv.org/abs/{arxiv}")));
    }
    Some(LinkTarget::Page(if url.contains("://") { url.to_string() } else { format!("https://{url}") }))
}

/// `host/owner/name` from a URL's host and path. A deep link is reduced to its repository.
fn repository(host: &str, path: &str) -> Option<RepositoryId> {
    let known = code_hosts().iter().find(|known| known.domains().any(|domain| domain == host))?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let segments: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).map(clean_segment).collect();
    let name = known.repository(&segments, is_segment)?;
    Some(RepositoryId::from_canonical(format!("{}/{name}", known.domain())))
}

/// The record that a DOI names on a host of code or data.
fn repository_of_doi(doi: &str) -> Option<RepositoryId> {
    let (host, path) = code_hosts().iter().find_map(|host| Some((host, host.path_of_doi(doi)?)))?;
    repository(host.domain(), &path)
}

/// The repository of a project page on GitHub Pages, as its address suggests: `github.com/user/project` for
/// `user.github.io/project`. No text states it, and it may not exist.
pub(crate) fn repository_behind(page: &str) -> Option<RepositoryId> {
    let bare = without_scheme(page);
    let (host, path) = bare.split_once('/').unwrap_or((bare, ""));
    let user = host.to_ascii_lowercase();
    let user = user.strip_suffix(".github.io").filter(|user| is_segment(user) && !user.contains('.'))?;
    let project = path.split(['/', '?', '#']).next().map(clean_segment).filter(|segment| is_segment(segment));
    // A file belongs to the site itself.
    let project = project.filter(|name| !name.ends_with(".html") && !name.ends_with(".pdf"));
    repository(
        "github.com",
        &project.map_or_else(|| format!("{user}/{user}.github.io"), |name| format!("{user}/{name}")),
    )
}

/// LaTeX escapes underscores.
fn clean_segment(segment: &str) -> &str {
    segment.trim_end_matches(['.', ',', ';', ':', ')', '\\'])
}

fn is_segment(segment: &str) -> bool {
    !segment.is_empty()
        && segment.len() <= 100
        && segment.chars().any(|c| c.is_ascii_alphanumeric())
        && segment
            .strip_prefix('~')
            .unwrap_or(segment)
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        find(text)
            .into_iter()
            .map(|l| match l.target {
                LinkTarget::Repository(r) => r.to_string(),
                LinkTarget::Page(p) => p,
            })
            .collect()
    }

    #[test]
    fn a_repository_is_read_in_every_spelling_that_abstracts_have() {
        for text in [
            "Code: https://github.com/Foo/Bar.",
            "Code (https://github.com/Foo/Bar).",
            "see github.com/Foo/Bar, which",
            "https://www.github.com/Foo/Bar/",
            "http://github.com/Foo/Bar.git",
            "https://github.com/Foo/Bar/tree/main/x is it",
            "https://github.com/Foo/Bar#readme",
            "https://github.com/Foo/Bar{here}.",
            "https://github.com/Foo/Bar{https://github.com/Foo/Bar}",
            "\\url{https://github.com/Foo/Bar}",
            "https: //github.com/Foo/Bar",
            "https://github. com/Foo/Bar",
            "https://github.com/ Foo/Bar",
            "https://github.com/Foo/ Bar.",
            "page:~https://github.com/Foo/Bar.We also",
            "https://github.com/Foo/Bar; and https://github.com/foo/bar",
            "[code](https://github.com/Foo/Bar)",
            "GITHUB.COM/Foo/Bar",
            "clone git@github.com:Foo/Bar.git first",
            "ssh://git@github.com/Foo/Bar.git",
            "git://github.com/Foo/Bar.git",
        ] {
            let found = found(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert!(found[0].eq_ignore_ascii_case("github.com/Foo/Bar"), "{text}: {found:?}");
        }
    }

    #[test]
    fn other_hosts_have_their_own_shapes() {
        assert_eq!(found("https://huggingface.co/datasets/org/name/viewer"), ["huggingface.co/datasets/org/name"]);
        assert_eq!(found("https://huggingface.co/spaces/a/b"), ["huggingface.co/spaces/a/b"]);
        assert_eq!(found("huggingface.co/org/name"), ["huggingface.co/org/name"]);
        assert_eq!(found("https://hf.co/org/name"), ["huggingface.co/org/name"]);
        assert_eq!(found("https://gitlab.com/a/b/c/-/tree/main"), ["gitlab.com/a/b/c"]);
        assert_eq!(found("https://bitbucket.org/a/b/src"), ["bitbucket.org/a/b"]);
        assert_eq!(found("https://codeberg.org/a/b"), ["codeberg.org/a/b"]);
        assert_eq!(found("https://www.modelscope.cn/models/a/b/summary"), ["modelscope.cn/models/a/b"]);
        assert_eq!(found("https://gitee.com/a/b/tree/master"), ["gitee.com/a/b"]);
        assert_eq!(found("https://sourceforge.net/p/name/code"), ["sourceforge.net/projects/name"]);
        assert_eq!(found("https://git.sr.ht/~a/b"), ["git.sr.ht/~a/b"]);
        assert_eq!(found("https://zenodo.org/record/1234567#.Yx"), ["zenodo.org/records/1234567"]);
        assert_eq!(found("https://doi.org/10.5281/zenodo.1234567."), ["zenodo.org/records/1234567"]);
        assert_eq!(found("https://osf.io/ab3de/"), ["osf.io/ab3de"]);
        assert_eq!(found("https://doi.org/10.17605/OSF.IO/AB3DE"), ["osf.io/ab3de"]);
        assert_eq!(found("https://www.kaggle.com/datasets/a/b"), ["kaggle.com/datasets/a/b"]);
        assert_eq!(found("https://www.kaggle.com/c/some-contest/data"), ["kaggle.com/competitions/some-contest"]);
        assert_eq!(
            found("https://anonymous.4open.science/r/Foo-12AB/README.md"),
            ["anonymous.4open.science/r/Foo-12AB"]
        );
    }

    #[test]
    fn an_owners_page_and_every_other_url_is_a_page() {
        assert_eq!(found("https://github.com/facebookresearch"), ["https://github.com/facebookresearch"]);
        assert_eq!(found("at https://foo.github.io/bar/ ."), ["https://foo.github.io/bar/"]);
        assert_eq!(found("https://huggingface.co/papers/2407.11062"), ["https://arxiv.org/abs/2407.11062"]);
        assert_eq!(found("https://huggingface.co/papers/trending"), ["https://huggingface.co/papers/trending"]);
        assert_eq!(found("see www.example.org/x."), ["https://www.example.org/x"]);
        assert_eq!(found("http://vpg.cs.princeton.edu"), ["http://vpg.cs.princeton.edu"]);
        assert_eq!(found("no link, GitHub only, and/or"), [""; 0]);
    }

    #[test]
    fn a_projects_page_suggests_its_repository() {
        let behind = |page: &str| repository_behind(page).map(|repository| repository.to_string());
        assert_eq!(behind("https://foo.github.io/bar/").as_deref(), Some("github.com/foo/bar"));
        assert_eq!(behind("foo.github.io/bar/page.html").as_deref(), Some("github.com/foo/bar"));
        assert_eq!(behind("https://Foo.github.io/").as_deref(), Some("github.com/foo/foo.github.io"));
        assert_eq!(behind("https://foo.github.io/index.html").as_deref(), Some("github.com/foo/foo.github.io"));
        assert_eq!(behind("https://example.org/bar"), None);
    }

    #[test]
    fn a_word_of_the_sentence_is_not_taken_for_a_path() {
        assert_eq!(
            found("on https://github.com/ and elsewhere"),
            [""; 0]
                .map(String::from)
                .to_vec()
                .into_iter()
                .chain(["https://github.com/".to_string()])
                .collect::<Vec<_>>()
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_links_on_character_boundaries(text in r"(https?://|github\.com|www\.|[ /.a-zé{}()]|https: //){0,12}") {
            for link in find(&text) {
                proptest::prop_assert!(link.start <= link.end && text.is_char_boundary(link.start) && text.is_char_boundary(link.end));
            }
        }
    }
}
