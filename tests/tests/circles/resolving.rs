//! Where a path leads: to the file that defines what it names, through every re-export on the way.

use super::reading::{Module, Use};

/// What a path names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    Module(usize),
    /// Something that this module defines.
    Item(usize),
}

/// Nobody re-exports a re-export more often; `use x;`, which brings a crate under its own name, leads to itself.
const DEEPEST: usize = 16;

/// Follows `segments`, written in the module `at`. Nothing where they lead out of the crate.
pub fn resolve(modules: &[Module], at: usize, segments: &[String]) -> Option<Found> {
    follow(modules, at, segments, 0)
}

fn follow(modules: &[Module], at: usize, segments: &[String], depth: usize) -> Option<Found> {
    let (first, rest) = segments.split_first()?;
    let start = match named_by_place(modules, at, first) {
        Some(module) => Found::Module(module),
        None => find(modules, at, first, rest.is_empty(), depth)?,
    };
    let mut found = start;
    for (position, segment) in rest.iter().enumerate() {
        // What follows an item is its variant or function.
        let Found::Module(module) = found else { break };
        let last = position + 1 == rest.len();
        found = match named_by_place(modules, module, segment) {
            Some(place) => Found::Module(place),
            // What is not to be seen was made by a macro there.
            None => find(modules, module, segment, last, depth).unwrap_or(Found::Item(module)),
        };
    }
    Some(found)
}

fn named_by_place(modules: &[Module], at: usize, segment: &str) -> Option<usize> {
    match segment {
        "crate" => Some(0),
        "self" => Some(at),
        "super" => modules[at].parent,
        _ => None,
    }
}

/// What `name` is in the module `at`. A module and a function may share their name: whatever a path goes on from is the module.
fn find(modules: &[Module], at: usize, name: &str, last: bool, depth: usize) -> Option<Found> {
    if depth > DEEPEST {
        return None;
    }
    let module = &modules[at];
    let child = module.children.get(name).map(|child| Found::Module(*child));
    let own = module.items.contains(name).then_some(Found::Item(at));
    let borrowed = || {
        let used = module.uses.iter().find(|used| used.name.as_deref() == Some(name))?;
        // What comes from another crate is this module's own for whoever asks here.
        Some(follow(modules, at, &used.mention.segments, depth + 1).unwrap_or(Found::Item(at)))
    };
    let found = if last { own.or_else(borrowed).or(child) } else { child.or_else(borrowed).or(own) };
    found.or_else(|| module.uses.iter().find_map(|used| within(modules, at, used, name, last, depth)))
}

/// What `name` is, if `used` is a `*`.
fn within(modules: &[Module], at: usize, used: &Use, name: &str, last: bool, depth: usize) -> Option<Found> {
    if used.name.is_some() {
        return None;
    }
    match follow(modules, at, &used.mention.segments, depth + 1)? {
        // `use super::*` in the module that is asked for: nothing new.
        Found::Module(module) if module != at => find(modules, module, name, last, depth + 1),
        _ => None,
    }
}
