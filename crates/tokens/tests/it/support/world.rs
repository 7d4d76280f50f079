//! A program, its keychain, and a platform that fails as it is told to.

use std::{path::Path, sync::Arc, time::Duration};

use agentruntime_settings::{ProfileId, SettingsStore};
use agentruntime_tokens::{Keep, Limits, Patience, SettledAs, Tokens, Which};
use jiff::SignedDuration;

use super::{fake::Fake, new_profile, platform::Platform};

pub const PATIENCE: Patience = Patience {
    drain: Duration::from_millis(200),
    appear: SignedDuration::from_secs(1),
    known: Duration::from_millis(5),
    others: Duration::from_secs(5),
};

pub struct World {
    pub platform: Platform,
    pub keychain: Arc<Fake>,
    pub folder: tempfile::TempDir,
    pub tokens: Tokens,
    pub id: ProfileId,
    pub first: String,
}

/// A program over this keychain and these settings.
pub fn open(keychain: &Arc<Fake>, folder: &Path) -> Tokens {
    // A slow machine is no slow keychain.
    let keychain = keychain.keychain().limited(Limits { call: Duration::from_secs(20), ..Limits::default() });
    Tokens::with(keychain, SettingsStore::open(folder).unwrap().store, PATIENCE)
}

/// A workspace with a token that works.
pub async fn world() -> World {
    let (platform, first) = Platform::start().await;
    let (keychain, folder) = (Fake::new(), tempfile::tempdir().unwrap());
    let tokens = open(&keychain, folder.path());
    let added = tokens.add(new_profile(&platform.url), &first.as_str().into(), Keep::Keychain).await.unwrap();
    platform.heard();
    World { platform, keychain, folder, tokens, id: added.id, first }
}

impl World {
    /// The process dies and another one begins.
    pub fn restart(&mut self) {
        self.tokens = open(&self.keychain, self.folder.path());
    }

    pub fn is_clean(&self) -> bool {
        let settings = self.tokens.settings().get();
        settings.journal.is_empty() && settings.unfinished.is_empty()
    }

    /// The workspace works, it has the only live token, and the keychain has no other.
    pub async fn all_is_well(&self, why: &str) {
        let health = self.tokens.check(self.id).await;
        assert!(health.is_ok(), "{why}: {health:?}");
        assert!(self.is_clean(), "{why}: {:?}", self.tokens.settings().get().journal);
        let (live, entries) = (self.platform.live(), self.keychain.entries.lock().unwrap().clone());
        assert_eq!(live.len(), 1, "{why}");
        assert_eq!(entries.values().collect::<Vec<_>>(), [&live[0]], "{why}");
        let entry = self.tokens.settings().get().profile(self.id).unwrap().entry.to_string();
        assert_eq!(entries.keys().collect::<Vec<_>>(), [&entry], "{why}");
        let settings = std::fs::read_to_string(self.tokens.settings().path()).unwrap();
        assert!(!settings.contains("pat_never"), "{why}");
    }

    /// Takes everything up again until nothing is left.
    pub async fn settle(&mut self) -> Vec<SettledAs> {
        let mut all = Vec::new();
        for _ in 0..4 {
            let settled = self.tokens.settle(Which::All).await.unwrap();
            all.extend(settled.into_iter().map(|settled| settled.how));
            if self.is_clean() {
                break;
            }
            // What may arrive yet is waited for.
            tokio::time::sleep(Duration::from_millis(1_020)).await;
        }
        self.tokens.tidy().await.unwrap();
        all
    }
}
