//! The results and repositories of a paper for the search index, from its triples.

use std::collections::BTreeMap;

use oxigraph::model::{NamedNode, NamedOrBlankNode, Term, Triple};

use crate::index::{PaperResults, ResultPlace, StatedRepository, StatedResult};
use crate::ontology::{KgTerms, Ontology};

const DECLARED_RESULT: &str = "declared-result-";
/// Names of the parts of a paper that are needed, up to their number.
pub(super) const PARTS: [&str; 4] = ["result-", DECLARED_RESULT, "text-link-", "declared-repository-"];

/// Whether the IRI is that of a part of a paper that [`of`] reads.
pub(super) fn is_needed(part: &str) -> bool {
    part.split_once('#').is_some_and(|(_, name)| PARTS.iter().any(|needed| name.starts_with(needed)))
}

/// The results of a paper, given its triples and those of its parts. Without results, its repositories are left out.
pub(super) fn of(ontology: &Ontology, paper: &NamedNode, triples: &[Triple]) -> PaperResults {
    let kg = &ontology.kg;
    let mut parts: BTreeMap<&str, PartTriples<'_>> = BTreeMap::new();
    let mut repositories: BTreeMap<&str, bool> = BTreeMap::new();
    for Triple { subject, predicate, object } in triples {
        let NamedOrBlankNode::NamedNode(subject) = subject else { continue };
        if subject == paper && *predicate == kg.has_repository {
            repositories.extend(id(ontology, object).map(|id| (id, false)));
        } else if is_needed(subject.as_str())
            && let Some((_, name)) = subject.as_str().split_once('#')
        {
            parts.entry(name).or_default().0.push((predicate, object));
        }
    }
    let results: Vec<StatedResult> = parts.iter().filter_map(|(name, part)| part.result(ontology, name)).collect();
    if results.is_empty() {
        return PaperResults::default();
    }
    for part in parts.values().filter(|part| part.is_official(kg)) {
        if let Some(official) = part.node(ontology, &kg.target).and_then(|id| repositories.get_mut(id)) {
            *official = true;
        }
    }
    let repositories = repositories
        .into_iter()
        .map(|(id, is_official)| StatedRepository { id: id.to_string(), is_official })
        .collect();
    PaperResults { results, repositories }
}

/// The triples of one part of a paper, without their subject.
#[derive(Default)]
struct PartTriples<'t>(Vec<(&'t NamedNode, &'t Term)>);

impl<'t> PartTriples<'t> {
    fn object(&self, wanted: &NamedNode) -> Option<&'t Term> {
        self.0.iter().find(|(predicate, _)| *predicate == wanted).map(|(_, object)| *object)
    }

    fn text(&self, wanted: &NamedNode) -> Option<String> {
        match self.object(wanted)? {
            Term::Literal(literal) => Some(literal.value().to_string()),
            _ => None,
        }
    }

    fn node(&self, ontology: &Ontology, wanted: &NamedNode) -> Option<&'t str> {
        id(ontology, self.object(wanted)?)
    }

    /// Whether the paper's own text gives the address, or a source says that it is the authors' own.
    fn is_official(&self, kg: &KgTerms) -> bool {
        self.text(&kg.stated_in).as_deref() == Some("text") || self.text(&kg.official).as_deref() == Some("true")
    }

    fn result(&self, ontology: &Ontology, name: &str) -> Option<StatedResult> {
        let kg = &ontology.kg;
        let node = |wanted| self.node(ontology, wanted).map(str::to_string);
        Some(StatedResult {
            part: name.to_string(),
            dataset: self.text(&kg.dataset_name)?,
            dataset_id: node(&kg.on_dataset),
            task: self.text(&kg.task_name),
            variant: self.text(&kg.variant),
            metric: self.text(&kg.metric_name)?,
            metric_id: node(&kg.by_metric),
            value: self.text(&kg.value)?,
            system: self.text(&kg.system),
            own: self.text(&kg.own).is_none_or(|own| own == "true"),
            deviation: self.text(&kg.deviation),
            confidence: self.text(&kg.confidence).and_then(|confidence| confidence.parse().ok()),
            place: self.said(kg, name),
        })
    }

    fn said(&self, kg: &KgTerms, name: &str) -> ResultPlace {
        if name.starts_with(DECLARED_RESULT) {
            return ResultPlace::BySource;
        }
        match self.text(&kg.in_table) {
            Some(table) => {
                let row = self.text(&kg.row).map(|row| format!(", row {row}")).unwrap_or_default();
                let page = self.text(&kg.page).map(|page| format!(", page {page}")).unwrap_or_default();
                ResultPlace::InTable(format!("{table}{row}{page}"))
            }
            None => ResultPlace::InSentence(self.text(&kg.field).unwrap_or_else(|| "abstract".to_string())),
        }
    }
}

