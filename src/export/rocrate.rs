//! An RO-Crate (1.1): the collection as a self-describing folder, for archives and data repositories.
//!
//! The files: the graph as N-Quads, the papers as `kg` reads them, nodes and edges as tables, the ontology, and
//! `ro-crate-metadata.json`. The last describes each of the files, the papers as articles, their repositories as
//! software, and the program that made the crate.

use std::collections::BTreeSet;
use std::io::Write;

use oxigraph::io::RdfFormat;
use serde_json::{Map, Value as Json, json};

use super::output::OutputFolder;
use super::reading::{PaperReading, each_reading, papers_by_date};
use super::{ExportError, csv, rdf};
use crate::graph::{ChosenPart, NodeEntry, web_address};
use crate::ontology::{DEFAULT_BASE, ONTOLOGY_TTL};

const N_QUADS: &str = "https://www.w3.org/TR/n-quads/";

/// A file of the crate: name, media type, description.
const FILES: [(&str, &str, &str); 5] = [
    (GRAPH, "application/n-quads", "The graph: all statements about the papers and what they name, with the evidence"),
    ("papers.jsonl", "application/jsonl", "The papers, one JSON object a line, as `kg build` reads them"),
    ("nodes.csv", "text/csv", "Papers and what they name, one row each"),
    ("edges.csv", "text/csv", "Their relations: introduces, uses, evaluates on, links to"),
    ("ontology.ttl", "text/turtle", "The terms that the graph uses"),
];

const GRAPH: &str = "graph.nq";

/// The metadata of a crate.
pub(crate) struct CrateMetadata<'a> {
    pub title: &'a str,
    /// The publication date: `2024-07-10`.
    pub published: &'a str,
    /// Whether the crate holds the complete graph. Then it includes the metadata of builds and checks.
    pub is_whole_graph: bool,
}

/// Writes the crate.
pub(crate) fn write(
    folder: &OutputFolder,
    chosen: &ChosenPart<'_>,
    about: &CrateMetadata<'_>,
) -> Result<(), ExportError> {
    csv::write_tables(folder, chosen)?;
    let mut graph = folder.file(GRAPH)?;
    match about.is_whole_graph {
        true => rdf::write_all(&mut graph, chosen.store(), RdfFormat::NQuads)?,
        false => rdf::write_chosen(&mut graph, chosen, RdfFormat::NQuads)?,
    }
    drop(graph);
    let mut ontology = folder.file("ontology.ttl")?;
    ontology.write_all(ONTOLOGY_TTL.as_bytes())?;
    ontology.flush()?;
    let ids = papers_by_date(chosen)?;
    let mut lines = folder.file("papers.jsonl")?;
    // The entities are described after the root, which names them all. Only their addresses are kept in memory.
    let mut described = folder.file(METADATA)?;
    let mut articles: Vec<String> = Vec::with_capacity(ids.len());
    for id in &ids {
        articles.extend(NodeEntry::without_edges(chosen.store(), id)?.map(|entry| address(&entry)));
    }
    write!(described, "{{\"@context\": \"https://w3id.org/ro/crate/1.1/context\",\n\"@graph\": [\n")?;
    write!(
        described,
        "{}",
        json!({
            "@id": METADATA, "@type": "CreativeWork", "about": {"@id": "./"},
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        })
    )?;
    entity(&mut described, &root(about, &articles, ids.len()))?;
    let mut software = BTreeSet::new();
    let mut written = BTreeSet::new();
    let render = |reading: PaperReading| {
        let paper = reading.entry.node.id.parse().ok().map(|id| chosen.store().paper(&id)).transpose()?.flatten();
        let line = paper.as_ref().map(serde_json::to_string).transpose()?.unwrap_or_default();
        let authors = paper.and_then(|paper| paper.authors);
        Ok((line, authors, reading))
    };
    each_reading(chosen, &ids, render, |(line, authors, reading)| {
        writeln!(lines, "{line}")?;
        let at = address(&reading.entry);
        if written.insert(at.clone()) {
            entity(&mut described, &article(&reading, authors.as_deref(), &at))?;
        }
        for repository in reading.repositories {
            let at = address(&repository.entry);
            if software.insert(at.clone()) {
                entity(&mut described, &code(&repository.entry, &at))?;
            }
        }
        Ok(())
    })?;
    lines.flush()?;
    drop(lines);
    for (name, media, about) in FILES {
        let size = folder.size(name)?.to_string();
        let mut file = json!({
            "@id": name, "@type": "File", "name": name, "description": about, "encodingFormat": media,
            "contentSize": size,
        });
        if name == GRAPH
            && let Some(file) = file.as_object_mut()
        {
            file.insert("encodingFormat".into(), json!([media, {"@id": N_QUADS}]));
            file.insert("conformsTo".into(), json!({"@id": "ontology.ttl"}));
        }
        entity(&mut described, &file)?;
    }
    for other in others() {
        entity(&mut described, &other)?;
    }
    write!(described, "\n]}}\n")?;
    Ok(described.flush()?)
}

