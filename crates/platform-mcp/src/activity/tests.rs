#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use jiff::{Timestamp, ToSpan as _};

use super::{ActivityLog, Query, Summary};
use crate::audit::Record;

fn call(tool: &str, client: &str, code: &str) -> Record {
    Record {
        at: Timestamp::now(),
        client: client.to_owned(),
        tool: tool.to_owned(),
        group: "core".to_owned(),
        target: Some(format!("100%_{tool}")),
        arguments: vec!["workflow_id".to_owned()],
        code: code.to_owned(),
        duration_ms: 3,
    }
}

fn everything() -> Query {
    Query { limit: 100, ..Query::default() }
}

async fn log(folder: &tempfile::TempDir) -> ActivityLog {
    ActivityLog::open(&folder.path().join("activity.db")).await.unwrap()
}

#[tokio::test]
async fn calls_come_back_latest_first_page_by_page_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let calls = (0..5).map(|n| call(&format!("tool_{n}"), "Cursor 1", "ok")).collect();
    log(&folder).await.write(calls).await.unwrap();

    let log = log(&folder).await;
    let first = log.find(Query { limit: 2, ..Query::default() }).await.unwrap();
    let tools = |page: &super::Found| page.calls.iter().map(|entry| entry.call.tool.clone()).collect::<Vec<_>>();
    assert_eq!((tools(&first), first.total, first.more), (vec!["tool_4".to_owned(), "tool_3".to_owned()], 5, true));
    let before = first.calls.last().map(|entry| entry.id);
    let rest = log.find(Query { before, ..everything() }).await.unwrap();
    assert_eq!((tools(&rest).len(), rest.more), (3, false));
    assert_eq!(rest.calls[0].call.arguments, ["workflow_id"]);
}

#[tokio::test]
async fn filters_narrow_and_read_no_pattern_into_the_text() {
    let folder = tempfile::tempdir().unwrap();
    let log = log(&folder).await;
    log.write(vec![call("a", "Cursor 1", "ok"), call("b", "Zed 2", "forbidden"), call("b", "Zed 2", "ok")])
        .await
        .unwrap();
    let count = async |query: Query| log.find(query).await.unwrap().total;
    assert_eq!(count(everything()).await, 3);
    assert_eq!(count(Query { failed_only: true, ..everything() }).await, 1);
    assert_eq!(count(Query { client: Some("Zed 2".into()), ..everything() }).await, 2);
    assert_eq!(count(Query { tool: Some("a".into()), ..everything() }).await, 1);
    assert_eq!(count(Query { text: Some("FORBID".into()), ..everything() }).await, 1);
    assert_eq!(count(Query { text: Some("0%_b".into()), ..everything() }).await, 2);
    assert_eq!(count(Query { text: Some("1%b".into()), ..everything() }).await, 0, "a percent sign is itself");
}

#[tokio::test]
async fn what_is_old_is_swept_and_what_is_cleared_is_gone_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let log = log(&folder).await;
    let old = Record { at: Timestamp::now().checked_sub((31 * 24).hours()).unwrap(), ..call("old", "a", "ok") };
    log.write(vec![old, call("unmistakable_tool", "b", "not_found")]).await.unwrap();
    log.sweep().await.unwrap();
    assert_eq!(log.find(everything()).await.unwrap().total, 1);
    let hour_ago = Timestamp::now().checked_sub(1.hour()).unwrap();
    assert_eq!(log.since(hour_ago).await.unwrap(), Summary { calls: 1, failed: 1, clients: 1 });
    log.clear().await.unwrap();
    assert_eq!(log.since(hour_ago).await.unwrap(), Summary::default());
    let bytes = std::fs::read(folder.path().join("activity.db")).unwrap();
    assert!(!bytes.windows(17).any(|part| part == b"unmistakable_tool"));
}

#[tokio::test]
async fn a_file_that_is_damaged_is_set_aside_and_the_log_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let damaged = b"no database at all ".repeat(400);
    std::fs::write(folder.path().join("activity.db"), &damaged).unwrap();
    let anew = log(&folder).await;
    assert_eq!(anew.find(everything()).await.unwrap().total, 0);
    anew.write(vec![call("tool", "Cursor 1", "ok")]).await.unwrap();
    let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let mut kept = names.filter(|path| path.to_string_lossy().contains("activity.db.broken-"));
    assert!(kept.any(|path| std::fs::read(path).unwrap() == damaged), "what was there is kept");
}
