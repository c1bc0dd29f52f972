//! The state of the code that papers link to or promise.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use oxigraph::model::{NamedNode, NamedNodeRef};

use crate::checks::{CheckFindings, LinkFinding};
use crate::extract::CodeStatement;
use crate::liveness::Verdict;
use crate::ontology::{NodeKind, dcterms};
use crate::paper::PartialDate;
use crate::store::{GraphStore, StoreError};

/// The state of a paper's code, by its best repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum PaperCodeFate {
    /// The code is available, at its old address or a new one.
    There,
    /// There is a repository, without code in it.
    Hollow,
    /// The checks were inconclusive, or there were none.
    Unknown,
    /// Missing, but not often enough to be dead.
    InDoubt,
    /// Missing in checks on several days.
    Lost,
}

impl PaperCodeFate {
    pub(crate) const ALL: [Self; 5] = [Self::There, Self::Hollow, Self::Unknown, Self::InDoubt, Self::Lost];

    /// A short label for a legend.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::There => "there",
            Self::Hollow => "no code in it",
            Self::Unknown => "could not tell",
            Self::InDoubt => "in doubt",
            Self::Lost => "lost",
        }
    }

    fn of(finding: &LinkFinding, findings: &CheckFindings) -> Self {
        match finding.verdict() {
            Some(Verdict::Empty | Verdict::ReadmeOnly) => Self::Hollow,
            Some(verdict) if verdict.is_there() => Self::There,
            _ if finding.is_dead(findings.confirm) => Self::Lost,
            _ if finding.is_suspected(findings.confirm) => Self::InDoubt,
            _ => Self::Unknown,
        }
    }
}

/// A paper and the repositories that it links to.
#[derive(Debug, Clone)]
pub(crate) struct PaperFate {
    pub iri: NamedNode,
    pub title: String,
    pub date: Option<PartialDate>,
    pub organization: Option<String>,
    pub venue: Option<String>,
    pub fate: PaperCodeFate,
    pub repositories: Vec<LinkFinding>,
}

/// A paper that promises or claims code and links to none.
#[derive(Debug, Clone)]
pub(crate) struct PromisedCode {
    pub iri: NamedNode,
    pub title: String,
    pub date: Option<PartialDate>,
    pub statement: CodeStatement,
    /// A repository without code in it.
    pub hollow: Option<LinkFinding>,
}

/// Number of papers by fate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FateCounts([usize; PaperCodeFate::ALL.len()]);

impl FateCounts {
    pub(crate) fn of(&self, fate: PaperCodeFate) -> usize {
        self.0.get(fate as usize).copied().unwrap_or_default()
    }

    pub(crate) fn all(&self) -> usize {
        self.0.iter().sum()
    }

    fn add(&mut self, fate: PaperCodeFate) {
        if let Some(n) = self.0.get_mut(fate as usize) {
            *n += 1;
        }
    }
}

/// The data of the page.
#[derive(Debug, Clone)]
pub(crate) struct CodeFates {
    /// Number of papers of the scope, with and without code.
    pub papers: usize,
    /// Papers that link to code, the oldest first.
    pub with_code: Vec<PaperFate>,
    /// Promises, the oldest first.
    pub promises: Vec<PromisedCode>,
    /// Number of repositories that were never checked.
    pub unchecked: usize,
}

