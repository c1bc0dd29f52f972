//! All about one node: what `kg show` tells, with links.

use std::ops::Range;
use std::sync::Arc;

use axum::response::Response;
use maud::{Markup, html};

use super::{badge, clean, counted, link, outside, page as whole_page, pager, put_together, thousands};
use crate::extract::Field;
use crate::graph::{About, Claim, Group, Neighbor, Neighbors, PaperAbout, Quote, Selection, Tie, Wanted, quotes_of};
use crate::liveness::Verdict;
use crate::ontology::{Base, NodeKind};
use crate::serve::App;
use crate::serve::address;
use crate::serve::parameters::{self, Parameters};
use crate::serve::problem::Problem;
use crate::serve::reload::Served;
use crate::store::{Evidence, GraphStore, NodeRef};
use crate::text::ByteOffsets;

/// Rows of each group on the first page of a node.
const ROWS: usize = 8;
/// Rows of a page that lists one group.
const LISTED: usize = 50;
/// Pages of one group; the rest is a query's business.
const PAGES: usize = 40;
/// Other names that are listed.
const ALIASES: usize = 24;

/// A node, or one of its groups in full (`?tie=evaluates-on&kind=paper&page=2`).
pub async fn page(
    app: &Arc<App>,
    served: Arc<Served>,
    node: NodeRef,
    parameters: &Parameters,
) -> Result<Response, Problem> {
    let listed = listed(parameters)?;
    put_together(app, move || {
        let store = &served.graph;
        match listed {
            None => overview(store, &node),
            Some((tie, kind, number)) => in_full(store, &node, tie, kind, number),
        }
    })
    .await
}

fn listed(parameters: &Parameters) -> Result<Option<(Tie, NodeKind, usize)>, Problem> {
    let (Some(tie), Some(kind)) = (parameters.filled("tie")?, parameters.filled("kind")?) else { return Ok(None) };
    let tie = tie.parse::<Tie>().map_err(Problem::bad_request)?;
    let kind = kind.parse::<NodeKind>().map_err(Problem::bad_request)?;
    let number = parameters.filled("page")?.and_then(|n| n.parse().ok()).unwrap_or(1_usize);
    Ok(Some((tie, kind, number.clamp(1, PAGES))))
}

fn overview(store: &GraphStore, node: &NodeRef) -> Result<Markup, Problem> {
    let about = About::load(store, node)?;
    let wanted = Wanted { selection: Selection::default(), depth: 1, limit: Some(ROWS), evidence: true };
    let neighbors = Neighbors::load(store, node, &wanted)?;
    let base = store.base();
    let (verdict, dead) = store.verdict(&node.iri)?;
    let verdict = verdict.map(|verdict| verdict_words(verdict, dead));
    // What is broader, and what a dataset is made for, stands among the facts.
    let fact = |group: &&Group| match group.tie {
        Some(Tie::Broader) => true,
        Some(Tie::ForTask) => !group.incoming,
        _ => false,
    };
    let together = |group: &&Group| group.tie == Some(Tie::Related) && group.kind != NodeKind::Paper;
    let groups: Vec<&Group> = neighbors.groups.iter().filter(|group| !fact(group)).collect();
    let text = match &about.paper {
        Some(paper) => text_of(store, node, paper)?,
        None => html! {},
    };
    let narrow: Vec<&Group> = groups.iter().copied().filter(together).collect();
    Ok(whole_page(
        &node.label,
        "",
        &html! {
            article {
                p.path { (badge(node.kind)) " " code { (node.id) } }
                h1 { (clean(&node.label)) }
                (facts(&about, verdict.as_ref(), base))
                (text)
                @if let Some(paper) = &about.paper { (claims(&paper.results)) }
                (years(&about))
                @for group in groups.iter().filter(|group| !together(group)) { (section(group, node, base)) }
                @if !narrow.is_empty() { (named_together(&narrow, node, base)) }
                @for cut in &neighbors.cuts { p.note { (cut.to_string()) } }
                (formats(base, node))
            }
        },
    ))
}

