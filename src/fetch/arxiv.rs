//! The arXiv API: Atom feeds, in pages.
//!
//! A long period is requested month by month, because the service returns at most 30,000 results per query. Within a
//! month, results are ordered from the oldest to the newest, so that pages stay the same while papers are added. Papers
//! appear days after the date under which they are filed, so a month is complete only when it has been over for a while.
//!
//! The service sometimes answers with an empty feed although there are results. Such an answer is rejected.

use jiff::ToSpan;
use jiff::civil::Date;
use quick_xml::events::Event as Xml;
use quick_xml::{Reader, XmlVersion};
use url::Url;

use super::state::FetchedPart;
use super::{BadAnswer, FetchError, FetchEvent, FetchedCounts, Fetcher};
use crate::text::counted;

/// Address of the API.
pub(crate) const BASE: &str = "https://export.arxiv.org/api/query";
/// Number of results per answer. The service recommends slices of at most 2,000.
pub(crate) const PAGE: u32 = 500;
/// Days after which a month is complete: weekends, holidays and moderation delay papers.
const SETTLED: i64 = 14;

/// What to fetch: papers of a category that were first submitted in this period.
#[derive(Debug, Clone)]
pub(crate) struct ArxivQuery {
    pub category: String,
    pub since: Date,
    pub until: Date,
    pub page_size: u32,
}

/// Fetches what earlier runs have not fetched.
pub(crate) fn fetch(fetcher: &mut Fetcher<'_>, wanted: &ArxivQuery) -> Result<FetchedCounts, FetchError> {
    let mut fetched = FetchedCounts::default();
    for (since, until) in months(wanted.since, wanted.until.min(fetcher.today)) {
        let month = since.strftime("%Y-%m").to_string();
        let name = format!("arxiv-{}-{month}", wanted.category);
        let mut piece = fetcher.state.piece(&name, since, until, wanted.page_size);
        if piece.done == FetchedPart::ForGood {
            (fetcher.watch)(FetchEvent::Known { what: &name });
            continue;
        }
        loop {
            let start = u64::from(piece.pages) * u64::from(wanted.page_size);
            let url = question(&fetcher.base, wanted, since, until, start);
            let size = u64::from(wanted.page_size);
            let (bytes, feed) = fetcher.answer(&url, |bytes| usable(bytes, start, size))?;
            if feed.entries > 0 {
                let file = format!("{name}-{:03}.xml", piece.pages);
                fetcher.write(&file, &bytes)?;
                piece.pages += 1;
                piece.papers += feed.entries;
                fetched.files += 1;
                fetched.papers += feed.entries;
                (fetcher.watch)(FetchEvent::Wrote { file: &file, papers: piece.papers, of: Some(feed.total) });
            }
            if start + size >= feed.total {
                break;
            }
            fetcher.state.put(&name, piece)?;
        }
        let settled = until.saturating_add(SETTLED.days()) < fetcher.today && until == since.last_of_month();
        piece.done = if settled { FetchedPart::ForGood } else { FetchedPart::ForNow };
        fetcher.state.put(&name, piece)?;
    }
    Ok(fetched)
}

/// The months of a period. The first and the last are cut to the period.
pub(super) fn months(since: Date, until: Date) -> Vec<(Date, Date)> {
    let mut months = Vec::new();
    let mut from = since;
    while from <= until {
        let last = from.last_of_month();
        months.push((from, last.min(until)));
        match last.tomorrow() {
            Ok(next) => from = next,
            Err(_) => break,
        }
    }
    months
}

fn question(base: &Url, wanted: &ArxivQuery, since: Date, until: Date, start: u64) -> Url {
    let mut url = base.clone();
    let (since, until) = (since.strftime("%Y%m%d0000"), until.strftime("%Y%m%d2359"));
    url.query_pairs_mut()
        .append_pair("search_query", &format!("cat:{} AND submittedDate:[{since} TO {until}]", wanted.category))
        .append_pair("start", &start.to_string())
        .append_pair("max_results", &wanted.page_size.to_string())
        .append_pair("sortBy", "submittedDate")
        .append_pair("sortOrder", "ascending");
    url
}

/// The counts of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FeedCounts {
    /// Number of results of the query, on all pages.
    total: u64,
    /// Number of papers on this page.
    entries: u64,
}

/// Reads a page that begins at `start`, and checks that it has all the papers that it must have.
fn usable(bytes: &[u8], start: u64, size: u64) -> Result<FeedCounts, BadAnswer> {
    let feed = feed(bytes)?;
    let expected = feed.total.saturating_sub(start).min(size);
    if feed.entries < expected {
        let what = if feed.entries == 0 { "an empty page".to_string() } else { counted(feed.entries, "paper") };
        let there_are = if expected == 1 { "there is" } else { "there are" };
        return Err(BadAnswer::Passing(format!("it sends {what} where {there_are} {}", counted(expected, "paper"))));
    }
    Ok(feed)
}

/// Counts the entries of an Atom feed. The feed must be complete to its last tag.
fn feed(bytes: &[u8]) -> Result<FeedCounts, BadAnswer> {
    let text = std::str::from_utf8(bytes).map_err(|_| BadAnswer::Passing("its answer is not UTF-8".into()))?;
    let mut reader = Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let (mut total, mut entries, mut closed) = (None, 0, false);
    let (mut id, mut summary) = (String::new(), String::new());
    loop {
        let event = reader.read_event().map_err(|e| BadAnswer::Passing(format!("its answer is not XML: {e}")))?;
        match event {
            Xml::Start(tag) => path.push(tag.local_name().as_ref().to_string()),
            Xml::End(_) => {
                if path.pop().as_deref() == Some("entry") {
                    entries += 1;
                }
                closed |= path.is_empty();
            }
            Xml::Text(content) => {
                let content = content.xml_content(XmlVersion::Implicit1_0);
                match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                    ["feed", "totalResults"] => total = content.trim().parse().ok(),
                    ["feed", "entry", "id"] if entries == 0 => id.push_str(&content),
                    ["feed", "entry", "summary"] if entries == 0 => summary.push_str(&content),
                    _ => {}
                }
            }
            Xml::Eof => break,
            _ => {}
        }
    }
    if id.contains("/api/errors") {
        return Err(BadAnswer::Final(summary.trim().to_string()));
    }
    match total {
        Some(total) if closed => Ok(FeedCounts { total, entries }),
        _ => Err(BadAnswer::Passing("its answer is not a complete feed".into())),
    }
}
