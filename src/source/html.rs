//! A page of HTML as a tree. It is made for pages that programs write: all tags are closed, except those that HTML
//! never closes.

use std::sync::LazyLock;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use regex::Regex;

use super::place::{ProblemReason, SkippedRecord};
use super::xml::{Element, MAX_ATTRIBUTES, MAX_DEPTH, XmlNode, attribute_text, local, resolved};

/// Number of elements and texts in one page. A long paper with formulas has some hundred thousand.
const MAX_NODES: usize = 1_500_000;

/// Elements that have no end tag.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Elements whose content is not HTML.
static RAW: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?is)<script\b.*?</script\s*>|<style\b.*?</style\s*>").expect("a pattern of the program is sound")
});

/// The tree of a page, below a root without a name.
pub(super) fn tree(page: &str) -> Result<Element, SkippedRecord> {
    let page = RAW.replace_all(page, "");
    let mut reader = Reader::from_str(&page);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    config.expand_empty_elements = true;
    let mut open = vec![Element::default()];
    let mut nodes = 0;
    loop {
        nodes += 1;
        if nodes > MAX_NODES || open.len() > MAX_DEPTH {
            return Err(SkippedRecord::new(
                ProblemReason::TooLarge,
                "is HTML with more or deeper elements than any paper has",
            ));
        }
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(Event::Start(start)) => {
                let element = element(&start);
                match VOID.contains(&element.name.as_str()) {
                    true => add(&mut open, XmlNode::Element(element)),
                    false => open.push(element),
                }
            }
            Ok(Event::End(end)) => close(&mut open, local(end.name().as_ref())),
            Ok(Event::Text(text)) => add_text(&mut open, &text),
            Ok(Event::CData(text)) => add_text(&mut open, &text),
            Ok(Event::GeneralRef(reference)) => add_text(&mut open, &resolved(&reference)),
            Ok(Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_) | Event::Empty(_)) => {}
            Err(e) => return Err(SkippedRecord::cut_off(format!("is not HTML: {e}"))),
        }
    }
    while open.len() > 1 {
        pop(&mut open);
    }
    Ok(open.pop().unwrap_or_default())
}

fn element(start: &BytesStart<'_>) -> Element {
    let name = local(start.name().as_ref()).to_ascii_lowercase();
    let mut found = start.html_attributes();
    let found = found.with_checks(false).flatten().take(MAX_ATTRIBUTES);
    let attributes = found.map(|a| (local(a.key.as_ref()).to_string(), attribute_text(&a.value))).collect();
    Element { name, attributes, children: Vec::new() }
}

fn add(open: &mut [Element], child: XmlNode) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(child);
    }
}

fn add_text(open: &mut [Element], text: &str) {
    let Some(parent) = open.last_mut() else { return };
    match parent.children.last_mut() {
        Some(XmlNode::Text(before)) => before.push_str(text),
        _ => parent.children.push(XmlNode::Text(text.to_string())),
    }
}

/// Closes the nearest open element with this name, and the open elements in it.
fn close(open: &mut Vec<Element>, name: &str) {
    let Some(at) = open.iter().rposition(|element| element.name.eq_ignore_ascii_case(name)) else { return };
    while at > 0 && open.len() > at {
        pop(open);
    }
}

fn pop(open: &mut Vec<Element>) {
    if let Some(element) = open.pop() {
        add(open, XmlNode::Element(element));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_a_tree_whatever_is_left_open_in_it() {
        let page = "<!DOCTYPE html><html><head><meta charset=utf-8><script>if (a < b) {}</script></head>\
            <body class='c'>a<br>b <p>c &amp; d</div></p><i>e</body></html>";
        let tree = tree(page).unwrap();
        let body = tree.first(&["html", "body"]).unwrap();
        assert_eq!(body.attribute("class"), Some("c"));
        assert_eq!(body.text(), "ab c & de");
        assert_eq!(tree.first(&["html", "head"]).unwrap().text(), "");
    }

    #[test]
    fn nesting_has_a_limit() {
        assert_eq!(tree(&"<b>".repeat(10_000)).unwrap_err().reason, ProblemReason::TooLarge);
    }
}
