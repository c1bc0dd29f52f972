//! Escapes text for XML, and writes parts of a document.

use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::events::{BytesStart, Event};

use super::{ExportError, one_line};

/// Replaces every character that an XML 1.0 document may not hold, even escaped, by U+FFFD: control characters other
/// than tab and line breaks, and two noncharacters.
pub(super) fn valid(text: &str) -> Cow<'_, str> {
    let bad = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(bad) { text.replace(bad, "\u{fffd}").into() } else { text.into() }
}

/// A text from a paper as text or attribute of a document, in one line and without markup.
pub(super) fn text(text: &str) -> String {
    quick_xml::escape::escape(valid(&one_line(text)).as_ref()).into_owned()
}

/// The output of `write` inside these elements, indented to their depth.
pub(super) fn inside(
    elements: &[&str],
    write: impl FnOnce(&mut Writer<Vec<u8>>) -> Result<(), ExportError>,
) -> Result<Vec<u8>, ExportError> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    for element in elements {
        writer.write_event(Event::Start(BytesStart::new(*element)))?;
    }
    writer.get_mut().clear();
    write(&mut writer)?;
    Ok(writer.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_inside_is_indented_as_if_it_stood_there() {
        let text = inside(&["a", "b"], |writer| Ok(writer.write_event(Event::Empty(BytesStart::new("c")))?)).unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), "\n  <c/>");
    }

    #[test]
    fn what_xml_forbids_is_seen_to_have_been_there() {
        assert_eq!(valid("a\0b\u{1b}c\td"), "a\u{fffd}b\u{fffd}c\td");
        assert!(matches!(valid("fine <&>"), Cow::Borrowed(_)));
    }
}
