//! Credits (BFF API, "Everything else"). The sandbox gives a generous trial and counts it down; a run never fails for want of it.

use std::sync::Arc;

use axum::{Json, Router, extract::State, routing::get};
use serde_json::{Value, json};

use crate::{app::App, db::Ask as _, error::Result};

/// Microcredits of a new sandbox: 1,000,000 credits.
const TRIAL: i64 = 1_000_000_000_000;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/v1/billing/usage", get(usage))
}

async fn usage(State(app): State<Arc<App>>) -> Result<Json<Value>> {
    let used = app.db.read(|connection| {
        connection.one("SELECT coalesce(sum(microcredits), 0) FROM charges", &[], |row| row.get::<_, i64>(0))
    });
    let remaining = TRIAL.saturating_sub(used.await?.unwrap_or(0)).max(0);
    Ok(Json(json!({
        "trial_remaining": remaining,
        "included_remaining": 0,
        "payg_remaining": 0,
        "total_remaining_microcredits": remaining,
    })))
}
