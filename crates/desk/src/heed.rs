//! What people prefer takes effect where it is observed, whoever wrote it: the window, the tray, another process, or a hand in
//! the file. Nothing is applied where it is written.

use std::sync::Arc;

use agentruntime_serving::Overrides;
use agentruntime_settings::Settings;

use crate::Desk;

/// Has the changes of others seen, until the desk closes.
pub(crate) async fn follow_the_file(desk: Arc<Desk>) {
    desk.settings.follow_the_file().await;
}

/// Keeps everything but the workspace to the settings.
pub(crate) async fn keep_to_settings(desk: Arc<Desk>) {
    desk.settings.keep(|now| desk.heed(now)).await;
}

impl Desk {
    fn heed(&self, now: &Settings) {
        if let Some(platform) = self.workspaces.backing.platform() {
            platform.switchboard.turn(|_| Overrides::default().over(Some(now)));
        }
        self.server.move_to(now.port);
        // Without a screen there is nobody to ask.
        self.runs.consents.set_required(now.ask_before_answers && self.screen);
        self.changed.tell();
    }
}

#[cfg(test)]
mod tests;
