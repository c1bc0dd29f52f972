//! Turns tokens into a paper: title, authors, abstract, sections, captions, tables, footnotes.

use std::collections::HashMap;

use super::bibliography::Bibliography;
use super::characters::{accented, spoken};
use super::tabular;
use super::tokens::{LatexPlace, LatexToken, PlacedToken, text};
use crate::document::{Document, DocumentAuthor, DocumentLocation, Figure, Footnote, RunningText, Section, Table};

/// Depth of nested groups.
const MAX_DEPTH: usize = 60;

/// Depth of nested texts.
const MAX_NESTING: usize = 8;

/// Number of tokens in the brackets of an optional argument.
const MAX_OPTIONAL: usize = 2_000;

/// Number of tables next to each other under one caption.
const MAX_TABULARS: usize = 50;

/// Number of tokens in a name.
const MAX_NAME: usize = 200;

/// Commands whose arguments are not text, by the number of arguments. Optional arguments are skipped too.
fn silent(name: &str) -> Option<usize> {
    Some(match name.trim_end_matches('*') {
        "label"
        | "vspace"
        | "hspace"
        | "includegraphics"
        | "bibliographystyle"
        | "pagestyle"
        | "thispagestyle"
        | "usepackage"
        | "RequirePackage"
        | "hypersetup"
        | "graphicspath"
        | "geometry"
        | "pagenumbering"
        | "addbibresource"
        | "todo"
        | "phantom"
        | "hphantom"
        | "vphantom"
        | "color"
        | "arrayrulecolor"
        | "rowcolor"
        | "cellcolor"
        | "columncolor"
        | "index"
        | "nocite"
        | "bibliography"
        | "tikzset"
        | "usetikzlibrary"
        | "pgfplotsset"
        | "captionsetup"
        | "newcolumntype"
        | "hyphenation"
        | "documentclass"
        | "documentstyle"
        | "theoremstyle"
        | "includepdf"
        | "date"
        | "keywords"
        | "icmlkeywords"
        | "ccsdesc"
        | "acmConference"
        | "acmDOI"
        | "acmISBN"
        | "acmYear"
        | "copyrightyear"
        | "setcopyright"
        | "orcid"
        | "titlerunning"
        | "authorrunning"
        | "runningtitle"
        | "runningauthor"
        | "icmltitlerunning"
        | "footnotemark"
        | "cmidrule"
        | "cline"
        | "addlinespace"
        | "vskip"
        | "linespread"
        | "enlargethispage"
        | "crefname@"
        | "aclfinalcopy@"
        | "newlength"
        | "newcounter"
        | "stepcounter"
        | "refstepcounter"
        | "usefont@"
        | "bibdata"
        | "PassOptionsToPackage@" => 1,
        "setlength"
        | "addtolength"
        | "setcounter"
        | "addtocounter"
        | "newtheorem"
        | "rule"
        | "fontsize"
        | "definecolor@"
        | "hyperref@"
        | "PassOptionsToPackage"
        | "titlespacing@"
        | "DeclareUnicodeCharacter"
        | "newenvironment@"
        | "colorlet"
        | "setlist@" => 2,
        "definecolor"
        | "crefname"
        | "Crefname"
        | "newenvironment"
        | "renewenvironment"
        | "titleformat@"
        | "DeclareFieldFormat@" => 3,
        _ => return None,
    })
}

/// Commands that print their last argument, by the number of arguments before it.
fn shown_last(name: &str) -> Option<usize> {
    Some(match name.trim_end_matches('*') {
        "shortstack" | "makecell" | "thead" | "Centerstack" | "rothead" => 0,
        "textcolor" | "colorbox" | "scalebox" | "raisebox" | "rotatebox" | "parbox" | "hyperref" | "adjustbox"
        | "foreignlanguage" | "hyperlink" | "makebox" => 1,
        "resizebox" | "fcolorbox" | "multirow@" => 2,
        _ => return None,
    })
}

/// Environments whose content is not running text.
const SKIPPED: [&str; 16] = [
    "tikzpicture",
    "pgfpicture",
    "algorithm",
    "algorithmic",
    "algorithm2e",
    "lstlisting",
    "CCSXML",
    "comment",
    "keywords",
    "IEEEkeywords",
    "filecontents",
    "thebibliography",
    "axis",
    "prooftree",
    "forest",
    "dependency",
];

