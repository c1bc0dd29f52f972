//! The page of a paper: its code first, then its contents.

use std::collections::HashSet;
use std::ops::Range;

use maud::{Markup, html};

use super::node::{self, FactList, plain};
use super::{
    badge, boards, clean, code_state, counted, file_name, link, outside, page_with, picture, raw, repository_link,
    thousands,
};
use crate::answer::{NeighborGroup, NodeDetails, PaperFacts};
use crate::checks::utc_day;
use crate::export::bibtex;
use crate::export::citation_keys::usable_keys;
use crate::extract::Field;
use crate::graph::{ClaimedResult, MinConfidence, Tie, less_sure_of, web_address};
use crate::ontology::{Base, NodeKind};
use crate::paper::{Paper, PaperId};
use crate::serve::address;
use crate::serve::parameters;
use crate::serve::problem::HttpProblem;
use crate::serve::reload::ServedGeneration;
use crate::store::{GraphStore, NodeRef, StoreError, StoredMention};
use crate::text::{ByteOffsets, Readable};

/// Number of authors shown before the rest is folded away.
const AUTHORS: usize = 12;

pub(crate) fn page(
    served: &ServedGeneration,
    node: &NodeRef,
    found: &mut NodeDetails,
    least: Option<MinConfidence>,
) -> Result<Markup, HttpProblem> {
    let store = &served.graph;
    let base = store.base();
    show_sentences_once(&mut found.groups);
    let found: &NodeDetails = found;
    let crate::answer::NodeFacts::Paper(facts) = &found.facts else {
        return Err(HttpProblem::internal("a paper without its facts"));
    };
    let is_code =
        |group: &&NeighborGroup| group.relation == Some(Tie::Repository) && group.kind == NodeKind::Repository;
    let code: Vec<&NeighborGroup> = found.groups.iter().filter(is_code).collect();
    let rest: Vec<&NeighborGroup> = found.groups.iter().filter(|group| !group.is_fact() && !is_code(group)).collect();
    let index = served.boards()?;
    let standings = index.of_paper(store, &node.id)?;
    let path = address::path(base, node.iri.as_str()).unwrap_or_default();
    Ok(page_with(
        &found.name,
        &node::head(&path, false),
        &html! {
            article {
                p.path { (badge(found.kind)) " " code { (found.id) } }
                h1 { (clean(&found.name)) }
                (byline(store, node, &facts.paper)?)
                (links(found, facts))
                (code_box(store, &code, facts)?)
                (abstract_of(store, node, &facts.paper, least)?)
                (claims(&facts.about.results))
                (boards::standings(index, &standings, "Ranks on leaderboards", base))
                (named(&rest, node, base, least))
                @for group in rest.iter().filter(|group| has_sentences(group)) { (node::section(group, node, base, least)) }
                (picture::section(base, node, &found.groups, least))
                (node::confidences(base, node, least))
                @for note in &found.notes { p.note { (note) } }
                (bibtex_of(found, &facts.paper, &code))
                (node::fact_rows(&fact_list(facts)))
                (node::formats(base, node))
            }
        },
    ))
}

/// The whole abstract is on the page, so its sentences are not repeated; sentences of other sections are.
fn show_sentences_once(groups: &mut [NeighborGroup]) {
    let mut shown: HashSet<String> = HashSet::new();
    for row in groups.iter_mut().flat_map(|group| &mut group.rows) {
        if let Some(evidence) = &row.evidence {
            let is_above = matches!(evidence.field, Field::Abstract | Field::Title);
            if is_above || !shown.insert(evidence.sentence.clone()) {
                row.evidence = None;
            }
        }
    }
}

/// Whether a group needs its own list: its rows have sentences, or are papers.
fn has_sentences(group: &NeighborGroup) -> bool {
    group.kind == NodeKind::Paper || group.rows.iter().any(|row| row.evidence.is_some())
}

