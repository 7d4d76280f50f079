//! Two files never need each other: a circle is a missing room below both.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod needs;
mod reading;
mod resolving;
mod seeded;

use std::{
    fs,
    path::{Path, PathBuf},
};

use needs::Needs;
use reading::Texts;

/// Which crates still have circles. Each is to leave this list, and none may come.
const STILL: &[&str] = &[
    "crates/bff/src",
    "crates/graph/src",
    "crates/platform-mcp/src",
    "crates/sandbox/src",
    "crates/tokens/src",
    "src-tauri",
    "xtask/src",
    "tests/src",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn entries(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).into_iter().flatten();
    let mut names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>();
    names.sort();
    names
}

/// Every Rust file below `folder`.
fn collect(folder: &str, texts: &mut Texts) {
    for name in entries(folder) {
        let path = format!("{folder}/{name}");
        if root().join(&path).is_dir() {
            collect(&path, texts);
        } else if name.ends_with(".rs") {
            texts.insert(path.clone(), fs::read_to_string(root().join(&path)).unwrap());
        }
    }
}

/// Where each package has its sources. The app's build script lies there too, but no module names it.
fn folders() -> Vec<String> {
    let mut folders = entries("crates").into_iter().map(|name| format!("crates/{name}/src")).collect::<Vec<_>>();
    folders.extend(["src-tauri", "xtask/src", "tests/src"].map(str::to_owned));
    folders
}

/// The roots of what is compiled from `folder`: a library, a program, more programs.
fn roots(folder: &str, texts: &Texts) -> Vec<String> {
    let mut roots = vec![format!("{folder}/lib.rs"), format!("{folder}/main.rs")];
    roots.extend(entries(&format!("{folder}/bin")).iter().map(|name| format!("{folder}/bin/{name}/main.rs")));
    roots.retain(|root| texts.contains_key(root));
    assert!(!roots.is_empty(), "{folder} has no root");
    roots
}

#[test]
fn no_two_files_need_each_other() {
    let (mut faults, mut circular) = (Vec::new(), Vec::new());
    let mut pairs = 0;
    for folder in folders() {
        let mut texts = Texts::new();
        collect(&folder, &mut texts);
        let needs = roots(&folder, &texts).iter().map(|root| Needs::of(root, &texts)).collect::<Vec<_>>();
        let circles = needs.iter().flat_map(Needs::circles).collect::<Vec<_>>();
        pairs += needs.iter().map(Needs::count).sum::<usize>();
        if !circles.is_empty() && !STILL.contains(&folder.as_str()) {
            faults.extend(circles);
        } else if !circles.is_empty() {
            circular.push(folder);
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert_eq!(circular, STILL, "who has no circle any more leaves the list");
    assert!(pairs > 500, "the law looks past the files: {pairs} pairs");
}
