use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use oxigraph::model::NamedNode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ontology::{NodeKind, Ontology, skos};
use crate::store::GraphStore;
use crate::vocabulary::Kind;

/// A direct connection between two nodes. Variants go from the strongest to the weakest, the order in which
/// neighbours are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tie {
    Introduces,
    EvaluatesOn,
    TrainsOn,
    BuildsOn,
    ComparesWith,
    RunsOn,
    /// The paper names it, and the sentence states nothing more.
    Mentions,
    /// A source states it beside the text of the paper.
    Declares,
    Repository,
    Page,
    /// From a paper to a paper or another work in its list of references.
    Cites,
    /// From a paper to one of its authors.
    WrittenBy,
    /// From a paper to the venue where it was published, and from that to its series.
    PublishedIn,
    /// From a paper to an organisation of its authors.
    AffiliatedWith,
    /// From the narrower concept to the broader.
    Broader,
    /// From a dataset or model to the task it is made for.
    ForTask,
    /// Two nodes share neighbours. This is computed and never stored.
    Related,
}

impl Tie {
    /// The ties that the graph on disk holds.
    pub const STORED: [Self; 16] = [
        Self::Introduces,
        Self::EvaluatesOn,
        Self::TrainsOn,
        Self::BuildsOn,
        Self::ComparesWith,
        Self::RunsOn,
        Self::Mentions,
        Self::Declares,
        Self::Repository,
        Self::Page,
        Self::Cites,
        Self::WrittenBy,
        Self::PublishedIn,
        Self::AffiliatedWith,
        Self::Broader,
        Self::ForTask,
    ];

