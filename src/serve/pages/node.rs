//! The page of a node: the answer to `kg show`, with links.

use std::ops::Range;
use std::sync::Arc;

use axum::response::Response;
use maud::{Markup, html};

use super::{badge, boards, clean, counted, link, outside, page as whole_page, pager, put_together, thousands};
use crate::answer::{
    BoardIndex, Evidence as Sentence, NeighborGroup, NeighborRow, Neighborhood, NodeDetails, NodeFacts, OtherFacts,
    PaperFacts, RelatedNode, Standing,
};
use crate::extract::Field;
use crate::graph::{Claim, Quote, Selection, Tie, Wanted, quotes_of};
use crate::liveness::Verdict;
use crate::ontology::{Base, NodeKind};
use crate::serve::App;
use crate::serve::address;
use crate::serve::parameters::{self, Parameters};
use crate::serve::problem::Problem;
use crate::serve::reload::Served;
use crate::store::{Evidence, GraphStore, NodeRef};
use crate::text::ByteOffsets;
use crate::vocabulary::Kind;

/// Maximum rows of each group on the first page of a node.
const ROWS: usize = 8;
/// Rows of a page that lists one group.
const LISTED: usize = 50;
/// Maximum number of pages of one group; a query can list the rest.
const PAGES: usize = 40;
/// Maximum number of listed aliases.
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
            None => overview(&served, &node),
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

fn overview(served: &Served, node: &NodeRef) -> Result<Markup, Problem> {
    let store = &served.graph;
    let wanted = Wanted { selection: Selection::default(), depth: 1, limit: Some(ROWS), evidence: true };
    let found = NodeDetails::ask(store, node, &wanted)?;
    let base = store.base();
    let (verdict, dead) = store.verdict(&node.iri)?;
    let verdict = verdict.map(|verdict| verdict_words(verdict, dead));
    let groups: Vec<&NeighborGroup> = found.groups.iter().filter(|group| !group.is_fact()).collect();
    let together: Vec<&NeighborGroup> = groups.iter().copied().filter(|group| group.is_named_together()).collect();
    let boards = leaderboards(served.boards()?, &found, node, base);
    let details = match &found.facts {
        NodeFacts::Paper(paper) => html! {
            (text_of(store, node, paper)?)
            (claims(&paper.about.results))
        },
        NodeFacts::Other(facts) => years(facts),
    };
    Ok(whole_page(
        &found.name,
        "",
        &html! {
            article {
                p.path { (badge(found.kind)) " " code { (found.id) } }
                h1 { (clean(&found.name)) }
                (facts(&found, verdict.as_ref(), base))
                (boards)
                (details)
                @for group in groups.iter().filter(|group| !group.is_named_together()) { (section(group, node, base)) }
                @if !together.is_empty() { (named_together(&together, node, base)) }
                @for note in &found.notes { p.note { (note) } }
                (formats(base, node))
            }
        },
    ))
}

fn in_full(store: &GraphStore, node: &NodeRef, tie: Tie, kind: NodeKind, number: usize) -> Result<Markup, Problem> {
    let base = store.base();
    let selection = Selection { kinds: vec![kind], ties: vec![tie], ..Selection::default() };
    // The sentences are fetched below, only for the rows of this page.
    let wanted = Wanted { selection, depth: 1, limit: Some(number * LISTED), evidence: false };
    let Neighborhood { groups, notes, .. } = Neighborhood::ask(store, node, &wanted)?;
    let Some(mut group) = groups.into_iter().find(|group| group.relation == Some(tie) && group.kind == kind) else {
        return Err(Problem::not_found("the graph has nothing of this sort here"));
    };
    let pages = group.total.div_ceil(LISTED).clamp(1, PAGES);
    let first = (number - 1) * LISTED;
    group.rows = group.rows.into_iter().skip(first).take(LISTED).collect();
    for row in &mut group.rows {
        let other = base.node(&row.id);
        let quote = match (node.kind, kind) {
            (NodeKind::Entity(_), NodeKind::Paper) => quotes_of(store, &other, &node.iri)?,
            (NodeKind::Paper, NodeKind::Entity(_)) => quotes_of(store, &node.iri, &other)?,
            _ => None,
        };
        row.evidence = quote.map(Sentence::from);
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
            @for note in &notes { p.note { (note) } }
        },
    ))
}

