//! Conferences, workshops, journals and archives, and how people write their names: `vocab/venues.toml`.
//!
//! The name of a volume says more than the name of the series: ordinals, years, volumes and acronyms in parentheses.
//! They are removed before the rest is compared.

use std::collections::HashMap;

use serde::Deserialize;
use toml::Spanned;

use super::load::{LineStarts, VocabularyProblem, VocabularyProblems};
use super::squeeze;

/// A conference, workshop, journal or archive, over all years.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VenueSeries {
    /// The part of the node's id after `venue/`, without a year.
    pub id: String,
    pub name: String,
    /// The abbreviation that people use: `ACL`.
    pub short: Option<String>,
    #[serde(default)]
    pub aliases: Vec<String>,
    pub kind: VenueKind,
    /// The prefix of its ids in the ACL Anthology: `acl` of `2020.acl-main.1`, or the beginning of an older id: `P` of
    /// `P19-1001`, `W17-47`. The longest prefix decides.
    #[serde(default)]
    pub anthology: Vec<String>,
    /// Its key in DBLP: `conf/acl`.
    pub dblp: Option<String>,
    #[serde(default)]
    pub issn: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum VenueKind {
    Conference,
    Workshop,
    Journal,
    Preprint,
}

impl VenueKind {
    /// Whether it takes place in single years, so that each year is a venue of its own.
    pub(crate) fn has_editions(self) -> bool {
        matches!(self, Self::Conference | Self::Workshop)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VenuesFile {
    #[serde(default)]
    venue: Vec<Spanned<VenueSeries>>,
}

/// All listed venues.
#[derive(Debug, Clone, Default)]
pub(crate) struct Venues {
    series: Vec<VenueSeries>,
    /// Indexes by squeezed name; `None` for a name that several have.
    names: HashMap<String, Option<usize>>,
    anthology: HashMap<String, usize>,
}

/// What the name of a volume means.
#[derive(Debug, Clone)]
pub(crate) struct VenueName<'v> {
    /// The listed series; `None` if no list has it.
    pub series: Option<&'v VenueSeries>,
    /// The name without ordinals, years and volumes.
    pub name: String,
    /// The year in the name.
    pub year: Option<u16>,
    /// Whether it takes place in a year.
    pub has_editions: bool,
}

impl Venues {
    /// # Errors
    /// Every problem of the file, with its line.
    pub(crate) fn from_toml(file: &str, text: &str) -> Result<Self, VocabularyProblems> {
        let lines_of = LineStarts::new(text);
        let problem = |line, message: String| VocabularyProblem { file: file.to_string(), line, message };
        let read: VenuesFile = toml::from_str(text).map_err(|e| {
            VocabularyProblems(vec![problem(e.span().map(|s| lines_of.line(s.start)), e.message().to_string())])
        })?;
        let (mut venues, mut problems, mut ids) = (Self::default(), Vec::new(), HashMap::new());
        for series in read.venue {
            let line = lines_of.line(series.span().start);
            let series = series.into_inner();
            let number = venues.series.len();
            if let Some(first) = ids.insert(series.id.clone(), line) {
                problems.push(problem(Some(line), format!("`{}` is also at line {first}", series.id)));
            }
            let mut keys: Vec<String> = series.names().flat_map(|name| [squeeze(name), key_of(name)]).collect();
            keys.sort_unstable();
            keys.dedup();
            for key in keys.into_iter().filter(|key| !key.is_empty()) {
                venues.names.entry(key).and_modify(|known| *known = None).or_insert(Some(number));
            }
            venues.anthology.extend(series.anthology.iter().map(|word| (word.to_lowercase(), number)));
            venues.series.push(series);
        }
        if problems.is_empty() { Ok(venues) } else { Err(VocabularyProblems(problems)) }
    }

    pub(crate) fn get(&self, id: &str) -> Option<&VenueSeries> {
        self.series.iter().find(|series| series.id == id)
    }

    /// The series of a paper of the ACL Anthology and its year, from the id in lower case: `2020.acl-main.1`,
    /// `p19-1001`.
    pub(crate) fn of_anthology(&self, id: &str) -> Option<(&VenueSeries, u16)> {
        if let Some((year, rest)) = id.split_once('.') {
            let (word, _) = rest.split_once('-')?;
            return Some((self.series.get(*self.anthology.get(word)?)?, year.parse().ok()?));
        }
        let year: u16 = id.get(1..3)?.parse().ok()?;
        let year = if year < 50 { 2000 + year } else { 1900 + year };
        let number = (1..=id.len()).rev().find_map(|end| self.anthology.get(id.get(..end)?))?;
        Some((self.series.get(*number)?, year))
    }

