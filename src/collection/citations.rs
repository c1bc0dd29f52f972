//! Resolves the references of a paper to papers of the collection.
//!
//! A reference is resolved by its ids in registries and catalogues, else by its folded title, with first author and
//! year where they are known. If it can mean several papers, none is chosen. A reference that means no paper of the
//! collection becomes a [`Work`], whose key is made from the reference alone. So the result depends on the set of
//! records and not on the order in which they were read, and only a paper that gets or loses one of its
//! [`citation_keys`] changes what others cite.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::identity::{
    RecordGroup, RecordTrace, catalogue_key, family_key, family_name, hash_of_title, id_key, title_key,
};
use crate::document::{DocumentParts, Reference};
use crate::extract::{Citation, Cited, Field, TextPlace};
use crate::paper::{Paper, PaperId, Work};
use crate::text::stable_hash;

/// A title of this many letters belongs to one work, by any author. A shorter one (`Deep learning`) needs the
/// first author.
const LONG_TITLE: usize = 24;
/// Titles with fewer letters are not titles of works but remains of an entry that was read wrongly.
const MIN_TITLE: usize = 6;
/// Longest readable part of a work's key, in letters.
const KEY_LETTERS: usize = 60;
/// Largest number of places in the text kept for one citation.
const MAX_PLACES: usize = 3;
/// Years between two versions of one work by the same first author, and by an unknown one.
const MAX_YEARS_APART: u16 = 3;
const MAX_YEARS_APART_UNKNOWN: u16 = 1;

/// The ids of a reference.
struct ReferenceIds {
    /// The ids in registries.
    registered: Vec<PaperId>,
    /// The id in a catalogue: `openalex:w12`.
    catalogue: Option<String>,
    /// Hashes of all of them, sorted.
    hashes: Vec<u64>,
}

/// The parts of a reference that are compared.
struct ReferenceKeys {
    ids: ReferenceIds,
    /// The folded title; empty if unknown.
    title: String,
    /// Hash of the folded title; 0 if it is too short for a title.
    title_hash: u64,
    /// Number of letters in the title.
    letters: usize,
    /// Hash of the first author's family name; 0 if unknown.
    first_author: u32,
    year: Option<u16>,
}

impl ReferenceKeys {
    fn of(reference: &Reference) -> Self {
        Self::new(reference, title_of(reference), ReferenceIds::of(reference))
    }

    /// `title` is the folded title.
    fn new(reference: &Reference, title: String, ids: ReferenceIds) -> Self {
        let letters = title.chars().count();
        Self {
            ids,
            title_hash: if letters < MIN_TITLE { 0 } else { hash_of_title(&title) },
            title,
            letters,
            first_author: reference.authors.first().map_or(0, |first| family_key(first)),
            year: reference.year,
        }
    }
}

/// The folded title.
fn title_of(reference: &Reference) -> String {
    reference.title.as_deref().map(|title| title_key(without_archive(title))).unwrap_or_default()
}

/// The title without the archive that some sources leave at its end: `… to Align and Translate. CoRR, abs/1409`.
fn without_archive(title: &str) -> &str {
    const ARCHIVES: [&str; 4] = ["CoRR", "arXiv preprint", "arXiv.org", "ArXiv e-prints"];
    /// Length of the longest remainder, in bytes.
    const LONGEST: usize = 40;
    let from = title.ceil_char_boundary(title.len().saturating_sub(LONGEST));
    // Few titles have an archive, and one pass for two marks costs less than a search for each name.
    if !title.as_bytes()[from..].windows(4).any(|letters| matches!(letters, b"CoRR" | b"rXiv")) {
        return title;
    }
    match ARCHIVES.iter().filter_map(|archive| title[from..].find(archive)).map(|at| from + at).min() {
        Some(at) if at > 0 => title[..at].trim_end_matches([' ', '.', ',', ':']),
        _ => title,
    }
}

impl ReferenceIds {
    fn of(reference: &Reference) -> Self {
        let mut registered: Vec<PaperId> = reference.arxiv.as_deref().and_then(PaperId::arxiv).into_iter().collect();
        registered.extend(reference.doi.as_deref().and_then(PaperId::doi));
        let (by_url, catalogue) = reference.url.as_deref().map(ids_in_url).unwrap_or_default();
        registered.extend(by_url);
        let mut hashes: Vec<u64> =
            registered.iter().map(id_key).chain(catalogue.as_deref().map(catalogue_key)).collect();
        hashes.sort_unstable();
        hashes.dedup();
        Self { registered, catalogue, hashes }
    }
}

