//! The suite's tools, each one value in a table: content that is only shown, work that takes a while, schemas, questions.

mod content;
mod fixture;
mod schemas;
mod work;

use crate::interactive;
pub use fixture::{Call, Fixture, Run, no_arguments};

/// Every fixture.
pub fn all() -> impl Iterator<Item = &'static Fixture> {
    [content::TOOLS, work::TOOLS, schemas::TOOLS, interactive::DIRECT, interactive::ROUNDS].into_iter().flatten()
}

/// The fixture of that name.
pub fn find(name: &str) -> Option<&'static Fixture> {
    all().find(|fixture| fixture.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::all;

    #[test]
    fn names_are_once_and_schemas_are_objects() {
        let names: HashSet<_> = all().map(|fixture| fixture.name).collect();
        assert_eq!(names.len(), all().count());
        for fixture in all() {
            assert_eq!((fixture.schema)()["type"], "object", "{}", fixture.name);
        }
    }
}
