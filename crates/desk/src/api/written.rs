//! The page's types, written out of ours.
#![allow(clippy::unwrap_used)]

use std::{env, fs, path::Path};

use agentruntime_settings::{Bounds, Care, Preference as _, Settings};
use ts_rs::{Config, TS};

use super::*;
use crate::failure::field;

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
            text.push_str(&bounds());
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
    settings::Theme,
    Language,
    settings::LogLevelChoice,
    settings::NotificationsView,
    settings::NotificationsChange,
    settings::QuietHours,
    SettingsView,
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

/// The bounds of the numbers that people give, by the name of their field.
fn bounds() -> String {
    let all = Settings::bounds().into_iter().chain([Care::BOUNDS]);
    let all = all.map(|Bounds { key, least, most }| format!("\n  {}: {{ least: {least}, most: {most} }},", field(key)));
    let about = "Between what the numbers lie that people give, both ends included.";
    format!("\n/**\n * {about}\n */\nexport const bounds = {{{}\n}} as const;\n", all.collect::<String>())
}

#[test]
fn types_are_written() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/lib/backend/types.ts");
    if env::var_os("UPDATE_TYPES").is_some() {
        fs::write(&path, written()).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), written(), "run `cargo xtask generate` and commit what it writes");
}
