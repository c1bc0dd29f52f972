//! Turns tokens into a paper: title, authors, abstract, sections, captions, tables, footnotes.

mod authors;
mod floats;

use super::arguments::{environment, group, next_command, optional, short_group};
use super::bibliography::Bibliography;
use super::characters::{accented, spoken};
use super::commands::{SKIPPED, TABULARS, float, shown_last, silent};
use super::labels::LabelMeanings;
use super::tokens::{LatexPlace, LatexToken, PlacedToken, text};
use crate::document::{Document, DocumentLocation, Footnote, RunningText, Section};

/// Depth of nested groups.
const MAX_DEPTH: usize = 60;

/// Depth of nested texts.
const MAX_NESTING: usize = 8;

/// A text that is being assembled, with what it contains.
struct TextFlow {
    text: RunningText,
    math: bool,
}

/// Reads a whole paper.
pub(super) struct Converter<'t> {
    pub labels: LabelMeanings,
    pub bibliography: Bibliography,
    /// Names of the files that locations refer to; empty if the paper is one file.
    pub files: Vec<String>,
    pub document: Document,
    section: Section,
    flow: TextFlow,
    title: Option<&'t [PlacedToken]>,
    authors: Vec<&'t [PlacedToken]>,
    counts: (u32, u32),
    notes: u32,
    /// Depth of the current text: a footnote in a cell in a caption.
    nesting: usize,
}

impl<'t> Converter<'t> {
    pub(super) fn new(labels: LabelMeanings, bibliography: Bibliography, files: Vec<String>) -> Self {
        Self {
            labels,
            bibliography,
            files,
            document: Document::default(),
            section: Section::default(),
            flow: TextFlow { text: RunningText::default(), math: false },
            title: None,
            authors: Vec::new(),
            counts: (0, 0),
            notes: 0,
            nesting: 0,
        }
    }

    pub(super) fn read(mut self, tokens: &'t [PlacedToken]) -> Document {
        let start = begin_of(tokens, "document").unwrap_or(0);
        self.preamble(&tokens[..start]);
        self.block(&tokens[start..], 0);
        self.end_section();
        if let Some(title) = self.title {
            self.document.title = self.plain(title);
        }
        let authors = std::mem::take(&mut self.authors);
        self.document.parts.authors = authors.into_iter().flat_map(|tokens| self.authors_of(tokens)).collect();
        self.document.parts.references = self.bibliography.references();
        self.document
    }

    /// Title and authors may come before the document begins.
    fn preamble(&mut self, tokens: &'t [PlacedToken]) {
        let mut at = 0;
        while let Some((name, next)) = next_command(tokens, at) {
            at = next;
            if let Some(next) = self.front(name, tokens, at) {
                at = next;
            }
        }
    }

    /// Reads a part of the title page. `None` if the command is not one.
    fn front(&mut self, name: &str, tokens: &'t [PlacedToken], at: usize) -> Option<usize> {
        match name.trim_end_matches('*') {
            "title" | "icmltitle" | "Title" | "papertitle" => {
                let at = optional(tokens, at).map_or(at, |(_, next)| next);
                let (argument, next) = group(tokens, at);
                if self.title.is_none() && argument.len() > 1 {
                    self.title = Some(argument);
                }
                Some(next)
            }
            "author" | "Author" | "icmlauthor" | "authors" => {
                let at = optional(tokens, at).map_or(at, |(_, next)| next);
                let (argument, next) = group(tokens, at);
                self.authors.push(argument);
                Some(next)
            }
            "affiliation"
            | "affil"
            | "institute"
            | "address"
            | "email"
            | "icmlaffiliation"
            | "icmlcorrespondingauthor" => {
                let at = optional(tokens, at).map_or(at, |(_, next)| next);
                let (argument, mut next) = group(tokens, at);
                if name.starts_with("icml") {
                    next = group(tokens, next).1;
                }
                let place = match name {
                    "email" | "icmlcorrespondingauthor" => String::new(),
                    _ => self.plain(argument),
                };
                if !place.is_empty() && !self.authors.is_empty() {
                    self.document.parts.footnotes.retain(|note| note.text != place);
                }
                Some(next)
            }
            "abstract" if matches!(tokens.get(at), Some((LatexToken::Open, _))) => {
                let (argument, next) = group(tokens, at);
                self.abstract_of(argument);
                Some(next)
            }
            _ => None,
        }
    }

