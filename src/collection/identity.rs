//! Finds the records that describe the same paper.
//!
//! Records that share a registered id are one paper, unless one source gives a DOI to titles that have nothing in
//! common: that is an error of the source. A title joins records only if nothing distinguishes them: the same title
//! with another first author, another year or another id of the same registry is another paper. If several papers are
//! possible, none is chosen, and the doubt is reported. The outcome depends on the set of records alone, not on the
//! order in which they were read.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::disjoint_sets::DisjointSets;

use crate::paper::{FILE_IDS, OPENREVIEW_IDS, Paper, PaperId, Registry};
use crate::text::fold_name;

/// What distinguishes the paper of a record from others, in a few bytes: a million of them fit into memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordTrace {
    /// Ids that make two records the same paper. The highest byte of each is its registry.
    pub(super) ids: Box<[u64]>,
    /// Hashes of its ids in catalogues.
    pub(super) catalogue_ids: Box<[u64]>,
    /// Hash of the normalised title; 0 for a title without letters.
    pub(super) title_hash: u64,
    /// Hash of the title without a remark on its version: "(Extended Abstract)", "(v2)".
    plain_title_hash: u64,
    /// One bit for each longer word of the title, to see whether two titles have words in common.
    word_bits: u64,
    /// Hash of the name of the file that the record is from; 0 if unknown.
    file_hash: u64,
    /// Hash of the key of the paper's own id, which is made from the title if no registry has one.
    own_id_hash: u64,
    /// Hash of the first author's family name; 0 if unknown.
    pub(super) first_author: u32,
    /// Year of publication; 0 if unknown.
    pub(super) year: u16,
}

impl RecordTrace {
    pub fn of(paper: &Paper) -> Self {
        let by_title = PaperId::from_title(&paper.title);
        let doi = paper.doi.as_deref().and_then(PaperId::doi);
        let chosen = (paper.id != by_title).then_some(&paper.id);
        let mut ids: Vec<u64> = chosen.into_iter().chain(&paper.identifiers).chain(&doi).map(id_key).collect();
        ids.extend(paper.catalogue_ids.iter().filter(|id| identifies_paper(id)).map(|id| identifying_key(id)));
        ids.sort_unstable();
        ids.dedup();
        Self {
            ids: ids.into(),
            catalogue_ids: paper.catalogue_ids.iter().map(|id| catalogue_key(id)).collect(),
            title_hash: hash_of_title(&title_key(&paper.title)),
            plain_title_hash: hash_of_title(&title_key(without_remark(&paper.title))),
            word_bits: word_bits(&paper.title),
            file_hash: paper.sources.first().map_or(0, |origin| xxh3_64(origin.file.as_bytes())),
            own_id_hash: xxh3_64(paper.id.key().as_bytes()),
            first_author: paper.authors.as_ref().and_then(|all| all.first()).map_or(0, |first| family_key(first)),
            // An inferred year can be the year of the file.
            year: paper.published.filter(|_| paper.date_source.is_none()).map_or(0, |date| date.year()),
        }
    }

    /// Whether an id, given by its hash, is the record's own and not only that of a DOI that it states.
    fn is_own(&self, id: u64) -> bool {
        id << 8 == self.own_id_hash & !0xff
    }

    /// Whether the titles are the same or have half of their words in common.
    fn is_titled_like(&self, other: &Self) -> bool {
        let fewer = self.word_bits.count_ones().min(other.word_bits.count_ones());
        self.plain_title_hash == other.plain_title_hash || 2 * (self.word_bits & other.word_bits).count_ones() >= fewer
    }
}

/// The hash of an id, with its registry in the highest byte.
pub(super) fn id_key(id: &PaperId) -> u64 {
    (id.registry() as u64) << 56 | xxh3_64(id.key().as_bytes()) >> 8
}

/// Whether the hash is that of an id from a registry.
fn is_registered(id: u64) -> bool {
    !matches!(id >> 56, IDENTIFYING | UNREGISTERED)
}

