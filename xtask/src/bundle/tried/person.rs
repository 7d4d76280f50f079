//! A person who has the app: their settings, with a workspace.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::Path,
    process::{Command, ExitStatus, Stdio},
};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use crate::workspace::Workspace;

/// The workspace's name: what is shown of it must come through every terminal and every file name.
pub const WORKSPACE: &str = "Übungsplatz & more";

const FILE: &str = "settings.json";

/// Writes settings with a workspace, whose server has this port, and gives their text.
pub fn settle(config: &Path, port: u16) -> anyhow::Result<String> {
    let id = "0192f0c1-7d3a-7b44-9c55-1d2e3f405162";
    let profile = json!({
        "id": id, "name": WORKSPACE, "backend": "sandbox", "url": "http://127.0.0.1:8341/", "token": "none",
        "entry": "0192f0c1-7d3a-7b44-9c55-1d2e3f405163",
    });
    let settings = json!({ "version": 2, "port": port, "language": "en", "profiles": [profile], "active_profile": id });
    let text = serde_json::to_string_pretty(&settings)?;
    fs::create_dir_all(config)?;
    fs::write(config.join(FILE), &text)?;
    Ok(text)
}

/// Fails where the settings are not what they were: byte by byte, or, where the app has been at them, in what they say.
pub fn is_settled(config: &Path, before: &str) -> anyhow::Result<()> {
    let now = crate::files::read(&config.join(FILE)).context("the settings are gone")?;
    let (was, is) = (serde_json::from_str::<Value>(before)?, serde_json::from_str::<Value>(&now)?);
    for key in ["port", "language", "active_profile"] {
        if was.get(key) != is.get(key) {
            bail!("the settings say otherwise of {key}: {now}");
        }
    }
    if !names(&is, "profiles").contains(&WORKSPACE) {
        bail!("the settings have lost the workspace: {now}");
    }
    Ok(())
}

/// Fails where `token list --json` does not show the workspace.
pub fn is_listed(list: &str) -> anyhow::Result<()> {
    let shown: Value = serde_json::from_str(list).with_context(|| format!("this is no list: {list}"))?;
    if names(&shown, "profiles") != [WORKSPACE] {
        bail!("the program does not find the workspace: {list}");
    }
    Ok(())
}

fn names<'a>(value: &'a Value, key: &str) -> Vec<&'a str> {
    let rows = value.get(key).and_then(Value::as_array).into_iter().flatten();
    rows.filter_map(|row| row.get("name")?.as_str()).collect()
}

/// A port that nobody listens on.
pub fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// What a command said on both outputs, and whether it ended well.
pub fn ran(workspace: &Workspace, command: &mut std::process::Command) -> anyhow::Result<(Option<i32>, String)> {
    let into = workspace.folder("tried")?.join("said.txt");
    let (status, said) = heard(command.current_dir(&workspace.root), &into)?;
    Ok((status.code(), String::from_utf8_lossy(&said).into_owned()))
}

/// How a program ended, and all it said, by way of the file `into`: a pipe would be waited for as long as anybody has it, such as
/// the desktop that Wine begins with the first program and keeps for the others.
///
/// # Errors
/// Fails when it does not start, or the file cannot be used.
pub fn heard(command: &mut Command, into: &Path) -> anyhow::Result<(ExitStatus, Vec<u8>)> {
    let file = File::create(into).with_context(|| format!("{} cannot be written", into.display()))?;
    let status = command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).status();
    let status = status.with_context(|| format!("{} does not start", command.get_program().to_string_lossy()))?;
    let said = fs::read(into)?;
    fs::remove_file(into)?;
    Ok((status, said))
}
