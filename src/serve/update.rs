//! SPARQL updates by the same rules as `kg update`. A worker runs them, so that the limits of queries apply.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};

use super::problem::HttpProblem;
use super::protocol::RequestedGraphs;
use super::{ServerApp, answer, off_the_loop};
use crate::query::{QueryAnswer, QueryTask};

/// Runs the update and answers once its result is visible. The caller has already checked that the client may update.
///
/// # Errors
/// If the update is invalid or exceeds a limit. Then nothing is changed.
pub(super) async fn run(app: &Arc<ServerApp>, text: String, dataset: RequestedGraphs) -> Result<Response, HttpProblem> {
    let _one = app.updating.lock().await;
    let task = QueryTask::update(text).over(&dataset.default, &dataset.named);
    let changed =
        answer::begin(app, task, None).await?.with(|answer| Ok(matches!(answer, QueryAnswer::Boolean(true)))).await?;
    let live = Arc::clone(&app.live);
    off_the_loop(move || Ok(live.refresh()?)).await?;
    Ok(if changed { "changed\n" } else { "nothing changed\n" }.into_response())
}
