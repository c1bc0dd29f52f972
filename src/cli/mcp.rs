use std::sync::Arc;
use std::time::Duration;

use crate::mcp::AgentServer;
use crate::query::EvaluationWorkers;
use crate::store::GraphFolder;
use clap::Args;
use rmcp::ServiceExt;
use rmcp::service::ServerInitializeError;
use rmcp::transport::stdio;

use super::CommandContext;
use super::failure::CommandFailure;
use super::own_program;

/// Answer questions of agents over standard input and output
///
/// A server of the Model Context Protocol (MCP), started by the agent's host: eleven tools (search, show, neighbors,
/// leaderboard, compare, path, similar, read_paper, evidence, code_state, sparql), nodes as resources, and three
/// prompts. It reads the graph and changes nothing. An answer has at most 12,000 characters unless the agent asks for
/// more, and says what it left out. `kg serve` has the same at /mcp.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct McpArgs {
    /// Stop a SPARQL query after this many seconds
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = super::query::seconds)]
    timeout: Duration,
    /// Stop a SPARQL query that takes more MiB of memory than this
    #[arg(long, value_name = "MIB", default_value_t = 2048, value_parser = clap::value_parser!(u64).range(1..1 << 40))]
    max_memory: u64,
}

const EXAMPLES: &str = "\
Examples:
  kg mcp --timeout 10
  claude mcp add papergraph -- kg --store /path/to/kg-store mcp";

impl McpArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let source = GraphFolder::new(context.store.clone());
        let workers = EvaluationWorkers::new(own_program()?, &context.store);
        let server = AgentServer::new(source, Arc::new(workers), self.timeout, self.max_memory << 20);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build()?;
        let served = runtime.block_on(async {
            let running = match server.serve(stdio()).await {
                Ok(running) => running,
                // The host went away before it said anything.
                Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
                Err(error) => return Err(CommandFailure::new(format!("the host does not speak MCP: {error}"))),
            };
            running
                .waiting()
                .await
                .map(|_| ())
                .map_err(|error| CommandFailure::new(format!("the server has a fault: {error}")))
        });
        // A read of standard input cannot be stopped.
        runtime.shutdown_background();
        served
    }
}

/// Stack size of each thread, in bytes. Only what is used takes memory.
const STACK: usize = 8 << 20;