const TABULARS: [&str; 14] = [
    "tabular",
    "tabular*",
    "tabularx",
    "tabulary",
    "longtable",
    "supertabular",
    "tabu",
    "xltabular",
    "NiceTabular",
    "tblr",
    "longtabu",
    "threeparttable@",
    "tabularray",
    "xtabular",
];

/// Facts known before the text is read: the meanings of labels.
pub(super) struct LabelMeanings {
    numbers: HashMap<String, (String, String)>,
}

impl LabelMeanings {
    /// Counts sections, tables, figures and equations as LaTeX does.
    pub(super) fn of(tokens: &[PlacedToken]) -> Self {
        let mut numbers = HashMap::new();
        let mut counters = [0_u32; 3];
        let (mut tables, mut figures, mut equations, mut theorems) = (0_u32, 0_u32, 0_u32, 0_u32);
        let mut appendix = false;
        let mut current = (String::new(), String::new());
        let mut environments: Vec<String> = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let LatexToken::Command(name) = &tokens[at].0 else {
                at += 1;
                continue;
            };
            at += 1;
            match &**name {
                "begin" => {
                    let (argument, _) = short_group(tokens, at);
                    let kind = text(argument);
                    match kind.trim_end_matches('*') {
                        "equation" | "align" | "eqnarray" | "gather" if !kind.ends_with('*') => {
                            equations += 1;
                            current = ("Equation".to_string(), equations.to_string());
                        }
                        "theorem" | "lemma" | "proposition" | "definition" | "corollary" => {
                            theorems += 1;
                            current = (String::new(), theorems.to_string());
                        }
                        _ => {}
                    }
                    environments.push(kind);
                }
                "end" => {
                    environments.pop();
                }
                "appendix" => {
                    appendix = true;
                    counters = [0; 3];
                }
                "section" | "subsection" | "subsubsection" => {
                    let level = name.len() / 3 - 2;
                    let level = match &**name {
                        "section" => 0,
                        "subsection" => 1,
                        _ => level.min(2),
                    };
                    counters[level] += 1;
                    counters[level + 1..].fill(0);
                    let first = match appendix {
                        true => char::from_u32(u32::from('A') + counters[0].saturating_sub(1).min(25))
                            .unwrap_or('A')
                            .to_string(),
                        false => counters[0].to_string(),
                    };
                    let rest = counters[1..=level].iter().map(|n| format!(".{n}")).collect::<String>();
                    current = ("Section".to_string(), first + &rest);
                }
                "caption" | "captionof" => {
                    let kind = match &**name {
                        "captionof" => text(short_group(tokens, at).0),
                        _ => environments.iter().rev().find_map(|kind| float(kind)).unwrap_or_default().to_string(),
                    };
                    match kind.as_str() {
                        "table" => {
                            tables += 1;
                            current = ("Table".to_string(), tables.to_string());
                        }
                        "figure" => {
                            figures += 1;
                            current = ("Figure".to_string(), figures.to_string());
                        }
                        _ => {}
                    }
                }
                "label" => {
                    let key = text(short_group(tokens, at).0);
                    numbers.entry(key.trim().to_string()).or_insert_with(|| current.clone());
                }
                _ => {}
            }
        }
        Self { numbers }
    }
}

/// Whether an environment is a table or a figure.
fn float(kind: &str) -> Option<&'static str> {
    let kind = kind.trim_end_matches('*');
    match kind {
        "table" | "wraptable" | "sidewaystable" | "SCtable" | "longtable" | "subtable" | "margintable" => Some("table"),
        "figure" | "wrapfigure" | "sidewaysfigure" | "SCfigure" | "teaserfigure" | "subfigure" | "marginfigure" => {
            Some("figure")
        }
        _ => None,
    }
}

/// The next group, without its braces, and the position after it.
pub(super) fn group(tokens: &[PlacedToken], from: usize) -> (&[PlacedToken], usize) {
    let mut at = from;
    while matches!(tokens.get(at), Some((LatexToken::Space | LatexToken::Paragraph, _))) {
        at += 1;
    }
    match tokens.get(at) {
        Some((LatexToken::Open, _)) => {}
        Some(_) => return (&tokens[at..=at], at + 1),
        None => return (&[], tokens.len()),
    }
    let mut depth = 0;
    for end in at..tokens.len() {
        match tokens[end].0 {
            LatexToken::Open => depth += 1,
            LatexToken::Close => {
                depth -= 1;
                if depth == 0 {
                    return (&tokens[at + 1..end], end + 1);
                }
            }
            _ => {}
        }
    }
    (&tokens[at + 1..], tokens.len())
}