/// The id in a registry and the id in a catalogue that a web address has.
fn ids_in_url(url: &str) -> (Option<PaperId>, Option<String>) {
    let lower = url.to_ascii_lowercase();
    let path_after = |host: &str| lower.split_once(host).map(|(_, path)| path);
    let registered = if lower.contains("arxiv.org/") {
        PaperId::arxiv(url)
    } else if lower.contains("doi.org/") {
        PaperId::doi(url)
    } else if let Some(path) = path_after("aclanthology.org/").or_else(|| path_after("aclweb.org/anthology/")) {
        path.trim_start_matches("papers/").split(['/', '?', '#']).next().and_then(PaperId::acl)
    } else {
        None
    };
    let openalex = || path_after("openalex.org/").map(|id| format!("openalex:{id}"));
    let s2 = || path_after("semanticscholar.org/paper/").map(|id| format!("s2:{id}"));
    let corpus = || path_after("semanticscholar.org/corpusid:").map(|id| format!("corpus:{id}"));
    (registered, openalex().or_else(s2).or_else(corpus))
}

/// The keys by which references find a paper with this trace.
pub(crate) fn citation_keys(trace: &RecordTrace) -> impl Iterator<Item = u64> {
    let title = (trace.title_hash != 0).then_some(trace.title_hash);
    trace.ids.iter().chain(&trace.catalogue_ids).copied().chain(title)
}

/// Whether a reference of the paper can mean a paper with one of these [`citation_keys`].
pub(crate) fn may_cite(paper: &Paper, citation_keys: &HashSet<u64>) -> bool {
    let has = |key: &u64| citation_keys.contains(key);
    references(paper).iter().map(ReferenceKeys::of).any(|keys| has(&keys.title_hash) || keys.ids.hashes.iter().any(has))
}

/// Hashes of the ids by which the paper cites without a title, sorted.
pub(crate) fn untitled_reference_ids(paper: &Paper) -> Box<[u64]> {
    let untitled = references(paper).iter().filter(|reference| title_of(reference).chars().count() < MIN_TITLE);
    let mut ids: Vec<u64> = untitled.flat_map(|reference| ReferenceIds::of(reference).hashes).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into()
}

pub(crate) fn has_references(paper: &Paper) -> bool {
    !references(paper).is_empty()
}

fn references(paper: &Paper) -> &[Reference] {
    paper.document.as_deref().map_or(&[], |document| &document.references)
}

/// Counts keys of works for ids that some papers cite alone and others with a title: both kinds of references mean one
/// work.
#[derive(Debug, Default)]
pub(crate) struct WorkKeyCounter {
    /// Hashes of ids that are cited without a title.
    wanted: HashSet<u64>,
    /// For each of them, the keys of works, each with its number of references.
    found: HashMap<u64, BTreeMap<String, u32>>,
}

impl WorkKeyCounter {
    /// `wanted` are the [`untitled_reference_ids`] of all papers.
    pub(crate) fn new(wanted: impl IntoIterator<Item = u64>) -> Self {
        Self { wanted: wanted.into_iter().collect(), found: HashMap::new() }
    }

    /// The wanted ids that a paper cites with a title, each with the key of the work.
    pub(crate) fn of_paper(&self, paper: &Paper) -> Vec<(u64, String)> {
        if self.wanted.is_empty() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for reference in references(paper) {
            let ids = ReferenceIds::of(reference);
            if !ids.hashes.iter().any(|id| self.wanted.contains(id)) {
                continue;
            }
            let keys = ReferenceKeys::new(reference, title_of(reference), ids);
            let wanted = keys.ids.hashes.iter().filter(|id| keys.title_hash != 0 && self.wanted.contains(*id));
            found.extend(wanted.filter_map(|id| Some((*id, work_key(reference, &keys)?))));
        }
        found
    }

    pub(crate) fn add(&mut self, found: impl IntoIterator<Item = (u64, String)>) {
        for (id, key) in found {
            *self.found.entry(id).or_default().entry(key).or_default() += 1;
        }
    }

