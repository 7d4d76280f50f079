//! The law finds what is put there for it to find.

use super::{bare::find, is_used};

/// The names of what is found in a file that is documented itself.
fn names(code: &str) -> Vec<String> {
    find(&format!("//! A file.\n{code}")).bare.into_iter().map(|bare| bare.name).collect()
}

#[test]
fn whatever_is_public_must_say_what_it_is() {
    for (code, name) in [
        ("pub fn f() {}", "f"),
        ("pub async fn f() {}", "f"),
        ("pub struct S;", "S"),
        ("pub enum E {}", "E"),
        ("pub union U { a: u8 }", "U"),
        ("pub trait T {}", "T"),
        ("pub const C: u8 = 1;", "C"),
        ("pub static C: u8 = 1;", "C"),
        ("pub type A = u8;", "A"),
        ("pub mod m {}", "m"),
        ("mod hidden { pub fn f() {} }", "f"),
        ("#[macro_export] macro_rules! m { () => {}; }", "m"),
        ("struct S; impl S { pub fn f() {} }", "f"),
        ("struct S; impl S { pub const C: u8 = 1; }", "C"),
        ("/// A trait.\npub trait T { fn f(); }", "f"),
        ("/// A trait.\npub trait T { const C: u8; }", "C"),
        ("/// A trait.\npub trait T { type A; }", "A"),
        ("/// Data.\npub enum E { A, B(u8) }", "B"),
        ("/// Data.\npub enum E { B { a: u8 } }", "B"),
        ("///\npub fn f() {}", "f"),
        ("// A comment.\npub fn f() {}", "f"),
        ("#[doc(hidden)] pub fn f() {}", "f"),
        ("#[command] pub struct S;", "S"),
    ] {
        assert_eq!(names(code), [name], "{code}");
    }
    assert_eq!(find("fn main() {}").bare.len(), 1, "a file says what it is for");
}

#[test]
fn nothing_is_asked_of_what_is_documented_private_for_tests_or_plain() {
    for code in [
        "/// What it does.\npub fn f() {}",
        "/** What it does. */ pub fn f() {}",
        "#[doc = \"What it does.\"] pub fn f() {}",
        "#[doc = include_str!(\"README.md\")] pub mod m {}",
        "pub mod inner { //! What is in it.\n }",
        "pub mod elsewhere;",
        "pub use other::Thing;",
        "fn f() {} struct S; enum E { A(u8) } trait T { fn f(); } mod m {}",
        "pub(crate) fn f() {} pub(super) struct S; pub(in crate::a) const C: u8 = 1;",
        "#[tauri::command] pub async fn f() {}",
        "macro_rules! m { () => {}; }",
        "/// Data.\npub struct S { pub name: String, pub(crate) size: u64 }",
        "/// Data.\npub struct S(pub String);",
        "/// Data.\npub enum E { Queued, Running }",
        "struct S; impl Clone for S { fn clone(&self) -> S { S } }",
        "#[cfg(test)] pub fn f() {} #[cfg(test)] mod tests { pub fn f() {} }",
        "struct S; #[cfg(test)] impl S { pub fn f() {} } impl S { #[cfg(test)] pub fn g() {} }",
    ] {
        assert_eq!(names(code), [""; 0], "{code}");
    }
}

#[test]
fn the_law_is_about_what_ships() {
    for file in ["crates/bff/src/lib.rs", "src-tauri/window.rs", "xtask/src/main.rs", "tests/src/bin/bench/main.rs"] {
        assert!(is_used(file), "{file}");
    }
    for file in
        ["crates/bff/tests/made.rs", "crates/graph/src/plan/tests.rs", "src-tauri/build.rs", "tests/tests/docs/bare.rs"]
    {
        assert!(!is_used(file), "{file}");
    }
}
