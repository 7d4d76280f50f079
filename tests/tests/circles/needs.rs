//! Which file needs which, and where that goes in a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    reading::{Module, Texts, read},
    resolving::{Found, resolve},
};

/// Whom each file needs, each with the first line that says so. That a parent needs what lies below it is left out, or no
/// child could ask its parent for anything.
#[derive(Default)]
pub struct Needs(BTreeMap<String, BTreeMap<String, usize>>);

impl Needs {
    /// Of the crate whose root is the file `root`.
    pub fn of(root: &str, texts: &Texts) -> Self {
        let modules = read(root, texts);
        let mut homes: BTreeMap<&str, &[String]> = BTreeMap::new();
        for module in &modules {
            homes.entry(&module.file).or_insert(&module.path);
        }
        let is_above = |one: &str, other: &str| homes[other].starts_with(homes[one]);
        let mut needs = Self::default();
        for (at, module) in modules.iter().enumerate() {
            needs.0.entry(module.file.clone()).or_default();
            for mention in module.uses.iter().map(|used| &used.mention).chain(&module.mentions) {
                // A path that ends at a module needs nothing of it; what is reached through it is a path of its own.
                let Some(Found::Item(target)) = resolve(&modules, at, &mention.segments) else { continue };
                let target: &Module = &modules[target];
                if !is_above(&module.file, &target.file) {
                    let lines = needs.0.entry(module.file.clone()).or_default();
                    let line = lines.entry(target.file.clone()).or_insert(mention.line);
                    *line = mention.line.min(*line);
                }
            }
        }
        needs
    }

    /// How many pairs of files there are of which one needs the other.
    pub fn count(&self) -> usize {
        self.0.values().map(BTreeMap::len).sum()
    }

    /// Whether `one` needs `other`, directly.
    pub fn holds(&self, one: &str, other: &str) -> bool {
        self.0.get(one).is_some_and(|needed| needed.contains_key(other))
    }

    /// What can be reached from `file`, itself only where it lies on a circle.
    fn reach<'a>(&'a self, file: &'a str) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut open = vec![file];
        while let Some(file) = open.pop() {
            for next in self.0.get(file).into_iter().flat_map(BTreeMap::keys) {
                if reached.insert(next.as_str()) {
                    open.push(next);
                }
            }
        }
        reached
    }

    /// The files that need each other, a text for each group: of each file one line that keeps the circle closed.
    pub fn circles(&self) -> Vec<String> {
        let reach = self.0.keys().map(|file| (file.as_str(), self.reach(file))).collect::<BTreeMap<_, _>>();
        let mut seen = BTreeSet::new();
        let mut circles = Vec::new();
        for (file, reached) in &reach {
            if !reached.contains(file) || seen.contains(file) {
                continue;
            }
            let group = reached.iter().copied().filter(|other| reach[other].contains(file)).collect::<BTreeSet<_>>();
            seen.extend(group.iter().copied());
            let mut text = format!("{} files need each other:", group.len());
            for one in &group {
                let (other, line) = self.0[*one].iter().find(|(other, _)| group.contains(other.as_str())).unwrap();
                text.push_str(&format!("\n    {one}:{line} needs {other}"));
            }
            circles.push(text);
        }
        circles
    }
}
