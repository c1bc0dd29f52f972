//! LaTeX as a list of tokens: input files are included, comments and switched-off parts are left out, and the paper's
//! own commands are expanded.

use std::collections::HashMap;
use std::rc::Rc;

use super::files::SourceFiles;

/// Depth of included files.
const MAX_INPUT_DEPTH: usize = 24;

/// Number of tokens in one paper; a long one has some hundred thousand.
const MAX_TOKENS: usize = 6_000_000;

/// Number of tokens that the commands and input files of a paper may produce in all: a constant, and some for each byte
/// of its files. Only malicious commands produce more.
const MADE_TOKENS: usize = 40_000;
const MADE_TOKENS_PER_BYTE: usize = 3;

/// Number of times that files are included.
const MAX_INPUTS: usize = 5_000;

/// Depth of nested groups and environments. Deeper ones are read as if they were not nested. Each level may be searched
/// for its end once, so these limits also bound the time.
const MAX_GROUPS: usize = 100;
const MAX_ENVIRONMENTS: usize = 60;

/// Number of tokens in the name of an environment.
const MAX_NAME: usize = 100;

/// The position of a token: number of the file, and line from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct LatexPlace {
    pub file: u32,
    pub line: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LatexToken {
    /// Without the backslash.
    Command(Rc<str>),
    Open,
    Close,
    Char(char),
    Space,
    /// An empty line.
    Paragraph,
    /// `$` or `$$`.
    Math,
    /// `&`
    Cell,
    /// `#1` in the body of a command.
    Parameter(u8),
    /// Verbatim text: the content of `verb`.
    Verbatim(Rc<str>),
}

pub(super) type PlacedToken = (LatexToken, LatexPlace);

/// The tokens of a file, without any expansion.
pub(super) fn tokens(text: &str, file: u32) -> Vec<PlacedToken> {
    let mut out: Vec<PlacedToken> = Vec::new();
    let mut place = LatexPlace { file, line: 1 };
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut line_is_empty = true;
    while at < bytes.len() && out.len() < MAX_TOKENS {
        let Some(c) = text[at..].chars().next() else { break };
        let length = c.len_utf8();
        match c {
            '%' => {
                // A comment includes the line end and the space at the beginning of the next line.
                let end = text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
                place.line += u32::from(end <= text.len() && text[at..end].ends_with('\n'));
                at = end;
                while at < bytes.len() && matches!(bytes[at], b' ' | b'\t') {
                    at += 1;
                }
                if line_is_empty && at < bytes.len() && bytes[at] == b'\n' {
                    continue;
                }
                line_is_empty = true;
                continue;
            }
            '\n' => {
                if line_is_empty && out.last().is_some_and(|(last, _)| *last != LatexToken::Paragraph) {
                    if matches!(out.last(), Some((LatexToken::Space, _))) {
                        out.pop();
                    }
                    out.push((LatexToken::Paragraph, place));
                } else if !matches!(out.last(), None | Some((LatexToken::Space | LatexToken::Paragraph, _))) {
                    out.push((LatexToken::Space, place));
                }
                place.line += 1;
                line_is_empty = true;
            }
            c if c.is_whitespace() => {
                if !matches!(out.last(), None | Some((LatexToken::Space | LatexToken::Paragraph, _))) {
                    out.push((LatexToken::Space, place));
                }
            }
            '\\' => {
                line_is_empty = false;
                let rest = &text[at + 1..];
                let letters = rest.bytes().take_while(|b| b.is_ascii_alphabetic() || *b == b'@').count();
                if letters == 0 {
                    let Some(c) = rest.chars().next() else { break };
                    if c == '\n' {
                        place.line += 1;
                    }
                    out.push((LatexToken::Command(c.to_string().into()), place));
                    at += 1 + c.len_utf8();
                    continue;
                }
                let mut name = &rest[..letters];
                let starred = rest[letters..].starts_with('*');
                at += 1 + letters;
                if starred {
                    name = &rest[..=letters];
                    at += 1;
                }
                if (name == "verb" || name == "verb*" || name == "lstinline")
                    && let Some(mark) =
                        text[at..].chars().next().filter(|c| !c.is_whitespace() && *c != '{' && *c != '[')
                {
                    let inside = &text[at + mark.len_utf8()..];
                    if let Some(end) = inside.find([mark, '\n']) {
                        out.push((LatexToken::Verbatim(inside[..end].into()), place));
                        at += mark.len_utf8() + end + mark.len_utf8().min(inside.len() - end);
                        continue;
                    }
                }
                let begins =
                    ["{verbatim}", "{lstlisting}", "{comment}", "{filecontents}", "{filecontents*}", "{minted}"];
                if name == "begin"
                    && let Some(kind) = begins.iter().find(|kind| text[at..].starts_with(**kind))
                {
                    // The content is not LaTeX.
                    let close = format!("\\end{kind}");
                    let end = text[at..].find(&close).map_or(text.len(), |end| at + end + close.len());
                    place.line += text[at..end].bytes().filter(|b| *b == b'\n').count() as u32;
                    at = end;
                    continue;
                }
                // Spaces after a command are part of it.
                while !starred && at < bytes.len() && matches!(bytes[at], b' ' | b'\t') {
                    at += 1;
                }
                out.push((LatexToken::Command(name.into()), place));
                continue;
            }
            _ => {
                line_is_empty = false;
                let token = match c {
                    '{' => LatexToken::Open,
                    '}' => LatexToken::Close,
                    '$' => LatexToken::Math,
                    '&' => LatexToken::Cell,
                    '#' => match bytes.get(at + 1) {
                        Some(digit @ b'1'..=b'9') => {
                            at += 1;
                            LatexToken::Parameter(digit - b'0')
                        }
                        _ => LatexToken::Char('#'),
                    },
                    '~' => LatexToken::Char('\u{a0}'),
                    c => LatexToken::Char(c),
                };
                if token == LatexToken::Math
                    && matches!(out.last(), Some((LatexToken::Math, _)))
                    && at > 0
                    && bytes[at - 1] == b'$'
                {
                    at += length;
                    continue;
                }
                out.push((token, place));
            }
        }
        at += length;
    }
    out
}

