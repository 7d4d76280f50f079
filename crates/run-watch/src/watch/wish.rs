//! What is asked of the follower.

use crate::{model::RunKey, pace::Pace};

#[derive(Debug)]
pub(super) enum Wish {
    /// Something was done just now: look.
    Look,
    /// The way to the platform may be another one.
    Resync,
    /// A person looks at this run.
    LookAt(RunKey),
    /// Who looks, and what it costs, has changed.
    SetPace(Pace),
    /// An answer in this account is on its way.
    ExpectAnswer { account: String, task: String, approved: bool },
    /// It was taken, or not.
    SettleAnswer { account: String, task: String, taken: bool },
}
