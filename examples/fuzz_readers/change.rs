//! Makes inputs from samples: some broken anywhere, some sound JSON or XML with one part that readers do not expect.
//! The latter get past the framing.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use fastrand::Rng;
use papergraph::source::Format;
use serde_json::Value;

/// Strings with a meaning in one of the formats.
const PIECES: [&str; 76] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    "\\u00",
    "\\ud800",
    ":",
    ",",
    "null",
    "1e999",
    "-",
    "<",
    ">",
    "</",
    "/>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "&amp;",
    "&x;",
    "&#xFFFFFF;",
    "&#0;",
    "<?",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "@article{",
    "@string{a=",
    "@inproceedings{k, crossref={k}, ",
    "xdata = {k},",
    "#",
    "(",
    ")",
    "$",
    "{\\'e}",
    "\\\"{",
    "TY  - ",
    "ER  - ",
    "AU  - ",
    "](",
    "[a]: ",
    "| ",
    "|---|---|\n",
    "---",
    "* ",
    "1. ",
    "    ",
    "> ",
    "```\n",
    "**",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "\u{c}",
    "\u{feff}",
    "\u{0}",
    "\u{85}",
    "\u{2028}",
    "é",
    "𝒳",
    "İ",
    "ß",
    "\u{212a}",
    "e\u{301}",
    "ǅ",
    "authors",
    "10.48550/arXiv.",
    "https://doi.org/",
    "https://aclanthology.org/",
    "abs/",
    "Abstract",
    "• 8 authors\n·\nOct 22, 2025 2\n",
    "Oct 32, 99999 2",
    "https://github.com/",
];

/// Numbers near limits.
const NUMBERS: [&str; 14] = [
    "0",
    "-1",
    "1",
    "255",
    "256",
    "65535",
    "65536",
    "4294967295",
    "4294967296",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999999",
    "1e400",
];

