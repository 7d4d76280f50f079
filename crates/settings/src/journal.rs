//! What was begun with tokens and has not ended: the crash journal, which stands in the settings file.
//!
//! It stands there and not beside it because a workspace changes its token and its journal at one stroke. It holds ids, names and
//! codes; never a token's text.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Account, EntryId, JobId, ProfileId};

/// Everything that has not ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Journal {
    /// Successors that are being made. At most one for a workspace.
    pub rotations: Vec<Rotation>,
    /// Tokens that are to die.
    pub revocations: Vec<Revocation>,
    /// How many processes in a row have taken a thing up and not lived to say what came of it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub taken_up: BTreeMap<JobId, u32>,
}

/// Processes that may end over one thing. The first may have been killed by chance; a third never meets it by itself.
const MOST_TAKEN_UP: u32 = 2;

/// A rotation before its workspace was switched; after that, what is left of it is the revocation of the old token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    pub id: JobId,
    /// Whose token.
    pub profile: ProfileId,
    /// Where the successor belongs, for the day its workspace has gone.
    pub account: Account,
    /// The id, at the platform, of the token that is to be replaced.
    pub old: String,
    /// Its entry in the keychain.
    pub old_entry: EntryId,
    /// The successor's name at the platform: the old one's.
    pub display_name: String,
    /// The successor's scopes.
    pub scopes: Vec<String>,
    /// The successor's entry in the keychain.
    pub entry: EntryId,
    /// The ids of all tokens there were before: a successor whose id nobody wrote down is none of them.
    pub known: Vec<String>,
    /// How far it has come.
    pub stage: Stage,
    pub begun_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hitch: Option<Hitch>,
}

impl Rotation {
    /// Whether the successor is to have just these scopes, in whatever order.
    #[must_use]
    pub fn asks_for(&self, scopes: &[String]) -> bool {
        scopes.iter().all(|scope| self.scopes.contains(scope)) && self.scopes.iter().all(|scope| scopes.contains(scope))
    }

    /// When it is to be tried again.
    #[must_use]
    pub fn next_try(&self) -> Timestamp {
        due(self.hitch.as_ref(), self.begun_at)
    }
}

/// The step of a rotation that was begun last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
pub enum Stage {
    /// The platform is asked for a successor: there may be one.
    Creating,
    /// The successor is put into the keychain.
    Storing {
        /// Its id at the platform.
        successor: String,
    },
    /// The successor is tried out.
    Trying {
        /// Its id at the platform.
        successor: String,
    },
}

impl Stage {
    /// The successor's id, where there is one.
    #[must_use]
    pub fn successor(&self) -> Option<&str> {
        match self {
            Self::Creating => None,
            Self::Storing { successor } | Self::Trying { successor } => Some(successor),
        }
    }
}

/// A token that is to die.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    pub id: JobId,
    /// Where the token belongs, for the day its workspace has gone.
    pub account: Account,
    /// The workspace whose token it was, or whose token may revoke it.
    pub profile: ProfileId,
    /// Its id at the platform, where it could be told which one it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pat_id: Option<String>,
    /// Its name at the platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Its entry in the keychain, which goes when the token is dead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryId>,
    pub reason: Reason,
    pub begun_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hitch: Option<Hitch>,
}

impl Revocation {
    /// When it is to be tried again.
    #[must_use]
    pub fn next_try(&self) -> Timestamp {
        due(self.hitch.as_ref(), self.begun_at)
    }
}

/// Why a token is to die.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Another one took its place.
    Rotated,
    /// It was to take another's place, and could not.
    Undone,
    /// Its owner said so.
    Asked,
}

/// What stood in the way when it was last tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hitch {
    /// The error's stable code.
    pub code: String,
    pub at: Timestamp,
    /// How many times in a row.
    pub tries: u32,
}

/// The wait after the first try. It doubles with each, up to [`LONGEST`].
const SHORTEST: SignedDuration = SignedDuration::from_secs(30);
/// How long a thing that met nothing is left to whoever began it.
const UNDER_WAY: SignedDuration = SignedDuration::from_mins(5);
/// The longest wait between two tries.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

impl Hitch {
    /// What stood in the way now, after what stood there before.
    #[must_use]
    pub fn after(before: Option<&Self>, code: &str) -> Self {
        let tries = before.map_or(1, |before| before.tries.saturating_add(1));
        Self { code: code.to_owned(), at: Timestamp::now(), tries }
    }

    /// When it is tried again by itself. At once if it was tried in the future: then the clock was set back since.
    #[must_use]
    pub fn next_try(&self) -> Timestamp {
        if self.at > Timestamp::now() {
            return Timestamp::now();
        }
        let doubled = 1_i32.checked_shl(self.tries.saturating_sub(1).min(20)).unwrap_or(i32::MAX);
        let wait = SHORTEST.checked_mul(doubled).unwrap_or(LONGEST).min(LONGEST);
        self.at.checked_add(wait).unwrap_or(self.at)
    }
}

