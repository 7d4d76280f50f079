#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod order;

use std::time::Duration;

use agentruntime_bff::{runs, tasks};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Book, LogPiece};
use crate::{Change, Gone, RunEvent, RunKey, RunStatus, Timeliness};

fn row(id: &str, status: &str) -> runs::Run {
    serde_json::from_value(json!({
        "run_id": id, "workflow_id": "wf", "status": status, "step_count": 3, "started_at": "2026-11-25T10:00:00Z"
    }))
    .unwrap()
}

fn task(id: &str, run: &str) -> tasks::Task {
    serde_json::from_value(json!({ "id": id, "run_id": run, "workflow_id": "wf", "task_payload": { "title": id } }))
        .unwrap()
}

fn event(id: u32, run: &str, kind: &str, step: Option<&str>, data: Value) -> Value {
    json!({ "id": format!("evt_{id}"), "run_id": run, "event_type": kind, "step_id": step, "data": data })
}

fn frame(event: &Value) -> RunEvent {
    RunEvent::of_frame("wf", &event.to_string()).unwrap()
}

fn events(log: &[Value]) -> Vec<runs::Event> {
    log.iter().map(|event| serde_json::from_value(event.clone()).unwrap()).collect()
}

fn key(run: &str) -> RunKey {
    RunKey::new("wf", run)
}

/// Reads a log to its end, from its event `offset` on, after the run's end.
fn read(book: &mut Book, run: &RunKey, offset: u32, events: Vec<runs::Event>) {
    book.take_log(run, LogPiece { offset, events, is_full: false, asked_after_end: true });
}

/// The runs that have ended and are still to be read.
fn ending(book: &Book) -> Vec<RunKey> {
    book.runs().filter(|run| run.is_over()).map(|run| run.key().clone()).collect()
}

/// A book that has been begun with these rows.
fn begun(rows: &[runs::Run]) -> Book {
    let mut book = Book::default();
    book.gather(None);
    book.take_rows(rows, Timeliness::Late);
    book.begin(None);
    book.sum_up();
    book.take_name("wf", None);
    book.take_changes();
    book
}

/// What has changed, in short.
fn changes(book: &mut Book) -> Vec<String> {
    let short = |change: Change| match change {
        Change::Began => "began".to_owned(),
        Change::Started(run, timeliness) => format!("started {} {timeliness:?}", run.key.run_id),
        Change::Moved(run) => format!("moved {} {:?} {:?}", run.key.run_id, run.status, run.steps_done),
        Change::Ended(run, timeliness) => format!("ended {} {:?} {timeliness:?}", run.key.run_id, run.status),
        Change::Event(event, timeliness) => format!("{} {timeliness:?}", event.id),
        Change::Waiting(task, timeliness) => format!("waiting {} {timeliness:?}", task.id),
        Change::Gone(task, how) => format!("gone {} {how:?}", task.id),
        Change::CaughtUp(missed) => {
            format!(
                "caught up: {} ended, {} failed, {} waiting",
                missed.ended.len(),
                missed.failed.len(),
                missed.waiting.len()
            )
        }
    };
    book.take_changes().into_iter().map(short).collect()
}

#[test]
fn what_was_there_before_is_not_told_as_news() {
    let mut book = Book::default();
    book.gather(None);
    book.take_rows(&[row("r2", "running"), row("r1", "failed")], Timeliness::Late);
    book.begin(None);
    book.take_inbox(&[task("t", "r2")], Timeliness::Late);
    assert!(book.is_gathered());
    book.sum_up();
    assert_eq!(
        changes(&mut book),
        ["started r2 Late", "waiting t Late", "moved r2 Running None", "caught up: 0 ended, 0 failed, 1 waiting"]
    );
    // The run that had failed before is never told.
    book.take_rows(&[row("r2", "running"), row("r1", "failed")], Timeliness::OnTime);
    assert_eq!(changes(&mut book), Vec::<String>::new());
}

#[test]
fn a_run_that_began_and_ended_between_two_looks_is_told_whole() {
    let mut book = begun(&[]);
    assert!(book.take_rows(&[row("r1", "completed")], Timeliness::OnTime), "what lies behind it may be new too");
    assert_eq!(ending(&book), [key("r1")]);
    let log = [event(1, "r1", "run_started", None, json!({})), event(2, "r1", "run_completed", None, json!({}))];
    read(&mut book, &key("r1"), 0, events(&log));
    assert_eq!(changes(&mut book), ["started r1 OnTime", "evt_1 OnTime", "evt_2 OnTime", "ended r1 Completed OnTime"]);
    assert_eq!(book.runs().count(), 0);
    // An older reading does not bring it back, nor does a frame that comes twice.
    book.take_rows(&[row("r1", "running")], Timeliness::OnTime);
    book.take_frame(frame(&log[1]));
    assert_eq!(changes(&mut book), Vec::<String>::new());
}

