//! Telling the format of an input by its beginning, never by its name.

use super::json::Outline;
use super::{
    Format, acl, arxiv, bibtex, cff, crossref, csl, csv, daily_papers, datacite, hf_daily, jats, jsonl, latex, latexml,
    markdown, nbib, openalex, pwc, ris, semantic_scholar, text, zotero,
};

pub(super) fn detect(head: &[u8], outline: &Outline) -> Result<Format, String> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let Some(first) = head.iter().find(|b| !b.is_ascii_whitespace()) else {
        return Err("is empty".to_string());
    };
    if is_binary(head) {
        return Err("is a binary file, not text".to_string());
    }
    let start = String::from_utf8_lossy(head);
    let found = match first {
        b'{' => Some(json(outline).unwrap_or(Format::Jsonl)),
        b'[' => {
            json(outline).or_else(|| markup(&start)).or_else(|| jsonl::looks_like(outline).then_some(Format::Jsonl))
        }
        b'<' => xml(&start)?.or_else(|| markup(&start)),
        _ => markup(&start),
    };
    found.ok_or_else(|| {
        let all = Format::names().join(", ");
        format!("is in no format that kg knows ({all}); if it is one of them, say which with --from")
    })
}

/// Whether it is no text. Programs that take text out of PDFs write a NUL for some signs of formulas.
fn is_binary(head: &[u8]) -> bool {
    let nuls = memchr::memchr_iter(0, head).count();
    let is_utf8 = std::str::from_utf8(head).map_or_else(|e| e.error_len().is_none(), |_| true);
    nuls > 0 && (!is_utf8 || nuls * 20 > head.len())
}

fn json(outline: &Outline) -> Option<Format> {
    if hf_daily::looks_like(outline) {
        return Some(Format::HfDaily);
    }
    if arxiv::is_snapshot(outline) {
        return Some(Format::ArxivJson);
    }
    if let Some(dump) = pwc::detect(outline) {
        return Some(dump);
    }
    if semantic_scholar::is_s2orc(outline) {
        return Some(Format::S2orc);
    }
    if semantic_scholar::is_paper(outline) {
        return Some(Format::SemanticScholar);
    }
    if openalex::looks_like(outline) {
        return Some(Format::Openalex);
    }
    if zotero::looks_like(outline) {
        return Some(Format::Zotero);
    }
    if datacite::looks_like(outline) {
        return Some(Format::Datacite);
    }
    if crossref::looks_like(outline) {
        return Some(Format::Crossref);
    }
    csl::looks_like(outline).then_some(Format::CslJson)
}

/// By the first element.
///
/// # Errors
/// If it is a feed of others, or another program's XML under a name that a known format has, too.
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
        // Records alone, as harvesters write them one behind the other.
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

/// The format of a whole paper in a file that is no text: a PDF, or an archive of LaTeX files.
pub(super) fn whole_paper(head: &[u8]) -> Option<Format> {
    if head.get(..1024).unwrap_or(head).windows(5).any(|part| part == b"%PDF-") {
        return Some(Format::Pdf);
    }
    (head.get(257..262) == Some(b"ustar")).then_some(Format::Latex)
}

fn markup(start: &str) -> Option<Format> {
    if latex::begins_document(start) {
        return Some(Format::Latex);
    }
    if ris::looks_like(start) {
        return Some(Format::Ris);
    }
    if nbib::looks_like(start) {
        return Some(Format::Nbib);
    }
    if cff::looks_like(start) {
        return Some(Format::CitationCff);
    }
    if csv::looks_like(start) {
        return Some(Format::Csv);
    }
    if daily_papers::looks_like(start) {
        return Some(Format::DailyPapers);
    }
    let entries = Entries::of(start);
    let has_list = markdown::looks_like(start);
    if entries.outside > 0 && (!has_list || entries.outside >= markdown::items_in(start)) {
        return Some(Format::Bibtex);
    }
    // A paper as Markdown may end in a list of links, too; a list of papers has no abstract of its own.
    if text::looks_like(start) {
        return Some(Format::Text);
    }
    if has_list {
        return Some(Format::Markdown);
    }
    (entries.inside > 0).then_some(Format::Bibtex)
}

/// How many entries of BibTeX a text has. Lists of papers have some in blocks of code.
struct Entries {
    outside: usize,
    inside: usize,
}

impl Entries {
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
