//! The tags of HTML that lists of papers mix with Markdown.

use super::super::xml::fragment;

/// Length limit: anything longer is not a tag.
const MAX_TAG: usize = 2_000;

/// A piece of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum HtmlPiece {
    /// `<a href="…">` as `Open("a", "…")`.
    Open(String, String),
    Close(String),
    Text(String),
}

/// The pieces of a text, each with the number of line ends before it.
pub(super) fn pieces(html: &str) -> Vec<(u64, HtmlPiece)> {
    let mut pieces = Vec::new();
    let (mut at, mut line, mut counted) = (0, 0, 0);
    while let Some(rest) = html.get(at..).filter(|rest| !rest.is_empty()) {
        line += memchr::memchr_iter(b'\n', html.get(counted..at).unwrap_or_default().as_bytes()).count() as u64;
        counted = at;
        if let Some(comment) = rest.strip_prefix("<!--") {
            at += comment.find("-->").map_or(rest.len(), |end| end + 7);
        } else if let Some((piece, length)) = tag(rest) {
            pieces.push((line, piece));
            at += length;
        } else {
            let next = rest.char_indices().skip(1).find(|(_, c)| *c == '<').map_or(rest.len(), |(next, _)| next);
            pieces.push((line, HtmlPiece::Text(fragment(rest.get(..next).unwrap_or_default()).text())));
            at += next;
        }
    }
    pieces
}

/// The tag that begins here, and its length.
fn tag(text: &str) -> Option<(HtmlPiece, usize)> {
    let inner = text.strip_prefix('<')?;
    let (inner, is_end) = inner.strip_prefix('/').map_or((inner, false), |inner| (inner, true));
    let length = inner.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len());
    if length == 0 {
        return None;
    }
    let name = inner[..length].to_ascii_lowercase();
    let end = text.bytes().take(MAX_TAG).position(|byte| byte == b'>')?;
    let piece = match is_end {
        true => HtmlPiece::Close(name),
        false => HtmlPiece::Open(name, address(&text[..end]).unwrap_or_default()),
    };
    Some((piece, end + 1))
}

fn address(tag: &str) -> Option<String> {
    let at = tag.to_ascii_lowercase().find("href=")?;
    let value = tag.get(at + 5..)?;
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let value = match quote {
        Some(quote) => value[1..].split(quote).next()?,
        None => value.split_whitespace().next()?,
    };
    Some(fragment(value.trim()).text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_texts_are_distinguished() {
        let found = pieces("<td>\n<A HREF='https://a.example/?x=1&amp;y=2'>Cats &amp; Dogs</a> 1 < 2<br/>");
        let shown: Vec<String> = found.iter().map(|(line, piece)| format!("{line} {piece:?}")).collect();
        insta::assert_snapshot!(shown.join("\n"), @r#"
        0 Open("td", "")
        0 Text("\n")
        1 Open("a", "https://a.example/?x=1&y=2")
        1 Text("Cats & Dogs")
        1 Close("a")
        1 Text(" 1 ")
        1 Text("< 2")
        1 Open("br", "")
        "#);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "(</?(td|a|b)|href=|<!--|-->|[<>\"'/= &;]|é|[a-z]{1,3}|\n){0,40}") {
            let _ = pieces(&text);
        }
    }
}
