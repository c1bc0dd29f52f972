//! What the paper says around a table: in its caption, in the sentences that refer to it, and elsewhere.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::ops::Range;

use memchr::memmem;

use super::super::mentions::Span;
use super::super::reading::ReadField;
use super::super::record::Field;
use super::super::rule::Rule;
use super::super::variants::settings;
use super::heading::{Heading, HeadingName, NameMeanings, add, first_letters};
use super::per_dataset::MetricsOfDatasets;
use super::unstated;
use super::words::caption_words;
use crate::document::Table;
use crate::text::is_word_char;
use crate::vocabulary::{EntityId, Kind, Vocabulary};

/// A name is the paper's usual one if it occurs this many times more often than the next.
const USUAL: usize = 2;

// After a system's name, with a noun between: "DualEncoder (Lowe et al., 2015)", "SMN model [12]".
rule!(
    CITED_BEHIND,
    r"(?x)^(?:['’]s?)?(?:\s(?:models?|networks?|methods?|systems?|approach(?:es)?|algorithms?|baselines?|parsers?|taggers?|architectures?|frameworks?|embeddings?))?
    (?:\s?\(\s?(?:[^()\[\]]{0,60}\bet\s?al\b|[A-Z][^()]{0,60}?(?:19|20)\d\d[a-z]?\b) | \s?\[\s?\d+(?:\s?[,;–-]\s?\d+)*\s?\] |
    \s?\[[A-Z][A-Za-z+]*\d\d[a-z]?\] | \s(?:by|of|from)\s[A-Z][\w’'-]+\s(?:et\s?al\b|and\s[A-Z][\w’'-]+\s\())"
);
// Before a system's name: "our FooNet", "we propose FooNet", "a model called FooNet".
rule!(
    OURS_BEFORE,
    r#"(?i)(?:\b(?:our|proposed)(?:\s[\w-]+){0,2}|\bwe\s(?:\w+\s)?(?:propose|present|introduce|develop|call|name|term|dub)(?:\s(?:it|this|the|an?|our|model|method|approach|system|novel|new|simple)){0,4}|\b(?:called|named|dubbed|termed|denoted(?:\s(?:as|by))?))\s["“'‘(]?\s?$"#
);
rule!(BASELINE, r"(?i)\b(?:baselines?|re-?implement\w*|implementation|version|variant)\b");

// An author, or two, with the last digits of a year: "Weiss15", "LeBar14".
rule!(
    SHORT_CITATION,
    r"^(?:[A-Z][a-z]+)??(?P<family>[A-Z][a-z]{2,})(?:\+|et al\.?)?\s?['’]?(?P<year>9\d|[0-2]\d)[a-z]?(?:\s|$)"
);

/// Bytes after an author in which the year of a citation occurs: "Weiss et al. (2015)".
const BEHIND_AUTHOR: usize = 40;

/// Bytes before a name in which the text says whose system it is.
const BEFORE_NAME: usize = 60;

/// What the whole paper says about its results.
pub(in crate::extract) struct PaperContext<'p> {
    /// All fields, each with its decided names.
    fields: &'p [(&'p ReadField<'p>, &'p [Span])],
    pub main_system: Option<&'p str>,
    /// The initials of the main system, if its name has several words: `ZN` of `Zork Normalization`.
    initials: Option<String>,
    pub(super) usual_dataset: Option<UsualName>,
    /// What only tables ask for is counted once something does.
    usual_metric: OnceCell<Option<UsualName>>,
    tasks: OnceCell<Vec<HeadingName>>,
    metrics: OnceCell<Vec<HeadingName>>,
    dataset_counts: OnceCell<Vec<(HeadingName, usize)>>,
    /// Systems of others that the title names.
    title_systems: Vec<&'p EntityId>,
    /// Whether the paper introduces a model, a method or software.
    pub(super) introduces_system: bool,
    /// The text's answers for names of systems that were looked up.
    owners: RefCell<HashMap<String, Option<Owner>>>,
}

/// A name that applies if a table names none.
pub(super) struct UsualName {
    pub named: HeadingName,
    pub confidence: f32,
}

/// Whose system it is, according to the running text around its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Paper,
    /// The text cites another work after the name.
    Another,
}