/// The entities that the paper introduces, uses and names, a line for each relation.
fn named(groups: &[&NeighborGroup], node: &NodeRef, base: &Base, least: Option<MinConfidence>) -> Markup {
    let groups: Vec<&&NeighborGroup> = groups.iter().filter(|group| !has_sentences(group)).collect();
    html! {
        @if !groups.is_empty() {
            section aria-labelledby="names" {
                h2 #names { "What it names" }
                dl.facts { @for group in &groups {
                    dt { (clean(&group.heading)) }
                    dd {
                        @for (i, row) in group.rows.iter().enumerate() {
                            @if i > 0 { ", " } (link(base, &row.id, &row.name))
                            @if row.papers() > 1 { " " span.note { "(" (counted(row.papers() as u64, "paper", "papers")) ")" } }
                        }
                        @if group.total > group.rows.len() { ", " a href=(node::group_address(base, node, group, 1, least)) { "all " (thousands(group.total as u64)) } }
                    }
                } }
            }
        }
    }
}

fn byline(store: &GraphStore, node: &NodeRef, paper: &Paper) -> Result<Markup, StoreError> {
    let base = store.base();
    let written_by = store.objects(&node.iri, store.ontology().kg.written_by.as_ref())?;
    let author = |name: &String| {
        let iri = base.author(name).filter(|iri| written_by.contains(iri));
        match iri.as_ref().and_then(|iri| base.id(iri.as_str())) {
            Some(id) => link(base, id, name),
            None => html! { (clean(name)) },
        }
    };
    let venues = store.objects(&node.iri, store.ontology().kg.published_in.as_ref())?;
    let venue = venues.iter().find_map(|iri| base.id(iri.as_str()));
    let list =
        |names: &[String]| html! { @for (i, name) in names.iter().enumerate() { @if i > 0 { ", " } (author(name)) } };
    let authors: &[String] = paper.authors.as_deref().unwrap_or_default();
    let (first, rest) = authors.split_at(authors.len().min(AUTHORS));
    Ok(html! {
        div.byline {
            @if !authors.is_empty() {
                (list(first))
                @if !rest.is_empty() { details.rest { summary { "and " (rest.len()) " more" } (list(rest)) } }
            } @else if let Some(count) = paper.author_count {
                (thousands(u64::from(count))) @if count == 1 { " author" } @else { " authors" }
            }
            @if let Some(organization) = &paper.organization { @if paper.author_count.is_some() || !authors.is_empty() { " · " } (clean(organization)) }
        }
        p.byline.note {
            @match paper.published {
                Some(date) => { (date) @if let Some(source) = paper.date_source { " (" (source.words()) ")" } }
                None => "undated",
            }
            @match (venue, &paper.venue) {
                (Some(id), Some(name)) => { " · " (link(base, id, name)) }
                (None, Some(name)) => { " · " (clean(name)) }
                (_, None) => ""
            }
        }
    })
}

/// Links to the text of the paper.
fn links(found: &NodeDetails, facts: &PaperFacts) -> Markup {
    html! {
        p.links {
            @if let Some(pdf) = pdf_address(&facts.paper) { (outside(&pdf, "PDF")) " " }
            @for url in &found.urls { (outside(url, url.trim_start_matches("https://").trim_start_matches("http://"))) " " }
            a href="#bibtex" { "BibTeX" } " "
            a href=(parameters::address("/compare", &[("papers", &found.id)])) { "Compare" }
        }
    }
}

/// The file of the paper at arXiv or in the ACL Anthology.
fn pdf_address(paper: &Paper) -> Option<String> {
    let ids = || std::iter::once(&paper.id).chain(&paper.identifiers);
    let arxiv = || ids().find_map(PaperId::as_arxiv).map(|id| format!("https://arxiv.org/pdf/{id}"));
    let acl = || {
        let id = ids().find_map(PaperId::as_acl)?;
        // Ids like N19-1423 have a capital letter in the Anthology, ids like 2021.acl-main.1 do not.
        let id = if id.starts_with(|c: char| c.is_ascii_alphabetic()) { id.to_uppercase() } else { id.to_string() };
        Some(format!("https://aclanthology.org/{id}.pdf"))
    };
    arxiv().or_else(acl)
}

