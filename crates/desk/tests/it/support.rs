//! A desk in a folder of its own.

use std::{fs, path::Path, sync::Arc, time::Duration};

use agentruntime_desk::{
    Desk, Face,
    api::{BackendKind, Keep, NewProfile, Snapshot},
};
use agentruntime_serving::Folders;
use serde_json::{Value, json};
use tempfile::TempDir;

pub use crate::free_port::free_port;

/// Longer than anything here takes, on any machine.
pub const LONG: Duration = Duration::from_secs(60);

/// One person's folders, and the desk in them.
pub struct Person {
    pub folders: Folders,
    _home: TempDir,
}

impl Person {
    /// Whose settings begin as these.
    pub fn with(settings: &Value) -> Self {
        let home = tempfile::tempdir().unwrap();
        let folders = Folders { config: home.path().join("config"), state: home.path().join("state") };
        folders.make().unwrap();
        let mut all = json!({ "version": 2, "port": free_port() });
        all.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        fs::write(settings_file(&folders), all.to_string()).unwrap();
        Self { folders, _home: home }
    }

    pub async fn desk(&self) -> Arc<Desk> {
        Desk::open(self.folders.clone(), Face::Tray).await.unwrap()
    }
}

pub fn settings_file(folders: &Folders) -> std::path::PathBuf {
    folders.config.join("settings.json")
}

/// As an editor does it: the whole file anew.
pub fn edit(file: &Path, change: impl FnOnce(&mut Value)) {
    let mut settings = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    change(&mut settings);
    fs::write(file, serde_json::to_vec_pretty(&settings).unwrap()).unwrap();
}

/// Waits until the desk shows what is wanted.
pub async fn until(desk: &Desk, what: &str, wanted: impl Fn(&Snapshot) -> bool) -> Snapshot {
    let mut changes = desk.watch();
    let waiting = async {
        loop {
            let snapshot = desk.snapshot().await;
            if wanted(&snapshot) {
                return snapshot;
            }
            changes.changed().await.unwrap();
        }
    };
    match tokio::time::timeout(LONG, waiting).await {
        Ok(snapshot) => snapshot,
        Err(_) => panic!("{what} did not come; there is: {:?}", desk.snapshot().await),
    }
}

pub fn sandbox_workspace() -> NewProfile {
    NewProfile {
        name: "Sandbox".to_owned(),
        backend: BackendKind::Sandbox,
        url: None,
        tenant_id: None,
        project_id: None,
        token: None,
        keep: Keep::Keychain,
    }
}
