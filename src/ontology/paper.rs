//! One paper: from extraction to triples, and from triples back to a [`Paper`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use oxigraph::model::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};

use super::declared::StoredParts;
use super::{KgTerms, Ontology, dcterms, name_key, oa, owl, prov, rdf, rdfs, schema, xsd};
use crate::document::DocumentLocation;
use crate::extract::{CellLocation, Extraction, Field, LinkTarget, Mention, Relation, TextPlace};
use crate::paper::{LibraryEntry, Paper, PaperId, PartialDate, url_key};
use crate::vocabulary::{EntityId, Kind};

/// The triples that one extraction adds to the graph.
#[derive(Debug, Clone, Default)]
pub struct PaperTriples {
    /// The paper and the evidence inside it. Every subject is the paper's IRI, or begins with it and `#`.
    pub triples: Vec<Triple>,
    /// The entities, repositories and pages that it names. Papers share these, so their descriptions are not among
    /// the triples (see [`Ontology::shared_node_triples`]).
    pub names: BTreeSet<NamedNode>,
    /// Its authors, venue and organisations, and the works that it cites and that are not in the graph as papers: nodes
    /// that papers describe.
    pub described: BTreeSet<NamedNode>,
}

impl Ontology {
    /// The only mapping from an extraction to RDF.
    pub fn paper_triples(&self, extraction: &Extraction) -> PaperTriples {
        let mut writer = PaperWriter::new(self, extraction);
        writer.facts();
        writer.mentions();
        writer.contributions();
        writer.hardware();
        writer.results();
        writer.links();
        writer.origins();
        writer.citations();
        writer.sections();
        writer.declared();
        writer.contradictions();
        sort(&mut writer.out.triples);
        writer.out.triples.dedup();
        writer.out
    }

    /// Rebuilds the paper from the triples of [`Ontology::paper_triples`]. Only tables, references and the locations of
    /// sections, except their pages, are lost; the ledger keeps them. `None` if the IRI is not a paper's, or a required
    /// triple is missing.
    pub fn paper(&self, iri: &NamedNode, triples: &[Triple]) -> Option<Paper> {
        let mut subjects: BTreeMap<&str, SubjectTriples<'_>> = BTreeMap::new();
        for triple in triples {
            if let NamedOrBlankNode::NamedNode(subject) = &triple.subject {
                subjects.entry(subject.as_str()).or_default().0.push((triple.predicate.as_ref(), &triple.object));
            }
        }
        let facts = subjects.get(iri.as_str())?;
        let kg = &self.kg;
        let mut parts = StoredParts::default();
        for (subject, facts) in &subjects {
            if let Some((_, fragment)) = subject.split_once('#') {
                parts.read(self, subject, fragment, facts)?;
            }
        }
        let parts = parts.finish();
        Some(Paper {
            id: self.base.id(iri.as_str())?.parse().ok()?,
            title: facts.text(dcterms::TITLE)?.to_string(),
            abstract_text: facts.text(dcterms::ABSTRACT).unwrap_or_default().to_string(),
            published: facts.text(dcterms::ISSUED).and_then(|date| date.parse().ok()),
            date_source: facts.text(kg.date_source.as_ref()).and_then(|source| source.parse().ok()),
            author_count: facts.number(kg.author_count.as_ref()).and_then(|n| n.try_into().ok()),
            authors: facts.text(kg.authors.as_ref()).and_then(|json| serde_json::from_str(json).ok()),
            organization: facts.text(kg.organization.as_ref()).map(str::to_string),
            comments: facts.number(kg.comment_count.as_ref()).and_then(|n| n.try_into().ok()),
            doi: facts.text(kg.doi.as_ref()).map(str::to_string),
            venue: facts.text(kg.venue.as_ref()).map(str::to_string),
            identifiers: {
                let mut ids: Vec<_> = facts.texts(kg.identifier.as_ref()).filter_map(|id| id.parse().ok()).collect();
                ids.sort_unstable();
                ids
            },
            // The ledger keeps the ids in catalogues.
            catalogue_ids: Vec::new(),
            urls: parts.urls,
            declared: parts.declared,
            library: facts.library(kg),
            sections: parts.sections,
            // The ledger keeps tables and references.
            document: None,
            sources: parts.sources,
            contradictions: parts.contradictions,
        })
    }