/// The id of a node of the graph.
fn id<'t>(ontology: &Ontology, object: &'t Term) -> Option<&'t str> {
    let Term::NamedNode(node) = object else { return None };
    ontology.base.id(node.as_str())
}

#[cfg(test)]
mod tests {
    use oxigraph::model::Literal;

    use super::*;

    /// Triples of a paper with the id `paper/x`, each as (part, predicate, object). An object with a slash is a node.
    fn results(triples: &[(&str, &NamedNode, &str)]) -> PaperResults {
        let ontology = Ontology::default();
        let paper = ontology.base.node("paper/x");
        let triples: Vec<Triple> = triples
            .iter()
            .map(|(part, predicate, object)| {
                let subject = match *part {
                    "" => paper.clone(),
                    part => NamedNode::new_unchecked(format!("{}#{part}", paper.as_str())),
                };
                let object = match object.contains('/') {
                    true => Term::from(ontology.base.node(object)),
                    false => Literal::new_simple_literal(*object).into(),
                };
                Triple::new(subject, (*predicate).clone(), object)
            })
            .collect();
        of(&ontology, &paper, &triples)
    }

    #[test]
    fn a_result_has_its_fields_and_the_place_that_says_it() {
        let kg = Ontology::default().kg;
        let found = results(&[
            ("result-1", &kg.dataset_name, "COCO"),
            ("result-1", &kg.on_dataset, "dataset/coco"),
            ("result-1", &kg.metric_name, "AP"),
            ("result-1", &kg.value, "51.2"),
            ("result-1", &kg.own, "false"),
            ("result-1", &kg.in_table, "Table 2"),
            ("result-1", &kg.row, "5"),
            ("declared-result-1", &kg.dataset_name, "Mine"),
            ("declared-result-1", &kg.metric_name, "F1"),
            ("declared-result-1", &kg.value, "80"),
            ("result-2", &kg.value, "a result without a metric is on no board"),
        ]);
        let [declared, table] = found.results.as_slice() else { panic!("{found:?}") };
        assert_eq!(
            (declared.part.as_str(), &declared.place, declared.own),
            ("declared-result-1", &ResultPlace::BySource, true)
        );
        assert_eq!((table.dataset_id.as_deref(), table.own), (Some("dataset/coco"), false));
        assert_eq!(table.place, ResultPlace::InTable("Table 2, row 5".to_string()));
    }

    #[test]
    fn a_repository_is_official_if_the_paper_gives_it_or_a_source_says_so() {
        let kg = Ontology::default().kg;
        let result = |predicate, object| ("result-1", predicate, object);
        let found = results(&[
            result(&kg.dataset_name, "COCO"),
            result(&kg.metric_name, "AP"),
            result(&kg.value, "51.2"),
            ("", &kg.has_repository, "repository/h/a"),
            ("", &kg.has_repository, "repository/h/b"),
            ("", &kg.has_repository, "repository/h/c"),
            ("text-link-1", &kg.target, "repository/h/a"),
            ("text-link-1", &kg.stated_in, "text"),
            ("declared-repository-1", &kg.target, "repository/h/b"),
            ("declared-repository-1", &kg.official, "true"),
            ("declared-repository-2", &kg.target, "repository/h/c"),
            ("declared-repository-2", &kg.stated_in, "source"),
        ]);
        let official: Vec<bool> = found.repositories.iter().map(|repository| repository.is_official).collect();
        assert_eq!(official, [true, true, false]);
    }
}