const METADATA: &str = "ro-crate-metadata.json";

fn entity(out: &mut dyn Write, entity: &Json) -> Result<(), ExportError> {
    Ok(write!(out, ",\n{entity}")?)
}

fn root(about: &CrateMetadata<'_>, articles: &[String], count: usize) -> Json {
    let parts: Vec<Json> = FILES.iter().map(|(name, _, _)| json!({"@id": name})).collect();
    let mentions: BTreeSet<&String> = articles.iter().collect();
    let mentions: Vec<Json> = mentions.into_iter().map(|id| json!({"@id": id})).collect();
    let mut root = json!({
        "@id": "./", "@type": "Dataset", "name": about.title, "datePublished": about.published,
        "description": format!(
            "A knowledge graph of {count} machine-learning papers: the datasets, models, methods, tasks, metrics, \
             hardware and software they name, and the code they link to."
        ),
        "license": {"@id": "#rights"}, "hasPart": parts,
    });
    if let Some(root) = root.as_object_mut() {
        insert_references(root, "mentions", mentions);
    }
    root
}

fn article(reading: &PaperReading, authors: Option<&[String]>, at: &str) -> Json {
    let paper = &reading.entry.node;
    let mut about = Map::new();
    about.insert("@id".into(), at.into());
    about.insert("@type".into(), "ScholarlyArticle".into());
    about.insert("name".into(), paper.label.clone().into());
    about.insert("identifier".into(), reading.entry.node.id.clone().into());
    if let Some(date) = paper.date {
        about.insert("datePublished".into(), date.to_string().into());
    }
    if let Some(url) = &reading.entry.node.url {
        about.insert("url".into(), url.clone().into());
    }
    if let Some(authors) = authors {
        about.insert("creditText".into(), authors.join(", ").into());
    }
    let software: Vec<Json> =
        reading.repositories.iter().map(|repository| json!({"@id": address(&repository.entry)})).collect();
    insert_references(&mut about, "mentions", software);
    about.into()
}

/// A single reference is not put in a list, as the specification recommends.
fn insert_references(about: &mut Map<String, Json>, name: &str, mut references: Vec<Json>) {
    match references.len() {
        0 => {}
        1 => drop(about.insert(name.into(), references.remove(0))),
        _ => drop(about.insert(name.into(), references.into())),
    }
}

fn code(entry: &NodeEntry, at: &str) -> Json {
    let mut about = json!({"@id": at, "@type": "SoftwareSourceCode", "name": entry.node.label, "codeRepository": at});
    if let (Some(verdict), Some(about)) = (entry.node.verdict, about.as_object_mut()) {
        about.insert("description".into(), format!("Found {verdict} when last checked").into());
    }
    about
}

/// The web address of a node, or else a name inside the crate.
fn address(entry: &NodeEntry) -> String {
    entry.node.url.as_deref().and_then(web_address).unwrap_or_else(|| format!("#{}", entry.node.id))
}

fn others() -> [Json; 4] {
    [
        json!({"@id": N_QUADS, "@type": "WebSite", "name": "RDF 1.1 N-Quads"}),
        json!({
            "@id": "#rights", "@type": "CreativeWork", "name": "Rights of the sources",
            "description": "Titles and abstracts belong to their authors and publishers. What was extracted from them \
                            are facts; whoever publishes this crate states their own terms here.",
        }),
        json!({
            "@id": "#papergraph", "@type": "SoftwareApplication", "name": "papergraph",
            "version": env!("CARGO_PKG_VERSION"), "softwareVersion": env!("CARGO_PKG_VERSION"),
            "url": DEFAULT_BASE,
        }),
        json!({
            "@id": "#export", "@type": "CreateAction", "name": "kg export rocrate",
            "instrument": {"@id": "#papergraph"}, "result": {"@id": "./"},
        }),
    ]
}