/// The highest byte of the hash of an id that no registry has.
const UNREGISTERED: u64 = Registry::None as u64;
/// The highest byte of the hash of an id in a catalogue that identifies a paper, see [`identifies_paper`].
const IDENTIFYING: u64 = 0xfe;

/// Whether records with this id in a catalogue are one paper: a file in a library, a submission at `OpenReview`.
fn identifies_paper(id: &str) -> bool {
    [FILE_IDS, OPENREVIEW_IDS].iter().any(|begin| id.starts_with(begin))
}

fn identifying_key(id: &str) -> u64 {
    IDENTIFYING << 56 | xxh3_64(id.as_bytes()) >> 8
}

/// The hash of an id in a catalogue. Its highest byte belongs to no registry.
pub(super) fn catalogue_key(id: &str) -> u64 {
    0xff << 56 | xxh3_64(id.as_bytes()) >> 8
}

/// The hash of a [`title_key`]; 0 if that is empty.
pub(super) fn hash_of_title(key: &str) -> u64 {
    if key.is_empty() { 0 } else { xxh3_64(key.as_bytes()) }
}

/// The title without a remark on its version at the end.
fn without_remark(title: &str) -> &str {
    static REMARK: LazyLock<Regex> = LazyLock::new(|| {
        let version = r"(?:extended|short|long|full|student|preliminary|revised|conference|workshop|journal|arxiv|final|technical)";
        let kind = r"(?:abstract|version|paper|report|preprint|draft)";
        let bracketed = format!(r"[(\[]\s*(?:(?:{version}\s+)+{kind}|abstract|v(?:ersion)?\s*[0-9]{{1,2}})\s*[)\]]");
        Regex::new(&format!(r"(?i)[\s:,–—-]*(?:{bracketed}|[:–—-]\s*extended abstract)[\s.]*$"))
            .expect("a pattern of the program is sound")
    });
    let plain = REMARK.find(title).map_or(title, |remark| &title[..remark.start()]);
    if plain.trim().is_empty() { title } else { plain }
}

/// A bit for each word of four letters or more.
fn word_bits(title: &str) -> u64 {
    let folded = fold_name(title);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 3);
    words.fold(0, |bits, word| bits | 1 << (xxh3_64(word.as_bytes()) % 64))
}

/// Letters and digits of a title, folded, for comparison.
pub(super) fn title_key(title: &str) -> String {
    // Most titles are ASCII without LaTeX commands. Folding only makes their letters lower-case.
    if title.is_ascii() && !title.contains('\\') {
        return title.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    }
    fold_name(title).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// "Ada Lovelace", "A. Lovelace" and "Lovelace, Ada" are one person.
pub(super) fn family_key(author: &str) -> u32 {
    let key = family_name(author);
    if key.is_empty() { 0 } else { (xxh3_64(key.as_bytes()) >> 32) as u32 | 1 }
}

/// The family name, folded.
pub(super) fn family_name(author: &str) -> String {
    let family = match author.split_once(',') {
        Some((family, _)) => family,
        None => author.split_whitespace().next_back().unwrap_or_default(),
    };
    title_key(family)
}

/// Records that describe one paper.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordGroup {
    /// Numbers of the records, by rank.
    pub records: Vec<u32>,
    /// Number among the papers with the same title and no registered id, from 2; it becomes part of the id. 0 for the
    /// first of them, and for a paper that needs no number.
    pub namesake: u32,
    /// Hashes of ids that records have because of an error of their source. The paper is known without them.
    pub wrong_ids: Vec<u64>,
}

/// A record that may describe the paper of another record, but is not joined with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordDoubt {
    pub record: u32,
    /// A record of the paper that it may describe.
    pub other: u32,
    pub reason: DoubtReason,
}

/// Why it is doubtful whether two records describe one paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoubtReason {
    /// It has the title of one or several papers, and too little else is known.
    Title,
    /// Their source gives both the same DOI, but their titles have nothing in common.
    SharedDoi,
}

