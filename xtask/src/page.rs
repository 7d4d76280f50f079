//! The window's page: its packages, its build, its own checks.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::Context as _;
use serde_json::Value;

use crate::{
    tools::{
        node::{self, Node},
        webkit,
    },
    workspace::{Workspace, say},
};

/// The oldest node that the page is built with.
const OLDEST: node::Version = (20, 19);
/// What in the page's folder is no source of the page.
const NO_SOURCES: [&str; 3] = ["dist", "node_modules", "tests"];

/// Builds the page, unless it is newer than everything it is made from: each build makes the app compile again.
///
/// # Errors
/// Fails when node cannot be had, npm cannot install the packages, or the page does not build.
pub fn build(workspace: &Workspace) -> anyhow::Result<()> {
    let folder = folder(workspace);
    let node = Node::ensure(workspace, OLDEST)?;
    node::install_at(workspace, &node, &folder)?;
    if is_fresh(&folder) {
        return Ok(());
    }
    say("Building the page.");
    npm(workspace, &node, &["run", "build"]).context("the page does not build")
}

/// Checks the page's types and runs its tests in a browser, which leave pictures of what they saw.
///
/// # Errors
/// Fails when a tool cannot be had, or a check or a test fails.
pub fn check(workspace: &Workspace) -> anyhow::Result<()> {
    webkit::ensure_for_tests(workspace, None)?;
    let node = Node::ensure(workspace, OLDEST)?;
    node::install_at(workspace, &node, &folder(workspace))?;
    let _shots = workspace.shell.push_env("SHOTS_DIR", workspace.shots()?);
    npm(workspace, &node, &["run", "check"]).context("the page's types do not fit")?;
    tests(workspace, &node, "test").context("the page's tests failed")?;
    tests(workspace, &node, "shots").context("the page's pictures could not be taken")
}

/// Runs one of the page's scripts of tests. What failed is named in the error, since the tests' own words stand far above
/// the end of a long run.
fn tests(workspace: &Workspace, node: &Node, script: &str) -> anyhow::Result<()> {
    let report = folder(workspace).join("node_modules/.cache").join(format!("{script}.json"));
    match fs::remove_file(&report) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("{} cannot be written anew", report.display()));
        }
        _ => {}
    }
    let file = format!("--outputFile.json={}", report.display());
    let ran = npm(workspace, node, &["run", script, "--", "--reporter=verbose", "--reporter=json", &file]);
    ran.map_err(|error| match fs::read_to_string(&report).ok().and_then(|report| failed(&report)) {
        Some(failed) => error.context(failed),
        None => error,
    })
}

/// The tests that failed and the first line of why, from Vitest's JSON report (<https://vitest.dev/guide/reporters>, "JSON
/// Reporter").
fn failed(report: &str) -> Option<String> {
    let report: Value = serde_json::from_str(report).ok()?;
    let files = report.get("testResults")?.as_array()?;
    let tests = files.iter().filter_map(|file| file.get("assertionResults")?.as_array()).flatten();
    let failed = tests.filter(|test| test.get("status").is_some_and(|status| status == "failed")).filter_map(|test| {
        let name = test.get("fullName")?.as_str()?;
        let why = test.pointer("/failureMessages/0").and_then(Value::as_str).and_then(|why| why.lines().next());
        Some(format!("“{name}”: {}", why.unwrap_or("no reason was given")))
    });
    let failed = failed.collect::<Vec<_>>();
    (!failed.is_empty()).then(|| failed.join("; "))
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("ui")
}

/// Runs npm in the page's folder.
fn npm(workspace: &Workspace, node: &Node, args: &[&str]) -> anyhow::Result<()> {
    let _folder = workspace.shell.push_dir(folder(workspace));
    Ok(node.npm(workspace)?.args(args).run()?)
}

/// Whether the built page is newer than all its sources.
fn is_fresh(folder: &Path) -> bool {
    let built = fs::metadata(folder.join("dist").join("index.html")).and_then(|page| page.modified());
    matches!((built, newest_source(folder)), (Ok(built), Ok(source)) if source < built)
}

/// When a source was last changed. The folder itself does not count: it changes when `dist` is made.
fn newest_source(folder: &Path) -> io::Result<SystemTime> {
    let mut newest = SystemTime::UNIX_EPOCH;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if NO_SOURCES.iter().all(|name| entry.file_name() != *name) {
            newest = newest.max(newest_in(&entry)?);
        }
    }
    Ok(newest)
}

/// When something in here was last changed; that of a folder changes when something is added or removed.
fn newest_in(entry: &fs::DirEntry) -> io::Result<SystemTime> {
    let metadata = entry.metadata()?;
    let mut newest = metadata.modified()?;
    if metadata.is_dir() {
        for inner in fs::read_dir(entry.path())? {
            newest = newest.max(newest_in(&inner?)?);
        }
    }
    Ok(newest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_report_names_what_failed() {
        let report = r#"{"testResults":[{"assertionResults":[
            {"status":"passed","fullName":"runs ends","failureMessages":[]},
            {"status":"failed","fullName":"runs begins","failureMessages":["Error: too late\n    at x.ts:1"]}]}]}"#;
        assert_eq!(failed(report).as_deref(), Some("“runs begins”: Error: too late"));
        assert_eq!(failed(r#"{"testResults":[]}"#), None);
    }

    #[test]
    fn the_page_is_stale_when_a_source_has_changed_or_gone() {
        let folder = std::env::temp_dir().join(format!("xtask-page-{}", std::process::id()));
        let write = |path: &str, minute: u64| {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let file = fs::File::create(&path).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(60 * minute)).unwrap();
        };
        let touch = |path: &str, minute: u64| {
            let file = fs::File::open(folder.join(path)).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(60 * minute)).unwrap();
        };
        assert!(!is_fresh(&folder));
        write("index.html", 1);
        write("src/views/Home.svelte", 2);
        write("tests/home.spec.ts", 9);
        write("node_modules/svelte/package.json", 9);
        // Folders carry times too, which only Unix lets us set; elsewhere this much must do.
        if cfg!(unix) {
            touch("src/views", 2);
            touch("src", 2);
            assert!(!is_fresh(&folder), "nothing is built");
            write("dist/index.html", 3);
            assert!(is_fresh(&folder));
            write("src/views/Home.svelte", 4);
            assert!(!is_fresh(&folder));
            write("dist/index.html", 5);
            assert!(is_fresh(&folder));
            fs::remove_file(folder.join("src/views/Home.svelte")).unwrap();
            assert!(!is_fresh(&folder), "a source has gone");
        }
        fs::remove_dir_all(folder).unwrap();
    }
}
