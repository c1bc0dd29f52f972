//! A folder with a paper in LaTeX: decides which of its files are inputs, and which are parts of the paper.

use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use super::files::{MAX_FILE_BYTES, SourceFiles, begins_document, is_supplement};

static PUTS_IN: LazyLock<Regex> = LazyLock::new(|| {
    let commands = "includegraphics|input|include|subfile|includepdf|bibliography|addbibresource";
    Regex::new(&format!(r"\\(?:{commands})\*?\s*(?:\[[^\]]*\])?\s*\{{([^}}]*)\}}"))
        .expect("a pattern of the program is sound")
});

/// Files that only LaTeX reads or writes.
const PARTS: [&str; 22] = [
    "tex", "ltx", "sty", "cls", "bst", "bbl", "bbx", "cbx", "clo", "def", "cfg", "fd", "tikz", "aux", "log", "out",
    "toc", "lof", "lot", "blg", "fls", "synctex",
];

/// Pictures.
const PICTURES: [&str; 8] = ["png", "jpg", "jpeg", "eps", "ps", "svg", "gif", "tiff"];

/// What the LaTeX files of a folder say about the other files.
pub(in crate::source) struct LatexFolder {
    /// The main files of papers.
    papers: HashSet<PathBuf>,
    /// Names, without folder and extension, of the included files.
    used: HashSet<String>,
}

impl LatexFolder {
    /// `None` if no file of the folder begins a document.
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        let files = std::fs::read_dir(folder).ok()?.filter_map(Result::ok).map(|entry| entry.path());
        let documents: Vec<PathBuf> =
            files.filter(|path| has_extension(path, &["tex"]) && begins_document(&text_of(path))).collect();
        if documents.is_empty() {
            return None;
        }
        let mut used = HashSet::new();
        for path in SourceFiles::paths(folder).iter().filter(|path| has_extension(path, &["tex", "ltx"])) {
            let text = text_of(path);
            let names = PUTS_IN
                .captures_iter(&text)
                .filter_map(|found| found.get(1))
                .flat_map(|names| names.as_str().split(','));
            used.extend(names.map(|name| stem(Path::new(name.trim()))));
        }
        let is_paper = |path: &&PathBuf| !used.contains(&stem(path));
        let mut papers: HashSet<PathBuf> = documents.iter().filter(is_paper).cloned().collect();
        let supplement = |path: &PathBuf| is_supplement(&stem(path));
        if !papers.iter().all(supplement) {
            papers.retain(|path| !supplement(path));
        }
        Some(Self { papers, used })
    }

    /// Whether a file of the folder, or of a folder below it, is part of a paper.
    pub(crate) fn has_part(&self, path: &Path) -> bool {
        if has_extension(path, &PARTS) {
            return !self.papers.contains(path);
        }
        has_extension(path, &PICTURES)
            || has_extension(path, &["pdf", "bib", "txt", "csv"]) && self.used.contains(&stem(path))
    }
}

fn has_extension(path: &Path, known: &[&str]) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    extension.is_some_and(|extension| known.contains(&extension.as_str()))
}

/// The name of a file without its folder and its extension, in lower case. A name in LaTeX often has no extension, but
/// may have a full stop.
fn stem(path: &Path) -> String {
    let known = has_extension(path, &PARTS)
        || has_extension(path, &PICTURES)
        || has_extension(path, &["pdf", "bib", "txt", "csv"]);
    let name = if known { path.file_stem() } else { path.file_name() };
    name.map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default()
}

fn text_of(path: &Path) -> String {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_FILE_BYTES).read_to_end(&mut bytes));
    if read.is_err() {
        return String::new();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_paper_are_distinguished_from_other_files_of_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let begin = "\\documentclass{article}\n\\begin{document}\n";
        write(
            "paper.tex",
            &format!("{begin}\\input{{intro}} \\includegraphics[width=1cm]{{figs/plot.v2}} \\bibliography{{refs}}"),
        );
        write("other.tex", begin);
        write("supplement.tex", begin);
        write("intro.tex", "Words.");
        let found = LatexFolder::of(folder.path()).unwrap();
        let part = |name: &str| found.has_part(&folder.path().join(name));
        for name in ["intro.tex", "supplement.tex", "style.sty", "figs/plot.v2.pdf", "refs.bib", "photo.png"] {
            assert!(part(name), "{name}");
        }
        for name in ["paper.tex", "other.tex", "library.bib", "someone-else.pdf", "listing.json"] {
            assert!(!part(name), "{name}");
        }
    }

    #[test]
    fn a_folder_without_a_document_has_no_parts() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("intro.tex"), "Words.").unwrap();
        assert!(LatexFolder::of(folder.path()).is_none());
    }
}
