//! Merges the records of one paper.

use super::citations::join_references;
use super::identity::{RecordGroup, id_key, title_key};
use crate::document::{DocumentAuthor, DocumentParts};
use crate::paper::{Contradiction, Paper, PaperId, SourceLocation, is_enrichment, spoken_name};

/// Formats whose title, authors and dates are guessed from the printed paper.
const PRINT: [&str; 2] = ["pdf", "text"];

/// What a list or a person states wins over what is guessed from print. Catalogues that were asked to fill gaps come
/// last.
fn precedence(record: &Paper) -> u8 {
    let all = |is: fn(&SourceLocation) -> bool| !record.sources.is_empty() && record.sources.iter().all(is);
    if all(|origin| is_enrichment(&origin.file)) {
        2
    } else {
        u8::from(all(|origin| PRINT.contains(&origin.format.as_str())))
    }
}

/// One paper from its records, in the order that decides where they contradict each other: the more precise value wins,
/// else the first. The mark of the group distinguishes papers that have one title and no registered id.
///
/// A pure function: without one record, merging gives the same result as if that record had never existed.
pub(crate) fn merge_records(mut records: Vec<Paper>, group: &RecordGroup) -> Option<Paper> {
    if !group.wrong_ids.is_empty() {
        records.iter_mut().for_each(|record| take_back(record, &group.wrong_ids));
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
    if group.mark > 0 {
        id = id.marked(group.mark);
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
fn take_back(record: &mut Paper, wrong_ids: &[u64]) {
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

fn join(into: &mut Paper, from: Paper) {
    let place = from.sources.first().map(|origin| (origin.file.clone(), origin.line)).unwrap_or_default();
    let mut contradictions = Vec::new();
    let mut contradict = |field: &str, kept: String, dropped: String| {
        let (file, line) = place.clone();
        contradictions.push(Contradiction { field: field.to_string(), kept, dropped, file, line });
    };
    if title_key(&into.title) != title_key(&from.title) {
        contradict("title", into.title.clone(), from.title.clone());
    }
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
        (Some(a), Some(b)) => contradict("published", a.to_string(), b.to_string()),
        (None, b) => into.published = b,
        (Some(_), None) => {}
    }
    let fills_gaps = precedence(&from) == 2;
    let is_richer = richness(&from) > richness(into);
    match (into.author_count, from.author_count) {
        (Some(a), Some(b)) if a != b => contradict("author_count", a.to_string(), b.to_string()),
        (None, b) => into.author_count = b,
        _ => {}
    }
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    take(&mut into.organization, from.organization, same, |a, b| contradict("organization", a, b));
    take(&mut into.doi, from.doi, same, |a, b| contradict("doi", a, b));
    // Each source has its own name for a venue.
    take(&mut into.venue, from.venue, |_, _| true, |_, _| {});
    if into.authors.is_none() {
        into.authors = from.authors;
    }
    // One source cuts an abstract off and another has all of it; the offsets of mentions need one text.
    let abstract_place = into.sources.iter().find(|origin| origin.states.iter().any(|field| field == "abstract"));
    let abstract_place = abstract_place.map(|origin| (origin.file.clone(), origin.line));
    let mut shorter_abstract = None;
    if title_key(&into.abstract_text) != title_key(&from.abstract_text) {
        let longer = from.abstract_text.chars().count() > into.abstract_text.chars().count();
        // A catalogue that was asked to fill gaps replaces nothing.
        let only_fills = fills_gaps && !into.abstract_text.is_empty();
        if !into.abstract_text.is_empty() && !from.abstract_text.is_empty() {
            let shorten = |s: &str| s.chars().take(40).collect::<String>() + "…";
            let (old, new) = (shorten(&into.abstract_text), shorten(&from.abstract_text));
            if longer && !only_fills {
                shorter_abstract = Some((new, old));
            } else {
                contradict("abstract", old, new);
            }
        }
        if longer && !only_fills {
            into.abstract_text = from.abstract_text;
        }
    }
    if let Some((kept, dropped)) = shorter_abstract {
        let (file, line) = abstract_place.unwrap_or(place);
        contradictions.push(Contradiction { field: "abstract".to_string(), kept, dropped, file, line });
    }
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
        join_authors(&mut into.document, other.authors);
    }
    for id in from.catalogue_ids {
        if !into.catalogue_ids.contains(&id) {
            into.catalogue_ids.push(id);
        }
    }
    into.catalogue_ids.sort_unstable();
    for url in from.urls {
        if !into.urls.contains(&url) {
            into.urls.push(url);
        }
    }
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
    into.contradictions.extend(contradictions);
}

/// Adds what another source says about the authors: ids and affiliations of authors with the same name.
fn join_authors(into: &mut Option<Box<DocumentParts>>, others: Vec<DocumentAuthor>) {
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
            for one in new {
                if !known.contains(&one) {
                    known.push(one);
                }
            }
        }
    }
}

fn take(
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
