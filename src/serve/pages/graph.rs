//! A named graph for people: the ontology as a list of terms, any other as its triples.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::response::Response;
use maud::{Markup, html};
use oxigraph::model::{GraphNameRef, NamedNode, NamedOrBlankNode, Term};

use super::query::ShownResult;
use super::table::{self, NodeColumnDisplay, named};
use super::{clean, page as whole_page, put_together};
use crate::ontology::{Base, rdf, rdfs};
use crate::serve::ServerApp;
use crate::serve::address;
use crate::serve::parameters::address as with_parameters;
use crate::serve::problem::HttpProblem;
use crate::serve::reload::ServedGeneration;
use crate::store::GraphStore;

/// Number of triples on one page.
const ROWS: usize = 500;

pub(crate) async fn page(
    app: &Arc<ServerApp>,
    served: Arc<ServedGeneration>,
    name: NamedNode,
) -> Result<Response, HttpProblem> {
    put_together(app, move || {
        let graph = &served.graph;
        let base = graph.base();
        let ontology = graph.ontology().ontology_graph();
        let (title, content) = if GraphNameRef::from(name.as_ref()) == ontology.as_ref() {
            ("Ontology".to_string(), terms(graph, &name)?)
        } else {
            let local = address::path(base, name.as_str()).unwrap_or_default();
            (format!("Graph {}", local.trim_start_matches('/')), triples(graph, &name)?)
        };
        Ok(whole_page(&title, "", &html! {
            h1 { (clean(&title)) }
            (content)
            h2 { "As data" }
            p { "All of this graph as "
                @for (i, (format, title)) in [("ttl", "Turtle"), ("nt", "N-Triples"), ("jsonld", "JSON-LD"), ("rdf", "RDF/XML")].iter().enumerate() {
                    @if i > 0 { ", " }
                    a href=(with_parameters("/graphs", &[("graph", name.as_str()), ("format", format)])) { (title) }
                }
            }
        }))
    })
    .await
}

/// The ontology's statements about one term.
#[derive(Default)]
struct TermStatements {
    class: bool,
    label: String,
    comment: String,
    /// Related terms: super-terms, domain, range, by the predicate's local name.
    ties: BTreeMap<String, Vec<String>>,
}

fn terms(graph: &GraphStore, name: &NamedNode) -> Result<Markup, HttpProblem> {
    let mut terms: BTreeMap<String, TermStatements> = BTreeMap::new();
    let namespace = graph.base().namespace();
    for triple in graph.triples_of(name.as_ref().into()) {
        let triple = triple?;
        let NamedOrBlankNode::NamedNode(subject) = triple.subject else { continue };
        let Some(local) = subject.as_str().strip_prefix(&namespace) else { continue };
        let term = terms.entry(local.to_string()).or_default();
        match triple.object {
            Term::Literal(text) if triple.predicate == rdfs::LABEL => term.label = text.value().to_string(),
            Term::Literal(text) if triple.predicate.as_str().ends_with("#comment") => {
                term.comment = text.value().to_string();
            }
            Term::NamedNode(object) if triple.predicate == rdf::TYPE => {
                term.class |= object.as_str().ends_with("#Class");
            }
            Term::NamedNode(object) => {
                let predicate = triple.predicate.as_str();
                let local = predicate.rsplit(['#', '/']).next().unwrap_or(predicate);
                // Every term is defined in the ontology, so this is not shown.
                if local != "isDefinedBy" {
                    term.ties.entry(local.to_string()).or_default().push(object.into_string());
                }
            }
            _ => {}
        }
    }
    let (classes, properties): (Vec<_>, Vec<_>) = terms.iter().partition(|(_, term)| term.class);
    let base = graph.base();
    Ok(html! {
        p { "The classes and properties of this graph, " code { "kg:" } " in queries, and the terms of other vocabularies they are tied to." }
        h2 { "Classes" }
        @for (name, term) in classes { (described(name, term, base)) }
        h2 { "Properties" }
        @for (name, term) in properties { (described(name, term, base)) }
    })
}

fn described(name: &str, term: &TermStatements, base: &Base) -> Markup {
    html! {
        section.term id=(name) {
            h3 { a href={ "#" (name) } { code { "kg:" (name) } } " " span.note { (clean(&term.label)) } }
            @if !term.comment.is_empty() { p { (clean(&term.comment)) } }
            @if !term.ties.is_empty() {
                dl.facts { @for (predicate, objects) in &term.ties {
                    dt { (predicate) }
                    dd { @for (i, object) in objects.iter().enumerate() { @if i > 0 { ", " } (named(object, base)) } }
                } }
            }
        }
    }
}

fn triples(graph: &GraphStore, name: &NamedNode) -> Result<Markup, HttpProblem> {
    let mut rows = Vec::new();
    for triple in graph.triples_of(name.as_ref().into()).take(ROWS + 1) {
        let triple = triple?;
        rows.push(vec![Some(Term::from(triple.subject)), Some(triple.predicate.into()), Some(triple.object)]);
    }
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let heading = ["subject", "predicate", "object"].map(str::to_string).to_vec();
    Ok(table::of(&ShownResult::Rows { heading, rows, more }, graph.base(), NodeColumnDisplay::Shown))
}
