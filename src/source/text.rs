//! One paper as text with headings: the output of `pdftotext`, or the Markdown of PDF converters, with tables of pipes or
//! HTML. The paper is one record, and must fit into memory. The title is above the abstract (see [`front`]); the text below
//! "Abstract" is the abstract; each further heading begins a section. A paragraph "Table 2: …" beside a table is its
//! caption. The list of references is no section.

mod formulas;
mod front;
mod html_table;
mod pipe_table;
mod references;
mod small_capitals;

use std::io::BufRead;

use super::facts::{marked_arxiv_id, whole_paper};
use super::headings::HEADINGS;
use super::lines::{InputLines, MAX_LINE_BYTES};
use super::place::{FramedRecord, ProblemReason, SkippedRecord, SourceInput, SourceItem};
use super::run_in_table;
use crate::document::{Document, DocumentLocation, Section, Table};
use crate::paper::Paper;
use crate::text::single_spaced;
use front::{FrontLine, FrontMatter};
use html_table::HtmlTable;
use pipe_table::PipeTable;

/// Size limit: a book is shorter.
const MAX_BYTES: usize = 2 * MAX_LINE_BYTES;

/// Number of first lines of pages that are compared.
const MOST_HEADS: usize = 100;

/// Size that a line that cannot be read counts as.
const PROBLEM_BYTES: usize = 1024;

pub(super) fn looks_like(head: &str) -> bool {
    let mut lines = head.lines().map(plain).filter(|line| !line.is_empty()).take(200);
    let titled = lines.next().is_some_and(|line| line.chars().count() <= 350);
    let mut rest = lines.filter_map(|line| heading(&line).or_else(|| run_in(&line).map(|_| "abstract".to_string())));
    titled && rest.any(|heading| matches!(heading.to_lowercase().as_str(), "abstract" | "introduction"))
}

/// A line without the remains of PDF converters: form feeds, NULs for unknown signs, ligatures, small capitals.
fn plain(line: &str) -> String {
    let mut text = line.trim().trim_matches('\u{c}').trim().to_string();
    const LIGATURES: [(char, &str); 8] =
        [('ﬀ', "ff"), ('ﬁ', "fi"), ('ﬂ', "fl"), ('ﬃ', "ffi"), ('ﬄ', "ffl"), ('ﬅ', "ft"), ('ﬆ', "st"), ('\0', " ")];
    if text.contains(|c| LIGATURES.iter().any(|(ligature, _)| *ligature == c)) {
        for (ligature, letters) in LIGATURES {
            text = text.replace(ligature, letters);
        }
        text = single_spaced(&text);
    }
    if is_image(&text) {
        return String::new();
    }
    if text.contains('<') && !text.contains("<table") {
        for tag in ["<sub>", "</sub>", "<sup>", "</sup>"] {
            text = text.replace(tag, "");
        }
    }
    let text = formulas::joined(text);
    small_capitals::whole(&text).unwrap_or(text)
}

/// Whether a line of Markdown is a picture only.
fn is_image(line: &str) -> bool {
    line.strip_prefix("![").and_then(|rest| rest.strip_suffix(')')).is_some_and(|rest| rest.matches("](").count() == 1)
}

pub(super) fn read(reader: impl BufRead, place: SourceInput) -> impl Iterator<Item = SourceItem> {
    let mut text = TextReader::default();
    let mut out = Vec::new();
    for line in InputLines::new(reader, place.clone()) {
        match line {
            Ok(frame) => text.line(&frame),
            Err(problem) => {
                text.bytes += PROBLEM_BYTES;
                out.push(Err(problem));
            }
        }
        if text.bytes > MAX_BYTES {
            let message = format!("is larger than {} MiB, more than any paper", MAX_BYTES >> 20);
            out.push(Err(place.problem(text.first_line, SkippedRecord::new(ProblemReason::TooLarge, message))));
            return out.into_iter();
        }
    }
    let line = text.first_line.max(1);
    out.push(text.paper().map_err(|skipped| place.problem(line, skipped)).and_then(|paper| place.paper(line, paper)));
    out.into_iter()
}