#[test]
fn a_frame_is_told_once_and_what_the_stream_lost_comes_from_the_log() {
    let mut book = begun(&[]);
    let log = [
        event(1, "r1", "run_started", None, json!({})),
        event(2, "r1", "step_started", Some("a"), json!({})),
        event(3, "r1", "step_failed", Some("a"), json!({ "error": "x" })),
        event(4, "r1", "run_failed", None, json!({ "failure_code": "MCP_TOOL_FAILED", "error": "x" })),
    ];
    for nth in [0, 0, 3, 1] {
        book.take_frame(frame(&log[nth]));
    }
    assert_eq!(changes(&mut book), ["started r1 OnTime", "evt_1 OnTime", "evt_4 OnTime", "evt_2 OnTime"]);
    read(&mut book, &key("r1"), 0, events(&log));
    let changes = book.take_changes();
    let Change::Ended(run, Timeliness::OnTime) = changes.last().unwrap() else { panic!("{changes:?}") };
    assert_eq!((run.status, run.failed_step.as_deref()), (RunStatus::Failed, Some("a")));
    assert_eq!(run.failure_code.as_deref(), Some("MCP_TOOL_FAILED"));
    assert_eq!(changes.len(), 2, "the lost event, and the end: {changes:?}");
}

#[test]
fn an_end_whose_log_cannot_be_read_is_told_all_the_same_and_once() {
    let mut book = begun(&[row("r1", "running")]);
    book.take_rows(&[row("r1", "failed")], Timeliness::OnTime);
    let (now, patience) = (Instant::now(), Duration::from_secs(1));
    assert_eq!(book.begin_waits(now), [key("r1")], "its log is to be read");
    assert_eq!(book.end_waits(now, patience), []);
    assert_eq!(changes(&mut book), Vec::<String>::new());
    assert_eq!(book.end_waits(now + patience, patience), [key("r1")], "its log is still to be read");
    assert_eq!(book.begin_waits(now + patience), []);
    assert_eq!(book.end_waits(now + 2 * patience, patience), []);
    assert_eq!((changes(&mut book), book.waits_since()), (vec!["ended r1 Failed OnTime".to_owned()], None));
    read(&mut book, &key("r1"), 0, events(&[event(1, "r1", "run_failed", None, json!({}))]));
    // The run was there before anybody watched: what its log holds is old.
    assert_eq!(changes(&mut book), ["evt_1 Late"]);
}

#[test]
fn the_end_of_a_run_waits_for_its_workflow_s_name_but_not_for_ever() {
    let mut book = begun(&[]);
    book.ask_names_again();
    assert_eq!(book.nameless(), None);
    let log =
        events(&[event(1, "r1", "run_started", None, json!({})), event(2, "r1", "run_completed", None, json!({}))]);
    for (run, name) in [("r1", Some("Publish")), ("r2", None)] {
        book.take_rows(&[row(run, "completed")], Timeliness::OnTime);
        if name.is_some() {
            assert_eq!(book.nameless(), Some("wf"));
            book.expect_name("wf");
        }
        read(&mut book, &key(run), 0, log.clone());
        let ended = |changes: Vec<Change>| {
            changes.into_iter().find_map(|change| match change {
                Change::Ended(run, _) => Some(run.workflow_name.clone()),
                _ => None,
            })
        };
        if name.is_some() {
            assert_eq!(ended(book.take_changes()), None);
            book.take_name("wf", name.map(str::to_owned));
        }
        assert_eq!(ended(book.take_changes()), Some(Some("Publish".to_owned())));
        assert_eq!(ending(&book).len(), 0);
    }
    book.take_name("wf", None);
    book.ask_names_again();
    book.take_rows(&[row("r3", "failed")], Timeliness::OnTime);
    book.expect_name("wf");
    read(&mut book, &key("r3"), 0, Vec::new());
    book.tell_end(&key("r3"));
    assert!(changes(&mut book).contains(&"ended r3 Failed OnTime".to_owned()));
}

