//! The extraction record: everything that `kg` found in the text of one paper, with the place of each claim.
//!
//! `kg extract` prints it as one JSON object a line; the store is built from the same value.

#[cfg(json_schema)]
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

#[cfg(json_schema)]
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::paper::{Paper, PaperId, Work};
use crate::text::parse_word;
use crate::vocabulary::{EntityId, Kind};

/// A paper and what its text names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(JsonSchema))]
pub struct Extraction {
    /// The paper as its sources give it.
    #[serde(flatten)]
    pub paper: Paper,
    /// What the texts name, in their order.
    pub mentions: Vec<Mention>,
    /// What the paper introduces.
    pub introduces: Vec<Contribution>,
    /// Code repositories whose URL is in the text.
    pub repos: Vec<RepositoryId>,
    /// All other URLs in the text.
    pub pages: Vec<String>,
    /// What the paper says about its code.
    pub code: CodeStatement,
    /// Devices that the texts name, with number and memory.
    pub hardware: Vec<HardwareUse>,
    /// Results that the texts and tables claim.
    pub results: Vec<ResultClaim>,
    /// Declared names that mean an entity of the vocabulary.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub declared_entities: Vec<DeclaredEntity>,
    /// The works that the paper cites, as the whole collection resolves its references. Empty if the paper was read
    /// by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<Citation>,
    /// The parts of the ids of its authors after `author/`, in the order of the authors, as the whole collection
    /// decides. Empty if each follows from the name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub author_keys: Vec<Option<String>>,
}

/// A work that a paper cites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(JsonSchema))]
pub struct Citation {
    /// What the reference means.
    pub cited: Cited,
    /// Where the text refers to it, if the paper's full text is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<TextPlace>,
}

/// The meaning of a reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Cited {
    /// A paper of the collection.
    Paper(PaperId),
    /// A work that the collection does not have.
    Work(Work),
}

/// A name that a source declares, and the entity it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(JsonSchema))]
pub struct DeclaredEntity {
    /// As the source writes it.
    pub name: String,
    /// The entity.
    pub entity: EntityId,
}

/// One place in the text that names an entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(JsonSchema))]
pub struct Mention {
    /// The entity.
    pub entity: EntityId,
    /// Canonical name of the entity.
    pub name: String,
    /// Kind of the entity.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The words of the text, verbatim: `field[start..end]`.
    pub text: String,
    /// The text of the paper: title, abstract or a section.
    pub field: Field,
    /// Begin of the range in code points, from the beginning of the field.
    pub start: usize,
    /// End of the range in code points, exclusive.
    pub end: usize,
    /// 0 to 1: how sure the link is.
    pub confidence: f32,
    /// The relation that the sentence states between the paper and the entity.
    pub relation: Relation,
    /// Size or version named with a family: `70B` of `Llama-2-70B`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Whether a vocabulary has the entity. An entity that is not listed is known from papers only.
    #[serde(default = "listed", skip_serializing_if = "Clone::clone")]
    pub listed: bool,
    /// The heading of the section, for a mention in the full text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
}

/// The value of a field that a record leaves out.
fn listed() -> bool {
    true
}

impl Mention {
    /// Where the mention is.
    pub fn place(&self) -> TextPlace {
        TextPlace { field: self.field, start: self.start, end: self.end }
    }
}

/// The place of a statement in a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(JsonSchema))]
pub struct TextPlace {
    /// The text of the paper: title, abstract or a section.
    pub field: Field,
    /// Begin of the range in code points, from the beginning of the field.
    pub start: usize,
    /// End of the range in code points, exclusive.
    pub end: usize,
}

/// A text of a paper: `title`, `abstract`, `section-1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The title.
    Title,
    /// The abstract.
    Abstract,
    /// A section of the full text, by its number, from 1.
    Section(u32),
}

impl Field {
    /// Empty for a section that the paper does not have.
    pub fn of(self, paper: &Paper) -> &str {
        match self {
            Self::Title => &paper.title,
            Self::Abstract => &paper.abstract_text,
            Self::Section(number) => {
                let at = (number as usize).checked_sub(1);
                at.and_then(|at| paper.sections.get(at)).map_or("", |section| section.text.as_str())
            }
        }
    }

