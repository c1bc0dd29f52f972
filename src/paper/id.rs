//! The id of a paper: from a registry, or from its title if no registry has it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::PartialDate;
use crate::text::stable_hash;

/// `paper/` and a key: `arxiv-2407.11062`, `doi-10.1162-tacl-a-00290`, `acl-n19-1423`, or the slug of the title.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaperId(String);

/// The registry that issued an id, in order of preference. A graph stores the numbers in its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Registry {
    /// arXiv.
    Arxiv = 1,
    /// Digital object identifiers.
    Doi = 2,
    /// The ACL Anthology.
    Acl = 3,
    /// The id is made from the title, or chosen by hand.
    None = 4,
}

impl PaperId {
    /// The id of an arXiv paper, without version (`v2`) and scheme (`arXiv:`). `None` if `id` does not have the
    /// form of an arXiv identifier (new or old style).
    pub fn arxiv(id: &str) -> Option<Self> {
        arxiv_id(id).map(|id| Self(["arxiv-", &id.replace('/', "-")].concat()))
    }

    /// The id of a paper with this DOI, without resolver (`https://doi.org/`) and scheme (`doi:`). A DOI that arXiv
    /// or the ACL derives from its own identifier gives that identifier. `None` if `doi` does not have the form of
    /// a DOI.
    pub fn doi(doi: &str) -> Option<Self> {
        let doi = self::doi(doi)?.to_lowercase();
        let doi = without_version(&doi);
        let arxiv = || Self::arxiv(doi.strip_prefix("10.48550/arxiv.")?);
        let acl = || Self::acl(doi.strip_prefix("10.18653/v1/")?);
        arxiv().or_else(acl).or_else(|| Some(Self(format!("doi-{}", slug(doi)))))
    }

    /// The id of a paper in the ACL Anthology: `N19-1423`, `2021.eacl-main.1`. `None` if `id` has another form.
    pub fn acl(id: &str) -> Option<Self> {
        let id = id.trim().trim_end_matches(".pdf").trim_end_matches('/').to_lowercase();
        is_acl_id(&id).then(|| Self(format!("acl-{id}")))
    }

    /// The id of a paper that is known only by its title.
    pub fn from_title(title: &str) -> Self {
        Self(slug(title))
    }

    /// The registry that gave the id.
    pub fn registry(&self) -> Registry {
        if self.arxiv_parts().is_some() {
            Registry::Arxiv
        } else if self.0.starts_with("doi-10.") {
            Registry::Doi
        } else if self.as_acl().is_some() {
            Registry::Acl
        } else {
            Registry::None
        }
    }

    /// Sort key for choosing among the ids of a paper; the smallest becomes the paper's own.
    pub fn preference(&self) -> (Registry, &str) {
        (self.registry(), &self.0)
    }

    /// The id of the nth of several papers with one title: `attention+2`.
    #[must_use]
    pub fn marked(&self, n: u32) -> Self {
        Self(format!("{}+{n}", self.0))
    }

    /// The part after `paper/`.
    pub fn key(&self) -> &str {
        &self.0
    }

    /// The arXiv identifier, if the id is made from one.
    pub fn as_arxiv(&self) -> Option<String> {
        let (archive, number) = self.arxiv_parts()?;
        Some(archive.map_or_else(|| number.to_string(), |archive| format!("{archive}/{number}")))
    }

    /// The archive and the number of an arXiv identifier, if the id is made from one. Only old-style identifiers have
    /// an archive, before a slash: `cs-0112017` was `cs/0112017`.
    fn arxiv_parts(&self) -> Option<(Option<&str>, &str)> {
        let id = self.0.strip_prefix("arxiv-")?;
        // A title can also begin with the word "arxiv".
        match id.rsplit_once('-') {
            Some((archive, number)) => is_old_arxiv_id(archive, number).then_some((Some(archive), number)),
            None => is_new_arxiv_id(id).then_some((None, id)),
        }
    }

    /// The month in which the paper was submitted to arXiv, from the beginning of its arXiv id: `2407.11062`,
    /// `cs/0112017`. `None` for other ids, and if the digits are not a month.
    pub fn arxiv_month(&self) -> Option<PartialDate> {
        let id = self.as_arxiv()?;
        let number = id.rsplit('/').next()?;
        let two = |at: usize| number.get(at..at + 2)?.parse::<u8>().ok();
        let (year, month) = (u16::from(two(0)?), two(2)?);
        // arXiv began in August 1991.
        let century = if year < 91 { 2000 } else { 1900 };
        PartialDate::new(century + year, Some(month), None)
    }

