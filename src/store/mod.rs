//! The graph on disk: oxigraph over RocksDB, in generations.
//!
//! A published generation is never written again. A [`GenerationBuild`] works on a copy that shares files with the
//! published one (a RocksDB checkpoint, hard links), and publishes it by one rename. So readers never wait and never
//! see half a build, and a killed build leaves the graph as it was. The price is a second copy of the changed files,
//! until the build after next.
//!
//! Readers open the store read-only. RocksDB then takes no lock, so any number of processes can read one generation.

mod build;
mod carry;
mod change;
mod checks;
mod dataset;
mod doctor;
mod error;
mod fill;
mod folder;
mod generation;
mod kept;
mod layout;
mod links;
mod overview;
mod quads;
mod read;
mod results;
mod rocksdb;
mod search_index;
mod shards;
mod shared_nodes;
mod statistics;
mod user_statements;
mod works;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::SystemTime;

use oxigraph::model::{GraphNameRef, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term, Triple};
use oxigraph::store::{StorageError, Store};

pub use build::{BuildSummary, GenerationBuild};

pub(crate) use build::GenerationFolders;
pub use change::GenerationEdit;
pub use checks::record_checks;
pub(crate) use doctor::{PartCondition, StoreExamination, examine};
pub use error::StoreError;
pub(crate) use folder::GraphFolder;
pub(crate) use generation::{GenerationBasis, LockedStore};
pub(crate) use kept::KeptAnswer;
use layout::StoreLayout;
use overview::GenerationOverview;
pub use quads::Quads;

use crate::extract::{Field, LinkTarget, TextPlace, classify_url};
use crate::index::{DisplayFields, Index, IndexedNode, ReadAmount, SearchWords};
use crate::ontology::{Base, NodeKind, Ontology, dcterms, name_key, rdfs};
use crate::paper::{Paper, PaperId, doi};

/// A graph opened for reading: one generation, which does not change while this value lives.
pub struct GraphStore {
    /// Opened on first use, because opening takes longer than most answers from the index.
    store: OnceLock<Quads>,
    ontology: Ontology,
    layout: StoreLayout,
    generation: u64,
    /// Opened on first use.
    index: OnceLock<Index>,
    /// Read on first use.
    overview: OnceLock<GenerationOverview>,
    reading: ReadAmount,
    names: NameSource,
    /// Distinguishes a graph that was removed and rebuilt, because its generation numbers start from one again.
    published: Option<SystemTime>,
    /// Id of the database when it was opened. If the folder has another one, it belongs to another graph.
    identity: Option<Vec<u8>>,
    /// Keeps later builds from removing the files.
    _lock: Option<File>,
}

/// Name of the file of the boards inside the generation.
const BOARDS: &str = "boards";

/// Where the names of nodes are read. This is decided when the graph is opened. Both give the same names at different
/// costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NameSource {
    Rdf,
    Index,
}

/// A node: its display name and its address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeRef {
    pub kind: NodeKind,
    /// The node's id, as in `dataset/coco`.
    pub id: String,
    /// Name, title or address.
    pub label: String,
    pub iri: NamedNode,
}

/// A mention of an entity in a paper.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredMention {
    pub paper: NamedNode,
    pub entity: NamedNode,
    pub place: TextPlace,
    /// Surface form in the text.
    pub text: String,
    pub confidence: f32,
    pub relation: String,
    pub variant: Option<String>,
}

fn in_text_order(mut mentions: Vec<StoredMention>) -> Vec<StoredMention> {
    mentions.sort_by_key(|mention| (mention.place.field, mention.place.start, mention.place.end));
    mentions
}

/// The id that a registry gave a paper, from any of the usual notations.
fn registered_id(name: &str) -> Option<PaperId> {
    let arxiv = name.strip_prefix("arxiv ").or_else(|| name.strip_prefix("arXiv ")).unwrap_or(name);
    let acl = name.rsplit_once("aclanthology.org/").map_or(name, |(_, id)| id);
    PaperId::arxiv(arxiv).or_else(|| PaperId::doi(name)).or_else(|| PaperId::acl(acl))
}