    /// The fields of a paper's full text.
    pub fn sections(paper: &Paper) -> impl Iterator<Item = Self> {
        (1..).take(paper.sections.len()).map(Self::Section)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Title => f.pad("title"),
            Self::Abstract => f.pad("abstract"),
            Self::Section(number) => write!(f, "section-{number}"),
        }
    }
}

impl FromStr for Field {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let number = || s.strip_prefix("section-")?.parse().ok().filter(|number| *number > 0);
        match s {
            "title" => Ok(Self::Title),
            "abstract" => Ok(Self::Abstract),
            _ => number().map(Self::Section).ok_or_else(|| format!("`{s}` is not a field of a paper")),
        }
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

#[cfg(json_schema)]
impl JsonSchema for Field {
    fn schema_name() -> Cow<'static, str> {
        "Field".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        crate::schema::text(r"^(title|abstract|section-[1-9]\d*)$", "A text of a paper: title, abstract, section-1.")
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What a paper does with an entity, from the strongest statement to the weakest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// The paper introduces it.
    Introduces,
    /// The paper evaluates on it.
    EvaluatesOn,
    /// The paper trains on it.
    TrainsOn,
    /// The paper compares its own with it.
    ComparesWith,
    /// The paper builds on it.
    BuildsOn,
    /// The paper runs on it.
    RunsOn,
    /// The paper only names it.
    Mentions,
}

impl Relation {
    /// All relations, in a fixed order.
    pub const ALL: [Self; 7] = [
        Self::Introduces,
        Self::EvaluatesOn,
        Self::TrainsOn,
        Self::ComparesWith,
        Self::BuildsOn,
        Self::RunsOn,
        Self::Mentions,
    ];

    /// The word that files, options and answers use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Introduces => "introduces",
            Self::EvaluatesOn => "evaluates-on",
            Self::TrainsOn => "trains-on",
            Self::ComparesWith => "compares-with",
            Self::BuildsOn => "builds-on",
            Self::RunsOn => "runs-on",
            Self::Mentions => "mentions",
        }
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Relation {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        parse_word(s, "a relation", &Self::ALL, Self::as_str)
    }
}

/// Something that the paper presents as its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(JsonSchema))]
pub struct Contribution {
    /// The entity.
    pub entity: EntityId,
    /// Canonical name of the entity.
    pub name: String,
    /// Kind of the entity.
    pub kind: Kind,
    /// Whether a word states the kind of the thing. Otherwise the kind is unknown, or follows from what the thing does.
    #[serde(default = "stated", skip_serializing_if = "is_stated")]
    pub kind_stated: bool,
    /// The long form of a name that is an abbreviation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expansion: Option<String>,
    /// The place where the paper presents the name: in the abstract, if it is presented there. `None` in old records.
    #[serde(flatten)]
    pub place: Option<TextPlace>,
}

fn stated() -> bool {
    true
}

fn is_stated(stated: &bool) -> bool {
    *stated
}

/// Whether the text says that the code is available.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum CodeStatement {
    /// A URL is given.
    Link,
    /// Said to be available, without a URL.
    Claimed,
    /// Announced for later.
    Promised,
    /// The paper says nothing about code.
    None,
}

impl CodeStatement {
    /// The word that files, options and answers use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Claimed => "claimed",
            Self::Promised => "promised",
            Self::None => "none",
        }
    }
}

/// A device that the paper's own experiments ran on or need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(JsonSchema))]
pub struct HardwareUse {
    /// `None` for a device of unknown make ("128 GPUs").
    pub entity: Option<EntityId>,
    /// Canonical name of the entity.
    pub name: String,
    /// Number of devices, if it is stated.
    pub count: Option<u32>,
    /// Memory of one device in gigabytes.
    pub memory_gb: Option<u32>,
    /// The place of the device in the sentence. `None` in old records.
    #[serde(flatten)]
    pub place: Option<TextPlace>,
}

