//! `clients`: real MCP clients against the server, as their makers ship them.
//!
//! `tests/clients` names the clients and holds the suite; what it needs is installed under the target folder, never
//! into the work tree.

use std::path::Path;

use anyhow::Context as _;

use crate::{
    tools::{
        node::{self, Node},
        python,
    },
    workspace::{Build, HEADLESS, SERVER, Workspace},
};

/// Runs the suite of real clients.
///
/// # Errors
/// Fails when the server does not build, a tool cannot be had, or a client is not content.
pub fn run(workspace: &Workspace) -> anyhow::Result<()> {
    with(workspace, &workspace.build(HEADLESS, SERVER, Build::Alone)?)
}

/// As [`run`], with this server.
///
/// # Errors
/// As [`run`].
pub fn with(workspace: &Workspace, server: &Path) -> anyhow::Result<()> {
    let suite = workspace.root.join("tests").join("clients");
    let folder = workspace.folder("clients")?;
    let node = Node::ensure(workspace, node::SUITES)?;
    let modules = node::install(workspace, &node, &suite, &folder)?;
    let python = python::install(workspace, &suite.join("requirements.txt"), &folder.join("venv"))?;
    node.command(workspace)?
        .arg(suite.join("run.mjs"))
        .arg("--server")
        .arg(server)
        .env("CLIENTS_MODULES", modules)
        .env("CLIENTS_PYTHON", python)
        .run()
        .context("the suite of real clients failed")
}