fn in_full(store: &GraphStore, node: &NodeRef, tie: Tie, kind: NodeKind, number: usize) -> Result<Markup, Problem> {
    let base = store.base();
    let selection = Selection { kinds: vec![kind], ties: vec![tie], ..Selection::default() };
    // The sentences are fetched for the rows of this page alone.
    let limit = if tie == Tie::Related { 2 * number * LISTED } else { number * LISTED };
    let wanted = Wanted { selection, depth: 1, limit: Some(limit), evidence: false };
    let neighbors = Neighbors::load(store, node, &wanted)?;
    let Some(mut group) = neighbors.groups.into_iter().find(|group| group.tie == Some(tie) && group.kind == kind)
    else {
        return Err(Problem::not_found("the graph has nothing of this sort here"));
    };
    let pages = group.total.div_ceil(LISTED).clamp(1, PAGES);
    let first = (number - 1) * LISTED;
    group.rows = group.rows.into_iter().skip(first).take(LISTED).collect();
    for row in &mut group.rows {
        let other = base.node(&row.node.id);
        row.evidence = match (node.kind, kind) {
            (NodeKind::Entity(_), NodeKind::Paper) => quotes_of(store, &other, &node.iri)?,
            (NodeKind::Paper, NodeKind::Entity(_)) => quotes_of(store, &node.iri, &other)?,
            _ => None,
        };
    }
    Ok(whole_page(
        &group.heading,
        "",
        &html! {
            p.path { (badge(node.kind)) " " (link(base, &node.id, &node.label)) }
            h1 { (clean(&group.heading)) }
            p.count { (counted(group.total as u64, node_word(kind, true), node_word(kind, false))) }
            (rows(&group, base, first + 1))
            (pager(pages, number, |n| group_address(base, node, &group, n)))
            @for cut in &neighbors.cuts { p.note { (cut.to_string()) } }
        },
    ))
}

fn node_word(kind: NodeKind, one: bool) -> &'static str {
    if one { kind.as_str() } else { kind.plural() }
}

fn group_address(base: &Base, node: &NodeRef, group: &Group, number: usize) -> String {
    let path = address::path(base, node.iri.as_str()).unwrap_or_default();
    let tie = group.tie.map_or("", Tie::as_str);
    let number = number.to_string();
    let mut pairs = vec![("tie", tie), ("kind", group.kind.as_str())];
    if number != "1" {
        pairs.push(("page", &number));
    }
    parameters::address(&path, &pairs)
}

