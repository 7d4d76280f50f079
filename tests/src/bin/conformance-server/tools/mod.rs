//! The suite's tools, each one value in a table: content that is only shown, work that takes a while, schemas, questions.

mod content;
mod schemas;
mod work;

use std::pin::Pin;

use rmcp::{
    ErrorData, RoleServer,
    model::{CallToolRequestParams, CallToolResponse, CallToolResult, Tool},
    service::RequestContext,
};
use serde_json::{Value, json};

use crate::{
    handler::Fixtures,
    interactive::{self, Asking},
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
    /// What it does.
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
            Run::Asking(asking) => interactive::answer(asking, self.name, &call),
        }
    }
}

/// Every fixture.
pub fn all() -> impl Iterator<Item = &'static Fixture> {
    [content::TOOLS, work::TOOLS, schemas::TOOLS, interactive::DIRECT, interactive::ROUNDS].into_iter().flatten()
}

/// The fixture of that name.
pub fn find(name: &str) -> Option<&'static Fixture> {
    all().find(|fixture| fixture.name == name)
}

/// The schema of a tool that takes nothing.
pub fn no_arguments() -> Value {
    json!({ "type": "object", "properties": {}, "additionalProperties": false })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::all;

    #[test]
    fn names_are_once_and_schemas_are_objects() {
        let names: HashSet<_> = all().map(|fixture| fixture.name).collect();
        assert_eq!(names.len(), all().count());
        for fixture in all() {
            assert_eq!((fixture.schema)()["type"], "object", "{}", fixture.name);
        }
    }
}
