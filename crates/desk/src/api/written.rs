//! The page's types, written out of ours.
#![allow(clippy::unwrap_used)]

use std::{env, fs, path::Path};

use ts_rs::{Config, TS};

use super::*;

/// The page's types as TypeScript, in the order of the contract.
macro_rules! written {
    ($($name:ty),* $(,)?) => {
        fn written() -> String {
            let config = Config::new();
            let mut text = "// Generated from the desk's types by `cargo xtask generate`; do not edit.\n".to_owned();
            $(
                if let Some(about) = <$name as TS>::docs() {
                    text.push('\n');
                    text.push_str(about.trim_end());
                }
                text.push_str("\nexport ");
                text.push_str(&<$name as TS>::decl(&config));
                text.push('\n');
            )*
            text.push_str(&commands());
            text
        }
    };
}

written!(
    ServerState,
    BackendKind,
    TokenPlace,
    KeychainTrouble,
    Health,
    Profile,
    TokenView,
    tokens::Care,
    GroupView,
    ShortfallView,
    ToolView,
    ClientView,
    CallView,
    ActivityQuery,
    ActivityPage,
    HourView,
    Theme,
    Language,
    LogLevel,
    settings::Notifications,
    settings::QuietHours,
    Settings,
    SettingsChange,
    About,
    FailingView,
    Snapshot,
    runs::WatchView,
    runs::LinkView,
    runs::RunState,
    runs::RunRow,
    runs::RunsQuery,
    runs::RunsPage,
    runs::WorkflowChoice,
    runs::RunDetail,
    runs::StepView,
    runs::StepState,
    runs::StepSpan,
    runs::SpanKind,
    runs::EventView,
    runs::RunCommand,
    runs::RunRef,
    approvals::Approval,
    approvals::TaskField,
    approvals::FieldKind,
    approvals::ChoiceView,
    approvals::QuestionView,
    settings::QuietFor,
    insights::Insights,
    insights::InsightsWindow,
    insights::Granularity,
    insights::RunsPoint,
    insights::UsagePoint,
    TaskView,
    tokens::TaskKind,
    tokens::PatView,
    tokens::Outcome,
    tokens::PanicDone,
    NewProfile,
    Keep,
    IdeEntry,
    EntryFormat,
    Failure,
);

/// The names of the commands, as one type.
fn commands() -> String {
    let names = COMMANDS.iter().map(|name| format!("\n  | \"{name}\"")).collect::<String>();
    format!("\n/**\n * What the page may call.\n */\nexport type Command ={names};\n")
}

#[test]
fn types_are_written() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/lib/backend/types.ts");
    if env::var_os("UPDATE_TYPES").is_some() {
        fs::write(&path, written()).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), written(), "run `cargo xtask generate` and commit what it writes");
}
