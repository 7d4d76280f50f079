//! The emergency stop.

use std::sync::Arc;

use agentruntime_settings::TokenPlace;
use agentruntime_tokens::When;
use tokio::sync::oneshot;

use crate::{Desk, api::tokens::PanicDone};

impl Desk {
    /// Pauses serving, turns risk off, and takes the active workspace's token out of use before the platform is asked to
    /// revoke it. Nothing here waits for the network before everything on this computer is done.
    ///
    /// Once begun it goes on, whoever asked for it, and the desk's end waits for it.
    pub async fn emergency_stop(self: &Arc<Self>) -> PanicDone {
        let (tell, done) = oneshot::channel();
        let desk = self.clone();
        self.supervisor.run_once("emergency stop", async move {
            // Who asked may have gone.
            _ = tell.send(desk.stop_all().await);
        });
        let broke_off = |_| PanicDone { not_revoked: Some("internal".to_owned()), ..PanicDone::default() };
        done.await.unwrap_or_else(broke_off)
    }

    async fn stop_all(&self) -> PanicDone {
        self.server.pause(true);
        // The settings may not be writable; the switch turns all the same.
        if let Some(platform) = self.workspaces.backing.platform() {
            platform.switchboard.turn(|switches| switches.with_risk(false));
        }
        let risk_left = self.set_risk(false).await.err().map(|failed| failed.code().to_owned());
        let mut done = PanicDone { workspace: None, left: None, not_revoked: None, risk_left };
        let settings = self.settings.get();
        if let Some(profile) = settings.active().filter(|profile| profile.token != TokenPlace::None) {
            done.workspace = Some(profile.name.clone());
            match self.care.revoke(profile.id, None, When::AtOnce).await {
                Ok(outcome) => done.left = outcome.left,
                Err(failed) => done.not_revoked = Some(failed.code().to_owned()),
            }
        }
        tracing::warn!(?done, "the emergency stop was pressed");
        done
    }
}