/// As [`group`], for the name of an environment, which is short: an unclosed group must not make the reader search the
/// rest of the paper again and again.
pub(super) fn short_group(tokens: &[PlacedToken], from: usize) -> (&[PlacedToken], usize) {
    group(&tokens[..tokens.len().min(from + MAX_NAME)], from)
}

/// `[…]`, if it comes next, and the position after it.
pub(super) fn optional(tokens: &[PlacedToken], from: usize) -> Option<(&[PlacedToken], usize)> {
    let mut at = from;
    while matches!(tokens.get(at), Some((LatexToken::Space, _))) {
        at += 1;
    }
    if !matches!(tokens.get(at), Some((LatexToken::Char('['), _))) {
        return None;
    }
    let mut depth = 0_usize;
    for end in at + 1..tokens.len().min(at + MAX_OPTIONAL) {
        match tokens[end].0 {
            LatexToken::Open => depth += 1,
            LatexToken::Close => depth = depth.saturating_sub(1),
            LatexToken::Char(']') if depth == 0 => return Some((&tokens[at + 1..end], end + 1)),
            LatexToken::Paragraph => return None,
            _ => {}
        }
    }
    None
}

/// The content of an environment whose name was just read, and the position after its end.
pub(super) fn environment<'t>(tokens: &'t [PlacedToken], from: usize, kind: &str) -> (&'t [PlacedToken], usize) {
    let mut depth = 0;
    let mut at = from;
    while at < tokens.len() {
        if let LatexToken::Command(name) = &tokens[at].0 {
            let begins = &**name == "begin";
            if begins || &**name == "end" {
                let (argument, next) = short_group(tokens, at + 1);
                if text(argument).trim() == kind {
                    if !begins && depth == 0 {
                        return (&tokens[from..at], next);
                    }
                    depth = if begins { depth + 1 } else { depth - 1 };
                }
            }
        }
        at += 1;
    }
    (&tokens[from..], tokens.len())
}

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
        while at < tokens.len() {
            let LatexToken::Command(name) = &tokens[at].0 else {
                at += 1;
                continue;
            };
            at += 1;
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
            "textsuperscript" | "textsubscript" | "ensuremath" | "mathrm" | "text" | "mbox" | "hbox" => {
                return at;
            }
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

    /// A table or a figure, with its captions.
    fn float(
        &mut self,
        tokens: &'t [PlacedToken],
        own: Option<(&str, &'t [PlacedToken])>,
        kind: &str,
        place: LatexPlace,
    ) {
        let mut captions: Vec<(&str, &'t [PlacedToken], usize)> = Vec::new();
        let mut tabulars: Vec<(String, &'t [PlacedToken], LatexPlace, usize)> = Vec::new();
        let mut sub: Vec<(usize, &'t [PlacedToken])> = Vec::new();
        let mut nested: usize = 0;
        let mut notes = String::new();
        let mut at = 0;
        if let Some((kind, inside)) = own {
            tabulars.push((kind.to_string(), inside, place, 0));
        }
        while at < tokens.len() {
            let (LatexToken::Command(name), here) = &tokens[at] else {
                at += 1;
                continue;
            };
            at += 1;
            match &**name {
                "caption" | "caption*" | "captionof" | "captionof*" | "subcaption" | "topcaption" => {
                    let mut of = if nested > 0 { "sub" } else { kind };
                    if name.starts_with("captionof") {
                        let (argument, next) = group(tokens, at);
                        of = if text(argument).trim() == "table" { "table" } else { "figure" };
                        at = next;
                    }
                    let behind = optional(tokens, at).map_or(at, |(_, next)| next);
                    let (argument, next) = group(tokens, behind);
                    if of == "sub" || &**name == "subcaption" {
                        sub.push((at, argument));
                    } else {
                        captions.push((of, argument, at));
                    }
                    at = next;
                }
                "begin" => {
                    let (argument, next) = group(tokens, at);
                    let inner = text(argument).trim().to_string();
                    at = next;
                    if TABULARS.contains(&inner.as_str()) {
                        let (inside, next) = environment(tokens, at, &inner);
                        if own.is_none() {
                            tabulars.push((inner, inside, *here, at));
                        }
                        at = next;
                    } else if inner == "tablenotes" {
                        let (inside, next) = environment(tokens, at, &inner);
                        notes = self.plain(inside);
                        at = next;
                    } else if ["subtable", "subfigure"].contains(&inner.trim_end_matches('*')) {
                        nested += 1;
                    }
                }
                "end" => {
                    let (argument, next) = group(tokens, at);
                    if ["subtable", "subfigure"].contains(&text(argument).trim().trim_end_matches('*')) {
                        nested = nested.saturating_sub(1);
                    }
                    at = next;
                }
                _ => {}
            }
        }
        tabulars.truncate(MAX_TABULARS);
        let wanted = if tabulars.is_empty() { 0 } else { sub.len() };
        let sub: Vec<(usize, String)> =
            sub.into_iter().take(wanted).map(|(at, words)| (at, self.plain(words).replace('\n', " "))).collect();
        let mut of_tables: Vec<(String, String, usize)> = Vec::new();
        for (of, argument, at) in captions {
            let caption = self.plain(argument).replace('\n', " ");
            let location = Some(self.location(place));
            match of {
                "table" => {
                    self.counts.0 += 1;
                    of_tables.push((format!("Table {}", self.counts.0), caption, at));
                }
                _ => {
                    self.counts.1 += 1;
                    let label = format!("Figure {}", self.counts.1);
                    // A table of results can be marked up as a figure.
                    if kind == "figure" && !tabulars.is_empty() && of_tables.is_empty() {
                        of_tables.push((label.clone(), caption.clone(), at));
                    }
                    self.document.parts.figures.push(Figure { label, caption, location });
                }
            }
        }
        if tabulars.is_empty() && !of_tables.is_empty() {
            for (label, caption, _) in of_tables {
                let location = Some(self.location(place));
                self.document.parts.tables.push(Table { label, caption, location, ..Table::default() });
            }
            return;
        }
        for (nth, (inner, inside, here, at)) in tabulars.into_iter().enumerate() {
            // If there are several captions, a table has the nearest one; else the only one.
            let (label, mut caption, _) = match of_tables.len() {
                0 | 1 => of_tables.first().cloned().unwrap_or_default(),
                many => of_tables.get(nth.min(many - 1)).cloned().unwrap_or_default(),
            };
            let own = sub.iter().filter(|(place, _)| *place > at).min_by_key(|(place, _)| *place).or(sub.last());
            if let Some((_, words)) = own.filter(|_| sub.len() > 1 || nth > 0) {
                caption = if caption.is_empty() { words.clone() } else { format!("{caption} {words}") };
            }
            self.table(&inner, inside, label, caption, here);
            if let Some(table) = self.document.parts.tables.last_mut().filter(|_| !notes.is_empty()) {
                table.notes.clone_from(&notes);
            }
        }
    }

    fn table(&mut self, kind: &str, inside: &'t [PlacedToken], label: String, caption: String, place: LatexPlace) {
        let rows = tabular::rows(kind, inside, &mut |tokens| self.marked(tokens));
        let location = Some(self.location(place));
        if rows.is_empty() && label.is_empty() {
            return;
        }
        self.document.parts.tables.push(Table { label, caption, rows, location, ..Table::default() });
    }

    /// The people in the lines of `\author`, with their places of work.
    fn authors_of(&mut self, tokens: &'t [PlacedToken]) -> Vec<DocumentAuthor> {
        let mut people: Vec<(DocumentAuthor, Vec<String>, usize)> = Vec::new();
        let mut places: Vec<(String, Vec<String>, usize)> = Vec::new();
        for (block, block_tokens) in parts(tokens, &["and", "And", "AND"]).into_iter().enumerate() {
            for line in parts(
                block_tokens,
                &["\\", "quad", "qquad", "newline", "enspace", "hfill", "par", "hspace", "linebreak"],
            ) {
                let (words, marks) = self.name_and_marks(line);
                let pieces: Vec<(String, Vec<String>)> = words.into_iter().zip(marks).collect();
                let all_names =
                    !pieces.is_empty() && pieces.iter().all(|(name, _)| crate::source::people::is_name(name));
                if all_names {
                    for (name, marks) in pieces {
                        people.push((DocumentAuthor { name, ..DocumentAuthor::default() }, marks, block));
                    }
                } else {
                    let marks: Vec<String> = pieces.iter().flat_map(|(_, marks)| marks.clone()).collect();
                    let text = pieces.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(", ");
                    if text.chars().filter(|c| c.is_alphabetic()).count() > 3 && !text.contains('@') {
                        places.push((text, marks, block));
                    }
                }
            }
        }
        let by_marks = places.iter().any(|(_, marks, _)| !marks.is_empty())
            && people.iter().any(|(_, marks, _)| !marks.is_empty());
        people
            .into_iter()
            .map(|(mut person, marks, block)| {
                let belongs = |place: &&(String, Vec<String>, usize)| match by_marks {
                    true => place.1.iter().any(|mark| marks.contains(mark)),
                    false => place.2 == block,
                };
                let mine = places.iter().filter(belongs).map(|(text, _, _)| text.clone());
                person.affiliations = match by_marks {
                    true => mine.collect(),
                    false => {
                        Some(mine.collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty()).into_iter().collect()
                    }
                };
                person
            })
            .collect()
    }

    /// The parts of a line between commas, each with the raised marks after it.
    fn name_and_marks(&mut self, tokens: &'t [PlacedToken]) -> (Vec<String>, Vec<Vec<String>>) {
        let mut texts = vec![String::new()];
        let mut marks: Vec<Vec<String>> = vec![Vec::new()];
        let mut at = 0;
        let mut start = 0;
        let put = |this: &mut Self, from: usize, to: usize, texts: &mut Vec<String>, marks: &mut Vec<Vec<String>>| {
            let text = this.plain(&tokens[from..to]);
            for (i, piece) in text.replace(" and ", ", ").replace(" & ", ", ").split(',').enumerate() {
                if i > 0 {
                    texts.push(String::new());
                    marks.push(Vec::new());
                }
                if let Some(last) = texts.last_mut() {
                    last.push_str(piece);
                }
            }
        };
        while at < tokens.len() {
            let raised = match &tokens[at].0 {
                LatexToken::Char('^') => Some(at + 1),
                LatexToken::Command(name)
                    if ["textsuperscript", "inst", "IEEEauthorrefmark", "affmark", "footnotemark"]
                        .contains(&&**name) =>
                {
                    Some(optional(tokens, at + 1).map_or(at + 1, |(_, next)| next))
                }
                LatexToken::Command(name) if ["thanks", "footnote"].contains(&&**name) => {
                    put(self, start, at, &mut texts, &mut marks);
                    at = group(tokens, at + 1).1;
                    start = at;
                    continue;
                }
                _ => None,
            };
            let Some(behind) = raised else {
                at += 1;
                continue;
            };
            put(self, start, at, &mut texts, &mut marks);
            let (mut argument, mut next) = group(tokens, behind);
            // `^\mathbf{1}`
            if let ([(LatexToken::Command(_), _)], Some((LatexToken::Open, _))) = (argument, tokens.get(next)) {
                (argument, next) = group(tokens, next);
            }
            let mark = self.plain(argument);
            if let Some(last) = marks.last_mut() {
                last.extend(mark.split([',', ' ']).filter(|mark| !mark.is_empty()).map(str::to_string));
            }
            at = next;
            start = at;
        }
        put(self, start, tokens.len(), &mut texts, &mut marks);
        let mut out = (Vec::new(), Vec::new());
        for (text, marks) in texts.into_iter().zip(marks) {
            let text = text.trim().trim_start_matches("and ").trim();
            // A full stop after the last name that is not after an initial.
            let last = text.rsplit(' ').next().unwrap_or_default();
            let text = if last.chars().count() > 3 { text.trim_end_matches('.') } else { text }.to_string();
            if !text.is_empty() {
                out.0.push(text);
                out.1.push(marks);
            }
        }
        out
    }
}

/// The tokens between commands with these names.
fn parts<'t>(tokens: &'t [PlacedToken], names: &[&str]) -> Vec<&'t [PlacedToken]> {
    let divides = |(token, _): &PlacedToken| {
        matches!(token, LatexToken::Command(name) if names.contains(&name.trim_end_matches('*')))
            || names.contains(&"\\") && *token == LatexToken::Cell
    };
    tokens.split(divides).filter(|part| !part.is_empty()).collect()
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
