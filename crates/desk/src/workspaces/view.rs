//! Workspaces as the page is shown them.

use agentruntime_settings::{Backend, ProfileId, TokenPlace};
use agentruntime_tokens::KeychainError;

use super::Workspaces;
use crate::{
    api::{self, KeychainTrouble, Profile, TokenView},
    failure::Failed,
};

impl Workspaces {
    /// One workspace as it is shown.
    ///
    /// # Errors
    /// [`Failed`] with the code `unknown_profile`.
    pub fn view(&self, id: ProfileId) -> Result<Profile, Failed> {
        let settings = self.settings.get();
        let profile =
            settings.profile(id).ok_or_else(|| Failed::new("unknown_profile", "There is no such workspace."))?;
        Ok(self.view_of(profile))
    }

    pub(crate) fn view_of(&self, profile: &agentruntime_settings::Profile) -> Profile {
        let facts = profile.facts.as_ref();
        Profile {
            id: profile.id.to_string(),
            name: profile.name.clone(),
            backend: match profile.backend {
                Backend::Production => api::BackendKind::Production,
                Backend::Development => api::BackendKind::Development,
                Backend::Custom => api::BackendKind::Custom,
                Backend::Sandbox => api::BackendKind::Sandbox,
            },
            url: profile.url.to_string(),
            tenant_id: profile.tenant_id.clone(),
            project_id: profile.project_id.clone(),
            token: TokenView {
                place: match profile.token {
                    TokenPlace::Keychain => api::TokenPlace::Keychain,
                    TokenPlace::Memory => api::TokenPlace::Memory,
                    TokenPlace::None => api::TokenPlace::None,
                },
                last_four: facts.and_then(|facts| facts.last_four.clone()),
                id: facts.and_then(|facts| facts.pat_id.clone()),
                display_name: facts.and_then(|facts| facts.display_name.clone()),
                scopes: facts.map(|facts| facts.scopes.clone()).unwrap_or_default(),
                created_at: facts.and_then(|facts| facts.created_at).map(|at| at.to_string()),
                added_at: facts.map(|facts| facts.added_at.to_string()),
                expires_at: facts.and_then(|facts| facts.expires_at).map(|at| at.to_string()),
                trouble: self.backing.trouble(profile.id).as_ref().map(trouble),
            },
            care: profile.care,
            health: self.health(profile.id),
        }
    }
}

const fn trouble(error: &KeychainError) -> KeychainTrouble {
    match error {
        KeychainError::NoService { .. } => KeychainTrouble::NoService,
        KeychainError::Locked => KeychainTrouble::Locked,
        KeychainError::Missing => KeychainTrouble::Missing,
        KeychainError::TooLarge { .. } => KeychainTrouble::TooLarge,
        KeychainError::Slow { .. } => KeychainTrouble::Slow,
        KeychainError::Vanished { .. } => KeychainTrouble::Vanished,
        _ => KeychainTrouble::Denied,
    }
}
