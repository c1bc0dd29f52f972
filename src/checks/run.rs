//! One run of checks: asks the links that are due, and writes the outcomes into the graph.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;

use super::{CheckFindings, LinkOfGraph, LinkScope, OutcomeAge};
use crate::liveness::{CheckConfig, CheckError, CheckOutcome, Checker, Journal, Link, RunEnd};
use crate::store::{GenerationEdit, GraphStore, StoreError, record_checks};

/// Progress of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) enum CheckEvent<'o> {
    /// The number of links to ask, and the number that have a recent enough outcome.
    Begins {
        due: usize,
        fresh: usize,
    },
    Found(&'o CheckOutcome),
}

/// The result of a run.
#[derive(Debug, Clone)]
pub(crate) struct RunReport {
    pub findings: CheckFindings,
    pub end: RunEnd,
    /// Notes for the user, apart from the findings.
    pub notes: Vec<String>,
}

/// Why a run failed, or did not reach the graph.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Check(#[from] CheckError),
    /// The links were checked, but the graph could not be written. The outcomes are in the journal.
    #[error("the links were checked, but the graph could not be written: {0}")]
    NotRecorded(StoreError),
}

/// The links of a scope with their latest outcomes, without any request. `path` is the folder of the graph.
///
/// # Errors
/// If the graph or the journal of checks cannot be read.
pub(crate) fn known_links(
    path: &Path,
    graph: &GraphStore,
    scope: &LinkScope,
    config: &CheckConfig,
) -> Result<CheckFindings, RunError> {
    let journal = Journal::read(path).map_err(CheckError::from)?;
    let links = scope.links(graph, &age(config), |id| journal.get(id).cloned())?;
    Ok(CheckFindings::new(links, BTreeMap::new(), config.confirm))
}

/// The links of a scope that are due now.
///
/// # Errors
/// If the graph or the journal of checks cannot be read.
pub(crate) fn due_links(
    path: &Path,
    graph: &GraphStore,
    scope: &LinkScope,
    config: &CheckConfig,
) -> Result<Vec<LinkOfGraph>, RunError> {
    let journal = Journal::read(path).map_err(CheckError::from)?;
    let age = age(config);
    let mut links = scope.links(graph, &age, |id| journal.get(id).cloned())?;
    links.retain(|link| age.is_due(link.outcome.as_ref()));
    Ok(links)
}

/// Asks the links of a scope that are due, and writes the outcomes into the graph at `path`.
///
/// Each outcome is in the journal of the graph as soon as it is known. After a run was killed, the next run continues
/// it: it writes the outcomes of the journal that the graph lacks.
///
/// # Errors
/// If no link could be asked, or the outcomes could not be written.
pub(crate) fn run(
    path: &Path,
    scope: &LinkScope,
    config: CheckConfig,
    mut watch: impl FnMut(CheckEvent<'_>),
) -> Result<RunReport, RunError> {
    let mut journal = Journal::open(path).map_err(CheckError::from)?;
    let confirm = config.confirm;
    let age = age(&config);
    let links = {
        let graph = GraphStore::open(path)?;
        scope.links(&graph, &age, |id| journal.get(id).cloned())?
    };
    for known in links.iter().filter_map(|link| link.outcome.clone()) {
        journal.remember(known);
    }
    let due: Vec<Link> = links
        .iter()
        .filter(|link| age.is_due(link.outcome.as_ref()))
        .map(|link| Link { key: link.node.id.clone(), url: link.url.clone() })
        .collect();
    watch(CheckEvent::Begins { due: due.len(), fresh: links.len() - due.len() });
    let mut found = BTreeSet::new();
    let (end, notes) = if due.is_empty() {
        (RunEnd::Finished, Vec::new())
    } else {
        let checker = Checker::new(config)?;
        let end = checker.run(due, &mut journal, |outcome| {
            found.insert(outcome.key.clone());
            watch(CheckEvent::Found(outcome));
        })?;
        (end, checker.notes())
    };
    let outcomes: Vec<CheckOutcome> = journal.outcomes().cloned().collect();
    let recorded = (|| {
        let mut change = GenerationEdit::begin(path)?;
        record_checks(&mut change, &outcomes, confirm)?;
        change.finish()
    })();
    journal.finish().map_err(CheckError::from)?;
    recorded.map_err(RunError::NotRecorded)?;
    let found = outcomes.into_iter().filter(|outcome| found.contains(&outcome.key));
    let found = found.map(|outcome| (outcome.key.clone(), outcome)).collect();
    Ok(RunReport { findings: CheckFindings::new(links, found, confirm), end, notes })
}

fn age(config: &CheckConfig) -> OutcomeAge {
    OutcomeAge { now: Timestamp::now(), max_age: config.max_age, confirm: config.confirm }
}

impl RunError {
    /// What the user can do about it.
    pub(crate) fn help(&self) -> String {
        match self {
            Self::Store(error) => error.help(),
            Self::Check(error) => error.help().to_string(),
            Self::NotRecorded(error) => {
                format!("nothing is lost: the next `kg check` writes these results; {}", error.help())
            }
        }
    }
}
