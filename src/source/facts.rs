//! Parses what records of all formats state in their own spellings: dates, names, identifiers, links.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::place::SkippedRecord;
use crate::document::{Document, Section};
use crate::extract::{LinkTarget, classify_url};
use crate::paper::{DeclaredRepository, Paper, PaperId, PartialDate, arxiv_id, doi};
use crate::text::single_spaced;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A paper with this title; runs of white space, with which sources break lines, become one space.
pub(super) fn titled(title: &str) -> Result<Paper, SkippedRecord> {
    let title = single_spaced(title);
    if title.is_empty() { Err(SkippedRecord::untitled()) } else { Ok(Paper::titled(title)) }
}

/// The paper of a whole text. The reader adds identifiers, date and venue. Captions of tables and figures become
/// sections without a heading, so that the names in them are found like those of the text.
pub(super) fn whole_paper(document: Document) -> Result<Paper, SkippedRecord> {
    let Document { title, abstract_text, sections, parts } = document;
    let mut paper = titled(&title)?;
    paper.abstract_text = abstract_text;
    set_authors(&mut paper, parts.authors.iter().map(|author| author.name.clone()).collect());
    let tables = parts.tables.iter().map(|table| (&table.label, &table.caption, &table.location));
    let figures = parts.figures.iter().map(|figure| (&figure.label, &figure.caption, &figure.location));
    let captions = tables.chain(figures).map(|(label, caption, location)| {
        let text = if caption.is_empty() || label.is_empty() { caption.clone() } else { format!("{label}: {caption}") };
        Section { text, location: location.clone(), ..Section::default() }
    });
    let captions: Vec<Section> = captions.collect();
    paper.sections = sections.into_iter().chain(captions).filter(|section| !section.text.is_empty()).collect();
    paper.document = (!parts.is_empty()).then(|| Box::new(parts));
    Ok(paper)
}

/// The number of a month from its English name, its first three letters, or the number itself.
pub(super) fn month(word: &str) -> Option<u8> {
    let word = word.trim_end_matches('.').to_lowercase();
    let is = |month: &str| {
        month == word || month.get(..3) == Some(word.as_str()) || (word == "sept" && month == "september")
    };
    match MONTHS.iter().position(|month| is(month)) {
        Some(i) => u8::try_from(i + 1).ok(),
        None => word.parse().ok().filter(|n| (1..=12).contains(n)),
    }
}

/// A date in the spelling of dumps and people: `2024-07-10`, `2024-07-10T12:00:00Z`, `2024/07/10/`, `2024-07`, `2024`,
/// `Mon, 2 Apr 2007 19:18:42 GMT`, `December 2025`, `May 5, 2025`, `12/2025`. Anything after the part that can be
/// parsed is ignored.
pub(super) fn date(text: &str) -> Option<PartialDate> {
    let text = text.trim();
    date_of_mail(text).or_else(|| date_of_numbers(text)).or_else(|| date_of_words(text))
}

fn date_of_mail(text: &str) -> Option<PartialDate> {
    let (_, rest) = text.split_once(", ")?;
    let mut words = rest.split_whitespace();
    let (day, month, year) = (words.next()?, words.next()?, words.next()?);
    date_of(year.parse().ok()?, self::month(month), day.parse().ok())
}

fn date_of_numbers(text: &str) -> Option<PartialDate> {
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    let mut parts = day.split(['-', '/']).map(|part| part.parse::<u16>().ok());
    let year = parts.next()??;
    let mut small = || parts.next().flatten().and_then(|n| u8::try_from(n).ok());
    let (month, day) = (small(), small());
    date_of(year, month, day)
}

