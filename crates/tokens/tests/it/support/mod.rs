//! What the tests stand on.

pub mod bff;
#[cfg(target_os = "linux")]
pub mod desk;
pub mod fake;
pub mod platform;
pub mod world;

use std::path::Path;

use agentruntime_settings::{Backend, NewProfile, SettingsStore};
use agentruntime_tokens::{Keychain, Tokens};
use secrecy::SecretString;

/// A token no file may hold.
pub const TOKEN: &str = "pat_never-to-be-found-anywhere-7f3a";

pub fn token() -> SecretString {
    TOKEN.into()
}

pub fn new_profile(url: &str) -> NewProfile {
    NewProfile {
        name: "Work".to_owned(),
        backend: Backend::Custom,
        url: Some(url.to_owned()),
        tenant_id: None,
        project_id: None,
    }
}

pub fn tokens(keychain: Keychain, folder: &Path) -> Tokens {
    let opened = SettingsStore::open(folder).unwrap();
    assert_eq!(opened.trouble, None);
    Tokens::new(keychain, opened.store)
}

/// The test `name` of this binary, to be run by itself.
#[cfg(target_os = "linux")]
pub fn rerun(name: &str) -> std::process::Command {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args([name, "--exact", "--nocapture", "--test-threads=1"]);
    command
}
