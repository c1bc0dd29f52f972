//! The input formats: their names, and the signs by which each is recognised. The beginning of an input decides, never
//! its name.

use std::fmt;
use std::str::FromStr;

use super::json::RecordOutline;
use super::{
    acl, arxiv, bibtex, cff, crossref, csl, csv, daily_papers, datacite, enw, hf_daily, jats, jsonl, latex, latexml,
    markdown, model_card, nbib, openalex, openreview, papercopilot, pwc, ris, semantic_scholar, text, wos, zotero,
};
use crate::text::parse_word;

macro_rules! formats {
    ($($name:ident = $word:literal, $about:literal, recognised by $signs:literal;)*) => {
        /// The input formats, with the names that `--from` takes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Format { $(#[doc = $about] $name),* }

        impl Format {
            /// All formats, in a fixed order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word that files, options and answers use.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }

            /// A few words about the format, for lists of formats.
            pub fn about(self) -> &'static str {
                match self { $(Self::$name => $about),* }
            }

            /// The signs of the format.
            pub fn signs(self) -> &'static str {
                match self { $(Self::$name => $signs),* }
            }
        }
    };
}

formats! {
    DailyPapers = "daily-papers", "the daily-papers page, copied as text", recognised by "the heading of the page, or lines of authors and dates";
    HfDaily = "hf-daily", "JSON of the daily-papers API", recognised by "`paper.id`, or `upvotes` and `summary`";
    ArxivJson = "arxiv-json", "arXiv's metadata snapshot", recognised by "`authors_parsed`, or `submitter` and `update_date`";
    ArxivAtom = "arxiv-atom", "answers of arXiv's API", recognised by "a feed that names arxiv.org";
    ArxivOai = "arxiv-oai", "answers of arXiv's OAI-PMH interface", recognised by "the element `OAI-PMH` or `record`";
    AclAnthology = "acl-anthology", "XML of the ACL Anthology", recognised by "`collection` with `volume` or `paper`";
    PwcPapers = "pwc-papers", "papers of Papers with Code", recognised by "`url_abs` and `paper_url`";
    PwcLinks = "pwc-links", "links between papers and code of Papers with Code", recognised by "`repo_url` and `paper_url`";
    PwcDatasets = "pwc-datasets", "datasets of Papers with Code", recognised by "`num_papers` and `introduced_date`";
    PwcMethods = "pwc-methods", "methods of Papers with Code", recognised by "`introduced_year` and `source_title`";
    PwcEvaluations = "pwc-evaluations", "tables of results of Papers with Code", recognised by "tables of results (`sota`, `subtasks`)";
    SemanticScholar = "semantic-scholar", "papers of Semantic Scholar", recognised by "`paperId` or `corpusid`";
    S2orc = "s2orc", "papers of Semantic Scholar with their full text", recognised by "a parsed text (`body`, `content`, `pdf_parse`, `body_text`)";
    Openalex = "openalex", "works of OpenAlex", recognised by "`authorships`, or an inverted abstract";
    Crossref = "crossref", "works of Crossref", recognised by "`DOI` with a list of titles";
    Bibtex = "bibtex", "BibTeX and BibLaTeX, as reference managers export them", recognised by "entries that begin with `@`";
    CslJson = "csl-json", "CSL JSON of reference managers", recognised by "`type` and `title` with `author`, `issued` or `container-title`";
    Datacite = "datacite", "records of DataCite", recognised by "`attributes` with `titles` or `creators`";
    Ris = "ris", "RIS of reference managers", recognised by "lines that begin with `TY  - `";
    Nbib = "nbib", "what PubMed saves for reference managers", recognised by "lines that begin with `PMID- `";
    Wos = "wos", "plain text of Web of Science", recognised by "the lines `FN` and `PT`";
    Enw = "enw", "EndNote's tagged text", recognised by "lines that begin with `%0 ` and `%T `";
    PubmedXml = "pubmed-xml", "XML of PubMed", recognised by "the element `PubmedArticle`";
    EndnoteXml = "endnote-xml", "EndNote's XML", recognised by "`records` with `ref-type`";
    DblpXml = "dblp-xml", "XML of DBLP", recognised by "the element `dblp` or `dblpperson`";
    Zotero = "zotero", "the folder of Zotero, its database, or its items as JSON", recognised by "the database of Zotero, or `itemType` with `creators` or `abstractNote`";
    CitationCff = "citation-cff", "CITATION.cff: the paper that a repository asks to cite", recognised by "the line `cff-version:`";
    Openreview = "openreview", "submissions of OpenReview", recognised by "`content.title` with `invitation`, `forum` or `signatures`";
    Papercopilot = "papercopilot", "lists of conferences by Paper Copilot", recognised by "`title`, `status` and `author` with `aff`, `track`, `site` or `rating`";
    Csv = "csv", "tables with columns for title, abstract, year, url, …", recognised by "a first line that names titles and another column";
    ModelCard = "model-card", "cards of models and datasets that name a paper", recognised by "YAML with fields of a card before the text";
    Markdown = "markdown", "\"awesome\" lists, tables with Paper and Code columns", recognised by "lists, tables or headings with links";
    Tei = "tei", "full papers by GROBID", recognised by "the element `TEI`";
    Jats = "jats", "whole papers of PubMed Central, bioRxiv and publishers", recognised by "the element `article`";
    ArxivHtml = "arxiv-html", "pages of arXiv's HTML of papers", recognised by "the classes of LaTeXML";
    Pdf = "pdf", "whole papers as PDF", recognised by "the mark `%PDF-`";
    Latex = "latex", "whole papers in LaTeX: e-prints of arXiv, folders", recognised by "`\\documentclass`, or an archive of files";
    Text = "text", "one paper as text with headings", recognised by "a heading \"Abstract\" or \"Introduction\"";
    Jsonl = "jsonl", "JSON Lines with `title`, `abstract`, `date`, …", recognised by "JSON of no other format";
}

