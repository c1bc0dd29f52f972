//! Merges the records of one paper.

use super::citations::join_references;
use super::identity::{RecordGroup, id_key, title_key};
use crate::document::{DocumentAuthor, DocumentParts};
use crate::paper::{Contradiction, Paper, PaperId, SourceLocation, is_enrichment, spoken_name};

/// Formats whose title, authors and dates are guessed from the printed paper.
const PRINT_FORMATS: [&str; 2] = ["pdf", "text"];

/// What a list or a person states wins over what is guessed from print. Catalogues that were asked to fill gaps come
/// last.
fn precedence(record: &Paper) -> u8 {
    let all = |is: fn(&SourceLocation) -> bool| !record.sources.is_empty() && record.sources.iter().all(is);
    if all(|origin| is_enrichment(&origin.file)) {
        2
    } else {
        u8::from(all(|origin| PRINT_FORMATS.contains(&origin.format.as_str())))
    }
}

/// One paper from its records, in the order that decides where they contradict each other: the more precise value wins,
/// else the first.
///
/// A pure function: without one record, merging gives the same result as if that record had never existed.
pub(crate) fn merge_records(mut records: Vec<Paper>, group: &RecordGroup) -> Option<Paper> {
    if !group.wrong_ids.is_empty() {
        records.iter_mut().for_each(|record| remove_ids(record, &group.wrong_ids));
    }
    records.sort_by_key(precedence);
    let mut ids: Vec<PaperId> = Vec::new();
    for paper in &records {
        ids.push(paper.id.clone());
        ids.extend(paper.identifiers.iter().cloned());
        ids.extend(paper.doi.as_deref().and_then(PaperId::doi));
    }
    // A chosen id wins over the title's.
    let chosen = || records.iter().find(|paper| paper.id != PaperId::from_title(&paper.title)).map(|paper| &paper.id);
    let registered = ids.iter().filter(|id| id.is_registered());
    let best = registered.min_by(|a, b| a.preference().cmp(&b.preference())).or_else(chosen).or(ids.first());
    let mut id = best?.clone();
    if group.namesake > 0 {
        id = id.marked(group.namesake);
    }
    let mut records = records.into_iter();
    let mut merged = records.next()?;
    for record in records {
        join(&mut merged, record);
    }
    merged.id = id;
    ids.retain(|id| id.is_registered() && *id != merged.id);
    ids.sort_unstable();
    ids.dedup();
    merged.identifiers = ids;
    merged.contradictions.sort_unstable();
    merged.contradictions.dedup();
    Some(merged)
}

/// Removes ids that the record has because of an error of its source.
fn remove_ids(record: &mut Paper, wrong_ids: &[u64]) {
    let is_wrong = |id: &PaperId| wrong_ids.contains(&id_key(id));
    if record.doi.as_deref().and_then(PaperId::doi).is_some_and(|id| is_wrong(&id)) {
        record.doi = None;
    }
    record.identifiers.retain(|id| !is_wrong(id));
    if is_wrong(&record.id) {
        let other = (!record.identifiers.is_empty()).then(|| record.identifiers.remove(0));
        record.id = other.unwrap_or_else(|| PaperId::from_title(&record.title));
    }
}

/// The differences between a paper and a record that is merged into it.
struct Differences {
    /// File and line of the record.
    location: (String, u64),
    contradictions: Vec<Contradiction>,
}

impl Differences {
    fn with(record: &Paper) -> Self {
        let location = record.sources.first().map(|origin| (origin.file.clone(), origin.line)).unwrap_or_default();
        Self { location, contradictions: Vec::new() }
    }

    /// Adds a field for which the paper keeps its own value and drops that of the record.
    fn add(&mut self, field: &str, kept: String, dropped: String) {
        self.add_dropped_from(self.location.clone(), field, kept, dropped);
    }

    fn add_dropped_from(&mut self, (file, line): (String, u64), field: &str, kept: String, dropped: String) {
        self.contradictions.push(Contradiction { field: field.to_string(), kept, dropped, file, line });
    }
}

/// Merges a record into a paper.
fn join(into: &mut Paper, mut from: Paper) {
    let mut differences = Differences::with(&from);
    if title_key(&into.title) != title_key(&from.title) {
        differences.add("title", into.title.clone(), from.title.clone());
    }
    join_dates(into, &from, &mut differences);
    let fills_gaps = precedence(&from) == 2;
    let is_richer = richness(&from) > richness(into);
    match (into.author_count, from.author_count) {
        (Some(a), Some(b)) if a != b => differences.add("author_count", a.to_string(), b.to_string()),
        (None, b) => into.author_count = b,
        _ => {}
    }
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    fill(&mut into.organization, from.organization.take(), same, |a, b| differences.add("organization", a, b));
    fill(&mut into.doi, from.doi.take(), same, |a, b| differences.add("doi", a, b));
    // Each source has its own name for a venue.
    fill(&mut into.venue, from.venue.take(), |_, _| true, |_, _| {});
    if into.authors.is_none() {
        into.authors = from.authors.take();
    }
    join_abstracts(into, std::mem::take(&mut from.abstract_text), fills_gaps, &mut differences);
    // The number of comments only grows: the larger number is the later one.
    into.comments = into.comments.max(from.comments);
    // Citations and cells point into the list of references, so the whole text comes from one source. What the other
    // source knows about the references is added behind.
    let other = if is_richer {
        into.sections = from.sections;
        std::mem::replace(&mut into.document, from.document)
    } else {
        from.document
    };
    if let Some(other) = other {
        join_references(&mut into.document, other.references);
        add_author_facts(&mut into.document, other.authors);
    }
    add_new(&mut into.catalogue_ids, from.catalogue_ids);
    into.catalogue_ids.sort_unstable();
    add_new(&mut into.urls, from.urls);
    into.declared.join(from.declared);
    into.library.join(from.library);
    for origin in from.sources {
        match into.sources.iter_mut().find(|known| known.is_at(&origin)) {
            Some(known) => known.states.extend(origin.states),
            None => into.sources.push(origin),
        }
    }
    into.sources.sort();
    into.contradictions.extend(from.contradictions);
    into.contradictions.extend(differences.contradictions);
}

