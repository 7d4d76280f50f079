//! What is asked next, within the budget.

use std::{collections::HashMap, future::Future};

use tokio::time::Instant;

use super::{
    super::{
        Link,
        asking::{Answer, FeedPage, PAGE},
    },
    Follower, LOOK,
};
use crate::{model::RunKey, pace::RESERVE};

/// Logs that are read at a time.
const READERS: usize = 4;

impl Follower {
    pub(super) fn want_streams(&mut self, now: Instant) {
        let Some(account) = &self.account else { return };
        let mut count = HashMap::<&str, usize>::new();
        for key in self.book.active() {
            *count.entry(key.workflow_id.as_str()).or_default() += 1;
        }
        if matches!(self.link, Link::Away { .. }) {
            // Nobody is there; those that are open find out by themselves.
            return;
        }
        let is_active = |key: &RunKey| self.book.read(key).is_some() && !self.book.is_over(key);
        let looked_at = self.looked_at.as_ref().filter(|(key, at)| now.duration_since(*at) < LOOK && is_active(key));
        if let Some((key, _)) = looked_at {
            count.insert(key.workflow_id.as_str(), usize::MAX);
        }
        let mut workflows = count.into_iter().collect::<Vec<_>>();
        workflows.sort_unstable_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
        if self.book.has_begun() {
            self.streams.want(workflows.into_iter().map(|(workflow, _)| workflow), account);
        }
    }

    /// Asks what is wanted, within the budget.
    pub(super) fn ask(&mut self, now: Instant) {
        let Some(account) = self.account.clone() else { return };
        let limit = self.options.limit;
        self.looking.broke_until = None;
        let away = matches!(self.link, Link::Away { .. });
        // First: a person may be waited for.
        let inbox_due = self.looking.no_inbox.is_none_or(|until| now >= until);
        if self.looking.inbox_wanted && !self.looking.inbox_asked && inbox_due && !away {
            let pages = 1 + u32::try_from(self.book.waiting_count() / PAGE as usize).unwrap_or(u32::MAX);
            match self.gate.pay(pages, 0.0, now) {
                Ok(()) => {
                    self.looking.inbox_wanted = false;
                    self.looking.inbox_asked = true;
                    self.looking.no_inbox = None;
                    self.spawn(account.clone().inbox(limit));
                }
                Err(until) => self.looking.broke_until = Some(until),
            }
        }
        if self.looking.feed_wanted && !self.looking.feed_asked {
            match self.gate.pay(1, 0.0, now) {
                Ok(()) => {
                    self.looking.feed_wanted = false;
                    self.looking.feed_asked = true;
                    self.spawn(account.clone().feed(FeedPage::LATEST, limit));
                }
                Err(until) => _ = self.looking.broke_until.get_or_insert(until),
            }
        }
        if away || !self.book.has_begun() {
            return;
        }
        let nameless = self.book.nameless().next().map(str::to_owned);
        if let Some(workflow) = nameless
            && self.gate.pay(1, RESERVE, now).is_ok()
        {
            self.book.asking_name(&workflow);
            self.spawn(account.clone().name(workflow, limit));
        }
        let may_read = self.no_reading_before.is_none_or(|until| now >= until);
        while may_read && self.reading.len() < READERS && !self.to_read.is_empty() {
            let (reading, book) = (&self.reading, &self.book);
            // What has been told whole meanwhile costs nothing.
            self.to_read.keep(|key| book.read(key).is_some());
            if !self.to_read.has(|key| !reading.contains(key)) {
                break;
            }
            if let Err(until) = self.gate.pay(1, RESERVE, now) {
                self.looking.broke_until.get_or_insert(until);
                break;
            }
            let Some(key) = self.to_read.take(|key| !reading.contains(key)) else { break };
            let Some(offset) = self.book.read(&key) else { continue };
            self.reading.insert(key.clone());
            let ended = self.book.is_over(&key);
            self.spawn(account.clone().log(key, offset, ended, limit));
        }
    }

    pub(super) fn spawn(&mut self, question: impl Future<Output = Answer> + Send + 'static) {
        self.asked.spawn(question);
    }

    pub(super) fn interval(&self) -> std::time::Duration {
        let busy = self.book.is_busy();
        self.pace.interval(busy)
    }
}