/// Bytes that are not UTF-8.
const BROKEN: [&[u8]; 8] =
    [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\xf0\x9d\x92", b"\x80", b"\xfe\xff"];

/// The files of a folder, in the order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// The format in the name of a file.
fn called(path: &Path) -> Option<Format> {
    path.file_stem()?.to_str()?.parse().ok()
}

/// Inputs that are much longer than records are cut off: reading should not take longer than finding defects is worth.
const LONGEST: usize = 1 << 20;

/// The samples for inputs.
struct Sample {
    /// The format, and the container if it is in one: `zotero.sqlite`.
    name: String,
    format: Format,
    bytes: Vec<u8>,
}

/// A sample of each format, and of each container.
pub(crate) struct Samples {
    all: Vec<Sample>,
    /// Samples from which inputs are made; parts of all others are put into them.
    used: Vec<usize>,
}

impl Samples {
    /// The samples below a folder of fixtures. `only` are the names of the wanted ones; all if empty.
    ///
    /// # Errors
    /// If a format has no sample, or no sample has one of the names.
    pub(crate) fn of(fixtures: &Path, only: &[String]) -> Result<Self, String> {
        let mut all = Vec::new();
        for format in Format::ALL {
            let path = files(&fixtures.join("sources")).into_iter().find(|path| called(path) == Some(*format));
            let bytes = path.and_then(|path| std::fs::read(path).ok());
            let bytes = bytes.ok_or_else(|| format!("{format} has no sample in {}", fixtures.display()))?;
            all.push(Sample { name: format.to_string(), format: *format, bytes });
        }
        for path in files(&fixtures.join("containers")) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let read = called(&path).zip(std::fs::read(&path).ok());
            let (format, bytes) = read.ok_or_else(|| format!("{name} is called by no format"))?;
            all.push(Sample { name, format, bytes });
        }
        if let Some(unknown) = only.iter().find(|name| all.iter().all(|sample| sample.name != **name)) {
            return Err(format!("there is no sample `{unknown}`"));
        }
        let is_used = |at: &usize| only.is_empty() || only.contains(&all[*at].name);
        let used = (0..all.len()).filter(is_used).collect();
        Ok(Self { all, used })
    }

    fn any(&self, rng: &mut Rng) -> &[u8] {
        &self.all[rng.usize(..self.all.len())].bytes
    }

    /// A changed sample, its name, and its format.
    pub(crate) fn input(&self, rng: &mut Rng) -> (&str, Format, Vec<u8>) {
        let Sample { name, format, bytes: sample } = &self.all[self.used[rng.usize(..self.used.len())]];
        let (mut input, changes) = match rng.u8(..6) {
            0 => (stretch(sample, rng), rng.usize(..5)),
            1 => (sample.clone(), rng.usize(1..5)),
            2 => (self.sound(sample, rng), rng.usize(..3)),
            _ => (self.sound(sample, rng), 0),
        };
        for _ in 0..changes {
            self.change(&mut input, rng);
        }
        // Some inputs are long, to find quadratic time.
        if rng.u16(..2000) == 0 && !input.is_empty() {
            let at = rng.usize(..input.len());
            let piece = input[at..(at + rng.usize(1..2000)).min(input.len())].to_vec();
            let again = piece.repeat(rng.usize(1..=(400_000 / piece.len())));
            input.splice(at..at, again);
        }
        input.truncate(LONGEST);
        (name, *format, if rng.u8(..20) == 0 { packed(input, rng) } else { input })
    }

    /// The sample with other values, still sound.
    fn sound(&self, sample: &[u8], rng: &mut Rng) -> Vec<u8> {
        let changes = rng.usize(1..6);
        let Ok(text) = std::str::from_utf8(sample) else { return self.same_lengths(sample, changes, rng) };
        match text.trim_start().as_bytes().first() {
            Some(b'{' | b'[') => self.json(text, changes, rng),
            Some(b'<') => self.xml(text, changes, rng),
            _ => self.lines(text, changes, rng),
        }
    }

    /// The sample with other texts of the same lengths, because databases and Parquet store lengths.
    fn same_lengths(&self, sample: &[u8], changes: usize, rng: &mut Rng) -> Vec<u8> {
        let mut input = sample.to_vec();
        let with_schema = rng.u8(..8) == 0;
        let is_schema = |text: &[u8]| text.starts_with(b"SQLite") || text.windows(7).any(|word| word == b"CREATE ");
        let runs = input.chunk_by_mut(|a, b| is_printable(*a) == is_printable(*b));
        let is_text = |run: &&mut [u8]| is_printable(run[0]) && run.len() > 3 && (with_schema || !is_schema(run));
        let mut texts: Vec<&mut [u8]> = runs.filter(is_text).collect();
        for _ in 0..changes {
            let at = rng.usize(..texts.len().max(1));
            let Some(text) = texts.get_mut(at) else { break };
            let from = rng.usize(..text.len());
            let with = match rng.u8(..3) {
                0 => PIECES[rng.usize(..PIECES.len())].to_string(),
                1 => NUMBERS[rng.usize(..NUMBERS.len())].to_string(),
                _ => words(self.any(rng), rng),
            };
            for (to, byte) in text[from..].iter_mut().zip(with.bytes()) {
                *to = byte;
            }
        }
        input
    }

    fn json(&self, text: &str, changes: usize, rng: &mut Rng) -> Vec<u8> {
        let mut values = values(text);
        for _ in 0..changes {
            if values.is_empty() {
                break;
            }
            let at = rng.usize(..values.len());
            let with = self.value(rng);
            replace(&mut values[at], with, rng);
        }
        let pretty = rng.u8(..8) == 0;
        let write = |value: &Value| match pretty {
            true => serde_json::to_string_pretty(value),
            false => serde_json::to_string(value),
        };
        values.iter().filter_map(|value| write(value).ok()).collect::<Vec<_>>().join("\n").into_bytes()
    }

    /// A value, mostly not the expected one.
    fn value(&self, rng: &mut Rng) -> Value {
        match rng.u8(..12) {
            0 => Value::Null,
            1 => Value::Bool(rng.bool()),
            2 => serde_json::from_str(NUMBERS[rng.usize(..NUMBERS.len())]).unwrap_or(Value::Null),
            3 => Value::String(NUMBERS[rng.usize(..NUMBERS.len())].to_string()),
            4 => Value::String(PIECES[rng.usize(..PIECES.len())].repeat(rng.usize(..40))),
            5 => Value::String(words(self.any(rng), rng)),
            6 => Value::Array(Vec::new()),
            7 => Value::Object(serde_json::Map::new()),
            8 => (0..rng.usize(..120)).fold(Value::Null, |inner, _| Value::Array(vec![inner])),
            9 => {
                let inner = self.value(rng);
                let most = if inner.is_array() || inner.is_object() { 4 } else { 200 };
                Value::Array(vec![inner; rng.usize(..most)])
            }
            _ => {
                // A part of any sample.
                let mut donor = std::str::from_utf8(self.any(rng)).map(values).unwrap_or_default();
                let at = rng.usize(..donor.len().max(1));
                donor.get_mut(at).map_or(Value::Null, |value| part(value, rng).clone())
            }
        }
    }

    fn xml(&self, text: &str, changes: usize, rng: &mut Rng) -> Vec<u8> {
        let mut text = text.to_string();
        for _ in 0..changes {
            let elements = elements(&text);
            if elements.is_empty() {
                break;
            }
            let (from, to) = elements[rng.usize(..elements.len())];
            let whole = text[from..to].to_string();
            let new = match rng.u8(..8) {
                0 => String::new(),
                1 => whole.repeat(rng.usize(2..20)),
                2 => "<b>".repeat(rng.usize(1..250)) + &whole,
                3 => {
                    let depth = rng.usize(1..220);
                    format!("{}{whole}{}", "<div>".repeat(depth), "</div>".repeat(depth))
                }
                // Another element from this text, or from any sample.
                4 | 5 => {
                    let donor =
                        if rng.bool() { text.clone() } else { String::from_utf8_lossy(self.any(rng)).into_owned() };
                    let others = self::elements(&donor);
                    others
                        .get(rng.usize(..others.len().max(1)))
                        .map_or(String::new(), |(a, b)| donor[*a..*b].to_string())
                }
                6 => filled(&whole, PIECES[rng.usize(..PIECES.len())]),
                _ => filled(&whole, NUMBERS[rng.usize(..NUMBERS.len())]),
            };
            text.replace_range(from..to, &new);
            if text.len() > 200_000 {
                break;
            }
        }
        text.into_bytes()
    }

    fn lines(&self, text: &str, changes: usize, rng: &mut Rng) -> Vec<u8> {
        let mut lines: Vec<String> = text.split('\n').map(str::to_string).collect();
        for _ in 0..changes {
            let (at, other) = (rng.usize(..lines.len()), rng.usize(..lines.len()));
            match rng.u8(..9) {
                0 if lines.len() > 1 => drop(lines.remove(at)),
                1 => lines.insert(at, lines[other].clone()),
                2 => lines.swap(at, other),
                3 => {
                    let donor = String::from_utf8_lossy(self.any(rng)).into_owned();
                    let donated: Vec<&str> = donor.split('\n').collect();
                    lines.insert(at, donated[rng.usize(..donated.len())].to_string());
                }
                4 => lines[at] = format!("{}{}", " ".repeat(rng.usize(..9)), lines[at]),
                5 => {
                    let below = if at + 1 < lines.len() { lines.remove(at + 1) } else { String::new() };
                    lines[at].push_str(&below);
                }
                6 => lines.insert(at, String::new()),
                7 => lines[at] = words(lines[at].as_bytes(), rng).repeat(rng.usize(..60)),
                _ => lines[at].insert_str(0, PIECES[rng.usize(..PIECES.len())]),
            }
        }
        let end = ["\n", "\n", "\n", "\r\n", "\r", "\n\n"][rng.usize(..6)];
        lines.join(end).into_bytes()
    }

    fn change(&self, input: &mut Vec<u8>, rng: &mut Rng) {
        let at = rng.usize(..=input.len());
        let end = (at + rng.usize(..64)).min(input.len());
        match rng.u8(..11) {
            0 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte = rng.u8(..);
                }
            }
            1 => drop(input.drain(at..end)),
            2 => insert(input, at..at, PIECES[rng.usize(..PIECES.len())].as_bytes()),
            3 => {
                let piece = PIECES[rng.usize(..PIECES.len())].repeat(rng.usize(1..300));
                insert(input, at..at, piece.as_bytes());
            }
            4 => {
                let again = input[at..end].to_vec();
                insert(input, at..at, &again);
            }
            5 => {
                let other = self.any(rng);
                let from = rng.usize(..other.len());
                let to = (from + rng.usize(..200)).min(other.len());
                insert(input, at..end, &other[from..to]);
            }
            6 => input.truncate(at),
            7 => insert(input, at..at, BROKEN[rng.usize(..BROKEN.len())]),
            // A letter of one byte becomes one of several.
            8 => {
                let wide = ["é", "İ", "ß", "\u{212a}", "𝒳", "\u{a0}", "…"][rng.usize(..7)];
                if let Some(letter) = input.iter().skip(at).position(u8::is_ascii_alphanumeric) {
                    insert(input, at + letter..at + letter + 1, wide.as_bytes());
                }
            }
            9 => {
                if let Some(digit) = input.iter().skip(at).position(u8::is_ascii_digit) {
                    let from = at + digit;
                    let to =
                        input.iter().skip(from).position(|b| !b.is_ascii_digit()).map_or(input.len(), |n| from + n);
                    insert(input, from..to, NUMBERS[rng.usize(..NUMBERS.len())].as_bytes());
                }
            }
            _ => {
                for byte in input[at..end].iter_mut().filter(|byte| byte.is_ascii_digit()) {
                    *byte = b'0' + rng.u8(..10);
                }
            }
        }
    }
}