    /// The key of the work for each id, sorted: the one that most references have; among equals the first.
    pub(crate) fn finish(self) -> Vec<(u64, String)> {
        let best = |(id, keys): (u64, BTreeMap<String, u32>)| {
            let (key, _) = keys.into_iter().rev().max_by_key(|(_, count)| *count)?;
            Some((id, key))
        };
        let mut all: Vec<(u64, String)> = self.found.into_iter().filter_map(best).collect();
        all.sort_unstable();
        all
    }
}

/// What a record says about a paper whose title is cited.
struct RecordFacts {
    /// Number of the paper.
    paper: u32,
    /// Hash of the first author's family name; 0 if unknown.
    first_author: u32,
    /// Year of publication; 0 if unknown.
    year: u16,
}

/// Resolves references to the papers of a collection.
pub struct ReferenceResolver {
    /// Hashes of ids, each with the number of its paper; sorted.
    ids: Vec<(u64, u32)>,
    /// Hashes of titles, each with the number of its paper; sorted.
    titles: Vec<(u64, u32)>,
    /// Facts about each record, sorted by paper.
    facts: Vec<RecordFacts>,
    papers: Vec<PaperId>,
    /// Keys of works that are cited by an id alone, see [`WorkKeyCounter`].
    works: HashMap<u64, String>,
}

impl ReferenceResolver {
    /// `traces` are those of all records, which `groups` refer to; `papers` has the id of each group; `works` is the
    /// outcome of [`WorkKeyCounter`].
    pub fn new(
        traces: &[&RecordTrace],
        groups: &[RecordGroup],
        papers: Vec<PaperId>,
        works: Vec<(u64, String)>,
    ) -> Self {
        let (mut ids, mut titles, mut facts) = (Vec::new(), Vec::new(), Vec::new());
        for (paper, group) in (0..).zip(groups) {
            for &record in &group.records {
                let Some(trace) = traces.get(record as usize) else { continue };
                ids.extend(trace.ids.iter().chain(&trace.catalogue_ids).map(|id| (*id, paper)));
                titles.extend((trace.title_hash != 0).then_some((trace.title_hash, paper)));
                facts.push(RecordFacts { paper, first_author: trace.first_author, year: trace.year });
            }
        }
        for list in [&mut ids, &mut titles] {
            list.sort_unstable();
            list.dedup();
        }
        Self { ids, titles, facts, papers, works: works.into_iter().collect() }
    }

    /// The works that a paper cites, each once, in the order of its references.
    pub fn citations(&self, paper: &Paper) -> Vec<Citation> {
        let references = references(paper);
        if references.is_empty() {
            return Vec::new();
        }
        let mut places = citation_places(paper);
        let mut citations: Vec<Citation> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for (number, reference) in (0..).zip(references) {
            let keys = ReferenceKeys::of(reference);
            let (node, cited) =
                match self.cited_paper(&keys).or_else(|| self.cited_work(reference, &keys).map(Cited::Work)) {
                    Some(Cited::Paper(id)) if id == paper.id => continue,
                    Some(Cited::Paper(id)) => (id.to_string(), Cited::Paper(id)),
                    Some(Cited::Work(work)) => (work.key.clone(), Cited::Work(work)),
                    None => continue,
                };
            let here = places.remove(&number).unwrap_or_default();
            let at = *known.entry(node).or_insert_with(|| {
                citations.push(Citation { cited, places: Vec::new() });
                citations.len() - 1
            });
            let known = &mut citations[at].places;
            known.extend(here);
            known.sort_unstable_by_key(|place| (place.field, place.start, place.end));
            known.dedup();
            known.truncate(MAX_PLACES);
        }
        citations
    }

    fn cited_work(&self, reference: &Reference, keys: &ReferenceKeys) -> Option<Work> {
        let mut work = work_of(reference, keys)?;
        if keys.title_hash == 0
            && let Some(key) = keys.ids.hashes.iter().find_map(|id| self.works.get(id))
        {
            work.key.clone_from(key);
        }
        Some(work)
    }

    fn cited_paper(&self, keys: &ReferenceKeys) -> Option<Cited> {
        let mut by_id: Vec<u32> = keys.ids.hashes.iter().flat_map(|id| papers_with(&self.ids, *id)).collect();
        by_id.sort_unstable();
        by_id.dedup();
        let paper = match by_id[..] {
            [one] => Some(one),
            [] => self.paper_by_title(keys, |_| true),
            // The ids contradict each other: the title may decide between them.
            _ => self.paper_by_title(keys, |paper| by_id.contains(&paper)),
        };
        Some(Cited::Paper(self.papers.get(paper? as usize)?.clone()))
    }

