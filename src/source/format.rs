use std::fmt;
use std::str::FromStr;

use crate::text::parse_word;

macro_rules! formats {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// The input formats, with the names that `--from` takes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Format { $($(#[$doc])* $name),* }

        impl Format {
            /// All formats, in a fixed order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word that files, options and answers use.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

formats! {
    /// The text of the daily-papers page, as copied.
    DailyPapers = "daily-papers",
    /// JSON of the daily-papers API.
    HfDaily = "hf-daily",
    /// The metadata snapshot of arXiv, JSON Lines.
    ArxivJson = "arxiv-json",
    /// Atom answers of arXiv's API.
    ArxivAtom = "arxiv-atom",
    /// OAI-PMH answers of arXiv.
    ArxivOai = "arxiv-oai",
    /// XML of the ACL Anthology.
    AclAnthology = "acl-anthology",
    /// Papers of the Papers with Code archive.
    PwcPapers = "pwc-papers",
    /// Links between papers and code of the Papers with Code archive.
    PwcLinks = "pwc-links",
    /// Datasets of the Papers with Code archive.
    PwcDatasets = "pwc-datasets",
    /// Methods of the Papers with Code archive.
    PwcMethods = "pwc-methods",
    /// Evaluation tables of the Papers with Code archive.
    PwcEvaluations = "pwc-evaluations",
    /// Papers of Semantic Scholar.
    SemanticScholar = "semantic-scholar",
    /// Papers of Semantic Scholar with their full text.
    S2orc = "s2orc",
    /// Works of OpenAlex.
    Openalex = "openalex",
    /// Works of Crossref.
    Crossref = "crossref",
    /// BibTeX and BibLaTeX.
    Bibtex = "bibtex",
    /// CSL JSON of reference managers.
    CslJson = "csl-json",
    /// Records of DataCite.
    Datacite = "datacite",
    /// RIS of reference managers.
    Ris = "ris",
    /// The format in which PubMed saves for reference managers.
    Nbib = "nbib",
    /// Plain text of Web of Science.
    Wos = "wos",
    /// EndNote's tagged text.
    Enw = "enw",
    /// PubMed as XML.
    PubmedXml = "pubmed-xml",
    /// EndNote's XML.
    EndnoteXml = "endnote-xml",
    /// DBLP as XML.
    DblpXml = "dblp-xml",
    /// The database of Zotero, and its items as JSON.
    Zotero = "zotero",
    /// The file in which a repository says how to cite it.
    CitationCff = "citation-cff",
    /// Notes of the interface of OpenReview.
    Openreview = "openreview",
    /// Lists of conferences by Paper Copilot.
    Papercopilot = "papercopilot",
    /// Tables with a line of names.
    Csv = "csv",
    /// Cards of models and datasets on a hub.
    ModelCard = "model-card",
    /// Lists and tables of papers.
    Markdown = "markdown",
    /// The output of GROBID for a PDF.
    Tei = "tei",
    /// The XML of PubMed Central, bioRxiv and many publishers.
    Jats = "jats",
    /// A page of arXiv's HTML, which LaTeXML makes.
    ArxivHtml = "arxiv-html",
    /// A whole paper as PDF.
    Pdf = "pdf",
    /// A whole paper in LaTeX: one file, a folder, or an e-print of arXiv.
    Latex = "latex",
    /// One paper as text with headings.
    Text = "text",
    /// JSON Lines: the extraction record without the extraction part.
    Jsonl = "jsonl",
}

impl Format {
    /// Every name.
    pub fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|format| format.as_str()).collect()
    }

    /// The format and the reason for it, for users who ask. `is_named` says that the user named it.
    pub fn decided_by(self, is_named: bool) -> String {
        if is_named {
            format!("as {self} (named by --from)")
        } else {
            format!("as {self} (recognised by {})", self.signs())
        }
    }

    /// The signs of the format.
    pub fn signs(self) -> &'static str {
        match self {
            Self::DailyPapers => "the heading of the page, or lines of authors and dates",
            Self::HfDaily => "`paper.id`, or `upvotes` and `summary`",
            Self::ArxivJson => "`authors_parsed`, or `submitter` and `update_date`",
            Self::ArxivAtom => "a feed that names arxiv.org",
            Self::ArxivOai => "the element `OAI-PMH` or `record`",
            Self::AclAnthology => "`collection` with `volume` or `paper`",
            Self::PwcPapers => "`url_abs` and `paper_url`",
            Self::PwcLinks => "`repo_url` and `paper_url`",
            Self::PwcDatasets => "`num_papers` and `introduced_date`",
            Self::PwcMethods => "`introduced_year` and `source_title`",
            Self::PwcEvaluations => "tables of results (`sota`, `subtasks`)",
            Self::SemanticScholar => "`paperId` or `corpusid`",
            Self::S2orc => "a parsed text (`body`, `content`, `pdf_parse`, `body_text`)",
            Self::Openalex => "`authorships`, or an inverted abstract",
            Self::Crossref => "`DOI` with a list of titles",
            Self::Bibtex => "entries that begin with `@`",
            Self::CslJson => "`type` and `title` with `author`, `issued` or `container-title`",
            Self::Datacite => "`attributes` with `titles` or `creators`",
            Self::Ris => "lines that begin with `TY  - `",
            Self::Nbib => "lines that begin with `PMID- `",
            Self::Wos => "the lines `FN` and `PT`",
            Self::Enw => "lines that begin with `%0 ` and `%T `",
            Self::PubmedXml => "the element `PubmedArticle`",
            Self::EndnoteXml => "`records` with `ref-type`",
            Self::DblpXml => "the element `dblp` or `dblpperson`",
            Self::Zotero => "the database of Zotero, or `itemType` with `creators` or `abstractNote`",
            Self::CitationCff => "the line `cff-version:`",
            Self::Openreview => "`content.title` with `invitation`, `forum` or `signatures`",
            Self::Papercopilot => "`title`, `status` and `author` with `aff`, `track`, `site` or `rating`",
            Self::Csv => "a first line that names titles and another column",
            Self::ModelCard => "YAML with fields of a card before the text",
            Self::Markdown => "lists, tables or headings with links",
            Self::Tei => "the element `TEI`",
            Self::Jats => "the element `article`",
            Self::ArxivHtml => "the classes of LaTeXML",
            Self::Pdf => "the mark `%PDF-`",
            Self::Latex => "`\\documentclass`, or an archive of files",
            Self::Text => "a heading \"Abstract\" or \"Introduction\"",
            Self::Jsonl => "JSON of no other format",
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