/// Groups records by paper. The papers are in the order of their first records. `rank` is the order of records that
/// decides between them: no two may be equal.
pub fn group_records<R: Ord>(traces: &[&RecordTrace], rank: impl Fn(u32) -> R) -> (Vec<RecordGroup>, Vec<RecordDoubt>) {
    let mut sets = DisjointSets::new(traces.len());
    let mut ids: Vec<(u64, u32)> =
        (0..).zip(traces).flat_map(|(i, trace)| trace.ids.iter().map(move |&id| (id, i))).collect();
    ids.sort_unstable();
    let (shared, sound): (Vec<_>, Vec<_>) =
        ids.chunk_by(|a, b| a.0 == b.0).partition(|same| is_shared_in_a_source(traces, same, &rank));
    for same in sound {
        for (_, record) in same {
            sets.join(same[0].1, *record);
        }
    }
    let mut doubts = Vec::new();
    let mut wrong: Vec<(u32, u64)> = Vec::new();
    for same in shared {
        join_similar_titles(traces, same, &mut sets, &rank, (&mut doubts, &mut wrong));
    }
    drop(ids);
    doubts.extend(join_by_title(traces, &mut sets, &rank));

    let mut order: Vec<u32> = (0..traces.len() as u32).collect();
    order.sort_by_cached_key(|&i| rank(i));
    // The number of the group of each root.
    let mut group_of_root = vec![u32::MAX; traces.len()];
    let mut groups: Vec<RecordGroup> = Vec::new();
    for record in order {
        let number = &mut group_of_root[sets.root(record) as usize];
        if *number == u32::MAX {
            *number = groups.len() as u32;
            groups.push(RecordGroup { records: Vec::with_capacity(1), namesake: 0, wrong_ids: Vec::new() });
        }
        groups[*number as usize].records.push(record);
    }
    for (record, id) in wrong {
        let number = group_of_root[sets.root(record) as usize];
        groups[number as usize].wrong_ids.push(id);
    }
    for group in &mut groups {
        group.wrong_ids.sort_unstable();
        group.wrong_ids.dedup();
    }
    number_namesakes(traces, &mut groups);
    (groups, doubts)
}

/// Whether one source gives the DOI to records whose titles have nothing in common. A DOI of the Anthology is an id of
/// the Anthology.
fn is_shared_in_a_source<R: Ord>(traces: &[&RecordTrace], same: &[(u64, u32)], rank: &impl Fn(u32) -> R) -> bool {
    let has_dois = [Registry::Doi, Registry::Acl].iter().any(|registry| same[0].0 >> 56 == *registry as u64);
    if same.len() < 2 || !has_dois {
        return false;
    }
    let mut records: Vec<u32> = same.iter().map(|(_, record)| *record).collect();
    records.sort_by_cached_key(|&record| rank(record));
    let mut first: HashMap<u64, &RecordTrace> = HashMap::new();
    records.into_iter().map(|record| traces[record as usize]).filter(|trace| trace.file_hash != 0).any(|trace| {
        let first = first.entry(trace.file_hash).or_insert(trace);
        !first.is_titled_like(trace)
    })
}

