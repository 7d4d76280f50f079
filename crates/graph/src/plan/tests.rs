#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Next, Plan, SkipCause, SkipReason, StartScope, StepState, start_input};
use crate::error::GraphError;
use crate::model::Graph;

/// A graph of `id: dependencies`, with `!` for a disabled step and `?` for one with `no_auto_start`.
fn graph(steps: &[&str]) -> Graph {
    let steps: Vec<Value> = steps
        .iter()
        .map(|line| {
            let (id, before) = line.split_once(':').unwrap_or((line, ""));
            json!({
                "id": id.trim_end_matches(['!', '?']), "type": "lua_script", "script": "return {}",
                "depends_on": before.split_whitespace().collect::<Vec<_>>(),
                "enabled": !id.ends_with('!'), "no_auto_start": id.ends_with('?'),
            })
        })
        .collect();
    Graph::parse(&json!({ "steps": steps })).unwrap()
}

fn scope(trigger: &[&str], excluded: &[&str]) -> StartScope {
    let owned = |ids: &[&str]| ids.iter().map(ToString::to_string).collect();
    StartScope { trigger_steps: owned(trigger), excluded_step_ids: owned(excluded) }
}

/// Plays a run to its end: every step that starts completes, but for those whose condition is said not to hold.
/// Gives the waves of steps that started together, and the skips.
fn play(plan: &Plan, refused: &[&str]) -> (Vec<Vec<String>>, HashMap<String, SkipCause>) {
    let (mut states, mut waves, mut skips) = (HashMap::new(), Vec::new(), HashMap::new());
    loop {
        let Next { start, skip } = plan.next(|id| states.get(id).copied().unwrap_or(StepState::Pending));
        if start.is_empty() && skip.is_empty() {
            assert!(plan.is_finished(|id| states.get(id).copied().unwrap_or(StepState::Pending)));
            return (waves, skips);
        }
        for (id, cause) in skip {
            assert!(states.insert(id.to_owned(), StepState::Skipped(cause)).is_none());
            skips.insert(id.to_owned(), cause);
        }
        let mut wave = Vec::new();
        for id in start {
            let refused = refused.contains(&id);
            let state = if refused { StepState::Skipped(SkipCause::ConditionFalse) } else { StepState::Completed };
            assert!(states.insert(id.to_owned(), state).is_none());
            if refused {
                skips.insert(id.to_owned(), SkipCause::ConditionFalse);
            } else {
                wave.push(id.to_owned());
            }
        }
        if !wave.is_empty() {
            waves.push(wave);
        }
    }
}

fn ran(plan: &Plan, refused: &[&str]) -> String {
    play(plan, refused).0.iter().map(|wave| wave.join(" ")).collect::<Vec<_>>().join(", ")
}

fn plan(steps: &[&str], start: &StartScope) -> Plan {
    Plan::new(&graph(steps), start).unwrap()
}

#[test]
fn independent_steps_start_together() {
    let plan = plan(&["d:b c", "a", "b:a", "c:a", "e"], &StartScope::default());
    assert_eq!(plan.order().collect::<Vec<_>>(), ["a", "b", "c", "d", "e"]);
    assert_eq!(ran(&plan, &[]), "a e, b c, d");
    assert_eq!(plan.dependants("a").collect::<Vec<_>>(), ["b", "c"]);
    assert_eq!(plan.ancestors("d"), ["a", "b", "c"]);
    assert!(plan.ancestors("nobody").is_empty() && plan.dependants("nobody").next().is_none());
}

#[test]
fn a_step_waits_for_all_that_come_before_it() {
    let plan = plan(&["a", "b", "c:a b"], &StartScope::default());
    let state = |id: &str| {
        if id == "a" { StepState::Completed } else { StepState::Running }
    };
    assert_eq!(plan.next(|id| if id == "c" { StepState::Pending } else { state(id) }), Next::default());
    let all = plan.next(|id| if id == "c" { StepState::Pending } else { StepState::Completed });
    assert_eq!(all.start, ["c"]);
}

