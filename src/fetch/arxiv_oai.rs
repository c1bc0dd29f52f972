//! The records of arXiv by OAI-PMH, arXiv's interface for bulk access: lists of a set, by the day on which a record
//! last changed, in pages that are chained by tokens.
//!
//! A long period is requested month by month, so that an expired token costs at most its month. A record of a past
//! month that changes later appears in a later month.

use jiff::ToSpan;
use jiff::civil::Date;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event as Xml;
use quick_xml::{Reader, XmlVersion};
use url::Url;

use super::arxiv::months;
use super::state::{FetchPiece, FetchedPart};
use super::{BadAnswer, FetchError, FetchEvent, FetchedCounts, Fetcher};

/// Address of the repository.
pub(crate) const BASE: &str = "https://oaipmh.arxiv.org/oai";
/// Days after which a month is complete.
const SETTLED: i64 = 2;

/// What to fetch: records of a set that last changed in this period.
#[derive(Debug, Clone)]
pub(crate) struct OaiQuery {
    /// `cs`, `cs:cs:CL`; `None` for all of arXiv.
    pub set: Option<String>,
    pub since: Date,
    pub until: Date,
    pub form: MetadataFormat,
}

/// The metadata format of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MetadataFormat {
    /// With authors' names split into parts.
    Arxiv,
    /// With all versions, and with the authors on one line.
    ArxivRaw,
}

impl MetadataFormat {
    /// The name of the format in the protocol.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Arxiv => "arXiv",
            Self::ArxivRaw => "arXivRaw",
        }
    }
}

/// Fetches what earlier runs have not fetched.
pub(crate) fn fetch(fetcher: &mut Fetcher<'_>, wanted: &OaiQuery) -> Result<FetchedCounts, FetchError> {
    let mut fetched = FetchedCounts::default();
    for (since, until) in months(wanted.since, wanted.until.min(fetcher.today)) {
        let name = name(wanted, since);
        let mut piece = fetcher.state.piece(&name, since, until, 0);
        if piece.done == FetchedPart::ForGood {
            (fetcher.watch)(FetchEvent::Known { what: &name });
            continue;
        }
        list(fetcher, wanted, &name, &mut piece, &mut fetched)?;
        let settled = until.saturating_add(SETTLED.days()) < fetcher.today && until == since.last_of_month();
        piece.done = if settled { FetchedPart::ForGood } else { FetchedPart::ForNow };
        fetcher.state.put(&name, piece)?;
    }
    Ok(fetched)
}

fn name(wanted: &OaiQuery, month: Date) -> String {
    let raw = if wanted.form == MetadataFormat::ArxivRaw { "raw-" } else { "" };
    let set = wanted.set.as_deref().unwrap_or("all").replace(':', ".");
    format!("arxiv-oai-{raw}{set}-{}", month.strftime("%Y-%m"))
}

fn file(name: &str, page: u32) -> String {
    format!("{name}-{page:03}.xml")
}

/// Fetches the missing pages of one list.
fn list(
    fetcher: &mut Fetcher<'_>,
    wanted: &OaiQuery,
    name: &str,
    piece: &mut FetchPiece,
    fetched: &mut FetchedCounts,
) -> Result<(), FetchError> {
    let mut token = last_token(fetcher, name, piece);
    if token.is_none() {
        (piece.pages, piece.papers) = (0, 0);
    }
    let mut expired = false;
    loop {
        let url = question(&fetcher.base, wanted, piece, token.as_deref());
        let (bytes, page) = match fetcher.answer(&url, |bytes| usable(bytes, token.as_deref())) {
            Ok(answer) => answer,
            Err(error) if refused(&error, "noRecordsMatch") => break,
            // A token is valid for a day or so. The list is requested again from its beginning, and its files are
            // overwritten.
            Err(error) if refused(&error, "badResumptionToken") && token.is_some() && !expired => {
                (fetcher.watch)(FetchEvent::Again {
                    why: "the token has expired; the month is requested again from its beginning",
                });
                expired = true;
                token = None;
                (piece.pages, piece.papers) = (0, 0);
                continue;
            }
            Err(error) => return Err(error),
        };
        let file = file(name, piece.pages);
        fetcher.write(&file, &bytes)?;
        piece.pages += 1;
        piece.papers += page.records;
        fetched.files += 1;
        fetched.papers += page.records;
        (fetcher.watch)(FetchEvent::Wrote { file: &file, papers: piece.papers, of: page.total });
        token = page.token;
        if token.is_none() {
            break;
        }
        fetcher.state.put(name, *piece)?;
    }
    // Removes the rest of a list that was longer when it was requested before.
    let mut after = piece.pages;
    while std::fs::remove_file(fetcher.folder.join(self::file(name, after))).is_ok() {
        after += 1;
    }
    Ok(())
}

/// The token at the end of the last stored page.
fn last_token(fetcher: &Fetcher<'_>, name: &str, piece: &FetchPiece) -> Option<String> {
    let path = fetcher.folder.join(file(name, piece.pages.checked_sub(1)?));
    usable(&std::fs::read(path).ok()?, None).ok()?.token
}