/// What the paper says about one table.
pub(super) struct TableContext<'r> {
    pub paper: &'r PaperContext<'r>,
    pub caption: Heading,
    /// Names in the sentences that refer to the table.
    pub sentences: Heading,
    /// Datasets named in the paragraphs of these sentences and in the headings over them.
    pub around: Vec<HeadingName>,
    /// Signs that mark the systems and values of others, according to the caption and the notes: `† as reported by …`.
    pub marks_of_others: Vec<char>,
    /// The name of a dataset in the caption that no vocabulary has: `the FooBar test set`.
    pub unlisted_dataset: Option<String>,
    pub metrics_of_datasets: MetricsOfDatasets,
}

impl<'p> PaperContext<'p> {
    pub(crate) fn of(fields: &'p [(&'p ReadField<'p>, &'p [Span])], main_system: Option<&'p str>) -> Self {
        let is_system = |kind: Kind| matches!(kind, Kind::Model | Kind::Method | Kind::Software | Kind::Unknown);
        let spans = || fields.iter().flat_map(|(_, spans)| spans.iter());
        let in_title = fields.iter().filter(|(reading, _)| reading.field == Field::Title).flat_map(|(_, spans)| *spans);
        let title_systems = in_title.map(|span| &span.entity).filter(|entity| is_system(entity.kind())).collect();
        let introduces_system = main_system.is_some() || spans().any(|span| span.own && is_system(span.entity.kind()));
        Self {
            fields,
            main_system,
            initials: main_system.and_then(initials),
            usual_dataset: usual_of_paper(fields, Kind::Dataset),
            usual_metric: OnceCell::new(),
            tasks: OnceCell::new(),
            metrics: OnceCell::new(),
            dataset_counts: OnceCell::new(),
            title_systems,
            introduces_system,
            owners: RefCell::default(),
        }
    }

    pub(super) fn usual_metric(&self) -> Option<&UsualName> {
        self.usual_metric.get_or_init(|| usual_of_paper(self.fields, Kind::Metric)).as_ref()
    }

    /// The most frequent first.
    pub(super) fn tasks(&self) -> &[HeadingName] {
        self.tasks.get_or_init(|| self.names(Kind::Task))
    }

    /// The most frequent first.
    pub(super) fn metrics(&self) -> &[HeadingName] {
        self.metrics.get_or_init(|| self.names(Kind::Metric))
    }

    fn names(&self, kind: Kind) -> Vec<HeadingName> {
        frequent(self.fields, kind).into_iter().map(|(named, _)| named).collect()
    }

    /// With the number of mentions in the paper, the most frequent first.
    pub(super) fn dataset_counts(&self) -> &[(HeadingName, usize)] {
        self.dataset_counts.get_or_init(|| frequent(self.fields, Kind::Dataset))
    }

    /// Whether the title names a system of the label: the paper is about it.
    pub(super) fn is_of_title(&self, label: &Heading) -> bool {
        label.systems.iter().any(|system| self.title_systems.contains(&system))
    }

    /// The paper's datasets, the most frequent first.
    pub(super) fn datasets(&self) -> impl Iterator<Item = &HeadingName> {
        self.dataset_counts().iter().map(|(named, _)| named)
    }

    /// The dataset of results that name none.
    pub(in crate::extract) fn usual_dataset(&self) -> Option<&str> {
        self.usual_dataset.as_ref().map(|usual| usual.named.name.as_str())
    }

    /// The paper's most frequent dataset of a task.
    pub(super) fn named_dataset_of_task(&self, task: &EntityId, vocabulary: &Vocabulary) -> Option<&HeadingName> {
        let is_of_task = |named: &&HeadingName| {
            let entity = named.entity.as_ref().and_then(|id| vocabulary.get(id));
            entity.is_some_and(|entity| entity.tasks.contains(task))
        };
        self.datasets().find(is_of_task)
    }

    /// The name of the paper's most frequent dataset of a task.
    pub(in crate::extract) fn dataset_of_task(&self, task: &EntityId, vocabulary: &Vocabulary) -> Option<String> {
        self.named_dataset_of_task(task, vocabulary).map(|named| named.name.clone())
    }

    /// Whether a name is an author and a year that the text cites in full.
    fn is_short_citation(&self, name: &str) -> bool {
        let Some(found) = SHORT_CITATION.captures(name) else { return false };
        let (family, year) = (&found["family"], &found["year"]);
        let years = [format!("19{year}"), format!("20{year}")];
        let cites = |text: &str| {
            text.match_indices(family).any(|(at, _)| {
                let behind = &text[at + family.len()..];
                let end = behind.char_indices().nth(BEHIND_AUTHOR).map_or(behind.len(), |(end, _)| end);
                years.iter().any(|year| behind[..end].contains(year.as_str()))
            })
        };
        self.fields.iter().any(|(reading, _)| cites(reading.text))
    }

    /// Whose system has this name. `None` if the text does not say, or gives both answers equally often.
    pub(super) fn owner(&self, name: &str) -> Option<Owner> {
        let is_name = name.len() >= 3 && name.chars().any(char::is_uppercase);
        if !is_name {
            return None;
        }
        let mut parts = name.split(|c: char| !c.is_alphanumeric());
        if self.initials.as_deref().is_some_and(|initials| parts.any(|part| part == initials)) {
            return Some(Owner::Paper);
        }
        if let Some(known) = self.owners.borrow().get(name) {
            return *known;
        }
        let (mut own, mut anothers) = (0_u32, u32::from(self.is_short_citation(name)));
        let finder = memmem::Finder::new(name);
        for (reading, _) in self.fields {
            for at in finder.find_iter(reading.text.as_bytes()) {
                let (before, behind) = (&reading.text[..at], &reading.text[at + name.len()..]);
                if before.ends_with(is_word_char) || behind.starts_with(is_word_char) {
                    continue;
                }
                let from = (at.saturating_sub(BEFORE_NAME)..=at).find(|i| before.is_char_boundary(*i)).unwrap_or(at);
                if CITED_BEHIND.is_match(behind) {
                    anothers += 1;
                } else if OURS_BEFORE.find(&before[from..]).is_some_and(|found| !BASELINE.is_match(found.as_str())) {
                    own += 1;
                }
            }
        }
        let owner = match own.cmp(&anothers) {
            std::cmp::Ordering::Greater => Some(Owner::Paper),
            std::cmp::Ordering::Less => Some(Owner::Another),
            std::cmp::Ordering::Equal => None,
        };
        self.owners.borrow_mut().insert(name.to_string(), owner);
        owner
    }

    /// Names in the sentences that mention `Table 2`, and the datasets in their paragraphs and section headings.
    fn referring(&self, names: &NameMeanings, label: &str) -> (Heading, Vec<HeadingName>) {
        let (mut all, mut around) = (Heading::default(), Vec::new());
        if label.is_empty() {
            return (all, around);
        }
        for (reading, spans) in self.fields {
            let mut is_referring = false;
            for (at, _) in reading.text.match_indices(label) {
                let behind = reading.text[at + label.len()..].chars().next();
                if behind.is_some_and(is_word_char) {
                    continue;
                }
                is_referring = true;
                let sentence = reading.sentences.around(at);
                let paragraph = paragraph(reading.text, at);
                for span in spans.iter().filter(|span| paragraph.contains(&span.range.start)) {
                    let named = || HeadingName { entity: Some(span.entity.clone()), name: span.name.clone() };
                    if span.entity.kind() == Kind::Dataset {
                        add(&mut around, named());
                    }
                    if sentence.contains(&span.range.start) {
                        match span.entity.kind() {
                            Kind::Metric => add(&mut all.metrics, named()),
                            Kind::Dataset => add(&mut all.datasets, named()),
                            Kind::Task => add(&mut all.tasks, named()),
                            _ => {}
                        }
                    }
                }
            }
            if is_referring && let Field::Section(number) = reading.field {
                let section =
                    usize::try_from(number).ok().and_then(|number| names.paper.sections.get(number.checked_sub(1)?));
                let title = section.map(|section| names.caption(&section.title)).unwrap_or_default();
                title.datasets.into_iter().for_each(|named| add(&mut around, named));
            }
        }
        (all, around)
    }
}