/// Joins the records of a DOI that have similar titles. If several papers remain, the DOI goes to the only one whose
/// own id it is, else to the one to which most sources give it.
fn join_similar_titles<R: Ord>(
    traces: &[&RecordTrace],
    same: &[(u64, u32)],
    sets: &mut DisjointSets,
    rank: &impl Fn(u32) -> R,
    (doubts, wrong): (&mut Vec<RecordDoubt>, &mut Vec<(u32, u64)>),
) {
    let mut records: Vec<u32> = same.iter().map(|(_, record)| *record).collect();
    records.sort_by_cached_key(|&record| rank(record));
    // The first record of each paper, and the sources of all its records.
    let mut papers: Vec<(u32, BTreeSet<u64>)> = Vec::new();
    for record in records {
        let trace = traces[record as usize];
        let known = papers
            .iter_mut()
            .find(|(first, _)| sets.root(*first) == sets.root(record) || traces[*first as usize].is_titled_like(trace));
        match known {
            Some((first, sources)) => {
                sets.join(*first, record);
                sources.insert(trace.file_hash);
            }
            None => papers.push((record, BTreeSet::from([trace.file_hash]))),
        }
    }
    let id = same[0].0;
    let mut owners: Vec<u32> = Vec::new();
    for (_, record) in same.iter().filter(|(_, record)| traces[*record as usize].is_own(id)) {
        let of_record = papers.iter().map(|(first, _)| *first).find(|first| sets.root(*first) == sets.root(*record));
        owners.extend(of_record.filter(|first| !owners.contains(first)));
    }
    let most = papers.iter().map(|(_, sources)| sources.len()).max().unwrap_or_default();
    let mut with_most = papers.iter().filter(|(_, sources)| sources.len() == most);
    let of_most = with_most.next().filter(|_| with_most.next().is_none()).map(|(first, _)| *first);
    let owner = if let [one] = owners.as_slice() { Some(*one) } else { of_most };
    for (first, _) in papers.iter().filter(|(first, _)| papers.len() > 1 && Some(*first) != owner) {
        wrong.push((*first, id));
        let other = owner.or_else(|| papers.iter().map(|(other, _)| *other).find(|other| other != first));
        doubts.extend(other.map(|other| RecordDoubt { record: *first, other, reason: DoubtReason::SharedDoi }));
    }
}

/// Joins records with one title if nothing distinguishes them.
fn join_by_title<R: Ord>(
    traces: &[&RecordTrace],
    sets: &mut DisjointSets,
    rank: &impl Fn(u32) -> R,
) -> Vec<RecordDoubt> {
    let mut titles: Vec<(u64, u32)> =
        (0..).zip(traces).filter(|(_, t)| t.plain_title_hash != 0).map(|(i, t)| (t.plain_title_hash, i)).collect();
    titles.sort_unstable();
    let contested: Vec<&[(u64, u32)]> = titles
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|same| same.iter().any(|(_, i)| sets.root(*i) != sets.root(same[0].1)))
        .collect();
    // What is known about the papers in question, including titles of their other records.
    let mut facts: HashMap<u32, ContestedPaper> = contested
        .iter()
        .flat_map(|same| same.iter())
        .map(|(_, i)| (sets.root(*i), ContestedPaper::default()))
        .collect();
    for (i, trace) in (0..).zip(traces) {
        if let Some(facts) = facts.get_mut(&sets.root(i)) {
            facts.add(i, trace);
        }
    }
    let mut doubts = Vec::new();
    for same in contested {
        let mut papers: Vec<ContestedPaper> = same.iter().filter_map(|(_, i)| facts.remove(&sets.root(*i))).collect();
        // The papers about which most is known come first; then the order is that of the records.
        papers.sort_by_cached_key(|paper| {
            (paper.registered_ids.is_empty(), paper.unknown_facts(), paper.lowest_rank(rank))
        });
        let mut known: Vec<ContestedPaper> = Vec::new();
        for paper in papers {
            let judged: Vec<(usize, TitleLikeness)> = known.iter().map(|k| k.likeness(&paper)).enumerate().collect();
            let same: Vec<usize> = judged.iter().filter(|(_, l)| *l == TitleLikeness::Same).map(|(i, _)| *i).collect();
            match (same.as_slice(), judged.iter().find(|(_, l)| *l != TitleLikeness::Different)) {
                (&[one], _) => {
                    sets.join(known[one].records[0], paper.records[0]);
                    known[one].absorb(paper);
                }
                (_, Some(&(other, _))) => {
                    let other = known[other].records[0];
                    doubts.push(RecordDoubt { record: paper.records[0], other, reason: DoubtReason::Title });
                    known.push(paper);
                }
                (_, None) => known.push(paper),
            }
        }
        for paper in known {
            facts.insert(sets.root(paper.records[0]), paper);
        }
    }
    doubts
}

