//! What the page may ask. Each command is thin: the desk does the work.

use std::{path::PathBuf, str::FromStr as _, sync::Arc};

use agentruntime_desk::{
    self as desk, Desk,
    api::{
        About, ActivityPage, ActivityQuery, Failure, IdeEntry, Keep, NewProfile, Profile, SettingsChange, Snapshot,
        ToolView,
        approvals::Approval,
        insights::{Insights, InsightsWindow},
        runs::{RunCommand, RunDetail, RunRef, RunsPage, RunsQuery, WorkflowChoice},
        settings::QuietFor,
        tokens::{Care, Outcome, PanicDone, PatView},
    },
    export,
    failure::Failed,
};
use agentruntime_run_watch::RunKey;
use agentruntime_settings::{JobId, NotificationsChange, ProfileId};
use agentruntime_tokens::When;
use secrecy::SecretString;
use serde_json::Value;
use tauri::{AppHandle, State};
use tauri_plugin_clipboard_manager::ClipboardExt as _;
use tauri_plugin_dialog::DialogExt as _;
use tauri_plugin_opener::OpenerExt as _;
use tokio::sync::oneshot;

use crate::{autostart, notice};

type CommandResult<T> = Result<T, Failure>;
type DeskState<'a> = State<'a, Arc<Desk>>;

/// Links that the page may open: into IDEs, and to the platform's console.
const LINKS: &[&str] = &["cursor://", "vscode:", "lmstudio://", "https://console.agentruntime.io/"];

#[tauri::command]
pub async fn snapshot(desk: DeskState<'_>) -> CommandResult<Snapshot> {
    Ok(desk.snapshot().await)
}

#[tauri::command]
pub async fn tools() -> CommandResult<Vec<ToolView>> {
    Ok(desk::tools())
}

#[tauri::command]
pub async fn ide_entries(desk: DeskState<'_>) -> CommandResult<Vec<IdeEntry>> {
    Ok(desk::ide_entries(&desk::server_url(desk.settings.get().port)))
}

#[tauri::command]
pub async fn about(app: AppHandle, desk: DeskState<'_>) -> CommandResult<About> {
    Ok(About {
        version: app.package_info().version.to_string(),
        config_file: desk.settings.store().path().display().to_string(),
        state_folder: desk.folders.state.display().to_string(),
        log_file: desk.folders.logs().display().to_string(),
        autostart_possible: autostart::is_possible(),
        keychain: desk.workspaces.tokens.keychain().describe().to_owned(),
        notifications_refused: notice::are_refused(&app).await,
    })
}

#[tauri::command]
pub async fn set_group(desk: DeskState<'_>, group: String, on: bool) -> CommandResult<()> {
    Ok(desk.set_group(&group, on).await?)
}

#[tauri::command]
pub async fn set_risk(desk: DeskState<'_>, on: bool) -> CommandResult<()> {
    Ok(desk.set_risk(on).await?)
}

#[tauri::command]
pub async fn pause(desk: DeskState<'_>, paused: bool) -> CommandResult<()> {
    desk.server.pause(paused);
    Ok(())
}

#[tauri::command]
pub async fn retry_server(desk: DeskState<'_>) -> CommandResult<()> {
    desk.server.retry();
    Ok(())
}

#[tauri::command]
pub async fn add_profile(desk: DeskState<'_>, profile: NewProfile) -> CommandResult<Profile> {
    let id = desk.workspaces.add(profile).await?;
    Ok(desk.workspaces.view(id)?)
}

#[tauri::command]
pub async fn rename_profile(desk: DeskState<'_>, id: String, name: String) -> CommandResult<()> {
    Ok(desk.workspaces.rename(profile_id(&id)?, name).await?)
}

#[tauri::command]
pub async fn remove_profile(desk: DeskState<'_>, id: String) -> CommandResult<()> {
    Ok(desk.workspaces.remove(profile_id(&id)?).await?)
}

#[tauri::command]
pub async fn switch_profile(desk: DeskState<'_>, id: String) -> CommandResult<()> {
    Ok(desk.workspaces.activate(profile_id(&id)?).await?)
}

#[tauri::command]
pub async fn check_profile(desk: DeskState<'_>, id: String) -> CommandResult<()> {
    desk.workspaces.check_now(profile_id(&id)?).await;
    Ok(())
}

#[tauri::command]
pub async fn account_tokens(desk: DeskState<'_>, id: String) -> CommandResult<Vec<PatView>> {
    Ok(desk.care.account_tokens(profile_id(&id)?).await?)
}

