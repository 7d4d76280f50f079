//! Runs whose log is to be read, each once, the most important first.

use std::collections::{HashSet, VecDeque};

use crate::model::RunKey;

#[derive(Debug, Default)]
pub(super) struct Queue {
    order: VecDeque<RunKey>,
    /// Those in `order` that are still wanted; what was taken out early stays there until its turn.
    wanted: HashSet<RunKey>,
}

impl Queue {
    pub(super) fn put_first(&mut self, key: RunKey) {
        self.wanted.insert(key.clone());
        self.order.push_front(key);
    }

    pub(super) fn put_last(&mut self, key: RunKey) {
        if self.wanted.insert(key.clone()) {
            self.order.push_back(key);
        }
    }

    /// The next one that may be taken; those that may not keep their place.
    pub(super) fn take(&mut self, may: impl Fn(&RunKey) -> bool) -> Option<RunKey> {
        let wanted = &self.wanted;
        // An entry whose key was taken by another entry of it is left over.
        while self.order.front().is_some_and(|key| !wanted.contains(key)) {
            self.order.pop_front();
        }
        let place = self.order.iter().position(|key| self.wanted.contains(key) && may(key))?;
        let key = self.order.remove(place)?;
        self.wanted.remove(&key);
        Some(key)
    }

    /// Whether there is one that may be taken.
    pub(super) fn has(&self, may: impl Fn(&RunKey) -> bool) -> bool {
        self.wanted.iter().any(may)
    }

    /// Lets go of what is not wanted any more, if it stands at the front.
    pub(super) fn drop_unwanted(&mut self, wanted: impl Fn(&RunKey) -> bool) {
        while let Some(first) = self.order.front() {
            if self.wanted.contains(first) && wanted(first) {
                return;
            }
            self.wanted.remove(first);
            self.order.pop_front();
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str) -> RunKey {
        RunKey::new("wf", id)
    }

    #[test]
    fn each_is_taken_once_in_order_and_what_may_not_be_taken_stays() {
        let mut queue = Queue::default();
        for id in ["a", "b", "a", "c"] {
            queue.put_last(key(id));
        }
        queue.put_first(key("c"));
        assert_eq!(queue.take(|key| key.run_id != "c"), Some(key("a")));
        assert_eq!(queue.take(|_| true), Some(key("c")));
        assert_eq!(queue.take(|_| true), Some(key("b")));
        assert_eq!(queue.take(|_| true), None);
        assert!(queue.is_empty());
    }
}