    /// The Anthology identifier in lower case, if the id is made from one.
    pub fn as_acl(&self) -> Option<&str> {
        self.0.strip_prefix("acl-").filter(|id| is_acl_id(id))
    }

    /// Whether the id came from a registry (arXiv, DOI, ACL) rather than from the title.
    pub fn is_registered(&self) -> bool {
        self.registry() != Registry::None
    }
}

/// Prefixes of preprint servers whose DOIs may end in a version: `10.1101/2020.01.01.123456v2`.
const PREPRINTS: [&str; 10] = [
    "10.1101/",
    "10.64898/",
    "10.21203/",
    "10.20944/",
    "10.26434/",
    "10.31219/",
    "10.31234/",
    "10.35542/",
    "10.36227/",
    "10.22541/",
];

/// The DOI, in lower case, that all versions of a preprint share.
fn without_version(doi: &str) -> &str {
    let version = doi.rfind('v').filter(|at| {
        let digits = &doi[at + 1..];
        (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    });
    match version {
        Some(at) if PREPRINTS.iter().any(|prefix| doi.starts_with(prefix)) => {
            doi[..at].trim_end_matches(['/', '.', '-', '_'])
        }
        _ => doi,
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

/// The bare identifier from any of the usual notations: `2407.11062`, `arXiv:2407.11062v3`,
/// `https://arxiv.org/abs/2407.11062`, `cs/0112017`.
pub(crate) fn arxiv_id(s: &str) -> Option<String> {
    let s = s.trim();
    if is_new_arxiv_id(s) {
        return Some(s.to_string());
    }
    let lower = s.to_ascii_lowercase();
    let after = |prefix: &&str| lower.find(*prefix).map(|at| at + prefix.len());
    let start = match lower.contains([':', '/']) {
        true => ["arxiv.org/abs/", "arxiv.org/pdf/", "arxiv.org/html/", "arxiv:"].iter().find_map(after).unwrap_or(0),
        false => 0,
    };
    let id = lower[start..].trim_end_matches(".pdf").trim_end_matches('/');
    let id = match id.rfind('v') {
        Some(i) if i > 0 && !id[i + 1..].is_empty() && id[i + 1..].bytes().all(|b| b.is_ascii_digit()) => &id[..i],
        _ => id,
    };
    let old_style = || id.split_once('/').is_some_and(|(archive, number)| is_old_arxiv_id(archive, number));
    (is_new_arxiv_id(id) || old_style()).then(|| id.to_string())
}

/// `2407.11062`: a year and a month, and the number of the paper in it.
fn is_new_arxiv_id(id: &str) -> bool {
    id.split_once('.').is_some_and(|(month, number)| {
        month.len() == 4 && are_digits(month) && (4..=5).contains(&number.len()) && are_digits(number)
    })
}

/// `cs` and `0112017`.
fn is_old_arxiv_id(archive: &str, number: &str) -> bool {
    let is_part_of_name = |b: u8| b.is_ascii_lowercase() || b == b'-' || b == b'.';
    number.len() == 7 && are_digits(number) && !archive.is_empty() && archive.bytes().all(is_part_of_name)
}

fn are_digits(s: &str) -> bool {
    !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit())
}

/// The bare DOI from any of the usual notations: `10.1000/x`, `doi:10.1000/x`, `https://doi.org/10.1000/x`.
pub(crate) fn doi(s: &str) -> Option<&str> {
    let start = s.find("10.")?;
    let known = ["", "doi:", "doi.org/", "doi.org:"];
    let before = s[..start].trim().to_ascii_lowercase();
    let before = before.trim_start_matches("https://").trim_start_matches("http://");
    let before = before.trim_start_matches("dx.").trim_start_matches("www.");
    let doi = s[start..].trim().trim_end_matches(['.', ',', ';']);
    let (registrant, name) = doi.split_once('/')?;
    let number = registrant.strip_prefix("10.")?;
    let registrant = number.len() >= 4 && number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let name = !name.is_empty() && !name.contains(char::is_whitespace);
    (known.contains(&before) && registrant && name).then_some(doi)
}

/// `n19-1423` (a letter, a two-digit year, a number) or `2021.eacl-main.1` (year, venue and volume, number).
fn is_acl_id(id: &str) -> bool {
    let old = || {
        let (volume, number) = id.split_once('-')?;
        let year = volume.strip_prefix(|c: char| c.is_ascii_lowercase())?;
        Some(year.len() == 2 && are_digits(year) && (4..=5).contains(&number.len()) && are_digits(number))
    };
    let new = || {
        let (year, rest) = id.split_once('.')?;
        let (volume, number) = rest.rsplit_once('.')?;
        let (venue, volume) = volume.split_once('-')?;
        let word =
            |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        Some(year.len() == 4 && are_digits(year) && word(venue) && word(volume) && are_digits(number))
    };
    old() == Some(true) || new() == Some(true)
}

/// The lower-case ASCII letters and digits of any text, joined by single hyphens. `.` and `+` are kept inside words
/// (`wav2vec-2.0`, `c++`). Accents are dropped; letters of other scripts are kept. Never empty: text without
/// letters or digits becomes `untitled-` and a hash of the text.
pub(crate) fn slug(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    use unicode_normalization::char::is_combining_mark;
    // Most texts are ASCII, which has nothing to decompose.
    let slug = match text.is_ascii() {
        true => slug_of(text.chars()),
        false => slug_of(text.nfkd().filter(|c| !is_combining_mark(*c))),
    };
    if slug.is_empty() { format!("untitled-{:016x}", stable_hash(text.bytes())) } else { slug }
}

/// The slug of decomposed characters.
fn slug_of(chars: impl Iterator<Item = char>) -> String {
    let mut out = String::with_capacity(chars.size_hint().0);
    for c in chars {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if c.is_alphanumeric() {
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
    fn an_arxiv_id_begins_with_its_month() {
        let month = |id: &str| PaperId::arxiv(id).unwrap().arxiv_month().map(|date| date.to_string());
        assert_eq!(month("2407.11062v2").unwrap(), "2024-07");
        assert_eq!(month("0704.0001").unwrap(), "2007-04");
        assert_eq!(month("cs/0112017").unwrap(), "2001-12");
        assert_eq!(month("hep-th/9901001").unwrap(), "1999-01");
        assert_eq!(month("2413.00001"), None, "there is no thirteenth month");
        assert_eq!(PaperId::acl("N19-1423").unwrap().arxiv_month(), None);
    }

    #[test]
    fn dois_are_recognised_in_every_spelling_and_that_of_an_arxiv_paper_is_its_arxiv_id() {
        for s in [
            "10.18653/v1/N19-1423",
            "doi:10.18653/v1/N19-1423",
            "https://doi.org/10.18653/v1/N19-1423",
            "http://dx.doi.org/10.18653/v1/N19-1423.",
        ] {
            assert_eq!(doi(s), Some("10.18653/v1/N19-1423"), "{s}");
            assert_eq!(PaperId::doi(s).unwrap().to_string(), "paper/acl-n19-1423");
        }
        assert_eq!(PaperId::doi("10.1162/tacl_a_00290").unwrap().to_string(), "paper/doi-10.1162-tacl-a-00290");
        assert_eq!(PaperId::doi("10.48550/arXiv.2407.11062").unwrap().to_string(), "paper/arxiv-2407.11062");
        for s in ["", "10.", "10.18653", "10.18653/", "10.1/x", "at 10.1000/x", "10.1000/a b"] {
            assert_eq!(doi(s), None, "{s}");
        }
    }

    #[test]
    fn anthology_ids_of_both_styles_are_recognised() {
        for (s, id) in
            [("N19-1423", "n19-1423"), ("2021.eacl-main.1", "2021.eacl-main.1"), ("W13-10001.pdf", "w13-10001")]
        {
            let paper = PaperId::acl(s).unwrap();
            assert_eq!(paper.as_acl(), Some(id));
            assert_eq!(paper.to_string().parse::<PaperId>().unwrap(), paper);
        }
        for s in ["", "hello", "2021.eacl", "2021.eacl.1", "n19-1", "1.2.3-4"] {
            assert_eq!(PaperId::acl(s), None, "{s}");
        }
    }

    #[test]
    fn a_title_that_begins_like_a_registry_is_not_registered() {
        for title in ["ACL-Fig: A Dataset of Figures", "DOI-10 Things", "arXiv-based Study of Things"] {
            assert!(!PaperId::from_title(title).is_registered(), "{title}");
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
        fn identifiers_of_any_text_are_read_back(s in "(doi:|https://doi.org/|10\\.|arxiv:|[0-9]{4}|[a-z./-]|.){0,12}") {
            for id in [PaperId::arxiv(&s), PaperId::doi(&s), PaperId::acl(&s)].into_iter().flatten() {
                proptest::prop_assert!(id.is_registered(), "{}", id);
                proptest::prop_assert_eq!(id.to_string().parse::<PaperId>().unwrap(), id);
            }
        }
    }
}