#[derive(Default)]
struct TextReader {
    first_line: u64,
    state: TextState,
    bytes: usize,
    /// The lines above the abstract.
    front: Vec<FrontLine>,
    /// Whether the last line was blank.
    after_blank: bool,
    /// A line with only a number: of a page, or of the heading below it.
    number: Option<String>,
    /// The number of the last numbered section.
    section: u32,
    /// The first lines of pages, which can be running heads.
    heads: Vec<String>,
    stamp: FrontMatter,
    abstract_text: String,
    sections: Vec<Section>,
    tables: Vec<Table>,
    /// The table of HTML that has not ended.
    open_html: Option<HtmlTable>,
    /// The current table.
    open_table: Option<PipeTable>,
    /// A paragraph that looks like a caption. It is one if a table is next to it.
    caption: Option<PendingCaption>,
    /// Captions between two tables, with the index of the table below: each can belong to either.
    captions_between: Vec<(usize, String)>,
    /// Number of captions with a table only below them, and only above them.
    captions_above: usize,
    captions_below: usize,
    references: Vec<String>,
}

struct PendingCaption {
    text: String,
    /// Whether its paragraph has ended.
    is_whole: bool,
    /// Whether the table above it has no caption yet.
    is_below_table: bool,
}

#[derive(Default, PartialEq, Eq)]
enum TextState {
    #[default]
    Front,
    Abstract,
    Section,
    References,
}

impl TextReader {
    fn line(&mut self, FramedRecord { line, record }: &FramedRecord<String>) {
        self.bytes += record.len();
        let text = plain(record);
        let text = text.as_str();
        if self.open_html.is_some() || html_table::begins(text) && !self.front.is_empty() {
            return self.html(text, *line);
        }
        if pipe_table::is_row(text) && !self.front.is_empty() {
            return self.open_table.get_or_insert_with(|| PipeTable::begin(*line)).push(text);
        }
        self.close_table();
        // A page ends with a form feed.
        let begins_page = record.contains('\u{c}');
        if text.is_empty() {
            self.after_blank = true;
            return self.paragraph();
        }
        if self.first_line == 0 {
            self.first_line = *line;
        }
        if self.stamp.stamp(text) || (begins_page && self.is_running_head(text)) {
            return;
        }
        self.text(text, *line, begins_page);
        self.after_blank = false;
    }

    /// Reads a line of a table of HTML.
    fn html(&mut self, text: &str, line: u64) {
        self.close_table();
        let table = self.open_html.get_or_insert_with(|| HtmlTable::begin(line));
        if table.push(text).is_some() {
            self.close_html();
        }
    }

    fn close_html(&mut self) {
        if let Some(table) = self.open_html.take() {
            self.open_table = Some(PipeTable::of_rows(table.line, table.rows()));
        }
    }

    fn text(&mut self, text: &str, line: u64, begins_page: bool) {
        if is_number(text) && self.state != TextState::References {
            // Of two numbers, the first is the page number.
            if let Some(number) = self.number.replace(text.to_string()) {
                self.words(&number);
            }
            return;
        }
        let number = self.number.take();
        if self.state == TextState::Front
            && let Some(words) = run_in(text)
        {
            self.state = TextState::Abstract;
            return add(&mut self.abstract_text, words);
        }
        if self.state == TextState::Front && self.is_marked_title(text) {
            return self.words(text);
        }
        let numbered = number.as_deref().filter(|number| self.is_next_section(number));
        let below = numbered.and_then(|number| heading(&format!("{number} {text}")));
        if let Some(heading) = heading(text).or(below) {
            self.drop_caption();
            self.count_section(number.as_deref().unwrap_or(text));
            return self.heading(heading, line);
        }
        // A page number comes between two pages, and after the abstract there is no other.
        if let Some(number) = number.filter(|_| !begins_page && self.state == TextState::Section) {
            self.words(&number);
        }
        self.words(text);
    }

    /// Adds a line that is not a heading.
    fn words(&mut self, text: &str) {
        if self.state == TextState::Section && self.is_caption(text) {
            return;
        }
        match self.state {
            TextState::Front => {
                self.front.push(FrontLine { text: text.to_string(), begins_paragraph: self.after_blank });
            }
            TextState::Abstract if is_number(text) => {}
            TextState::Abstract => add(&mut self.abstract_text, text),
            TextState::Section => {
                if let Some(section) = self.sections.last_mut() {
                    add(&mut section.text, text);
                }
            }
            TextState::References => references::add(&mut self.references, text),
        }
    }

    /// Whether a line above the abstract is a title in Markdown.
    fn is_marked_title(&self, text: &str) -> bool {
        let known = heading(text).is_some_and(|heading| is_known_heading(&heading));
        let is_marked = text.starts_with("# ") || (text.starts_with('#') && self.front.is_empty());
        is_marked && !known && !self.front.iter().any(|line| line.text.starts_with('#'))
    }

