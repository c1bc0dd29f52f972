//! Content negotiation: matches `Accept` with its q values (RFC 9110, 12.5.1) against the formats on offer.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use oxigraph::io::RdfFormat;
use oxigraph::sparql::results::QueryResultsFormat;

/// A format on offer, with its media types; the preferred media type comes first.
#[derive(Debug, Clone, Copy)]
pub(super) struct FormatOffer<T> {
    pub value: T,
    pub types: &'static [&'static str],
}

/// The formats of SELECT and ASK, the preferred first.
pub(super) const ROWS: [FormatOffer<QueryResultsFormat>; 4] = [
    FormatOffer { value: QueryResultsFormat::Json, types: &["application/sparql-results+json", "application/json"] },
    FormatOffer { value: QueryResultsFormat::Xml, types: &["application/sparql-results+xml", "application/xml"] },
    FormatOffer { value: QueryResultsFormat::Csv, types: &["text/csv"] },
    FormatOffer { value: QueryResultsFormat::Tsv, types: &["text/tab-separated-values"] },
];

/// The formats of CONSTRUCT, DESCRIBE, nodes and graphs, the preferred first.
pub(super) fn triple_offers() -> [FormatOffer<RdfFormat>; 6] {
    let json_ld = RdfFormat::from_extension("jsonld").unwrap_or(RdfFormat::Turtle);
    [
        FormatOffer { value: RdfFormat::Turtle, types: &["text/turtle", "application/x-turtle"] },
        FormatOffer { value: RdfFormat::NTriples, types: &["application/n-triples"] },
        FormatOffer { value: RdfFormat::RdfXml, types: &["application/rdf+xml", "application/xml"] },
        FormatOffer { value: json_ld, types: &["application/ld+json", "application/json"] },
        FormatOffer { value: RdfFormat::TriG, types: &["application/trig"] },
        FormatOffer { value: RdfFormat::NQuads, types: &["application/n-quads"] },
    ]
}

/// The format that a short name means, as in `format=csv` or `coco.ttl`.
pub(super) fn rows_named(name: &str) -> Option<FormatOffer<QueryResultsFormat>> {
    ROWS.into_iter().find(|offer| name == rows_name(offer.value))
}

pub(super) fn rows_name(format: QueryResultsFormat) -> &'static str {
    match format {
        QueryResultsFormat::Xml => "xml",
        QueryResultsFormat::Csv => "csv",
        QueryResultsFormat::Tsv => "tsv",
        _ => "json",
    }
}

pub(super) fn triples_named(name: &str) -> Option<FormatOffer<RdfFormat>> {
    triple_offers().into_iter().find(|offer| name == offer.value.file_extension())
}

/// The media type with its character encoding, if it has none yet.
pub(super) fn content_type(media: &str) -> String {
    if media.starts_with("text/") { format!("{media}; charset=utf-8") } else { media.to_string() }
}