#[derive(Debug, Clone)]
struct OwnCommand {
    parameters: u8,
    default: Option<Vec<PlacedToken>>,
    body: Rc<[PlacedToken]>,
}

/// Commands with a fixed meaning for the reader, even if the paper redefines them.
const KEPT: [&str; 40] = [
    "section",
    "subsection",
    "subsubsection",
    "paragraph",
    "cite",
    "citep",
    "citet",
    "title",
    "author",
    "begin",
    "end",
    "item",
    "caption",
    "ref",
    "label",
    "footnote",
    "textbf",
    "emph",
    "input",
    "include",
    "maketitle",
    "thanks",
    "documentclass",
    "multicolumn",
    "multirow",
    "toprule",
    "midrule",
    "bottomrule",
    "hline",
    "url",
    "href",
    "bibliography",
    "bibitem",
    "newblock",
    "and",
    "abstract",
    "appendix",
    "cref",
    "Cref",
    "autoref",
];

/// The tokens of a paper from its main file.
pub(super) struct Expansion<'f> {
    files: &'f SourceFiles,
    /// Names of the included files, by the number in positions.
    pub names: Vec<String>,
    commands: HashMap<Rc<str>, OwnCommand>,
    switches: HashMap<String, bool>,
    /// Tokens still to be read, in reverse order.
    pending: Vec<PlacedToken>,
    /// Number of tokens in `pending` before each file that is being read ends.
    depths: Vec<usize>,
    conditions: Vec<bool>,
    /// Number of tokens that commands and input files have produced so far.
    made: usize,
    inputs: usize,
    max_tokens: usize,
    /// Groups that are open in `out`.
    open_groups: usize,
    /// Names of the environments that are open in `out`.
    environments: Vec<String>,
    pub out: Vec<PlacedToken>,
}

