//! Commands to runs: start, pause, resume, stop (BFF API, "Command body").

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::post,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::extract::Body;
use crate::{
    app::App,
    engine::{Status, start},
    error::{Error, Result},
};

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/v1/workflows/{id}/command", post(command))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Command {
    command: String,
    #[serde(default)]
    params: Map<String, Value>,
}

async fn command(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Body(asked): Body<Command>,
) -> Result<Json<Value>> {
    let answer = match asked.command.as_str() {
        "start" => begin(&app, id, asked.params).await?,
        "pause" => app.engine.pause(&id, run_id(&asked.params)?).await?,
        "resume" => app.engine.resume(&id, run_id(&asked.params)?).await?,
        "stop" => {
            let graceful = match asked.params.get("mode").map(Value::as_str) {
                None | Some(Some("immediate")) => false,
                Some(Some("graceful")) => true,
                Some(_) => return Err(Error::invalid("params.mode", "must be immediate or graceful")),
            };
            app.engine.stop(&id, run_id(&asked.params)?, graceful).await?
        }
        _ => return Err(Error::invalid("command", "must be start, pause, resume or stop")),
    };
    Ok(Json(answer))
}

/// Starts a run.
pub(super) async fn begin(app: &App, workflow_id: String, params: Map<String, Value>) -> Result<Value> {
    let id = workflow_id.clone();
    let started = app.db.write(move |transaction| start(transaction, &id, params)).await?;
    app.engine.drive(started.run_id.clone());
    Ok(json!({
        "run_id": started.run_id,
        "status": Status::Running.name(),
        "workflow_id": workflow_id,
        "started_at": started.started_at,
    }))
}

fn run_id(params: &Map<String, Value>) -> Result<&str> {
    params.get("run_id").and_then(Value::as_str).ok_or_else(|| Error::invalid("params.run_id", "name the run"))
}
