use std::collections::BTreeMap;

use oxigraph::model::Term;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mcp::failure::ToolFailure;
use crate::mcp::tool::{Tool, ToolFindings, ToolRequest};
use crate::ontology::Base;
use crate::query::{QueryAnswer, QueryError, QueryLimits, QueryTask, named_query};

pub(super) struct SparqlTool;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SparqlArguments {
    /// A SPARQL 1.1 query (SELECT, ASK, CONSTRUCT or DESCRIBE), or the name of a shipped query such as papers-using.
    query: String,
    /// Values of the parameters that the query declares in its head, by name.
    #[serde(default)]
    parameters: BTreeMap<String, ParameterValue>,
}

/// The value of a parameter: a text or a number.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum ParameterValue {
    Text(String),
    Number(i64),
}

#[derive(Serialize, JsonSchema)]
pub(super) struct SparqlHead {
    /// The names of the columns.
    variables: Vec<String>,
    /// The answer of an ASK query; null for others.
    boolean: Option<bool>,
}

/// Size of all terms of an answer in bytes, beyond which the query is stopped.
const MOST_BYTES: u64 = 8 << 20;

impl Tool for SparqlTool {
    const NAME: &'static str = "sparql";
    const TITLE: &'static str = "Query the graph in SPARQL";
    const DESCRIPTION: &'static str = "\
For questions that no other tool answers: counts, joins, trends. Known prefixes: kg, dataset, model, method, task, metric, \
hardware, software, paper, repository, page, rdf, rdfs, skos, dcterms, schema, prov and others. A paper is tied to what it names by \
one triple: ?p kg:usesDataset dataset:coco (usesModel, usesMethod, addressesTask, usesMetric, runsOn, usesSoftware), and more \
tellingly kg:introduces, kg:evaluatesOn, kg:trainsOn, kg:buildsOn, kg:comparesWith; it has dcterms:title, dcterms:issued, \
dcterms:abstract, kg:hasRepository. The resource papergraph:///ontology has all terms, papergraph:///queries the shipped queries. \
Rows are lists in the order of `variables`; an IRI is written dataset:coco. A query is stopped after its limit of time (30 s unless \
the operator chose another) and of memory. Updates and SERVICE are refused. Use ORDER BY, so that pages fit together.";
    const USES_WORKER: bool = true;
    type Input = SparqlArguments;
    type Head = SparqlHead;
    type Row = Vec<Option<String>>;

    fn answer(
        asked: &ToolRequest<'_>,
        input: SparqlArguments,
    ) -> Result<ToolFindings<SparqlHead, Vec<Option<String>>>, ToolFailure> {
        let is_name = !input.query.is_empty()
            && input.query.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        let text = if is_name { named_query(&input.query).map_err(asked_wrongly)? } else { input.query.as_str() };
        let parameters = input.parameters.into_iter().map(|(name, value)| match value {
            ParameterValue::Text(text) => (name, text),
            ParameterValue::Number(number) => (name, number.to_string()),
        });
        // One row more than wanted says whether there are more.
        let most = asked.end().saturating_add(1);
        let limits = QueryLimits {
            timeout: Some(asked.queries.timeout),
            rows: Some(most),
            memory: Some(asked.queries.memory),
            answer_bytes: Some(MOST_BYTES),
        };
        let task = QueryTask::new(text).parameters(parameters.collect());
        let answer = asked.queries.workers.run_for(asked.queries.asker.clone(), task, limits).map_err(asked_wrongly)?;
        let base = asked.graph.base();
        let (head, all) = match answer {
            QueryAnswer::Boolean(value) => (SparqlHead { variables: Vec::new(), boolean: Some(value) }, Vec::new()),
            QueryAnswer::Solutions(rows) => {
                let variables = rows.variables().iter().map(|name| name.as_str().to_string()).collect();
                let mut all = Vec::new();
                for row in rows {
                    all.push(row?.values().iter().map(|term| term.as_ref().map(|term| shown(term, base))).collect());
                }
                (SparqlHead { variables, boolean: None }, all)
            }
            QueryAnswer::Graph(triples) => {
                let mut all = Vec::new();
                for triple in triples {
                    let triple = triple?;
                    let (subject, predicate) = (triple.subject.into(), triple.predicate.into());
                    all.push([&subject, &predicate, &triple.object].map(|term| Some(shown(term, base))).into());
                }
                let variables = ["subject", "predicate", "object"].map(str::to_string).into();
                (SparqlHead { variables, boolean: None }, all)
            }
        };
        let all: Vec<Vec<Option<String>>> = all;
        let total = (all.len() < most).then_some(all.len());
        Ok(ToolFindings { head, rows: asked.window(all), total, notes: Vec::new() })
    }
}

/// An error, with what an agent can do: the help of [`QueryError`] is for people who use the command.
fn asked_wrongly(error: QueryError) -> ToolFailure {
    match &error {
        QueryError::UnknownQuery { name, near } => {
            let near = near.as_ref().map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
            ToolFailure::new(format!("there is no shipped query `{name}`"))
                .help(format!("{near}the resource papergraph:///queries lists all; any other text is read as SPARQL"))
        }
        QueryError::NotAQuery => ToolFailure::new(error.to_string()),
        QueryError::Syntax { .. } => ToolFailure::new(error.to_string())
            .help("the resource papergraph:///ontology has the terms, papergraph:///queries has queries that work"),
        _ => error.into(),
    }
}

/// A term: an IRI in its short form, the value of a literal.
fn shown(term: &Term, base: &Base) -> String {
    match term {
        Term::NamedNode(node) => base.shorten(node.as_str()),
        Term::BlankNode(node) => node.to_string(),
        Term::Literal(literal) => literal.value().to_string(),
    }
}
