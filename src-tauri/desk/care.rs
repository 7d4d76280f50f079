//! Looks after tokens while nobody looks: ends what was begun, rotates what is due, and says what its owner should know.

use std::{sync::Arc, time::Duration};

use agentruntime_platform_mcp::audit::Record;
use agentruntime_tokens::{
    Care, EntryId, Notice, Profile, ProfileId, Reason, Rotate, Settled, SettledAs, TokenPlace, care,
};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use tokio::{sync::broadcast::error::RecvError, time::MissedTickBehavior};

use super::Desk;
use crate::api::Health;

/// Something a person is told, with or without a window. What has a name in it is about the workspace of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// A token wants attention because of its age or its end.
    Token(Notice, String),
    /// A token was rotated by itself, or a rotation that was cut off was finished.
    Rotated(String),
    /// A rotation that was cut off was undone: the token in use is the old one.
    Undone(String),
    /// A token that lived on against its owner's wish is dead now.
    Revoked,
    /// Something cannot be ended just now.
    Left,
}

/// How often ages are looked at.
const LOOK: Duration = Duration::from_hours(1);
/// How often a quiet moment is looked for.
const QUIET_LOOK: Duration = Duration::from_mins(5);
/// No call for so long is a quiet moment, in minutes.
const QUIET: i64 = 5;
/// After so long without a quiet moment a rotation is made all the same: no call is lost by it.
const OVERDUE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Ends what was begun with tokens, now and whenever it may go better.
pub(super) async fn keep_settling(desk: Arc<Desk>) {
    let tell = |settled: Settled| {
        let name = desk.settings.get().profile(settled.profile).map(|profile| profile.name.clone());
        let news = match settled.how {
            SettledAs::Rotated => News::Rotated(name.unwrap_or_default()),
            SettledAs::Undone => News::Undone(name.unwrap_or_default()),
            // The end of a rotation that its owner heard of already.
            SettledAs::Revoked(Reason::Rotated | Reason::Undone) => return desk.change(),
            SettledAs::Revoked(Reason::Asked) => News::Revoked,
            // Calls that go on, and somebody who is at it, end by themselves.
            SettledAs::Left(hitch)
                if hitch.tries > 1 || matches!(hitch.code.as_str(), "token_in_use" | "token_busy") =>
            {
                return desk.change();
            }
            SettledAs::Left(_) => News::Left,
        };
        desk.tell(news);
        desk.change();
    };
    desk.tokens.keep_settling(desk.settle.clone(), desk.shutdown.clone(), tell).await;
}

/// Looks at every token's age, and rotates those that are due when nobody calls.
pub(super) async fn keep_young(desk: Arc<Desk>) {
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut quiet_looks = tokio::time::interval(QUIET_LOOK);
    quiet_looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let remind = tokio::select! {
            () = desk.shutdown.cancelled() => return,
            _ = looks.tick() => true,
            _ = quiet_looks.tick() => false,
        };
        let now = Timestamp::now();
        for profile in desk.settings.get().profiles.clone() {
            let due = care::due(&profile, now);
            if let Some(notice) = due.notice.filter(|_| remind) {
                match desk.tokens.told(profile.id, due.told).await {
                    Ok(()) => desk.tell(News::Token(notice, profile.name.clone())),
                    Err(error) => tracing::warn!(code = error.code(), "a reminder waits"),
                }
            }
            if due.rotate && desk.may_rotate(&profile, now).await {
                desk.rotate_by_itself(&profile).await;
            }
        }
    }
}

/// Checks the active profile at once when the BFF refuses its token to a client.
pub(super) async fn notice_refusals(desk: Arc<Desk>) {
    let mut calls = desk.activity.watch();
    loop {
        let call = tokio::select! {
            () = desk.shutdown.cancelled() => return,
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

/// Sees to it that what another process writes into the settings is in force here too: a token that it rotated, groups that
/// it turned.
pub(super) async fn follow_settings(desk: Arc<Desk>) {
    let following = async {
        if let Err(error) = desk.settings.follow(desk.shutdown.clone()).await {
            tracing::warn!(code = error.code(), "what other processes change is seen late");
        }
    };
    let heeding = async {
        let mut changes = desk.settings.subscribe();
        let mut before = desk.in_force();
        loop {
            tokio::select! {
                () = desk.shutdown.cancelled() => return,
                changed = changes.changed() => if changed.is_err() { return },
            }
            desk.turn();
            let now = desk.in_force();
            if now != before {
                before = now;
                desk.refresh().await;
            }
        }
    };
    tokio::join!(following, heeding);
}

impl Desk {
    /// The token that calls go with: another one, or none, is another upstream.
    fn in_force(&self) -> Option<(ProfileId, EntryId, TokenPlace)> {
        let settings = self.settings.get();
        settings.active().map(|profile| (profile.id, profile.entry, profile.token))
    }

    /// Whether nobody would notice a rotation now, or it has waited long enough.
    async fn may_rotate(&self, profile: &Profile, now: Timestamp) -> bool {
        // One that was begun has its own way to its end.
        if self.settings.get().journal.rotation_of(profile.id).is_some() {
            return false;
        }
        if self.settings.get().active_profile != Some(profile.id) {
            return true;
        }
        let age = profile.facts.as_ref().map_or(SignedDuration::ZERO, |facts| care::age(facts, now));
        let Care::Rotate { days } = profile.care else { return false };
        let days = SignedDuration::from_hours(24 * i64::from(days));
        if age > days + OVERDUE {
            return true;
        }
        let Ok(since) = now.checked_sub(QUIET.minutes()) else { return false };
        self.activity.since(since).await.is_ok_and(|summary| summary.calls == 0)
    }

    async fn rotate_by_itself(&self, profile: &Profile) {
        match self.tokens.rotate(profile.id, Rotate::default()).await {
            Ok(rotated) => {
                self.tell(News::Rotated(rotated.profile.name));
                if let Some(hitch) = rotated.left {
                    tracing::info!(code = hitch.code, "the old token lives still");
                }
            }
            Err(error) => {
                tracing::warn!(code = error.code(), profile = %profile.id, "the token was not rotated by itself")
            }
        }
        self.change();
    }

    /// A client was told that the token is not taken: whether that is so is asked at once, unless it is known.
    async fn doubt_the_token(&self) {
        let Some(active) = self.settings.get().active_profile else { return };
        let known = matches!(self.known().health.get(&active), Some(Health::Bad { .. } | Health::Checking));
        if !known {
            self.check(active).await;
        }
    }
}
