//! Whatever comes in whatever order.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::json;

use super::{begun, event, events, frame, key, read, row};
use crate::{Change, RunStatus, Timeliness, book::Entry};

/// What may reach the book of one run, in any order and number: frames, readings of the log, rows.
#[derive(Debug, Clone)]
enum Reading {
    Frame(usize),
    Log,
    Row(usize),
}

fn readings() -> impl Strategy<Value = Vec<Reading>> {
    let reading = prop_oneof![
        4 => (0..8_usize).prop_map(Reading::Frame),
        1 => Just(Reading::Log),
        1 => (0..8_usize).prop_map(Reading::Row),
    ];
    prop::collection::vec(reading, 0..40)
}

proptest! {
    #[test]
    fn whatever_comes_in_whatever_order_each_event_is_told_once_and_none_is_lost(readings in readings()) {
        let log = [
            event(1, "r", "run_started", None, json!({})),
            event(2, "r", "step_started", Some("a"), json!({})),
            event(3, "r", "step_completed", Some("a"), json!({})),
            event(4, "r", "run_paused", None, json!({})),
            event(5, "r", "state_changed", None, json!({ "to": "running" })),
            event(6, "r", "step_started", Some("b"), json!({})),
            event(7, "r", "step_failed", Some("b"), json!({ "error": "x" })),
            event(8, "r", "run_failed", None, json!({})),
        ];
        let mut book = begun(&[]);
        // What the run's log held at the time of a reading: it only grows.
        let mut grown = 0;
        for reading in readings {
            match reading {
                Reading::Frame(nth) => {
                    grown = grown.max(nth + 1);
                    book.take_frame(frame(&log[nth]));
                }
                Reading::Log => if let Some(offset) = book.run(&key("r")).map(Entry::log_offset) {
                    read(&mut book, &key("r"), offset, events(&log[(offset as usize).min(grown)..grown]));
                },
                Reading::Row(nth) => {
                    book.take_rows(&[row("r", if nth == 7 && grown == 8 { "failed" } else { "running" })], Timeliness::OnTime);
                }
            }
        }
        // In the end the run has ended, and its log is read.
        book.take_rows(&[row("r", "failed")], Timeliness::OnTime);
        for _ in 0..=crate::book::logs::PATIENCE {
            if let Some(offset) = book.run(&key("r")).map(Entry::log_offset) {
                read(&mut book, &key("r"), offset, events(&log[offset as usize..]));
            }
        }
        let (mut seen, mut ends, mut after) = (BTreeMap::<String, u32>::new(), 0, 0);
        for change in book.take_changes() {
            match change {
                Change::Event(event, _) => {
                    *seen.entry(event.id.clone()).or_default() += 1;
                    after += u32::from(ends > 0);
                }
                Change::Ended(run, _) => {
                    ends += 1;
                    prop_assert_eq!(run.status, RunStatus::Failed);
                    prop_assert_eq!(run.failed_step.as_deref(), Some("b"));
                }
                _ => {}
            }
        }
        let ids = (1..=8).map(|nth| format!("evt_{nth}")).collect::<BTreeSet<_>>();
        prop_assert_eq!(seen.keys().cloned().collect::<BTreeSet<_>>(), ids);
        prop_assert!(seen.values().all(|times| *times == 1));
        prop_assert_eq!((ends, after), (1, 0));
    }
}
