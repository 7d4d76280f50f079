//! The keychain against the Credential Manager of whoever runs the test. Beside what the test makes, and takes away again, there
//! may be the person's own.

use std::collections::HashMap;

use agentruntime_settings::EntryId;
use agentruntime_tokens::{Keychain, KeychainError};
use keyring_core::{CredentialStore, Entry};
use secrecy::ExposeSecret;
use windows_native_keyring_store::Store;

use crate::support::{TOKEN, token};

const SERVICE: &str = "io.agentruntime.desktop";
/// CRED_MAX_CREDENTIAL_BLOB_SIZE.
const LONGEST: usize = 2560;

/// Entries of others, whose names resemble ours. They go when this does.
struct Strangers(Vec<Entry>);

impl Strangers {
    fn move_in(name: &str) -> Self {
        let (dots, ats) = (HashMap::new(), HashMap::from([("prefix", "agentruntime:"), ("divider", "@")]));
        let made = [
            // As the store has it by itself.
            (dots, SERVICE.to_owned()),
            (ats.clone(), format!("{SERVICE}.other")),
            (ats, "somebody.else".to_owned()),
        ];
        Self(made.map(|(config, service)| stranger(&config, &service, name)).into())
    }
}

fn stranger(config: &HashMap<&str, &str>, service: &str, name: &str) -> Entry {
    let store: std::sync::Arc<CredentialStore> = Store::new_with_configuration(config).unwrap();
    let entry = store.build(service, name, None).unwrap();
    entry.set_secret(b"not ours").unwrap();
    entry
}

impl Drop for Strangers {
    fn drop(&mut self) {
        for entry in &self.0 {
            entry.delete_credential().unwrap();
        }
    }
}

/// How far the entry of ours goes: with the person to other computers, or not.
fn persistence(name: &str) -> String {
    let store = Store::new_with_configuration(&HashMap::from([("prefix", "agentruntime:"), ("divider", "@")])).unwrap();
    let store: std::sync::Arc<CredentialStore> = store;
    store.build(SERVICE, name, None).unwrap().get_attributes().unwrap()["persistence"].clone()
}

#[tokio::test]
async fn a_secret_is_stored_read_listed_and_deleted() {
    let keychain = Keychain::system();
    assert_eq!(keychain.describe(), "Windows Credential Manager");
    keychain.state().await.unwrap();
    let before = keychain.names().await.unwrap();
    let (a, b) = (EntryId::new().to_string(), EntryId::new().to_string());
    let _strangers = Strangers::move_in(&a);
    let ours = async || {
        let mut names = keychain.names().await.unwrap();
        names.retain(|name| !before.contains(name));
        names
    };
    assert_eq!(keychain.read(&a).await.unwrap_err(), KeychainError::Missing);
    assert_eq!(keychain.delete(&a).await.unwrap_err(), KeychainError::Missing);
    assert!(ours().await.is_empty(), "strangers are not ours");

    keychain.store(&b, &"other".into()).await.unwrap();
    keychain.store(&a, &token()).await.unwrap();
    assert_eq!(keychain.read(&a).await.unwrap().expose_secret(), TOKEN);
    keychain.store(&a, &"another".into()).await.unwrap();
    assert_eq!(keychain.read(&a).await.unwrap().expose_secret(), "another");
    let mut both = [a.clone(), b.clone()];
    both.sort();
    assert_eq!(ours().await, both);
    assert_eq!(persistence(&a), "Local", "it stays on this computer");

    let longest = "x".repeat(LONGEST);
    keychain.store(&a, &longest.as_str().into()).await.unwrap();
    assert_eq!(keychain.read(&a).await.unwrap().expose_secret(), longest);
    let error = keychain.store(&a, &format!("{longest}x").into()).await.unwrap_err();
    assert_eq!(error, KeychainError::TooLarge { bytes: LONGEST + 1, limit: LONGEST });
    assert_eq!(keychain.read(&a).await.unwrap().expose_secret(), longest, "what was there stays");

    keychain.delete(&a).await.unwrap();
    assert_eq!(ours().await, std::slice::from_ref(&b));
    keychain.delete(&b).await.unwrap();
    assert!(ours().await.is_empty());
}
