//! Reads records of XML one at a time: each element with one of certain names becomes a small tree.
//!
//! Names are compared without their namespace prefix. Only the five entities of XML and character references are
//! resolved, so that no input can grow; other entities remain as written.

use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::place::{FramedRecord, ProblemReason, ReadProblem, SkippedRecord, SourceInput};

/// Length limit of a tag, a comment or a run of text; a longer one ends the reading.
const MAX_EVENT_BYTES: usize = 16 * 1024 * 1024;

/// Number of elements and texts in one record; a full paper has some ten thousand.
const MAX_NODES: usize = 400_000;

/// Length of the text in one record.
const MAX_RECORD_BYTES: usize = 32 * 1024 * 1024;

/// Number of attributes of one element; further ones are left out.
pub(super) const MAX_ATTRIBUTES: usize = 100;

/// Depth limit; no record is deeper.
pub(super) const MAX_DEPTH: usize = 200;

/// An element: its name without prefix, its attributes, and its content.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<XmlNode>,
}

#[derive(Debug)]
pub(super) enum XmlNode {
    Element(Element),
    Text(String),
}

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|child| match child {
            XmlNode::Element(element) => Some(element),
            XmlNode::Text(_) => None,
        })
    }

    /// The children with this name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.elements().filter(move |element| element.name == name)
    }

    /// The first child with the first name, then its first child with the next name, and so on.
    pub(super) fn first(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |element, name| element.elements().find(|child| child.name == *name))
    }

    /// The elements with this name at any depth, in the order of the text.
    pub(super) fn descendants<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        let mut open: Vec<&Self> = vec![self];
        std::iter::from_fn(move || {
            loop {
                let element = open.pop()?;
                let from = open.len();
                open.extend(element.elements());
                open[from..].reverse();
                if element.name == name {
                    return Some(element);
                }
            }
        })
    }

    /// All text in it, with white space as written.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        self.write_text(&mut out, &mut |_, _| false);
        out
    }

    /// All text in it. `special` may write an element in its own way, and returns whether it did.
    pub(super) fn text_with(&self, special: &mut dyn FnMut(&Self, &mut String) -> bool) -> String {
        let mut out = String::new();
        self.write_text(&mut out, special);
        out
    }

    fn write_text(&self, out: &mut String, special: &mut dyn FnMut(&Self, &mut String) -> bool) {
        for child in &self.children {
            match child {
                XmlNode::Text(text) => out.push_str(text),
                XmlNode::Element(element) if special(element, out) => {}
                XmlNode::Element(element) => element.write_text(out, special),
            }
        }
    }
}

/// The records of a stream: elements of the `names`, each with the attributes of the elements around it.
pub(super) struct XmlRecords<R: BufRead> {
    reader: Reader<WatchedReader<R>>,
    input: SourceInput,
    names: &'static [&'static str],
    /// The open elements, from the root: those around a record, without children.
    open: Vec<Element>,
    /// Position in `open` at which the current record begins, and its line.
    record: Option<(usize, u64)>,
    nodes: usize,
    bytes: usize,
    /// The problem with the current record.
    fault: Option<SkippedRecord>,
    buffer: Vec<u8>,
    ended: bool,
}

/// A record and the elements around it.
pub(super) struct XmlRecord {
    pub element: Element,
    /// The elements around it, from the root.
    pub around: Vec<(String, Vec<(String, String)>)>,
}

impl XmlRecord {
    /// An attribute of the nearest element of this name around the record.
    pub(super) fn around(&self, name: &str, attribute: &str) -> Option<&str> {
        let (_, attributes) = self.around.iter().rev().find(|(n, _)| n == name)?;
        attributes.iter().find(|(n, _)| n == attribute).map(|(_, value)| value.as_str())
    }
}