/// The first letters of a name of several words, in capitals.
fn initials(name: &str) -> Option<String> {
    let letters = first_letters(name);
    let is_short_form = letters.chars().count() >= 2 && letters.chars().all(char::is_alphabetic);
    is_short_form.then(|| letters.to_uppercase())
}

/// The bytes of the paragraph around a place.
fn paragraph(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |before| before + 1);
    let end = text[at..].find('\n').map_or(text.len(), |behind| at + behind);
    start..end
}

impl<'r> TableContext<'r> {
    /// `label`: the label by which the text refers to the table. `banner`: words at the beginning of all column headings.
    pub(super) fn of(
        names: &NameMeanings,
        paper: &'r PaperContext<'r>,
        table: &Table,
        label: &str,
        banner: &str,
    ) -> Self {
        let text = caption_words(&table.caption);
        let mut caption = names.caption_of_table(&text);
        if caption.datasets.is_empty() && caption.metrics.is_empty() && !banner.is_empty() {
            caption = names.caption_of_table(&format!("{text} {banner}"));
        }
        let unlisted_dataset =
            if caption.datasets.is_empty() { unlisted_dataset(&text, caption.names_system) } else { None };
        let (sentences, around) = paper.referring(names, label);
        let marks_of_others = marks_of_others(&format!("{text} {}", table.notes));
        let places = if caption.metrics.is_empty() { Vec::new() } else { names.metric_places(&text) };
        let metrics_of_datasets = MetricsOfDatasets::of(&text, &places);
        Self { paper, caption, sentences, around, marks_of_others, unlisted_dataset, metrics_of_datasets }
    }
}

