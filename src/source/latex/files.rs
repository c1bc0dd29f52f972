//! The files of a paper in LaTeX: an archive, a folder, or one file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Total size of the files; the text of a paper is smaller, and its pictures are not read.
const MAX_BYTES: u64 = 64 << 20;

/// Number of files in an archive or a folder that are examined.
const MAX_FILES: usize = 10_000;

/// Depth of folders that are searched.
const MAX_FOLDER_DEPTH: usize = 6;

/// Size of the largest text file.
pub(super) const MAX_FILE_BYTES: u64 = 16 << 20;

/// The text files of a paper by their path from its folder.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct SourceFiles {
    files: BTreeMap<String, String>,
}

impl SourceFiles {
    pub(crate) fn of_one(name: &str, bytes: &[u8]) -> Self {
        let mut files = Self::default();
        files.add(name, bytes);
        files
    }

    /// The files of a tar archive. A part that cannot be read ends it.
    ///
    /// # Errors
    /// If the archive is damaged or cut off before its first file or before its main file, or is larger than a paper's.
    pub(crate) fn of_archive(reader: impl Read) -> Result<Self, String> {
        let mut files = Self::default();
        let mut archive = tar::Archive::new(reader);
        let entries = archive.entries().map_err(|e| format!("is a damaged archive: {e}"))?;
        let mut bytes = 0;
        let mut is_whole = true;
        for (number, entry) in entries.enumerate() {
            let mut entry = match entry {
                Ok(entry) => entry,
                Err(e) if files.files.is_empty() => return Err(format!("is a damaged archive: {e}")),
                Err(_) => {
                    is_whole = false;
                    break;
                }
            };
            if number >= MAX_FILES || bytes >= MAX_BYTES {
                return Err(format!("is larger than {} MiB or {MAX_FILES} files, which no paper is", MAX_BYTES >> 20));
            }
            let is_file = entry.header().entry_type().is_file();
            let name = entry.path().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
            if !is_file || !is_text_file(&name) {
                continue;
            }
            let mut content = Vec::new();
            let read = (&mut entry).take(MAX_FILE_BYTES).read_to_end(&mut content);
            bytes += content.len() as u64;
            files.add(&name, &content);
            if read.is_err() {
                is_whole = false;
                break;
            }
        }
        if !is_whole && files.main().is_none() {
            return Err("is an archive that is cut off or damaged before its main file; get it again".to_string());
        }
        Ok(files)
    }

    /// The text files below a folder.
    pub(crate) fn of_folder(folder: &Path) -> Self {
        let mut files = Self::default();
        let mut bytes = 0;
        for path in Self::paths(folder) {
            let Ok(name) = path.strip_prefix(folder) else { continue };
            let mut content = Vec::new();
            let read = File::open(&path).and_then(|file| file.take(MAX_FILE_BYTES).read_to_end(&mut content));
            bytes += content.len() as u64;
            if read.is_ok() && bytes <= MAX_BYTES {
                files.add(&name.to_string_lossy().replace('\\', "/"), &content);
            }
        }
        files
    }

    /// The paths of the text files below a folder, sorted.
    pub(crate) fn paths(folder: &Path) -> Vec<PathBuf> {
        let mut paths = Vec::new();
        let mut looked_at = 0;
        list(folder, 0, &mut looked_at, &mut paths);
        paths.sort();
        paths
    }

    fn add(&mut self, name: &str, bytes: &[u8]) {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.replace("\r\n", "\n").replace('\r', "\n"),
            // Papers from the years before UTF-8.
            Err(_) => bytes.iter().map(|&b| char::from(b)).collect(),
        };
        self.files.insert(plain(name), text);
    }

    /// The length of all files together.
    pub(crate) fn bytes(&self) -> usize {
        self.files.values().map(String::len).sum()
    }

    /// A file by the name that `\input` uses, with its actual name.
    pub(crate) fn find(&self, name: &str) -> Option<(&str, &str)> {
        let name = plain(name);
        let found = |name: &str| self.files.get_key_value(name).map(|(name, text)| (name.as_str(), text.as_str()));
        found(&name).or_else(|| found(&format!("{name}.tex"))).or_else(|| {
            // Paths relative to another folder than that of the main file.
            let last = name.rsplit('/').next()?;
            let mut same = self.files.keys().filter(|known| {
                let known = known.rsplit('/').next().unwrap_or_default();
                known == last || known == format!("{last}.tex")
            });
            let one = same.next().filter(|_| same.next().is_none())?;
            found(one)
        })
    }

    pub(crate) fn with_extension<'f>(&'f self, extension: &'f str) -> impl Iterator<Item = (&'f str, &'f str)> {
        self.files
            .iter()
            .filter(move |(name, _)| name.ends_with(extension))
            .map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The main file of the paper: one that begins a document; among several, the one that includes most files.
    pub(crate) fn main(&self) -> Option<&str> {
        let candidates = self.files.iter().filter(|(_, text)| begins_document(text));
        let weight = |name: &str, text: &str| {
            let inputs = text.matches("\\input").count() + text.matches("\\include{").count();
            let title = usize::from(text.contains("\\title") || text.contains("\\icmltitle"));
            (title, usize::from(!is_supplement(name)), inputs > 0, text.len() + 4000 * inputs)
        };
        candidates.max_by_key(|(name, text)| weight(name, text)).map(|(name, _)| name.as_str())
    }
}

/// Whether a file has a name of files that come with a paper.
pub(super) fn is_supplement(name: &str) -> bool {
    let name = name.to_lowercase();
    ["supp", "response", "rebuttal", "cover", "poster", "slides", "template"].iter().any(|word| name.contains(word))
}

fn list(folder: &Path, depth: usize, looked_at: &mut usize, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.filter_map(Result::ok) {
        *looked_at += 1;
        if *looked_at > MAX_FILES {
            return;
        }
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() && depth < MAX_FOLDER_DEPTH && !name.starts_with('.') {
            list(&entry.path(), depth + 1, looked_at, paths);
        } else if kind.is_file() && name.contains('.') && is_text_file(&name) {
            paths.push(entry.path());
        }
    }
}

/// Whether a file begins a document, outside comments.
pub(crate) fn begins_document(text: &str) -> bool {
    let line = |start: &str| text.lines().any(|line| line.trim_start().starts_with(start));
    (line("\\documentclass") || line("\\documentstyle")) && text.contains("\\begin{document}")
        || text.trim_start().starts_with("\\documentclass")
}

fn is_text_file(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    let lower = file.to_lowercase();
    // Files that operating systems add to archives.
    !file.starts_with("._")
        && [".tex", ".ltx", ".latex", ".bbl", ".bib", ".txt", ".tikz", ".def", ".sty"]
            .iter()
            .any(|end| lower.ends_with(end))
        && !(lower.ends_with(".sty")
            && !lower.contains("macro")
            && !lower.contains("command")
            && !lower.contains("def"))
        || !file.contains('.') && !file.is_empty()
}

fn plain(name: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in name.trim().trim_matches('"').split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