impl Journal {
    /// Whether nothing is left to do.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rotations.is_empty() && self.revocations.is_empty()
    }

    /// The rotation of a workspace.
    #[must_use]
    pub fn rotation_of(&self, profile: ProfileId) -> Option<&Rotation> {
        self.rotations.iter().find(|rotation| rotation.profile == profile)
    }

    /// The rotation of this id.
    #[must_use]
    pub fn rotation(&self, id: JobId) -> Option<&Rotation> {
        self.rotations.iter().find(|rotation| rotation.id == id)
    }

    /// The revocation of this id.
    #[must_use]
    pub fn revocation(&self, id: JobId) -> Option<&Revocation> {
        self.revocations.iter().find(|revocation| revocation.id == id)
    }

    /// As [`Journal::rotation`], to be changed.
    pub fn rotation_mut(&mut self, id: JobId) -> Option<&mut Rotation> {
        self.rotations.iter_mut().find(|rotation| rotation.id == id)
    }

    /// As [`Journal::revocation`], to be changed.
    pub fn revocation_mut(&mut self, id: JobId) -> Option<&mut Revocation> {
        self.revocations.iter_mut().find(|revocation| revocation.id == id)
    }

    /// The place for what a thing met; `None` where it has ended.
    pub fn hitch_mut(&mut self, id: JobId) -> Option<&mut Option<Hitch>> {
        let rotations = self.rotations.iter_mut().map(|rotation| (rotation.id, &mut rotation.hitch));
        let revocations = self.revocations.iter_mut().map(|revocation| (revocation.id, &mut revocation.hitch));
        rotations.chain(revocations).find_map(|(other, hitch)| (other == id).then_some(hitch))
    }

    /// Every entry of the keychain that something here needs.
    pub fn entries(&self) -> impl Iterator<Item = EntryId> {
        let rotations = self.rotations.iter().map(|rotation| rotation.entry);
        rotations.chain(self.revocations.iter().filter_map(|revocation| revocation.entry))
    }

    /// When something here is to be tried again. What nothing was met with yet is given time: who began it is at it, or it was
    /// begun by a process that died, and is taken up at the next start.
    #[must_use]
    pub fn next_try(&self) -> Option<Timestamp> {
        let rotations = self.rotations.iter().map(|rotation| (rotation.id, rotation.next_try()));
        let revocations = self.revocations.iter().map(|revocation| (revocation.id, revocation.next_try()));
        let lively = rotations.chain(revocations).filter(|(id, _)| !self.is_stalled(*id));
        lively.map(|(_, next_try)| next_try).min()
    }

    /// Says of a thing that it is stalled, with the code for that; gives what is to be told, the first time.
    pub fn stall(&mut self, id: JobId, code: &str) -> Option<Hitch> {
        let hitch = self.hitch_mut(id)?;
        if hitch.as_ref().is_some_and(|hitch| hitch.code == code) {
            return None;
        }
        let stalled = Hitch { code: code.to_owned(), at: Timestamp::now(), tries: 1 };
        *hitch = Some(stalled.clone());
        Some(stalled)
    }

    /// Whether a thing has ended so many processes that only a person may have it taken up again.
    #[must_use]
    pub fn is_stalled(&self, id: JobId) -> bool {
        self.taken_up.get(&id).is_some_and(|processes| *processes >= MOST_TAKEN_UP)
    }
}

/// When what met this is to be tried again.
fn due(hitch: Option<&Hitch>, begun_at: Timestamp) -> Timestamp {
    hitch.map_or_else(|| begun_at.checked_add(UNDER_WAY).unwrap_or(begun_at), Hitch::next_try)
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{Hitch, Rotation, Stage};
    use crate::{Account, EntryId, JobId, ProfileId};

    #[test]
    fn tries_come_seldomer_and_never_end() {
        let mut hitch = Hitch::after(None, "unreachable");
        let mut waits = Vec::new();
        for _ in 0..40 {
            waits.push(hitch.next_try().duration_since(hitch.at));
            hitch = Hitch::after(Some(&hitch), "unreachable");
        }
        assert_eq!(waits[..4], [30, 60, 120, 240].map(SignedDuration::from_secs));
        assert!(waits[8..].iter().all(|wait| *wait == SignedDuration::from_hours(1)));
    }

    #[test]
    fn scopes_are_a_set() {
        let set = |scopes: &[&str]| scopes.iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>();
        let rotation = |scopes: &[&str]| Rotation {
            id: JobId::new(),
            profile: ProfileId::new(),
            account: Account { url: "https://h".parse().unwrap(), tenant_id: None, project_id: None },
            old: "p-1".to_owned(),
            old_entry: EntryId::new(),
            display_name: "laptop".to_owned(),
            scopes: set(scopes),
            entry: EntryId::new(),
            known: Vec::new(),
            stage: Stage::Creating,
            begun_at: Timestamp::now(),
            hitch: None,
        };
        assert!(rotation(&["a", "b"]).asks_for(&set(&["b", "a", "a"])));
        assert!(!rotation(&["a"]).asks_for(&set(&["a", "b"])));
        assert!(!rotation(&["a", "b"]).asks_for(&set(&["a"])));
    }
}
