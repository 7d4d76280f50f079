//! The first start's workspace: four workflows that run, an MCP server for one of them to call, and a little of everything else,
//! so that no list that a new user asks for is empty without reason.

mod workflows;

use rusqlite::Transaction;
use serde_json::json;

use crate::{
    clock::now,
    db::Ask as _,
    demo_mcp,
    error::Result,
    routes::{add_instance, add_server, converse, insert_workflow, publish_draft, publish_server, say},
};

/// Plants the examples, once in a workspace's life: what its owner deletes stays deleted.
pub(crate) fn plant(transaction: &Transaction<'_>) -> Result<()> {
    if transaction.run("INSERT OR IGNORE INTO workspace (key, value) VALUES ('seeded_at', ?)", &[&now()])? == 0 {
        return Ok(());
    }
    let instance = demo_instance(transaction)?;
    for example in workflows::examples(&instance) {
        insert_workflow(transaction, example.id, example.name, example.description, &example.graph.to_string(), None)?;
        publish_draft(transaction, example.id, Some("First version"))?;
    }
    let conversation = converse(transaction, "Welcome")?;
    if let Some(id) = conversation.get("id").and_then(serde_json::Value::as_str) {
        say(transaction, id, "assistant", "This is the sandbox. Everything in it stays on this computer.")?;
    }
    let guide = "# Reading a run\n\nA run that waits for a person stays running; the list of pending tasks tells who is asked.\n\n\
                 A failed step fails its run: steps under way are cancelled, the rest is skipped.";
    transaction.run(
        "INSERT INTO files (id, name, media_type, content, created_at) VALUES ('file_guide', 'reading-a-run.md', 'text/markdown', ?, ?)",
        &[&guide, &now()],
    )?;
    Ok(())
}

fn demo_instance(transaction: &Transaction<'_>) -> Result<String> {
    let server = add_server(
        transaction,
        "Sandbox demo",
        "Text statistics and sums, served by the sandbox itself",
        demo_mcp::URL,
    )?;
    let tools = serde_json::to_string(&demo_mcp::tools()).unwrap_or_else(|_| json!([]).to_string());
    transaction.run(
        "UPDATE mcp_servers SET tools = ?, discovered_at = ?, status = 'discovered' WHERE id = ?",
        &[&tools, &now(), &server],
    )?;
    publish_server(transaction, &server)?;
    add_instance(transaction, "Sandbox demo", &server, None)
}