#[tauri::command]
pub async fn rotate_token(
    desk: DeskState<'_>,
    id: String,
    own: Option<String>,
    scopes: Option<Vec<String>>,
) -> CommandResult<Outcome> {
    Ok(desk.care.rotate(profile_id(&id)?, own, scopes).await?)
}

#[tauri::command]
pub async fn revoke_token(
    desk: DeskState<'_>,
    id: String,
    own: Option<String>,
    at_once: bool,
) -> CommandResult<Outcome> {
    let when = if at_once { When::AtOnce } else { When::AfterThePlatform };
    Ok(desk.care.revoke(profile_id(&id)?, own, when).await?)
}

#[tauri::command]
pub async fn revoke_other_token(desk: DeskState<'_>, id: String, pat_id: String) -> CommandResult<()> {
    Ok(desk.care.revoke_other(profile_id(&id)?, pat_id).await?)
}

#[tauri::command]
pub async fn replace_token(desk: DeskState<'_>, id: String, token: SecretString, keep: Keep) -> CommandResult<()> {
    Ok(desk.workspaces.replace_token(profile_id(&id)?, &token, keep.into()).await?)
}

#[tauri::command]
pub async fn set_care(desk: DeskState<'_>, id: String, care: Care) -> CommandResult<()> {
    Ok(desk.care.set_care(profile_id(&id)?, care).await?)
}

#[tauri::command]
pub async fn retry_task(desk: DeskState<'_>, task: String) -> CommandResult<()> {
    Ok(desk.care.retry_job(job_id(&task)?).await?)
}

#[tauri::command]
pub async fn task_tokens(desk: DeskState<'_>, task: String) -> CommandResult<Vec<PatView>> {
    Ok(desk.care.job_tokens(job_id(&task)?).await?)
}

#[tauri::command]
pub async fn dismiss_task(desk: DeskState<'_>, task: String) -> CommandResult<()> {
    Ok(desk.care.dismiss_job(job_id(&task)?).await?)
}

#[tauri::command]
pub async fn identify_task(desk: DeskState<'_>, task: String, pat_id: String) -> CommandResult<()> {
    Ok(desk.care.identify_job(job_id(&task)?, pat_id).await?)
}

#[tauri::command]
pub async fn panic(desk: DeskState<'_>) -> CommandResult<PanicDone> {
    Ok(desk.emergency_stop().await)
}

#[tauri::command]
pub async fn activity(desk: DeskState<'_>, query: ActivityQuery) -> CommandResult<ActivityPage> {
    Ok(desk.calls(query).await?)
}

#[tauri::command]
pub async fn clear_activity(desk: DeskState<'_>) -> CommandResult<()> {
    Ok(desk.activity.clear().await.map_err(Failed::from)?)
}

#[tauri::command]
pub async fn export_activity(
    app: AppHandle,
    desk: DeskState<'_>,
    query: ActivityQuery,
    format: export::Format,
) -> CommandResult<Option<String>> {
    let page = desk.calls(ActivityQuery { before: None, limit: u32::MAX, ..query }).await?;
    let (chosen, choice) = oneshot::channel();
    let name = format!("agentruntime-activity.{}", format.extension());
    app.dialog().file().set_file_name(name).save_file(move |path| {
        // The command waits for it; if the window went meanwhile, nothing is written.
        let _gone = chosen.send(path);
    });
    let Ok(Some(path)) = choice.await else { return Ok(None) };
    let path = path.into_path().map_err(|error| Failed::new("not_exported", error.to_string()))?;
    write(path, format.write(&page.calls)).await.map(Some).map_err(Failure::from)
}

async fn write(path: PathBuf, text: String) -> Result<String, Failed> {
    let shown = path.display().to_string();
    let failed =
        |error: &dyn std::fmt::Display| Failed::new("not_exported", format!("{shown} cannot be written: {error}."));
    let written = tokio::task::spawn_blocking(move || export::replace(&path, &text)).await;
    written.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
    Ok(shown)
}

#[tauri::command]
pub async fn runs(desk: DeskState<'_>, query: RunsQuery) -> CommandResult<RunsPage> {
    Ok(desk.runs.list(query).await?)
}

#[tauri::command]
pub async fn workflows(desk: DeskState<'_>) -> CommandResult<Vec<WorkflowChoice>> {
    Ok(desk.runs.workflows().await?)
}

#[tauri::command]
pub async fn run(desk: DeskState<'_>, workflow_id: String, run_id: String) -> CommandResult<RunDetail> {
    Ok(desk.runs.detail(RunKey::new(workflow_id, run_id)).await?)
}

