//! What a tool of the suite's is, and what a call of it.

use std::pin::Pin;

use rmcp::{
    ErrorData, RoleServer,
    model::{CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Tool},
    service::RequestContext,
};
use serde_json::{Value, json};

use crate::{
    fixtures::Fixtures,
    interactive::{Asking, Step},
};

/// An answer under way.
pub type Answering<'c> = Pin<Box<dyn Future<Output = Result<CallToolResponse, ErrorData>> + Send + 'c>>;

/// One call of a fixture.
#[derive(Debug)]
pub struct Call<'c> {
    /// The handler that was called.
    pub fixtures: &'c Fixtures,
    /// What the client sent.
    pub request: CallToolRequestParams,
    /// Who sent it, and how to reach them.
    pub context: RequestContext<RoleServer>,
}

impl Call<'_> {
    /// An argument that must be text.
    pub fn text(&self, name: &str) -> Result<String, ErrorData> {
        let value = self.request.arguments.as_ref().and_then(|all| all.get(name)).and_then(Value::as_str);
        let missing = || ErrorData::invalid_params(format!("`{name}` must be given as text"), None);
        value.map(str::to_owned).ok_or_else(missing)
    }
}

/// How a tool answers.
#[derive(Debug)]
pub enum Run {
    /// At once, and always the same.
    Fixed(fn() -> CallToolResult),
    /// By doing something.
    Work(for<'c> fn(Call<'c>) -> Answering<'c>),
    /// With questions first.
    Asking(Asking),
}

/// One tool of the suite's.
#[derive(Debug)]
pub struct Fixture {
    /// The name by which the suite calls it.
    pub name: &'static str,
    pub description: &'static str,
    /// The schema of its arguments.
    pub schema: fn() -> Value,
    /// How it answers.
    pub run: Run,
}

impl Fixture {
    /// The tool as `tools/list` sends it.
    pub fn definition(&self) -> Tool {
        let schema = match (self.schema)() {
            Value::Object(schema) => schema,
            _ => serde_json::Map::new(),
        };
        Tool::new(self.name, self.description, schema)
    }

    /// Answers a call.
    pub async fn answer(&'static self, call: Call<'_>) -> Result<CallToolResponse, ErrorData> {
        match &self.run {
            Run::Fixed(result) => Ok(result().into()),
            Run::Work(work) => work(call).await,
            Run::Asking(asking) => self.ask(asking, &call),
        }
    }

    fn ask(&self, asking: &Asking, call: &Call<'_>) -> Result<CallToolResponse, ErrorData> {
        let (responses, state) = (call.request.input_responses.as_ref(), call.request.request_state.as_deref());
        match asking.step(self.name, responses, state, &call.context, &call.fixtures.seals)? {
            Step::Ask(asked) => Ok(asked.into()),
            Step::Done(text) => Ok(CallToolResult::success(vec![ContentBlock::text(text)]).into()),
        }
    }
}

/// The schema of a tool that takes nothing.
pub fn no_arguments() -> Value {
    json!({ "type": "object", "properties": {}, "additionalProperties": false })
}
