//! Mentions, read straight from the literal with the packed ones. No triple is made.

use oxigraph::model::{NamedNode, NamedNodeRef, Term};

use super::cell::{self, BETWEEN_CELLS, BETWEEN_PARTS, BETWEEN_VALUES, ValueForm};
use super::{DATATYPE, Packing, PartKind};
use crate::extract::TextPlace;
use crate::ontology::KgTerms;

/// A mention in a paper.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PackedMention {
    pub(crate) entity: NamedNode,
    pub(crate) place: TextPlace,
    pub(crate) text: String,
    pub(crate) confidence: f32,
    pub(crate) relation: String,
    pub(crate) variant: Option<String>,
}

/// Positions of the parts of a mention in the literal of the packed mentions.
#[derive(Debug)]
pub(super) struct MentionCells {
    /// The kind of the mentions, as its position in [`Packing::kinds`].
    kind: usize,
    /// The forms of the cells of a line.
    forms: Vec<ValueForm>,
    entity: usize,
    text: usize,
    confidence: usize,
    relation: usize,
    variant: usize,
}

impl MentionCells {
    pub(super) fn of(kinds: &[PartKind], kg: &KgTerms) -> Option<Self> {
        let kind = kinds
            .iter()
            .position(|kind| kind.classes.iter().any(|class| class.iri() == Some(kg.mention_class.as_str())))?;
        let cells: Vec<_> =
            kinds.get(kind)?.columns.iter().filter(|column| !matches!(column.form, ValueForm::Implied(_))).collect();
        let cell =
            |predicate: &NamedNode| cells.iter().position(|cell| cell.predicate.iri() == Some(predicate.as_str()));
        Some(Self {
            kind,
            forms: cells.iter().map(|cell| cell.form).collect(),
            entity: cell(&kg.entity)?,
            text: cell(&kg.text)?,
            confidence: cell(&kg.confidence)?,
            relation: cell(&kg.relation)?,
            variant: cell(&kg.variant)?,
        })
    }
}

impl Packing {
    /// The predicate that ties a paper to its packed mentions.
    pub(crate) fn mentions_predicate(&self) -> Option<NamedNodeRef<'_>> {
        Some(self.kinds.get(self.mention_cells.as_ref()?.kind)?.predicate.as_ref())
    }

    /// The mentions in a literal, in the order of their IRIs. A mention without a required part is left out.
    ///
    /// # Errors
    /// What is wrong with `packed`, if it is not what [`Packing::pack`] makes.
    pub(crate) fn mentions(&self, packed: &Term) -> Result<Vec<PackedMention>, String> {
        let cells = self.mention_cells.as_ref().ok_or("mentions are not packed")?;
        let Term::Literal(literal) = packed else { return Err(format!("{packed} is not a literal")) };
        if literal.datatype() != DATATYPE {
            return Err(format!("<{}> is not a datatype that this version reads", literal.datatype().as_str()));
        }
        let mut mentions = Vec::new();
        let mut values: Vec<Option<Term>> = Vec::with_capacity(cells.forms.len());
        for line in literal.value().split(BETWEEN_PARTS) {
            let mut parts = line.split(BETWEEN_CELLS);
            let end = parts.next().unwrap_or_default();
            values.clear();
            for form in &cells.forms {
                let first = parts.next().unwrap_or_default().split(BETWEEN_VALUES).find(|value| !value.is_empty());
                let decode = |value| form.decode(value, &self.base).ok_or_else(|| format!("`{value}` is not readable"));
                values.push(first.map(decode).transpose()?);
            }
            if parts.next().is_some() {
                return Err(format!("`{line}` has too many cells"));
            }
            mentions.extend(cells.mention(end, &mut values));
        }
        Ok(mentions)
    }
}

impl MentionCells {
    fn mention(&self, end: &str, values: &mut [Option<Term>]) -> Option<PackedMention> {
        let mut take = |cell: usize| values.get_mut(cell).and_then(Option::take);
        let Term::NamedNode(entity) = take(self.entity)? else { return None };
        let mut text = |cell| match take(cell)? {
            Term::Literal(literal) => Some(literal.destruct().0),
            _ => None,
        };
        Some(PackedMention {
            entity,
            place: cell::text_place(end)?,
            text: text(self.text)?,
            confidence: text(self.confidence)?.parse().ok()?,
            relation: text(self.relation)?,
            variant: text(self.variant),
        })
    }
}