    /// What the name of a volume, journal or conference means. `None` for a text that names nothing.
    pub(crate) fn of_name(&self, text: &str) -> Option<VenueName<'_>> {
        let NameAndBrackets { outside, inside } = NameAndBrackets::of(text);
        let year = year_in(text);
        let name = without_numbers(&outside);
        let lower = name.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        // A workshop or the student session of a conference is a venue of its own.
        let is_part = has(&["workshop", "tutorial", "student", "companion", "findings", "shared task"]);
        let mut tried = vec![squeeze(text), squeeze(&name)];
        if !is_part {
            tried.extend(inside.iter().map(|inside| key_of(inside)));
            tried.extend([':', ',', '-'].iter().filter_map(|sign| outside.split_once(*sign)).map(|(a, _)| key_of(a)));
        }
        let series = tried.iter().find_map(|key| self.series.get((*self.names.get(key)?)?));
        if series.is_none() && name.chars().filter(|c| c.is_alphabetic()).count() < 2 {
            return None;
        }
        let meets = ["conference", "workshop", "symposium", "meeting", "proceedings", "tagung", "colloque"];
        let has_editions = series.map_or_else(
            || has(&meets) || text.to_lowercase().contains("proceedings of the"),
            |series| series.kind.has_editions(),
        );
        Some(VenueName { series, name, year, has_editions })
    }
}

impl VenueSeries {
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        [&self.name].into_iter().chain(&self.short).chain(&self.aliases).map(String::as_str)
    }

    /// The name that is shown.
    pub(crate) fn label(&self) -> &str {
        self.short.as_deref().unwrap_or(&self.name)
    }
}

/// A name without the text in its parentheses, and that text.
struct NameAndBrackets {
    outside: String,
    inside: Vec<String>,
}

impl NameAndBrackets {
    fn of(text: &str) -> Self {
        let (mut outside, mut inside, mut depth) = (String::new(), Vec::new(), 0_usize);
        for c in text.chars() {
            match c {
                '(' | '[' => {
                    depth += 1;
                    inside.push(String::new());
                    outside.push(' ');
                }
                ')' | ']' => depth = depth.saturating_sub(1),
                c => match inside.last_mut().filter(|_| depth > 0) {
                    Some(inside) => inside.push(c),
                    None => outside.push(c),
                },
            }
        }
        Self { outside, inside }
    }
}

fn key_of(text: &str) -> String {
    squeeze(&without_numbers(&NameAndBrackets::of(text).outside))
}

/// The name of a series inside the name of one of its volumes: `Annual Meeting` in `Proceedings of the 58th Annual
/// Meeting, Volume 1`.
fn without_numbers(text: &str) -> String {
    let mut words: Vec<&str> = Vec::new();
    for word in text.split_whitespace() {
        let plain = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’').to_lowercase();
        if ["volume", "vol", "volumes", "issue", "number", "pages", "pp"].contains(&plain.as_str()) && !words.is_empty()
        {
            break;
        }
        let word = without_year(word);
        if !word.is_empty() && !is_year(&plain) && !is_ordinal(&plain) {
            words.push(word);
        }
    }
    // Numbers of volumes at the end: `Advances in Lamps 32`, `Summit XVII`.
    let is_number = |word: &str| {
        let plain = word.trim_matches(|c: char| !c.is_alphanumeric());
        plain.chars().all(|c| c.is_ascii_digit()) || (plain.len() > 1 && plain.chars().all(|c| "IVX".contains(c)))
    };
    while words.len() > 1 && words.last().is_some_and(|word| is_number(word)) {
        words.pop();
    }
    const BEGINNING: [&str; 9] = ["in", "proceedings", "proc", "proc.", "of", "the", "annual", "actes", "at"];
    let mut rest = words.as_slice();
    let mut is_volume = false;
    while let [first, others @ ..] = rest {
        let first = first.to_lowercase();
        is_volume |= first.starts_with("proc");
        // `Annual` and `the` belong to the name, except behind `Proceedings of`.
        let falls = BEGINNING.contains(&first.as_str()) && (is_volume || first == "in" || first == "the");
        if !falls || others.is_empty() || first == "annual" {
            break;
        }
        rest = others;
    }
    let name = rest.join(" ");
    name.trim_matches(|c: char| c.is_whitespace() || ",.:;-–—'’\"".contains(c)).to_string()
}

/// `LMP` of `LMP'98`, `LMP-1998` and `LMP2020`.
fn without_year(word: &str) -> &str {
    let digits = word.len() - word.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let head = &word[..word.len() - digits];
    match digits {
        2 if head.ends_with(['\'', '’']) => head.trim_end_matches(['\'', '’']),
        4 if is_year(&word[head.len()..]) && head.ends_with(|c: char| c.is_alphabetic() || c == '-') => {
            head.trim_end_matches('-')
        }
        _ => word,
    }
}