    /// Whether the first line of a page is also the first line of another page.
    fn is_running_head(&mut self, text: &str) -> bool {
        let words: String = text.chars().filter(|c| !c.is_ascii_digit()).collect();
        let words = words.trim().to_string();
        let known = self.heads.contains(&words) || self.front.iter().take(3).any(|line| line.text.contains(&words));
        if !known && self.heads.len() < MOST_HEADS {
            self.heads.push(words.clone());
        }
        known && !words.is_empty()
    }

    /// Whether a section with this number can begin here: `3` or `2.4` after section 2.
    fn is_next_section(&self, number: &str) -> bool {
        let major: Option<u32> = number.split('.').next().and_then(|major| major.parse().ok());
        major.is_some_and(|major| major == self.section + 1 || (major == self.section && number.contains('.')))
    }

    fn count_section(&mut self, text: &str) {
        let digits = text.trim_start_matches(['#', ' ', '*']);
        let digits = digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        self.section = digits.parse().ok().filter(|number| *number <= self.section + 1).unwrap_or(self.section);
    }

    /// Reads a line that begins or continues a possible caption.
    fn is_caption(&mut self, text: &str) -> bool {
        if let Some(caption) = self.caption.as_mut().filter(|caption| !caption.is_whole) {
            add(&mut caption.text, text);
            return true;
        }
        self.drop_caption();
        let begins = self.is_between_paragraphs() && pipe_table::caption_of(text).is_some();
        if begins {
            let is_below_table = self.tables.last().is_some_and(|table| table.caption.is_empty());
            self.caption = Some(PendingCaption { text: text.to_string(), is_whole: false, is_below_table });
        }
        begins
    }

    /// A caption without a table is text of the section, or the caption of the table that ended above it.
    fn drop_caption(&mut self) {
        let Some(caption) = self.caption.take() else { return };
        if caption.is_below_table
            && let Some(table) = self.tables.last_mut()
            && let Some((label, words)) = pipe_table::caption_of(&caption.text)
        {
            (table.label, table.caption) = (label, words.to_string());
            self.captions_below += 1;
        } else if let Some(section) = self.sections.last_mut() {
            add(&mut section.text, &caption.text);
            section.text.push('\n');
        }
    }

    /// Ends the table with the caption above it.
    fn close_table(&mut self) {
        let Some(table) = self.open_table.take() else { return };
        let caption = match self.caption.take() {
            Some(caption) if caption.is_below_table => {
                self.captions_between.push((self.tables.len(), caption.text));
                String::new()
            }
            Some(caption) => {
                self.captions_above += 1;
                caption.text
            }
            None => String::new(),
        };
        self.tables.push(table.finish(&caption));
    }

    /// Gives captions between two tables to the tables that have none. A paper has its captions above its tables or
    /// below them.
    fn settle_captions(&mut self) {
        let are_below = self.captions_below > self.captions_above;
        for (below, text) in std::mem::take(&mut self.captions_between) {
            let order = if are_below { [below - 1, below] } else { [below, below - 1] };
            let free = order.into_iter().find(|at| self.tables[*at].caption.is_empty());
            if let (Some(at), Some((label, words))) = (free, pipe_table::caption_of(&text)) {
                (self.tables[at].label, self.tables[at].caption) = (label, words.to_string());
            }
        }
    }

    fn is_between_paragraphs(&self) -> bool {
        self.sections.last().is_some_and(|section| section.text.is_empty() || section.text.ends_with('\n'))
    }

    fn heading(&mut self, heading: String, line: u64) {
        let lower = heading.to_lowercase();
        self.state = match lower.as_str() {
            "abstract" => TextState::Abstract,
            "references" | "bibliography" => TextState::References,
            _ if self.state == TextState::Front && (self.front.is_empty() || !HEADINGS.contains(&lower.as_str())) => {
                // All lines above the abstract are the title, the authors or their affiliations.
                self.front.push(FrontLine { text: heading, begins_paragraph: self.after_blank });
                TextState::Front
            }
            _ => {
                let location = Some(DocumentLocation::Line(String::new(), line));
                self.sections.push(Section { title: heading, location, ..Section::default() });
                TextState::Section
            }
        };
    }

    /// Paragraphs of a section remain separate.
    fn paragraph(&mut self) {
        if self.state == TextState::References {
            references::end_paragraph(&mut self.references);
        }
        if let Some(caption) = &mut self.caption {
            caption.is_whole = true;
        }
        if self.state == TextState::Section
            && let Some(section) = self.sections.last_mut()
            && !section.text.is_empty()
            && !section.text.ends_with('\n')
        {
            section.text.push('\n');
        }
    }

