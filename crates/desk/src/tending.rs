//! Looks after tokens while nobody looks: ends what was begun, rotates what is due, and says what its owner should know.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use agentruntime_platform_mcp::audit::Record;
use agentruntime_settings::{Care, Profile, Reason};
use agentruntime_tokens::{Rotate, Settled, SettledAs, care};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use tokio::{sync::broadcast::error::RecvError, time::MissedTickBehavior};

use crate::{Desk, api::Health, news::News};

/// How often ages are looked at.
const LOOK: Duration = Duration::from_hours(1);
/// How often a quiet moment is looked for.
const QUIET_LOOK: Duration = Duration::from_mins(5);
/// No call for so long is a quiet moment, in minutes.
const QUIET: i64 = 5;
/// The least time between two rotations that nobody asked for.
const REST: Duration = Duration::from_hours(24);
/// After so long without a quiet moment a rotation is made all the same: no call is lost by it.
const OVERDUE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Ends what was begun with tokens, now and whenever it may go better.
pub(crate) async fn keep_settling(desk: Arc<Desk>) {
    let tell = |settled: Settled| {
        let name = desk.settings.get().profile(settled.profile).map(|profile| profile.name.clone());
        let news = match settled.how {
            SettledAs::Rotated => News::Rotated(name.unwrap_or_default()),
            SettledAs::Undone => News::Undone(name.unwrap_or_default()),
            // The end of a rotation that its owner heard of already.
            SettledAs::Revoked(Reason::Rotated | Reason::Undone) => return desk.changed.tell(),
            SettledAs::Revoked(Reason::Asked) => News::Revoked,
            // Calls that go on, and somebody who is at it, end by themselves.
            SettledAs::Left(hitch)
                if hitch.tries > 1 || matches!(hitch.code.as_str(), "token_in_use" | "token_busy") =>
            {
                return desk.changed.tell();
            }
            SettledAs::Left(_) => News::Left,
        };
        desk.tell_news(news);
        desk.changed.tell();
    };
    desk.care.tokens.keep_settling(desk.care.settle.clone(), desk.ending(), tell).await;
}

/// Looks at every token's age, and rotates those that are due when nobody calls.
pub(crate) async fn keep_young(desk: Arc<Desk>) {
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut quiet_looks = tokio::time::interval(QUIET_LOOK);
    quiet_looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut tried = HashMap::new();
    loop {
        let remind = tokio::select! {
            () = desk.supervisor.shutdown().cancelled() => return,
            _ = looks.tick() => true,
            _ = quiet_looks.tick() => false,
        };
        let now = Timestamp::now();
        for profile in desk.settings.get().profiles.clone() {
            let due = care::due(&profile, now);
            if let Some(reminder) = due.reminder.filter(|_| remind) {
                // Where nobody can show it, it is told another time.
                if desk.tell_news(News::Token(reminder, profile.name.clone()))
                    && let Err(error) = desk.care.tokens.remember_reminders(profile.id, due.told).await
                {
                    tracing::warn!(code = error.code(), "a reminder will come again");
                }
            }
            // By this process's own time, which nobody sets.
            let rested = tried.get(&profile.id).is_none_or(|at: &Instant| at.elapsed() >= REST);
            if due.rotate && rested && desk.may_rotate(&profile, now).await {
                tried.insert(profile.id, Instant::now());
                // At the end it is left as it is, and taken up at the next start.
                desk.supervisor.shutdown().run_until_cancelled(desk.rotate_by_itself(&profile)).await;
            }
        }
    }
}

/// Checks the active workspace at once when the BFF refuses its token to a client.
pub(crate) async fn notice_refusals(desk: Arc<Desk>) {
    let mut calls = desk.activity.entries();
    loop {
        let call = tokio::select! {
            () = desk.supervisor.shutdown().cancelled() => return,
            call = calls.recv() => call,
        };
        match call {
            Ok(entry) if is_refusal(&entry.call) => desk.doubt_the_token().await,
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

fn is_refusal(call: &Record) -> bool {
    call.code == "unauthorized"
}

impl Desk {
    /// Whether nobody would notice a rotation now, or it has waited long enough.
    async fn may_rotate(&self, profile: &Profile, now: Timestamp) -> bool {
        // What was begun has its own way to its end; with what cannot be ended, another token would be one too many.
        let journal = &self.settings.get().journal;
        let is_left = journal.revocations.iter().any(|left| left.profile == profile.id && left.reason != Reason::Asked);
        if is_left || journal.rotation_of(profile.id).is_some() {
            return false;
        }
        let Some(facts) = &profile.facts else { return false };
        // One that is new here is not old, whatever two clocks make of it.
        if now.duration_since(facts.added_at).unsigned_abs() < REST {
            return false;
        }
        if self.settings.get().active_profile != Some(profile.id) {
            return true;
        }
        let age = care::age(facts, now);
        let Care::Rotate { days } = profile.care else { return false };
        let days = SignedDuration::from_hours(24 * i64::from(days));
        if age > days + OVERDUE {
            return true;
        }
        let Ok(since) = now.checked_sub(QUIET.minutes()) else { return false };
        self.activity.since(since).await.is_ok_and(|summary| summary.calls == 0)
    }

    async fn rotate_by_itself(&self, profile: &Profile) {
        match self.care.tokens.rotate(profile.id, Rotate::default()).await {
            Ok(rotated) => {
                self.tell_news(News::Rotated(rotated.profile.name));
                if let Some(hitch) = rotated.left {
                    tracing::info!(code = hitch.code, "the old token lives still");
                }
            }
            Err(error) => {
                tracing::warn!(code = error.code(), workspace = %profile.id, "the token was not rotated by itself");
                self.tell_news(News::NotRotated(profile.name.clone()));
            }
        }
        self.changed.tell();
    }

    /// A client was told that the token is not taken: whether that is so is asked at once, unless it is known.
    async fn doubt_the_token(&self) {
        let Some(active) = self.settings.get().active_profile else { return };
        let known = matches!(self.workspaces.health(active), Health::Bad { .. } | Health::Checking);
        if !known {
            self.workspaces.check(active).await;
        }
    }
}
