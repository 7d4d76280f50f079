//! From the states so far to what happens next.

use super::{Fate, Plan, SkipCause, StepState};

/// What to do now. Both lists are in the plan's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Next<'a> {
    /// Steps whose dependencies are settled. Their conditions are still to be judged: a step whose condition does
    /// not hold becomes [`SkipCause::ConditionFalse`], and the plan is asked again.
    pub start: Vec<&'a str>,
    /// Steps that will not run.
    pub skip: Vec<(&'a str, SkipCause)>,
}

/// How a step looks to those that depend on it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// Not settled, or settled in a way that lets nothing after it start.
    Open,
    /// The run came through here.
    Through,
    /// The branch ended here.
    Ended,
    /// Has no part in the run; nobody waits for it.
    Absent,
}

impl Plan {
    /// What happens next, when `state` tells where each step stands. Skips that follow from other skips are all
    /// found in one call. Asking again without a change gives the same answer.
    pub fn next(&self, state: impl Fn(&str) -> StepState) -> Next<'_> {
        let mut next = Next::default();
        let mut seen = vec![Seen::Open; self.fate.len()];
        for &place in self.links.order() {
            let id = self.links.id(place);
            let fate = self.fate.get(place).copied().unwrap_or(Fate::OutOfScope);
            let before = self.before(place, &seen);
            let now = match state(id) {
                StepState::Pending => {
                    let decided = decide(fate, before);
                    match decided {
                        StepState::Running => next.start.push(id),
                        StepState::Skipped(cause) => next.skip.push((id, cause)),
                        _ => {}
                    }
                    decided
                }
                known => known,
            };
            if let Some(slot) = seen.get_mut(place) {
                *slot = look(now, before);
            }
        }
        next
    }

    /// Whether every step is settled.
    pub fn is_finished(&self, state: impl Fn(&str) -> StepState) -> bool {
        self.order().all(|id| !matches!(state(id), StepState::Pending | StepState::Running))
    }

    /// How the dependencies look together: open while one is, else through if one is, else ended if one is.
    fn before(&self, place: usize, seen: &[Seen]) -> Seen {
        let looks = || self.links.dependencies(place).iter().filter_map(|before| seen.get(*before).copied());
        [Seen::Open, Seen::Through, Seen::Ended]
            .into_iter()
            .find(|look| looks().any(|other| other == *look))
            .unwrap_or(Seen::Absent)
    }
}

/// What becomes of a pending step.
fn decide(fate: Fate, before: Seen) -> StepState {
    match (fate, before) {
        (Fate::OutOfScope, _) => StepState::Skipped(SkipCause::OutOfScope),
        (_, Seen::Open) => StepState::Pending,
        (Fate::PassedThrough(cause), _) => StepState::Skipped(cause),
        (Fate::InScope, Seen::Ended) => StepState::Skipped(SkipCause::UpstreamSkipped),
        (Fate::InScope, Seen::Through | Seen::Absent) => StepState::Running,
    }
}

fn look(state: StepState, before: Seen) -> Seen {
    match state {
        StepState::Pending | StepState::Running | StepState::Failed | StepState::Cancelled => Seen::Open,
        StepState::Completed => Seen::Through,
        StepState::Skipped(SkipCause::OutOfScope) => Seen::Absent,
        StepState::Skipped(cause) if cause.passes_through() => match before {
            Seen::Absent => Seen::Through,
            other => other,
        },
        StepState::Skipped(_) => Seen::Ended,
    }
}
