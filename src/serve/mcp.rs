//! `/mcp`: the tools for agents, as streamable HTTP of the Model Context Protocol.
//!
//! There are no sessions: each request is answered with JSON, over the newest generation of the graph.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use super::ServerApp;
use super::limits::ServeLimits;
use super::problem::HttpProblem;
use super::reload::LiveGraph;
use crate::mcp::{AgentServer, GraphSource};
use crate::query::EvaluationWorkers;
use crate::store::{GraphStore, StoreError};

/// The methods of the address.
pub(super) const METHODS: &str = "POST, OPTIONS";

pub(super) type AgentService = StreamableHttpService<AgentServer, NeverSessionManager>;

pub(super) fn service(live: &Arc<LiveGraph>, workers: &Arc<EvaluationWorkers>, limits: &ServeLimits) -> AgentService {
    let server = AgentServer::new(Arc::clone(live), Arc::clone(workers), limits.query_time, limits.memory);
    // The names of hosts are checked for all addresses of this server (`access`).
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_sse_keep_alive(None)
        .with_max_request_body_bytes(limits.request_bytes)
        .disable_allowed_hosts();
    StreamableHttpService::new(move || Ok(server.clone()), Arc::new(NeverSessionManager::default()), config)
}

pub(super) async fn endpoint(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    app.access.may_call(request.headers())?;
    let answered =
        tokio::time::timeout(app.limits.client_timeout + app.limits.query_time, app.mcp.handle(request)).await;
    answered.map(IntoResponse::into_response).map_err(|_| HttpProblem::internal("the call was not answered in time"))
}

impl GraphSource for Arc<LiveGraph> {
    fn graph(&self) -> Result<Arc<GraphStore>, StoreError> {
        Ok(Arc::clone(&self.get().graph))
    }

    fn mend(&self) -> bool {
        self.suspect();
        LiveGraph::mend(self).unwrap_or(false)
    }
}