/// The repositories of the paper with the state of each, or what the text says about its code.
fn code_box(store: &GraphStore, groups: &[&NeighborGroup], facts: &PaperFacts) -> Result<Markup, HttpProblem> {
    let base = store.base();
    let mut rows = Vec::new();
    for row in groups.iter().flat_map(|group| &group.rows) {
        let repository = NodeRef {
            kind: NodeKind::Repository,
            id: row.id.clone(),
            label: row.name.clone(),
            iri: base.node(&row.id),
        };
        rows.push((row, store.checked(&repository)?));
    }
    let total: usize = groups.iter().map(|group| group.total).sum();
    Ok(html! {
        section.code aria-labelledby="code" {
            h2 #code { "Code" @if total > 1 { " " span.count { "(" (total) ")" } } }
            @if rows.is_empty() {
                p { @match facts.about.code_words() {
                    "" => "The paper and its sources give no code.",
                    words => { "Code is " (words) "." }
                } }
            } @else {
                ul.plain { @for (row, checked) in &rows { li {
                    (repository_link(base, &row.name)) " " (code_state(row.check())) " "
                    @if let Some(outcome) = checked {
                        span.note {
                            "checked " (utc_day(outcome.checked_at))
                            @if let Some(stars) = outcome.facts.stars { ", " (thousands(stars)) " stars" }
                            @if let Some(licence) = &outcome.facts.licence { ", " (clean(licence)) }
                            @if let Some(push) = outcome.facts.last_push { ", last push " (utc_day(push)) }
                        } " "
                    }
                    (outside(&format!("https://{}", row.name), "open"))
                } } }
                @if total > rows.len() { p.note { (total - rows.len()) " more repositories." } }
            }
        }
    })
}

/// The abstract, with all mentions marked and linked whose links are sure enough.
fn abstract_of(
    store: &GraphStore,
    node: &NodeRef,
    paper: &Paper,
    least: Option<MinConfidence>,
) -> Result<Markup, HttpProblem> {
    let text = &paper.abstract_text;
    if text.trim().is_empty() {
        return Ok(html! {});
    }
    let mut mentions = store.mentions_in(&node.iri)?;
    let less_sure = less_sure_of(store, &node.id, least)?;
    mentions.retain(|mention| {
        let entity = store.base().id(mention.entity.as_str()).unwrap_or_default();
        mention.place.field == Field::Abstract && !less_sure.has_id(entity)
    });
    Ok(html! {
        section aria-labelledby="abstract" {
            h2 #abstract { "Abstract" }
            p.abstract { (marked(text, &mentions, store.base())) }
        }
    })
}

/// Offsets count code points. Where two mentions overlap, the first one is marked.
fn marked(text: &str, mentions: &[StoredMention], base: &Base) -> Markup {
    let bytes = ByteOffsets::new(text);
    let readable = Readable::new(text);
    let text = readable.text();
    let mut done = 0;
    let mut pieces = Vec::new();
    for mention in mentions {
        let Some(place) = bytes.range(mention.place.start, mention.place.end) else { continue };
        let Range { start, end } = readable.range(place);
        let (Some(before), Some(words)) = (text.get(done..start), text.get(start..end)) else { continue };
        let path = address::path(base, mention.entity.as_str()).unwrap_or_default();
        let title = base.id(mention.entity.as_str()).unwrap_or_default();
        pieces.push(html! { (raw(before)) mark { a href=(path) title=(title) { (raw(words)) } } });
        done = end;
    }
    html! { @for piece in &pieces { (piece) } (raw(text.get(done..).unwrap_or_default())) }
}