/// How the key of a paper begins that has an id of a registry.
const PAPER_KEYS: [&str; 3] = ["arxiv-", "doi-", "acl-"];

/// Whether a text is an id of a paper or an address, and not words.
pub(crate) fn is_id_or_address(text: &str) -> bool {
    let text = text.trim();
    let is_repository = || matches!(classify_url(text), Some(LinkTarget::Repository(_)));
    !text.contains(char::is_whitespace) && (text.contains("://") || is_repository()) || registered_id(text).is_some()
}

/// Counts of nodes and triples, by kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphCounts {
    /// Number of nodes of each kind, in the order of [`NodeKind::ALL`].
    pub nodes: Vec<(NodeKind, u64)>,
    pub mentions: u64,
    /// Number of triples of the data, without the ontology and the metadata of the build.
    pub triples: u64,
    /// Earliest and latest publication year.
    pub years: Option<(u16, u16)>,
    /// Size on disk, in bytes.
    pub bytes: u64,
}

impl GraphStore {
    /// Opens the graph that the last finished build left at `path`.
    ///
    /// # Errors
    /// If there is none, or it cannot be read; [`StoreError::help`] says what to do.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let open = |graph: &Self| graph.rdf().map(|_| ()).map_err(|e| corrupt(&graph.layout, e));
        Self::open_with(path, ReadAmount::Much, NameSource::Rdf, open)
    }

    /// Like [`GraphStore::open`], but opens the search index first. The RDF is opened only for what the index does not
    /// hold.
    pub fn open_index(path: &Path, reading: ReadAmount) -> Result<Self, StoreError> {
        Self::open_with(path, reading, NameSource::Index, |graph| graph.index().map(|_| ()))
    }

    /// The published graph at `path`, whose RDF store is already open.
    fn over(path: &Path, store: &Quads) -> Result<Self, StoreError> {
        Self::open_with(path, ReadAmount::Much, NameSource::Rdf, |graph| {
            graph.store.get_or_init(|| store.at_rest());
            Ok(())
        })
    }

    fn open_with(
        path: &Path,
        reading: ReadAmount,
        names: NameSource,
        open: impl Fn(&Self) -> Result<(), StoreError>,
    ) -> Result<Self, StoreError> {
        let layout = StoreLayout::new(path);
        let published = layout.published();
        let (mut current, mut base) = layout.current()?;
        loop {
            let lock = layout.lock_for_reading(current.generation);
            let graph = Self {
                store: OnceLock::new(),
                ontology: Ontology::new(base),
                generation: current.generation,
                published,
                identity: layout.identity(current.generation),
                index: OnceLock::new(),
                overview: OnceLock::new(),
                reading,
                names,
                layout: StoreLayout::new(path),
                _lock: lock,
            };
            match generation(&layout, current.generation).and_then(|_| open(&graph)) {
                Ok(()) => return Ok(graph),
                Err(error) => {
                    // Two builds may have ended between reading the pointer and opening the generation it names.
                    let (now, now_base) = layout.current()?;
                    if now == current {
                        return Err(error);
                    }
                    (current, base) = (now, now_base);
                }
            }
        }
    }

    /// The quads of the graph, for SPARQL.
    pub fn store(&self) -> Result<&Quads, StoreError> {
        self.ok(self.rdf())
    }

    fn rdf(&self) -> Result<&Quads, StorageError> {
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let opened = Store::open_read_only(self.layout.generation(self.generation))?;
        Ok(self.store.get_or_init(|| Quads::new(opened, &self.ontology)))
    }

    /// Like [`read::in_default`]. If the store cannot be opened, the error is the only item.
    fn quads(
        &self,
        subject: Option<&NamedNode>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<&Term>,
    ) -> impl Iterator<Item = Result<Quad, StorageError>> + use<> {
        or_failure(self.rdf().map(|store| read::in_default(store, subject, predicate, object)))
    }

    pub fn ontology(&self) -> &Ontology {
        &self.ontology
    }

    pub fn base(&self) -> &Base {
        &self.ontology.base
    }

    /// Number of the open generation. A different number at the path means that a build has ended since.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// When this generation was published.
    pub fn published(&self) -> Option<SystemTime> {
        self.published
    }

    /// Whether no build has ended since this graph was opened.
    pub fn is_current(&self) -> bool {
        self.layout.published() == self.published
            && matches!(self.layout.try_current(), Ok(Some((current, _))) if current.generation == self.generation)
    }

    /// Whether a user has added statements (`kg update`).
    pub fn has_user_statements(&self) -> Result<bool, StoreError> {
        let user = self.ontology.user_graph();
        let first = self.store()?.quads_for_pattern(None, None, None, Some(user.as_ref())).next();
        Ok(self.ok(first.transpose())?.is_some())
    }

    /// Names of the files that the graph was built from, in the order of the build.
    pub fn inputs(&self) -> Result<&[String], StoreError> {
        Ok(&self.overview()?.inputs)
    }

    /// When the last build ended, as an RFC 3339 time; `None` if the graph does not say.
    pub fn built_at(&self) -> Result<Option<String>, StoreError> {
        Ok(self.overview()?.built_at.clone())
    }

    fn overview(&self) -> Result<&GenerationOverview, StoreError> {
        if let Some(overview) = self.overview.get() {
            return Ok(overview);
        }
        let overview = match GenerationOverview::read(&self.layout.generation(self.generation)) {
            Some(overview) => overview,
            // An earlier version of the program wrote none.
            None => self.ok(GenerationOverview::of(self.store()?, &self.ontology))?,
        };
        Ok(self.overview.get_or_init(|| overview))
    }

    /// Whether anything was read from the RDF since the graph was opened.
    #[cfg(test)]
    pub(crate) fn has_open_rdf(&self) -> bool {
        self.store.get().is_some()
    }

    /// Named graphs, without the default graph.
    pub fn named_graphs(&self) -> Result<Vec<NamedNode>, StoreError> {
        let mut names = Vec::new();
        for name in self.store()?.named_graphs() {
            if let NamedOrBlankNode::NamedNode(name) = self.ok(name)? {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// The ids of the nodes that have this property, each as often as it has a value.
    pub fn ids_with(&self, property: &NamedNode) -> Result<Vec<String>, StoreError> {
        let mut ids = Vec::new();
        for quad in read::in_default(self.store()?, None, Some(property.as_ref()), None) {
            if let NamedOrBlankNode::NamedNode(node) = self.ok(quad)?.subject {
                ids.extend(self.ontology.base.id(node.as_str()).map(str::to_string));
            }
        }
        Ok(ids)
    }

    /// Every text that this property gives to a node, one for each node that has it.
    pub fn texts(&self, property: &NamedNode) -> Result<Vec<String>, StoreError> {
        let mut texts = Vec::new();
        for quad in read::in_default(self.store()?, None, Some(property.as_ref()), None) {
            if let Term::Literal(text) = self.ok(quad)?.object {
                texts.push(text.value().to_string());
            }
        }
        Ok(texts)
    }

    /// Every triple of a graph, in the order of the index.
    pub fn triples_of(&self, graph: GraphNameRef<'_>) -> impl Iterator<Item = Result<Triple, StoreError>> + '_ {
        let quads = self.rdf().map(|store| store.quads_for_pattern(None, None, None, Some(graph)));
        or_failure(quads).map(|quad| self.ok(quad).map(Triple::from))
    }

    /// Triples of a paper and of the evidence in it, grouped by subject.
    pub fn paper_triples(&self, paper: &NamedNode) -> Result<Vec<Triple>, StoreError> {
        self.ok(read::paper_triples(self.store()?, paper))
    }

    /// Every paper, rebuilt from its triples, one at a time.
    pub fn papers(&self) -> impl Iterator<Item = Result<Paper, StoreError>> + '_ {
        or_failure(self.rdf().map(|store| read::papers(store, &self.ontology))).map(|paper| self.ok(paper))
    }

    pub fn paper(&self, id: &PaperId) -> Result<Option<Paper>, StoreError> {
        self.ok(read::paper(self.store()?, &self.ontology, id))
    }

    /// Like [`GraphStore::paper`], without the contents of its parts: sources, sections, and declared code, datasets
    /// and results.
    pub fn paper_facts(&self, id: &PaperId) -> Result<Option<Paper>, StoreError> {
        let iri = self.ontology.base.paper(id);
        let triples = self.ok(read::description(self.store()?, &iri))?;
        Ok(self.ontology.paper(&iri, &triples))
    }

    /// The node with this IRI; `None` if the graph has no statement about it.
    pub fn node(&self, iri: &NamedNode) -> Result<Option<NodeRef>, StoreError> {
        let base = &self.ontology.base;
        let Some((kind, id)) = base.kind(iri.as_str()).zip(base.id(iri.as_str())) else { return Ok(None) };
        let label = match self.names {
            NameSource::Index => {
                let index = self.index()?;
                let shown = index.find(id)?.map(|doc| index.shown(doc)).transpose()?;
                shown.flatten().map(|shown| shown.label)
            }
            NameSource::Rdf => self.literal(iri, rdfs::LABEL)?,
        };
        Ok(label.map(|label| NodeRef { kind, id: id.to_string(), label, iri: iri.clone() }))
    }

    /// Like [`GraphStore::node`], for a document of the search index.
    pub fn node_at(&self, doc: IndexedNode) -> Result<Option<NodeRef>, StoreError> {
        let Some(DisplayFields { id, label, .. }) = self.index()?.shown(doc)? else { return Ok(None) };
        let iri = self.ontology.base.node(&id);
        Ok(NodeKind::of_id(&id).map(|kind| NodeRef { kind, id, label, iri }))
    }

    /// The one node that an id or an address names: `dataset/coco`, `dataset:coco`, an IRI, an arXiv id, a DOI or an
    /// Anthology id in any of the usual notations or as in the id of its node, the address of a paper, a repository or
    /// a page.
    pub fn addressed(&self, name: &str) -> Result<Option<NodeRef>, StoreError> {
        let name = name.trim();
        let base = &self.ontology.base;
        // An exact id or address names one node, even if other nodes have the same name.
        let mut exact = Vec::new();
        if base.id(name).is_some() {
            exact.push(NamedNode::new_unchecked(name));
        }
        let slashed = name.replacen(':', "/", 1);
        for id in [name, &slashed] {
            let node = base.node(id);
            if base.kind(node.as_str()).is_some() {
                exact.push(node);
            }
            let node = base.node(&id.to_lowercase());
            if base.kind(node.as_str()).is_some() {
                exact.push(node);
            }
        }
        let registered = registered_id(name);
        exact.extend(registered.iter().map(|id| base.paper(id)));
        // `acl-n19-1423`: what an address has after `/paper/`.
        let key = name.to_lowercase();
        if PAPER_KEYS.iter().any(|registry| key.starts_with(registry)) {
            exact.push(base.node(&format!("paper/{key}")));
        }
        let address = name.contains("://") || name.contains('/');
        if address {
            match classify_url(name).unwrap_or_else(|| LinkTarget::Page(name.to_string())) {
                LinkTarget::Repository(id) => exact.push(base.repository(&id)),
                LinkTarget::Page(url) => exact.push(base.page(&url)),
            }
        }
        for iri in exact {
            if let Some(node) = self.node(&iri)? {
                return Ok(Some(node));
            }
        }
        // A paper can have a DOI or a second id beside the id that names its node.
        if let Some(id) = registered
            && let Some(node) = self.with_literal(self.ontology.kg.identifier.as_ref(), &id.to_string())?
        {
            return Ok(Some(node));
        }
        if let Some(doi) = doi(name) {
            for doi in [doi, &doi.to_lowercase()] {
                if let Some(node) = self.with_literal(self.ontology.kg.doi.as_ref(), doi)? {
                    return Ok(Some(node));
                }
            }
        }
        Ok(None)
    }

    /// The first node that has this text as the value of a predicate.
    fn with_literal(&self, predicate: NamedNodeRef<'_>, text: &str) -> Result<Option<NodeRef>, StoreError> {
        let literal = Term::from(Literal::new_simple_literal(text));
        let mut quads = self.quads(None, Some(predicate), Some(&literal));
        match self.ok(quads.next().transpose())?.and_then(|quad| read::named(quad.subject)) {
            Some(subject) => self.node(&subject),
            None => Ok(None),
        }
    }

    /// All nodes that `name` can mean: an id (`dataset/coco`, `dataset:coco`), an IRI, an arXiv id or URL, the URL of
    /// a repository, or a name, alias or title in any capitalisation. Entities come first, then papers. Empty if there
    /// are none.
    pub fn resolve(&self, name: &str) -> Result<Vec<NodeRef>, StoreError> {
        self.resolve_among(name, |_| true)
    }

    /// As [`resolve`](Self::resolve), among the kinds that `accepts` accepts.
    pub(crate) fn resolve_among(
        &self,
        name: &str,
        accepts: impl Fn(NodeKind) -> bool,
    ) -> Result<Vec<NodeRef>, StoreError> {
        let name = name.trim();
        if let Some(node) = self.addressed(name)? {
            return Ok(if accepts(node.kind) { vec![node] } else { Vec::new() });
        }
        let mut nodes = Vec::new();
        let key = name_key(name);
        match self.names {
            NameSource::Index => {
                for doc in self.index()?.called(&key)? {
                    nodes.extend(self.node_at(doc)?);
                }
            }
            NameSource::Rdf => {
                for iri in self.ok(read::by_key(self.store()?, &self.ontology, &key))? {
                    nodes.extend(self.node(&iri)?);
                }
            }
        }
        nodes.sort_unstable();
        nodes.dedup();
        // The kinds come first: the organisation DeepSeek is meant where only organisations can be.
        nodes.retain(|node| accepts(node.kind));
        // A work that is only cited does not contest the name of anything else.
        if nodes.iter().any(|node| !node.kind.is_quiet()) {
            nodes.retain(|node| !node.kind.is_quiet());
        }
        Ok(nodes)
    }

    /// Nodes with the names most similar to `name`, best first, for "did you mean".
    pub fn nearest(&self, name: &str, limit: usize) -> Result<Vec<NodeRef>, StoreError> {
        let index = self.index()?;
        let wanted = name_key(name);
        let mut ranked = Vec::new();
        for found in index.best(index.nearly(&SearchWords::new(name))?, limit.saturating_mul(8).max(64))? {
            let Some(node) = self.node_at(found.doc)? else { continue };
            let likeness = strsim::normalized_damerau_levenshtein(&wanted, &name_key(&node.label));
            ranked.push((likeness.max(f64::from(found.score)), node));
        }
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        ranked.truncate(limit);
        Ok(ranked.into_iter().map(|(_, node)| node).collect())
    }

    /// Search index of the open generation. If it is missing, damaged, or of another version, it is rebuilt from the
    /// RDF.
    ///
    /// # Errors
    /// If it must be rebuilt and cannot be written.
    pub fn index(&self) -> Result<&Index, StoreError> {
        if let Some(index) = self.index.get() {
            return Ok(index);
        }
        let opened = match Index::open_for(&self.index_folder(), self.reading) {
            Ok(Some(index)) => index,
            Ok(None) => self.make_index()?,
            Err(error) => {
                log::warn!("{error}; it is rebuilt from the graph");
                self.make_index()?
            }
        };
        Ok(self.index.get_or_init(|| opened))
    }

    /// The file of the boards of the open generation. It is derived from the search index, and may be missing.
    pub(crate) fn boards_file(&self) -> PathBuf {
        self.layout.generation(self.generation).join(BOARDS)
    }

    fn index_folder(&self) -> PathBuf {
        self.layout.generation(self.generation).join(search_index::FOLDER)
    }

    /// Compares every byte of the search index with its checksums, and rebuilds the index if it is damaged; `false` if
    /// it is sound. Call it after an error or a panic while reading the index, because opening the index verifies only
    /// a part.
    ///
    /// # Errors
    /// If it must be rebuilt and cannot be written.
    pub fn mend_index(path: &Path) -> Result<bool, StoreError> {
        let graph = Self::open(path)?;
        let folder = graph.index_folder();
        let Some(defect) = Index::verify(&folder)? else { return Ok(false) };
        log::warn!("the search index at {} is damaged: {defect}; it is rebuilt from the graph", folder.display());
        graph.make_index()?;
        Ok(true)
    }

    /// Writes the index to a temporary folder and moves it into place in one step. If two processes do so at once, one
    /// wins.
    ///
    /// # Errors
    /// If it cannot be written, or if the folder belongs to another graph by now: a build may be writing there.
    fn make_index(&self) -> Result<Index, StoreError> {
        self.require_in_place()?;
        let place = self.index_folder();
        let aside = place.with_file_name(format!("{}-{}", search_index::FOLDER, std::process::id()));
        let io = || self.layout.io("write to");
        // Boards that were made from a damaged index may be wrong.
        let _ = std::fs::remove_file(self.boards_file());
        search_index::write_whole(self.store()?, &self.ontology, &aside)?;
        if let Err(error) = self.require_in_place() {
            let _ = std::fs::remove_dir_all(&aside);
            return Err(error);
        }
        if std::fs::rename(&aside, &place).is_err() {
            // Another process was first, or the existing index is damaged or of another version.
            let is_sound = matches!(Index::verify(&place), Ok(None)) && matches!(Index::open(&place), Ok(Some(_)));
            if is_sound {
                std::fs::remove_dir_all(&aside).map_err(io())?;
            } else {
                remove_any(&place).map_err(io())?;
                std::fs::rename(&aside, &place).map_err(io())?;
            }
        }
        let missing = || corrupt(&self.layout, "its search index cannot be read");
        Index::open_for(&place, self.reading)?.ok_or_else(missing)
    }

    /// Whether the folder of the open generation still belongs to this graph, so that derived files may be written there.
    pub(crate) fn is_in_place(&self) -> bool {
        self.layout.identity(self.generation) == self.identity
    }

    fn require_in_place(&self) -> Result<(), StoreError> {
        match self.is_in_place() {
            true => Ok(()),
            false => Err(StoreError::Replaced { path: self.layout.root().to_path_buf() }),
        }
    }

    /// The name of a predicate in the index: `evaluatesOn`.
    pub fn index_name(predicate: &NamedNode) -> &str {
        search_index::local(predicate)
    }

    /// Predicates that tie one node to another. `kg:mentions` is left out, because a more specific predicate is always
    /// there too.
    pub fn edge_predicates(&self) -> Vec<NamedNode> {
        search_index::edge_predicates(&self.ontology)
    }

    /// Literal facts about a node: labels, dates, counts.
    pub fn facts(&self, node: &NamedNode) -> Result<Vec<(NamedNode, Literal)>, StoreError> {
        let triples = self.ok(read::description(self.store()?, node))?;
        Ok(triples
            .into_iter()
            .filter_map(|triple| match triple.object {
                Term::Literal(literal) => Some((triple.predicate, literal)),
                _ => None,
            })
            .collect())
    }

    /// The first literal value of a predicate on a node.
    pub fn literal(&self, node: &NamedNode, predicate: NamedNodeRef<'_>) -> Result<Option<String>, StoreError> {
        for quad in self.quads(Some(node), Some(predicate), None) {
            if let Term::Literal(literal) = self.ok(quad)?.object {
                return Ok(Some(literal.value().to_string()));
            }
        }
        Ok(None)
    }

    /// All mentions in a paper, in text order.
    pub fn mentions_in(&self, paper: &NamedNode) -> Result<Vec<StoredMention>, StoreError> {
        let Some(packed) = self.ok(self.store()?.packed_mentions(&self.ontology, paper))? else {
            let triples = self.ok(self.store()?.parts(paper, &["mention-"]))?;
            let parts = triples.chunk_by(|a, b| a.subject == b.subject);
            return Ok(in_text_order(parts.filter_map(|part| self.evidence(part)).collect()));
        };
        let stored = packed.into_iter().map(|mention| StoredMention {
            paper: paper.clone(),
            entity: mention.entity,
            place: mention.place,
            text: mention.text,
            confidence: mention.confidence,
            relation: mention.relation,
            variant: mention.variant,
        });
        Ok(in_text_order(stored.collect()))
    }

    /// The mentions of an entity in a paper, in text order.
    pub fn mentions_of(&self, paper: &NamedNode, entity: &NamedNode) -> Result<Vec<StoredMention>, StoreError> {
        let mut mentions = self.mentions_in(paper)?;
        mentions.retain(|mention| mention.entity == *entity);
        Ok(mentions)
    }

    fn evidence(&self, part: &[Triple]) -> Option<StoredMention> {
        let kg = &self.ontology.kg;
        let object = |predicate: &NamedNode| part.iter().find(|t| t.predicate == *predicate).map(|t| &t.object);
        let text = |predicate: &NamedNode| match object(predicate) {
            Some(Term::Literal(literal)) => Some(literal.value()),
            _ => None,
        };
        let node = |predicate: &NamedNode| match object(predicate) {
            Some(Term::NamedNode(node)) => Some(node.clone()),
            _ => None,
        };
        Some(StoredMention {
            paper: node(&kg.in_paper)?,
            entity: node(&kg.entity)?,
            place: TextPlace {
                field: text(&kg.field)?.parse().ok()?,
                start: text(&kg.start)?.parse().ok()?,
                end: text(&kg.end)?.parse().ok()?,
            },
            text: text(&kg.text)?.to_string(),
            confidence: text(&kg.confidence)?.parse().ok()?,
            relation: text(&kg.relation)?.to_string(),
            variant: text(&kg.variant).map(str::to_string),
        })
    }

    /// The text of one field of a paper.
    pub fn text(&self, paper: &NamedNode, field: Field) -> Result<Option<String>, StoreError> {
        match field {
            Field::Title => self.literal(paper, dcterms::TITLE),
            Field::Abstract => self.literal(paper, dcterms::ABSTRACT),
            Field::Section(_) => {
                let part = NamedNode::new_unchecked(format!("{}#{field}", paper.as_str()));
                self.literal(&part, self.ontology.kg.text.as_ref())
            }
        }
    }

    /// Counts of nodes and triples, by kind. They are read from the statistics that builds and edits maintain, not
    /// counted again.
    pub fn counts(&self) -> Result<GraphCounts, StoreError> {
        let statistics = &self.overview()?.statistics;
        let nodes = NodeKind::ALL.map(|kind| (kind, statistics.of_class(self.ontology.node_class(kind))));
        Ok(GraphCounts {
            nodes: nodes.into(),
            mentions: statistics.of_class(&self.ontology.kg.mention_class),
            triples: u64::try_from(statistics.triples()).unwrap_or_default(),
            years: self.index()?.years()?,
            bytes: self.layout.size(self.generation),
        })
    }

    fn count<T>(&self, quads: impl Iterator<Item = Result<T, StorageError>>) -> Result<u64, StoreError> {
        let mut n = 0;
        for quad in quads {
            self.ok(quad)?;
            n += 1;
        }
        Ok(n)
    }

    fn ok<T>(&self, result: Result<T, StorageError>) -> Result<T, StoreError> {
        result.map_err(|error| StoreError::Storage { path: self.layout.root().into(), error })
    }
}

/// The items of a read, or its error as the only item.
fn or_failure<T>(
    read: Result<impl Iterator<Item = Result<T, StorageError>>, StorageError>,
) -> impl Iterator<Item = Result<T, StorageError>> {
    let (all, failed) = match read {
        Ok(all) => (Some(all), None),
        Err(error) => (None, Some(Err(error))),
    };
    failed.into_iter().chain(all.into_iter().flatten())
}

/// Removes a file, or a folder with its contents.
fn remove_any(path: &Path) -> std::io::Result<()> {
    if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }
}

/// The folder of a generation; an error if it does not exist.
fn generation(layout: &StoreLayout, number: u64) -> Result<PathBuf, StoreError> {
    let folder = layout.generation(number);
    match folder.is_dir() {
        true => Ok(folder),
        false => Err(corrupt(layout, format!("generation {number} is missing"))),
    }
}

fn corrupt(layout: &StoreLayout, message: impl ToString) -> StoreError {
    StoreError::Corrupt { path: layout.root().into(), message: message.to_string() }
}

fn open_read_only(layout: &StoreLayout, number: u64) -> Result<Store, StoreError> {
    let folder = generation(layout, number)?;
    Store::open_read_only(&folder).map_err(|e| corrupt(layout, e))
}
