//! The law itself, on small crates made for it.

use super::{needs::Needs, reading::Texts};

fn needs(files: &[(&str, &str)]) -> Needs {
    let texts = files.iter().map(|(file, text)| (format!("src/{file}"), (*text).to_owned())).collect::<Texts>();
    Needs::of("src/lib.rs", &texts)
}

/// The circles of a crate of `a.rs` and `b.rs`.
fn circles(a: &str, b: &str) -> Vec<String> {
    needs(&[("lib.rs", "mod a; mod b;"), ("a.rs", a), ("b.rs", b)]).circles()
}

#[test]
fn a_circle_is_found_and_named() {
    let found = circles("use crate::b::B;\npub struct A;", "pub struct B;\n\nfn f(_: super::a::A) {}");
    assert_eq!(found, ["2 files need each other:\n    src/a.rs:1 needs src/b.rs\n    src/b.rs:3 needs src/a.rs"]);
}

#[test]
fn a_circle_over_three_is_found_and_who_only_looks_on_is_not_in_it() {
    let found = needs(&[
        ("lib.rs", "mod a; mod b; mod c; mod looks_on;"),
        ("a.rs", "use super::b::f; pub fn g() {}"),
        ("b.rs", "pub fn f() { crate::c::h() }"),
        ("c.rs", "pub fn h() { super::a::g() }"),
        ("looks_on.rs", "use crate::{a::g, b::f};"),
    ]);
    let found = found.circles();
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("3 files"), "{}", found[0]);
    assert!(!found[0].contains("looks_on"), "{}", found[0]);
}

#[test]
fn one_way_is_no_circle() {
    assert!(circles("pub struct A;", "use crate::a::A;").is_empty());
}

#[test]
fn parents_and_children_are_no_circle() {
    let found = needs(&[
        ("lib.rs", "mod a; pub struct Top; pub use a::deep::Deep;"),
        ("a/mod.rs", "pub mod deep; pub struct A; fn f() { deep::f() }"),
        ("a/deep.rs", "use super::A; use crate::Top; pub struct Deep; pub fn f() {}"),
    ]);
    assert!(found.circles().is_empty());
    assert!(found.holds("src/a/deep.rs", "src/a/mod.rs"));
}

#[test]
fn a_circle_that_leaves_the_family_and_comes_back_is_one() {
    let found = needs(&[
        ("lib.rs", "mod call; mod list; mod tool;"),
        ("call.rs", "use crate::list::names::is_there; pub struct Call;"),
        ("list/mod.rs", "pub mod names; pub const ALL: &[&str] = &[crate::tool::NAME];"),
        ("list/names.rs", "pub fn is_there() -> bool { !super::ALL.is_empty() }"),
        ("tool.rs", "use crate::call::Call; pub const NAME: &str = \"tool\";"),
    ]);
    assert!(found.circles()[0].starts_with("4 files"), "{:?}", found.circles());
}

#[test]
fn siblings_are_a_circle_also_where_they_ask_their_parent() {
    let found = needs(&[
        ("lib.rs", "mod a;"),
        ("a.rs", "mod x; mod y; use x::X; pub(crate) use self::y::Y as Why;"),
        ("a/x.rs", "use super::Why; pub struct X;"),
        ("a/y.rs", "fn f(_: super::X) {} pub struct Y;"),
    ]);
    assert_eq!(found.circles().len(), 1);
}

#[test]
fn a_re_export_is_seen_through() {
    let found = needs(&[
        ("lib.rs", "mod error; mod parts; mod a; pub use error::Error; pub use parts::*;"),
        ("error.rs", "pub struct Error;"),
        ("parts/mod.rs", "mod one; pub mod two; pub use one::One;"),
        ("parts/one.rs", "use crate::Error; pub struct One;"),
        ("parts/two.rs", "pub fn f() {}"),
        ("a.rs", "use crate::{Error, One, two}; fn f() { two::f() }"),
    ]);
    assert!(found.circles().is_empty());
    for needed in ["src/error.rs", "src/parts/one.rs", "src/parts/two.rs"] {
        assert!(found.holds("src/a.rs", needed), "{needed}");
    }
    assert!(!found.holds("src/a.rs", "src/parts/mod.rs"));
    assert!(found.holds("src/parts/one.rs", "src/error.rs"));
}

#[test]
fn what_is_for_tests_only_does_not_count() {
    let tests = "#[cfg(test)] use crate::b::B; #[cfg(test)] mod tests { use crate::b::B; }
        #[cfg(test)] mod elsewhere; pub struct A; impl A { #[cfg(test)] fn f(_: crate::b::B) {} }";
    assert!(circles(tests, "pub struct B; use crate::a::A;").is_empty());
}

#[test]
fn paths_in_macros_attributes_functions_and_inner_modules_count() {
    for needs_b in [
        "fn f() { let _ = vec![1, crate::b::SIZE]; }",
        "fn f() { use crate::b as other; let _ = format!(\"{}\", other::SIZE); }",
        "macro_rules! size { () => { $crate::b::SIZE }; }",
        "#[serde(with = \"crate::b::SIZE\")] struct X;",
        "mod inner { fn f() -> Option<super::super::b::B> { None } }",
        "use crate::b::*; fn f() -> usize { SIZE }",
        "impl crate::b::Trait for X {}",
    ] {
        let a = format!("pub struct A; {needs_b}");
        let found = circles(&a, "use crate::a::A; pub struct B; pub const SIZE: usize = 1; pub trait Trait {}");
        assert_eq!(found.len(), 1, "{needs_b}");
    }
}

#[test]
fn names_of_other_crates_and_of_variables_do_not_count() {
    let a = "use serde_json; use b::B; pub struct A; fn f(b: B) -> b::C { let crate_b = b; ::b::g(crate_b) }";
    assert!(circles(a, "use crate::a::A; pub struct B;").is_empty());
}
