//! Contradictions between the sources of a paper, as triples and back: the kept value, the dropped value, and its
//! source.

use oxigraph::model::Literal;

use super::Ontology;
use super::declared::StoredParts;
use super::paper::{PaperWriter, SubjectTriples, text_literal};
use crate::paper::{Contradiction, SourceLocation};

/// A contradiction as stored in triples, where its source is a node.
pub(super) struct StoredContradiction {
    field: String,
    kept: String,
    dropped: String,
    source: String,
}

impl PaperWriter<'_> {
    pub(super) fn contradictions(&mut self) {
        let kg = &self.ontology.kg;
        let paper = &self.extraction.paper;
        for (i, contradiction) in paper.contradictions.iter().enumerate() {
            let part = self.part(&format!("contradiction-{}", i + 1), &kg.contradiction_class);
            self.add(&part, kg.position.as_ref(), Literal::from(i as u64 + 1));
            self.add(&part, kg.field.as_ref(), text_literal(&contradiction.field));
            self.add(&part, kg.kept.as_ref(), text_literal(&contradiction.kept));
            self.add(&part, kg.dropped.as_ref(), text_literal(&contradiction.dropped));
            if let Some(source) = paper.sources.iter().position(|origin| contradiction.is_from(origin)) {
                let source = self.fragment(&format!("source-{}", source + 1));
                self.add(&part, kg.stated_by.as_ref(), source);
            }
        }
    }
}

impl StoredParts {
    pub(super) fn read_contradiction(
        &mut self,
        ontology: &Ontology,
        position: u64,
        facts: &SubjectTriples<'_>,
    ) -> Option<()> {
        let kg = &ontology.kg;
        let own = |predicate| facts.text(predicate).map(str::to_string);
        let stored = StoredContradiction {
            field: own(kg.field.as_ref())?,
            kept: own(kg.kept.as_ref())?,
            dropped: own(kg.dropped.as_ref())?,
            source: facts.nodes(kg.stated_by.as_ref()).next()?.to_string(),
        };
        self.contradictions.insert(position, stored);
        Some(())
    }
}

impl StoredContradiction {
    /// `place` finds a source by its IRI.
    pub(super) fn finish<'o>(self, place: impl Fn(&str) -> Option<&'o SourceLocation>) -> Option<Contradiction> {
        let origin = place(&self.source)?;
        let (file, line) = (origin.file.clone(), origin.line);
        Some(Contradiction { field: self.field, kept: self.kept, dropped: self.dropped, file, line })
    }
}
