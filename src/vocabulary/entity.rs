use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::paper::slug;

/// The type of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A dataset or benchmark.
    Dataset,
    /// A model that can be downloaded or called.
    Model,
    /// A method, architecture or algorithm.
    Method,
    /// A task.
    Task,
    /// A metric.
    Metric,
    /// A device.
    Hardware,
    /// A library, framework or tool.
    Software,
    /// A thing that a paper introduces by name, without a word for its kind. Vocabularies contain no such entities.
    Unknown,
}

impl Kind {
    /// All kinds, in a fixed order.
    pub const ALL: [Self; 8] = [
        Self::Dataset,
        Self::Model,
        Self::Method,
        Self::Task,
        Self::Metric,
        Self::Hardware,
        Self::Software,
        Self::Unknown,
    ];

    /// The word that files, options and answers use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dataset => "dataset",
            Self::Model => "model",
            Self::Method => "method",
            Self::Task => "task",
            Self::Metric => "metric",
            Self::Hardware => "hardware",
            Self::Software => "software",
            Self::Unknown => "unknown",
        }
    }

    /// The plural, for the heading of a group.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Dataset => "datasets",
            Self::Model => "models",
            Self::Method => "methods",
            Self::Task => "tasks",
            Self::Metric => "metrics",
            Self::Hardware => "hardware",
            Self::Software => "software",
            Self::Unknown => "things of unknown kind",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let lower = s.to_lowercase();
        Self::ALL
            .into_iter()
            .find(|k| lower == k.as_str() || lower == k.plural())
            .ok_or_else(|| format!("`{s}` is not a kind; one of {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

/// `kind/slug`: readable, and stable across rebuilds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId {
    kind: Kind,
    slug: Arc<str>,
}

impl EntityId {
    /// The id of a name that is in no vocabulary.
    pub fn of_name(kind: Kind, name: &str) -> Self {
        Self { kind, slug: slug(&crate::text::fold_name(name)).into() }
    }

    /// `None` if `slug_text` is not in the form that `slug` produces.
    pub fn new(kind: Kind, slug_text: &str) -> Option<Self> {
        (slug(slug_text) == slug_text).then(|| Self { kind, slug: slug_text.into() })
    }

    /// The kind that the id begins with.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The part of the id after the kind.
    pub fn slug(&self) -> &str {
        &self.slug
    }
}

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.as_str(), self.slug)
    }
}

impl FromStr for EntityId {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let (kind, slug) = s.split_once('/').ok_or_else(|| format!("`{s}` is not kind/slug"))?;
        let kind =
            Kind::ALL.into_iter().find(|k| k.as_str() == kind).ok_or_else(|| format!("`{kind}` is not a kind"))?;
        Self::new(kind, slug).ok_or_else(|| format!("`{slug}` is not a slug (lower-case letters, digits, - . +)"))
    }
}

/// Serialised as `kind/slug` in formats for people, and in the compiled vocabulary as its two parts, which need no
/// further checks.
impl Serialize for EntityId {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() { s.collect_str(self) } else { (self.kind, self.slug()).serialize(s) }
    }
}

impl<'de> Deserialize<'de> for EntityId {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if d.is_human_readable() {
            return String::deserialize(d)?.parse().map_err(serde::de::Error::custom);
        }
        let (kind, slug) = <(Kind, &str)>::deserialize(d)?;
        Ok(Self { kind, slug: slug.into() })
    }
}

#[cfg(json_schema)]
impl schemars::JsonSchema for EntityId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "EntityId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        crate::schema::text("^[a-z]+/", "The id of an entity: dataset/coco.")
    }
}

/// The capitalisations in which a name counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum CaseRule {
    /// Upper and lower case matter.
    Exact,
    /// Upper and lower case do not matter.
    Any,
}

/// Whether higher or lower values of a metric are better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// Higher values are better.
    Higher,
    /// Lower values are better.
    Lower,
}

impl Better {
    /// The word that files, options and answers use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Higher => "higher",
            Self::Lower => "lower",
        }
    }
}

/// A line of a vocabulary file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VocabularyLine {
    /// Name of the file.
    pub file: Arc<str>,
    /// Line number, from 1.
    pub line: usize,
}

impl Serialize for VocabularyLine {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        (&*self.file, self.line).serialize(s)
    }
}

impl<'de> Deserialize<'de> for VocabularyLine {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let (file, line) = <(&str, usize)>::deserialize(d)?;
        Ok(Self { file: file.into(), line })
    }
}

impl fmt::Display for VocabularyLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// One entry of the vocabulary; the fields are described in `vocab/README.md`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entity {
    /// Id: kind and slug.
    pub id: EntityId,
    /// Canonical name.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Names that need evidence to be linked.
    pub weak: Vec<String>,
    /// Words that are evidence for a weak name.
    pub context: Vec<String>,
    /// Words next to a name that speak against it.
    pub forbid: Vec<String>,
    /// Whether capitals matter, if the names alone do not decide.
    pub case: Option<CaseRule>,
    /// arXiv id or address of the paper that introduces it.
    pub paper: Option<String>,
    /// Year in which it appeared.
    pub year: Option<u16>,
    /// Address of its own page.
    pub homepage: Option<String>,
    /// Broader concepts.
    pub broader: Vec<EntityId>,
    /// Modalities of a dataset or model: `image`, `text`.
    pub modality: Vec<String>,
    /// Tasks that it is made for.
    pub tasks: Vec<EntityId>,
    /// Maker of a device.
    pub vendor: Option<String>,
    /// Memory sizes on sale, in gigabytes.
    pub memory_gb: Vec<f32>,
    /// Architecture of a device.
    pub architecture: Option<String>,
    /// Direction of a metric.
    pub better: Option<Better>,
    /// Id of Wikidata.
    pub wikidata: Option<String>,
    /// Name on Hugging Face.
    pub huggingface: Option<String>,
    /// Where it is defined.
    pub defined_at: VocabularyLine,
}

impl Entity {
    /// An entity with nothing but a name, such as one that a paper introduces.
    pub fn of_name(id: EntityId, name: String) -> Self {
        Self {
            id,
            name,
            aliases: Vec::new(),
            weak: Vec::new(),
            context: Vec::new(),
            forbid: Vec::new(),
            case: None,
            paper: None,
            year: None,
            homepage: None,
            broader: Vec::new(),
            modality: Vec::new(),
            tasks: Vec::new(),
            vendor: None,
            memory_gb: Vec::new(),
            architecture: None,
            better: None,
            wikidata: None,
            huggingface: None,
            defined_at: VocabularyLine { file: "".into(), line: 0 },
        }
    }

    /// The kind that the id begins with.
    pub fn kind(&self) -> Kind {
        self.id.kind()
    }

    /// The name, the aliases and the weak names, each once.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name)
            .chain(&self.aliases)
            .chain(self.weak.iter().filter(|w| **w != self.name))
            .map(String::as_str)
    }

    /// The names that need no evidence.
    pub fn strong_names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name).chain(&self.aliases).filter(|n| !self.weak.contains(n)).map(String::as_str)
    }
}