    fn abstract_of(&mut self, tokens: &'t [PlacedToken]) {
        let text = self.plain(tokens);
        if self.document.abstract_text.is_empty() {
            self.document.abstract_text = text.replace('\n', " ");
        }
    }

    fn location(&self, place: LatexPlace) -> DocumentLocation {
        let name = match self.files.len() {
            0 | 1 => String::new(),
            _ => self.files.get(place.file as usize).cloned().unwrap_or_default(),
        };
        DocumentLocation::Line(name, u64::from(place.line))
    }

    fn end_section(&mut self) {
        let flow = std::mem::take(&mut self.flow.text);
        let (text, citations) = flow.finish();
        let mut section = std::mem::take(&mut self.section);
        section.text = text;
        section.citations = citations;
        if !section.text.is_empty() || !section.title.is_empty() {
            self.document.sections.push(section);
        }
    }

    /// Text without anything else: a title, a caption.
    fn plain(&mut self, tokens: &'t [PlacedToken]) -> String {
        self.marked(tokens).0
    }

    /// Text, and the references that it cites.
    fn marked(&mut self, tokens: &'t [PlacedToken]) -> (String, Vec<u32>) {
        if self.nesting >= MAX_NESTING {
            return Default::default();
        }
        self.nesting += 1;
        let before = std::mem::replace(&mut self.flow, TextFlow { text: RunningText::default(), math: false });
        let section = std::mem::take(&mut self.section);
        self.block(tokens, 1);
        self.nesting -= 1;
        self.section = section;
        let flow = std::mem::replace(&mut self.flow, before);
        let (text, citations) = flow.text.finish();
        let mut cites: Vec<u32> = citations.iter().map(|citation| citation.reference).collect();
        cites.dedup();
        (tidy(&text), cites)
    }

    /// Reads tokens into the running text.
    fn block(&mut self, tokens: &'t [PlacedToken], depth: usize) {
        let mut at = 0;
        while at < tokens.len() {
            let (token, place) = &tokens[at];
            at += 1;
            match token {
                LatexToken::Char(c) => at = self.character(*c, tokens, at),
                LatexToken::Space => self.flow.text.push(" "),
                LatexToken::Paragraph => self.flow.text.end_paragraph(),
                LatexToken::Math => self.flow.math = !self.flow.math,
                LatexToken::Cell => self.flow.text.push(" "),
                LatexToken::Verbatim(text) => self.flow.text.push(text),
                LatexToken::Open | LatexToken::Close | LatexToken::Parameter(_) => {}
                LatexToken::Command(name) => at = self.command(name, tokens, at, *place, depth),
            }
        }
    }

    fn character(&mut self, c: char, tokens: &[PlacedToken], at: usize) -> usize {
        let next = |n: usize| match tokens.get(at + n) {
            Some((LatexToken::Char(c), _)) => Some(*c),
            _ => None,
        };
        let (text, more) = match c {
            '-' if !self.flow.math && next(0) == Some('-') && next(1) == Some('-') => ("—", 2),
            '-' if !self.flow.math && next(0) == Some('-') => ("–", 1),
            '`' if next(0) == Some('`') => ("“", 1),
            '\'' if next(0) == Some('\'') && !self.flow.math => ("”", 1),
            '`' => ("‘", 0),
            '\'' => ("’", 0),
            '"' if next(0) == Some('`') => ("„", 1),
            '\u{a0}' => (" ", 0),
            c => {
                self.flow.text.push(c.encode_utf8(&mut [0; 4]));
                return at;
            }
        };
        self.flow.text.push(text);
        at + more
    }