/// A date as people write it: a year, with a month in words or before it, and perhaps a day. Longer texts are not
/// dates.
fn date_of_words(text: &str) -> Option<PartialDate> {
    const LONGEST: usize = 40;
    if text.len() > LONGEST {
        return None;
    }
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_number = |word: &&str| word.bytes().all(|b| b.is_ascii_digit());
    let year = words.iter().find(|word| word.len() == 4 && is_number(word))?.parse().ok()?;
    let mut in_words = words.iter().filter(|word| word.starts_with(char::is_alphabetic) && word.len() > 2);
    let named = in_words.find_map(|word| month(word));
    let numbers: Vec<u8> =
        words.iter().filter(|word| word.len() < 3 && is_number(word)).filter_map(|word| word.parse().ok()).collect();
    match (named, numbers.as_slice()) {
        (Some(month), [day]) => date_of(year, Some(month), Some(*day)),
        (None, [month]) => date_of(year, Some(*month).filter(|month| (1..=12).contains(month)), None),
        // In `3/12/2025`, it is unclear which number is the month.
        (None, [day, month]) if text.contains('.') || *day > 12 => date_of(year, Some(*month), Some(*day)),
        (named, _) => date_of(year, named, None),
    }
}

/// Years that programs write for an unknown year.
const DEFAULT_YEARS: [u16; 4] = [1000, 1900, 1970, 2000];

/// Removes a date that is the default of a program: the first day of such a year, or the year alone, if the arXiv id or
/// the venue of the paper names another year.
pub(super) fn take_back_default_date(paper: &mut Paper) {
    static YEAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b((?:19|20)[0-9]{2})\b"));
    let Some(date) = paper.published.filter(|date| DEFAULT_YEARS.contains(&date.year())) else { return };
    let is_first = matches!((date.month(), date.day()), (None, _) | (Some(1), None | Some(1)));
    let ids = || std::iter::once(&paper.id).chain(&paper.identifiers);
    let of_arxiv = ids().find_map(PaperId::arxiv_month).map(PartialDate::year);
    let of_venue = || YEAR.captures(paper.venue.as_deref()?)?.get(1)?.as_str().parse().ok();
    if is_first && of_arxiv.or_else(of_venue).is_some_and(|year: u16| year != date.year()) {
        paper.published = None;
    }
}

/// The date with those of its parts that exist in the calendar.
pub(super) fn date_of(year: u16, month: Option<u8>, day: Option<u8>) -> Option<PartialDate> {
    let whole = month.and_then(|_| PartialDate::new(year, month, day));
    whole.or_else(|| PartialDate::new(year, month, None)).or_else(|| PartialDate::new(year, None, None))
}

/// `date-parts` of Crossref and CSL: `[[2020, 5, 3]]`, with the parts as numbers or text.
pub(super) fn date_parts(value: Option<&Value>) -> Option<PartialDate> {
    let parts = value?.get("date-parts")?.get(0)?.as_array()?;
    let number = |i: usize| {
        let part = parts.get(i)?;
        part.as_u64().or_else(|| part.as_str()?.trim().parse().ok())
    };
    let small = |i: usize| number(i).and_then(|n| u8::try_from(n).ok());
    date_of(u16::try_from(number(0)?).ok()?, small(1), small(2))
}

/// `Given Family` from the parts of a name, as far as they exist.
pub(super) fn name(given: Option<&str>, family: Option<&str>) -> Option<String> {
    let name = single_spaced(&[given.unwrap_or_default(), family.unwrap_or_default()].join(" "));
    (!name.is_empty()).then_some(name)
}

/// `Family, Given` as `Given Family`.
pub(super) fn spoken(name: &str) -> Option<String> {
    match name.split_once(',') {
        Some((family, given)) => self::name(Some(given.trim_start_matches(',')), Some(family)),
        None => self::name(None, Some(name)),
    }
}

/// Sets the authors and their number; an empty list states nothing. If "et al." replaces the others, their number is
/// unknown.
pub(super) fn set_authors(paper: &mut Paper, authors: Vec<String>) {
    let listed = authors.len();
    let named: Vec<String> = authors.iter().filter_map(|name| without_others(name)).collect();
    if !named.is_empty() {
        let all = named.len() == listed && named == authors;
        paper.author_count = if all { u32::try_from(named.len()).ok() } else { None };
        paper.authors = Some(named);
    }
}