rule!(MARK, r#"[†‡§¶♣♠♦♥◦⋆∗*][\s:)”"']{0,3}(?P<note>[^.;†‡§¶♣♠♦♥◦⋆∗*]{4,160})"#);
rule!(
    OF_OTHERS,
    r"(?i)\bet\s?al\b|\b(?:19|20)\d\d\b|\b(?:unpublished|cited|reported|taken|copied|published|original(?:ly)?|concurrent|previous|prior|existing)\b|\bfrom\sthe\s\w+\s(?:papers?|work)\b"
);
rule!(OF_US, r"(?i)\b(?:our|ours|we|significan\w+|re-?implement\w*|re-?trained|re-?produced|re-?runs?)\b");

/// The signs in a caption or notes whose meaning is that something comes from others.
fn marks_of_others(text: &str) -> Vec<char> {
    let is_of_others = |note: &str| OF_OTHERS.is_match(note) && !OF_US.is_match(note);
    let notes = MARK.captures_iter(text).filter(|found| is_of_others(&found["note"]));
    notes.filter_map(|found| found[0].chars().next()).collect()
}

rule!(
    ON_DATASET,
    r"\b(?:on|for|of|from|over)\s(?:the\s|our\s)?(?P<name>[A-Z][\w'’.+/-]*(?:\s(?:[A-Z0-9][\w'’.+/-]*|and)){0,3})\s(?:(?:test|dev|development|validation|evaluation|held-out|official|public)\s){0,2}(?:data\s?sets?|corpus|corpora|benchmarks?|test\s?sets?|sets?|challenge|collection|treebank)\b"
);
rule!(
    NO_NAME,
    r"(?i)^(?:the|our|all|both|each|test|dev|development|validation|train|training|table|figure|english|different|various)$"
);

// A name with a second capital or a number, which the caption cites: "Quantitative comparison on SPAD [78]".
rule!(ON_CITED, r"\bon\s(?:the\s)?(?P<name>[A-Z][\w+.-]*[A-Z0-9][\w+-]*)\s?(?:\[\d+\]|\([A-Z][^()]*\d{4}[a-z]?\))");
// The same without a citation, at the end of a clause and behind a word for results: "Results on HO4D."
rule!(
    RESULTS_ON,
    r"\b(?:[Rr]esults?|[Cc]omparisons?|[Pp]erformance|[Ee]valuation)(?:\s[a-z-]+){0,4}\son\s(?:the\s)?(?P<name>[A-Z][\w+.-]*[A-Z0-9][\w+-]*)(?:[.,;:]|\s?$)"
);

/// The name before the word for a dataset in a caption, or what the caption says the results are on. `names_system`:
/// whether the caption names a model or a method, which results can also be on.
fn unlisted_dataset(caption: &str, names_system: bool) -> Option<String> {
    let named = |found: regex::Captures| found["name"].to_string();
    let clear = ON_DATASET.captures_iter(caption).map(named);
    let rules: &[&Rule] = if names_system { &[] } else { &[&ON_CITED, &RESULTS_ON] };
    let mut names = clear.chain(rules.iter().flat_map(|rule| rule.captures_iter(caption).map(named)));
    // "the English-German development set" has no name.
    let is_pair = |name: &str| settings(name).iter().any(|setting| name.contains('-') && setting.contains('-'));
    names.find(|name| name.len() > 1 && !NO_NAME.is_match(name) && !is_pair(name))
}

/// The name of a kind that applies in the whole paper.
fn usual_of_paper(fields: &[(&ReadField, &[Span])], kind: Kind) -> Option<UsualName> {
    if let Some(named) = only_one_of_abstract(fields, kind) {
        return Some(UsualName { named, confidence: 0.75 });
    }
    // Papers mention many datasets that they do not use.
    let confidence = if kind == Kind::Dataset { 0.5 } else { 0.65 };
    let mut all = frequent(fields, kind);
    all.retain(|(named, _)| !named.entity.as_ref().is_some_and(unstated::is_cost));
    usual(&all.iter().collect::<Vec<_>>()).map(|named| UsualName { named: named.clone(), confidence })
}

/// The entity that title and abstract name, if there is one of the kind.
fn only_one_of_abstract(fields: &[(&ReadField, &[Span])], kind: Kind) -> Option<HeadingName> {
    let in_front = fields.iter().filter(|(reading, _)| matches!(reading.field, Field::Title | Field::Abstract));
    let is_of_kind = |span: &&Span| span.entity.kind() == kind && !unstated::is_cost(&span.entity);
    let mut names = in_front.flat_map(|(_, spans)| spans.iter()).filter(is_of_kind);
    let first = names.next()?;
    let named = || HeadingName { entity: Some(first.entity.clone()), name: first.name.clone() };
    names.all(|span| span.entity == first.entity).then(named)
}

/// The most frequent name, if it is far more frequent than the next one.
pub(super) fn usual<'n>(all: &[&'n (HeadingName, usize)]) -> Option<&'n HeadingName> {
    let (first, rest) = all.split_first()?;
    let is_usual = rest.first().is_none_or(|(_, next)| first.1 >= USUAL * next);
    is_usual.then_some(&first.0)
}