/// The token includes dates and set.
fn question(base: &Url, wanted: &OaiQuery, piece: &FetchPiece, token: Option<&str>) -> Url {
    let mut url = base.clone();
    let mut pairs = url.query_pairs_mut();
    pairs.append_pair("verb", "ListRecords");
    match token {
        Some(token) => {
            pairs.append_pair("resumptionToken", token);
        }
        None => {
            pairs.append_pair("metadataPrefix", wanted.form.as_str());
            pairs.append_pair("from", &piece.since.to_string()).append_pair("until", &piece.until.to_string());
            pairs.extend_pairs(wanted.set.iter().map(|set| ("set", set)));
        }
    }
    drop(pairs);
    url
}

/// The content of a page.
#[derive(Debug, Default, PartialEq, Eq)]
struct ListPage {
    records: u64,
    /// The token for the next page.
    token: Option<String>,
    /// Number of records of the whole list.
    total: Option<u64>,
}

/// Reads the answer to a request with the token `before`.
fn usable(bytes: &[u8], before: Option<&str>) -> Result<ListPage, BadAnswer> {
    let text = std::str::from_utf8(bytes).map_err(|_| BadAnswer::Passing("its answer is not UTF-8".into()))?;
    let mut reader = Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let mut page = ListPage::default();
    let (mut token, mut error, mut code) = (String::new(), String::new(), None);
    let mut closed = false;
    loop {
        let event = reader.read_event().map_err(|e| BadAnswer::Passing(format!("its answer is not XML: {e}")))?;
        match event {
            Xml::Start(tag) | Xml::Empty(tag) if path.is_empty() && tag.local_name().as_ref() != "OAI-PMH" => {
                return Err(BadAnswer::Passing("its answer is not OAI-PMH".into()));
            }
            Xml::Start(tag) => {
                let attribute = |name: &str| tag.try_get_attribute(name).ok().flatten().map(|a| a.value.to_string());
                match tag.local_name().as_ref() {
                    "error" => code = attribute("code"),
                    "resumptionToken" => page.total = attribute("completeListSize").and_then(|n| n.parse().ok()),
                    _ => {}
                }
                path.push(tag.local_name().as_ref().to_string());
            }
            Xml::End(_) => {
                page.records += u64::from(path.pop().as_deref() == Some("record"));
                closed |= path.is_empty();
            }
            Xml::Text(content) => match path.last().map(String::as_str) {
                Some("resumptionToken") => token.push_str(&content.xml_content(XmlVersion::Implicit1_0)),
                Some("error") => error.push_str(&content.xml_content(XmlVersion::Implicit1_0)),
                _ => {}
            },
            Xml::GeneralRef(reference) if path.last().is_some_and(|name| name == "resumptionToken") => {
                match (reference.resolve_char_ref(), resolve_predefined_entity(&reference)) {
                    (Ok(Some(letter)), _) => token.push(letter),
                    (_, Some(text)) => token.push_str(text),
                    _ => return Err(BadAnswer::Passing("its token cannot be read".into())),
                }
            }
            Xml::Eof => break,
            _ => {}
        }
    }
    if !closed {
        return Err(BadAnswer::Passing("its answer is not a complete list".into()));
    }
    if let Some(code) = code {
        return Err(BadAnswer::Final(format!("{code}: {}", error.trim())));
    }
    page.token = Some(token.trim().to_string()).filter(|token| !token.is_empty());
    if page.records == 0 {
        return Err(BadAnswer::Passing("it sends a list without records".into()));
    }
    if page.token.is_some() && page.token.as_deref() == before {
        return Err(BadAnswer::Passing("it repeats the token of the request".into()));
    }
    Ok(page)
}

/// Whether the repository refuses with this error code of the protocol.
fn refused(error: &FetchError, code: &str) -> bool {
    matches!(error, FetchError::Refused { why } if why.strip_prefix(code).is_some_and(|rest| rest.starts_with(':')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(inner: &str) -> String {
        let text = format!("<OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\">{inner}</OAI-PMH>");
        match usable(text.as_bytes(), Some("same")) {
            Ok(ListPage { records, token, total }) => format!("{records} {token:?} {total:?}"),
            Err(BadAnswer::Passing(why)) => format!("passing: {why}"),
            Err(BadAnswer::Final(why)) => format!("final: {why}"),
        }
    }

    #[test]
    fn pages_are_distinguished_from_errors() {
        let record = "<record><header/></record>";
        for (inner, wanted) in [
            (
                format!(
                    "<ListRecords>{record}{record}<resumptionToken cursor=\"0\" completeListSize=\"9\"> a|1&amp;b&#124; </resumptionToken></ListRecords>"
                ),
                "2 Some(\"a|1&b|\") Some(9)",
            ),
            (format!("<ListRecords>{record}<resumptionToken/></ListRecords>"), "1 None None"),
            (format!("<ListRecords>{record}</ListRecords>"), "1 None None"),
            (
                format!("<ListRecords>{record}<resumptionToken>same</resumptionToken></ListRecords>"),
                "passing: it repeats the token of the request",
            ),
            ("<ListRecords></ListRecords>".to_string(), "passing: it sends a list without records"),
            ("<error code=\"noRecordsMatch\">none</error>".to_string(), "final: noRecordsMatch: none"),
            ("<ListRecords><record>".to_string(), "passing: its answer is not XML"),
        ] {
            assert!(page(&inner).starts_with(wanted), "{inner}: {}", page(&inner));
        }
        assert!(matches!(usable(b"<html></html>", None), Err(BadAnswer::Passing(_))));
        assert!(matches!(usable(b"<OAI-PMH><ListRecords>", None), Err(BadAnswer::Passing(_))));
        assert!(matches!(usable(b"", None), Err(BadAnswer::Passing(_))));
    }
}