    fn command(&mut self, name: &str, tokens: &'t [PlacedToken], at: usize, place: LatexPlace, depth: usize) -> usize {
        if depth > MAX_DEPTH {
            return at;
        }
        if let Some(next) = self.front(name, tokens, at) {
            return next;
        }
        if let Some((text, next)) = accented(name, tokens, at) {
            self.flow.text.push(&text);
            return next;
        }
        let plain = name.trim_end_matches('*');
        if let Some(next) = self.cite(plain, tokens, at) {
            return next;
        }
        match plain {
            "begin" => {
                let (argument, next) = group(tokens, at);
                return self.begin(text(argument).trim(), tokens, next, place, depth);
            }
            "end" => return group(tokens, at).1,
            "chapter" | "section" | "subsection" | "subsubsection" => {
                let at = optional(tokens, at).map_or(at, |(_, next)| next);
                let (argument, next) = group(tokens, at);
                let title = self.plain(argument);
                self.end_section();
                self.section = Section { title, location: Some(self.location(place)), ..Section::default() };
                return next;
            }
            "paragraph" | "subparagraph" => {
                let (argument, next) = group(tokens, at);
                self.flow.text.end_paragraph();
                let title = self.plain(argument);
                self.flow.text.push(&title);
                if !title.is_empty() && !title.ends_with(['.', ':', '?', '!']) {
                    self.flow.text.push(".");
                }
                self.flow.text.push(" ");
                return next;
            }
            "footnote" | "footnotetext" | "thanks" => {
                let at = optional(tokens, at).map_or(at, |(_, next)| next);
                let (argument, next) = group(tokens, at);
                let text = self.plain(argument);
                if plain != "thanks" && !text.is_empty() {
                    self.notes += 1;
                    let location = Some(self.location(place));
                    self.document.parts.footnotes.push(Footnote { mark: self.notes.to_string(), text, location });
                }
                return next;
            }
            "url" | "path" | "nolinkurl" => {
                let (argument, next) = group(tokens, at);
                self.flow.text.push(&address(argument));
                return next;
            }
            "href" => {
                let (target, next) = group(tokens, at);
                let (shown, next) = group(tokens, next);
                let target = address(target);
                let shown = self.plain(shown);
                self.flow.text.push(&shown);
                if target.starts_with("http") && !shown.contains("://") {
                    self.flow.text.push(&format!(" ({target})"));
                }
                return next;
            }
            "ref" | "eqref" | "cref" | "Cref" | "autoref" | "vref" | "pageref" | "nameref" | "labelcref" | "subref" => {
                let (argument, next) = group(tokens, at);
                let named = ["cref", "Cref", "autoref"].contains(&plain);
                let keys = text(argument);
                let parts: Vec<String> = keys
                    .split(',')
                    .filter_map(|key| self.labels.numbers.get(key.trim()))
                    .map(
                        |(kind, number)| {
                            if named && !kind.is_empty() { format!("{kind} {number}") } else { number.clone() }
                        },
                    )
                    .collect();
                self.flow.text.push(&parts.join(", "));
                return next;
            }
            "item" => {
                self.flow.text.end_paragraph();
                if let Some((label, next)) = optional(tokens, at) {
                    let label = self.plain(label);
                    self.flow.text.push(&format!("{label} "));
                    return next;
                }
                return at;
            }
            "par" | "newline" | "\\" | "and" | "And" | "AND" | "linebreak" | "newpage" | "clearpage" | "maketitle"
            | "break" => {
                let end = matches!(plain, "par" | "newpage" | "clearpage" | "maketitle");
                if end {
                    self.flow.text.end_paragraph();
                } else {
                    self.flow.text.push(" ");
                }
                return match plain {
                    "\\" => optional(tokens, at).map_or(at, |(_, next)| next),
                    _ => at,
                };
            }
            "(" | "[" => {
                self.flow.math = true;
                return at;
            }
            ")" | "]" => {
                self.flow.math = false;
                return at;
            }
            "frac" | "dfrac" | "tfrac" | "nicefrac" => {
                let (above, next) = group(tokens, at);
                let (below, next) = group(tokens, next);
                self.block(above, depth + 1);
                self.flow.text.push("/");
                self.block(below, depth + 1);
                return next;
            }
            "captionof" => {
                let (_, next) = group(tokens, at);
                return group(tokens, optional(tokens, next).map_or(next, |(_, next)| next)).1;
            }
            "caption" | "subcaption" => {
                // Outside a float.
                let at = optional(tokens, at).map_or(at, |(_, next)| next);
                return group(tokens, at).1;
            }
            // A number in smaller type behind a number is not its end: `52.1\textsubscript{0.3}`.
            "textsuperscript" | "textsubscript" | "scriptsize" | "tiny" | "footnotesize" | "small" => {
                if self.flow.text.ends_with_digit() && begins_with_digit(&tokens[at..]) {
                    self.flow.text.push(if plain == "textsuperscript" { "^" } else { "_" });
                }
                return at;
            }
            "ensuremath" | "mathrm" | "text" | "mbox" | "hbox" => return at,
            // Spaces after a command are not in the tokens; this adds one before words.
            "xspace" => {
                if let Some((LatexToken::Char(_) | LatexToken::Command(_) | LatexToken::Math, _)) = tokens.get(at)
                    && !matches!(tokens[at].0, LatexToken::Char(c) if ".,;:!?'’)]/-–\u{a0}".contains(c))
                {
                    self.flow.text.push(" ");
                }
                return at;
            }
            "fi" | "else" | "appendix" | "centering" | "left" | "right" | "displaystyle" | "noindent" => return at,
            _ => {}
        }
        if let Some(text) = spoken(plain) {
            self.flow.text.push(text);
            return at;
        }
        if let Some(count) = silent(plain) {
            let mut next = at;
            while let Some((_, behind)) = optional(tokens, next) {
                next = behind;
            }
            if plain == "cmidrule" && matches!(tokens.get(next), Some((LatexToken::Char('('), _))) {
                while next < tokens.len() && tokens[next].0 != LatexToken::Char(')') {
                    next += 1;
                }
                next += 1;
            }
            for _ in 0..count {
                while let Some((_, behind)) = optional(tokens, next) {
                    next = behind;
                }
                // A length without braces: `\vskip 1em`.
                if plain == "vskip" {
                    while matches!(tokens.get(next), Some((LatexToken::Char(c), _)) if c.is_ascii_alphanumeric() || ".-+".contains(*c))
                    {
                        next += 1;
                    }
                    break;
                }
                next = group(tokens, next).1;
            }
            return next;
        }
        if let Some(before) = shown_last(plain) {
            let mut next = at;
            for _ in 0..before {
                while let Some((_, behind)) = optional(tokens, next) {
                    next = behind;
                }
                next = group(tokens, next).1;
            }
            while let Some((_, behind)) = optional(tokens, next) {
                next = behind;
            }
            return next;
        }
        at
    }

