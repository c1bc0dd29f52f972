//! What a source yields: a paper's text and the facts that the source states about it.
//!
//! Nothing here is extracted from prose. A field that the source does not give is `None`, never a guess.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One paper as its sources give it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Paper {
    pub id: PaperId,
    /// As the source writes it, LaTeX included: the offsets of mentions count in this text.
    pub title: String,
    #[serde(rename = "abstract", default)]
    pub abstract_text: String,
    #[serde(default)]
    pub published: Option<PartialDate>,
    #[serde(default)]
    pub author_count: Option<u32>,
    #[serde(default)]
    pub authors: Option<Vec<String>>,
    #[serde(default)]
    pub organization: Option<String>,
    /// Comments on the page that listed the paper.
    #[serde(default)]
    pub comments: Option<u32>,
    /// Links that a source declares beside the text (a "code" column, a `pwccode` element), kept apart from
    /// the links found in the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    #[serde(default)]
    pub sources: Vec<Origin>,
}

/// Where a paper was read: enough to open the file at the right line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Origin {
    pub file: String,
    /// 1-based line on which the paper begins.
    pub line: u64,
    /// Name of the input format, as `--from` takes it: `daily-papers`, `jsonl`.
    pub format: String,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// `paper/` and a key: `arxiv-2407.11062`, `doi-10.18653-v1-n19-1423`, `acl-n19-1423`, or the slug of the title.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaperId(String);

impl PaperId {
    /// The id of an arXiv paper; a version (`v2`) and a scheme (`arXiv:`) are dropped.
    /// `None` if `id` is not shaped like an arXiv identifier (new or old style).
    pub fn arxiv(id: &str) -> Option<Self> {
        arxiv_id(id).map(|id| Self(format!("arxiv-{}", id.to_lowercase().replace('/', "-"))))
    }

    /// The id of a paper known by its title alone.
    pub fn from_title(title: &str) -> Self {
        Self(slug(title))
    }

    /// The part behind `paper/`.
    pub fn key(&self) -> &str {
        &self.0
    }

    /// The arXiv identifier, for ids made of one.
    pub fn as_arxiv(&self) -> Option<String> {
        let id = self.0.strip_prefix("arxiv-")?;
        // Old-style identifiers carry their archive before a slash: `cs-0112017` was `cs/0112017`.
        match id.rsplit_once('-') {
            Some((archive, number)) => Some(format!("{archive}/{number}")),
            None => Some(id.to_string()),
        }
    }

    /// Whether the id came from a registry (arXiv, DOI, ACL) rather than from the title.
    pub fn is_registered(&self) -> bool {
        ["arxiv-", "doi-", "acl-"].iter().any(|p| self.0.starts_with(p))
    }
}

impl fmt::Display for PaperId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "paper/{}", self.0)
    }
}

impl FromStr for PaperId {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let key = s.strip_prefix("paper/").unwrap_or(s);
        if key.is_empty() || slug(key) != key {
            return Err(format!(
                "`{s}` is not a paper id; write paper/arxiv-2407.11062, or paper/ and a slug of the title"
            ));
        }
        Ok(Self(key.to_string()))
    }
}

impl Serialize for PaperId {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PaperId {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The identifier proper in any of the ways people write it: `2407.11062`, `arXiv:2407.11062v3`,
/// `https://arxiv.org/abs/2407.11062`, `cs/0112017`.
pub fn arxiv_id(s: &str) -> Option<String> {
    let s = s.trim();
    let lower = s.to_ascii_lowercase();
    let start = ["arxiv.org/abs/", "arxiv.org/pdf/", "arxiv.org/html/", "arxiv:"]
        .iter()
        .find_map(|p| lower.find(p).map(|i| i + p.len()))
        .unwrap_or(0);
    let id = lower[start..].trim_end_matches(".pdf").trim_end_matches('/');
    let id = match id.rfind('v') {
        Some(i) if i > 0 && !id[i + 1..].is_empty() && id[i + 1..].bytes().all(|b| b.is_ascii_digit()) => &id[..i],
        _ => id,
    };
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let new_style =
        id.split_once('.').is_some_and(|(a, b)| a.len() == 4 && digits(a) && (4..=5).contains(&b.len()) && digits(b));
    let old_style = id.split_once('/').is_some_and(|(a, b)| {
        b.len() == 7
            && digits(b)
            && !a.is_empty()
            && a.bytes().all(|c| c.is_ascii_lowercase() || c == b'-' || c == b'.')
    });
    (new_style || old_style).then(|| id.to_string())
}

/// A date with the precision that is known: `2024`, `2024-07` or `2024-07-10`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    year: u16,
    month: Option<u8>,
    day: Option<u8>,
}

impl PartialDate {
    /// `None` if the month or day does not exist in the calendar, or a day comes without a month.
    pub fn new(year: u16, month: Option<u8>, day: Option<u8>) -> Option<Self> {
        let ok = (1000..=9999).contains(&year)
            && match (month, day) {
                (None, None) => true,
                (Some(m), None) => (1..=12).contains(&m),
                (Some(m), Some(d)) => (1..=12).contains(&m) && (1..=days_in_month(year, m)).contains(&d),
                (None, Some(_)) => false,
            };
        ok.then_some(Self { year, month, day })
    }

