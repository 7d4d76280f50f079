//! The app's workspaces, as its settings have them, by name or id.

use agentruntime_serving::Folders;
use agentruntime_settings::{Profile, ProfileId, Settings, SettingsStore};
use anyhow::Context as _;

use crate::exit::Exit;

/// The folder of the app's settings.
fn config() -> anyhow::Result<std::path::PathBuf> {
    let none = |_| Exit::Failed.told("there is no home folder to find the app's settings in");
    Ok(Folders::of_this_person().map_err(none)?.config)
}

/// The settings that are there. They are the app's: no folder is made for them, and a file that cannot be used stays where it
/// is, for the app to deal with.
pub async fn open() -> anyhow::Result<SettingsStore> {
    let folder = config()?;
    if !folder.exists() {
        return Err(Exit::Usage.told(format!(
            "AgentRuntime Desktop has no settings in {}, so there is no workspace yet. Add one in the app, or with \
             `agentruntime-platform-mcp token add`",
            folder.display()
        )));
    }
    open_or_make().await
}

/// The settings, begun where there are none.
pub async fn open_or_make() -> anyhow::Result<SettingsStore> {
    let folder = config()?;
    let opened = tokio::task::spawn_blocking(move || SettingsStore::open_as_it_is(&folder)).await;
    Ok(opened.context("the settings could not be read")??)
}

/// The workspace of this name or id, or the active one.
///
/// # Errors
/// Says which there are where it is none of them, and which ids they have where several bear the name.
pub fn find(settings: &Settings, name: Option<&str>) -> anyhow::Result<Profile> {
    let Some(name) = name else {
        let none = || Exit::Usage.told(format!("no workspace is active: name one with --profile; {}", names(settings)));
        return settings.active().cloned().ok_or_else(none);
    };
    if let Some(profile) = name.parse::<ProfileId>().ok().and_then(|id| settings.profile(id)) {
        return Ok(profile.clone());
    }
    let named: Vec<_> = settings.profiles.iter().filter(|profile| profile.name == name).collect();
    match named.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(Exit::Usage.told(format!("there is no workspace “{name}”; {}", names(settings)))),
        several => {
            let ids = several.iter().map(|profile| format!("{} ({})", profile.id, profile.url)).collect::<Vec<_>>();
            let ids = ids.join(", ");
            Err(Exit::Usage.told(format!("several workspaces are called “{name}”; give the id of one: {ids}")))
        }
    }
}

fn names(settings: &Settings) -> String {
    let names = settings.profiles.iter().map(|profile| format!("“{}”", profile.name)).collect::<Vec<_>>();
    if names.is_empty() { "there is none at all".to_owned() } else { format!("there are: {}", names.join(", ")) }
}