impl CodeFates {
    /// Finds the papers that link to the repositories of the findings. If `around` is not empty, only these papers
    /// count.
    pub(crate) fn load(
        graph: &GraphStore,
        findings: &CheckFindings,
        around: Option<&BTreeSet<NamedNode>>,
    ) -> Result<Self, StoreError> {
        let kg = &graph.ontology().kg;
        let taken = |paper: &NamedNode| around.is_none_or(|around| around.contains(paper));
        let found: HashMap<&NamedNode, &LinkFinding> = findings
            .links
            .iter()
            .filter(|finding| finding.node.kind == NodeKind::Repository)
            .map(|finding| (&finding.node.iri, finding))
            .collect();
        let mut linked: BTreeMap<NamedNode, Vec<LinkFinding>> = BTreeMap::new();
        let mut elsewhere: BTreeSet<NamedNode> = BTreeSet::new();
        for link in graph.all_links(kg.has_repository.as_ref()) {
            let (paper, repository) = link?;
            match found.get(&repository) {
                Some(finding) if taken(&paper) => linked.entry(paper).or_default().push((*finding).clone()),
                _ => {
                    elsewhere.insert(paper);
                }
            }
        }
        let mut papers = 0;
        let mut without: Vec<(NamedNode, CodeStatement)> = Vec::new();
        let mut promised: HashMap<NamedNode, CodeStatement> = HashMap::new();
        for said in graph.all_literals(kg.code_statement.as_ref()) {
            let (paper, statement) = said?;
            if !taken(&paper) {
                continue;
            }
            papers += 1;
            let statement = match statement.as_str() {
                "promised" => CodeStatement::Promised,
                "claimed" => CodeStatement::Claimed,
                _ => continue,
            };
            if linked.contains_key(&paper) {
                promised.insert(paper, statement);
            } else if !elsewhere.contains(&paper) {
                without.push((paper, statement));
            }
        }
        let reader = FateReader(graph);
        let mut promises = Vec::new();
        for (paper, statement) in without {
            promises.push(reader.promise(paper, statement, None)?);
        }
        let mut with_code = Vec::with_capacity(linked.len());
        for (paper, repositories) in linked {
            let fate = repositories
                .iter()
                .map(|finding| PaperCodeFate::of(finding, findings))
                .min()
                .unwrap_or(PaperCodeFate::Unknown);
            if let Some(statement) = promised.get(&paper).filter(|_| fate == PaperCodeFate::Hollow) {
                promises.push(reader.promise(paper.clone(), *statement, repositories.first().cloned())?);
            }
            with_code.push(reader.paper(paper, fate, repositories)?);
        }
        with_code.sort_by(|a, b| (a.date, &a.title).cmp(&(b.date, &b.title)));
        promises.sort_by(|a, b| (a.date, &a.title).cmp(&(b.date, &b.title)));
        let unchecked = found.values().filter(|finding| finding.outcome.is_none()).count();
        Ok(Self { papers, with_code, promises, unchecked })
    }

    pub(crate) fn counts(&self) -> FateCounts {
        let mut counts = FateCounts::default();
        self.with_code.iter().for_each(|paper| counts.add(paper.fate));
        counts
    }

    pub(crate) fn of(&self, fate: PaperCodeFate) -> impl Iterator<Item = &PaperFate> {
        self.with_code.iter().filter(move |paper| paper.fate == fate)
    }

    /// Years in order; papers without a date come last.
    pub(crate) fn by_year(&self) -> Vec<(Option<u16>, FateCounts)> {
        let mut years: BTreeMap<u16, FateCounts> = BTreeMap::new();
        let mut undated = FateCounts::default();
        for paper in &self.with_code {
            match paper.date {
                Some(date) => years.entry(date.year()).or_default().add(paper.fate),
                None => undated.add(paper.fate),
            }
        }
        let mut all: Vec<_> = years.into_iter().map(|(year, counts)| (Some(year), counts)).collect();
        if undated.all() > 0 {
            all.push((None, undated));
        }
        all
    }

    /// Groups of papers with the same value of `of`, groups with the most papers first.
    pub(crate) fn by<'f>(&'f self, of: impl Fn(&'f PaperFate) -> Option<&'f str>) -> Vec<(&'f str, FateCounts)> {
        let mut groups: BTreeMap<&str, FateCounts> = BTreeMap::new();
        for paper in &self.with_code {
            if let Some(group) = of(paper) {
                groups.entry(group).or_default().add(paper.fate);
            }
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.all()));
        groups
    }
}

struct FateReader<'g>(&'g GraphStore);

impl FateReader<'_> {
    fn text(&self, node: &NamedNode, predicate: NamedNodeRef<'_>) -> Result<Option<String>, StoreError> {
        self.0.literal(node, predicate)
    }

    fn title(&self, paper: &NamedNode) -> Result<String, StoreError> {
        Ok(self.text(paper, dcterms::TITLE)?.unwrap_or_default())
    }

    fn date(&self, paper: &NamedNode) -> Result<Option<PartialDate>, StoreError> {
        Ok(self.text(paper, dcterms::ISSUED)?.and_then(|date| date.parse().ok()))
    }

    fn paper(
        &self,
        iri: NamedNode,
        fate: PaperCodeFate,
        repositories: Vec<LinkFinding>,
    ) -> Result<PaperFate, StoreError> {
        let kg = &self.0.ontology().kg;
        Ok(PaperFate {
            title: self.title(&iri)?,
            date: self.date(&iri)?,
            organization: self.text(&iri, kg.organization.as_ref())?,
            venue: self.text(&iri, kg.venue.as_ref())?,
            fate,
            repositories,
            iri,
        })
    }

    fn promise(
        &self,
        iri: NamedNode,
        statement: CodeStatement,
        hollow: Option<LinkFinding>,
    ) -> Result<PromisedCode, StoreError> {
        Ok(PromisedCode { title: self.title(&iri)?, date: self.date(&iri)?, statement, hollow, iri })
    }
}
