//! The common parts of all pages for people, in files and on the server.

use maud::{DOCTYPE, Markup, html};

/// A whole page. `head` is added to its head: styles, an icon.
pub(crate) fn page(title: &str, head: &Markup, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content=(concat!("papergraph ", env!("CARGO_PKG_VERSION")));
                title { (clean(title)) }
                (head)
            }
            body { (body) }
        }
    }
}

/// Removes invisible characters, and those that change the direction of writing,
/// since the text of papers may hold anything.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// An external link, if the address is one that a browser may follow.
pub(crate) fn outside(url: &str, text: &str) -> Markup {
    let web = url.starts_with("https://") || url.starts_with("http://");
    html! {
        @if web { a.outside href=(url) rel="noopener noreferrer nofollow" { (clean(text)) } } @else { (clean(text)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        let evil = "<script>alert(1)</script>\" onload=\"x\u{202e}";
        let page = page(evil, &html! {}, &outside("https://example.org/\"><script>", evil)).into_string();
        assert!(!page.contains("<script") && !page.contains("\" onload=\"") && !page.contains('\u{202e}'), "{page}");
        assert_eq!(outside("javascript:alert(1)", "x").into_string(), "x");
    }
}