/// The offer that the request prefers, with the media type it asked for; `None` if it accepts none. Among equal
/// ratings, an exact media type wins over a wildcard, then the earlier offer wins.
pub(super) fn preferred_offer<T: Copy>(headers: &HeaderMap, offers: &[FormatOffer<T>]) -> Option<(T, &'static str)> {
    let ranges = ranges(headers);
    let mut best: Option<(MediaQuality, (T, &'static str))> = None;
    for offer in offers {
        // A wildcard matches only the first media type of an offer. The others must be requested by name.
        let rated = offer.types.iter().enumerate().map(|(i, media)| (rate(&ranges, media), i, *media));
        let rated = rated.filter(|((_, precision), i, _)| *i == 0 || *precision == PRECISE);
        let Some((rating, _, media)) = rated.reduce(|a, b| if b.0 > a.0 { b } else { a }) else { continue };
        if rating.0 > 0 && best.is_none_or(|(other, _)| rating > other) {
            best = Some((rating, (offer.value, media)));
        }
    }
    best.map(|(_, chosen)| chosen)
}

/// One element of `Accept`.
#[derive(Debug, PartialEq, Eq)]
struct AcceptRange {
    main: String,
    sub: String,
    /// The q value, in thousandths.
    quality: u16,
}

/// The ranges that the request accepts; everything if the header is missing.
fn ranges(headers: &HeaderMap) -> Vec<AcceptRange> {
    let mut ranges = Vec::new();
    for value in headers.get_all(ACCEPT) {
        ranges.extend(value.to_str().unwrap_or_default().split(',').filter_map(range));
    }
    if ranges.is_empty() {
        ranges.push(AcceptRange { main: "*".into(), sub: "*".into(), quality: 1000 });
    }
    ranges
}

fn range(text: &str) -> Option<AcceptRange> {
    let mut parts = text.split(';').map(str::trim);
    let (main, sub) = parts.next()?.split_once('/')?;
    let quality = parts
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
        .map_or(Some(1.0), |(_, q)| q.trim().parse::<f32>().ok())?;
    let quality = (quality.clamp(0.0, 1.0) * 1000.0).round() as u16;
    Some(AcceptRange { main: main.trim().to_lowercase(), sub: sub.trim().to_lowercase(), quality })
}

/// The quality that a request gives a media type, and the precision of the matching range.
type MediaQuality = (u16, u8);

/// The precision of a range that names a media type completely.
const PRECISE: u8 = 2;

/// The quality that the most precise matching range gives a media type, with the precision of that range.
fn rate(ranges: &[AcceptRange], media: &str) -> MediaQuality {
    let Some((main, sub)) = media.split_once('/') else { return (0, 0) };
    let mut best: Option<(u8, u16)> = None;
    for range in ranges {
        let precision = match (range.main.as_str(), range.sub.as_str()) {
            (m, s) if m == main && s == sub => PRECISE,
            (m, "*") if m == main => 1,
            ("*", "*") => 0,
            _ => continue,
        };
        if best.is_none_or(|(other, _)| precision > other) {
            best = Some((precision, range.quality));
        }
    }
    best.map_or((0, 0), |(precision, quality)| (quality, precision))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn rows(accept: &str) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_str(accept).unwrap());
        preferred_offer(&headers, &ROWS).map(|(_, media)| media)
    }

    #[test]
    fn who_does_not_say_gets_the_first() {
        assert_eq!(preferred_offer(&HeaderMap::new(), &ROWS).unwrap().1, "application/sparql-results+json");
        assert_eq!(rows("*/*"), Some("application/sparql-results+json"));
    }

    #[test]
    fn the_highest_quality_wins_and_then_the_more_precise() {
        assert_eq!(
            rows("text/csv;q=0.5, application/sparql-results+xml;q=0.9"),
            Some("application/sparql-results+xml")
        );
        assert_eq!(rows("*/*, text/tab-separated-values"), Some("text/tab-separated-values"));
        assert_eq!(rows("text/*;q=0.3, */*;q=0.1"), Some("text/csv"));
        assert_eq!(rows("application/json"), Some("application/json"));
        assert_eq!(rows("TEXT/CSV ; charset=utf-8 ; Q=1"), Some("text/csv"));
    }

    #[test]
    fn quality_zero_refuses_and_the_precise_range_overrules() {
        assert_eq!(rows("text/html"), None);
        assert_eq!(rows("*/*;q=0"), None);
        assert_eq!(rows("application/sparql-results+json;q=0, */*;q=0.5"), Some("application/sparql-results+xml"));
        assert_eq!(rows("text/csv;q=0, text/*"), Some("text/tab-separated-values"));
    }

    #[test]
    fn a_browser_gets_the_page() {
        let mut headers = HeaderMap::new();
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        headers.insert(ACCEPT, HeaderValue::from_static(browser));
        let offers = [
            FormatOffer { value: 1, types: &["application/rdf+xml", "application/xml"] },
            FormatOffer { value: 2, types: &["text/html"] },
        ];
        assert_eq!(preferred_offer(&headers, &offers), Some((2, "text/html")));
    }

    proptest::proptest! {
        #[test]
        fn any_accept_is_read(accept in "[ -~]{0,80}") {
            let _ = rows(&accept);
        }
    }
}
