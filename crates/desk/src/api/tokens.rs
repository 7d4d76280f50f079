//! What the page is told of an account's tokens, and of what was begun with them.

pub use agentruntime_settings::Care;
use serde::Serialize;
use ts_rs::TS;

/// A token of the account, as the platform lists it; never its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PatView {
    /// Its id at the platform, which is no secret.
    pub id: String,
    /// Its name at the platform.
    pub display_name: Option<String>,
    /// What it may do; empty where the platform does not say.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Option<String>,
    /// When it was last used, where the platform says.
    pub last_used_at: Option<String>,
    /// When it ends by itself, where it does.
    pub expires_at: Option<String>,
    /// Whether it is the one the workspace uses; absent where that cannot be told.
    pub own: Option<bool>,
}

/// What was begun with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum TaskKind {
    /// A successor is being made; the token in use works.
    Rotation,
    /// The token that was replaced is to be revoked.
    RevokeOld,
    /// A successor that came to nothing is to be revoked.
    RevokeSuccessor,
    /// A token that its owner revoked lives still at the platform.
    RevokeAsked,
}

/// Something that was begun with a token and has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TaskView {
    /// What it is tried again or dismissed by.
    pub id: String,
    /// What it is to come to.
    pub kind: TaskKind,
    /// The workspace's id; it may have been removed since.
    pub profile: String,
    /// The workspace's name; nothing where it was removed.
    pub profile_name: Option<String>,
    /// The token's id at the platform.
    pub pat_id: Option<String>,
    /// The token's name at the platform.
    pub display_name: Option<String>,
    /// When it was begun.
    pub since: String,
    /// What stood in the way when it was last tried, as a stable code; absent while it is under way.
    pub code: Option<String>,
    /// How many times it was tried.
    pub tries: u32,
    /// When it is tried again by itself.
    pub next_try: Option<String>,
}

/// What came of a rotation or a revocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// Why a token lives still that should not, as a stable code; absent where nothing is left to do.
    pub left: Option<String>,
}

/// What the emergency stop did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PanicDone {
    /// The workspace whose token was taken out of use; absent where none was in use.
    pub workspace: Option<String>,
    /// Why the token lives still at the platform, as a stable code; absent where it is dead.
    pub left: Option<String>,
    /// Why the token is in use still, as a stable code; absent where it is not.
    pub not_revoked: Option<String>,
    /// Why risk will be on again at the next start, as a stable code; absent where it will not.
    pub risk_left: Option<String>,
}

/// What the active workspace's token cannot do of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShortfallView {
    /// The scopes it lacks.
    pub missing: Vec<String>,
    /// The tools that are not listed for want of them.
    pub tools: Vec<String>,
    /// Whether nothing is left of the group.
    pub whole: bool,
}
