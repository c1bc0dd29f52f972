//! Measures how long oxigraph's bulk loader takes for the triples of a finished graph: the limit with which `kg build`
//! is compared.
//!
//! `cargo run --release --example bulkload -- dump kg-store triples.nq` writes the triples in the order of the papers,
//! like a build; `… load triples.nq folder` loads them into a new database with the loader's own settings, and prints
//! the time, including that of reading the file.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use oxigraph::io::RdfFormat;
use oxigraph::model::{GraphNameRef, NamedOrBlankNode, Quad, Term};
use oxigraph::store::Store;
use papergraph::internals::store::GraphStore;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["dump", graph, file] => dump(Path::new(graph), Path::new(file)),
        ["load", file, folder] => load(Path::new(file), Path::new(folder)),
        _ => Err("write `dump GRAPH FILE` or `load FILE FOLDER`".into()),
    }
}

fn dump(graph: &Path, file: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let graph = GraphStore::open(graph)?;
    let (store, kg) = (graph.store()?, &graph.ontology().kg);
    let mut out = BufWriter::new(File::create(file)?);
    let of = |subject: &NamedOrBlankNode, out: &mut BufWriter<File>| -> io::Result<()> {
        let quads = store.quads_for_pattern(Some(subject.as_ref()), None, None, Some(GraphNameRef::DefaultGraph));
        quads.into_iter().try_for_each(|quad| writeln!(out, "{} .", quad.map_err(io::Error::other)?))
    };
    let paper = Term::from(kg.paper_class.clone());
    let typed = |class: &Term| -> Vec<Result<Quad, _>> {
        let rdf_type = oxigraph::model::vocab::rdf::TYPE;
        store.quads_for_pattern(None, Some(rdf_type), Some(class.as_ref()), Some(GraphNameRef::DefaultGraph)).collect()
    };
    for quad in typed(&paper) {
        let subject = quad?.subject;
        of(&subject, &mut out)?;
        let whole = Term::from(subject.clone());
        let parts = store.quads_for_pattern(
            None,
            Some(kg.in_paper.as_ref()),
            Some(whole.as_ref()),
            Some(GraphNameRef::DefaultGraph),
        );
        for part in parts {
            of(&part?.subject, &mut out)?;
        }
    }
    let classes = papergraph::vocabulary::Kind::ALL.map(|kind| graph.ontology().class(kind).clone());
    for class in classes.into_iter().chain([kg.repository_class.clone(), kg.page_class.clone()]) {
        for quad in typed(&Term::from(class)) {
            of(&quad?.subject, &mut out)?;
        }
    }
    out.flush()?;
    Ok(())
}

fn load(file: &Path, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let began = Instant::now();
    let store = Store::open(folder)?;
    let mut loader = store.bulk_loader().without_atomicity();
    loader.load_from_reader(RdfFormat::NQuads, BufReader::with_capacity(1 << 20, File::open(file)?))?;
    loader.commit()?;
    store.flush()?;
    drop(store);
    println!("{:.1} s", began.elapsed().as_secs_f64());
    Ok(())
}