    fn paper(mut self) -> Result<Paper, SkippedRecord> {
        self.close_html();
        self.close_table();
        self.drop_caption();
        self.settle_captions();
        let front = FrontMatter::of(&self.front);
        let mut document =
            Document { title: front.title, abstract_text: single_spaced(&self.abstract_text), ..Document::default() };
        document.sections = self.sections;
        for section in &mut document.sections {
            section.text.truncate(section.text.trim_end().len());
        }
        document.parts.tables = self.tables;
        run_in_table::add_all(&mut document);
        document.parts.references = references::read(self.references);
        let mut paper = whole_paper(document)?;
        // The stamp of the first page can be anywhere in its text, and running heads can contain an id.
        let named = self.front.iter().find_map(|line| marked_arxiv_id(&line.text));
        paper.identify(self.stamp.arxiv.or(named));
        paper.published = self.stamp.published;
        Ok(paper)
    }
}

/// `12`, `2.1`, `2.1.`: of a page or a heading.
fn is_number(text: &str) -> bool {
    text.len() <= 6
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// Adds a line; a word that the end of the previous line divides is joined.
fn add(text: &mut String, line: &str) {
    let broken = text.ends_with('-')
        && text.trim_end_matches('-').ends_with(|c: char| c.is_lowercase())
        && line.starts_with(|c: char| c.is_lowercase());
    if broken {
        text.pop();
    } else if !text.is_empty() && !text.ends_with('\n') {
        text.push(' ');
    }
    text.push_str(line);
}

/// `Abstract—We show …`: the text after the word.
fn run_in(line: &str) -> Option<&str> {
    let rest = line.get(..8).filter(|word| word.eq_ignore_ascii_case("abstract")).and_then(|_| line.get(8..))?;
    let words = rest.trim_start_matches(['.', ':', '-', '–', '—', '*']);
    (words.len() < rest.len() && !words.trim().is_empty()).then(|| words.trim())
}

/// The heading in a line: a Markdown heading, a numbered one, or a word that papers use.
fn heading(line: &str) -> Option<String> {
    if let Some(rest) = line.strip_prefix('#') {
        let title = rest.trim_start_matches('#').trim().trim_end_matches('#').trim();
        return (!title.is_empty()).then(|| without_number(title).to_string());
    }
    if line.chars().count() > 80 || line.ends_with(['.', ',', ';']) {
        return None;
    }
    let title = line.trim_matches('*').trim();
    let title = without_number(title);
    if is_known_heading(title) {
        return Some(title.trim_end_matches(':').to_string());
    }
    // `3.2 Training Data`: a number, and words that begin with a capital.
    let numbered = title.len() < line.len() && line.starts_with(|c: char| c.is_ascii_digit());
    let words = title.split_whitespace().count();
    let capital = title.starts_with(|c: char| c.is_uppercase());
    let plain = title.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || "-–&:,()/'’".contains(c));
    (numbered && capital && plain && (1..=10).contains(&words)).then(|| title.to_string())
}

fn is_known_heading(title: &str) -> bool {
    let lower = title.trim_end_matches(':').to_lowercase();
    HEADINGS.contains(&lower.as_str()) || ["abstract", "references", "bibliography"].contains(&lower.as_str())
}

/// A heading without the number before it: `2.1 Data`, `III. METHODS`, `A.1 Proofs`.
fn without_number(title: &str) -> &str {
    let Some((number, rest)) = title.split_once(char::is_whitespace) else { return title };
    let parts = number.trim_end_matches('.');
    let arabic = !parts.is_empty() && parts.bytes().all(|b| b.is_ascii_digit() || b == b'.') && parts.len() <= 8;
    let roman = !parts.is_empty() && parts.len() <= 5 && parts.bytes().all(|b| b"IVX".contains(&b));
    let lettered = parts.len() <= 6
        && parts.starts_with(|c: char| c.is_ascii_uppercase())
        && parts.bytes().skip(1).all(|b| b.is_ascii_digit() || b == b'.')
        && (number.ends_with('.') || parts.len() > 1);
    if arabic || roman || lettered { rest.trim_start() } else { title }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_distinguished_from_text() {
        for (line, wanted) in [
            ("## 3. Data", Some("Data")),
            ("3.2 Training Data", Some("Training Data")),
            ("III. METHODS", Some("METHODS")),
            ("ABSTRACT", Some("ABSTRACT")),
            ("Related Work", Some("Related Work")),
            ("3 of them were used.", None),
            ("2.1 million images, each", None),
            ("The model", None),
            ("I think so", None),
        ] {
            assert_eq!(heading(line).as_deref(), wanted, "{line}");
        }
    }
}
