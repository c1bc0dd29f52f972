//! Resolves the references of papers and prints each with the paper that it means, for judging by hand:
//! `cargo run --release --example references -- FILE… > references.tsv`.
//!
//! The columns are the citing paper, the title, first author and year of the reference, what it means (`=` a paper, `-`
//! no paper, `?` no paper although one has the very title), and the title, first author and year of the paper. The
//! counts come last, on standard error.

mod files;

use std::collections::HashMap;

use papergraph::document::{DocumentParts, Reference};
use papergraph::extract::Cited;
use papergraph::internals::collection::{RecordTrace, ReferenceResolver, group_records};
use papergraph::internals::text::fold_name;
use papergraph::paper::{Paper, PaperId};

fn main() {
    let papers = files::papers_of_arguments();
    let traces: Vec<RecordTrace> = papers.iter().map(RecordTrace::of).collect();
    let traces: Vec<&RecordTrace> = traces.iter().collect();
    let (groups, _) = group_records(&traces, |record| record);
    let first = |records: &[u32]| &papers[records[0] as usize];
    let ids = groups.iter().map(|group| first(&group.records).id.clone()).collect();
    let resolver = ReferenceResolver::new(&traces, &groups, ids, Vec::new());
    let by_id: HashMap<&PaperId, &Paper> = groups.iter().map(|g| first(&g.records)).map(|p| (&p.id, p)).collect();
    let by_title: HashMap<String, &Paper> = papers.iter().map(|paper| (letters(&paper.title), paper)).collect();
    let (mut all, mut resolved, mut titled, mut missed) = (0, 0, 0, 0);
    for paper in &papers {
        for reference in paper.document.iter().flat_map(|document| &document.references) {
            all += 1;
            let of_title = reference.title.as_deref().and_then(|title| by_title.get(&letters(title)));
            let of_title = of_title.filter(|other| other.id != paper.id);
            let found = meaning(&resolver, paper, reference).and_then(|id| by_id.get(&id).copied());
            titled += u32::from(of_title.is_some());
            resolved += u32::from(found.is_some());
            missed += u32::from(of_title.is_some() && found.is_none());
            let mark = if found.is_some() {
                "="
            } else if of_title.is_some() {
                "?"
            } else {
                "-"
            };
            println!(
                "{}\t{}\t{mark}\t{}",
                paper.id,
                of_reference(reference),
                found.or(of_title.copied()).map(of_paper).unwrap_or_default()
            );
        }
    }
    eprintln!(
        "{all} references, {resolved} resolved; {titled} have the title of a paper, {missed} of them not resolved"
    );
}

/// The meaning of one reference of a paper, if it is another paper.
fn meaning(resolver: &ReferenceResolver, paper: &Paper, reference: &Reference) -> Option<PaperId> {
    let document = DocumentParts { references: vec![reference.clone()], ..DocumentParts::default() };
    let alone = Paper { sections: Vec::new(), document: Some(Box::new(document)), ..paper.clone() };
    match resolver.citations(&alone).pop()?.cited {
        Cited::Paper(id) => Some(id),
        Cited::Work(_) => None,
    }
}

fn letters(title: &str) -> String {
    fold_name(title).chars().filter(|c| c.is_alphanumeric()).collect()
}

fn of_reference(reference: &Reference) -> String {
    let year = reference.year.map(|year| year.to_string()).unwrap_or_default();
    let author = reference.authors.first().cloned().unwrap_or_default();
    format!("{}\t{author}\t{year}", reference.title.clone().unwrap_or_default())
}

fn of_paper(paper: &Paper) -> String {
    let year = paper.published.map(|date| date.year().to_string()).unwrap_or_default();
    let author = paper.authors.iter().flatten().next().cloned().unwrap_or_default();
    format!("{}\t{author}\t{year}", paper.title)
}
