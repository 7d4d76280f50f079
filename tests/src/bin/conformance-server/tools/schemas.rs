//! Tools whose schema is what the suite looks at.

use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Value, json};

use super::{Fixture, Run};

/// The tools with schemas worth a look.
pub const TOOLS: &[Fixture] = &[
    Fixture {
        name: "json_schema_2020_12_tool",
        description: "Takes a contact, in the whole vocabulary of JSON Schema 2020-12",
        schema: contact,
        run: Run::Fixed(|| CallToolResult::success(vec![ContentBlock::text("The contact was taken.")])),
    },
    Fixture {
        name: "test_custom_headers",
        description: "Takes a region, which the client sends in a header as well",
        schema: region,
        run: Run::Work(|call| {
            Box::pin(async move {
                let text = format!("The region is {}.", call.text("region")?);
                Ok(CallToolResult::success(vec![ContentBlock::text(text)]).into())
            })
        }),
    },
];

/// A schema with a definition, an anchor, a composition and a condition, none of which may get lost on the way.
fn contact() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {
            "address": {
                "$anchor": "postal",
                "type": "object",
                "properties": { "street": { "type": "string" }, "city": { "type": "string" } },
            },
        },
        "properties": {
            "address": { "$ref": "#/$defs/address" },
            "reachedBy": { "enum": ["letter", "phone"] },
            "phone": { "type": "string" },
        },
        "allOf": [{ "anyOf": [{ "required": ["address"] }, { "required": ["phone"] }] }],
        "if": { "properties": { "reachedBy": { "const": "phone" } }, "required": ["reachedBy"] },
        "then": { "required": ["phone"] },
        "else": { "required": ["address"] },
        "additionalProperties": false,
    })
}

fn region() -> Value {
    json!({
        "type": "object",
        "properties": { "region": { "type": "string", "x-mcp-header": "Region" } },
        "required": ["region"],
    })
}