    /// The resource with the name under which a paper introduces an entity.
    pub fn contribution(&self, paper: &NamedNode, entity: &NamedNode, id: &EntityId) -> NamedNode {
        let slug = entity.as_str().rsplit('/').next().unwrap_or_default();
        NamedNode::new_unchecked(format!("{}#introduces-{}-{slug}", paper.as_str(), id.kind()))
    }

    /// The relation from a paper to an entity of this kind that says no more than "names it".
    pub fn uses(&self, kind: Kind) -> &NamedNode {
        match kind {
            Kind::Dataset => &self.kg.uses_dataset,
            Kind::Model => &self.kg.uses_model,
            Kind::Method => &self.kg.uses_method,
            Kind::Task => &self.kg.addresses_task,
            Kind::Metric => &self.kg.uses_metric,
            Kind::Hardware => &self.kg.runs_on,
            Kind::Software => &self.kg.uses_software,
            Kind::Unknown => &self.kg.uses_unknown,
        }
    }

    /// The property for a relation that the sentence states; `None` for a bare mention.
    pub fn relation(&self, relation: Relation) -> Option<&NamedNode> {
        match relation {
            Relation::Introduces => Some(&self.kg.introduces),
            Relation::EvaluatesOn => Some(&self.kg.evaluates_on),
            Relation::TrainsOn => Some(&self.kg.trains_on),
            Relation::ComparesWith => Some(&self.kg.compares_with),
            Relation::BuildsOn => Some(&self.kg.builds_on),
            Relation::RunsOn => Some(&self.kg.runs_on),
            Relation::Mentions => None,
        }
    }

    /// The class of entities of this kind.
    pub fn class(&self, kind: Kind) -> &NamedNode {
        match kind {
            Kind::Dataset => &self.kg.dataset_class,
            Kind::Model => &self.kg.model_class,
            Kind::Method => &self.kg.method_class,
            Kind::Task => &self.kg.task_class,
            Kind::Metric => &self.kg.metric_class,
            Kind::Hardware => &self.kg.hardware_class,
            Kind::Software => &self.kg.software_class,
            Kind::Unknown => &self.kg.unknown_class,
        }
    }
}

pub(super) struct PaperWriter<'a> {
    pub(super) ontology: &'a Ontology,
    pub(super) extraction: &'a Extraction,
    paper: NamedNode,
    introduced: BTreeSet<&'a EntityId>,
    /// For each item, the sources that state it, as indexes into the paper's sources.
    pub(super) stating: HashMap<&'a str, Vec<usize>>,
    pub(super) out: PaperTriples,
}

impl<'a> PaperWriter<'a> {
    fn new(ontology: &'a Ontology, extraction: &'a Extraction) -> Self {
        let introduced = extraction.introduces.iter().map(|c| &c.entity);
        let said = extraction.mentions.iter().filter(|m| m.relation == Relation::Introduces).map(|m| &m.entity);
        Self {
            ontology,
            extraction,
            paper: ontology.base.paper(&extraction.paper.id),
            introduced: introduced.chain(said).collect(),
            stating: HashMap::new(),
            out: PaperTriples::default(),
        }
    }

    pub(super) fn add(&mut self, subject: &NamedNode, predicate: NamedNodeRef<'_>, object: impl Into<Term>) {
        self.out.triples.push(Triple::new(subject.clone(), predicate.into_owned(), object));
    }

    pub(super) fn about(&mut self, predicate: NamedNodeRef<'_>, object: impl Into<Term>) {
        let paper = self.paper.clone();
        self.add(&paper, predicate, object);
    }