    fn paper_by_title(&self, keys: &ReferenceKeys, allowed: impl Fn(u32) -> bool) -> Option<u32> {
        if keys.title_hash == 0 {
            return None;
        }
        let fits = |paper: u32| self.fit(paper, keys).map(|fit| (fit, paper));
        let mut fitting: Vec<(ReferenceFit, u32)> =
            papers_with(&self.titles, keys.title_hash).filter(|paper| allowed(*paper)).filter_map(fits).collect();
        fitting.sort_unstable();
        match fitting[..] {
            [(_, one)] => Some(one),
            // One of them has exactly this year and author; otherwise it would be a guess.
            [(ReferenceFit::Exact, one), (other, _), ..] if other != ReferenceFit::Exact => Some(one),
            _ => None,
        }
    }

    /// How well a paper with the same title fits the reference; `None` if it is another work.
    fn fit(&self, paper: u32, keys: &ReferenceKeys) -> Option<ReferenceFit> {
        let from = self.facts.partition_point(|facts| facts.paper < paper);
        let facts = || self.facts.iter().skip(from).take_while(|facts| facts.paper == paper);
        let authors: Vec<u32> = facts().map(|facts| facts.first_author).filter(|author| *author != 0).collect();
        let years = facts().map(|facts| facts.year).filter(|year| *year != 0);
        let same_author = (keys.first_author != 0 && !authors.is_empty()).then(|| authors.contains(&keys.first_author));
        let apart = keys.year.and_then(|year| years.map(|other| other.abs_diff(year)).min());
        let is_long = keys.letters >= LONG_TITLE;
        match (same_author, apart) {
            (Some(true), Some(0)) => Some(ReferenceFit::Exact),
            (Some(true), Some(apart)) => (apart <= MAX_YEARS_APART).then_some(ReferenceFit::Close),
            (Some(true), None) => Some(ReferenceFit::Close),
            (None, Some(apart)) => (is_long && apart <= MAX_YEARS_APART_UNKNOWN).then_some(ReferenceFit::Close),
            (None, None) => is_long.then_some(ReferenceFit::Close),
            // Either the author was read wrongly, or another paper has the title. A long title in the same year is no
            // coincidence.
            (Some(false), Some(0)) => is_long.then_some(ReferenceFit::Close),
            (Some(false), _) => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ReferenceFit {
    /// Title, first author and year agree.
    Exact,
    Close,
}

/// The papers with this key.
fn papers_with(list: &[(u64, u32)], key: u64) -> impl Iterator<Item = u32> + '_ {
    let from = list.partition_point(|(other, _)| *other < key);
    list.iter().skip(from).take_while(move |(other, _)| *other == key).map(|(_, paper)| *paper)
}

/// The places in the text that point to each reference.
fn citation_places(paper: &Paper) -> HashMap<u32, Vec<TextPlace>> {
    let mut places: HashMap<u32, Vec<TextPlace>> = HashMap::new();
    for (number, section) in (1..).zip(&paper.sections) {
        for citation in &section.citations {
            let (start, end) = (citation.start as usize, citation.end as usize);
            let place = TextPlace { field: Field::Section(number), start, end };
            places.entry(citation.reference).or_default().push(place);
        }
    }
    places
}

/// The work that a reference describes. `None` if the reference has neither a title nor an id.
fn work_of(reference: &Reference, keys: &ReferenceKeys) -> Option<Work> {
    let key = work_key(reference, keys)?;
    let title = match &reference.title {
        Some(title) if keys.title_hash != 0 => without_archive(title).to_string(),
        _ => reference
            .doi
            .clone()
            .or_else(|| reference.arxiv.as_ref().map(|id| format!("arXiv:{id}")))
            .unwrap_or_else(|| key.clone()),
    };
    let author = reference.authors.first().cloned();
    let arxiv = keys.ids.registered.iter().find_map(PaperId::as_arxiv);
    Some(Work { key, title, author, year: reference.year, doi: reference.doi.clone(), arxiv })
}

/// The key of the work that a reference describes: from its title, with the first author if the title is short, else
/// from an id. `None` if the reference has neither.
fn work_key(reference: &Reference, keys: &ReferenceKeys) -> Option<String> {
    if keys.letters >= LONG_TITLE {
        Some(shortened(&keys.title))
    } else if keys.letters >= MIN_TITLE {
        let family = reference.authors.first().map(|author| family_name(author)).filter(|family| !family.is_empty());
        Some(family.map_or_else(|| keys.title.clone(), |family| format!("{}-{family}", keys.title)))
    } else {
        let registered = keys.ids.registered.first().map(|id| id.key().to_string());
        registered.or_else(|| keys.ids.catalogue.as_ref().map(|id| id.replace(':', "-")))
    }
}

/// A key for a long title: its first letters and a hash of all of it.
fn shortened(folded: &str) -> String {
    match folded.char_indices().nth(KEY_LETTERS) {
        Some((end, _)) => format!("{}-{:08x}", &folded[..end], stable_hash(folded.bytes()) >> 32),
        None => folded.to_string(),
    }
}

/// Adds what another source says about the references: ids and years of those in both lists, then the references that
/// only the other source lists.
pub(super) fn join_references(into: &mut Option<Box<DocumentParts>>, others: Vec<Reference>) {
    if others.is_empty() {
        return;
    }
    let references = &mut into.get_or_insert_default().references;
    let mut by_key: HashMap<u64, usize> = HashMap::new();
    let mut learn = |at: usize, reference: &Reference| {
        let keys = ReferenceKeys::of(reference);
        for key in keys.ids.hashes.into_iter().chain((keys.title_hash != 0).then_some(keys.title_hash)) {
            by_key.entry(key).or_insert(at);
        }
    };
    references.iter().enumerate().for_each(|(at, reference)| learn(at, reference));
    for other in others {
        let keys = ReferenceKeys::of(&other);
        let same = keys
            .ids
            .hashes
            .iter()
            .chain((keys.title_hash != 0).then_some(&keys.title_hash))
            .find_map(|key| by_key.get(key));
        let Some(known) = same.and_then(|at| references.get_mut(*at)) else {
            references.push(other);
            continue;
        };
        known.title = known.title.take().or(other.title);
        known.year = known.year.or(other.year);
        known.doi = known.doi.take().or(other.doi);
        known.arxiv = known.arxiv.take().or(other.arxiv);
        known.url = known.url.take().or(other.url);
        if known.authors.is_empty() {
            known.authors = other.authors;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collection::group_records;

    fn reference(title: &str, author: &str, year: u16) -> Reference {
        let authors = if author.is_empty() { Vec::new() } else { vec![author.to_string()] };
        let title = Some(title.to_string()).filter(|title| !title.is_empty());
        Reference { title, authors, year: (year != 0).then_some(year), ..Reference::default() }
    }

    fn paper(title: &str, author: &str, year: &str) -> Paper {
        Paper { authors: Some(vec![author.to_string()]), published: year.parse().ok(), ..Paper::titled(title) }
    }

    /// The id of what one reference means in a collection of these papers: `paper/…` or `work/…`.
    fn meaning(papers: &[Paper], reference: Reference) -> String {
        let traces: Vec<RecordTrace> = papers.iter().map(RecordTrace::of).collect();
        let traces: Vec<&RecordTrace> = traces.iter().collect();
        let (groups, _) = group_records(&traces, |record| record);
        let id = |group: &RecordGroup| {
            let id = &papers[group.records[0] as usize].id;
            if group.namesake > 0 { id.marked(group.namesake) } else { id.clone() }
        };
        let ids = groups.iter().map(id).collect();
        let document = DocumentParts { references: vec![reference], ..DocumentParts::default() };
        let citing = Paper { document: Some(Box::new(document)), ..Paper::titled("Citing") };
        match ReferenceResolver::new(&traces, &groups, ids, Vec::new())
            .citations(&citing)
            .pop()
            .map(|citation| citation.cited)
        {
            Some(Cited::Paper(id)) => id.to_string(),
            Some(Cited::Work(work)) => format!("work/{}", work.key),
            None => "nothing".to_string(),
        }
    }

    const LONG: &str = "A Long Title About Lanterns in the Night";

    #[test]
    fn an_id_decides_whatever_the_title_says() {
        let mut published = paper(LONG, "Ada Adeyemi", "2020");
        published.doi = Some("10.1000/182".to_string());
        let cited = Reference { doi: Some("10.1000/182".to_string()), ..reference("Lanterns", "Bo Bauer", 1999) };
        assert_eq!(meaning(&[published], cited), "paper/a-long-title-about-lanterns-in-the-night");
    }

    #[test]
    fn ids_of_catalogues_and_addresses_are_ids() {
        let listed = Paper { catalogue_ids: vec!["openalex:w12".to_string()], ..paper(LONG, "A", "2020") };
        let by_url = |url: &str| Reference { url: Some(url.to_string()), ..reference("", "", 0) };
        let id = "paper/a-long-title-about-lanterns-in-the-night";
        assert_eq!(meaning(std::slice::from_ref(&listed), by_url("https://openalex.org/W12")), id);
        assert_eq!(meaning(&[listed], by_url("https://openalex.org/W13")), "work/openalex-w13");
        let registered = Paper { id: PaperId::acl("N19-1423").unwrap(), ..paper(LONG, "A", "2020") };
        assert_eq!(meaning(&[registered], by_url("https://aclanthology.org/N19-1423.pdf")), "paper/acl-n19-1423");
    }

    #[test]
    fn a_title_decides_with_author_and_year_where_they_are_known() {
        let papers = [paper(LONG, "Ada Adeyemi", "2020")];
        let id = "paper/a-long-title-about-lanterns-in-the-night";
        for (author, year) in [("A. Adeyemi", 2020), ("Adeyemi, A.", 2022), ("", 2021), ("", 0), ("Bo Bauer", 2020)] {
            assert_eq!(meaning(&papers, reference(&LONG.to_uppercase(), author, year)), id, "{author} {year}");
        }
        for (author, year) in [("A. Adeyemi", 2010), ("", 2010), ("Bo Bauer", 2021), ("Bo Bauer", 0)] {
            let other = meaning(&papers, reference(LONG, author, year));
            assert_eq!(other, "work/alongtitleaboutlanternsinthenight", "{author} {year}");
        }
    }

    #[test]
    fn an_archive_after_the_title_is_not_part_of_it() {
        let papers = [paper(LONG, "Ada Adeyemi", "2020")];
        let id = "paper/a-long-title-about-lanterns-in-the-night";
        for rest in [". CoRR, abs/2001.1", "? CoRR", " arXiv preprint arXiv:2001.1"] {
            assert_eq!(meaning(&papers, reference(&format!("{LONG}{rest}"), "A. Adeyemi", 2020)), id, "{rest}");
        }
        assert_eq!(without_archive("CoRR and its readers"), "CoRR and its readers");
    }

    #[test]
    fn a_short_title_needs_its_author() {
        let papers = [paper("Deep Lanterns", "Ada Adeyemi", "2020")];
        assert_eq!(meaning(&papers, reference("Deep lanterns", "A. Adeyemi", 2020)), "paper/deep-lanterns");
        assert_eq!(meaning(&papers, reference("Deep lanterns", "", 2020)), "work/deeplanterns");
        assert_eq!(meaning(&papers, reference("Deep lanterns", "B. Bauer", 2020)), "work/deeplanterns-bauer");
        assert_eq!(meaning(&papers, reference("et al", "B. Bauer", 2020)), "nothing");
    }

    #[test]
    fn of_two_papers_that_fit_none_is_chosen_unless_one_has_the_very_year() {
        let papers = [paper(LONG, "Ada Adeyemi", "2018"), paper(LONG, "Ada Adeyemi", "2020")];
        assert_eq!(
            meaning(&papers, reference(LONG, "A. Adeyemi", 2020)),
            "paper/a-long-title-about-lanterns-in-the-night+2"
        );
        assert!(meaning(&papers, reference(LONG, "A. Adeyemi", 2019)).starts_with("work/"));
        assert!(meaning(&papers, reference(LONG, "", 0)).starts_with("work/"));
    }

    #[test]
    fn references_of_two_sources_are_one_list_and_the_first_keeps_its_numbers() {
        let with_doi = Reference { doi: Some("10.1000/182".to_string()), ..reference(LONG, "", 0) };
        let mut parts = Some(Box::new(DocumentParts {
            references: vec![reference("Another Title", "Bo Bauer", 2001), reference(LONG, "Ada Adeyemi", 2020)],
            ..DocumentParts::default()
        }));
        join_references(&mut parts, vec![with_doi, reference("A Third Title", "", 0)]);
        let joined = parts.unwrap().references;
        let titles: Vec<&str> = joined.iter().filter_map(|reference| reference.title.as_deref()).collect();
        assert_eq!(titles, ["Another Title", LONG, "A Third Title"]);
        assert_eq!((joined[1].doi.as_deref(), joined[1].year), (Some("10.1000/182"), Some(2020)));
    }
}