/// The leaderboards of an entity, or the ranks of a paper or system on leaderboards.
fn leaderboards(index: &BoardIndex, found: &NodeDetails, node: &NodeRef, base: &Base) -> Markup {
    let names = |facts: &OtherFacts| [vec![found.name.clone()], facts.aliases.clone()].concat();
    match &found.facts {
        NodeFacts::Paper(_) => {
            let standings: Vec<&Standing> = index.of_paper(&node.id).iter().collect();
            boards::standings(index, &standings, "Ranks on leaderboards")
        }
        NodeFacts::Other(facts) => match node.kind {
            NodeKind::Entity(Kind::Model | Kind::Method) => {
                boards::standings(index, &index.of_system(&names(facts)), "Ranks on leaderboards")
            }
            _ => boards::of_entity(index, node, &names(facts), base),
        },
    }
}

fn node_word(kind: NodeKind, one: bool) -> &'static str {
    if one { kind.as_str() } else { kind.plural() }
}

fn group_address(base: &Base, node: &NodeRef, group: &NeighborGroup, number: usize) -> String {
    let path = address::path(base, node.iri.as_str()).unwrap_or_default();
    let tie = group.relation.map_or("", Tie::as_str);
    let number = number.to_string();
    let mut pairs = vec![("tie", tie), ("kind", group.kind.as_str())];
    if number != "1" {
        pairs.push(("page", &number));
    }
    parameters::address(&path, &pairs)
}

fn facts(found: &NodeDetails, verdict: Option<&Markup>, base: &Base) -> Markup {
    let facts = match &found.facts {
        NodeFacts::Paper(paper) => facts_of_paper(found, paper),
        NodeFacts::Other(other) => facts_of_other(found, other, verdict, base),
    };
    html! { dl.facts { @for (name, value) in facts { dt { (name) } dd { (value) } } } }
}