impl Format {
    /// The format and the reason for it, for users who ask. `is_named` says that the user named it.
    pub fn decided_by(self, is_named: bool) -> String {
        if is_named {
            format!("as {self} (named by --from)")
        } else {
            format!("as {self} (recognised by {})", self.signs())
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
        parse_word(s, "an input format", Self::ALL, Self::as_str)
    }
}

/// The format of an input that begins with `head`; `outline` is the outline of `head`.
///
/// # Errors
/// If it is in no known format, or has the signs of two.
pub(super) fn detect(head: &[u8], outline: &RecordOutline) -> Result<Format, String> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let Some(first) = head.iter().find(|b| !b.is_ascii_whitespace()) else {
        return Err("is empty".to_string());
    };
    if is_binary(head) {
        return Err("is a binary file, not text".to_string());
    }
    let start = String::from_utf8_lossy(head);
    let found = match first {
        b'{' => Some(json(outline)?.unwrap_or(Format::Jsonl)),
        b'[' => match json(outline)? {
            Some(format) => Some(format),
            None => markup(&start)?.or_else(|| jsonl::looks_like(outline).then_some(Format::Jsonl)),
        },
        b'<' => match xml(&start)? {
            Some(format) => Some(format),
            None => markup(&start)?,
        },
        _ => markup(&start)?,
    };
    found.ok_or_else(|| match csv::columns_of_table(&start) {
        Some(columns) => format!(
            "looks like a table, but none of its columns is known as the title: {}; name it, as in `--columns title=NAME`",
            columns.join(", ")
        ),
        None => "is in no format that kg knows; if you know its format, name it with --from (`--from text` for plain text)"
            .to_string(),
    })
}

/// Whether it is not text. Programs that extract text from PDFs write a NUL for some signs in formulas.
fn is_binary(head: &[u8]) -> bool {
    let nuls = memchr::memchr_iter(0, head).count();
    let is_utf8 = std::str::from_utf8(head).map_or_else(|e| e.error_len().is_none(), |_| true);
    nuls > 0 && (!is_utf8 || nuls * 20 > head.len())
}

/// Pairs of formats where records of the first also have the signs of the second: the first is more specific.
const SAYS_MORE: [(Format, Format); 3] =
    [(Format::S2orc, Format::SemanticScholar), (Format::Crossref, Format::CslJson), (Format::Zotero, Format::CslJson)];