    /// Commands that cite: the marker is written as the reference is labelled.
    fn cite(&mut self, name: &str, tokens: &'t [PlacedToken], at: usize) -> Option<usize> {
        let lower = name.to_ascii_lowercase();
        let cites =
            lower.starts_with("cite") && !lower.starts_with("citestyle") && !lower.starts_with("citeauthoryear@")
                || lower.ends_with("cite")
                    && [
                        "parencite",
                        "textcite",
                        "autocite",
                        "footcite",
                        "newcite",
                        "shortcite",
                        "fullcite",
                        "supercite",
                        "smartcite",
                        "onlinecite",
                    ]
                    .contains(&lower.as_str())
                || ["citealp", "citealt", "citeyear", "citeauthor"].contains(&lower.as_str());
        if !cites {
            return None;
        }
        let mut next = at;
        while let Some((_, behind)) = optional(tokens, next) {
            next = behind;
        }
        if !matches!(tokens.get(next), Some((LatexToken::Open, _))) {
            return Some(next);
        }
        let (argument, next) = group(tokens, next);
        let keys = text(argument);
        let numbers: Vec<u32> = keys.split(',').filter_map(|key| self.bibliography.cite(key.trim())).collect();
        if numbers.is_empty() {
            return Some(next);
        }
        let in_text = ["citet", "textcite", "newcite", "citeauthor", "citealt", "citealp", "shortcite"]
            .iter()
            .any(|kind| lower.starts_with(kind));
        let marker = match lower.as_str() {
            "citeyear" => self.bibliography.years(&numbers),
            "citeauthor" => self.bibliography.names(&numbers),
            _ => self.bibliography.marker(&numbers, in_text),
        };
        self.flow.text.cite(&marker, numbers);
        Some(next)
    }

