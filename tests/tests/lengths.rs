//! Small rooms: no file and no function is longer than what one can hold in mind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/sources.rs"]
mod sources;

use std::fs;

use sources::{files, has_extension, name};
use syn::{Block, ImplItemFn, ItemFn, Signature, TraitItemFn, visit::Visit};

/// No Rust file is longer, in lines.
const LONGEST_RUST: usize = 400;
/// Nor any other file of code.
const LONGEST: usize = 600;
/// No function is longer, in lines, from its name to its last brace.
const LONGEST_FUNCTION: usize = 70;

/// Every Rust file, by name, with its text.
fn rust() -> Vec<(String, String)> {
    let files = files().into_iter().filter(|path| has_extension(path, &["rs"]));
    let mut files = files.map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect::<Vec<_>>();
    files.sort();
    files
}

/// What is generated is as long as what it is generated from.
fn is_generated(text: &str) -> bool {
    text.starts_with("// Generated")
}

#[test]
fn rust_files_stay_small() {
    let rust = rust();
    let long = rust.iter().filter(|(_, text)| !is_generated(text) && text.lines().count() > LONGEST_RUST);
    let long = long.map(|(file, _)| file.as_str()).collect::<Vec<_>>();
    assert!(long.is_empty(), "longer than {LONGEST_RUST} lines: {}", long.join(", "));
}

#[test]
fn other_files_of_code_stay_small() {
    for path in files().iter().filter(|path| has_extension(path, &["svelte", "ts", "mjs", "py", "js"])) {
        let text = fs::read_to_string(path).unwrap();
        let lines = text.lines().count();
        assert!(is_generated(&text) || lines <= LONGEST, "{} has {lines} lines", name(path));
    }
}

#[test]
fn functions_stay_small() {
    let mut long = Vec::new();
    for (file, text) in rust().iter().filter(|(_, text)| !is_generated(text)) {
        let found = functions(text).into_iter().filter(|(_, lines)| *lines > LONGEST_FUNCTION);
        long.extend(found.map(|(function, _)| format!("{file}::{function}")));
    }
    assert!(long.is_empty(), "longer than {LONGEST_FUNCTION} lines: {}", long.join(", "));
}

/// The functions and methods of a Rust file, each with its lines.
fn functions(text: &str) -> Vec<(String, usize)> {
    let mut lengths = Lengths(Vec::new());
    lengths.visit_file(&syn::parse_file(text).unwrap());
    lengths.0
}

struct Lengths(Vec<(String, usize)>);

impl Lengths {
    fn measure(&mut self, signature: &Signature, block: &Block) {
        let first = signature.ident.span().start().line;
        let last = block.brace_token.span.close().end().line;
        self.0.push((signature.ident.to_string(), last - first + 1));
    }
}

impl<'ast> Visit<'ast> for Lengths {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.measure(&item.sig, &item.block);
        syn::visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.measure(&item.sig, &item.block);
        syn::visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if let Some(block) = &item.default {
            self.measure(&item.sig, block);
        }
        syn::visit::visit_trait_item_fn(self, item);
    }
}

#[test]
fn a_function_is_measured_wherever_it_stands() {
    let text = "fn one() {}\n\n/// Not a part.\nfn two(\n) {\n    fn inner() {\n    }\n}
        impl A { async fn three() {\n} }\n trait B { fn none();\n fn four() { let _ = 1;\n\n } }
        mod tests { fn five() {} }";
    let expected = [("one", 1), ("two", 5), ("inner", 2), ("three", 2), ("four", 3), ("five", 1)];
    assert_eq!(functions(text), expected.map(|(name, lines)| (name.to_owned(), lines)));
}
