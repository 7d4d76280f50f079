//! Which keychain this platform has. That of macOS is constructed here and has not been tried.

use std::sync::Arc;

use super::Platform;

/// The system's keychain.
#[cfg(target_os = "linux")]
pub(super) fn platform() -> Arc<dyn Platform> {
    Arc::new(super::secret_service::SecretService)
}

/// The system's keychain.
#[cfg(not(target_os = "linux"))]
pub(super) fn platform() -> Arc<dyn Platform> {
    Arc::new(other::Native)
}

#[cfg(not(target_os = "linux"))]
mod other {
    use std::sync::Arc;

    use keyring_core::CredentialStore;

    use crate::keychain::{
        KeychainError, Platform, Session,
        platform::Aim,
        store::{self, Manner, Stored},
    };

    #[cfg(not(target_os = "windows"))]
    const MANNER: Manner = Manner { kept: &[], ours: ("service", store::SERVICE) };
    /// Entries stay on this computer; left to itself the store has them follow the person to every other one of the domain. It
    /// knows no services: it searches among the entries' whole names, which it makes as [`NAMES`] says.
    #[cfg(target_os = "windows")]
    const MANNER: Manner = Manner { kept: &[("persistence", "Local")], ours: ("pattern", "^agentruntime:") };
    /// `agentruntime:{name}@{service}`. The divider is in no service of ours, so that a name is read back as what it was made of:
    /// by the store's own, a dot, no entry would be found to be ours.
    #[cfg(target_os = "windows")]
    const NAMES: [(&str, &str); 2] = [("prefix", "agentruntime:"), ("divider", "@")];

    /// The login keychain, the Credential Manager; elsewhere none.
    #[derive(Debug)]
    pub(super) struct Native;

    impl Platform for Native {
        fn describe(&self) -> &'static str {
            if cfg!(target_os = "macos") {
                "macOS Keychain"
            } else if cfg!(target_os = "windows") {
                "Windows Credential Manager"
            } else {
                "no keychain"
            }
        }

        fn longest_secret(&self) -> usize {
            // CRED_MAX_CREDENTIAL_BLOB_SIZE; elsewhere as long as the longest token.
            if cfg!(target_os = "windows") { 5 * 512 } else { 4096 }
        }

        fn open(&self) -> Result<Box<dyn Session>, KeychainError> {
            Ok(Box::new(Opened(Stored::new(construct()?, MANNER))))
        }
    }

    #[cfg(target_os = "macos")]
    fn construct() -> Result<Arc<CredentialStore>, KeychainError> {
        Ok(apple_native_keyring_store::keychain::Store::new().map_err(store::told_apart)?)
    }

    #[cfg(target_os = "windows")]
    fn construct() -> Result<Arc<CredentialStore>, KeychainError> {
        let store = windows_native_keyring_store::Store::new_with_configuration(&NAMES.into());
        Ok(store.map_err(store::told_apart)?)
    }

    #[cfg(not(any(target_os = "macos", target_os = "windows")))]
    fn construct() -> Result<Arc<CredentialStore>, KeychainError> {
        Err(KeychainError::NoService { problem: "this platform has none that is known here".to_owned() })
    }

    /// The system itself asks for what it needs: there is nothing to look at beforehand.
    struct Opened(Stored);

    impl Session for Opened {
        fn look(&self, _: Aim<'_>) -> Result<(), KeychainError> {
            Ok(())
        }

        fn get(&self, name: &str) -> Result<secrecy::SecretString, KeychainError> {
            self.0.get(name)
        }

        fn set(&self, name: &str, secret: &secrecy::SecretString) -> Result<(), KeychainError> {
            self.0.set(name, secret)
        }

        fn delete(&self, name: &str) -> Result<(), KeychainError> {
            self.0.delete(name)
        }

        fn names(&self) -> Result<Vec<String>, KeychainError> {
            self.0.names()
        }

        fn ask_to_unlock(&self) -> Result<(), KeychainError> {
            Ok(())
        }
    }
}