fn facts(about: &About, verdict: Option<&Markup>, base: &Base) -> Markup {
    let mut facts: Vec<(&str, Markup)> = Vec::new();
    let mut fact = |name, value: Markup| facts.push((name, value));
    let text = |text: &str| html! { (clean(text)) };
    let nodes = |nodes: &[NodeRef]| {
        html! { @for (i, node) in nodes.iter().enumerate() { @if i > 0 { ", " } (link(base, &node.id, &node.label)) } }
    };
    if let Some(paper) = &about.paper {
        let record = &paper.paper;
        if let Some(date) = record.published {
            fact("published", text(&date.to_string()));
        }
        match (&record.authors, record.author_count) {
            (Some(authors), _) => fact("authors", text(&authors.join(", "))),
            (None, Some(count)) => fact("authors", text(&count.to_string())),
            (None, None) => {}
        }
        if let Some(organization) = &record.organization {
            fact("organisation", text(organization));
        }
        if !paper.code_words().is_empty() {
            fact("code", text(paper.code_words()));
        }
        if !paper.devices.is_empty() {
            fact("hardware", text(&paper.devices.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")));
        }
    }
    if !about.aliases.is_empty() {
        let mut names: Vec<String> = about.aliases.iter().take(ALIASES).cloned().collect();
        if about.aliases.len() > ALIASES {
            names.push(format!("{} more", about.aliases.len() - ALIASES));
        }
        fact("also called", text(&names.join(", ")));
    }
    if let (None, Some(year)) = (&about.paper, about.year) {
        fact("since", text(&year.to_string()));
    }
    if let Some(verdict) = verdict {
        fact("last check", verdict.clone());
    }
    for url in about.homepage.iter().chain(&about.urls) {
        fact(if about.homepage.as_ref() == Some(url) { "homepage" } else { "address" }, outside(url, url));
    }
    if let Some(source) = &about.source {
        fact("introduced in", outside(source, source));
    }
    if let Some(same) = &about.same_as {
        fact("same as", outside(same, same));
    }
    for (name, value) in &about.facts {
        fact(name, text(value));
    }
    for (name, list) in [("made for", &about.tasks), ("broader", &about.broader), ("narrower", &about.narrower)] {
        if !list.is_empty() {
            fact(name, nodes(list));
        }
    }
    if about.paper.is_none() {
        let verb = if matches!(about.node.kind, NodeKind::Entity(_)) { "named by" } else { "linked by" };
        fact(verb, text(&about.papers_said()));
    }
    if let Some(paper) = &about.paper {
        for source in &paper.paper.sources {
            fact("read from", text(&format!("{source} ({})", source.format)));
        }
    }
    html! { dl.facts { @for (name, value) in facts { dt { (name) } dd { (value) } } } }
}

/// The abstract, each thing that it names marked and linked.
fn text_of(store: &GraphStore, node: &NodeRef, paper: &PaperAbout) -> Result<Markup, Problem> {
    let text = &paper.paper.abstract_text;
    if text.trim().is_empty() {
        return Ok(html! {});
    }
    let mut mentions = store.mentions_in(&node.iri)?;
    mentions.retain(|mention| mention.place.field == Field::Abstract);
    Ok(html! {
        section aria-labelledby="abstract" {
            h2 #abstract { "Abstract" }
            p.abstract { (marked(text, &mentions, store.base())) }
        }
    })
}

/// Offsets count code points. Where two mentions overlap the first one stands.
fn marked(text: &str, mentions: &[Evidence], base: &Base) -> Markup {
    let bytes = ByteOffsets::new(text);
    let mut done = 0;
    let mut pieces = Vec::new();
    for mention in mentions {
        let Some(Range { start, end }) = bytes.range(mention.place.start, mention.place.end) else { continue };
        let (Some(before), Some(words)) = (text.get(done..start), text.get(start..end)) else { continue };
        let path = address::path(base, mention.entity.as_str()).unwrap_or_default();
        let title = base.id(mention.entity.as_str()).unwrap_or_default();
        pieces.push(html! { (clean(before)) mark { a href=(path) title=(title) { (clean(words)) } } });
        done = end;
    }
    html! { @for piece in &pieces { (piece) } (clean(text.get(done..).unwrap_or_default())) }
}

fn claims(claims: &[Claim]) -> Markup {
    html! {
        @if !claims.is_empty() {
            section aria-labelledby="claims" {
                h2 #claims { "Claims of the abstract" }
                table {
                    thead { tr { th scope="col" { "system" } th scope="col" { "dataset" } th scope="col" { "metric" } th scope="col" { "value" } } }
                    tbody { @for claim in claims { tr {
                        td { (clean(claim.system.as_deref().unwrap_or_default())) }
                        td { (clean(claim.dataset.as_deref().unwrap_or_default())) }
                        td { (clean(&claim.metric)) }
                        td.number { (clean(&claim.value)) }
                    } } }
                }
            }
        }
    }
}

/// A bar for each year, to one scale.
fn years(about: &About) -> Markup {
    let years = &about.by_year;
    let dated: usize = years.iter().map(|(_, n)| n).sum();
    let undated = about.papers.saturating_sub(dated);
    let most = years.iter().map(|(_, n)| *n).max().unwrap_or_default().max(1);
    html! {
        @if years.len() > 1 {
            section aria-labelledby="years" {
                h2 #years { "Papers by year" }
                table.years {
                    thead.hidden { tr { th scope="col" { "year" } th scope="col" { "papers" } } }
                    tbody { @for (year, n) in years { tr {
                        th scope="row" { (year) }
                        td {
                            svg aria-hidden="true" width="240" height="12" { rect width=((n * 240).div_ceil(most)) height="12" rx="2" {} }
                            " " (thousands(*n as u64))
                        }
                    } } }
                }
                @if undated > 0 { p.note { (counted(undated as u64, "paper has", "papers have")) " no date." } }
            }
        }
    }
}

fn section(group: &Group, node: &NodeRef, base: &Base) -> Markup {
    let id = format!("{}-{}", group.tie.map_or("near", Tie::as_str), group.kind.as_str());
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (clean(&group.heading)) " " span.count { "(" (thousands(group.total as u64)) ")" } }
            (rows(group, base, 1))
            @if group.total > group.rows.len() {
                p.more { a href=(group_address(base, node, group, 1)) {
                    "All " (thousands(group.total as u64)) span.hidden { " " (clean(&group.heading)) }
                } }
            }
        }
    }
}