    pub(super) fn cites_work(&mut self, key: &str) -> NamedNode {
        let work = self.ontology.base.work(key);
        self.out.described.insert(work.clone());
        work
    }

    pub(super) fn fragment(&self, fragment: &str) -> NamedNode {
        NamedNode::new_unchecked(format!("{}#{fragment}", self.paper.as_str()))
    }

    /// Adds a resource inside the paper and ties it to the paper.
    pub(super) fn part(&mut self, fragment: &str, class: &'a NamedNode) -> NamedNode {
        let part = self.fragment(fragment);
        self.add(&part, rdf::TYPE, class.clone());
        let paper = self.paper.clone();
        self.add(&part, self.ontology.kg.in_paper.as_ref(), paper);
        part
    }

    fn facts(&mut self) {
        let kg = &self.ontology.kg;
        let paper = &self.extraction.paper;
        self.about(rdf::TYPE, kg.paper_class.clone());
        self.about(rdfs::LABEL, text_literal(&paper.title));
        self.about(dcterms::TITLE, text_literal(&paper.title));
        self.about(dcterms::ABSTRACT, text_literal(&paper.abstract_text));
        let title_key = name_key(&paper.title);
        if !title_key.is_empty() {
            self.about(kg.key.as_ref(), text_literal(&title_key));
        }
        if let Some(arxiv) = paper.id.as_arxiv() {
            self.about(kg.key.as_ref(), text_literal(&name_key(&arxiv)));
            self.about(schema::URL, arxiv_url(&arxiv));
            self.about(owl::SAME_AS, arxiv_url(&arxiv));
        }
        if let Some(date) = paper.published {
            self.about(dcterms::ISSUED, date_literal(date));
            self.about(kg.year.as_ref(), Literal::from(i64::from(date.year())));
            if let Some(source) = paper.date_source {
                self.about(kg.date_source.as_ref(), text_literal(source.as_str()));
            }
        }
        if let Some(count) = paper.author_count {
            self.about(kg.author_count.as_ref(), Literal::from(i64::from(count)));
        }
        if let Some(authors) = &paper.authors {
            // As JSON, because a set of triples would lose the order and repetition of names.
            let json = super::works::json_of(authors);
            self.about(kg.authors.as_ref(), Literal::new_typed_literal(json, rdf::JSON));
            let keys = &self.extraction.author_keys;
            for (at, author) in authors.iter().enumerate() {
                self.about(dcterms::CREATOR, text_literal(author));
                let node = match keys.get(at) {
                    Some(key) => key.as_ref().map(|key| self.ontology.base.node(&format!("author/{key}"))),
                    None => self.ontology.base.author(author),
                };
                if let Some(node) = node {
                    self.about(kg.written_by.as_ref(), node.clone());
                    self.out.described.insert(node);
                }
            }
        }
        if let Some(organization) = &paper.organization {
            self.about(kg.organization.as_ref(), text_literal(organization));
        }
        if let Some(comments) = paper.comments {
            self.about(kg.comment_count.as_ref(), Literal::from(i64::from(comments)));
        }
        if let Some(doi) = &paper.doi {
            self.about(kg.doi.as_ref(), text_literal(doi));
            self.about(kg.key.as_ref(), text_literal(&name_key(doi)));
            if let Ok(iri) = NamedNode::new(format!("https://doi.org/{doi}")) {
                self.about(owl::SAME_AS, iri);
            }
        }
        if let Some(venue) = &paper.venue {
            self.about(kg.venue.as_ref(), text_literal(venue));
        }
        self.library(&paper.library);
        for id in &paper.identifiers {
            self.about(kg.identifier.as_ref(), text_literal(&id.to_string()));
            if let Some(arxiv) = id.as_arxiv() {
                self.about(owl::SAME_AS, arxiv_url(&arxiv));
                self.about(kg.key.as_ref(), text_literal(&name_key(&arxiv)));
            }
        }
        for acl in paper.identifiers.iter().chain([&paper.id]).filter_map(PaperId::as_acl) {
            self.about(kg.key.as_ref(), text_literal(&name_key(acl)));
        }
        self.about(kg.code_statement.as_ref(), text_literal(self.extraction.code.as_str()));
        let items = paper.declared.keys().chain(paper.urls.iter().map(|url| url_key(url))).collect();
        for (i, origin) in paper.sources.iter().enumerate() {
            let source = self.part(&format!("source-{}", i + 1), &kg.source_class);
            self.add(&source, kg.position.as_ref(), Literal::from(i as u64 + 1));
            self.add(&source, kg.file.as_ref(), text_literal(&origin.file));
            self.add(&source, kg.line.as_ref(), Literal::from(origin.line));
            self.add(&source, kg.format.as_ref(), text_literal(&origin.format));
            self.states(&source, origin, &items);
            self.about(prov::WAS_DERIVED_FROM, source);
        }
    }