#[tauri::command]
pub async fn command_run(
    desk: DeskState<'_>,
    workflow_id: String,
    run_id: String,
    command: RunCommand,
) -> CommandResult<()> {
    Ok(desk.runs.command(RunKey::new(workflow_id, run_id), command).await?)
}

#[tauri::command]
pub async fn start_run(desk: DeskState<'_>, workflow_id: String, input: Value) -> CommandResult<String> {
    Ok(desk.runs.start(workflow_id, input).await?)
}

#[tauri::command]
pub async fn follow_run(desk: DeskState<'_>, workflow_id: String, run_id: String, on: bool) -> CommandResult<()> {
    desk.runs.follow(RunKey::new(workflow_id, run_id), on);
    Ok(())
}

#[tauri::command]
pub async fn seen_failures(desk: DeskState<'_>, runs: Vec<RunRef>) -> CommandResult<()> {
    desk.runs.seen_failures(runs.into_iter().map(|run| RunKey::new(run.workflow_id, run.run_id)).collect());
    Ok(())
}

#[tauri::command]
pub async fn approvals(desk: DeskState<'_>) -> CommandResult<Vec<Approval>> {
    Ok(desk.runs.approvals().await?)
}

#[tauri::command]
pub async fn answer_task(
    desk: DeskState<'_>,
    workflow_id: String,
    run_id: String,
    task_id: String,
    approved: bool,
    result: Value,
) -> CommandResult<()> {
    Ok(desk.runs.answer_task(RunKey::new(workflow_id, run_id), &task_id, approved, result).await?)
}

#[tauri::command]
pub async fn answer_question(desk: DeskState<'_>, id: String, allow: bool) -> CommandResult<()> {
    Ok(desk.runs.answer_question(&id, allow)?)
}

#[tauri::command]
pub async fn insights(desk: DeskState<'_>, window: InsightsWindow) -> CommandResult<Insights> {
    Ok(desk.runs.insights(window).await?)
}

#[tauri::command]
pub async fn do_not_disturb(desk: DeskState<'_>, quiet: Option<QuietFor>) -> CommandResult<()> {
    desk.mouth.do_not_disturb(quiet.and_then(desk::quiet_until));
    Ok(())
}

#[tauri::command]
pub async fn update_settings(app: AppHandle, desk: DeskState<'_>, change: SettingsChange) -> CommandResult<()> {
    if let Some(on) = change.start_at_login {
        start_at_login(&desk, on).await?;
    }
    if change.notifications.as_ref().is_some_and(switches_on) {
        notice::ask(&app);
    }
    Ok(desk.change_settings(change).await?)
}

/// Whether the person wants to be told of something of which they were not.
fn switches_on(change: &NotificationsChange) -> bool {
    let NotificationsChange { approvals, failures, finished, tokens, clients, .. } = change;
    [approvals, failures, finished, tokens, clients].contains(&&Some(true))
}

/// Tells the system whether to start the app when the person logs in, and remembers it.
///
/// # Errors
/// [`Failed`] with the code `no_autostart`; nothing is remembered then.
pub async fn start_at_login(desk: &Desk, on: bool) -> Result<(), Failed> {
    autostart::set(on)?;
    Ok(desk.settings.update(move |settings| settings.start_at_login = on).await?)
}

#[tauri::command]
pub async fn copy_text(app: AppHandle, text: String) -> CommandResult<()> {
    let copied = app.clipboard().write_text(text);
    Ok(copied.map_err(|error| Failed::new("not_copied", format!("The clipboard cannot be used: {error}.")))?)
}

#[tauri::command]
pub async fn open_link(app: AppHandle, url: String) -> CommandResult<()> {
    if !LINKS.iter().any(|known| url.starts_with(known)) {
        return Err(Failed::new("link_not_allowed", "This link is none that the app opens.").into());
    }
    let opened = app.opener().open_url(url, None::<&str>);
    Ok(opened
        .map_err(|error| Failed::new("not_opened", format!("Nothing on this computer opens the link: {error}.")))?)
}

#[tauri::command]
pub async fn quit(app: AppHandle) -> CommandResult<()> {
    app.exit(0);
    Ok(())
}

fn profile_id(id: &str) -> Result<ProfileId, Failed> {
    ProfileId::from_str(id).map_err(|_| Failed::new("unknown_profile", "There is no such workspace."))
}

fn job_id(text: &str) -> Result<JobId, Failed> {
    JobId::from_str(text).map_err(|_| Failed::new("nothing_left", "There is nothing left to do here."))
}