#[test]
fn an_answered_task_says_who_answered_and_does_not_come_back() {
    let mut book = begun(&[row("r1", "running"), row("r2", "running"), row("r3", "running")]);
    book.take_inbox(&[task("a", "r1"), task("b", "r2"), task("c", "r3")], Timeliness::OnTime);
    changes(&mut book);
    book.expect_answer("a", true);
    let answered = |id: u32, run: &str, task: &str, approved: bool| {
        frame(&event(id, run, "human_task_completed", Some("s"), json!({ "task_id": task, "approved": approved })))
    };
    book.take_frame(answered(1, "r1", "a", true));
    book.settle_answer("a", true);
    book.take_frame(answered(2, "r2", "b", false));
    // A list that was made before the answers.
    book.take_inbox(&[task("a", "r1"), task("b", "r2"), task("c", "r3")], Timeliness::OnTime);
    book.take_rows(&[row("r3", "stopped")], Timeliness::OnTime);
    book.take_inbox(&[], Timeliness::OnTime);
    let gone = book.take_changes().into_iter().filter_map(|change| match change {
        Change::Gone(task, how) => Some((task.id.clone(), how)),
        _ => None,
    });
    let expected = [
        ("a", Gone::Here { approved: true }),
        ("b", Gone::Elsewhere { approved: Some(false) }),
        ("c", Gone::Withdrawn),
    ];
    assert_eq!(gone.collect::<Vec<_>>(), expected.map(|(id, how)| (id.to_owned(), how)));
    assert_eq!(book.waiting_count(), 0);
}

#[test]
fn a_task_that_vanished_is_explained_by_its_run_s_log() {
    let mut book = begun(&[row("r1", "running"), row("r2", "running")]);
    book.take_inbox(&[task("a", "r1"), task("b", "r2"), task("c", "stranger")], Timeliness::OnTime);
    changes(&mut book);
    book.take_inbox(&[], Timeliness::OnTime);
    assert_eq!(
        changes(&mut book),
        ["moved r1 Running None", "moved r2 Running None", "gone c Elsewhere { approved: None }"]
    );
    let now = Instant::now();
    assert_eq!(book.begin_waits(now), [key("r1"), key("r2")]);
    assert_eq!((book.begin_waits(now), book.waits_since()), (Vec::new(), Some(now)), "each begins to wait once");
    let answered = event(1, "r1", "human_task_completed", Some("s"), json!({ "task_id": "a", "approved": true }));
    read(&mut book, &key("r1"), 0, events(&[answered]));
    let patience = Duration::from_secs(1);
    assert_eq!(book.end_waits(now + patience / 2, patience), []);
    assert_eq!(book.waits_since(), Some(now), "the other still waits");
    assert_eq!(book.end_waits(now + patience, patience), []);
    assert_eq!(book.waits_since(), None);
    let gone = changes(&mut book).into_iter().filter(|change| change.starts_with("gone")).collect::<Vec<_>>();
    assert_eq!(gone, ["gone a Elsewhere { approved: Some(true) }", "gone b Elsewhere { approved: None }"]);
}

#[test]
fn an_answer_that_was_refused_leaves_the_task_where_it_is() {
    let mut book = begun(&[row("r1", "running")]);
    book.take_inbox(&[task("a", "r1")], Timeliness::OnTime);
    book.expect_answer("a", true);
    book.settle_answer("a", false);
    assert_eq!(book.waiting_count(), 1);
}

#[test]
fn what_was_missed_is_summed_up_when_its_logs_are_read() {
    let mut book = begun(&[row("r1", "running"), row("r2", "running"), row("r3", "running")]);
    book.gather(Some("2026-11-25T10:00:00Z".parse().unwrap()));
    book.take_rows(&[row("r3", "failed"), row("r2", "completed"), row("r1", "running")], Timeliness::Late);
    book.take_inbox(&[task("t", "r1"), task("u", "r1")], Timeliness::Late);
    book.take_inbox(&[task("t", "r1")], Timeliness::Late);
    assert!(!book.is_gathered());
    read(&mut book, &key("r2"), 0, Vec::new());
    for _ in 0..super::logs::PATIENCE {
        read(&mut book, &key("r2"), 0, Vec::new());
        read(&mut book, &key("r3"), 0, Vec::new());
    }
    assert!(book.is_gathered());
    book.sum_up();
    assert_eq!(changes(&mut book).last().unwrap(), "caught up: 1 ended, 1 failed, 1 waiting");
}

#[test]
fn steps_are_counted_once_their_events_are_known_from_the_first() {
    let mut book = begun(&[row("r1", "running")]);
    let log = [
        event(1, "r1", "run_started", None, json!({})),
        event(2, "r1", "step_completed", Some("a"), json!({})),
        event(3, "r1", "step_completed", Some("b"), json!({ "skipped": true })),
    ];
    book.take_frame(frame(&log[2]));
    assert_eq!(book.active_runs()[0].steps_done, None);
    read(&mut book, &key("r1"), 0, events(&log));
    assert_eq!(book.active_runs()[0].steps_done, Some(2));
    assert_eq!(book.active_runs()[0].steps, Some(3));
}
