//! Two files never need each other: a circle is a missing room below both.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod needs;
mod reading;
mod resolving;
mod seeded;
#[path = "../support/sources.rs"]
mod sources;

use std::{collections::BTreeMap, fs};

use needs::Needs;
use reading::Texts;

/// The Rust files of the project.
fn texts() -> Texts {
    let files = sources::files().into_iter().filter(|path| sources::has_extension(path, &["rs"]));
    files.map(|path| (sources::name(&path), fs::read_to_string(path).unwrap())).collect()
}

/// The files that a library or a program begins with, by the folder of their package's sources.
fn roots(texts: &Texts) -> BTreeMap<&str, Vec<&str>> {
    let mut roots: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for file in texts.keys() {
        let Some((folder, "lib.rs" | "main.rs")) = file.rsplit_once('/') else { continue };
        let package = folder.split_once("/bin/").map_or(folder, |(package, _)| package);
        if package.ends_with("/src") || package == "src-tauri" {
            roots.entry(package).or_default().push(file.as_str());
        }
    }
    roots
}

#[test]
fn no_two_files_need_each_other() {
    let texts = texts();
    let (mut circles, mut pairs) = (Vec::new(), 0);
    for roots in roots(&texts).into_values() {
        let needs = roots.iter().map(|root| Needs::of(root, &texts)).collect::<Vec<_>>();
        circles.extend(needs.iter().flat_map(Needs::circles));
        pairs += needs.iter().map(Needs::count).sum::<usize>();
    }
    assert!(circles.is_empty(), "\n{}", circles.join("\n"));
    assert!(pairs > 500, "the law looks past the files: {pairs} pairs");
}