/// A figure of a system: the claim of a sentence in the abstract, or the value of a table's cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(JsonSchema))]
pub struct ResultClaim {
    /// Name of the system, if it is stated.
    pub system: Option<String>,
    /// Whether the system is the paper's own; false for systems of others. Old records have only the paper's own.
    #[serde(default = "yes")]
    pub own: bool,
    /// Name of the task, if it is known.
    #[serde(default)]
    pub task: Option<String>,
    /// Name of the dataset, if it is stated.
    pub dataset: Option<String>,
    /// What separates figures on one dataset that cannot be compared: split, languages, shots, resolution, a part of
    /// the dataset. `None` if the paper does not say.
    #[serde(default)]
    pub variant: Option<String>,
    /// Name of the metric.
    pub metric: String,
    /// As written: `69.48`, `79.9%`.
    pub value: String,
    /// The figure printed after `±`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deviation: Option<String>,
    /// Whether the cell is in bold type.
    #[serde(rename = "bold", default, skip_serializing_if = "is_false")]
    pub is_bold: bool,
    /// Confidence that the cell says this, 0 to 1; sentences have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f32>,
    /// The entities for task, dataset and metric in the vocabulary or the collection; those of a sentence are among its
    /// mentions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<EntityId>,
    /// The place of the value in the text. `None` in old records, and for a cell.
    #[serde(flatten)]
    pub place: Option<TextPlace>,
    /// The cell of the table.
    #[serde(rename = "place", default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<CellLocation>,
}

/// A cell of one of the paper's tables.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(JsonSchema))]
pub struct CellLocation {
    /// The number of the table in the record, from 1.
    pub table: u32,
    /// The paper's name for the table: `Table 2`; empty if it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Row number from 1, including headings.
    pub row: u32,
    /// Column number from 1, including headings.
    pub column: u32,
    /// Page number from 1, if the format has pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
}

fn yes() -> bool {
    true
}

fn is_false(value: &bool) -> bool {
    !value
}

impl ResultClaim {
    /// A claim of a sentence for the paper's own system.
    pub(super) fn of_sentence(metric: String, value: String, place: TextPlace) -> Self {
        Self {
            system: None,
            own: true,
            task: None,
            dataset: None,
            variant: None,
            metric,
            value,
            deviation: None,
            is_bold: false,
            confidence: None,
            entities: Vec::new(),
            place: Some(place),
            cell: None,
        }
    }

    /// The entity of this kind that the result is about, if its cell names one.
    pub fn entity(&self, kind: Kind) -> Option<&EntityId> {
        self.entities.iter().find(|entity| entity.kind() == kind)
    }

    /// Whether both make the same claim, at any place.
    pub(super) fn repeats(&self, other: &Self) -> bool {
        (&self.system, &self.dataset, &self.variant, &self.metric, &self.value)
            == (&other.system, &other.dataset, &other.variant, &other.metric, &other.value)
    }
}

impl fmt::Display for CellLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.label.as_str() {
            "" => write!(f, "table {}, row {}", self.table, self.row)?,
            label => write!(f, "{label}, row {}", self.row)?,
        }
        match self.page {
            Some(page) => write!(f, ", page {page}"),
            None => Ok(()),
        }
    }
}

/// A code repository: host, owner and name in their own capitalisation. They are compared without regard to case.
///
/// Written `github.com/OpenGVLab/EfficientQAT`; in a node id, lower-case after `repository/`.
#[derive(Debug, Clone, Eq)]
pub struct RepositoryId(String);

impl RepositoryId {
    /// `canonical` must already be `host/owner/name` without scheme or trailing slash.
    pub(crate) fn from_canonical(canonical: String) -> Self {
        Self(canonical)
    }

    /// The address without scheme: `github.com/owner/name`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Name of the host: `github.com`.
    pub fn host(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }

    /// Web address.
    pub fn url(&self) -> String {
        format!("https://{}", self.0)
    }

    /// The part of the node's id after `repository/`.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl PartialEq for RepositoryId {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl std::hash::Hash for RepositoryId {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl fmt::Display for RepositoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for RepositoryId {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

#[cfg(json_schema)]
impl JsonSchema for RepositoryId {
    fn schema_name() -> Cow<'static, str> {
        "RepositoryId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        crate::schema::text("^[^/]+/.+$", "A code repository: github.com/owner/name.")
    }
}

impl<'de> Deserialize<'de> for RepositoryId {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let s = String::deserialize(d)?;
        if s.split('/').filter(|p| !p.is_empty()).count() < 2 {
            return Err(serde::de::Error::custom(format!("`{s}` is not host/owner/name")));
        }
        Ok(Self(s))
    }
}
