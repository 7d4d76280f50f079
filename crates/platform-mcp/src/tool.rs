//! One tool as one value: the `Tool` trait its file implements, and the erased entry everything else holds.

mod schema;

use std::{future::Future, pin::Pin, sync::Arc};

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use schema::input_schema;

use crate::{call::Call, error::ToolError, policy::ToolSpec, result::ToolResult};

/// A tool: its policy, its arguments and what it does, in one block.
pub trait Tool {
    /// All policy data.
    const SPEC: ToolSpec;
    /// The arguments. Unknown ones are refused by serde (`deny_unknown_fields`).
    type Input: DeserializeOwned + JsonSchema + Send;

    /// Answers one call whose switches and arguments have already been checked.
    fn call(cx: &Call, input: Self::Input) -> impl Future<Output = Result<ToolResult, ToolError>> + Send;
}

/// A call under way, boxed.
pub type Calling<'a> = Pin<Box<dyn Future<Output = Result<ToolResult, ToolError>> + Send + 'a>>;

/// A [`Tool`] erased to its spec and two function pointers, so that groups are `const` lists.
#[derive(Debug, Clone, Copy)]
pub struct ToolEntry {
    /// All policy data.
    pub spec: ToolSpec,
    /// Builds the input schema.
    pub schema: fn() -> Arc<JsonObject>,
    /// Checks the arguments and answers the call.
    pub run: for<'a> fn(&'a Call, JsonObject) -> Calling<'a>,
}

impl ToolEntry {
    /// Erases `T`.
    #[must_use]
    pub const fn of<T: Tool>() -> Self {
        Self { spec: T::SPEC, schema: input_schema::<T::Input>, run: run::<T> }
    }
}

fn run<T: Tool>(cx: &Call, arguments: JsonObject) -> Calling<'_> {
    Box::pin(async move {
        let input = serde_path_to_error::deserialize::<_, T::Input>(Value::Object(arguments))
            .map_err(|error| ToolError::bad_arguments(T::SPEC.name, &problem(&error)))?;
        T::call(cx, input).await
    })
}

/// What is wrong with which argument. An error about the arguments as a whole, such as one that is missing, names it already.
fn problem(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let path = error.path().to_string();
    let message = error.inner().to_string();
    if path == "." || message.contains(&format!("`{path}`")) { message } else { format!("`{path}`: {message}") }
}
