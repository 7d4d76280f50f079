//! The laws of the house that no compiler holds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/sources.rs"]
mod sources;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
};

use serde_json::Value;
use sources::{files, has_extension, name, root};

/// What the programs that put everything together know; the desk asks one thing more by itself, who is on its port.
const EVERYTHING: &[&str] = &[
    "agentruntime-bff",
    "agentruntime-lifecycle",
    "agentruntime-platform-mcp",
    "agentruntime-run-watch",
    "agentruntime-sandbox",
    "agentruntime-serving",
    "agentruntime-settings",
    "agentruntime-tokens",
];
const SERVING: &[&str] = &[
    "agentruntime-bff",
    "agentruntime-lifecycle",
    "agentruntime-platform-mcp",
    "agentruntime-run-watch",
    "agentruntime-sandbox",
    "agentruntime-settings",
    "agentruntime-tokens",
];
const DESK: &[&str] = &[
    "agentruntime-bff",
    "agentruntime-http",
    "agentruntime-lifecycle",
    "agentruntime-platform-mcp",
    "agentruntime-run-watch",
    "agentruntime-serving",
    "agentruntime-settings",
    "agentruntime-tokens",
];
/// The shell asks the desk, and names its words.
const SHELL: &[&str] = &[
    "agentruntime-desk",
    "agentruntime-lifecycle",
    "agentruntime-platform-mcp",
    "agentruntime-run-watch",
    "agentruntime-sandbox",
    "agentruntime-serving",
    "agentruntime-settings",
    "agentruntime-tokens",
];
/// Whom each crate of ours may depend on. The arrows may not turn.
const ARROWS: &[(&str, &[&str])] = &[
    ("agentruntime-http", &[]),
    ("agentruntime-lifecycle", &[]),
    ("agentruntime-bff", &["agentruntime-http"]),
    ("agentruntime-graph", &[]),
    ("agentruntime-run-watch", &["agentruntime-bff", "agentruntime-lifecycle"]),
    ("agentruntime-sandbox", &["agentruntime-graph", "agentruntime-http", "agentruntime-lifecycle"]),
    ("agentruntime-platform-mcp", &["agentruntime-bff", "agentruntime-lifecycle"]),
    ("agentruntime-settings", &["agentruntime-bff", "agentruntime-lifecycle"]),
    ("agentruntime-tokens", &["agentruntime-bff", "agentruntime-lifecycle", "agentruntime-settings"]),
    ("agentruntime-serving", SERVING),
    ("agentruntime-headless", EVERYTHING),
    ("agentruntime-desk", DESK),
    ("agentruntime-desktop", SHELL),
    (
        "agentruntime-tests",
        &["agentruntime-bff", "agentruntime-platform-mcp", "agentruntime-run-watch", "agentruntime-sandbox"],
    ),
    ("xtask", &[]),
];
#[test]
fn dependencies_between_rooms_go_one_way() {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let mut found = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        let used = package["dependencies"].as_array().unwrap().iter();
        // A path is what tells our own crates from the registry's.
        let ours = used.filter(|dependency| dependency["path"].is_string() && dependency["kind"] != "dev");
        let ours = ours.map(|dependency| dependency["name"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>();
        found.insert(package["name"].as_str().unwrap().to_owned(), ours);
    }
    let allowed =
        ARROWS.iter().map(|(name, to)| ((*name).to_owned(), to.iter().map(|name| (*name).to_owned()).collect()));
    assert_eq!(found, allowed.collect::<BTreeMap<_, BTreeSet<_>>>());
}

/// What must hold for every request is held where clients are made.
#[test]
fn http_clients_are_made_in_one_place() {
    let makes = [
        "reqwest::Client::new",
        "reqwest::Client::builder",
        "reqwest::ClientBuilder::new",
        "use reqwest::Client",
        "Transport::from_config",
        "Transport::from_uri",
    ];
    let mut makers = Vec::new();
    for path in files() {
        let path = path.strip_prefix(root()).unwrap().to_owned();
        // Tests, and the bench in `tests`, talk to what they started themselves.
        let ships = path.starts_with("crates") || path.starts_with("src-tauri");
        let is_test = path.components().any(|part| part.as_os_str() == "tests") || path.ends_with("tests.rs");
        if !ships || is_test || !has_extension(&path, &["rs"]) {
            continue;
        }
        let text = fs::read_to_string(root().join(&path)).unwrap();
        if makes.iter().any(|make| text.contains(make)) {
            makers.push(path.display().to_string());
        }
    }
    assert_eq!(makers, ["crates/http/src/lib.rs"]);
}

/// A process of ours is many: each program must ask first whether it was started as a worker.
#[test]
fn every_program_that_has_a_sandbox_may_be_a_worker() {
    for path in ["crates/headless/src/main.rs", "crates/sandbox/src/main.rs", "src-tauri/main.rs"] {
        let text = fs::read_to_string(root().join(path)).unwrap();
        let main = text.split_once("fn main()").expect(path).1;
        let first = main.lines().nth(1).unwrap();
        assert!(first.contains("script_worker()"), "{path} does something before: {first}");
    }
}

#[test]
fn every_snapshot_belongs_to_a_tool() {
    let tools = agentruntime_platform_mcp::catalogue::all().map(|entry| entry.spec.name).collect::<BTreeSet<_>>();
    let snapshots = files().into_iter().filter(|path| has_extension(path, &["snap"])).collect::<Vec<_>>();
    assert!(!snapshots.is_empty());
    for path in &snapshots {
        let name = path.file_stem().unwrap().to_string_lossy();
        let name = name.rsplit("__").next().unwrap();
        assert!(tools.contains(name), "{} belongs to no tool: delete it", path.display());
    }
    assert_eq!(snapshots.len(), tools.len(), "a tool has no snapshot");
}

#[test]
fn lock_files_name_no_registry_and_sources_hold_no_token() {
    for path in files() {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        if path.ends_with("package-lock.json") {
            assert!(!text.contains("\"resolved\""), "{} names where its packages were downloaded", path.display());
        }
        let mut rest = text.as_str();
        while let Some((_, after)) = rest.split_once("pat_") {
            let token =
                after.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect::<String>();
            let lower = token.chars().any(|c| c.is_ascii_lowercase());
            let real = token.len() >= 40
                && lower
                && token.chars().any(|c| c.is_ascii_uppercase())
                && token.chars().any(|c| c.is_ascii_digit());
            assert!(!real, "{} holds what looks like a token", path.display());
            rest = after;
        }
    }
}

#[test]
fn a_module_is_named_by_its_file() {
    for path in files().into_iter().filter(|path| path.ends_with("mod.rs")) {
        let path = path.strip_prefix(root()).unwrap().to_owned();
        // Cargo takes every other file of `tests` for a test of its own.
        let is_of_tests = path.components().any(|part| part.as_os_str() == "tests");
        let is_source = path.components().any(|part| part.as_os_str() == "src") || path.starts_with("src-tauri");
        assert!(!is_source && is_of_tests, "{} is to be named by its folder, and lie beside it", path.display());
    }
}

/// Whoever moves a file or names a test otherwise is told where that is written.
#[test]
fn what_the_architecture_names_is_there() {
    let files = files();
    let names = files.iter().map(|path| format!("/{}", name(path))).collect::<Vec<_>>();
    let rust = files.iter().filter(|path| has_extension(path, &["rs"]));
    let rust = rust.map(|path| fs::read_to_string(path).unwrap()).collect::<Vec<_>>();
    let is_there = |named: &str| {
        let is_file = !named.contains(' ') && [".py", ".rs", ".toml", ".ts"].iter().any(|end| named.ends_with(end));
        let is_test = named.matches('_').count() > 2 && named.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        if is_file {
            names.iter().any(|name| name.ends_with(&format!("/{named}")))
        } else if named.ends_with('/') {
            names.iter().any(|name| name.contains(&format!("/{named}")))
        } else {
            !is_test || rust.iter().any(|text| text.contains(&format!("fn {named}")))
        }
    };
    let architecture = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let named = architecture.split('`').skip(1).step_by(2).map(|named| named.trim_end_matches('…')).collect::<Vec<_>>();
    assert!(named.contains(&"tests/tests/house.rs"), "they are named otherwise");
    let gone = named.into_iter().filter(|named| !is_there(named)).collect::<Vec<_>>();
    assert!(gone.is_empty(), "docs/ARCHITECTURE.md names what is not there: {gone:?}");
}

#[test]
fn the_licences_are_there() {
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        assert!(fs::metadata(root().join(name)).unwrap().len() > 500, "{name}");
    }
}