/// What is known about a paper whose title other papers have too.
#[derive(Debug, Default)]
struct ContestedPaper {
    records: Vec<u32>,
    /// Hashes of its titles, with their remarks.
    titles: Vec<u64>,
    /// Hashes of its ids in registries.
    registered_ids: Vec<u64>,
    /// Hashes of its first authors' family names.
    authors: Vec<u32>,
    years: Vec<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TitleLikeness {
    Same,
    Different,
    Doubtful,
}

impl ContestedPaper {
    fn add(&mut self, record: u32, trace: &RecordTrace) {
        self.records.push(record);
        self.titles.push(trace.title_hash);
        self.registered_ids.extend(trace.ids.iter().copied().filter(|id| is_registered(*id)));
        self.authors.extend((trace.first_author != 0).then_some(trace.first_author));
        self.years.extend((trace.year != 0).then_some(trace.year));
    }

    fn absorb(&mut self, other: Self) {
        self.records.extend(other.records);
        self.titles.extend(other.titles);
        self.registered_ids.extend(other.registered_ids);
        self.authors.extend(other.authors);
        self.years.extend(other.years);
    }

    /// Number of unknown values among first author and year.
    fn unknown_facts(&self) -> u8 {
        u8::from(self.authors.is_empty()) + u8::from(self.years.is_empty())
    }

    fn lowest_rank<R: Ord>(&self, rank: &impl Fn(u32) -> R) -> Option<R> {
        self.records.iter().map(|&record| rank(record)).min()
    }

    fn likeness(&self, other: &Self) -> TitleLikeness {
        let shared_registry =
            self.registered_ids.iter().any(|a| other.registered_ids.iter().any(|b| a >> 56 == b >> 56));
        let author = (!self.authors.is_empty() && !other.authors.is_empty())
            .then(|| self.authors.iter().any(|a| other.authors.contains(a)));
        let gap = self.years.iter().flat_map(|a| other.years.iter().map(move |b| a.abs_diff(*b))).min();
        // A paper in proceedings was often a preprint the year before.
        let late = gap.is_some_and(|gap| gap > 1 || gap == 1 && author != Some(true));
        if shared_registry || author == Some(false) || late {
            return TitleLikeness::Different;
        }
        // A remark on the version distinguishes a paper whose first author is unknown.
        if author != Some(true) && !self.titles.iter().any(|title| other.titles.contains(title)) {
            return TitleLikeness::Doubtful;
        }
        // Two registries that share nothing but the title.
        let registered = !self.registered_ids.is_empty() && !other.registered_ids.is_empty();
        if registered && author.is_none() && gap.is_none() { TitleLikeness::Doubtful } else { TitleLikeness::Same }
    }
}

/// Papers with the same title and without a registered id need different ids.
fn number_namesakes(traces: &[&RecordTrace], groups: &mut [RecordGroup]) {
    let registered = |group: &RecordGroup| {
        let mut ids = group.records.iter().flat_map(|&i| traces[i as usize].ids.iter());
        ids.any(|id| is_registered(*id) && !group.wrong_ids.contains(id))
    };
    let without_id = groups.iter().enumerate().filter(|(_, group)| !registered(group));
    let mut by_own_id: Vec<(u64, usize)> = without_id.map(|(at, group)| (own_id_hash(traces, group), at)).collect();
    by_own_id.sort_unstable();
    for namesakes in by_own_id.chunk_by(|a, b| a.0 == b.0) {
        for (n, (_, at)) in (1..).zip(namesakes).skip(1) {
            groups[*at].namesake = n;
        }
    }
}

/// Hash of the id that a paper has if no registry has one: a chosen id wins over the title's.
fn own_id_hash(traces: &[&RecordTrace], group: &RecordGroup) -> u64 {
    let chosen = group.records.iter().find(|&&i| traces[i as usize].ids.iter().any(|id| id >> 56 != IDENTIFYING));
    let record = chosen.or(group.records.first()).copied().unwrap_or_default();
    traces[record as usize].own_id_hash
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn the_key_of_a_title_is_the_letters_and_digits_of_its_folded_form(
            title in r"[ -~]{0,24}|[a-zA-Z0-9 αβé–/().,+$\\{}-]{0,24}",
        ) {
            let expected: String = fold_name(&title).chars().filter(|c| c.is_alphanumeric()).collect();
            proptest::prop_assert_eq!(title_key(&title), expected);
        }
    }
}