    pub fn year(self) -> u16 {
        self.year
    }

    pub fn month(self) -> Option<u8> {
        self.month
    }

    pub fn day(self) -> Option<u8> {
        self.day
    }

    /// How many of year, month and day are known.
    pub fn precision(self) -> u8 {
        1 + u8::from(self.month.is_some()) + u8::from(self.day.is_some())
    }

    /// Whether the two dates can be the same day, as far as each is known.
    pub fn agrees_with(self, other: Self) -> bool {
        let same = |a: Option<u8>, b: Option<u8>| a.is_none() || b.is_none() || a == b;
        self.year == other.year && same(self.month, other.month) && same(self.day, other.day)
    }
}

fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(m) = self.month {
            write!(f, "-{m:02}")?;
        }
        if let Some(d) = self.day {
            write!(f, "-{d:02}")?;
        }
        Ok(())
    }
}

impl FromStr for PartialDate {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let bad = || format!("`{s}` is not a date; write 2024, 2024-07 or 2024-07-10");
        let mut parts = s.split('-');
        let number = |part: Option<&str>, width: usize| match part {
            None => Ok(None),
            Some(p) if p.len() == width && p.bytes().all(|b| b.is_ascii_digit()) => {
                p.parse::<u16>().map(Some).map_err(|_| bad())
            }
            Some(_) => Err(bad()),
        };
        let year = number(parts.next(), 4)?.ok_or_else(bad)?;
        let month = number(parts.next(), 2)?;
        let day = number(parts.next(), 2)?;
        if parts.next().is_some() {
            return Err(bad());
        }
        Self::new(year, month.map(|m| m as u8), day.map(|d| d as u8)).ok_or_else(bad)
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Lower-case ASCII letters and digits of any text joined by single hyphens; `.` and `+` are kept inside words
/// (`wav2vec-2.0`, `c++`). Accents are dropped; letters of other scripts are kept. Never empty: text without
/// letters or digits becomes `untitled-` and a hash of it.
pub fn slug(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    use unicode_normalization::char::is_combining_mark;
    let mut out = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase().filter(|c| c.is_alphanumeric()));
        } else if matches!(c, '.' | '+') && !out.is_empty() && !out.ends_with(['-', '.']) {
            out.push(c);
        } else if !out.ends_with('-') && !out.is_empty() && c != '\'' && c != '’' {
            while out.ends_with('.') {
                out.pop();
            }
            out.push('-');
        }
    }
    out.truncate(out.trim_end_matches(['-', '.']).len());
    if out.is_empty() {
        // FNV-1a: stable across runs and platforms, which `DefaultHasher` does not promise.
        let hash =
            text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
        return format!("untitled-{hash:016x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arxiv_ids_are_recognised_in_every_spelling_and_lose_their_version() {
        for s in [
            "2407.11062",
            "arXiv:2407.11062v3",
            "https://arxiv.org/abs/2407.11062",
            "http://arxiv.org/pdf/2407.11062v2.pdf",
        ] {
            assert_eq!(PaperId::arxiv(s).unwrap().to_string(), "paper/arxiv-2407.11062", "{s}");
        }
        assert_eq!(PaperId::arxiv("cs/0112017").unwrap().to_string(), "paper/arxiv-cs-0112017");
        assert_eq!(PaperId::arxiv("cs/0112017").unwrap().as_arxiv().unwrap(), "cs/0112017");
        assert_eq!(PaperId::arxiv("hello"), None);
        assert_eq!(PaperId::arxiv("12345.6789"), None);
    }

    #[test]
    fn a_partial_date_prints_what_it_read() {
        for s in ["2024", "2024-07", "2024-07-10", "2024-02-29"] {
            assert_eq!(s.parse::<PartialDate>().unwrap().to_string(), s);
        }
        for s in ["", "24", "2024-13", "2023-02-29", "2024-7-1", "2024-07-10-1", "2024-", "abcd"] {
            assert!(s.parse::<PartialDate>().is_err(), "{s}");
        }
    }

    #[test]
    fn slugs_are_readable_and_never_empty() {
        assert_eq!(slug("Llama 2"), "llama-2");
        assert_eq!(slug("wav2vec 2.0"), "wav2vec-2.0");
        assert_eq!(slug("C++"), "c++");
        assert_eq!(slug("The End. Of"), "the-end-of");
        assert_eq!(slug("Fréchet"), "frechet");
        assert_eq!(slug("BERT's"), "berts");
        assert!(slug("???").starts_with("untitled-"));
        assert_eq!(slug(&slug("a..b.-c")), slug("a..b.-c"));
    }

    proptest::proptest! {
        #[test]
        fn a_slug_is_its_own_slug(s in ".*") {
            let once = slug(&s);
            proptest::prop_assert_eq!(slug(&once), once.clone());
            proptest::prop_assert!(!once.is_empty());
        }

        #[test]
        fn arxiv_id_never_panics(s in ".*") {
            let _ = arxiv_id(&s);
        }
    }
}