/// # Errors
/// If the records have the signs of two formats.
fn json(outline: &RecordOutline) -> Result<Option<Format>, String> {
    let has = |format, signs: bool| signs.then_some(format);
    let signs = [
        has(Format::HfDaily, hf_daily::looks_like(outline)),
        has(Format::ArxivJson, arxiv::is_snapshot(outline)),
        pwc::detect(outline),
        has(Format::S2orc, semantic_scholar::is_s2orc(outline)),
        has(Format::SemanticScholar, semantic_scholar::is_paper(outline)),
        has(Format::Openalex, openalex::looks_like(outline)),
        has(Format::Zotero, zotero::looks_like(outline)),
        has(Format::Datacite, datacite::looks_like(outline)),
        has(Format::Openreview, openreview::looks_like(outline)),
        has(Format::Papercopilot, papercopilot::looks_like(outline)),
        has(Format::Crossref, crossref::looks_like(outline)),
        has(Format::CslJson, csl::looks_like(outline)),
    ];
    the_only(signs.into_iter().flatten())
}

/// The format whose signs were found; an error if the signs of several formats were found.
fn the_only(found: impl Iterator<Item = Format>) -> Result<Option<Format>, String> {
    let mut found: Vec<Format> = found.collect();
    let all = found.clone();
    found.retain(|format| !SAYS_MORE.iter().any(|(more, less)| less == format && all.contains(more)));
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        [one, other, ..] => {
            Err(format!("could be {one} ({}) or {other} ({}); say which with --from", one.signs(), other.signs()))
        }
    }
}

/// The format by the first element.
///
/// # Errors
/// If it is a feed of another service, or another program's XML with an element name that a known format also has.
fn xml(start: &str) -> Result<Option<Format>, String> {
    let Some(name) = first_element(start) else { return Ok(None) };
    let format = match name {
        "collection" | "volume" if acl::looks_like(start) => Format::AclAnthology,
        "collection" | "volume" => return Err(format!("is XML (`<{name}>`), but not of the ACL Anthology")),
        "feed" | "entry" | "rss" | "RDF" if arxiv::is_feed(start) => Format::ArxivAtom,
        "feed" | "entry" => return Err("is an Atom feed, but not one of arXiv (no arxiv.org id)".to_string()),
        "rss" | "RDF" => return Err("is a feed, but not one of arXiv (no arxiv.org id)".to_string()),
        "OAI-PMH" | "ListRecords" | "GetRecord" => Format::ArxivOai,
        "TEI" | "teiCorpus" => Format::Tei,
        "pmc-articleset" => Format::Jats,
        "article" if jats::looks_like(start) => Format::Jats,
        "html" | "article" | "section" | "div" if latexml::looks_like(start) => Format::ArxivHtml,
        "PubmedArticleSet" | "PubmedArticle" => Format::PubmedXml,
        "dblp" | "dblpperson" => Format::DblpXml,
        "xml" | "records" if start.contains("<ref-type") || start.contains("<contributors>") => Format::EndnoteXml,
        // Records without a root element, as harvesters write them one after the other.
        "record" => Format::ArxivOai,
        _ => return Ok(None),
    };
    Ok(Some(format))
}

/// The name of the first element, without its prefix.
fn first_element(start: &str) -> Option<&str> {
    let mut rest = start;
    loop {
        let (_, tag) = rest.split_once('<')?;
        let (skip, end) = match tag {
            tag if tag.starts_with("!--") => (true, "-->"),
            tag if tag.starts_with(['?', '!']) => (true, ">"),
            _ => (false, ">"),
        };
        if !skip {
            let name = tag.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next()?;
            return name.rsplit(':').next();
        }
        rest = tag.split_once(end)?.1;
    }
}

/// The format of a whole paper in a file that is not text: a PDF, or an archive of LaTeX files.
pub(super) fn whole_paper(head: &[u8]) -> Option<Format> {
    if head.get(..1024).unwrap_or(head).windows(5).any(|part| part == b"%PDF-") {
        return Some(Format::Pdf);
    }
    (head.get(257..262) == Some(b"ustar")).then_some(Format::Latex)
}