/// `Jane Doe et al.` as `Jane Doe`; `None` if no name is left.
fn without_others(name: &str) -> Option<String> {
    static OTHERS: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)(?:^|[\s,]+)(?:et\.?\s*al\b\.?|and others|others)[\s,;]*$"));
    let name = OTHERS.replace(name, "");
    let name = name.trim().trim_end_matches("…").trim_end_matches("...").trim();
    (!name.is_empty()).then(|| name.to_string())
}

pub(super) fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of the program is sound")
}

/// The id that a text marks as arXiv's: `arXiv:2407.11062 [cs]`, `arXiv preprint arXiv:cs/0112017`. An id of another
/// paper ("a reply to arXiv:…") does not count.
pub(super) fn marked_arxiv_id(text: &str) -> Option<PaperId> {
    static MARKED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\barxiv\b[^0-9]{0,24}?((?:[a-z]+(?:-[a-z]+)?(?:\.[a-z]{2})?/[0-9]{7})|[0-9]{4}\.[0-9]{4,5})(?:[^0-9.]|\.?$|\.\s)",
        )
    });
    static OF_ANOTHER: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)\b(?:of|to|on|see|cf|with|from|by|supersedes|replaces|extends|companion)\b"));
    let found = MARKED.captures(text)?;
    let before = text.get(..found.get(0)?.start())?;
    if OF_ANOTHER.is_match(before) {
        return None;
    }
    PaperId::arxiv(found.get(1)?.as_str())
}

/// Sets the DOI, and the id that follows from it.
pub(super) fn set_doi(paper: &mut Paper, text: &str) {
    let Some(doi) = doi(text) else { return };
    paper.identify(PaperId::doi(doi));
    // The DOI that arXiv makes from its own id adds nothing to the id; a published paper has another DOI.
    if paper.doi.is_none() && !doi.to_ascii_lowercase().starts_with("10.48550/arxiv.") {
        paper.doi = Some(doi.to_string());
    }
}

/// Records what an address says about a paper: its id if the address is a registry's, its code, or a page about it.
pub(super) fn add_link(paper: &mut Paper, url: &str) {
    let url = url.trim();
    if identify_by_url(paper, url) {
        return;
    }
    match classify_url(url) {
        Some(LinkTarget::Repository(_)) => add_repository(paper, url, None, None),
        Some(LinkTarget::Page(_)) if !paper.urls.iter().any(|known| known == url) => paper.urls.push(url.to_string()),
        _ => {}
    }
}

pub(super) fn add_repository(paper: &mut Paper, url: &str, official: Option<bool>, framework: Option<&str>) {
    let framework = framework.filter(|framework| !framework.is_empty() && *framework != "none");
    let repository =
        DeclaredRepository { url: url.trim().to_string(), official, framework: framework.map(str::to_string) };
    let known = paper.declared.repositories.iter().any(|known| known.url == repository.url);
    if !known && !repository.url.is_empty() {
        paper.declared.repositories.push(repository);
    }
}

