//! Detects missing pages that answer 200, by their title or by the target of a redirect.

use std::sync::LazyLock;

use regex::bytes::Regex;
use url::Url;

use super::hosts::Soft404;
use crate::text::single_spaced;

/// Compiled from a constant.
static TITLE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?is-u)<title[^>]*>(.{0,300}?)</title").ok());

/// The title of a page, if it says that the page is missing. A whole part of the title must match: a paper may well be
/// about pages that were not found.
pub(super) fn title_of_missing(signs: &Soft404, body: &[u8]) -> Option<String> {
    let title = TITLE.as_ref()?.captures(body)?.get(1)?;
    let title = plain(&String::from_utf8_lossy(title.as_bytes()));
    let whole = title.to_lowercase();
    let parts = whole.split(['|', '–', '—', '·', '•', '«', '»']).flat_map(|part| part.split(" - "));
    let says_so = parts.chain([whole.as_str()]).map(trimmed).any(|part| signs.titles.iter().any(|sign| sign == part));
    says_so.then_some(title)
}

/// Whether a redirect ended at a page for missing content.
pub(super) fn is_path_of_missing(signs: &Soft404, url: &Url) -> bool {
    let path = url.path().trim_end_matches('/').to_lowercase();
    let address = format!("{}{path}", url.origin().ascii_serialization());
    signs.paths.iter().any(|sign| *sign == path || *sign == address)
}

fn trimmed(part: &str) -> &str {
    part.trim_matches(|c: char| c.is_whitespace() || matches!(c, '!' | '.' | ',' | ':' | '-' | '(' | ')'))
}

/// Removes character references and collapses spaces.
fn plain(text: &str) -> String {
    const REFERENCES: [(&str, &str); 12] = [
        ("&nbsp;", " "),
        ("&ndash;", "–"),
        ("&#8211;", "–"),
        ("&mdash;", "—"),
        ("&#8212;", "—"),
        ("&middot;", "·"),
        ("&bull;", "•"),
        ("&laquo;", "«"),
        ("&raquo;", "»"),
        ("&#39;", "'"),
        ("&#124;", "|"),
        ("&amp;", "&"),
    ];
    let mut text = text.to_string();
    for (reference, character) in REFERENCES {
        text = text.replace(reference, character);
    }
    single_spaced(&text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::liveness::Hosts;

    fn missing(title: &str) -> bool {
        let page = format!("<!doctype html><html><head><meta charset=utf-8><TITLE lang=en>\n{title}\n</title>");
        title_of_missing(&Hosts::shipped().unwrap().soft_404, page.as_bytes()).is_some()
    }

    #[test]
    fn a_title_that_says_nothing_else_is_believed() {
        for title in [
            "404",
            "404 Not Found",
            "Page not found | Some Lab",
            "Page not found &ndash; Some Lab",
            "Some University - Error 404",
            "Site not found · GitHub Pages",
            "Oops! Page Not Found.",
            "Seite nicht gefunden « Institut",
        ] {
            assert!(missing(title), "{title}");
        }
    }

    #[test]
    fn a_title_about_something_is_not() {
        for title in [
            "Not Found: A Benchmark of Missing Pages",
            "Area 404 Dataset",
            "Learning When Objects Are Not Found",
            "Some Lab",
            "",
        ] {
            assert!(!missing(title), "{title}");
        }
    }

    #[test]
    fn a_redirect_to_the_error_page_is_believed() {
        let signs = Hosts::shipped().unwrap().soft_404;
        assert!(is_path_of_missing(&signs, &Url::parse("https://x.org/404.html?from=/a").unwrap()));
        assert!(!is_path_of_missing(&signs, &Url::parse("https://x.org/a/404-b").unwrap()));
    }

    #[test]
    fn a_host_may_send_what_is_missing_to_another_address() {
        let hosts = Hosts::shipped().unwrap();
        let signs = &hosts.of(&Url::parse("https://paperswithcode.com/sota/x").unwrap()).unwrap().soft_404;
        assert!(is_path_of_missing(signs, &Url::parse("https://huggingface.co/papers/trending").unwrap()));
        assert!(!is_path_of_missing(signs, &Url::parse("https://huggingface.co/papers/2312.08914").unwrap()));
        assert!(!is_path_of_missing(signs, &Url::parse("https://example.org/papers/trending").unwrap()));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_harmless(body in proptest::collection::vec(0u8.., 0..200)) {
            let mut page = b"<title>".to_vec();
            page.extend(body);
            page.extend(b"</title>");
            title_of_missing(&Hosts::shipped().unwrap().soft_404, &page);
        }
    }
}
