use std::sync::Arc;

use axum::response::Response;
use maud::{Markup, html};

use super::query::{box_for, example};
use super::{counted, named, page as whole_page, put_together, thousands};
use crate::ontology::{Base, NodeKind};
use crate::serve::App;
use crate::serve::problem::Problem;
use crate::store::Counts;

/// The counts of the graph, and the entry points.
pub async fn page(app: &Arc<App>) -> Result<Response, Problem> {
    let served = app.live.get();
    put_together(app, move || {
        let counts = served.counts()?;
        let base = served.graph.base();
        Ok(whole_page(
            "Papers, and what they name",
            "",
            &html! {
                h1 { "Papers, and what they name" }
                (summary(counts))
                (kinds(counts))
                h2 { "Questions" }
                (named::groups()?)
                h2 { "Your own question" }
                (box_for(&example(), base))
                (about(base))
            },
        ))
    })
    .await
}

fn summary(counts: &Counts) -> Markup {
    let of = |kind| counts.nodes.iter().find(|(k, _)| *k == kind).map_or(0, |(_, n)| *n);
    let years = match counts.years {
        Some((first, last)) if first == last => format!(" of {first}"),
        Some((first, last)) => format!(" of {first} to {last}"),
        None => String::new(),
    };
    html! {
        p.lead {
            "This graph links " (counted(of(NodeKind::Paper), "paper", "papers")) (years) " to the datasets, models, "
            "methods, tasks, metrics, hardware and software they name, "
            (thousands(counts.mentions)) " times in all, and to the code they publish."
        }
    }
}

fn kinds(counts: &Counts) -> Markup {
    html! {
        ul.tiles aria-label="What the graph holds" {
            @for (kind, n) in counts.nodes.iter().filter(|(_, n)| *n > 0) {
                li { a href={ "/search?kind=" (kind.as_str()) } {
                    span.number { (thousands(*n)) } " " span class={ "kind " (kind.as_str()) } { (kind.plural()) }
                } }
            }
        }
    }
}

fn about(base: &Base) -> Markup {
    html! {
        h2 { "For programs" }
        dl.facts {
            dt { "SPARQL 1.1" } dd { a href="/sparql" { "/sparql" } " answers queries by GET and POST" }
            dt { "Nodes" } dd {
                "An IRI of the graph such as " code { (base.as_str()) "dataset/coco" } " is " code { "/dataset/coco" }
                " here, as Turtle, JSON-LD, N-Triples or RDF/XML (" code { ".ttl" } ", " code { ".jsonld" } " …)"
            }
            dt { "Whole graphs" } dd { a href="/graphs?default&format=nt" { "/graphs?default" } " gives all of the data" }
            dt { "State" } dd { a href="/health" { "/health" } ", " a href="/metrics" { "/metrics" } }
        }
    }
}