fn is_printable(byte: u8) -> bool {
    (b' '..=b'~').contains(&byte)
}

fn insert(input: &mut Vec<u8>, range: std::ops::Range<usize>, piece: &[u8]) {
    input.splice(range, piece.iter().copied());
}

/// A part of the sample after one of its beginnings, so that many inputs are short.
fn stretch(sample: &[u8], rng: &mut Rng) -> Vec<u8> {
    let from = rng.usize(..sample.len());
    let to = rng.usize(from..sample.len()) + 1;
    let head = sample.len().min(200);
    [&sample[..rng.usize(..head)], &sample[from..to]].concat()
}

/// Compressed once or twice, whole, in members, cut off or damaged.
fn packed(input: Vec<u8>, rng: &mut Rng) -> Vec<u8> {
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
    };
    let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 1).unwrap_or_default();
    let mut packed = input;
    for _ in 0..rng.usize(1..=2) {
        let middle = packed.len() / 2;
        packed = match rng.u8(..4) {
            0 | 1 => gzip(&packed),
            2 => zstd(&packed),
            _ => [gzip(&packed[..middle]), gzip(&packed[middle..])].concat(),
        };
    }
    match rng.u8(..4) {
        0 => packed.truncate(rng.usize(..=packed.len())),
        1 => {
            for _ in 0..rng.usize(1..6) {
                let at = rng.usize(..packed.len());
                packed[at] = rng.u8(..);
            }
        }
        _ => {}
    }
    packed
}

