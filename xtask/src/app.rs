//! The app in the tray: what must be there before it compiles.

use crate::{
    page,
    tools::{compiler, webkit},
    workspace::{Members, Workspace, say},
};

/// Makes sure of compilers, WebKit and the page, without which the app does not compile.
///
/// # Errors
/// Fails with what to do where one is missing and cannot be had.
pub fn ensure(workspace: &Workspace) -> anyhow::Result<()> {
    compiler::ensure(workspace)?;
    webkit::ensure(workspace)?;
    page::build(workspace)
}

/// The members that compile with what this machine has: WebKit is not installed for this.
pub fn members_at_hand(workspace: &Workspace) -> Members {
    if !webkit::is_present(workspace) {
        say("The app is left out: WebKit, which it is built on, is not installed.");
        return Members::AllButApp;
    }
    if let Err(error) = page::build(workspace) {
        say(format_args!("The app is left out: its page cannot be built: {error:#}"));
        return Members::AllButApp;
    }
    Members::All
}