fn is_year(word: &str) -> bool {
    let short = word.strip_prefix(['\'', '’']);
    match short {
        Some(short) => short.len() == 2 && short.bytes().all(|b| b.is_ascii_digit()),
        None => word.len() == 4 && (word.starts_with("19") || word.starts_with("20")) && word.parse::<u16>().is_ok(),
    }
}

/// The year in a name: `2020` of `ACL 2020` and `ACL'20`.
fn year_in(text: &str) -> Option<u16> {
    let mut words = text.split(|c: char| !c.is_ascii_digit() && c != '\'' && c != '’');
    let this = words.find_map(|word| {
        let digits = word.trim_start_matches(['\'', '’']);
        match (digits.len(), digits.len() < word.len()) {
            (4, _) if is_year(digits) => digits.parse().ok(),
            (2, true) => digits.parse().ok().map(|year: u16| if year < 50 { 2000 + year } else { 1900 + year }),
            _ => None,
        }
    });
    this.filter(|year| (1900..2100).contains(year))
}

/// `58th`, `Fifty-Eighth`, `first`.
fn is_ordinal(word: &str) -> bool {
    const ORDINALS: [&str; 30] = [
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
        "thirtieth",
        "fortieth",
        "fiftieth",
        "sixtieth",
        "seventieth",
        "eightieth",
        "ninetieth",
        "hundredth",
        "erste",
        "zweite",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let digits = word.trim_end_matches(char::is_alphabetic);
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        return ["st", "nd", "rd", "th", "e", "ème", "eme", "er"].contains(&&word[digits.len()..]);
    }
    match word.split_once('-') {
        Some((tens, ones)) => TENS.contains(&tens) && ORDINALS.contains(&ones),
        None => ORDINALS.contains(&word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"venue = [
  { id = "lmp", name = "Annual Meeting of the Association for Lamps", short = "LMP", kind = "conference", anthology = ["lmp", "Q", "W17-4"] },
  { id = "wicks", name = "Journal of Wicks", short = "JoW", aliases = ["J. Wicks"], kind = "journal" },
]"#;

    fn venues() -> Venues {
        Venues::from_toml("venues.toml", FILE).unwrap()
    }

    #[test]
    fn a_series_is_found_in_the_names_of_its_volumes() {
        let venues = venues();
        for (text, wanted, year) in [
            ("Proceedings of the 58th Annual Meeting of the Association for Lamps", "lmp", None),
            (
                "Proceedings of the Fifty-Eighth Annual Meeting of the Association for Lamps (Volume 1: Long)",
                "lmp",
                None,
            ),
            ("Annual Meeting of the Association for Lamps: System Demonstrations", "lmp", None),
            ("Proc. of LMP 2020", "lmp", Some(2020)),
            ("LMP'98", "lmp", Some(1998)),
            ("lmp (1)", "lmp", None),
            ("2019 International Gathering on Light (LMP)", "lmp", Some(2019)),
            ("Journal of Wicks, Volume 12", "wicks", None),
            ("J. Wicks 7", "wicks", None),
        ] {
            let found = venues.of_name(text).unwrap();
            assert_eq!((found.series.map(|one| one.id.as_str()), found.year), (Some(wanted), year), "{text}");
        }
        assert_eq!(
            venues.of_anthology("2020.lmp-main.3").map(|(one, year)| (one.id.as_str(), year)),
            Some(("lmp", 2020))
        );
        let of = |id| venues.of_anthology(id).map(|(one, year)| (one.id.as_str(), year));
        assert_eq!((of("q99-1001"), of("w17-4701")), (Some(("lmp", 1999)), Some(("lmp", 2017))));
        assert_eq!((of("p19-1001"), of("w17-3701")), (None, None));
    }

    #[test]
    fn a_workshop_at_a_conference_is_not_the_conference() {
        let venues = venues();
        let found = venues.of_name("Proceedings of the 2nd Workshop on Oil (LMP 2020)").unwrap();
        assert!(found.series.is_none() && found.has_editions);
        assert_eq!((found.name.as_str(), found.year), ("Workshop on Oil", Some(2020)));
        let found = venues.of_name("Letters of Light 3").unwrap();
        assert_eq!((found.name.as_str(), found.has_editions), ("Letters of Light", false));
        assert!(venues.of_name("2020").is_none());
    }

    #[test]
    fn a_problem_of_the_file_has_its_line() {
        let twice = FILE.replace("\"wicks\"", "\"lmp\"");
        let problems = Venues::from_toml("v.toml", &twice).unwrap_err().to_string();
        assert_eq!(problems, "v.toml:3: `lmp` is also at line 2");
        let problems = Venues::from_toml("v.toml", "venue = [\n{ id = 3 }]").unwrap_err().to_string();
        assert!(problems.starts_with("v.toml:2: "), "{problems}");
    }

    proptest::proptest! {
        #[test]
        fn any_name_is_read(text in "\\PC{0,80}") {
            let _ = venues().of_name(&text);
        }
    }
}
