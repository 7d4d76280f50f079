//! How the whole stands, in one word: what the tray's icon shows, and what the person is needed for.

use crate::api::{Health, Profile, ServerState, Snapshot};

/// How the whole stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The server is about to serve.
    Starting,
    /// The server rests, as the person wished.
    Paused,
    /// It serves, and there is no workspace.
    NoWorkspace,
    /// It serves the workspace of this name, of which is not known whether it works.
    Checking(String),
    /// It serves the workspace of this name.
    Serving(String),
    /// The person is needed.
    Needs(Need),
}

/// What the person is needed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// Another program has the server's port.
    PortTaken(u16),
    /// The server does not run.
    NotRunning,
    /// The token of the workspace of this name cannot be had.
    NoToken(String),
    /// The platform refuses its token.
    Refused(String),
    /// Its token was revoked from here.
    Revoked(String),
    /// It does not answer.
    NoAnswer(String),
}

impl Standing {
    /// How a snapshot says that it stands.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        let active = snapshot.profiles.iter().find(|profile| Some(&profile.id) == snapshot.active_profile.as_ref());
        Self::new(&snapshot.server, active)
    }

    pub(crate) fn new(server: &ServerState, active: Option<&Profile>) -> Self {
        match (server, active) {
            (ServerState::PortTaken { port, .. }, _) => Self::Needs(Need::PortTaken(*port)),
            (ServerState::Failed { .. }, _) => Self::Needs(Need::NotRunning),
            (ServerState::Starting, _) => Self::Starting,
            (ServerState::Paused { .. }, _) => Self::Paused,
            (ServerState::Serving { .. }, None) => Self::NoWorkspace,
            (ServerState::Serving { .. }, Some(profile)) => {
                let name = profile.name.clone();
                match (&profile.token.trouble, &profile.health) {
                    (Some(_), _) => Self::Needs(Need::NoToken(name)),
                    (None, Health::Bad { code, .. }) => Self::Needs(match code.as_str() {
                        "unauthorized" => Need::Refused(name),
                        "no_token" => Need::Revoked(name),
                        _ => Need::NoAnswer(name),
                    }),
                    (None, Health::Ok { .. }) => Self::Serving(name),
                    // Never green on old news.
                    (None, Health::Unknown | Health::Checking) => Self::Checking(name),
                }
            }
        }
    }
}