/// Facts: a name and its content.
type FactList = Vec<(&'static str, Markup)>;

fn plain(text: &str) -> Markup {
    html! { (clean(text)) }
}

fn facts_of_paper(found: &NodeDetails, paper: &PaperFacts) -> FactList {
    let mut facts: FactList = Vec::new();
    let mut fact = |name, value: Markup| facts.push((name, value));
    let record = &paper.paper;
    if let Some(date) = record.published {
        let inferred = record.date_source.map(|source| format!(" ({})", source.words())).unwrap_or_default();
        fact("published", plain(&format!("{date}{inferred}")));
    }
    match (&record.authors, record.author_count) {
        (Some(authors), _) => fact("authors", plain(&authors.join(", "))),
        (None, Some(count)) => fact("authors", plain(&count.to_string())),
        (None, None) => {}
    }
    if let Some(organization) = &record.organization {
        fact("organisation", plain(organization));
    }
    if !paper.about.code_words().is_empty() {
        fact("code", plain(paper.about.code_words()));
    }
    if !paper.about.devices.is_empty() {
        let devices: Vec<String> = paper.about.devices.iter().map(ToString::to_string).collect();
        fact("hardware", plain(&devices.join(", ")));
    }
    for url in &found.urls {
        fact("address", outside(url, url));
    }
    for source in &record.sources {
        fact("read from", plain(&format!("{source} ({})", source.format)));
    }
    facts
}

fn facts_of_other(found: &NodeDetails, other: &OtherFacts, verdict: Option<&Markup>, base: &Base) -> FactList {
    let mut facts: FactList = Vec::new();
    let mut fact = |name, value: Markup| facts.push((name, value));
    let nodes = |nodes: &[RelatedNode]| {
        html! { @for (i, node) in nodes.iter().enumerate() { @if i > 0 { ", " } (link(base, &node.id, &node.name)) } }
    };
    if !other.aliases.is_empty() {
        let mut names: Vec<String> = other.aliases.iter().take(ALIASES).cloned().collect();
        if other.aliases.len() > ALIASES {
            names.push(format!("{} more", other.aliases.len() - ALIASES));
        }
        fact("also called", plain(&names.join(", ")));
    }
    if let Some(year) = other.year {
        fact("since", plain(&year.to_string()));
    }
    if let Some(verdict) = verdict {
        fact("last check", verdict.clone());
    }
    for url in other.homepage.iter().chain(&found.urls) {
        fact(if other.homepage.as_ref() == Some(url) { "homepage" } else { "address" }, outside(url, url));
    }
    if let Some(source) = &other.introduced_in {
        fact("introduced in", outside(source, source));
    }
    if let Some(same) = &other.same_as {
        fact("same as", outside(same, same));
    }
    for (name, value) in &other.facts {
        fact(name, plain(value));
    }
    for (name, list) in [("made for", &other.tasks), ("broader", &other.broader), ("narrower", &other.narrower)] {
        if !list.is_empty() {
            fact(name, nodes(list));
        }
    }
    let verb = if matches!(found.kind, NodeKind::Entity(_)) { "named by" } else { "linked by" };
    fact(verb, plain(&other.papers_in_words));
    facts
}

/// The abstract, with every mention marked and linked.
fn text_of(store: &GraphStore, node: &NodeRef, paper: &PaperFacts) -> Result<Markup, Problem> {
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

/// Offsets count code points. Where two mentions overlap, the first one is marked.
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

/// A bar for each year, on one scale.
fn years(facts: &OtherFacts) -> Markup {
    let years = &facts.by_year;
    let dated: usize = years.values().sum();
    let undated = facts.count.papers.saturating_sub(dated);
    let most = years.values().copied().max().unwrap_or_default().max(1);
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

fn section(group: &NeighborGroup, node: &NodeRef, base: &Base) -> Markup {
    let id = format!("{}-{}", group.relation.map_or("near", Tie::as_str), group.kind.as_str());
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

fn rows(group: &NeighborGroup, base: &Base, first: usize) -> Markup {
    html! {
        ol.rows start=(first) { @for row in &group.rows { li {
            @if group.kind == NodeKind::Paper { (paper_row(group, row, base)) } @else { (other_row(group, row, base)) }
            @if let Some(evidence) = &row.evidence { (quoted(&evidence.quote)) }
        } } }
    }
}

fn paper_row(group: &NeighborGroup, row: &NeighborRow, base: &Base) -> Markup {
    html! {
        span.date { @match row.date() { Some(date) => (date.to_string()), None => "undated" } } " "
        span.title { (link(base, &row.id, &row.name)) }
        @for (repository, _) in row.repositories().take(2) {
            " " span.repository { (link(base, &format!("repository/{repository}").to_lowercase(), repository)) }
        }
        @if !row.through().is_empty() {
            " " span.note {
                @if group.relation == Some(Tie::Related) { "shares " } @else { "through " }
                (clean(&row.through().join(", ")))
                @if row.shared() > row.through().len() { ", " (row.shared() - row.through().len()) " more" }
            }
        }
    }
}

fn other_row(group: &NeighborGroup, row: &NeighborRow, base: &Base) -> Markup {
    html! {
        (link(base, &row.id, &row.name))
        @if group.relation == Some(Tie::Related) {
            " " span.note { (counted(row.shared() as u64, "paper together", "papers together")) }
        } @else if row.papers() > 1 {
            " " span.note { (counted(row.papers() as u64, "paper", "papers")) }
        }
        @if let Some(check) = row.check() { " " (verdict_words(check.verdict, check.dead)) }
        @if group.kind == NodeKind::Repository { " " (outside(&format!("https://{}", row.name), "open")) }
    }
}

/// The result of the last check of a link.
fn verdict_words(verdict: Verdict, dead: bool) -> Markup {
    html! { span.verdict.dead[dead] { (verdict.as_str().replace('-', " ")) } }
}

/// The sentence, with its mention marked.
fn quoted(quote: &Quote) -> Markup {
    html! { blockquote { "“" (clean(&quote.before)) mark { (clean(&quote.mention)) } (clean(&quote.after)) "”" } }
}

/// The entities often named together with the node, at the end of the page, one line for each kind.
fn named_together(groups: &[&NeighborGroup], node: &NodeRef, base: &Base) -> Markup {
    html! {
        section aria-labelledby="together" {
            h2 #together { "Often named together" }
            dl.facts { @for group in groups {
                dt { (group.kind.plural()) }
                dd {
                    @for (i, row) in group.rows.iter().enumerate() {
                        @if i > 0 { ", " }
                        (link(base, &row.id, &row.name)) " " span.note { "(" (row.shared()) ")" }
                    }
                    @if group.total > group.rows.len() {
                        ", " a href=(group_address(base, node, group, 1)) { "all " (thousands(group.total as u64)) }
                    }
                }
            } }
        }
    }
}

/// Links to the node in other formats.
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
