//! The inputs that a user names: files, folders, patterns, standard input.

use std::fs;
use std::path::{Path, PathBuf};

use super::ReadProblem;
use super::latex::{LatexFolder, parts_of};

/// What to read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A file, or a folder that is one input.
    File(PathBuf),
    /// A named pipe, or another path that can be read only once.
    Pipe(PathBuf),
}

impl Input {
    /// `-` is standard input. A path that does not exist is a file: opening it reports the error.
    pub fn new(path: &Path) -> Self {
        match fs::metadata(path) {
            _ if path == Path::new("-") => Self::Stdin,
            Ok(found) if !found.is_file() && !found.is_dir() => Self::Pipe(path.to_path_buf()),
            _ => Self::File(path.to_path_buf()),
        }
    }

    /// Whether the input is gone once it has been read.
    pub fn is_stream(&self) -> bool {
        !matches!(self, Self::File(_))
    }

    /// The inputs of a path: the path itself; all files below a folder, sorted, except hidden ones; or the files that
    /// match a pattern (`*`, `?`, `[…]`, `**`), for shells that do not expand patterns. A path that does not exist is
    /// an input too: opening it reports the error.
    ///
    /// # Errors
    /// If a folder cannot be read, or nothing matches.
    pub fn expand(path: &Path) -> Result<Vec<Self>, ReadProblem> {
        let fail = |message: String| ReadProblem::of_input(path.display().to_string(), message);
        if path == Path::new("-") {
            return Ok(vec![Self::Stdin]);
        }
        if path.is_dir() {
            let mut files = Vec::new();
            walk(path, None, &mut files).map_err(|e| fail(format!("cannot read the folder: {e}")))?;
            return if files.is_empty() { Err(fail("has no files".to_string())) } else { Ok(files) };
        }
        let pattern = path.to_str().filter(|text| text.contains(['*', '?', '[']) && !path.exists());
        let Some(pattern) = pattern else { return Ok(vec![Self::new(path)]) };
        let found = glob::glob(pattern).map_err(|e| fail(format!("is no pattern: {}", e.msg)))?;
        let mut files = Vec::new();
        for path in found.filter_map(Result::ok) {
            if path.is_dir() {
                walk(&path, None, &mut files).map_err(|e| fail(format!("cannot read a folder: {e}")))?;
            } else {
                files.push(Self::File(path));
            }
        }
        files.dedup();
        if files.is_empty() { Err(fail("fits no file".to_string())) } else { Ok(files) }
    }

    /// The files that are read for an input: the file itself, or all files of a paper in LaTeX.
    pub fn parts(path: &Path) -> Vec<PathBuf> {
        parts_of(path)
    }

    /// The name by which papers and problems report it.
    pub fn name(&self) -> String {
        match self {
            Self::Stdin => "-".to_string(),
            Self::File(path) | Self::Pipe(path) => path.display().to_string(),
        }
    }
}

/// A folder or pattern that a user named as input. It decides whether a file belongs to it, even if the file no longer
/// exists.
#[derive(Debug, Clone)]
pub enum InputScope {
    /// All files below a folder.
    Folder(PathBuf),
    /// All files that a pattern matches.
    Pattern(glob::Pattern),
}

impl InputScope {
    /// `None` for the path of one file.
    pub fn of(path: &Path) -> Option<Self> {
        if path.is_dir() {
            return std::path::absolute(path).ok().map(Self::Folder);
        }
        let text = path.to_str().filter(|text| text.contains(['*', '?', '[']) && !path.exists())?;
        let absolute = std::path::absolute(text).ok()?;
        glob::Pattern::new(absolute.to_str()?).ok().map(Self::Pattern)
    }

    /// Whether it covers a file at this absolute path.
    pub fn covers(&self, path: &Path) -> bool {
        match self {
            Self::Folder(folder) => path.starts_with(folder),
            Self::Pattern(pattern) => {
                let options = glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::new() };
                path.ancestors().any(|part| pattern.matches_path_with(part, options))
            }
        }
    }
}

/// The database in the folder of Zotero.
const ZOTERO_DATABASE: &str = "zotero.sqlite";

/// The files of Zotero's folder that are read: its database, and the PDFs that it keeps. Copies of the database,
/// settings and saved web pages are not.
fn zotero(folder: &Path, files: &mut Vec<Input>) -> std::io::Result<()> {
    files.push(Input::File(folder.join(ZOTERO_DATABASE)));
    let storage = folder.join("storage");
    let mut stored = Vec::new();
    if storage.is_dir() {
        walk(&storage, None, &mut stored)?;
    }
    let is_pdf = |input: &Input| matches!(input, Input::File(path) if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("pdf")));
    files.extend(stored.into_iter().filter(is_pdf));
    Ok(())
}

/// The files below a folder, without the parts of a paper in LaTeX. A link to a folder is not followed, because it
/// could lead back.
fn walk(folder: &Path, around: Option<&LatexFolder>, files: &mut Vec<Input>) -> std::io::Result<()> {
    let mut entries: Vec<fs::DirEntry> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    if entries.iter().any(|entry| entry.file_name() == ZOTERO_DATABASE) {
        return zotero(folder, files);
    }
    let own = LatexFolder::of(folder);
    let latex = own.as_ref().or(around);
    for entry in entries {
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            walk(&path, latex, files)?;
        } else if path.is_file() && !latex.is_some_and(|latex| latex.has_part(&path)) {
            files.push(Input::File(path));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_zotero_is_its_database_and_its_pdfs() {
        let folder = tempfile::tempdir().unwrap();
        let names = [
            "zotero.sqlite",
            "zotero.sqlite.bak",
            "prefs.js",
            "storage/AAAA1111/Lamps.PDF",
            "storage/AAAA1111/page.html",
        ];
        for name in names {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let found = Input::expand(folder.path()).unwrap();
        let expected = ["zotero.sqlite", "storage/AAAA1111/Lamps.PDF"];
        assert_eq!(found, expected.map(|name| Input::File(folder.path().join(name))));
    }
}
