#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};

use super::{Picture, Span, SpanKind, Step, StepState};
use crate::{RunEvent, RunKey};

fn at(second: i64) -> Timestamp {
    "2026-11-25T10:00:00Z".parse::<Timestamp>().unwrap().checked_add(second.seconds()).unwrap()
}

fn log(events: &[(i64, &str, &str, Value)]) -> Vec<RunEvent> {
    let event = |(nth, (second, kind, step, data)): (usize, &(i64, &str, &str, Value))| RunEvent {
        id: nth.to_string(),
        run: RunKey::new("wf", "run"),
        kind: (*kind).to_owned(),
        step_id: (!step.is_empty()).then(|| (*step).to_owned()),
        at: Some(at(*second)),
        data: data.clone(),
    };
    events.iter().enumerate().map(event).collect()
}

fn span(kind: SpanKind, from: i64, to: Option<i64>, attempt: u32) -> Span {
    Span { kind, from: at(from), to: to.map(at), attempt }
}

fn step<'a>(picture: &'a Picture, id: &str) -> &'a Step {
    picture.steps.iter().find(|step| step.id == id).unwrap()
}

#[test]
fn steps_stand_in_the_order_in_which_they_began_and_the_rest_in_that_of_the_graph() {
    let graph = json!({ "steps": [
        { "id": "last", "type": "lua_script", "name": "The last", "depends_on": ["a", "b"] },
        { "id": "other", "name": "" },
        { "id": "a" }, { "id": "b", "name": "B" },
    ] });
    let events = log(&[
        (0, "run_started", "", json!({})),
        (1, "step_started", "b", json!({ "attempt": 1 })),
        (2, "step_started", "a", json!({ "attempt": 1, "name": "From the event", "step_type": "mcp_call" })),
        (3, "step_completed", "b", json!({})),
    ]);
    let picture = Picture::of(&events, Some(&graph), Some(&json!({ "steps": { "b": { "input": 1, "result": [2] } } })));
    assert_eq!(picture.steps.iter().map(|step| step.id.as_str()).collect::<Vec<_>>(), ["b", "a", "last", "other"]);
    let b = step(&picture, "b");
    assert_eq!((b.name.as_str(), b.state), ("B", StepState::Completed));
    assert_eq!((&b.input, &b.result), (&Some(json!(1)), &Some(json!([2]))));
    assert_eq!(b.spans, [span(SpanKind::Work, 1, Some(3), 1)]);
    let a = step(&picture, "a");
    assert_eq!((a.name.as_str(), a.kind.as_deref(), a.state), ("From the event", Some("mcp_call"), StepState::Running));
    assert_eq!(a.spans, [span(SpanKind::Work, 2, None, 1)]);
    assert_eq!(step(&picture, "other").name, "other");
    assert_eq!(step(&picture, "last").depends_on, ["a", "b"]);
}

#[test]
fn a_wait_for_a_person_is_a_bar_of_its_own() {
    let events = log(&[
        (1, "step_started", "ask", json!({})),
        (1, "human_task_created", "ask", json!({ "task_id": "t" })),
        (90, "human_task_completed", "ask", json!({ "task_id": "t", "approved": true })),
        (90, "step_completed", "ask", json!({})),
    ]);
    let waiting = Picture::of(&events[..2], None, None);
    assert_eq!(step(&waiting, "ask").state, StepState::Waiting);
    assert_eq!(step(&waiting, "ask").spans, [span(SpanKind::Wait, 1, None, 1)]);
    let answered = Picture::of(&events, None, None);
    assert_eq!(step(&answered, "ask").spans, [span(SpanKind::Wait, 1, Some(90), 1)]);
}

#[test]
fn tries_and_the_pauses_between_them_are_seen() {
    let events = log(&[
        (0, "step_started", "call", json!({ "attempt": 1 })),
        (5, "state_changed", "call", json!({ "to": "retrying", "attempt": 2, "error": "busy", "delay_ms": 2000 })),
        (9, "step_completed", "call", json!({})),
    ]);
    let picture = Picture::of(&events, None, None);
    let call = step(&picture, "call");
    let bars = [
        span(SpanKind::Work, 0, Some(5), 1),
        span(SpanKind::Retry, 5, Some(7), 1),
        span(SpanKind::Work, 7, Some(9), 2),
    ];
    assert_eq!((call.spans.as_slice(), call.attempts, &call.error), (bars.as_slice(), 2, &None));

    // A platform that announces each try tells of the pause by that.
    let announced = log(&[
        (0, "step_started", "call", json!({ "attempt": 1 })),
        (5, "state_changed", "call", json!({ "to": "retrying", "error": "busy" })),
        (7, "step_started", "call", json!({ "attempt": 2 })),
        (9, "step_failed", "call", json!({ "error": "no such order" })),
    ]);
    let picture = Picture::of(&announced, None, None);
    let call = step(&picture, "call");
    assert_eq!((call.spans.as_slice(), call.attempts), (bars.as_slice(), 2));
    assert_eq!((call.state, call.error.as_deref()), (StepState::Failed, Some("no such order")));
    assert_eq!(picture.failed_step.as_deref(), Some("call"));
}

#[test]
fn what_is_under_way_ends_with_the_run() {
    let events = log(&[
        (0, "step_started", "a", json!({})),
        (0, "step_started", "b", json!({})),
        (2, "step_failed", "a", json!({ "error": "x" })),
        (2, "step_completed", "c", json!({ "skipped": true, "reason": "blocked" })),
        (3, "run_failed", "", json!({})),
    ]);
    let picture = Picture::of(&events, None, None);
    assert_eq!(step(&picture, "b").state, StepState::Cancelled);
    assert_eq!(step(&picture, "b").spans, [span(SpanKind::Work, 0, Some(3), 1)]);
    let skipped = step(&picture, "c");
    assert_eq!(
        (skipped.state, skipped.skip_reason.as_deref(), skipped.spans.len()),
        (StepState::Skipped, Some("blocked"), 0)
    );
}

#[test]
fn an_event_without_a_time_moves_no_bar() {
    let mut events = log(&[(0, "step_started", "a", json!({})), (1, "step_completed", "a", json!({}))]);
    events[0].at = None;
    let picture = Picture::of(&events, None, None);
    assert_eq!((step(&picture, "a").state, step(&picture, "a").spans.len()), (StepState::Completed, 0));
}
