//! What a workspace is: a name, a BFF, and where its token lives. The token itself is no part of it.

use std::collections::BTreeSet;

use agentruntime_bff::Config;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Care, EntryId, InvalidProfile, ProfileId, Reminder};

/// Which BFF (BFF API, "Hosts and auth").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Backend {
    /// The platform.
    Production,
    /// The platform's own testing ground.
    Development,
    /// Another one.
    Custom,
    /// The one inside the app.
    Sandbox,
}

impl Backend {
    /// Its URL, where it has but one.
    #[must_use]
    pub const fn url(self) -> Option<&'static str> {
        match self {
            Self::Production => Some("https://api.agentruntime.io"),
            Self::Development => Some("https://api-dev.agentruntime.io"),
            Self::Custom | Self::Sandbox => None,
        }
    }
}

/// Where a workspace's token lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenPlace {
    /// In the keychain, under [`Profile::entry`].
    Keychain,
    /// In the process that was given it; gone when that ends.
    Memory,
    /// The workspace has none of its own.
    None,
}

/// What may be shown of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenFacts {
    /// Its id at the platform, where it could be told which one it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pat_id: Option<String>,
    /// Its name at the platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Its last four characters; absent for a token so short that they would tell much of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_four: Option<String>,
    /// What it may do; empty where that is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// When the platform made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When it ends by itself, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it was given to this app.
    pub added_at: Timestamp,
}

/// A workspace, as it stands in the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub id: ProfileId,
    pub name: String,
    pub backend: Backend,
    /// The BFF's base URL.
    pub url: Url,
    /// Sent as `X-Tenant-Id` where set; the platform infers it from the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    /// Sent as `X-Project-Id` where set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
    /// Where its token lives.
    pub token: TokenPlace,
    /// The name of its token's entry, in the keychain or in memory.
    pub entry: EntryId,
    /// What may be shown of its token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<TokenFacts>,
    /// When the person is reminded of it, or it is rotated by itself.
    #[serde(default)]
    pub care: Care,
    /// What the person was told of this token already, and need not be told again.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub told: BTreeSet<Reminder>,
}

/// What a person gives for a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewProfile {
    pub name: String,
    pub backend: Backend,
    /// The base URL, where the backend has none of its own.
    #[serde(default)]
    pub url: Option<String>,
    /// The tenant, for deployments that demand the header.
    #[serde(default)]
    pub tenant_id: Option<String>,
    /// The project, likewise.
    #[serde(default)]
    pub project_id: Option<String>,
}

/// Longest name, in characters.
const LONGEST_NAME: usize = 80;
/// Longest tenant or project, in bytes.
const LONGEST_HEADER: usize = 200;

impl NewProfile {
    /// A workspace without a token. Blanks around texts go; empty ones count as not given.
    ///
    /// # Errors
    /// As [`Profile::check`], and where the URL is missing or is none.
    pub fn into_profile(self) -> Result<Profile, InvalidProfile> {
        let given = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let url = match (given(self.url), self.backend.url()) {
            (Some(url), _) => url,
            (None, Some(url)) => url.to_owned(),
            (None, None) => return Err(InvalidProfile::new("url", "is missing; this kind of workspace needs one")),
        };
        let url = Url::parse(&url).map_err(|error| {
            InvalidProfile::new("url", format!("is no URL ({error}); give one such as https://api.agentruntime.io"))
        })?;
        let profile = Profile {
            id: ProfileId::new(),
            name: self.name.trim().to_owned(),
            backend: self.backend,
            url,
            tenant_id: given(self.tenant_id),
            project_id: given(self.project_id),
            token: TokenPlace::None,
            entry: EntryId::new(),
            facts: None,
            care: Care::default(),
            told: BTreeSet::new(),
        };
        profile.check()?;
        Ok(profile)
    }
}

impl Profile {
    /// Whether everything in it fits. The URL is judged by the BFF client itself: https, or http to loopback.
    ///
    /// # Errors
    /// [`InvalidProfile`], which names the field.
    pub fn check(&self) -> Result<(), InvalidProfile> {
        check_name(&self.name)?;
        for (field, value) in [("tenant_id", &self.tenant_id), ("project_id", &self.project_id)] {
            let fits = |text: &String| {
                (1..=LONGEST_HEADER).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
            };
            if !value.as_ref().is_none_or(fits) {
                let problem = "is empty, too long, or has characters that no id has; copy it again from the Console";
                return Err(InvalidProfile::new(field, problem));
            }
        }
        self.care.check()?;
        self.bff_config().check().map_err(|error| match error {
            agentruntime_bff::Error::InvalidArgument { problem, .. } => InvalidProfile::new("url", problem),
            error => InvalidProfile::new("url", error.to_string()),
        })
    }

    /// How to reach its BFF.
    #[must_use]
    pub fn bff_config(&self) -> Config {
        self.account().bff_config()
    }

    /// The id of its token at the platform, where it could be told which one it is.
    #[must_use]
    pub fn pat_id(&self) -> Option<&str> {
        self.facts.as_ref()?.pat_id.as_deref()
    }

    /// Takes its token from it. The next one has an entry of its own.
    pub fn bereave(&mut self) {
        (self.token, self.entry, self.facts) = (TokenPlace::None, EntryId::new(), None);
        self.told.clear();
    }

    /// Where its token belongs.
    #[must_use]
    pub fn account(&self) -> Account {
        Account { url: self.url.clone(), tenant_id: self.tenant_id.clone(), project_id: self.project_id.clone() }
    }
}

/// Where a token belongs, for whoever needs that after the workspace has gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The BFF's base URL.
    pub url: Url,
    /// As [`Profile::tenant_id`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    /// As [`Profile::project_id`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
}

impl Account {
    /// How to reach its BFF.
    #[must_use]
    pub fn bff_config(&self) -> Config {
        let mut config = Config::new(self.url.clone());
        config.tenant_id.clone_from(&self.tenant_id);
        config.project_id.clone_from(&self.project_id);
        config
    }
}

/// Whether a workspace's name can be shown in a menu.
///
/// # Errors
/// [`InvalidProfile`], for `name`.
pub fn check_name(name: &str) -> Result<(), InvalidProfile> {
    if name.trim().is_empty() {
        Err(InvalidProfile::new("name", "is empty; give the workspace a name"))
    } else if name.chars().count() > LONGEST_NAME {
        Err(InvalidProfile::new("name", format!("is longer than {LONGEST_NAME} characters")))
    } else if name.chars().any(char::is_control) {
        Err(InvalidProfile::new("name", "has characters that cannot be shown"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
