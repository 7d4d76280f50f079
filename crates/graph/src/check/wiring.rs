//! Whether what templates and conditions read can be there when their step runs.

use std::collections::HashSet;

use serde_json::Value;

use super::{Report, Severity};
use crate::codes;
use crate::condition::Condition;
use crate::error::clip;
use crate::model::{Graph, Step};
use crate::plan::{Ancestry, Links};
use crate::scope::Scope;
use crate::template::{self, Expression, Reference, Root};

pub(super) struct Wiring<'a> {
    ids: HashSet<&'a str>,
    /// None when the steps go in a circle: nothing can be said of who comes before whom.
    order: Option<(&'a Links, Ancestry)>,
    /// The input a start would give, when params were given.
    input: Option<&'a Value>,
}

impl<'a> Wiring<'a> {
    pub(super) fn new(graph: &'a Graph, links: Option<&'a Links>, input: Option<&'a Value>) -> Self {
        let ids = graph.steps.iter().map(|step| step.id.as_str()).collect();
        Self { ids, order: links.map(|links| (links, links.ancestry())), input }
    }

    pub(super) fn check(&self, step: &Step, report: &mut Report) {
        if let Some((field, value)) = step.templated() {
            template::scan(value, &mut |path, template| {
                let dot = if path.is_empty() { "" } else { "." };
                let place = clip(&format!("{field}{dot}{path}"), 120);
                match template {
                    Err(error) => {
                        report.add_issue(Severity::Error, Some(&step.id), error.code(), format!("{place}: {error}"));
                    }
                    Ok(template) => {
                        template.expressions().for_each(|found| self.expression(step, &place, found, report));
                    }
                }
            });
        }
        let condition = step.condition.as_ref().and_then(|condition| Condition::parse(condition).ok());
        for reference in condition.iter().flat_map(Condition::references) {
            self.reference(step, "condition", reference, report);
        }
    }

    fn expression(&self, step: &Step, place: &str, expression: &Expression, report: &mut Report) {
        for reference in &expression.references {
            self.reference(step, place, reference, report);
        }
        let only_input = expression.references.iter().all(|reference| reference.root == Root::Input);
        if let (Some(input), None, true) = (self.input, &expression.fallback, only_input) {
            let scope = Scope::of_input(input);
            if expression.references.iter().all(|reference| reference.lookup(&scope).is_none()) {
                let written = clip(&expression.to_string(), 120);
                let message =
                    format!("{place}: {written} has no value in the given params; pass it, or give it a default");
                report.add_issue(Severity::Error, Some(&step.id), codes::TEMPLATE_UNRESOLVED, message);
            }
        }
    }

    /// A step that is read must exist and come first, also when something else would be tried after it.
    fn reference(&self, step: &Step, place: &str, reference: &Reference, report: &mut Report) {
        let Root::Step { id, .. } = &reference.root else {
            return;
        };
        let name = clip(id, 80);
        if !self.ids.contains(id.as_str()) {
            let message = format!("{place}: reads step \"{name}\", which the graph does not have");
            report.add_issue(Severity::Error, Some(&step.id), codes::TEMPLATE_UNRESOLVED, message);
        } else if !self.may_come_before(id, &step.id) {
            let message = format!(
                "{place}: reads step \"{name}\", which does not come before this one; add \"{name}\" to depends_on"
            );
            report.add_issue(Severity::Error, Some(&step.id), codes::TEMPLATE_MISSING_DEPENDENCY, message);
        }
    }

    fn may_come_before(&self, earlier: &str, later: &str) -> bool {
        let Some((links, ancestry)) = &self.order else {
            return true;
        };
        match (links.place(later), links.place(earlier)) {
            (Some(later), Some(earlier)) => ancestry.has(later, earlier),
            _ => true,
        }
    }
}