    /// The name in output and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Introduces => "introduces",
            Self::EvaluatesOn => "evaluates-on",
            Self::TrainsOn => "trains-on",
            Self::BuildsOn => "builds-on",
            Self::ComparesWith => "compares-with",
            Self::RunsOn => "runs-on",
            Self::Mentions => "mentions",
            Self::Declares => "declares",
            Self::Repository => "has-repository",
            Self::Page => "has-page",
            Self::Cites => "cites",
            Self::WrittenBy => "written-by",
            Self::PublishedIn => "published-in",
            Self::AffiliatedWith => "affiliated-with",
            Self::Broader => "broader",
            Self::ForTask => "for-task",
            Self::Related => "related",
        }
    }

    /// The phrase from subject to object: "evaluates on".
    pub fn words(self) -> &'static str {
        match self {
            Self::Introduces => "introduces",
            Self::EvaluatesOn => "evaluates on",
            Self::TrainsOn => "trains on",
            Self::BuildsOn => "builds on",
            Self::ComparesWith => "compares with",
            Self::RunsOn => "runs on",
            Self::Mentions => "names",
            Self::Declares => "is tagged with",
            Self::Repository => "has the repository",
            Self::Page => "links to",
            Self::Cites => "cites",
            Self::WrittenBy => "is written by",
            Self::PublishedIn => "is published in",
            Self::AffiliatedWith => "comes from",
            Self::Broader => "is a kind of",
            Self::ForTask => "is made for",
            Self::Related => "is named together with",
        }
    }

    /// The phrase from object to subject: "is evaluated on by".
    pub fn words_back(self) -> &'static str {
        match self {
            Self::Introduces => "is introduced by",
            Self::EvaluatesOn => "is evaluated on by",
            Self::TrainsOn => "is trained on by",
            Self::BuildsOn => "is built on by",
            Self::ComparesWith => "is compared with by",
            Self::RunsOn => "runs",
            Self::Mentions => "is named by",
            Self::Declares => "is a tag of",
            Self::Repository => "is the repository of",
            Self::Page => "is linked to by",
            Self::Cites => "is cited by",
            Self::WrittenBy => "wrote",
            Self::PublishedIn => "published",
            Self::AffiliatedWith => "is an affiliation of",
            Self::Broader => "is broader than",
            Self::ForTask => "is the task of",
            Self::Related => "is named together with",
        }
    }

    /// Whether it says where a paper comes from, not what it is about.
    pub fn is_origin(self) -> bool {
        matches!(self, Self::WrittenBy | Self::PublishedIn | Self::AffiliatedWith)
    }

    /// The weight of a tie in sums, 0 to 1. What a sentence states outright counts most; a bare mention, which may
    /// be an aside, counts a quarter of that.
    pub fn weight(self) -> f64 {
        match self {
            Self::Introduces => 1.0,
            Self::EvaluatesOn | Self::TrainsOn | Self::BuildsOn => 0.75,
            Self::ComparesWith | Self::RunsOn | Self::Repository | Self::Cites => 0.5,
            Self::Mentions
            | Self::Declares
            | Self::Page
            | Self::WrittenBy
            | Self::PublishedIn
            | Self::AffiliatedWith
            | Self::Broader
            | Self::ForTask
            | Self::Related => 0.25,
        }
    }

    /// The predicates of all stored ties, the strongest first.
    pub(super) fn predicates(ontology: &Ontology) -> Vec<NamedNode> {
        let kg = &ontology.kg;
        let mut all = Vec::new();
        for tie in Self::STORED {
            match tie {
                Self::Introduces => all.push(kg.introduces.clone()),
                Self::EvaluatesOn => all.push(kg.evaluates_on.clone()),
                Self::TrainsOn => all.push(kg.trains_on.clone()),
                Self::BuildsOn => all.push(kg.builds_on.clone()),
                Self::ComparesWith => all.push(kg.compares_with.clone()),
                Self::RunsOn => all.push(kg.runs_on.clone()),
                Self::Mentions => {
                    all.extend(
                        Kind::ALL.map(|kind| ontology.uses(kind).clone()).into_iter().filter(|p| *p != kg.runs_on),
                    );
                }
                Self::Declares => all.push(kg.declares.clone()),
                Self::Repository => all.push(kg.has_repository.clone()),
                Self::Page => all.push(kg.has_page.clone()),
                Self::Cites => all.push(kg.cites.clone()),
                Self::WrittenBy => all.push(kg.written_by.clone()),
                Self::PublishedIn => all.extend([kg.published_in.clone(), kg.in_series.clone()]),
                Self::AffiliatedWith => all.push(kg.affiliated_with.clone()),
                Self::Broader => all.push(skos::BROADER.into_owned()),
                Self::ForTask => all.push(kg.for_task.clone()),
                Self::Related => {}
            }
        }
        all
    }

    /// The tie for a predicate of [`Tie::predicates`].
    pub(super) fn of(ontology: &Ontology, predicate: &NamedNode) -> Option<Self> {
        let kg = &ontology.kg;
        Some(match predicate {
            p if *p == kg.introduces => Self::Introduces,
            p if *p == kg.evaluates_on => Self::EvaluatesOn,
            p if *p == kg.trains_on => Self::TrainsOn,
            p if *p == kg.builds_on => Self::BuildsOn,
            p if *p == kg.compares_with => Self::ComparesWith,
            p if *p == kg.runs_on => Self::RunsOn,
            p if *p == kg.declares => Self::Declares,
            p if *p == kg.has_repository => Self::Repository,
            p if *p == kg.has_page => Self::Page,
            p if *p == kg.cites => Self::Cites,
            p if *p == kg.written_by => Self::WrittenBy,
            p if *p == kg.published_in || *p == kg.in_series => Self::PublishedIn,
            p if *p == kg.affiliated_with => Self::AffiliatedWith,
            p if *p == skos::BROADER => Self::Broader,
            p if *p == kg.for_task => Self::ForTask,
            p if Kind::ALL.iter().any(|kind| ontology.uses(*kind) == p) => Self::Mentions,
            _ => return None,
        })
    }

    /// The names of this tie's predicates in the search index.
    pub(super) fn index_names(self, ontology: &Ontology) -> Vec<String> {
        let predicates = Self::predicates(ontology);
        let own = predicates.iter().filter(|predicate| Self::of(ontology, predicate) == Some(self));
        own.map(|predicate| GraphStore::index_name(predicate).to_string()).collect()
    }

    /// The tie of a predicate, by its name in the search index.
    pub(super) fn of_index(ontology: &Ontology, name: &str) -> Option<Self> {
        let predicates = Self::predicates(ontology);
        let predicate = predicates.iter().find(|predicate| GraphStore::index_name(predicate) == name)?;
        Self::of(ontology, predicate)
    }

    /// The heading of a list of neighbours of the node called `name`.
    ///
    /// `other` is the kind of the listed nodes; `rest` says that a list above already has some nodes of that kind.
    pub fn heading(self, incoming: bool, of: NodeKind, name: &str, other: NodeKind, rest: bool) -> String {
        let kinds = capitalized(other.plural());
        match (self, incoming) {
            (Self::Introduces, true) => format!("{kinds} that introduce {name}"),
            (Self::EvaluatesOn, true) => format!("{kinds} that evaluate on {name}"),
            (Self::TrainsOn, true) => format!("{kinds} that train on {name}"),
            (Self::BuildsOn, true) => format!("{kinds} that build on {name}"),
            (Self::ComparesWith, true) => format!("{kinds} that compare with {name}"),
            (Self::RunsOn, true) => format!("{kinds} that run on {name}"),
            (Self::Mentions, true) => {
                let verb = match of {
                    NodeKind::Entity(Kind::Task) => "on",
                    NodeKind::Entity(Kind::Metric) => "that measure",
                    _ => "that name",
                };
                if rest { format!("Other {} {verb} {name}", other.plural()) } else { format!("{kinds} {verb} {name}") }
            }
            (Self::Declares, true) => format!("{kinds} that a source tags with {name}"),
            (Self::Repository | Self::Page, true) => format!("{kinds} that link to {name}"),
            (Self::Cites, true) => format!("{kinds} that cite {name}"),
            (Self::Cites, false) if other.is_quiet() => "Cites, not in the graph".to_string(),
            (Self::Cites, false) => format!("Cites: {}", other.plural()),
            (Self::WrittenBy, true) => format!("{kinds} by {name}"),
            (Self::WrittenBy, false) => "Authors".to_string(),
            (Self::PublishedIn, true) if other == NodeKind::Venue => format!("{name} by year"),
            (Self::PublishedIn, true) => format!("{kinds} published in {name}"),
            (Self::PublishedIn, false) => "Published in".to_string(),
            (Self::AffiliatedWith, true) => format!("{kinds} from {name}"),
            (Self::AffiliatedWith, false) => "Organisations".to_string(),
            (Self::Broader, true) => format!("Narrower than {name}"),
            (Self::ForTask, true) => format!("{kinds} made for {name}"),
            (Self::Introduces, false) => format!("Introduces: {}", other.plural()),
            (Self::EvaluatesOn, false) => format!("Evaluates on: {}", other.plural()),
            (Self::TrainsOn, false) => format!("Trains on: {}", other.plural()),
            (Self::BuildsOn, false) => format!("Builds on: {}", other.plural()),
            (Self::ComparesWith, false) => format!("Compares with: {}", other.plural()),
            (Self::RunsOn, false) => "Runs on".to_string(),
            (Self::Mentions, false) if rest => format!("Also names: {}", other.plural()),
            (Self::Mentions, false) => format!("Names: {}", other.plural()),
            (Self::Declares, false) => format!("Tagged by a source: {}", other.plural()),
            (Self::Repository, false) => "Repositories".to_string(),
            (Self::Page, false) => "Pages".to_string(),
            (Self::Broader, false) => format!("Broader than {name}"),
            (Self::ForTask, false) => "Made for".to_string(),
            (Self::Related, _) if of == NodeKind::Paper => "Papers on related things".to_string(),
            (Self::Related, _) => format!("{kinds} often named together with {name}"),
        }
    }
}

