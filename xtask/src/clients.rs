//! `clients`: real MCP clients against the server, as their makers ship them.
//!
//! `tests/clients` names the clients and holds the suite; what it needs is installed under the target folder, never
//! into the work tree.

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
    with(workspace, Build::Alone)
}

/// As [`run`], with a server that is built in this way.
///
/// # Errors
/// As [`run`].
pub fn with(workspace: &Workspace, build: Build) -> anyhow::Result<()> {
    let suite = workspace.root.join("tests").join("clients");
    let folder = workspace.folder("clients")?;
    let server = workspace.build(HEADLESS, SERVER, build)?;
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
