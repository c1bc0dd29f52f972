use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use rmcp::ErrorData;
use rmcp::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, GetPromptRequestParams, GetPromptResponse,
    Implementation, JsonObject, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult,
    PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities, ServerConfig, Tool,
    ToolAnnotations,
};
use rmcp::service::{RequestContext, RoleServer};
use tokio::sync::Semaphore;

use super::coverage::GraphCoverage;
use super::failure::ToolFailure;
use super::source::GraphSource;
use super::tool::{ToolCall, ToolEntry, ToolQueries};
use super::{prompts, resources, tools};
use crate::query::EvaluationWorkers;
use crate::store::GraphStore;

/// Answers the calls of agents over one graph. Clones share everything.
#[derive(Clone)]
pub(crate) struct AgentServer {
    shared: Arc<ServerState>,
}

struct ServerState {
    source: Box<dyn GraphSource>,
    workers: Arc<EvaluationWorkers>,
    query_time: Duration,
    query_memory: u64,
    /// Calls that are worked on at once; others wait.
    permits: Semaphore,
    /// The coverage of the graph that the last call used.
    coverage: Mutex<Option<(Weak<GraphStore>, GraphCoverage)>>,
}

/// Number of calls that are worked on at once.
const PERMITS: usize = 8;

/// The server's instructions to a model.
const INSTRUCTIONS: &str = "\
A knowledge graph of machine-learning papers that the user chose, on the user's machine: which datasets, models, methods, \
tasks, metrics, hardware and software they name, with the sentence as evidence, their results, and the state of their code. \
It knows these papers and nothing else: every answer says in `graph` how many papers, of which years and sources, so say \
\"in these papers\" and never \"there is no\". Call `search` first if you do not have an id; every other tool takes an id \
(dataset/coco), a name, a title, an arXiv id or the address of a repository. Rows have the id of their node, and the \
evidence. `total` counts all rows, `next_cursor` leads to those that follow, and `cut` lists what was shortened. Quote \
`evidence` for what you claim.";

impl AgentServer {
    /// A server over a graph. A SPARQL query may run for `query_time` and take `query_memory` bytes.
    pub(crate) fn new(
        source: impl GraphSource,
        workers: Arc<EvaluationWorkers>,
        query_time: Duration,
        query_memory: u64,
    ) -> Self {
        let shared = ServerState {
            source: Box::new(source),
            workers,
            query_time,
            query_memory,
            permits: Semaphore::new(PERMITS),
            coverage: Mutex::new(None),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Runs a call on a thread that may block. If the caller goes away, the SPARQL query of the call is stopped.
    async fn work<T: Send + 'static>(
        &self,
        context: &RequestContext<RoleServer>,
        work: impl Fn(&ServerState, &Weak<()>) -> Result<T, ToolFailure> + Send + 'static,
    ) -> Result<T, ToolFailure> {
        let busy = || ToolFailure::new("the server is shutting down");
        let _permit = self.shared.permits.acquire().await.map_err(|_| busy())?;
        let asker = Arc::new(());
        let (shared, asked) = (Arc::clone(&self.shared), Arc::downgrade(&asker));
        let working = tokio::task::spawn_blocking(move || shared.mending(|shared| work(shared, &asked)));
        tokio::select! {
            done = working => done.unwrap_or_else(|_| Err(busy())),
            () = context.ct.cancelled() => Err(ToolFailure::new("the call was cancelled")),
        }
    }
}

impl ServerState {
    /// Runs work that reads the graph. A damaged search index shows as an error or a panic of the library that reads
    /// it. Then the index is rebuilt, and the work is done once more.
    fn mending<T>(&self, work: impl Fn(&Self) -> Result<T, ToolFailure>) -> Result<T, ToolFailure> {
        let fault = || {
            ToolFailure::new("the program failed on this question")
                .help("`kg doctor` says whether the graph is damaged")
        };
        let attempt = || catch_unwind(AssertUnwindSafe(|| work(self))).unwrap_or_else(|_| Err(fault().index()));
        match attempt() {
            Err(failure) if failure.of_index && self.source.mend() => attempt(),
            done => done,
        }
    }

    fn coverage(&self, graph: &Arc<GraphStore>) -> Result<GraphCoverage, ToolFailure> {
        let mut known = self.coverage.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, coverage)) = known.as_ref()
            && std::ptr::eq(of.as_ptr(), Arc::as_ptr(graph))
        {
            return Ok(coverage.clone());
        }
        let coverage = GraphCoverage::of(graph)?;
        *known = Some((Arc::downgrade(graph), coverage.clone()));
        Ok(coverage)
    }

    fn call(
        &self,
        tool: &ToolEntry,
        arguments: JsonObject,
        asker: &Weak<()>,
    ) -> Result<serde_json::Value, ToolFailure> {
        if tool.uses_worker {
            // It starts while this process opens the index. The query itself reports what goes wrong.
            let _ = self.workers.prepare();
        }
        let graph = self.source.graph()?;
        let queries = ToolQueries {
            workers: &self.workers,
            timeout: self.query_time,
            memory: self.query_memory,
            asker: asker.clone(),
        };
        (tool.call)(&ToolCall { graph: &graph, coverage: self.coverage(&graph)?, queries }, arguments)
    }
}

/// A tool in the form in which hosts list it.
fn listed(entry: &ToolEntry) -> Tool {
    let hints =
        ToolAnnotations::with_title(entry.title).read_only(true).destructive(false).idempotent(true).open_world(false);
    Tool::new(entry.name, entry.description, (entry.input_schema)())
        .with_title(entry.title)
        .with_raw_output_schema(Arc::new((entry.output_schema)()))
        .with_annotations(hints)
}

impl ServerHandler for AgentServer {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().enable_resources().enable_prompts().build();
        let program = Implementation::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
            .with_title("Papergraph: a graph of your papers");
        ServerConfig::new(capabilities).with_server_info(program).with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools::TOOLS.iter().map(listed).collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let tool =
            tools::find(&request.name).map_err(|failure| ErrorData::invalid_params(failure.to_string(), None))?;
        let arguments = request.arguments.unwrap_or_default();
        let done = self.work(&context, move |shared, asker| shared.call(tool, arguments.clone(), asker)).await;
        Ok(match done {
            Ok(answer) => CallToolResult::structured(answer),
            Err(failure) => CallToolResult::error(vec![ContentBlock::text(failure.to_string())]),
        }
        .into())
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(ListResourcesResult::with_all_items(resources::fixed()))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(ListResourceTemplatesResult::with_all_items(resources::templates()))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let read = move |shared: &ServerState, _: &Weak<()>| {
            let graph = shared.source.graph()?;
            resources::read(&graph, &shared.coverage(&graph)?, &request.uri)
        };
        let read = self.work(&context, read).await;
        read.map(Into::into).map_err(|failure| ErrorData::resource_not_found(failure.to_string(), None))
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(ListPromptsResult::with_all_items(prompts::all()))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        prompts::get(&request.name, &request.arguments.unwrap_or_default())
            .map(Into::into)
            .map_err(|failure| ErrorData::invalid_params(failure.to_string(), None))
    }
}
