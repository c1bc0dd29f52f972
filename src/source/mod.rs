//! Reading papers: one file for each input format, each a stream of [`Paper`]s that know where they came from.
//!
//! A source never stops at a bad record: it yields a [`Problem`] that names the line, and goes on.

mod daily_papers;
mod extracted;
mod jsonl;

use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::paper::{Paper, PartialDate};
pub use extracted::read_extracted;

/// The input formats, by the names that `--from` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The text that a person gets by copying the daily-papers page.
    DailyPapers,
    /// JSON Lines: the extraction record without the extraction part.
    Jsonl,
}

impl Format {
    pub const ALL: [Self; 2] = [Self::DailyPapers, Self::Jsonl];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::DailyPapers => "daily-papers",
            Self::Jsonl => "jsonl",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|f| f.as_str() == s)
            .ok_or_else(|| format!("`{s}` is not an input format; one of {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

/// Where to read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    Stdin,
    File(PathBuf),
}

impl Input {
    /// `-` is standard input.
    pub fn new(path: &Path) -> Self {
        if path == Path::new("-") { Self::Stdin } else { Self::File(path.to_path_buf()) }
    }

    /// The name under which papers and problems report it.
    pub fn name(&self) -> String {
        match self {
            Self::Stdin => "-".to_string(),
            Self::File(path) => path.display().to_string(),
        }
    }
}

#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Read as this format instead of looking at the content.
    pub from: Option<Format>,
    /// The day on which a listing was copied, for dates that carry no year.
    pub as_of: Option<PartialDate>,
}

/// Something in an input that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub file: String,
    /// 1-based; `None` if the whole input is meant.
    pub line: Option<u64>,
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl std::error::Error for Problem {}

/// Papers and problems in the order of the input.
pub type Papers = Box<dyn Iterator<Item = Result<Paper, Problem>>>;

/// Opens an input, and detects its format unless told.
///
/// # Errors
/// If the input cannot be opened, or its format is not known. Anything after that is an item of the stream.
pub fn read(input: &Input, options: &Options) -> Result<Papers, Problem> {
    let name = input.name();
    let fail = |message: String| Problem { file: name.clone(), line: None, message };
    let mut reader: Box<dyn BufRead> = match input {
        Input::Stdin => Box::new(BufReader::new(std::io::stdin())),
        Input::File(path) => {
            let meta = std::fs::metadata(path).map_err(|e| fail(cannot_open(&e)))?;
            if meta.is_dir() {
                return Err(fail("is a folder; name the files in it, as in FOLDER/*.txt".to_string()));
            }
            Box::new(BufReader::new(File::open(path).map_err(|e| fail(cannot_open(&e)))?))
        }
    };
    // Detection needs the beginning only, and must not lose it: standard input cannot be read twice.
    let mut head = Vec::with_capacity(HEAD_BYTES);
    (&mut reader).take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(|e| fail(format!("cannot read: {e}")))?;
    let format = match options.from {
        Some(format) => format,
        None => detect(&head).map_err(|message| fail(message.to_string()))?,
    };
    let whole = BufReader::new(std::io::Cursor::new(head).chain(reader));
    Ok(match format {
        Format::Jsonl => Box::new(jsonl::read(whole, name)),
        Format::DailyPapers => Box::new(daily_papers::read(whole, &name, options)?.into_iter()),
    })
}

/// How much of an input detection looks at.
const HEAD_BYTES: usize = 64 * 1024;

fn cannot_open(e: &std::io::Error) -> String {
    match e.kind() {
        std::io::ErrorKind::NotFound => "no such file".to_string(),
        _ => format!("cannot open: {e}"),
    }
}

fn detect(head: &[u8]) -> Result<Format, &'static str> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let Some(first) = head.iter().find(|b| !b.is_ascii_whitespace()) else {
        return Err("is empty");
    };
    if head.contains(&0) {
        return Err("is a binary file, not text");
    }
    if *first == b'{' {
        return Ok(Format::Jsonl);
    }
    if daily_papers::looks_like(&String::from_utf8_lossy(head)) {
        return Ok(Format::DailyPapers);
    }
    Err("is in no format that kg knows (daily-papers, jsonl); if it is one of them, say which with --from")
}

/// UTF-8 of a line, without its line end, or the problem to report.
fn utf8_line(line: &[u8]) -> Result<&str, String> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    std::str::from_utf8(line).map_err(|e| {
        format!(
            "not UTF-8 (byte {} of the line); convert the file, for example with `iconv -t UTF-8`",
            e.valid_up_to() + 1
        )
    })
}
