//! Entries of this app in a store of `keyring-core`, the interface that all platforms' stores share.

use std::{collections::HashMap, sync::Arc};

use keyring_core::{CredentialStore, Entry, Error as StoreError};
use secrecy::{ExposeSecret, SecretString, zeroize::Zeroize};

use super::KeychainError;

/// What marks an entry as ours; the entry's name stands beside it as the user.
pub(super) const SERVICE: &str = "io.agentruntime.desktop";

/// What a store wants to be told beyond service and name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    /// How an entry is kept.
    pub(super) kept: &'static [(&'static str, &'static str)],
    /// By what entries of ours are searched for.
    pub(super) ours: (&'static str, &'static str),
}

/// A store, and its manner.
pub(super) struct Stored {
    store: Arc<CredentialStore>,
    manner: Manner,
}

impl Stored {
    pub(super) fn new(store: Arc<CredentialStore>, manner: Manner) -> Self {
        Self { store, manner }
    }

    fn entry(&self, name: &str) -> Result<Entry, KeychainError> {
        let kept = self.manner.kept.iter().copied().collect();
        self.store.build(SERVICE, name, Some(&kept)).map_err(told_apart)
    }

    pub(super) fn get(&self, name: &str) -> Result<SecretString, KeychainError> {
        let bytes = self.entry(name)?.get_secret().map_err(told_apart)?;
        String::from_utf8(bytes).map(SecretString::from).map_err(|error| {
            error.into_bytes().zeroize();
            KeychainError::failed("the entry holds something else than a token")
        })
    }

    pub(super) fn set(&self, name: &str, secret: &SecretString) -> Result<(), KeychainError> {
        self.entry(name)?.set_secret(secret.expose_secret().as_bytes()).map_err(told_apart)
    }

    pub(super) fn delete(&self, name: &str) -> Result<(), KeychainError> {
        self.entry(name)?.delete_credential().map_err(told_apart)
    }

    pub(super) fn names(&self) -> Result<Vec<String>, KeychainError> {
        let found = self.store.search(&HashMap::from([self.manner.ours])).map_err(told_apart)?;
        let named = found.iter().filter_map(Entry::get_specifiers);
        Ok(named.filter_map(|(service, name)| (service == SERVICE).then_some(name)).collect())
    }
}

/// A store's error as one of ours. Bytes that came with it are wiped, not shown.
pub(super) fn told_apart(error: StoreError) -> KeychainError {
    match error {
        StoreError::NoEntry => KeychainError::Missing,
        StoreError::TooLong(_, limit) => {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            KeychainError::TooLarge { bytes: limit.saturating_add(1), limit }
        }
        StoreError::BadEncoding(mut bytes) | StoreError::BadDataFormat(mut bytes, _) => {
            bytes.zeroize();
            KeychainError::failed("the entry holds something else than a token")
        }
        StoreError::Ambiguous(entries) => KeychainError::failed(format!(
            "it holds {} entries for this token; delete the copies in the keychain's own program",
            entries.len()
        )),
        StoreError::NoStorageAccess(cause) => {
            by_cause(&*cause).unwrap_or_else(|| KeychainError::Denied { problem: cause.to_string() })
        }
        StoreError::PlatformFailure(cause) => by_cause(&*cause).unwrap_or_else(|| KeychainError::failed(cause)),
        other => KeychainError::failed(other),
    }
}

/// What the system's own error tells, where it is known.
#[cfg(target_os = "linux")]
fn by_cause(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<KeychainError> {
    cause.downcast_ref().map(super::service_error::told_apart)
}

/// What the system's own error tells, where it is known.
#[cfg(target_os = "windows")]
fn by_cause(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<KeychainError> {
    super::windows_error::told_apart(cause.to_string())
}

/// What the system's own error tells, where it is known.
#[cfg(not(any(target_os = "linux", target_os = "windows")))]
fn by_cause(_: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<KeychainError> {
    None
}