fn join_dates(into: &mut Paper, from: &Paper, differences: &mut Differences) {
    // A stated date replaces an inferred one.
    if into.date_source.is_some() && from.published.is_some() && from.date_source.is_none() {
        (into.published, into.date_source) = (None, None);
    }
    let stated = from.published.filter(|_| from.date_source.is_none() || into.published.is_none());
    if into.published.is_none() {
        into.date_source = from.date_source;
    }
    match (into.published, stated) {
        (Some(a), Some(b)) if a.agrees_with(b) => {
            if b.precision() > a.precision() {
                into.published = Some(b);
            }
        }
        (Some(a), Some(b)) => differences.add("published", a.to_string(), b.to_string()),
        (None, b) => into.published = b,
        (Some(_), None) => {}
    }
}

/// Keeps the longer abstract: one source cuts an abstract off and another has all of it, and the offsets of mentions
/// need one text. A catalogue that was asked to fill gaps replaces nothing.
fn join_abstracts(into: &mut Paper, abstract_text: String, fills_gaps: bool, differences: &mut Differences) {
    /// Length of an abstract in a contradiction, in code points.
    const SHOWN: usize = 40;
    if title_key(&into.abstract_text) == title_key(&abstract_text) {
        return;
    }
    let is_longer = abstract_text.chars().count() > into.abstract_text.chars().count();
    let replaces = is_longer && (into.abstract_text.is_empty() || !fills_gaps);
    if !into.abstract_text.is_empty() && !abstract_text.is_empty() {
        let shorten = |text: &str| text.chars().take(SHOWN).collect::<String>() + "…";
        let (old, new) = (shorten(&into.abstract_text), shorten(&abstract_text));
        if replaces {
            let states = |origin: &&SourceLocation| origin.states.iter().any(|field| field == "abstract");
            let stated_at = into.sources.iter().find(states).map(|origin| (origin.file.clone(), origin.line));
            let location = stated_at.unwrap_or_else(|| differences.location.clone());
            differences.add_dropped_from(location, "abstract", new, old);
        } else {
            differences.add("abstract", old, new);
        }
    }
    if replaces {
        into.abstract_text = abstract_text;
    }
}

/// Adds the values that a list does not have.
fn add_new(known: &mut Vec<String>, values: Vec<String>) {
    for value in values {
        if !known.contains(&value) {
            known.push(value);
        }
    }
}

/// Adds what another source says about the authors: ids and affiliations of authors with the same name.
fn add_author_facts(into: &mut Option<Box<DocumentParts>>, others: Vec<DocumentAuthor>) {
    if others.is_empty() {
        return;
    }
    let authors = &mut into.get_or_insert_default().authors;
    if authors.is_empty() {
        *authors = others;
        return;
    }
    for other in others {
        let key = title_key(&spoken_name(&other.name));
        let Some(author) = authors.iter_mut().find(|author| title_key(&spoken_name(&author.name)) == key) else {
            continue;
        };
        author.orcid = author.orcid.take().or(other.orcid);
        author.email = author.email.take().or(other.email);
        for (known, new) in [
            (&mut author.ids, other.ids),
            (&mut author.institutions, other.institutions),
            (&mut author.affiliations, other.affiliations),
        ] {
            add_new(known, new);
        }
    }
}

/// Fills a field that is empty. If it has another value, that is a contradiction, given the kept and the dropped value.
fn fill(
    into: &mut Option<String>,
    from: Option<String>,
    same: impl Fn(&str, &str) -> bool,
    contradict: impl FnOnce(String, String),
) {
    match (&*into, from) {
        (Some(a), Some(b)) if !same(a, &b) => contradict(a.clone(), b),
        (None, b) => *into = b,
        _ => {}
    }
}

/// How much of the whole paper a record has; the richer of two records is kept.
fn richness(paper: &Paper) -> (bool, bool, bool) {
    let parts = paper.document.as_deref();
    let tables = parts.is_some_and(|parts| !parts.tables.is_empty());
    (tables && !paper.sections.is_empty(), !paper.sections.is_empty(), parts.is_some())
}

/// What is left of a record without one of its sources; `None` if nothing is.
pub(crate) fn without_source(mut record: Paper, file: &str) -> Option<Paper> {
    let stated = |origins: &[SourceLocation], key: &str| origins.iter().any(|o| o.states.iter().any(|s| s == key));
    let (gone, left): (Vec<SourceLocation>, Vec<SourceLocation>) =
        record.sources.into_iter().partition(|origin| origin.file == file);
    if left.is_empty() {
        return None;
    }
    // Items of lists record which source states them; the fields of a record that was already merged when it was read
    // do not.
    record.declared.retain(|key| !stated(&gone, key) || stated(&left, key));
    record.contradictions.retain(|contradiction| contradiction.file != file);
    record.sources = left;
    Some(record)
}
