use std::io::{self, BufWriter, Write};

use crate::ontology::{Base, Ontology as Terms, SHAPES_TTL};
use crate::query::write_triples;
use clap::{Args, ValueEnum};
use oxigraph::io::RdfFormat;
use oxigraph::model::Triple;

use crate::cli::CommandContext;
use crate::cli::failure::CommandFailure;

/// Print the classes and properties of the graph
///
/// turtle: the ontology, every class and property with its meaning and its mapping to schema.org, Dublin Core, SKOS,
/// PROV-O, Web Annotation, DOAP and DCAT. markdown: the same as a document. shapes: the shape that a graph must have,
/// in SHACL.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct PrintOntology {
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = OntologyFormat::Turtle)]
    format: OntologyFormat,
    /// The base of your graph, with which the IRIs begin [default: https://w3id.org/papergraph/]
    #[arg(long, value_name = "IRI")]
    base: Option<Base>,
}

#[derive(Clone, Copy, ValueEnum)]
enum OntologyFormat {
    Turtle,
    Markdown,
    Shapes,
}

const EXAMPLES: &str = "\
Examples:
  kg vocab ontology > ontology.ttl
  kg vocab ontology --format shapes > shapes.ttl && kg export turtle -o graph.ttl && pyshacl -s shapes.ttl graph.ttl";

impl PrintOntology {
    pub(super) fn run(self, _: &CommandContext) -> Result<(), CommandFailure> {
        let terms = Terms::new(self.base.unwrap_or_default());
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            OntologyFormat::Turtle => {
                let quads = terms.ontology_quads().map_err(CommandFailure::new)?;
                write_triples(&mut out, quads.into_iter().map(Triple::from).map(Ok), RdfFormat::Turtle, &terms.base)?;
            }
            OntologyFormat::Markdown => out.write_all(terms.document().map_err(CommandFailure::new)?.as_bytes())?,
            OntologyFormat::Shapes => out.write_all(terms.rebase(SHAPES_TTL).as_bytes())?,
        }
        out.flush()?;
        Ok(())
    }
}
