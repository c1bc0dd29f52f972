//! The shortest paths between two nodes.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Direction, Sheet};
use crate::graph::{GraphPath, Node, Tie, paths};
use crate::store::{GraphStore, NodeRef, StoreError};

/// Paths between two nodes, the shortest first.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ShortestPaths {
    /// Id of the node at which the paths begin.
    pub from: String,
    /// Id of the node at which the paths end.
    pub to: String,
    /// The paths, the shortest first.
    pub paths: Vec<NodePath>,
    /// Where the search of the graph was cut short, and why.
    pub notes: Vec<String>,
}

/// A path.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct NodePath {
    /// Number of steps.
    pub length: usize,
    /// The node where the path begins.
    #[serde(skip)]
    pub start: Node,
    /// The steps from there to the other end.
    pub steps: Vec<PathStep>,
}

/// One step of a path, to the next node.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PathStep {
    /// The tie between the two nodes.
    pub relation: Tie,
    /// `In` if the next node is the subject of the relation.
    pub direction: Direction,
    /// The next node.
    pub id: String,
    /// Name that is shown.
    pub name: String,
    /// The node as the graph shows it.
    #[serde(skip)]
    pub node: Node,
}

impl ShortestPaths {
    /// The rows of `--format csv`.
    pub fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::new(["path", "step", "relation", "direction", "kind", "id", "name"]);
        for (i, way) in self.paths.iter().enumerate() {
            let number = (i + 1).to_string();
            let start = &way.start;
            sheet.row([
                number.clone(),
                "0".into(),
                String::new(),
                String::new(),
                start.kind.to_string(),
                start.id.clone(),
                start.label.clone(),
            ]);
            for (at, step) in way.steps.iter().enumerate() {
                sheet.row([
                    number.clone(),
                    (at + 1).to_string(),
                    step.relation.to_string(),
                    step.direction.as_str().to_string(),
                    step.node.kind.to_string(),
                    step.node.id.clone(),
                    step.node.label.clone(),
                ]);
            }
        }
        sheet
    }

    /// Finds at most `limit` paths of at most `steps` steps.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn ask(
        store: &GraphStore,
        from: &NodeRef,
        to: &NodeRef,
        steps: u8,
        limit: usize,
    ) -> Result<Self, StoreError> {
        let found = paths(store, from, to, steps, limit)?;
        Ok(Self {
            from: from.id.clone(),
            to: to.id.clone(),
            paths: found.paths.into_iter().map(NodePath::from).collect(),
            notes: found.cuts.iter().map(ToString::to_string).collect(),
        })
    }
}

impl From<GraphPath> for NodePath {
    fn from(path: GraphPath) -> Self {
        let steps = path.steps.into_iter().map(|step| PathStep {
            relation: step.tie,
            direction: if step.incoming { Direction::In } else { Direction::Out },
            id: step.node.id.clone(),
            name: step.node.label.clone(),
            node: step.node,
        });
        let steps: Vec<PathStep> = steps.collect();
        Self { length: steps.len(), start: path.start, steps }
    }
}
