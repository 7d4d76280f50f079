//! The order of a run: what is in scope, what starts next, what is skipped and why.
//!
//! The contract names `trigger_steps`, `excluded_step_ids`, `no_auto_start` and the skip reasons; how they work
//! together is **assumed**, chosen for what an author would expect:
//! - **Scope.** With `trigger_steps`, those steps and everything that follows from them; without, every step without
//!   dependencies and everything that follows. A `no_auto_start` step is entered only when `trigger_steps` names it.
//!   The rest is skipped as `out_of_scope` at once, and nobody waits for it.
//! - **Taken out.** A step with `enabled: false` or in `excluded_step_ids` is passed through: it is skipped when its
//!   turn comes, and what depends on it goes on as if it had been removed from the chain.
//! - **Not taken.** A step whose condition does not hold ends its branch: what depends *only* on it is skipped as
//!   `blocked`, while a step where several branches join runs if at least one of them got there.
//! - **Fail-fast** is the caller's: after a failure [`Plan::next`] starts nothing that depends on the failed step,
//!   and the caller marks the rest [`SkipCause::RunEnded`].

mod ancestry;
mod links;
mod next;
mod start;
mod state;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use crate::error::{GraphError, Result};
use crate::model::Graph;

pub(crate) use ancestry::Ancestry;
pub(crate) use links::Links;
pub use next::Next;
pub use start::{START_KEYS, start_input};
pub use state::{SkipCause, SkipReason, StepState};

/// What a start asks for beyond its input.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StartScope {
    /// Run only these and what follows from them; empty for the whole graph.
    pub trigger_steps: Vec<String>,
    /// Pass through these.
    pub excluded_step_ids: Vec<String>,
}

/// The order of one run. Rebuilding it from the same graph and start gives the same plan.
#[derive(Debug, Clone)]
pub struct Plan {
    links: Links,
    fate: Vec<Fate>,
}

/// What is known of a step before the run begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// May run.
    InScope,
    /// Is passed through when its turn comes.
    PassedThrough(SkipCause),
    /// Has no part in the run.
    OutOfScope,
}

impl Plan {
    /// Plans a run of a graph that [`Graph::parse`] has read.
    ///
    /// # Errors
    /// [`GraphError::Cycle`], or [`GraphError::UnknownStep`] when the start names a step the graph does not have.
    pub fn new(graph: &Graph, start: &StartScope) -> Result<Self> {
        let links = Links::new(&graph.steps)?;
        let places = |field: &'static str, ids: &[String]| {
            let place = |id: &String| links.place(id).ok_or_else(|| GraphError::UnknownStep { field, id: id.clone() });
            ids.iter().map(place).collect::<Result<HashSet<usize>>>()
        };
        let named: HashSet<usize> = places("trigger_steps", &start.trigger_steps)?;
        let excluded: HashSet<usize> = places("excluded_step_ids", &start.excluded_step_ids)?;
        let mut reached = vec![false; graph.steps.len()];
        for &place in links.order() {
            let follows = links.dependencies(place).iter().any(|&before| reached.get(before) == Some(&true));
            let entry = named.is_empty() && links.dependencies(place).is_empty();
            let waits = graph.steps.get(place).is_some_and(|step| step.no_auto_start);
            if let Some(slot) = reached.get_mut(place) {
                *slot = named.contains(&place) || ((follows || entry) && !waits);
            }
        }
        let fate = graph.steps.iter().zip(reached).enumerate().map(|(place, (step, reached))| {
            if !reached {
                Fate::OutOfScope
            } else if excluded.contains(&place) {
                Fate::PassedThrough(SkipCause::Excluded)
            } else if !step.enabled {
                Fate::PassedThrough(SkipCause::Disabled)
            } else {
                Fate::InScope
            }
        });
        let fate = fate.collect();
        Ok(Self { links, fate })
    }

    /// Every step, dependencies before dependants, otherwise as written.
    pub fn order(&self) -> impl Iterator<Item = &str> {
        self.links.order().iter().map(|&place| self.links.id(place))
    }

    /// The steps that depend on `id` directly, as written. Empty for an unknown id.
    pub fn dependants(&self, id: &str) -> impl Iterator<Item = &str> {
        let places = self.links.place(id).map_or(&[][..], |place| self.links.dependants(place));
        places.iter().map(|&place| self.links.id(place))
    }

    /// Every step that comes before `id`, directly or not. Empty for an unknown id.
    pub fn ancestors(&self, id: &str) -> Vec<&str> {
        let before = self.links.place(id).map(|place| self.links.ancestors(place)).unwrap_or_default();
        before.into_iter().map(|place| self.links.id(place)).collect()
    }
}