impl<R: BufRead> XmlRecords<R> {
    pub(super) fn new(reader: R, names: &'static [&'static str], place: SourceInput) -> Self {
        let mut reader = Reader::from_reader(WatchedReader { inner: reader, lines: 0, budget: MAX_EVENT_BYTES });
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        config.expand_empty_elements = true;
        Self {
            reader,
            input: place,
            names,
            open: Vec::new(),
            record: None,
            nodes: 0,
            bytes: 0,
            fault: None,
            buffer: Vec::new(),
            ended: false,
        }
    }

    fn line(&self) -> u64 {
        self.reader.get_ref().lines + 1
    }

    fn problem(&self, skipped: SkippedRecord) -> ReadProblem {
        let line = self.record.map_or_else(|| self.line(), |(_, line)| line);
        self.input.problem(line, skipped)
    }

    fn fail(&mut self, skipped: SkippedRecord) -> ReadProblem {
        self.ended = true;
        self.problem(skipped)
    }

    /// Reads up to the next record.
    fn advance(&mut self) -> Option<Result<FramedRecord<XmlRecord>, ReadProblem>> {
        loop {
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.clear();
            self.reader.get_mut().budget = MAX_EVENT_BYTES;
            let before = self.reader.buffer_position();
            let event = self.reader.read_event_into(&mut buffer).map(Event::into_owned);
            self.buffer = buffer;
            match event {
                Ok(Event::Eof) => {
                    self.ended = true;
                    if self.record.is_some() || !self.open.is_empty() {
                        return Some(Err(self.problem(SkippedRecord::cut_off("the text ends inside an element"))));
                    }
                    return None;
                }
                Ok(Event::Start(start)) => {
                    if self.open.len() >= MAX_DEPTH {
                        let skipped = SkippedRecord::new(
                            ProblemReason::TooLarge,
                            format!("elements nested deeper than {MAX_DEPTH}"),
                        );
                        return Some(Err(self.fail(skipped)));
                    }
                    self.start(&start);
                }
                Ok(Event::End(end)) => {
                    let name = local(end.name().as_ref()).to_string();
                    if let Some(record) = self.end(&name) {
                        return Some(record);
                    }
                }
                Ok(Event::Text(text)) => self.text(&text),
                Ok(Event::CData(text)) => self.text(&text),
                Ok(Event::GeneralRef(reference)) => {
                    let text = resolved(&reference);
                    self.text(&text);
                }
                Ok(Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_) | Event::Empty(_)) => {}
                Err(quick_xml::Error::Io(e)) => {
                    let reason = if e.kind() == io::ErrorKind::FileTooLarge {
                        ProblemReason::TooLarge
                    } else {
                        ProblemReason::CutOff
                    };
                    return Some(Err(self.fail(SkippedRecord::new(reason, super::compressed::unreadable(&e)))));
                }
                Err(quick_xml::Error::Syntax(e)) => {
                    return Some(Err(self.fail(SkippedRecord::cut_off(format!("not XML: {e}")))));
                }
                // After the other errors, the reader has passed the faulty part.
                Err(e) if self.reader.buffer_position() > before => {
                    let skipped = SkippedRecord::malformed(format!("not XML: {e}"));
                    if self.record.is_some() {
                        self.fault.get_or_insert(skipped);
                    } else {
                        return Some(Err(self.problem(skipped)));
                    }
                }
                Err(e) => return Some(Err(self.fail(SkippedRecord::malformed(format!("not XML: {e}"))))),
            }
        }
    }

    fn start(&mut self, start: &BytesStart<'_>) {
        let name = local(start.name().as_ref()).to_string();
        if self.record.is_none() && self.names.contains(&name.as_str()) {
            self.record = Some((self.open.len(), self.line()));
            (self.nodes, self.bytes) = (0, 0);
        }
        self.grow(start.len());
        // Attributes are not checked for duplicates, which would take quadratic time.
        let mut found = start.attributes();
        let found = found.with_checks(false).flatten().take(if self.fault.is_some() { 0 } else { MAX_ATTRIBUTES });
        let named = found.map(|a| (local(a.key.as_ref()).to_string(), attribute_text(&a.value)));
        let attributes = named.collect();
        self.open.push(Element { name, attributes, children: Vec::new() });
    }

    /// Counts the memory of the record.
    fn grow(&mut self, bytes: usize) {
        self.nodes += 1;
        self.bytes += bytes;
        if self.record.is_some() && self.fault.is_none() && (self.nodes > MAX_NODES || self.bytes > MAX_RECORD_BYTES) {
            self.fault = Some(SkippedRecord::new(ProblemReason::TooLarge, "the record is larger than any paper's"));
        }
    }

    fn text(&mut self, text: &str) {
        if self.record.is_none() {
            return;
        }
        self.grow(text.len());
        if self.fault.is_some() {
            return;
        }
        let Some(element) = self.open.last_mut() else { return };
        match element.children.last_mut() {
            Some(XmlNode::Text(before)) => before.push_str(text),
            _ => element.children.push(XmlNode::Text(text.to_string())),
        }
    }

    /// Closes the element, and the open elements inside it; a name that is not open closes nothing.
    fn end(&mut self, name: &str) -> Option<Result<FramedRecord<XmlRecord>, ReadProblem>> {
        let Some(at) = self.open.iter().rposition(|element| element.name == name) else {
            if self.record.is_some() {
                let message = format!("not XML: `</{name}>` closes nothing");
                self.fault.get_or_insert(SkippedRecord::malformed(message));
            }
            return None;
        };
        let mut done = None;
        while self.open.len() > at {
            let element = self.open.pop()?;
            if self.record.is_some() && self.open.len() > at {
                let message = format!("not XML: `<{}>` is closed by `</{name}>`", element.name);
                self.fault.get_or_insert(SkippedRecord::malformed(message));
            }
            match self.record {
                Some((from, line)) if from == self.open.len() => {
                    done = Some(match self.fault.take() {
                        Some(fault) => Err(self.problem(fault)),
                        None => Ok(FramedRecord { line, record: XmlRecord { element, around: self.around() } }),
                    });
                    self.record = None;
                }
                Some(_) => {
                    if self.fault.is_none()
                        && let Some(parent) = self.open.last_mut()
                    {
                        parent.children.push(XmlNode::Element(element));
                    }
                }
                None => {}
            }
        }
        done
    }

    fn around(&self) -> Vec<(String, Vec<(String, String)>)> {
        self.open.iter().map(|element| (element.name.clone(), element.attributes.clone())).collect()
    }
}