    /// How people file the paper in their libraries.
    fn library(&mut self, library: &LibraryEntry) {
        let kg = &self.ontology.kg;
        for key in &library.citation_keys {
            self.about(kg.citation_key.as_ref(), text_literal(key));
        }
        for tag in &library.tags {
            self.about(kg.tag.as_ref(), text_literal(tag));
        }
        for collection in &library.collections {
            self.about(kg.collection.as_ref(), text_literal(collection));
        }
        for note in &library.notes {
            self.about(kg.note.as_ref(), text_literal(note));
        }
    }

    /// Adds the place in the text that the part comes from.
    pub(super) fn place(&mut self, part: &NamedNode, place: Option<TextPlace>) {
        let kg = &self.ontology.kg;
        let Some(TextPlace { field, start, end }) = place else { return };
        self.add(part, kg.field.as_ref(), text_literal(&field.to_string()));
        self.add(part, kg.start.as_ref(), Literal::from(start as u64));
        self.add(part, kg.end.as_ref(), Literal::from(end as u64));
    }

    fn sections(&mut self) {
        let kg = &self.ontology.kg;
        for (i, section) in self.extraction.paper.sections.iter().enumerate() {
            let part = self.part(&format!("section-{}", i + 1), &kg.section_class);
            self.add(&part, kg.position.as_ref(), Literal::from(i as u64 + 1));
            self.add(&part, dcterms::TITLE, text_literal(&section.title));
            self.add(&part, kg.text.as_ref(), text_literal(&section.text));
            if let Some(page) = section.location.as_ref().and_then(DocumentLocation::page) {
                self.add(&part, kg.page.as_ref(), Literal::from(u64::from(page)));
            }
        }
    }

    /// Ties the paper to an entity, always by `kg:mentions`, and also by the relation of its kind unless the paper
    /// introduces it.
    fn name_entity(&mut self, id: &EntityId) -> NamedNode {
        let kg = &self.ontology.kg;
        let entity = self.ontology.base.entity(id);
        let relation = if self.introduced.contains(id) { &kg.introduces } else { self.ontology.uses(id.kind()) };
        self.about(relation.as_ref(), entity.clone());
        self.about(kg.mentions.as_ref(), entity.clone());
        self.out.names.insert(entity.clone());
        entity
    }

    fn mentions(&mut self) {
        let kg = &self.ontology.kg;
        let mut places = BTreeMap::<(_, usize, usize), usize>::new();
        for mention in &self.extraction.mentions {
            let entity = self.name_entity(&mention.entity);
            if let Some(relation) = self.ontology.relation(mention.relation) {
                self.about(relation.as_ref(), entity.clone());
            }
            // Two entities for the same span are two resources.
            let nth = places.entry((mention.field, mention.start, mention.end)).or_default();
            *nth += 1;
            let mut fragment = format!("mention-{}-{}-{}", mention.field, mention.start, mention.end);
            if *nth > 1 {
                fragment.push_str(&format!("-{nth}"));
            }
            let part = self.part(&fragment, &kg.mention_class);
            self.add(&part, rdf::TYPE, oa::ANNOTATION.into_owned());
            self.add(&part, kg.entity.as_ref(), entity);
            self.place(&part, Some(mention.place()));
            self.add(&part, kg.text.as_ref(), text_literal(&mention.text));
            self.add(&part, kg.confidence.as_ref(), decimal_literal(mention.confidence));
            self.add(&part, kg.relation.as_ref(), text_literal(mention.relation.as_str()));
            if let Field::Section(number) = mention.field {
                let section = self.fragment(&format!("section-{number}"));
                self.add(&part, kg.in_section.as_ref(), section);
            }
            if let Some(variant) = &mention.variant {
                self.add(&part, kg.variant.as_ref(), text_literal(variant));
            }
        }
    }