impl<'f> Expansion<'f> {
    pub(super) fn of(files: &'f SourceFiles, main: &str) -> Self {
        let mut expansion = Self {
            files,
            names: Vec::new(),
            commands: HashMap::new(),
            switches: HashMap::new(),
            pending: Vec::new(),
            depths: Vec::new(),
            conditions: Vec::new(),
            made: 0,
            inputs: 0,
            max_tokens: MAX_TOKENS.min(MADE_TOKENS + MADE_TOKENS_PER_BYTE * files.bytes()),
            open_groups: 0,
            environments: Vec::new(),
            out: Vec::new(),
        };
        expansion.include(main);
        expansion.run();
        expansion
    }

    fn include(&mut self, name: &str) {
        while self.depths.last().is_some_and(|depth| self.pending.len() <= *depth) {
            self.depths.pop();
        }
        self.inputs += 1;
        if self.depths.len() >= MAX_INPUT_DEPTH || self.inputs > MAX_INPUTS {
            return;
        }
        let Some((name, text)) = self.files.find(name) else { return };
        let number = self.names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.names.push(name.to_string());
            self.names.len() - 1
        });
        let tokens = tokens(text, number as u32);
        self.made += tokens.len();
        if self.made > self.max_tokens {
            return;
        }
        self.depths.push(self.pending.len());
        self.pending.extend(tokens.into_iter().rev());
    }

    fn run(&mut self) {
        while let Some((token, place)) = self.pending.pop() {
            if self.out.len() >= self.max_tokens {
                return;
            }
            let LatexToken::Command(name) = &token else {
                self.put((token, place));
                continue;
            };
            let name = Rc::clone(name);
            if self.command(&name, place) {
                continue;
            }
            match &*name {
                "begin" => {
                    if self.environments.len() >= MAX_ENVIRONMENTS {
                        self.argument();
                        continue;
                    }
                    self.environments.push(self.name_ahead());
                }
                "end" => {
                    let ended = self.name_ahead();
                    if ended == "document" {
                        return;
                    }
                    if let Some(at) = self.environments.iter().rposition(|open| *open == ended) {
                        self.environments.truncate(at);
                    }
                }
                _ => {}
            }
            self.out.push((token, place));
        }
    }

    /// Adds a token to the output, without the braces of groups that are nested too deep.
    fn put(&mut self, token: PlacedToken) {
        match token.0 {
            LatexToken::Open => {
                self.open_groups += 1;
                if self.open_groups > MAX_GROUPS {
                    return;
                }
            }
            LatexToken::Close if self.open_groups > 0 => {
                self.open_groups -= 1;
                if self.open_groups >= MAX_GROUPS {
                    return;
                }
            }
            _ => {}
        }
        self.out.push(token);
    }

    /// The name in the next braces.
    fn name_ahead(&self) -> String {
        let mut next =
            self.pending.iter().rev().map(|(token, _)| token).skip_while(|token| **token == LatexToken::Space);
        if next.next() != Some(&LatexToken::Open) {
            return String::new();
        }
        let name = next.take(MAX_NAME).take_while(|token| **token != LatexToken::Close);
        name.filter_map(|token| if let LatexToken::Char(c) = token { Some(*c) } else { None }).collect()
    }

    /// Executes a command that changes the text itself. Returns false if the command is for the reader.
    fn command(&mut self, name: &str, place: LatexPlace) -> bool {
        match name {
            "input" | "include" | "subfile" | "InputIfFileExists" => {
                let file = self.argument_text();
                self.include(file.trim());
            }
            "import" | "subimport" => {
                let folder = self.argument_text();
                let file = self.argument_text();
                self.include(&format!("{}/{}", folder.trim().trim_end_matches('/'), file.trim()));
            }
            "endinput" => {
                let depth = self.depths.pop().unwrap_or(0);
                self.pending.truncate(depth);
            }
            "newcommand"
            | "renewcommand"
            | "providecommand"
            | "newcommand*"
            | "renewcommand*"
            | "providecommand*"
            | "DeclareRobustCommand"
            | "newrobustcmd"
            | "DeclareRobustCommand*" => self.define(),
            "def" | "gdef" | "edef" | "xdef" => self.define_plain(),
            "DeclareMathOperator" | "DeclareMathOperator*" => {
                let name = self.argument();
                let body = self.argument();
                self.insert(&name, OwnCommand { parameters: 0, default: None, body: body.into() });
            }
            "let" => {
                let name = self.argument();
                if matches!(self.pending.last(), Some((LatexToken::Char('='), _))) {
                    self.pending.pop();
                }
                let meaning = self.argument();
                if let (Some((LatexToken::Command(new), _)), [(LatexToken::Command(old), _)]) =
                    (name.first(), meaning.as_slice())
                {
                    let own = self.commands.get(old).cloned();
                    let own = own.unwrap_or_else(|| OwnCommand {
                        parameters: 0,
                        default: None,
                        body: meaning.clone().into(),
                    });
                    if new != old {
                        self.insert(&[(LatexToken::Command(Rc::clone(new)), place)], own);
                    }
                }
            }
            "newif" => {
                if let Some((LatexToken::Command(switch), _)) = self.next_token() {
                    self.switches.insert(switch.trim_start_matches("if").to_string(), false);
                }
            }
            "iftrue" => self.conditions.push(true),
            "iffalse" => self.skip_branch(true),
            "else" if !self.conditions.is_empty() => {
                self.conditions.pop();
                self.skip_branch(false);
            }
            "fi" => {
                self.conditions.pop();
            }
            "ifthenelse" => return false,
            _ => {
                if let Some(switch) = name.strip_suffix("true").filter(|switch| self.switches.contains_key(*switch)) {
                    self.switches.insert(switch.to_string(), true);
                    return true;
                }
                if let Some(switch) = name.strip_suffix("false").filter(|switch| self.switches.contains_key(*switch)) {
                    self.switches.insert(switch.to_string(), false);
                    return true;
                }
                if let Some(on) = name.strip_prefix("if").and_then(|switch| self.switches.get(switch)).copied() {
                    if on {
                        self.conditions.push(true);
                    } else {
                        self.skip_branch(true);
                    }
                    return true;
                }
                // If a condition is not understood, its first branch is read.
                if PRIMITIVE_CONDITIONS.contains(&name) {
                    self.skip_condition(name);
                    self.conditions.push(true);
                    return true;
                }
                return self.replace(name, place);
            }
        }
        true
    }

    /// Skips to the matching `else` (if allowed) or `fi` of the condition.
    fn skip_branch(&mut self, stops_at_else: bool) {
        let mut depth = 0;
        while let Some((token, _)) = self.pending.pop() {
            let LatexToken::Command(name) = token else { continue };
            match &*name {
                "fi" if depth == 0 => return,
                "else" if depth == 0 && stops_at_else => {
                    self.conditions.push(true);
                    return;
                }
                "fi" => depth -= 1,
                "newif" => {
                    self.pending.pop();
                }
                name if self.is_condition(name) => depth += 1,
                _ => {}
            }
        }
    }

    fn is_condition(&self, name: &str) -> bool {
        ["iftrue", "iffalse"].contains(&name)
            || PRIMITIVE_CONDITIONS.contains(&name)
            || name.strip_prefix("if").is_some_and(|switch| self.switches.contains_key(switch))
    }

    /// The operands of a primitive condition are not text.
    fn skip_condition(&mut self, name: &str) {
        let count = match name {
            "ifx" | "if" | "ifcat" => 2,
            "ifdefined" => 1,
            _ => 0,
        };
        for _ in 0..count {
            self.next_token();
        }
        if matches!(name, "ifnum" | "ifdim" | "ifodd") {
            while let Some((token, _)) = self.pending.last() {
                if matches!(token, LatexToken::Space | LatexToken::Paragraph) {
                    break;
                }
                self.pending.pop();
            }
        }
    }

    fn replace(&mut self, name: &str, place: LatexPlace) -> bool {
        let Some(own) = self.commands.get(name).cloned() else { return false };
        self.made += own.body.len();
        if self.made > self.max_tokens {
            return true;
        }
        let mut arguments: Vec<Vec<PlacedToken>> = Vec::new();
        if own.parameters > 0 {
            if let Some(default) = &own.default {
                arguments.push(self.optional().unwrap_or_else(|| default.clone()));
            }
            while arguments.len() < usize::from(own.parameters) {
                arguments.push(self.argument());
            }
        }
        for (token, _) in own.body.iter().rev() {
            match token {
                LatexToken::Parameter(number) => {
                    let argument = arguments.get(usize::from(*number) - 1).map(Vec::as_slice).unwrap_or_default();
                    self.made += argument.len();
                    if self.made > self.max_tokens {
                        return true;
                    }
                    self.pending.extend(argument.iter().rev().map(|(token, _)| (token.clone(), place)));
                }
                token => self.pending.push((token.clone(), place)),
            }
        }
        true
    }

    fn insert(&mut self, name: &[PlacedToken], own: OwnCommand) {
        if let Some((LatexToken::Command(name), _)) =
            name.iter().find(|(token, _)| matches!(token, LatexToken::Command(_)))
            && !KEPT.contains(&&**name)
        {
            self.commands.insert(Rc::clone(name), own);
        }
    }

    fn define(&mut self) {
        let name = self.argument();
        let parameters = self.optional().map_or(0, |count| text(&count).trim().parse().unwrap_or(0));
        let default = self.optional();
        let body = self.argument();
        self.insert(&name, OwnCommand { parameters: parameters.min(9), default, body: body.into() });
    }

    /// `\def\name#1#2{…}`. Text between the arguments is left out.
    fn define_plain(&mut self) {
        let Some(name) = self.next_token() else { return };
        let mut parameters = 0;
        while let Some((token, _)) = self.pending.last() {
            match token {
                LatexToken::Open => break,
                LatexToken::Parameter(number) => parameters = parameters.max(*number),
                LatexToken::Paragraph => return,
                _ => {}
            }
            self.pending.pop();
        }
        let body = self.argument();
        self.insert(&[name], OwnCommand { parameters, default: None, body: body.into() });
    }

    fn next_token(&mut self) -> Option<PlacedToken> {
        self.skip_space();
        self.pending.pop()
    }

    fn skip_space(&mut self) {
        while matches!(self.pending.last(), Some((LatexToken::Space, _))) {
            self.pending.pop();
        }
    }

    /// The next group without its braces, or the next token.
    fn argument(&mut self) -> Vec<PlacedToken> {
        let Some(first) = self.next_token() else { return Vec::new() };
        if first.0 != LatexToken::Open {
            return vec![first];
        }
        let mut depth = 0;
        let mut out = Vec::new();
        while let Some(token) = self.pending.pop() {
            match token.0 {
                LatexToken::Open => depth += 1,
                LatexToken::Close if depth == 0 => return out,
                LatexToken::Close => depth -= 1,
                _ => {}
            }
            out.push(token);
        }
        out
    }

    /// `[…]`, if it is next.
    fn optional(&mut self) -> Option<Vec<PlacedToken>> {
        self.skip_space();
        if !matches!(self.pending.last(), Some((LatexToken::Char('['), _))) {
            return None;
        }
        self.pending.pop();
        let mut depth = 0;
        let mut out = Vec::new();
        while let Some(token) = self.pending.pop() {
            match token.0 {
                LatexToken::Open => depth += 1,
                LatexToken::Close => depth -= 1,
                LatexToken::Char(']') if depth == 0 => return Some(out),
                LatexToken::Paragraph => break,
                _ => {}
            }
            out.push(token);
        }
        Some(out)
    }

    fn argument_text(&mut self) -> String {
        text(&self.argument())
    }
}

const PRIMITIVE_CONDITIONS: [&str; 14] = [
    "ifx",
    "if",
    "ifcat",
    "ifnum",
    "ifdim",
    "ifodd",
    "ifmmode",
    "ifdefined",
    "ifhmode",
    "ifvmode",
    "ifpdf",
    "ifcase",
    "ifcsname",
    "iftoggle@",
];

/// The characters of tokens, for the names of files.
pub(super) fn text(tokens: &[PlacedToken]) -> String {
    tokens
        .iter()
        .filter_map(|(token, _)| match token {
            LatexToken::Char(c) => Some(*c),
            LatexToken::Space => Some(' '),
            LatexToken::Command(name) if &**name == "_" => Some('_'),
            _ => None,
        })
        .collect()
}
