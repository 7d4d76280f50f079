//! The schema, as migrations in order. A migration that has been released is never edited; a new one follows it.

use rusqlite_migration::{M, Migrations};

/// Every migration, oldest first.
pub(super) fn migrations() -> Migrations<'static> {
    Migrations::new(vec![M::up(FIRST), M::up(STARTS)])
}

/// `starts`: by how many processes the work of a running step was begun that did not end in order.
const STARTS: &str = "ALTER TABLE run_steps ADD COLUMN starts INTEGER NOT NULL DEFAULT 0;";

const FIRST: &str = "
CREATE TABLE workspace (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE pats (
    id TEXT PRIMARY KEY, display_name TEXT NOT NULL, hash BLOB NOT NULL UNIQUE, scopes TEXT NOT NULL, role TEXT NOT NULL,
    created_at TEXT NOT NULL, last_used_at TEXT, expires_at TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE workflows (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL, status TEXT NOT NULL, graph TEXT NOT NULL,
    run_setup TEXT, version INTEGER, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX workflows_by_update ON workflows (updated_at DESC, id) WHERE status <> 'archived';

CREATE TABLE versions (
    workflow_id TEXT NOT NULL REFERENCES workflows (id), version INTEGER NOT NULL, graph TEXT NOT NULL, changelog TEXT,
    published_at TEXT NOT NULL, PRIMARY KEY (workflow_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, workflow_id TEXT NOT NULL REFERENCES workflows (id),
    version INTEGER NOT NULL, session_id TEXT NOT NULL, status TEXT NOT NULL, trigger_type TEXT NOT NULL, input TEXT NOT NULL,
    trigger_steps TEXT NOT NULL, excluded_steps TEXT NOT NULL, step_count INTEGER NOT NULL, failure_code TEXT, error TEXT,
    started_at TEXT NOT NULL, completed_at TEXT
) STRICT;
CREATE INDEX runs_of_workflow ON runs (workflow_id, seq DESC);
CREATE INDEX runs_of_workflow_by_status ON runs (workflow_id, status, seq DESC);
CREATE INDEX runs_by_status ON runs (status, seq DESC);
CREATE INDEX runs_by_start ON runs (started_at);

CREATE TABLE run_steps (
    run_id TEXT NOT NULL REFERENCES runs (id), step_id TEXT NOT NULL, state TEXT NOT NULL, skip_cause TEXT,
    attempts INTEGER NOT NULL DEFAULT 0, input TEXT, result TEXT, error TEXT, started_at TEXT, completed_at TEXT,
    PRIMARY KEY (run_id, step_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, workflow_id TEXT NOT NULL, event_type TEXT NOT NULL, step_id TEXT,
    data TEXT NOT NULL, timestamp TEXT NOT NULL
) STRICT;
CREATE INDEX events_of_run ON events (run_id, seq);
CREATE INDEX events_of_workflow ON events (workflow_id, seq);

CREATE TABLE tasks (
    id TEXT PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs (id), workflow_id TEXT NOT NULL, step_id TEXT NOT NULL,
    task_type TEXT NOT NULL, payload TEXT NOT NULL, status TEXT NOT NULL, approved INTEGER, result TEXT, deadline TEXT,
    created_at TEXT NOT NULL, completed_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX tasks_of_run ON tasks (run_id);
CREATE INDEX tasks_pending ON tasks (created_at, id) WHERE status = 'pending';

CREATE TABLE charges (
    seq INTEGER PRIMARY KEY, run_id TEXT NOT NULL, step_id TEXT NOT NULL, step_type TEXT NOT NULL, microcredits INTEGER NOT NULL,
    milliseconds INTEGER NOT NULL, charged_at TEXT NOT NULL
) STRICT;
CREATE INDEX charges_by_time ON charges (charged_at);

CREATE TABLE webhooks (
    id TEXT PRIMARY KEY, workflow_id TEXT NOT NULL REFERENCES workflows (id), name TEXT NOT NULL, secret BLOB NOT NULL,
    automation_pat_id TEXT, extras TEXT, created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE secrets (
    kind TEXT NOT NULL, id TEXT NOT NULL, provider TEXT, display_name TEXT, sealed BLOB NOT NULL, last_four TEXT NOT NULL,
    version INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE conversations (id TEXT PRIMARY KEY, title TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, conversation_id TEXT NOT NULL REFERENCES conversations (id),
    role TEXT NOT NULL, content TEXT NOT NULL, created_at TEXT NOT NULL
) STRICT;
CREATE INDEX messages_of_conversation ON messages (conversation_id, seq);

CREATE TABLE files (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, media_type TEXT NOT NULL, content TEXT NOT NULL, run_id TEXT, created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE mcp_servers (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL, url TEXT NOT NULL, status TEXT NOT NULL, tools TEXT,
    discovered_at TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE mcp_versions (
    server_id TEXT NOT NULL REFERENCES mcp_servers (id) ON DELETE CASCADE, version INTEGER NOT NULL, url TEXT NOT NULL,
    tools TEXT NOT NULL, published_at TEXT NOT NULL, PRIMARY KEY (server_id, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE mcp_instances (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, server_id TEXT NOT NULL REFERENCES mcp_servers (id), server_version INTEGER NOT NULL,
    active_profile TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mcp_instances_of_server ON mcp_instances (server_id);
CREATE TABLE mcp_profiles (
    id TEXT PRIMARY KEY, instance_id TEXT NOT NULL REFERENCES mcp_instances (id) ON DELETE CASCADE, name TEXT NOT NULL,
    defaults TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mcp_profiles_of_instance ON mcp_profiles (instance_id);

CREATE TABLE episodes (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, status TEXT NOT NULL, conversation_id TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE memory_items (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, episode_id TEXT NOT NULL REFERENCES episodes (id), kind TEXT NOT NULL,
    content TEXT NOT NULL, payload TEXT NOT NULL, status TEXT NOT NULL, source TEXT, created_at TEXT NOT NULL, confirmed_at TEXT
) STRICT;
CREATE INDEX memory_items_of_episode ON memory_items (episode_id, seq);
CREATE UNIQUE INDEX memory_items_by_source ON memory_items (source) WHERE source IS NOT NULL;
CREATE VIRTUAL TABLE memory_index USING fts5 (content, content = 'memory_items', content_rowid = 'seq', tokenize = 'porter unicode61');
CREATE TRIGGER memory_indexed AFTER INSERT ON memory_items BEGIN
    INSERT INTO memory_index (rowid, content) VALUES (new.seq, new.content);
END;
CREATE TABLE jobs (id TEXT PRIMARY KEY, kind TEXT NOT NULL, items INTEGER NOT NULL, created_at TEXT NOT NULL) STRICT, WITHOUT ROWID;
";
