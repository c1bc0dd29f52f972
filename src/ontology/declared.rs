//! What sources state beside the text, as triples and back. Each item is a part of the paper, tied to the sources that
//! state it, so that a curator's statement is never mistaken for one in the text.

use std::collections::{BTreeMap, HashMap, HashSet};

use oxigraph::model::{Literal, NamedNode};

use super::contradictions::StoredContradiction;
use super::paper::{PaperWriter, SubjectTriples, result_columns, text_literal};
use super::{Ontology, dcterms};
use crate::document::DocumentLocation;
use crate::extract::{LinkTarget, classify_url};
use crate::paper::{
    Contradiction, Declared, DeclaredName, DeclaredRepository, DeclaredResult, Section, SourceLocation, method_key,
    task_key, url_key,
};
use crate::vocabulary::Kind;

/// Prefixes of the fragments of parts from which a [`Paper`](crate::paper::Paper) is rebuilt.
pub(crate) const PAPER_PARTS: [&str; 4] = ["source-", "section-", "declared-", "contradiction-"];

impl PaperWriter<'_> {
    /// Writes what a source states, except items of lists: those are tied to the source by `kg:statedBy`.
    pub(super) fn states(&mut self, source: &NamedNode, origin: &SourceLocation, items: &HashSet<String>) {
        for state in origin.states.iter().filter(|state| !items.contains(*state)) {
            self.add(source, self.ontology.kg.states.as_ref(), text_literal(state));
        }
    }

    pub(super) fn declared(&mut self) {
        let kg = &self.ontology.kg;
        let paper = &self.extraction.paper;
        for (i, origin) in paper.sources.iter().enumerate() {
            for state in &origin.states {
                self.stating.entry(state).or_default().push(i);
            }
        }
        for (i, url) in paper.urls.iter().enumerate() {
            let part = self.link(&format!("declared-link-{}", i + 1), i, "source", url, target(url));
            self.stated_by(&part, &url_key(url));
        }
        for (i, repository) in paper.declared.repositories.iter().enumerate() {
            let url = &repository.url;
            let part = self.link(&format!("declared-repository-{}", i + 1), i, "source", url, target(url));
            if let Some(official) = repository.official {
                self.add(&part, kg.official.as_ref(), Literal::from(official));
            }
            if let Some(framework) = &repository.framework {
                self.add(&part, kg.framework.as_ref(), text_literal(framework));
            }
            self.stated_by(&part, &repository.key());
        }
        for (i, dataset) in paper.declared.datasets.iter().enumerate() {
            let part = self.named(Kind::Dataset, i, &dataset.name, &dataset.key());
            if let Some(url) = &dataset.url {
                self.add(&part, kg.dataset_url.as_ref(), text_literal(url));
            }
        }
        for (i, task) in paper.declared.tasks.iter().enumerate() {
            self.named(Kind::Task, i, task, &task_key(task));
        }
        for (i, method) in paper.declared.methods.iter().enumerate() {
            self.named(Kind::Method, i, method, &method_key(method));
        }
        for (i, result) in paper.declared.results.iter().enumerate() {
            self.declared_result(i, result);
        }
    }

    /// Writes a declared name. If the vocabulary has it, the paper is tied to the entity.
    fn named(&mut self, column: Kind, position: usize, name: &str, key: &str) -> NamedNode {
        let kg = &self.ontology.kg;
        let (class, relation) = match column {
            Kind::Dataset => (&kg.declared_dataset_class, &kg.declares_dataset),
            Kind::Task => (&kg.declared_task_class, &kg.declares_task),
            _ => (&kg.declared_method_class, &kg.declares_method),
        };
        let part = self.part(&format!("declared-{column}-{}", position + 1), class);
        self.add(&part, kg.position.as_ref(), Literal::from(position as u64 + 1));
        self.add(&part, kg.name.as_ref(), text_literal(name));
        let fits = |kind: Kind| match column {
            Kind::Dataset | Kind::Task => kind == column,
            _ => !matches!(kind, Kind::Dataset | Kind::Task | Kind::Metric),
        };
        if let Some(entity) = self.declared_entity(name, fits) {
            self.add(&part, kg.entity.as_ref(), entity.clone());
            self.about(relation.as_ref(), entity);
        }
        self.stated_by(&part, key);
        part
    }

    fn declared_result(&mut self, position: usize, result: &DeclaredResult) {
        let kg = &self.ontology.kg;
        let part = self.part(&format!("declared-result-{}", position + 1), &kg.declared_result_class);
        self.add(&part, kg.position.as_ref(), Literal::from(position as u64 + 1));
        if let Some(model) = &result.model {
            self.add(&part, kg.system.as_ref(), text_literal(model));
        }
        self.add(&part, kg.value.as_ref(), text_literal(&result.value));
        let columns = result_columns(kg, result.task.as_ref(), result.dataset.as_ref(), &result.metric);
        for (kind, name, named, relation) in columns {
            self.add(&part, named.as_ref(), text_literal(name));
            if let Some(entity) = self.declared_entity(name, |k| k == kind) {
                self.add(&part, relation.as_ref(), entity);
            }
        }
        self.stated_by(&part, &result.key());
    }

    /// The entity that a declared name means. The paper is tied to it.
    fn declared_entity(&mut self, name: &str, fits: impl Fn(Kind) -> bool) -> Option<NamedNode> {
        let known = &self.extraction.declared_entities;
        let found = known.iter().find(|known| known.name == name && fits(known.entity.kind()))?;
        let entity = self.ontology.base.entity(&found.entity);
        self.about(self.ontology.kg.declares.as_ref(), entity.clone());
        self.out.names.insert(entity.clone());
        Some(entity)
    }

    fn stated_by(&mut self, part: &NamedNode, key: &str) {
        for i in self.stating.get(key).cloned().unwrap_or_default() {
            let source = self.fragment(&format!("source-{}", i + 1));
            self.add(part, self.ontology.kg.stated_by.as_ref(), source);
        }
    }
}

