//! Who goes with a token just now: whoever retires it waits for them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use agentruntime_bff::Pat;
use agentruntime_lifecycle::Lock;
use agentruntime_settings::{EntryId, ProfileId, TokenFacts};

use super::Tokens;
use crate::{Error, tokens::unlockable};

/// A token in use.
#[derive(Debug, Clone)]
pub struct Lease {
    pub pat: Pat,
    /// What may be shown of it.
    pub facts: Option<TokenFacts>,
    /// To be kept by every call that goes with the token, until it has ended. While one is kept, in this process or another,
    /// a token that was replaced is not revoked.
    pub in_use: Arc<InUse>,
}

/// Says that a token is in use, until it is dropped.
#[derive(Debug)]
pub struct InUse {
    _share: Lock,
}

/// The uses of this process, one for each token, however many calls share it.
#[derive(Debug, Default)]
pub(super) struct Uses(Mutex<HashMap<EntryId, Weak<InUse>>>);

impl Uses {
    fn get(&self, entry: EntryId) -> Option<Arc<InUse>> {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        uses.retain(|_, in_use| in_use.strong_count() > 0);
        uses.get(&entry).and_then(Weak::upgrade)
    }

    fn set(&self, entry: EntryId, in_use: &Arc<InUse>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(entry, Arc::downgrade(in_use));
    }
}

/// The name of the lock that the uses of a token share.
pub(super) fn lock_name(entry: EntryId) -> String {
    format!("in-use-{entry}")
}

impl Tokens {
    /// A workspace's token, to be used for calls.
    ///
    /// # Errors
    /// As [`Tokens::pat`], and the settings' where the folder of the locks cannot be used.
    pub async fn lease(&self, id: ProfileId) -> Result<Lease, Error> {
        loop {
            let entry = self.profile(id)?.entry;
            let in_use = match self.0.uses.get(entry) {
                Some(in_use) => in_use,
                None => {
                    let locks = self.settings().locks().clone();
                    let share = tokio::task::spawn_blocking(move || locks.share(&lock_name(entry)));
                    let share = share.await.map_err(std::io::Error::other).flatten();
                    let in_use =
                        Arc::new(InUse { _share: share.map_err(|error| unlockable(self.settings(), &error))? });
                    self.0.uses.set(entry, &in_use);
                    in_use
                }
            };
            let pat = self.pat(id).await;
            // Another token may have taken its place meanwhile, perhaps before the share was had: then nobody waited for it.
            self.settings().refresh().await;
            let profile = self.profile(id)?;
            if profile.entry == entry {
                return Ok(Lease { pat: pat?, facts: profile.facts, in_use });
            }
        }
    }
}
