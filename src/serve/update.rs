//! SPARQL updates: the same rules as `kg update`, done by a worker, so that the limits of queries hold.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use super::protocol::Dataset;
use super::{App, answer, off_the_loop};
use crate::query::{Answer, Task};

/// Does the update and answers when it can be seen. Whether the client may do so was asked before.
///
/// # Errors
/// What is wrong with the update, and every limit; nothing is changed then.
pub async fn run(app: &Arc<App>, text: String, dataset: Dataset) -> Result<Response, Problem> {
    let _one = app.updating.lock().await;
    let task = Task::update(text).over(&dataset.default, &dataset.named);
    let changed =
        answer::begin(app, task, None).await?.with(|answer| Ok(matches!(answer, Answer::Boolean(true)))).await?;
    let live = Arc::clone(&app.live);
    off_the_loop(move || Ok(live.refresh()?)).await?;
    Ok(if changed { "changed\n" } else { "nothing changed\n" }.into_response())
}
