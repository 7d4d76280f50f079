//! The catalogue: every tool of Platform MCP, by group, as one constant.
//!
//! Listing, calling, switches, `docs/tools.md` and the tests all read it; nothing is registered at start.

mod markdown;
mod needs;

use std::{collections::HashMap, sync::LazyLock};

pub use markdown::markdown;
pub use needs::{Shortfall, groups_short_of, scopes_needed};

// Who reads the catalogue reads these with it.
use crate::tools;
pub use crate::{
    policy::{Group, Role, Routes, Scope, Scopes, Switches, ToolSpec, UnknownGroup},
    tool::{Calling, Tool, ToolEntry},
};

/// Every tool, in the order in which it is listed.
pub const TOOLS: &[&[ToolEntry]] = &[
    tools::health::TOOLS,
    tools::workflows::TOOLS,
    tools::runs::TOOLS,
    tools::wait::TOOLS,
    tools::tasks::TOOLS,
    tools::analytics::TOOLS,
    tools::catalog::TOOLS,
    tools::memory::TOOLS,
    tools::chat::TOOLS,
    tools::files::TOOLS,
    tools::websocket::TOOLS,
    tools::vault::TOOLS,
    tools::pats::TOOLS,
    tools::inbound::TOOLS,
    tools::llm_keys::TOOLS,
];

/// Every tool, in the order in which it is listed.
pub fn all() -> impl Iterator<Item = &'static ToolEntry> {
    TOOLS.iter().copied().flatten()
}

/// The tool of that name, present or former.
#[must_use]
pub fn find(name: &str) -> Option<&'static ToolEntry> {
    // Derived from the constant above, so that every caller may ask without carrying it along.
    static BY_NAME: LazyLock<HashMap<&'static str, &'static ToolEntry>> = LazyLock::new(|| {
        all()
            .flat_map(|entry| {
                let names = entry.spec.aliases.iter().copied().chain([entry.spec.name]);
                names.map(move |name| (name, entry))
            })
            .collect()
    });
    BY_NAME.get(name).copied()
}

/// The definition of a tool as `tools/list` sends it.
#[must_use]
pub fn definition(entry: &ToolEntry) -> rmcp::model::Tool {
    rmcp::model::Tool::new(entry.spec.name, entry.spec.description, (entry.schema)())
        .with_title(entry.spec.title)
        .with_annotations(entry.spec.annotations())
}

/// Bytes of a definition for each token of o200k, measured over the catalogue; a law holds the estimate to the count.
const BYTES_PER_TOKEN: usize = 4;

/// About how many tokens a tool's definition (name, description, input schema) costs a model's context.
///
/// Estimated from its length: to count takes a vocabulary of megabytes.
#[must_use]
pub fn cost(entry: &ToolEntry) -> usize {
    let schema = serde_json::Value::Object((*(entry.schema)()).clone()).to_string();
    // The keys and braces around the three parts.
    let frame = r#"{"name":"","description":"","inputSchema":}"#.len();
    (entry.spec.name.len() + entry.spec.description.len() + schema.len() + frame) / BYTES_PER_TOKEN
}

#[cfg(test)]
mod laws;
