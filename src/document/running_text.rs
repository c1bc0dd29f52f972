use serde::{Deserialize, Serialize};

/// A marker in a text that points to a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
pub struct CitationMarker {
    /// Offset in Unicode code points from the beginning of the text.
    pub start: u32,
    /// End of the range, exclusive.
    pub end: u32,
    /// The index of the reference in [`DocumentParts::references`](super::DocumentParts::references), from 0.
    pub reference: u32,
}

/// Builds running text. Each run of white space becomes one space, paragraphs are separated by line feeds, and the
/// offsets of citations are counted along the way.
#[derive(Debug, Default)]
pub struct RunningText {
    text: String,
    /// Number of code points in `text`.
    points: u32,
    /// The separator to write before the next word.
    gap: TextGap,
    citations: Vec<CitationMarker>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum TextGap {
    #[default]
    None,
    Space,
    Paragraph,
}

impl RunningText {
    /// Appends text as the source writes it.
    pub fn push(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() {
                self.gap = self.gap.max(TextGap::Space);
                continue;
            }
            self.close_gap();
            self.text.push(c);
            self.points += 1;
        }
    }

    /// Appends a citation marker and records the references that it points to.
    pub fn cite(&mut self, marker: &str, references: impl IntoIterator<Item = u32>) {
        if marker.starts_with(char::is_whitespace) {
            self.gap = self.gap.max(TextGap::Space);
        }
        self.close_gap();
        let start = self.points;
        self.push(marker.trim());
        let end = self.points;
        self.citations.extend(references.into_iter().map(|reference| CitationMarker { start, end, reference }));
        if marker.ends_with(char::is_whitespace) {
            self.gap = self.gap.max(TextGap::Space);
        }
    }

    /// Ends the paragraph.
    pub fn end_paragraph(&mut self) {
        self.gap = TextGap::Paragraph;
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether the last character is a digit.
    pub fn ends_with_digit(&self) -> bool {
        self.gap == TextGap::None && self.text.ends_with(|c: char| c.is_ascii_digit())
    }

    /// The text without leading and trailing white space, and its citations.
    pub fn finish(self) -> (String, Vec<CitationMarker>) {
        (self.text, self.citations)
    }

    fn close_gap(&mut self) {
        let gap = std::mem::take(&mut self.gap);
        if self.text.is_empty() || gap == TextGap::None {
            return;
        }
        self.text.push(if gap == TextGap::Space { ' ' } else { '\n' });
        self.points += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_one_space_and_citations_count_code_points() {
        let mut text = RunningText::default();
        text.push("  Größer \n als ");
        text.cite("[3, 4]", [2, 3]);
        text.push(" .");
        text.end_paragraph();
        text.push("\nNext");
        let (text, citations) = text.finish();
        assert_eq!(text, "Größer als [3, 4] .\nNext");
        let at = |reference| CitationMarker { start: 11, end: 17, reference };
        assert_eq!(citations, [at(2), at(3)]);
    }
}