    fn contributions(&mut self) {
        let kg = &self.ontology.kg;
        let mut placed = BTreeSet::new();
        for contribution in &self.extraction.introduces {
            let entity = self.name_entity(&contribution.entity);
            let iri = self.ontology.contribution(&self.paper, &entity, &contribution.entity);
            let fragment = iri.as_str().rsplit('#').next().unwrap_or_default().to_string();
            let part = self.part(&fragment, &kg.contribution_class);
            self.add(&part, kg.entity.as_ref(), entity);
            self.add(&part, kg.name.as_ref(), text_literal(&contribution.name));
            if !contribution.kind_stated {
                self.add(&part, kg.kind_stated.as_ref(), Literal::from(false));
            }
            // Two names for the same entity are one contribution, with the first place.
            if contribution.place.is_some() && placed.insert(part.clone()) {
                self.place(&part, contribution.place);
            }
        }
    }

    fn hardware(&mut self) {
        let kg = &self.ontology.kg;
        for (i, hardware) in self.extraction.hardware.iter().enumerate() {
            let part = self.part(&format!("hardware-{}", i + 1), &kg.hardware_use_class);
            self.add(&part, kg.name.as_ref(), text_literal(&hardware.name));
            self.place(&part, hardware.place);
            if let Some(id) = &hardware.entity {
                let entity = self.name_entity(id);
                self.add(&part, kg.entity.as_ref(), entity);
            }
            if let Some(count) = hardware.count {
                self.add(&part, kg.count.as_ref(), Literal::from(i64::from(count)));
            }
            if let Some(memory) = hardware.memory_gb {
                self.add(&part, kg.memory_gb.as_ref(), Literal::from(i64::from(memory)));
            }
        }
    }

    fn results(&mut self) {
        let kg = &self.ontology.kg;
        for (i, result) in self.extraction.results.iter().enumerate() {
            let part = self.part(&format!("result-{}", i + 1), &kg.result_class);
            if let Some(system) = &result.system {
                self.add(&part, kg.system.as_ref(), text_literal(system));
            }
            self.add(&part, kg.own.as_ref(), Literal::from(result.own));
            let columns = result_columns(kg, result.task.as_ref(), result.dataset.as_ref(), &result.metric);
            for (kind, name, named, relation) in columns {
                self.add(&part, named.as_ref(), text_literal(name));
                let id = result.entity(kind).or_else(|| Some(&self.mention_named(kind, name)?.entity)).cloned();
                if let Some(id) = id {
                    let entity = self.name_entity(&id);
                    if kind == Kind::Dataset && !self.introduced.contains(&id) {
                        self.about(kg.evaluates_on.as_ref(), entity.clone());
                    }
                    self.add(&part, relation.as_ref(), entity);
                }
            }
            self.add(&part, kg.value.as_ref(), text_literal(&result.value));
            if let Some(variant) = &result.variant {
                self.add(&part, kg.variant.as_ref(), text_literal(variant));
            }
            if let Some(deviation) = &result.deviation {
                self.add(&part, kg.deviation.as_ref(), text_literal(deviation));
            }
            if let Some(confidence) = result.confidence {
                self.add(&part, kg.confidence.as_ref(), decimal_literal(confidence));
            }
            self.place(&part, result.place);
            if let Some(cell) = &result.cell {
                self.cell(&part, cell);
            }
        }
    }