#[test]
fn after_a_failure_nothing_that_depends_on_it_starts() {
    let plan = plan(&["a", "b:a", "c:b"], &StartScope::default());
    for state in [StepState::Failed, StepState::Cancelled] {
        assert_eq!(plan.next(|id| if id == "a" { state } else { StepState::Pending }), Next::default());
    }
}

#[test]
fn disabled_and_excluded_steps_are_passed_through_in_their_turn() {
    let disabled = plan(&["a", "b!:a", "c:b"], &StartScope::default());
    assert_eq!(ran(&disabled, &[]), "a, c");
    assert_eq!(play(&disabled, &[]).1["b"], SkipCause::Disabled);
    let first = disabled.next(|_| StepState::Pending);
    assert_eq!((first.start, first.skip.len()), (vec!["a"], 0), "c must not overtake a");
    assert_eq!(ran(&plan(&["a!", "b:a"], &StartScope::default()), &[]), "b");
    let excluded = plan(&["a", "b:a", "c:b"], &scope(&[], &["b"]));
    assert_eq!(ran(&excluded, &[]), "a, c");
    assert_eq!(play(&excluded, &[]).1["b"].reason(), SkipReason::OutOfScope);
}

#[test]
fn a_condition_that_does_not_hold_ends_its_branch_but_not_a_join() {
    let plan = plan(&["ask", "yes:ask", "thank:yes", "no:ask", "end:thank no"], &StartScope::default());
    let (waves, skips) = play(&plan, &["yes"]);
    assert_eq!(waves, [vec!["ask"], vec!["no"], vec!["end"]]);
    assert_eq!(skips["thank"], SkipCause::UpstreamSkipped);
    assert_eq!(skips["thank"].reason().as_str(), "blocked");
    assert_eq!(play(&plan, &["yes", "no"]).1["end"], SkipCause::UpstreamSkipped);
}

#[test]
fn a_disabled_step_does_not_revive_an_ended_branch() {
    let plan = plan(&["a", "b!:a", "c:b"], &StartScope::default());
    let (waves, skips) = play(&plan, &["a"]);
    assert!(waves.is_empty());
    assert_eq!((skips["b"], skips["c"]), (SkipCause::Disabled, SkipCause::UpstreamSkipped));
}

#[test]
fn trigger_steps_start_and_what_follows() {
    let steps = ["a", "b:a", "c:b", "x", "d:c x"];
    let only = plan(&steps, &scope(&["b"], &[]));
    assert_eq!(ran(&only, &[]), "b, c, d");
    assert_eq!(play(&only, &[]).1["a"], SkipCause::OutOfScope);
    assert_eq!(play(&only, &[]).1["x"].reason(), SkipReason::OutOfScope);
    let both = plan(&steps, &scope(&["c", "x", "b"], &[]));
    assert_eq!(ran(&both, &[]), "b x, c, d", "a named step still waits for another");
    assert_eq!(ran(&plan(&steps, &scope(&["b"], &["c"])), &[]), "b, d");
}

#[test]
fn a_step_without_auto_start_waits_to_be_named() {
    let steps = ["a", "manual?", "after:manual", "join:a manual", "tail?:a"];
    let auto = plan(&steps, &StartScope::default());
    assert_eq!(ran(&auto, &[]), "a, join");
    let (_, skips) = play(&auto, &[]);
    for id in ["manual", "after", "tail"] {
        assert_eq!(skips[id], SkipCause::OutOfScope, "{id}");
    }
    assert_eq!(ran(&plan(&steps, &scope(&["manual"], &[])), &[]), "manual, after join");
    assert_eq!(ran(&plan(&steps, &scope(&["a", "tail"], &[])), &[]), "a, join tail");
}