/// The values of a JSON text, or of its lines.
fn values(text: &str) -> Vec<Value> {
    // One of the samples has a text that looks like an escape and is not one.
    match serde_json::from_str(&text.replace("\\u12\"", "\"")) {
        Ok(value) => vec![value],
        Err(_) => text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
    }
}

/// Any value inside a value, mostly deep in it.
fn part<'v>(value: &'v mut Value, rng: &mut Rng) -> &'v mut Value {
    let inner = match value {
        Value::Array(list) => list.len(),
        Value::Object(fields) => fields.len(),
        _ => 0,
    };
    if inner == 0 || rng.u8(..8) == 0 {
        return value;
    }
    let at = rng.usize(..inner);
    let below = match value {
        Value::Array(list) => list.get_mut(at),
        Value::Object(fields) => fields.values_mut().nth(at),
        _ => None,
    };
    part(below.expect("`at` is one of them"), rng)
}

/// Puts a value in the place of a part, or changes the part.
fn replace(value: &mut Value, with: Value, rng: &mut Rng) {
    let part = part(value, rng);
    match part {
        Value::Object(fields) if rng.bool() => {
            let at = rng.usize(..fields.len().max(1));
            if let Some(name) = fields.keys().nth(at).cloned() {
                fields.remove(&name);
            }
        }
        Value::Array(list) if rng.bool() => {
            let again: Vec<Value> =
                list.iter().cycle().take((list.len() * rng.usize(2..6)).min(2000)).cloned().collect();
            *list = again;
        }
        Value::String(text) if rng.bool() => {
            let at = text.char_indices().map(|(at, _)| at).nth(rng.usize(..text.chars().count().max(1))).unwrap_or(0);
            text.insert_str(at, PIECES[rng.usize(..PIECES.len())]);
        }
        part if rng.u8(..6) == 0 => *part = Value::Array(vec![part.take()]),
        part => *part = with,
    }
}

/// Some of a text's words.
fn words(text: &[u8], rng: &mut Rng) -> String {
    let text = String::from_utf8_lossy(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    let from = rng.usize(..words.len().max(1));
    words.iter().skip(from).take(rng.usize(..30)).copied().collect::<Vec<_>>().join(" ")
}

/// The beginnings and ends of elements in a text that may be broken.
fn elements(text: &str) -> Vec<(usize, usize)> {
    let mut open: Vec<(&str, usize)> = Vec::new();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(from) = text[at..].find('<').map(|n| at + n) {
        let Some(to) = text[from..].find('>').map(|n| from + n + 1) else { break };
        let tag = &text[from + 1..to - 1];
        let name = |tag: &'_ str| tag.find([' ', '/', '\n']).unwrap_or(tag.len());
        if let Some(closed) = tag.strip_prefix('/') {
            if let Some(i) = open.iter().rposition(|(name, _)| *name == closed) {
                found.push((open[i].1, to));
                open.truncate(i);
            }
        } else if tag.ends_with('/') {
            found.push((from, to));
        } else if !tag.starts_with(['?', '!']) && open.len() < 300 {
            open.push((&tag[..name(tag)], from));
        }
        at = to;
    }
    found
}

/// An element with other content.
fn filled(element: &str, with: &str) -> String {
    match (element.find('>'), element.rfind("</")) {
        (Some(from), Some(to)) if from < to => format!("{}{with}{}", &element[..=from], &element[to..]),
        _ => format!("{with}{element}"),
    }
}
