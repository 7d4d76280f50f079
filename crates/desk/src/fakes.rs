//! The page's fake backend shows what the app would: what both say is written out of the code, into files that are
//! committed and proved fresh.
#![allow(clippy::unwrap_used)]

use std::{env, fs, path::Path};

use agentruntime_settings::{Preference as _, Settings};
use serde::Serialize;

use crate::{ides, server, views};

/// The port in the fake's entries; a fake that serves on another one puts that into them.
const PORT: u16 = 8340;

/// These, one in each line.
fn rows<Row: Serialize>(rows: &[Row]) -> String {
    let rows: Vec<_> = rows.iter().map(|row| format!("  {}", serde_json::to_string(row).unwrap())).collect();
    format!("[\n{}\n]\n", rows.join(",\n"))
}

/// Compares a file of the fake's with what it is to be; writes it where it is told to.
fn assert_written(file: &str, wanted: &str) {
    let folder = Path::new("ui/src/lib/backend/fake");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find(|root| root.join(folder).is_dir()).unwrap();
    let path = root.join(folder).join(file);
    if env::var_os("UPDATE_TYPES").is_some() {
        fs::write(&path, wanted).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), wanted, "run `cargo xtask generate` and commit what it writes");
}

#[test]
fn tools_are_written() {
    assert_written("tools.json", &rows(&views::tools()));
}

#[test]
fn ide_entries_are_written() {
    let mut entries = ides::entries(&server::url(PORT));
    // The one thing that depends on the system; the fake shows Linux.
    for entry in entries.iter_mut().filter(|entry| entry.id == "vscode") {
        entry.file = Some("~/.config/Code/User/mcp.json".to_owned());
    }
    assert_written("ides.json", &rows(&entries));
}

#[test]
fn default_settings_are_written() {
    let settings = serde_json::to_string_pretty(&Settings::default().view()).unwrap();
    assert_written("settings.json", &format!("{settings}\n"));
}