/// Names of a kind with their counts in the paper, the most frequent first.
fn frequent(fields: &[(&ReadField, &[Span])], kind: Kind) -> Vec<(HeadingName, usize)> {
    let mut counts: HashMap<&EntityId, (usize, &str)> = HashMap::new();
    for span in fields.iter().flat_map(|(_, spans)| spans.iter()).filter(|span| span.entity.kind() == kind) {
        counts.entry(&span.entity).or_insert((0, &span.name)).0 += 1;
    }
    let mut all: Vec<(HeadingName, usize)> = counts
        .into_iter()
        .map(|(id, (times, name))| (HeadingName { entity: Some(id.clone()), name: name.to_string() }, times))
        .collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.name.cmp(&b.0.name)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_whose_note_names_others_mark_the_systems_of_others() {
        let marks = |text| marks_of_others(text).into_iter().collect::<String>();
        assert_eq!(marks("Results on FooSet. † denotes the models of (Bauer et al. 2017)."), "†");
        assert_eq!(marks("† indicates unpublished works. ‡: taken from the original paper."), "†‡");
        for text in [
            "† marks significant differences to previous work.",
            "† is our re-implementation of Bauer et al. (2017).",
            "Results on FooSet.",
            "†",
        ] {
            assert_eq!(marks(text), "", "{text}");
        }
    }

    #[test]
    fn initials_are_those_of_names_with_several_words() {
        assert_eq!(initials("Zork Normalization").as_deref(), Some("ZN"));
        assert_eq!(initials("zork-normalization").as_deref(), Some("ZN"));
        assert_eq!(initials("FooNet"), None);
        assert_eq!(initials("FooNet 2"), None);
    }

    #[test]
    fn an_author_or_two_with_a_year_are_a_short_citation() {
        for (label, family, year) in [("Weiss15", "Weiss", "15"), ("LeBauer14 with trees", "Bauer", "14")] {
            let found = SHORT_CITATION.captures(label).unwrap();
            assert_eq!((&found["family"], &found["year"]), (family, year));
        }
    }
}