impl<R: BufRead> Iterator for XmlRecords<R> {
    type Item = Result<FramedRecord<XmlRecord>, ReadProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended { None } else { self.advance() }
    }
}

/// A piece of XML inside another format (an abstract of Crossref), as a tree. A `<` that does not begin a tag is a
/// character.
pub(super) fn fragment(text: &str) -> Element {
    let mut whole = String::from("<fragment>");
    let mut pieces = text.split('<');
    whole.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let tag = piece.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') && piece.contains('>');
        whole.push_str(if tag { "<" } else { "&lt;" });
        whole.push_str(piece);
    }
    whole.push_str("</fragment>");
    let place = SourceInput::new("", super::Format::Crossref);
    match XmlRecords::new(whole.as_bytes(), &["fragment"], place).next() {
        Some(Ok(frame)) => frame.record.element,
        // Tags that do not match, and similar errors: the words count.
        _ => Element { children: vec![XmlNode::Text(text.to_string())], ..Element::default() },
    }
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

pub(super) fn attribute_text(value: &str) -> String {
    quick_xml::escape::unescape(value).map_or_else(|_| value.to_string(), |text| text.into_owned())
}

pub(super) fn resolved(reference: &BytesRef<'_>) -> String {
    match reference.resolve_char_ref() {
        Ok(Some(c)) => c.to_string(),
        _ => match &**reference {
            "amp" => "&".to_string(),
            "lt" => "<".to_string(),
            "gt" => ">".to_string(),
            "apos" => "'".to_string(),
            "quot" => "\"".to_string(),
            "nbsp" => " ".to_string(),
            other => format!("&{other};"),
        },
    }
}

/// Counts lines, and ends the reading if one piece of XML takes more memory than allowed.
struct WatchedReader<R> {
    inner: R,
    lines: u64,
    budget: usize,
}

impl<R: BufRead> Read for WatchedReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(out.len());
        out[..length].copy_from_slice(&available[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for WatchedReader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.budget == 0 {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "a tag or text that is longer than 16 MiB"));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        if let Ok(buffer) = self.inner.fill_buf() {
            self.lines += memchr::memchr_iter(b'\n', buffer.get(..amount).unwrap_or_default()).count() as u64;
        }
        self.budget = self.budget.saturating_sub(amount);
        self.inner.consume(amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let place = SourceInput::new("x.xml", crate::source::Format::Tei);
        XmlRecords::new(text.as_bytes(), &["r"], place)
            .map(|item| match item {
                Ok(frame) => format!("{}: {}", frame.line, frame.record.element.text()),
                Err(problem) => problem.to_string(),
            })
            .collect()
    }

    #[test]
    fn a_broken_record_is_reported_and_the_next_is_read() {
        let found = read(
            "<all>\n<r>a <b>b</b> &amp; &#233; &unknown; <![CDATA[<c>]]></r>\n<r>x <i>y</r>\n<r>z</i></r>\n<x:r>w</x:r>\n",
        );
        assert_eq!(
            found,
            [
                "2: a b & é &unknown; <c>",
                "x.xml:3: not XML: `<i>` is closed by `</r>`",
                "x.xml:4: not XML: `</i>` closes nothing",
                "5: w",
                "x.xml:6: the text ends inside an element",
            ]
        );
    }

    #[test]
    fn a_fragment_may_hold_what_is_not_markup() {
        assert_eq!(fragment("<p>where $x < 3$ &amp; <i>y</i> > 2</p>").text(), "where $x < 3$ & y > 2");
        assert_eq!(fragment("a <b>c").text(), "a <b>c");
    }

    #[test]
    fn custom_entities_are_not_resolved() {
        let bomb = "<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><r>&b;&b;</r>";
        assert_eq!(read(bomb), ["1: &b;&b;"]);
    }

    #[test]
    fn nesting_and_size_have_limits() {
        let deep = "<a>".repeat(100_000);
        assert_eq!(read(&deep).last().unwrap(), "x.xml:1: elements nested deeper than 200");
        let wide = format!("<r>{}</r><r>b</r>", "<a/>".repeat(MAX_NODES));
        assert_eq!(read(&wide), ["x.xml:1: the record is larger than any paper's", "1: b"]);
        let long = format!("<r>{}", "x".repeat(MAX_EVENT_BYTES + 10));
        assert_eq!(read(&long), ["x.xml:1: a tag or text that is longer than 16 MiB"]);
    }
}