    fn cell(&mut self, part: &NamedNode, cell: &CellLocation) {
        let kg = &self.ontology.kg;
        let label = if cell.label.is_empty() { format!("table {}", cell.table) } else { cell.label.clone() };
        self.add(part, kg.in_table.as_ref(), text_literal(&label));
        self.add(part, kg.row.as_ref(), Literal::from(u64::from(cell.row)));
        self.add(part, kg.column.as_ref(), Literal::from(u64::from(cell.column)));
        if let Some(page) = cell.page {
            self.add(part, kg.page.as_ref(), Literal::from(u64::from(page)));
        }
    }

    /// The mention that a result refers to. A result gives its dataset and metric only as words; the paper's own
    /// mentions show which entities they are.
    fn mention_named(&self, kind: Kind, name: &str) -> Option<&'a Mention> {
        let wanted = name_key(name);
        let mut mentions = self.extraction.mentions.iter().filter(|m| m.kind == kind);
        mentions.find(|m| name_key(&m.name) == wanted || name_key(&m.text) == wanted)
    }

    fn links(&mut self) {
        for (i, id) in self.extraction.repos.iter().enumerate() {
            self.link(&format!("text-link-{}", i + 1), i, "text", id.as_str(), LinkTarget::Repository(id.clone()));
        }
        for (i, url) in self.extraction.pages.iter().enumerate() {
            self.link(&format!("text-page-{}", i + 1), i, "text", url, LinkTarget::Page(url.clone()));
        }
    }

    /// Ties the paper to a repository or page, with the place in the text.
    pub(super) fn link(
        &mut self,
        fragment: &str,
        position: usize,
        stated_in: &str,
        url: &str,
        link: LinkTarget,
    ) -> NamedNode {
        let kg = &self.ontology.kg;
        let (target, relation) = match &link {
            LinkTarget::Repository(id) => (self.ontology.base.repository(id), &kg.has_repository),
            LinkTarget::Page(url) => (self.ontology.base.page(url), &kg.has_page),
        };
        let name = match &link {
            LinkTarget::Repository(id) => id.as_str(),
            LinkTarget::Page(url) => url.as_str(),
        };
        self.about(relation.as_ref(), target.clone());
        let part = self.part(fragment, &kg.link_class);
        self.add(&part, kg.target.as_ref(), target.clone());
        self.add(&part, kg.url.as_ref(), text_literal(url));
        self.add(&part, kg.name.as_ref(), text_literal(name));
        self.add(&part, kg.stated_in.as_ref(), text_literal(stated_in));
        self.add(&part, kg.position.as_ref(), Literal::from(position as u64 + 1));
        self.out.names.insert(target);
        part
    }
}

/// The triples with the same subject.
#[derive(Default)]
pub(super) struct SubjectTriples<'t>(Vec<(NamedNodeRef<'t>, &'t Term)>);