/// The target of a declared link. A link that is not a URL is kept as it is.
fn target(url: &str) -> LinkTarget {
    classify_url(url.trim()).unwrap_or_else(|| LinkTarget::Page(url.trim().to_string()))
}

/// The parts of a stored paper, read in any order. Each is stored under its position.
#[derive(Default)]
pub(super) struct StoredParts {
    sources: BTreeMap<u64, (String, SourceLocation)>,
    sections: BTreeMap<u64, Section>,
    urls: BTreeMap<u64, String>,
    repositories: BTreeMap<u64, DeclaredRepository>,
    datasets: BTreeMap<u64, DeclaredName>,
    tasks: BTreeMap<u64, String>,
    methods: BTreeMap<u64, String>,
    results: BTreeMap<u64, DeclaredResult>,
    pub(super) contradictions: BTreeMap<u64, StoredContradiction>,
    /// Pairs of a source and the key of an item that it states.
    stated: Vec<(String, String)>,
}

/// The result of assembling [`StoredParts`].
pub(super) struct AssembledParts {
    pub sources: Vec<SourceLocation>,
    pub sections: Vec<Section>,
    pub urls: Vec<String>,
    pub declared: Declared,
    pub contradictions: Vec<Contradiction>,
}

impl StoredParts {
    /// Reads a part of the paper. `None` if a required statement is missing.
    pub(super) fn read(
        &mut self,
        ontology: &Ontology,
        iri: &str,
        fragment: &str,
        facts: &SubjectTriples<'_>,
    ) -> Option<()> {
        if !PAPER_PARTS.iter().any(|part| fragment.starts_with(part)) {
            return Some(());
        }
        let kg = &ontology.kg;
        let position = facts.number(kg.position.as_ref())?;
        let own = |predicate: &NamedNode| facts.text(predicate.as_ref()).map(str::to_string);
        let key = match fragment.rsplit_once('-')?.0 {
            "source" => {
                let mut origin = SourceLocation {
                    file: own(&kg.file)?,
                    line: facts.number(kg.line.as_ref())?,
                    format: own(&kg.format)?,
                    states: Vec::new(),
                };
                origin.states.extend(facts.texts(kg.states.as_ref()).map(str::to_string));
                self.sources.insert(position, (iri.to_string(), origin));
                return Some(());
            }
            "contradiction" => return self.read_contradiction(ontology, position, facts),
            "section" => {
                let title = facts.text(dcterms::TITLE)?.to_string();
                let page = facts.number(kg.page.as_ref()).and_then(|page| u32::try_from(page).ok());
                let location = page.map(|number| DocumentLocation::Page { number, area: None });
                self.sections.insert(position, Section { location, ..Section::new(title, own(&kg.text)?) });
                return Some(());
            }
            "declared-link" => {
                let url = own(&kg.url)?;
                let key = url_key(&url);
                self.urls.insert(position, url);
                key
            }
            "declared-repository" => {
                let repository = DeclaredRepository {
                    url: own(&kg.url)?,
                    official: facts.text(kg.official.as_ref()).map(|official| official == "true"),
                    framework: own(&kg.framework),
                };
                let key = repository.key();
                self.repositories.insert(position, repository);
                key
            }
            "declared-dataset" => {
                let dataset = DeclaredName { name: own(&kg.name)?, url: own(&kg.dataset_url) };
                let key = dataset.key();
                self.datasets.insert(position, dataset);
                key
            }
            "declared-task" => {
                let task = own(&kg.name)?;
                let key = task_key(&task);
                self.tasks.insert(position, task);
                key
            }
            "declared-method" => {
                let method = own(&kg.name)?;
                let key = method_key(&method);
                self.methods.insert(position, method);
                key
            }
            "declared-result" => {
                let result = DeclaredResult {
                    task: own(&kg.task_name),
                    dataset: own(&kg.dataset_name),
                    metric: own(&kg.metric_name)?,
                    model: own(&kg.system),
                    value: own(&kg.value)?,
                };
                let key = result.key();
                self.results.insert(position, result);
                key
            }
            _ => return Some(()),
        };
        self.stated.extend(facts.nodes(kg.stated_by.as_ref()).map(|source| (source.to_string(), key.clone())));
        Some(())
    }

    pub(super) fn finish(self) -> AssembledParts {
        let mut sources = self.sources;
        let mut stated: HashMap<String, Vec<String>> = HashMap::new();
        for (source, key) in self.stated {
            stated.entry(source).or_default().push(key);
        }
        for (iri, origin) in sources.values_mut() {
            origin.states.append(stated.get_mut(iri).unwrap_or(&mut Vec::new()));
        }
        let place = |iri: &str| sources.values().find(|(source, _)| source == iri).map(|(_, origin)| origin);
        let contradictions = self.contradictions.into_values().filter_map(|stored| stored.finish(place)).collect();
        let sources = sources.into_values().map(|(_, mut origin)| {
            origin.states.sort_unstable();
            origin.states.dedup();
            origin
        });
        AssembledParts {
            sources: sources.collect(),
            sections: self.sections.into_values().collect(),
            urls: self.urls.into_values().collect(),
            declared: Declared {
                repositories: self.repositories.into_values().collect(),
                datasets: self.datasets.into_values().collect(),
                tasks: self.tasks.into_values().collect(),
                methods: self.methods.into_values().collect(),
                results: self.results.into_values().collect(),
            },
            contradictions,
        }
    }
}
