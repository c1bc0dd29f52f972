//! The daily papers of Hugging Face: JSON, one request per day.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::de::IgnoredAny;

use super::state::FetchedPart;
use super::{BadAnswer, FetchError, FetchEvent, FetchedCounts, Fetcher};

/// Address of the API.
pub(crate) const BASE: &str = "https://huggingface.co/api/daily_papers";
/// Number of papers per answer: the maximum of the service.
const PAGE: u32 = 100;
/// Days after which a list is complete.
const SETTLED: i64 = 2;

/// Fetches the lists of these days that earlier runs have not fetched.
pub(crate) fn fetch(fetcher: &mut Fetcher<'_>, since: Date, until: Date) -> Result<FetchedCounts, FetchError> {
    let mut fetched = FetchedCounts::default();
    let until = until.min(fetcher.today);
    for day in since.series(1.day()).take_while(|day| *day <= until) {
        let name = format!("hf-daily-{day}");
        let mut piece = fetcher.state.piece(&name, day, day, PAGE);
        if piece.done == FetchedPart::ForGood {
            (fetcher.watch)(FetchEvent::Known { what: &name });
            continue;
        }
        loop {
            let mut url = fetcher.base.clone();
            url.query_pairs_mut()
                .append_pair("date", &day.to_string())
                .append_pair("limit", &PAGE.to_string())
                .append_pair("p", &piece.pages.to_string());
            let (bytes, papers) = fetcher.answer(&url, list)?;
            // An empty list, as on a Sunday, is not written to a file; nor is the page after the last.
            if papers == 0 {
                break;
            }
            let file = match piece.pages {
                0 => format!("{name}.json"),
                page => format!("{name}-{page}.json"),
            };
            fetcher.write(&file, &bytes)?;
            piece.pages += 1;
            piece.papers += papers;
            fetched.files += 1;
            fetched.papers += papers;
            (fetcher.watch)(FetchEvent::Wrote { file: &file, papers: piece.papers, of: None });
            if papers < u64::from(PAGE) {
                break;
            }
            fetcher.state.put(&name, piece)?;
        }
        let settled = day.saturating_add(SETTLED.days()) < fetcher.today;
        piece.done = if settled { FetchedPart::ForGood } else { FetchedPart::ForNow };
        fetcher.state.put(&name, piece)?;
    }
    Ok(fetched)
}

/// Number of papers in a list.
fn list(bytes: &[u8]) -> Result<u64, BadAnswer> {
    if let Ok(papers) = serde_json::from_slice::<Vec<IgnoredAny>>(bytes) {
        return Ok(papers.len() as u64);
    }
    match serde_json::from_slice::<serde_json::Value>(bytes) {
        Ok(value) => match value.get("error").and_then(|error| error.as_str()) {
            Some(error) => Err(BadAnswer::Final(error.to_string())),
            None => Err(BadAnswer::Passing("its answer is not a list of papers".into())),
        },
        Err(error) => Err(BadAnswer::Passing(format!("its answer is not JSON: {error}"))),
    }
}