    fn begin(&mut self, kind: &str, tokens: &'t [PlacedToken], at: usize, place: LatexPlace, depth: usize) -> usize {
        let plain = kind.trim_end_matches('*');
        if plain == "document" {
            return at;
        }
        if plain == "abstract" || plain == "onecolabstract" || plain == "summary" {
            let (inside, next) = environment(tokens, at, kind);
            self.abstract_of(inside);
            return next;
        }
        if SKIPPED.contains(&plain) {
            return environment(tokens, at, kind).1;
        }
        if TABULARS.contains(&kind) {
            // A table that is not a float.
            let (inside, next) = environment(tokens, at, kind);
            if kind == "longtable" {
                self.float(&tokens[at..next], Some((kind, inside)), "table", place);
            } else {
                self.table(kind, inside, String::new(), String::new(), place);
            }
            return next;
        }
        if let Some(float) = float(kind) {
            let (inside, next) = environment(tokens, at, kind);
            self.float(inside, None, float, place);
            return next;
        }
        if ["equation", "align", "eqnarray", "gather", "multline", "displaymath", "math", "flalign", "alignat"]
            .contains(&plain)
        {
            let (inside, next) = environment(tokens, at, kind);
            self.flow.math = true;
            self.flow.text.push(" ");
            self.block(inside, depth + 1);
            self.flow.text.push(" ");
            self.flow.math = false;
            return next;
        }
        // Arguments of an environment whose content is printed.
        let mut next = at;
        if [
            "minipage",
            "wrapfigure",
            "adjustbox",
            "multicols",
            "spacing",
            "adjustwidth",
            "tcolorbox",
            "enumerate",
            "itemize",
            "description",
            "center",
        ]
        .contains(&plain)
        {
            while let Some((_, behind)) = optional(tokens, next) {
                next = behind;
            }
            if ["minipage", "adjustbox", "multicols", "spacing"].contains(&plain) {
                next = group(tokens, next).1;
            }
        }
        next
    }
}

/// Whether the first printed character is a digit, perhaps with a sign or a bracket before it.
fn begins_with_digit(tokens: &[PlacedToken]) -> bool {
    let first = tokens.iter().find_map(|(token, _)| match token {
        LatexToken::Open | LatexToken::Math | LatexToken::Space => None,
        LatexToken::Char('(' | '+' | '-' | '.') => None,
        LatexToken::Char(c) => Some(*c),
        _ => Some(' '),
    });
    first.is_some_and(|c| c.is_ascii_digit())
}

/// The position after `\begin{kind}`.
fn begin_of(tokens: &[PlacedToken], kind: &str) -> Option<usize> {
    (0..tokens.len()).find_map(|at| {
        let LatexToken::Command(name) = &tokens[at].0 else { return None };
        let (argument, next) = short_group(tokens, at + 1);
        (&**name == "begin" && text(argument).trim() == kind).then_some(next)
    })
}

/// The characters of an address; commands for special characters are replaced.
fn address(tokens: &[PlacedToken]) -> String {
    tokens
        .iter()
        .filter_map(|(token, _)| match token {
            LatexToken::Char('\u{a0}') => Some('~'),
            LatexToken::Char(c) => Some(*c),
            LatexToken::Command(name) if name.chars().count() == 1 => name.chars().next(),
            LatexToken::Command(name) if name.starts_with("textasciitilde") || &**name == "sim" => Some('~'),
            LatexToken::Cell => Some('&'),
            LatexToken::Parameter(number) => char::from_digit(u32::from(*number), 10),
            _ => None,
        })
        .collect()
}

/// The text without the spaces that commands leave before punctuation.
pub(super) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, ',' | '.' | ';' | ':' | ')') && out.ends_with(' ') {
            out.pop();
        }
        out.push(c);
    }
    out
}
