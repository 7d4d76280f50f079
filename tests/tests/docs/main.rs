//! What others use says what it is. A field, or a variant without data, may leave that to its name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod bare;
mod seeded;
#[path = "../support/sources.rs"]
mod sources;

use std::fs;

/// Whether a file is code that others use: no test, no build script.
fn is_used(file: &str) -> bool {
    let is_test = file.split('/').any(|part| part == "tests") || file.ends_with("tests.rs");
    let ours = file.starts_with("src-tauri/") && !file.ends_with("/build.rs");
    (ours || file.contains("/src/")) && (!is_test || file.starts_with("tests/src/"))
}

#[test]
fn everything_public_is_documented() {
    let (mut bare, mut asked) = (Vec::new(), 0);
    for path in sources::files().iter().filter(|path| sources::has_extension(path, &["rs"])) {
        let file = sources::name(path);
        if is_used(&file) {
            let found = bare::find(&fs::read_to_string(path).unwrap());
            bare.extend(found.bare.iter().map(|item| format!("{file}:{item}")));
            asked += found.asked;
        }
    }
    assert!(bare.is_empty(), "without a documentation comment:\n    {}", bare.join("\n    "));
    assert!(asked > 1000, "the law looks past the code: {asked} items");
}
