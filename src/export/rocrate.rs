//! An RO-Crate (1.1): the collection as a folder that says what is in it, for archives and repositories of data.
//!
//! The files: the papers as `kg` reads them, nodes and edges as tables, the ontology, and `ro-crate-metadata.json`,
//! which describes each of them, the papers as articles, their repositories as software, and the program that made it.

use std::collections::BTreeSet;
use std::io::Write;

use serde_json::{Map, Value as Json, json};

use super::output::Folder;
use super::reading::{Reading, papers};
use super::{ExportError, csv};
use crate::graph::{Chosen, Entry, web_address};
use crate::ontology::{DEFAULT_BASE, ONTOLOGY_TTL};

/// A file of the crate: name, media type, what it is.
const FILES: [(&str, &str, &str); 4] = [
    ("papers.jsonl", "application/jsonl", "The papers, one JSON object a line, as `kg build` reads them"),
    ("nodes.csv", "text/csv", "Papers and what they name, one row each"),
    ("edges.csv", "text/csv", "What ties them: who introduces, uses, evaluates on, links to what"),
    ("ontology.ttl", "text/turtle", "The terms that the graph uses"),
];

/// Writes the crate. `published` is the day it is made, as `2024-07-10`.
pub fn write(folder: &Folder, chosen: &Chosen<'_>, title: &str, published: &str) -> Result<(), ExportError> {
    csv::write_tables(folder, chosen)?;
    let mut ontology = folder.file("ontology.ttl")?;
    ontology.write_all(ONTOLOGY_TTL.as_bytes())?;
    ontology.flush()?;
    let ids = papers(chosen)?;
    let mut lines = folder.file("papers.jsonl")?;
    // Described after the root, which names them all; only what each entity holds is in memory.
    let mut described = folder.file(METADATA)?;
    let mut articles: Vec<String> = Vec::with_capacity(ids.len());
    for id in &ids {
        articles.push(address(&Entry::read(chosen.store(), &chosen.store().base().node(id))?, id));
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
    entity(&mut described, &root(title, published, &articles, ids.len()))?;
    let mut software = BTreeSet::new();
    let mut written = BTreeSet::new();
    for (id, at) in ids.iter().zip(&articles) {
        let Some(reading) = Reading::load(chosen, id)? else { continue };
        serde_json::to_writer(&mut lines, &reading.paper)?;
        writeln!(lines)?;
        if written.insert(at.clone()) {
            entity(&mut described, &article(&reading, at))?;
        }
        for repository in reading.repositories {
            let at = address(&Some(repository.entry.clone()), &repository.entry.node.id);
            if software.insert(at.clone()) {
                entity(&mut described, &code(&repository.entry, &at))?;
            }
        }
    }
    lines.flush()?;
    drop(lines);
    for (name, media, about) in FILES {
        let size = folder.size(name)?.to_string();
        entity(
            &mut described,
            &json!({
                "@id": name, "@type": "File", "name": name, "description": about, "encodingFormat": media,
                "contentSize": size,
            }),
        )?;
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

fn root(title: &str, published: &str, articles: &[String], count: usize) -> Json {
    let parts: Vec<Json> = FILES.iter().map(|(name, _, _)| json!({"@id": name})).collect();
    let mentions: BTreeSet<&String> = articles.iter().collect();
    let mentions: Vec<Json> = mentions.into_iter().map(|id| json!({"@id": id})).collect();
    let mut root = json!({
        "@id": "./", "@type": "Dataset", "name": title, "datePublished": published,
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

fn article(reading: &Reading, at: &str) -> Json {
    let paper = &reading.paper;
    let mut about = Map::new();
    about.insert("@id".into(), at.into());
    about.insert("@type".into(), "ScholarlyArticle".into());
    about.insert("name".into(), paper.title.clone().into());
    about.insert("identifier".into(), reading.entry.node.id.clone().into());
    if let Some(date) = paper.published {
        about.insert("datePublished".into(), date.to_string().into());
    }
    if let Some(url) = &reading.entry.url {
        about.insert("url".into(), url.clone().into());
    }
    if let Some(authors) = &paper.authors {
        about.insert("creditText".into(), authors.join(", ").into());
    }
    let software: Vec<Json> = reading
        .repositories
        .iter()
        .map(|repository| json!({"@id": address(&Some(repository.entry.clone()), &repository.entry.node.id)}))
        .collect();
    insert_references(&mut about, "mentions", software);
    about.into()
}

/// One reference stands alone, as the specification recommends.
fn insert_references(about: &mut Map<String, Json>, name: &str, mut references: Vec<Json>) {
    match references.len() {
        0 => {}
        1 => drop(about.insert(name.into(), references.remove(0))),
        _ => drop(about.insert(name.into(), references.into())),
    }
}

fn code(entry: &Entry, at: &str) -> Json {
    let mut about = json!({"@id": at, "@type": "SoftwareSourceCode", "name": entry.node.label, "codeRepository": at});
    if let (Some(verdict), Some(about)) = (entry.node.verdict, about.as_object_mut()) {
        about.insert("description".into(), format!("Found {verdict} when last checked").into());
    }
    about
}

/// The address of a node on the web, else a name inside the crate.
fn address(entry: &Option<Entry>, id: &str) -> String {
    let url = entry.as_ref().and_then(|entry| entry.url.as_deref()).and_then(web_address);
    url.unwrap_or_else(|| format!("#{id}"))
}

fn others() -> [Json; 3] {
    [
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
