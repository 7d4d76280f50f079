//! Work files, metadata only (BFF API, "Everything else").

use serde_json::Value;

use super::page;
use crate::Route;

page!(
    /// `GET /v1/work/files`
    List => Value, Route::get("/v1/work/files")
);

/// `GET /v1/work/files/{file_id}` (**assumed**)
#[derive(Debug, Clone)]
pub struct GetMetadata {
    pub file_id: String,
}
endpoint!(GetMetadata => Value, Route::get("/v1/work/files/{file_id}"), [file_id]);