#[test]
fn circles_are_named() {
    let cycle = |steps: &[&str]| match Plan::new(&graph(steps), &StartScope::default()) {
        Err(GraphError::Cycle { path }) => path.join(" "),
        other => panic!("{other:?}"),
    };
    assert_eq!(cycle(&["a:a"]), "a a");
    assert_eq!(cycle(&["a:c", "b:a", "c:b"]), "a c b a");
    assert_eq!(cycle(&["tail:a", "a:b", "b:a", "start"]), "a b a");
}

#[test]
fn a_start_may_name_known_steps_only() {
    let unknown = Plan::new(&graph(&["a"]), &scope(&["z"], &[])).unwrap_err();
    assert_eq!(unknown.to_string(), "trigger_steps: the graph has no step \"z\"");
    assert_eq!(Plan::new(&graph(&["a"]), &scope(&[], &["z"])).unwrap_err().code(), "unknown_step");
}

#[test]
fn params_become_the_input() {
    let input = |params: Value| start_input(params.as_object().unwrap());
    assert_eq!(input(json!({})), json!({}));
    assert_eq!(
        input(json!({"env": "x", "trigger_type": "manual", "run_id": "r", "trigger_payload": null})),
        json!({"env": "x"})
    );
    assert_eq!(input(json!({"trigger_payload": {"a": 1}, "a": 2, "b": 3})), json!({"a": 1, "b": 3}));
    assert_eq!(input(json!({"trigger_payload": [1]})), json!([1]));
    assert_eq!(input(json!({"trigger_payload": [1], "b": 3})), json!({"b": 3, "trigger_payload": [1]}));
}

#[test]
fn causes_survive_being_stored() {
    for cause in [
        SkipCause::Disabled,
        SkipCause::ConditionFalse,
        SkipCause::OutOfScope,
        SkipCause::Excluded,
        SkipCause::UpstreamSkipped,
        SkipCause::RunEnded,
    ] {
        let stored = serde_json::to_string(&cause).unwrap();
        assert_eq!(serde_json::from_str::<SkipCause>(&stored).unwrap(), cause);
        assert_eq!(json!(cause.reason()), cause.reason().as_str());
    }
}

proptest! {
    /// Whatever the graph and the start: every step runs or is skipped exactly once, and none before its dependencies.
    #[test]
    fn every_run_comes_to_an_end(
        steps in prop::collection::vec((any::<u16>(), 0_u8..8, any::<bool>()), 1..12),
        trigger in prop::collection::vec(0_usize..12, 0..3),
        excluded in prop::collection::vec(0_usize..12, 0..3),
    ) {
        let lines: Vec<String> = steps.iter().enumerate().map(|(place, (before, mark, _))| {
            let before: Vec<String> = (0..place).filter(|bit| before >> bit & 1 == 1).map(|bit| format!("s{bit}")).collect();
            let mark = match mark { 0 => "!", 1 => "?", _ => "" };
            format!("s{place}{mark}:{}", before.join(" "))
        }).collect();
        let graph = graph(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        let named = |ids: Vec<usize>| ids.into_iter().filter(|id| *id < steps.len()).map(|id| format!("s{id}")).collect();
        let start = StartScope { trigger_steps: named(trigger), excluded_step_ids: named(excluded) };
        let plan = Plan::new(&graph, &start).unwrap();
        let refused: Vec<String> = steps.iter().enumerate().filter(|(_, step)| step.2).map(|(place, _)| format!("s{place}")).collect();
        let (waves, skips) = play(&plan, &refused.iter().map(String::as_str).collect::<Vec<_>>());
        let ran: Vec<&String> = waves.iter().flatten().collect();
        for (place, id) in ran.iter().enumerate() {
            for before in &graph.step(id).unwrap().depends_on {
                prop_assert!(skips.contains_key(before) || ran[..place].contains(&before));
            }
        }
        prop_assert_eq!(ran.len() + skips.len(), steps.len());
    }
}
