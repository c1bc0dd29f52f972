//! Telling the format of an input by its beginning, never by its name.

use super::json::Outline;
use super::{
    Format, arxiv, bibtex, crossref, csl, daily_papers, hf_daily, markdown, openalex, pwc, ris, semantic_scholar, text,
};

pub(super) fn detect(head: &[u8], outline: &Outline) -> Result<Format, String> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let Some(first) = head.iter().find(|b| !b.is_ascii_whitespace()) else {
        return Err("is empty".to_string());
    };
    if head.contains(&0) {
        return Err("is a binary file, not text".to_string());
    }
    let start = String::from_utf8_lossy(head);
    let found = match first {
        b'{' => Some(json(outline).unwrap_or(Format::Jsonl)),
        b'[' => json(outline).or_else(|| markup(&start)),
        b'<' => xml(&start).or_else(|| markup(&start)),
        _ => markup(&start),
    };
    found.ok_or_else(|| {
        let all = Format::names().join(", ");
        format!("is in no format that kg knows ({all}); if it is one of them, say which with --from")
    })
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
    if crossref::looks_like(outline) {
        return Some(Format::Crossref);
    }
    csl::looks_like(outline).then_some(Format::CslJson)
}

/// By the first element.
fn xml(start: &str) -> Option<Format> {
    let mut rest = start;
    let name = loop {
        let (_, tag) = rest.split_once('<')?;
        let (skip, end) = match tag {
            tag if tag.starts_with("!--") => (true, "-->"),
            tag if tag.starts_with(['?', '!']) => (true, ">"),
            _ => (false, ">"),
        };
        if !skip {
            let name = tag.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next()?;
            break name.rsplit(':').next()?;
        }
        rest = tag.split_once(end)?.1;
    };
    match name {
        "collection" | "volume" => Some(Format::AclAnthology),
        "feed" | "entry" => Some(Format::ArxivAtom),
        "OAI-PMH" | "ListRecords" | "GetRecord" => Some(Format::ArxivOai),
        "TEI" | "teiCorpus" => Some(Format::Tei),
        // Records alone, as harvesters write them one behind the other.
        "record" => Some(Format::ArxivOai),
        _ => None,
    }
}

fn markup(start: &str) -> Option<Format> {
    if ris::looks_like(start) {
        return Some(Format::Ris);
    }
    if daily_papers::looks_like(start) {
        return Some(Format::DailyPapers);
    }
    if bibtex::looks_like(start) {
        return Some(Format::Bibtex);
    }
    // A paper as Markdown may end in a list of links, too; a list of papers has no abstract of its own.
    if text::looks_like(start) {
        return Some(Format::Text);
    }
    markdown::looks_like(start).then_some(Format::Markdown)
}
