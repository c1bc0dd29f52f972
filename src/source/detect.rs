//! Detects the format of an input from its beginning, never from its name.

use super::json::RecordOutline;
use super::{
    Format, acl, arxiv, bibtex, cff, crossref, csl, csv, daily_papers, datacite, enw, hf_daily, jats, jsonl, latex,
    latexml, markdown, model_card, nbib, openalex, openreview, papercopilot, pwc, ris, semantic_scholar, text, wos,
    zotero,
};

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
        None => {
            let all = Format::names().join(", ");
            format!("is in no format that kg knows ({all}); if it is one of them, say which with --from")
        }
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
