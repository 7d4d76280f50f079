//! Work files: metadata, never contents.

use agentruntime_bff::{Endpoint, files};

use super::{
    ById, ListInput,
    rows::{Slice, compact},
};
use crate::{
    call::Call,
    error::ToolError,
    policy::{Group, ToolSpec},
    result::ToolResult,
    tool::{Tool, ToolEntry},
};

/// The file tools. The page names what they do, not what they are called; the names follow its pattern.
pub const TOOLS: &[ToolEntry] = &[ToolEntry::of::<List>(), ToolEntry::of::<GetMetadata>()];

struct List;

impl Tool for List {
    const SPEC: ToolSpec =
        ToolSpec::reader("files_list", "List work files", "List work files", Group::Files, &[files::List::ROUTE]);
    type Input = ListInput;

    async fn call(cx: &Call, input: ListInput) -> Result<ToolResult, ToolError> {
        let slice = Slice { limit: input.limit, offset: input.offset };
        let result = cx.ask(&files::List { limit: slice.limit, offset: slice.offset }).await?;
        let columns = &["id", "name", "content_type", "size_bytes", "size", "updated_at", "created_at"];
        Ok(compact(result, "files", columns, slice, input.detail))
    }
}

struct GetMetadata;

impl Tool for GetMetadata {
    const SPEC: ToolSpec = ToolSpec::reader(
        "files_get_metadata",
        "Get a file's metadata",
        "Get a work file's metadata",
        Group::Files,
        &[files::GetMetadata::ROUTE],
    );
    type Input = ById;

    async fn call(cx: &Call, input: ById) -> Result<ToolResult, ToolError> {
        cx.ask(&files::GetMetadata { file_id: input.id }).await
    }
}