/// Records the id in an address at arXiv, the DOI resolver, or the Anthology. `false` if it is another address.
pub(super) fn identify_by_url(paper: &mut Paper, url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    let behind = |host: &str| lower.find(host).map(|at| &url[at + host.len()..]);
    if lower.contains("arxiv.org/") {
        let id = arxiv_id(url).and_then(|id| PaperId::arxiv(&id));
        let found = id.is_some();
        paper.identify(id);
        return found;
    }
    if lower.contains("doi.org/") {
        let found = doi(url).is_some();
        set_doi(paper, url);
        return found;
    }
    let hosts = ["aclanthology.org/", "aclweb.org/anthology/", "aclanthology.info/papers/"];
    let id = hosts.iter().find_map(|host| {
        let path = behind(host)?.trim_start_matches("papers/");
        PaperId::acl(path.split(['/', '?', '#']).next()?)
    });
    let found = id.is_some();
    paper.identify(id);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_with_the_precision_that_they_have() {
        for (text, wanted) in [
            ("2024-07-10T12:00:00.000Z", "2024-07-10"),
            ("2024/07/10/", "2024-07-10"),
            ("2024-07", "2024-07"),
            ("2024", "2024"),
            ("Mon, 2 Apr 2007 19:18:42 GMT", "2007-04-02"),
            ("2023-02-30", "2023-02"),
            ("2023-13-01", "2023"),
            ("December 2025", "2025-12"),
            ("Dec. 2025", "2025-12"),
            ("May 5, 2025", "2025-05-05"),
            ("5 May 2025", "2025-05-05"),
            ("12/2025", "2025-12"),
            ("03.12.2025", "2025-12-03"),
            ("03/12/2025", "2025"),
            ("25/12/2025", "2025-12-25"),
            ("Spring 2025", "2025"),
        ] {
            assert_eq!(date(text).map(|d| d.to_string()).as_deref(), Some(wanted), "{text}");
        }
        for text in ["", "soon", ", ", "24", "Mon, x"] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn a_default_year_is_not_a_date_where_the_paper_says_another() {
        let of = |id: &str, venue: Option<&str>, date: &str| {
            let mut paper = Paper::titled("T");
            paper.identify(PaperId::arxiv(id));
            paper.venue = venue.map(str::to_string);
            paper.published = date.parse().ok();
            take_back_default_date(&mut paper);
            paper.published.map(|date| date.to_string())
        };
        assert_eq!(of("2407.11062", None, "2000"), None);
        assert_eq!(of("", Some("Proceedings of Lamps 2019"), "1970-01-01"), None);
        assert_eq!(of("", Some("Proceedings of Lamps"), "2000").as_deref(), Some("2000"));
        assert_eq!(of("cs/0005001", None, "2000").as_deref(), Some("2000"));
        assert_eq!(of("2407.11062", None, "2000-05").as_deref(), Some("2000-05"));
    }

    #[test]
    fn months_are_read_by_name_and_number() {
        assert_eq!(["Apr", "sept.", "MAY", "12"].map(month), [Some(4), Some(9), Some(5), Some(12)]);
        assert_eq!(["", "13", "Mar/Apr"].map(month), [None, None, None]);
    }

    #[test]
    fn an_address_is_an_id_code_or_a_page() {
        let mut paper = Paper::titled("T");
        for url in [
            "https://arxiv.org/abs/2407.11062v2",
            "https://www.aclweb.org/anthology/N19-1423/",
            "https://aclanthology.org/2021.eacl-main.1.pdf",
            "https://doi.org/10.1162/tacl_a_00290",
            "https://github.com/a/b",
            "https://github.com/a/b",
            "https://example.org/project",
            "not a link",
        ] {
            add_link(&mut paper, url);
        }
        assert_eq!(paper.id.to_string(), "paper/arxiv-2407.11062");
        let ids: Vec<&str> = paper.identifiers.iter().map(PaperId::key).collect();
        assert_eq!(ids, ["acl-2021.eacl-main.1", "acl-n19-1423", "doi-10.1162-tacl-a-00290"]);
        assert_eq!(paper.declared.keys().collect::<Vec<_>>(), ["repository https://github.com/a/b"]);
        assert_eq!(paper.urls, ["https://example.org/project"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_as_anything(s in "(https?://|arxiv\\.org/|doi\\.org/|abs/|[0-9]{1,5}|[-/.:, TZé]|[A-Za-z]{1,4}|.){0,12}") {
            let mut paper = Paper::titled("T");
            add_link(&mut paper, &s);
            set_doi(&mut paper, &s);
            let _ = (date(&s), month(&s), spoken(&s));
        }
    }
}
