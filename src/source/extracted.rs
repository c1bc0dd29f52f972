//! What `kg extract --each` printed: one extraction record a line, taken as it is.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use super::{Input, Problem, utf8_line};
use crate::extract::Extraction;
use crate::paper::Origin;

/// A line longer than this is refused instead of read into memory.
const MAX_LINE_BYTES: u64 = 64 * 1024 * 1024;

/// # Errors
/// If the input cannot be opened. Anything after that is an item of the stream.
pub fn read_extracted(input: &Input) -> Result<impl Iterator<Item = Result<Extraction, Problem>> + use<>, Problem> {
    let file = input.name();
    let reader: Box<dyn BufRead> = match input {
        Input::Stdin => Box::new(BufReader::new(std::io::stdin())),
        Input::File(path) => match File::open(path) {
            Ok(opened) => Box::new(BufReader::with_capacity(1 << 20, opened)),
            Err(e) => return Err(Problem { file, line: None, message: format!("cannot open: {e}") }),
        },
    };
    Ok(Lines { reader, file, line: 0, ended: false })
}

struct Lines {
    reader: Box<dyn BufRead>,
    file: String,
    line: u64,
    ended: bool,
}

impl Iterator for Lines {
    type Item = Result<Extraction, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let mut line = Vec::new();
            self.line += 1;
            match (&mut self.reader).take(MAX_LINE_BYTES).read_until(b'\n', &mut line) {
                Ok(0) => self.ended = true,
                Ok(n) if n as u64 == MAX_LINE_BYTES && !line.ends_with(b"\n") => {
                    self.ended = true;
                    return Some(Err(self.problem("the line is too long for an extraction".to_string())));
                }
                Ok(_) if line.iter().all(u8::is_ascii_whitespace) => {}
                Ok(_) => return Some(self.extraction(&line)),
                Err(e) => {
                    self.ended = true;
                    return Some(Err(self.problem(format!("cannot read: {e}"))));
                }
            }
        }
        None
    }
}

impl Lines {
    fn extraction(&self, line: &[u8]) -> Result<Extraction, Problem> {
        let text = utf8_line(line).map_err(|message| self.problem(message))?;
        let mut extraction: Extraction = serde_json::from_str(text).map_err(|e| {
            self.problem(format!("not what `kg extract` prints: {e}; without --extracted it is read as a paper"))
        })?;
        if extraction.paper.sources.is_empty() {
            let origin = Origin {
                file: self.file.clone(),
                line: self.line,
                format: "extracted".to_string(),
                states: Vec::new(),
            };
            extraction.paper.sources.push(origin);
        }
        Ok(extraction)
    }

    fn problem(&self, message: String) -> Problem {
        Problem { file: self.file.clone(), line: Some(self.line), message }
    }
}