impl<'t> SubjectTriples<'t> {
    pub(super) fn text(&self, predicate: NamedNodeRef<'_>) -> Option<&'t str> {
        self.texts(predicate).next()
    }

    pub(super) fn texts(&self, predicate: NamedNodeRef<'_>) -> impl Iterator<Item = &'t str> {
        self.0.iter().filter(move |(p, _)| *p == predicate).filter_map(|(_, object)| match object {
            Term::Literal(literal) => Some(literal.value()),
            _ => None,
        })
    }

    fn library(&self, kg: &KgTerms) -> LibraryEntry {
        let all = |predicate: &NamedNode| self.texts(predicate.as_ref()).map(str::to_string).collect();
        LibraryEntry {
            citation_keys: all(&kg.citation_key),
            tags: all(&kg.tag),
            collections: all(&kg.collection),
            notes: all(&kg.note),
        }
    }

    pub(super) fn nodes(&self, predicate: NamedNodeRef<'_>) -> impl Iterator<Item = &'t str> {
        self.0.iter().filter(move |(p, _)| *p == predicate).filter_map(|(_, object)| match object {
            Term::NamedNode(node) => Some(node.as_str()),
            _ => None,
        })
    }

    pub(super) fn number(&self, predicate: NamedNodeRef<'_>) -> Option<u64> {
        self.text(predicate)?.parse().ok()
    }
}

/// What a result is about, as far as it is stated: kind, name, the property of the name and that of the entity.
pub(super) fn result_columns<'r>(
    kg: &'r KgTerms,
    task: Option<&'r String>,
    dataset: Option<&'r String>,
    metric: &'r String,
) -> impl Iterator<Item = (Kind, &'r String, &'r NamedNode, &'r NamedNode)> {
    let columns = [
        (Kind::Task, task, &kg.task_name, &kg.on_task),
        (Kind::Dataset, dataset, &kg.dataset_name, &kg.on_dataset),
        (Kind::Metric, Some(metric), &kg.metric_name, &kg.by_metric),
    ];
    columns.into_iter().filter_map(|(kind, name, named, relation)| Some((kind, name?, named, relation)))
}

pub(super) fn text_literal(value: &str) -> Literal {
    Literal::new_simple_literal(value)
}

/// Three digits in canonical form: the store returns decimals in that form, and a rebuild compares them.
pub(super) fn decimal_literal(value: f32) -> Literal {
    let mut lexical = format!("{value:.3}");
    if lexical.contains('.') {
        lexical.truncate(lexical.trim_end_matches('0').trim_end_matches('.').len());
    }
    Literal::new_typed_literal(lexical, xsd::DECIMAL)
}

/// The date, with its known precision only.
fn date_literal(date: PartialDate) -> Literal {
    let datatype = match date.precision() {
        1 => xsd::G_YEAR,
        2 => xsd::G_YEAR_MONTH,
        _ => xsd::DATE,
    };
    Literal::new_typed_literal(date.to_string(), datatype)
}

pub(super) fn arxiv_url(id: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("https://arxiv.org/abs/{id}"))
}

/// Sorts triples, so that the mapping always writes them in the same order. The triples of a part come one after the
/// other and the subjects of a paper differ only at their end, so the subjects of few triples need to be compared.
fn sort(triples: &mut Vec<Triple>) {
    let mut parts: Vec<Range<usize>> = Vec::new();
    for part in triples.chunk_by(|a, b| a.subject == b.subject) {
        let from = parts.last().map_or(0, |before| before.end);
        parts.push(from..from + part.len());
    }
    let of_part = |part: &Range<usize>| subject(&triples[part.start]);
    parts.sort_unstable_by(|a, b| of_part(a).cmp(of_part(b)));
    let mut sorted: Vec<usize> = Vec::with_capacity(triples.len());
    for same in parts.chunk_by(|a, b| of_part(a) == of_part(b)) {
        let from = sorted.len();
        sorted.extend(same.iter().cloned().flatten());
        sorted[from..].sort_unstable_by(|a, b| order(&triples[*a]).cmp(&order(&triples[*b])));
    }
    // A triple is large: each is moved once.
    let mut unsorted: Vec<Option<Triple>> = std::mem::take(triples).into_iter().map(Some).collect();
    triples.reserve_exact(unsorted.len());
    triples.extend(sorted.into_iter().filter_map(|at| unsorted[at].take()));
}

fn subject(triple: &Triple) -> &str {
    match &triple.subject {
        NamedOrBlankNode::NamedNode(node) => node.as_str(),
        NamedOrBlankNode::BlankNode(node) => node.as_str(),
    }
}

/// A total order over the triples of one subject.
fn order(triple: &Triple) -> (&str, u8, &str, &str) {
    let (rank, value, datatype) = match &triple.object {
        Term::NamedNode(node) => (0, node.as_str(), ""),
        Term::BlankNode(node) => (1, node.as_str(), ""),
        Term::Literal(literal) => (2, literal.value(), literal.datatype().as_str()),
    };
    (triple.predicate.as_str(), rank, value, datatype)
}
