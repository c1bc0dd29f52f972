use std::io::{self, BufWriter, Write};

use crate::ontology::{Base, Ontology};
use crate::query::write_triples;
use clap::{Args, ValueEnum};
use oxigraph::io::RdfFormat;

use crate::cli::CommandContext;
use crate::cli::failure::CommandFailure;

/// Print the vocabulary for other programs
///
/// skos: every entity as a SKOS concept in Turtle, with the IRI that it has in a graph: labels, alternative labels,
/// broader concepts, the id as notation, homepage, introducing paper, and the same thing elsewhere where it is known.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ExportVocabulary {
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = VocabularyFormat::Skos)]
    format: VocabularyFormat,
    /// The base of your graph, with which the IRIs begin [default: https://w3id.org/papergraph/]
    #[arg(long, value_name = "IRI")]
    base: Option<Base>,
}

#[derive(Clone, Copy, ValueEnum)]
enum VocabularyFormat {
    Skos,
}

const EXAMPLES: &str = "\
Examples:
  kg vocab export --format skos > vocabulary.ttl
  kg --vocab my-field.toml vocab export --base https://kg.example.org/ | gzip > vocabulary.ttl.gz";

impl ExportVocabulary {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let vocabulary = context.vocabulary()?;
        let ontology = Ontology::new(self.base.unwrap_or_default());
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            VocabularyFormat::Skos => {
                let triples = ontology.concept_scheme(&vocabulary).map(Ok);
                write_triples(&mut out, triples, RdfFormat::Turtle, &ontology.base)?;
            }
        }
        out.flush()?;
        Ok(())
    }
}