fn claims(claims: &[ClaimedResult]) -> Markup {
    // A column that no claim fills is left out.
    let has_system = claims.iter().any(|claim| claim.system.is_some());
    html! {
        @if !claims.is_empty() {
            section aria-labelledby="claims" {
                h2 #claims { "Claims of the text" }
                div.scroll tabindex="0" role="region" aria-label="Claims" { table {
                    thead { tr { @if has_system { th scope="col" { "System" } } th scope="col" { "Dataset" } th scope="col" { "Metric" } th.number scope="col" { "Value" } } }
                    tbody { @for claim in claims { tr {
                        @if has_system { td { (clean(claim.system.as_deref().unwrap_or_default())) } }
                        td { (clean(claim.dataset.as_deref().unwrap_or_default())) }
                        td { (clean(&claim.metric)) }
                        td.number { (clean(&claim.value)) }
                    } } }
                } }
            }
        }
    }
}

fn bibtex_of(found: &NodeDetails, paper: &Paper, code: &[&NeighborGroup]) -> Markup {
    let url = found.urls.first().and_then(|url| web_address(url));
    let repositories: Vec<String> =
        code.iter().flat_map(|group| &group.rows).map(|row| format!("https://{}", row.name)).collect();
    // People who copy an entry rarely want the abstract.
    let short = Paper { abstract_text: String::new(), ..paper.clone() };
    html! {
        section aria-labelledby="bibtex" {
            h2 #bibtex { "BibTeX" }
            pre.copy tabindex="0" role="region" aria-label="BibTeX entry" { code { (bibtex::of_paper(&short, usable_keys(&paper.library.citation_keys).next(), url.as_deref(), &repositories).trim_end()) } }
        }
    }
}

fn fact_list(facts: &PaperFacts) -> FactList {
    let mut list: FactList = Vec::new();
    if !facts.about.devices.is_empty() {
        let devices: Vec<String> = facts.about.devices.iter().map(ToString::to_string).collect();
        list.push(("hardware", plain(&devices.join(", "))));
    }
    let library = &facts.paper.library;
    for (name, texts) in
        [("tags", &library.tags), ("collections", &library.collections), ("cited as", &library.citation_keys)]
    {
        if !texts.is_empty() {
            list.push((name, plain(&texts.iter().map(String::as_str).collect::<Vec<_>>().join(", "))));
        }
    }
    for note in &library.notes {
        list.push(("note", plain(note)));
    }
    for source in &facts.paper.sources {
        list.push(("read from", plain(&format!("{} ({})", file_name(&source.to_string()), source.format))));
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::TextPlace;

    #[test]
    fn mentions_are_marked_where_they_stand_and_the_rest_is_escaped() {
        let base = Base::default();
        let mention = |start, end| StoredMention {
            paper: base.node("paper/x"),
            entity: base.node("dataset/coco"),
            place: TextPlace { field: Field::Abstract, start, end },
            text: String::new(),
            confidence: 1.0,
            relation: "mentions".into(),
            variant: None,
        };
        let text = "Größe <b> COCO & more";
        let html = marked(text, &[mention(10, 14), mention(12, 16), mention(90, 99)], &base).into_string();
        assert_eq!(
            html,
            "Größe &lt;b&gt; <mark><a href=\"/dataset/coco\" title=\"dataset/coco\">COCO</a></mark> &amp; more"
        );
    }

    #[test]
    fn the_file_of_a_paper_is_at_its_registry() {
        let of = |id: PaperId| pdf_address(&Paper { id, ..Paper::titled("x") });
        assert_eq!(of(PaperId::arxiv("2407.11062v2").unwrap()).unwrap(), "https://arxiv.org/pdf/2407.11062");
        assert_eq!(of(PaperId::acl("N19-1423").unwrap()).unwrap(), "https://aclanthology.org/N19-1423.pdf");
        assert_eq!(
            of(PaperId::acl("2021.eacl-main.1").unwrap()).unwrap(),
            "https://aclanthology.org/2021.eacl-main.1.pdf"
        );
        assert_eq!(of(PaperId::from_title("x")), None);
    }
}