pub(super) fn capitalized(plural: &str) -> String {
    let mut chars = plural.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

impl Serialize for Tie {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Tie {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Tie {
    fn schema_name() -> Cow<'static, str> {
        "Tie".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        crate::schema::one_of(
            Self::STORED.into_iter().chain([Self::Related]).map(Self::as_str),
            "What connects two nodes.",
        )
    }
}

impl fmt::Display for Tie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Tie {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let lower = s.to_lowercase().replace([' ', '_'], "-");
        Ok(match lower.as_str() {
            "repository" | "repositories" | "code" => Self::Repository,
            "cited" | "citations" | "references" => Self::Cites,
            "author" | "authors" => Self::WrittenBy,
            "venue" | "venues" => Self::PublishedIn,
            "organization" | "organizations" | "organisation" | "organisations" => Self::AffiliatedWith,
            "page" | "pages" => Self::Page,
            "narrower" => Self::Broader,
            "names" | "uses" => Self::Mentions,
            "tagged" | "tags" => Self::Declares,
            "used-with" | "together" => Self::Related,
            _ => {
                let known = Self::STORED.into_iter().chain([Self::Related]).find(|tie| tie.as_str() == lower);
                return known.ok_or_else(|| {
                    let names: Vec<&str> = Self::STORED.iter().map(|tie| tie.as_str()).collect();
                    format!("`{s}` is not a relation; one of {}, related", names.join(", "))
                });
            }
        })
    }
}

/// A set of ties: a paper may introduce a dataset and evaluate on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Ties(u32);

impl Ties {
    pub fn insert(&mut self, tie: Tie) {
        self.0 |= 1 << tie as u16;
    }

    pub fn contains(self, tie: Tie) -> bool {
        self.0 & (1 << tie as u16) != 0
    }

    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn iter(self) -> impl Iterator<Item = Tie> {
        Tie::STORED.into_iter().chain([Tie::Related]).filter(move |tie| self.contains(*tie))
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether only a source states the tie: the text of the paper does not name the node.
    pub fn is_stated_only(self) -> bool {
        self == Self::from_iter([Tie::Declares])
    }

    /// The ties that are in `wanted`; all if `wanted` is empty.
    pub fn only(self, wanted: &[Tie]) -> Self {
        if wanted.is_empty() { self } else { self.iter().filter(|tie| wanted.contains(tie)).collect() }
    }

    /// The greatest weight of these ties, see [`Tie::weight`].
    pub fn weight(self) -> f64 {
        self.iter().map(Tie::weight).fold(0.0, f64::max)
    }

    /// The strongest of these ties that `wanted` allows; an empty `wanted` allows all.
    pub fn strongest(self, wanted: &[Tie]) -> Option<Tie> {
        self.iter().find(|tie| wanted.is_empty() || wanted.contains(tie))
    }
}

impl FromIterator<Tie> for Ties {
    fn from_iter<T: IntoIterator<Item = Tie>>(ties: T) -> Self {
        let mut set = Self::default();
        ties.into_iter().for_each(|tie| set.insert(tie));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_predicate_between_nodes_is_a_tie() {
        let ontology = Ontology::default();
        for predicate in Tie::predicates(&ontology) {
            assert!(Tie::of(&ontology, &predicate).is_some(), "{predicate}");
        }
        assert_eq!(Tie::of(&ontology, &ontology.kg.mentions), None);
    }

    #[test]
    fn names_parse_back_and_the_strongest_tie_speaks() {
        for tie in Tie::STORED {
            assert_eq!(tie.as_str().parse::<Tie>(), Ok(tie));
        }
        assert!("likes".parse::<Tie>().unwrap_err().contains("evaluates-on"));
        let ties: Ties = [Tie::Mentions, Tie::EvaluatesOn].into_iter().collect();
        assert_eq!(ties.strongest(&[]), Some(Tie::EvaluatesOn));
        assert_eq!(ties.strongest(&[Tie::Mentions]), Some(Tie::Mentions));
        assert_eq!(ties.strongest(&[Tie::TrainsOn]), None);
    }
}
