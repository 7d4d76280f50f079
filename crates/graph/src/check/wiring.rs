//! Whether what templates and conditions read can be there when their step runs.

use std::collections::HashSet;

use serde_json::Value;

use super::{Report, Severity, codes};
use crate::condition::Condition;
use crate::error::clip;
use crate::model::{Graph, Step};
use crate::plan::Links;
use crate::scope::Scope;
use crate::template::{self, Expression, Reference, Root};

pub(super) struct Wiring<'a> {
    pub(super) graph: &'a Graph,
    /// None when the steps go in a circle: nothing can be said of who comes before whom.
    pub(super) links: Option<&'a Links>,
    /// The input a start would give, when params were given.
    pub(super) input: Option<&'a Value>,
}

impl Wiring<'_> {
    pub(super) fn check(&self, step: &Step, report: &mut Report) {
        let before = self.before(step);
        if let Some((field, value)) = step.templated() {
            template::scan(value, &mut |path, template| {
                let place = if path.is_empty() {
                    field.to_owned()
                } else {
                    format!("{field}.{path}")
                };
                match template {
                    Err(error) => {
                        let message = format!("{}: {error}", clip(&place, 120));
                        report.issue(Severity::Error, Some(&step.id), error.code(), message);
                    }
                    Ok(template) => template.expressions().for_each(|expression| {
                        self.expression(step, &place, expression, before.as_ref(), report);
                    }),
                }
            });
        }
        let condition = step
            .condition
            .as_ref()
            .and_then(|condition| Condition::parse(condition).ok());
        for reference in condition.iter().flat_map(Condition::references) {
            self.reference(step, "condition", reference, before.as_ref(), report);
        }
    }

    /// The steps before this one.
    fn before(&self, step: &Step) -> Option<HashSet<&str>> {
        let links = self.links?;
        let place = links.place(&step.id)?;
        Some(
            links
                .ancestors(place)
                .into_iter()
                .map(|place| links.id(place))
                .collect(),
        )
    }

    fn expression(
        &self,
        step: &Step,
        place: &str,
        expression: &Expression,
        before: Option<&HashSet<&str>>,
        report: &mut Report,
    ) {
        for reference in &expression.references {
            self.reference(step, place, reference, before, report);
        }
        let only_input = expression
            .references
            .iter()
            .all(|reference| reference.root == Root::Input);
        if let (Some(input), None, true) = (self.input, &expression.fallback, only_input) {
            let scope = Scope::of_input(input);
            if expression
                .references
                .iter()
                .all(|reference| reference.lookup(&scope).is_none())
            {
                let message = format!(
                    "{}: {} has no value in the given params; pass it, or give it a default",
                    clip(place, 120),
                    clip(&expression.to_string(), 120)
                );
                report.issue(
                    Severity::Error,
                    Some(&step.id),
                    codes::TEMPLATE_UNRESOLVED,
                    message,
                );
            }
        }
    }

    /// A step that is read must exist and come first, also when something else would be tried after it.
    fn reference(
        &self,
        step: &Step,
        place: &str,
        reference: &Reference,
        before: Option<&HashSet<&str>>,
        report: &mut Report,
    ) {
        let Root::Step { id, .. } = &reference.root else {
            return;
        };
        let (place, name) = (clip(place, 120), clip(id, 80));
        if self.graph.step(id).is_none() {
            let message = format!(
                "{place}: {} reads step \"{name}\", which the graph does not have",
                clip(&reference.to_string(), 120)
            );
            report.issue(
                Severity::Error,
                Some(&step.id),
                codes::TEMPLATE_UNRESOLVED,
                message,
            );
        } else if before.is_some_and(|before| !before.contains(id.as_str())) {
            let message = format!(
                "{place}: reads step \"{name}\", which does not come before this one; add \"{name}\" to depends_on"
            );
            report.issue(
                Severity::Error,
                Some(&step.id),
                codes::TEMPLATE_MISSING_DEPENDENCY,
                message,
            );
        }
    }
}