/// # Errors
/// If the text has the signs of two formats.
fn markup(start: &str) -> Result<Option<Format>, String> {
    if latex::begins_document(start) {
        return Ok(Some(Format::Latex));
    }
    let entries = EntryCount::of(start);
    let has_list = markdown::looks_like(start);
    let has = |format, signs: bool| signs.then_some(format);
    // The syntax of the text decides between these formats, and a text has one syntax.
    let signs = [
        has(Format::Ris, ris::looks_like(start)),
        has(Format::Nbib, nbib::looks_like(start)),
        has(Format::Wos, wos::looks_like(start)),
        has(Format::Enw, enw::looks_like(start)),
        has(Format::CitationCff, cff::looks_like(start)),
        has(Format::Bibtex, entries.outside > 0 && !has_list && !cff::looks_like(start)),
    ];
    let is_alone = |format: &Format| *format != Format::Bibtex;
    if let Some(format) = the_only(signs.into_iter().flatten())?.filter(is_alone) {
        return Ok(Some(format));
    }
    if model_card::looks_like(start) {
        return Ok(Some(Format::ModelCard));
    }
    if csv::looks_like(start) {
        return Ok(Some(Format::Csv));
    }
    if daily_papers::looks_like(start) {
        return Ok(Some(Format::DailyPapers));
    }
    if entries.outside > 0 && (!has_list || entries.outside >= markdown::items_in(start)) {
        return Ok(Some(Format::Bibtex));
    }
    // A paper in Markdown may also end in a list of links; a list of papers has no abstract of its own.
    if text::looks_like(start) {
        return Ok(Some(Format::Text));
    }
    if has_list {
        return Ok(Some(Format::Markdown));
    }
    Ok((entries.inside > 0).then_some(Format::Bibtex))
}

/// Number of BibTeX entries in a text. Lists of papers have some in blocks of code.
struct EntryCount {
    outside: usize,
    inside: usize,
}

impl EntryCount {
    fn of(start: &str) -> Self {
        let mut is_inside = false;
        let (mut outside, mut inside) = (Vec::new(), Vec::new());
        for line in start.lines() {
            if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
                is_inside = !is_inside;
            } else if is_inside {
                inside.push(line);
            } else {
                outside.push(line);
            }
        }
        Self { outside: bibtex::entries_in(outside.into_iter()), inside: bibtex::entries_in(inside.into_iter()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Format, String> {
        detect(text.as_bytes(), &RecordOutline::of(text.as_bytes()))
    }

    #[test]
    fn a_tie_names_both_formats_and_what_each_is_recognized_by() {
        let both = of(r#"[{"paperId": "a", "title": "Lamps", "id": "b", "authorships": []}]"#).unwrap_err();
        assert_eq!(
            both,
            "could be semantic-scholar (`paperId` or `corpusid`) or openalex (`authorships`, or an inverted abstract); say which with --from"
        );
        let both = of("TY  - JOUR\nTI  - Lamps\nER  - \n\n@article{a, title={Moths}}\n").unwrap_err();
        assert!(both.starts_with("could be ris (") && both.contains(" or bibtex ("), "{both}");
    }

    #[test]
    fn a_table_without_a_known_column_of_titles_names_its_columns() {
        assert_eq!(
            of("Autor;Titel;Jahr\nAna Ruiz;Lampen;2030\n").unwrap_err(),
            "looks like a table, but none of its columns is known as the title: Autor, Titel, Jahr; name it, as in `--columns title=NAME`"
        );
    }

    #[test]
    fn where_the_signs_of_one_format_are_among_those_of_another_there_is_no_tie() {
        let crossref =
            r#"[{"DOI": "10.1/a", "type": "journal-article", "title": ["Lamps"], "author": [{"family": "Ruiz"}]}]"#;
        assert_eq!(of(crossref), Ok(Format::Crossref));
        assert_eq!(of(r#"[{"corpusid": 1, "title": "Lamps", "content": {"text": ""}}]"#), Ok(Format::S2orc));
    }
}