fn rows(group: &Group, base: &Base, first: usize) -> Markup {
    html! {
        ol.rows start=(first) { @for row in &group.rows { li {
            @if row.node.kind == NodeKind::Paper { (paper_row(group, row, base)) } @else { (other_row(group, row, base)) }
            @if let Some(quote) = &row.evidence { (quoted(quote)) }
        } } }
    }
}

fn paper_row(group: &Group, row: &Neighbor, base: &Base) -> Markup {
    html! {
        span.date { @match row.node.date { Some(date) => (date.to_string()), None => "undated" } } " "
        span.title { (link(base, &row.node.id, &row.node.label)) }
        @for repository in row.repositories.iter().map(|node| &node.label).take(2) {
            " " span.repository { (link(base, &format!("repository/{repository}").to_lowercase(), repository)) }
        }
        @if !row.through.is_empty() {
            " " span.note {
                @if group.tie == Some(Tie::Related) { "shares " } @else { "through " }
                (clean(&row.through.join(", ")))
                @if row.shared > row.through.len() { ", " (row.shared - row.through.len()) " more" }
            }
        }
    }
}

fn other_row(group: &Group, row: &Neighbor, base: &Base) -> Markup {
    html! {
        (link(base, &row.node.id, &row.node.label))
        @if group.tie == Some(Tie::Related) {
            " " span.note { (counted(row.shared as u64, "paper together", "papers together")) }
        } @else if row.papers > 1 {
            " " span.note { (counted(row.papers as u64, "paper", "papers")) @if row.papers >= Neighbor::MANY { " or more" } }
        }
        @if let Some(verdict) = row.node.verdict { " " (verdict_words(verdict, row.node.dead)) }
        @if row.node.kind == NodeKind::Repository { " " (outside(&format!("https://{}", row.node.label), "open")) }
    }
}

/// What the last check of a link found.
fn verdict_words(verdict: Verdict, dead: bool) -> Markup {
    html! { span.verdict.dead[dead] { (verdict.as_str().replace('-', " ")) } }
}

/// The sentence, the mention in it marked.
fn quoted(quote: &Quote) -> Markup {
    html! { blockquote { "“" (clean(&quote.before)) mark { (clean(&quote.mention)) } (clean(&quote.after)) "”" } }
}

/// What is often named together stands at the end, a line for each kind.
fn named_together(groups: &[&Group], node: &NodeRef, base: &Base) -> Markup {
    html! {
        section aria-labelledby="together" {
            h2 #together { "Often named together" }
            dl.facts { @for group in groups {
                dt { (group.kind.plural()) }
                dd {
                    @for (i, row) in group.rows.iter().enumerate() {
                        @if i > 0 { ", " }
                        (link(base, &row.node.id, &row.node.label)) " " span.note { "(" (row.shared) ")" }
                    }
                    @if group.total > group.rows.len() {
                        ", " a href=(group_address(base, node, group, 1)) { "all " (thousands(group.total as u64)) }
                    }
                }
            } }
        }
    }
}

/// The same node for programs.
fn formats(base: &Base, node: &NodeRef) -> Markup {
    let path = address::path(base, node.iri.as_str()).unwrap_or_default();
    html! {
        section aria-labelledby="formats" {
            h2 #formats { "As data" }
            p {
                "This is " code { (node.iri.as_str()) } ", in "
                @for (i, (ending, title)) in [("ttl", "Turtle"), ("jsonld", "JSON-LD"), ("nt", "N-Triples"), ("rdf", "RDF/XML")].iter().enumerate() {
                    @if i > 0 { ", " }
                    a href={ (path) "." (ending) } { (title) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Place;

    #[test]
    fn mentions_are_marked_where_they_stand_and_the_rest_is_escaped() {
        let base = Base::default();
        let mention = |start, end| Evidence {
            paper: base.node("paper/x"),
            entity: base.node("dataset/coco"),
            place: Place { field: Field::Abstract, start, end },
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
}
