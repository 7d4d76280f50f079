//! Tools that put a request to the client while they work (up to 2025-11-25).

use rmcp::{
    ErrorData,
    model::{CallToolResponse, CallToolResult, ContentBlock},
};
use serde_json::{Value, json};

use super::question::{elicitation, sampling};
use crate::tools::{Call, Fixture, Run, no_arguments};

/// The tools that ask directly.
pub const TOOLS: &[Fixture] = &[
    Fixture {
        name: "test_sampling",
        description: "Passes a prompt to the client's model",
        schema: || one_text("prompt"),
        run: Run::Work(|call| {
            Box::pin(async move {
                let prompt = call.text("prompt")?;
                ask(&call, sampling(&prompt)).await
            })
        }),
    },
    Fixture {
        name: "test_elicitation",
        description: "Asks the user for a name and an address",
        schema: || one_text("message"),
        run: Run::Work(|call| {
            Box::pin(async move {
                let fields = json!({
                    "username": { "type": "string", "description": "The user's name" },
                    "email": { "type": "string", "description": "The user's address" },
                });
                ask(&call, elicitation(&call.text("message")?, &fields, &["username", "email"])).await
            })
        }),
    },
    Fixture {
        name: "test_elicitation_sep1034_defaults",
        description: "Asks with a default for each type of field",
        schema: no_arguments,
        run: Run::Work(|call| {
            Box::pin(async move { ask(&call, elicitation("Is this right?", &defaults(), &[])).await })
        }),
    },
    Fixture {
        name: "test_elicitation_sep1330_enums",
        description: "Asks with each form of a choice",
        schema: no_arguments,
        run: Run::Work(|call| {
            Box::pin(async move { ask(&call, elicitation("What do you choose?", &choices(), &[])).await })
        }),
    },
];

/// Puts a request to the client and shows its answer. A client that does not answer makes an error of the call's result.
async fn ask(call: &Call<'_>, request: Value) -> Result<CallToolResponse, ErrorData> {
    let internal = |error: serde_json::Error| ErrorData::internal_error(error.to_string(), None);
    let request = serde_json::from_value(request).map_err(internal)?;
    let result = match call.context.peer.send_request(request).await {
        Ok(answer) => {
            let answer = serde_json::to_value(answer).map_err(internal)?;
            CallToolResult::success(vec![ContentBlock::text(format!("The client answered {answer}"))])
        }
        Err(error) => CallToolResult::error(vec![ContentBlock::text(format!("The client did not answer: {error}"))]),
    };
    Ok(result.into())
}

fn one_text(name: &str) -> Value {
    json!({ "type": "object", "properties": { name: { "type": "string" } }, "required": [name] })
}

fn defaults() -> Value {
    json!({
        "name": { "type": "string", "default": "John Doe" },
        "age": { "type": "integer", "default": 30 },
        "score": { "type": "number", "default": 95.5 },
        "status": { "type": "string", "enum": ["active", "inactive", "pending"], "default": "active" },
        "verified": { "type": "boolean", "default": true },
    })
}

fn choices() -> Value {
    let titled = |const_: &str, title: &str| json!({ "const": const_, "title": title });
    json!({
        "untitledSingle": { "type": "string", "enum": ["option1", "option2", "option3"] },
        "titledSingle": {
            "type": "string",
            "oneOf": [titled("value1", "The first"), titled("value2", "The second"), titled("value3", "The third")],
        },
        "legacyEnum": { "type": "string", "enum": ["opt1", "opt2"], "enumNames": ["One", "Two"] },
        "untitledMulti": { "type": "array", "items": { "type": "string", "enum": ["option1", "option2", "option3"] } },
        "titledMulti": {
            "type": "array",
            "items": { "anyOf": [titled("value1", "The first"), titled("value2", "The second")] },
        },
    })
}
