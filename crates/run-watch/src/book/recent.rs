//! Ids of late, the oldest of which are forgotten.

use std::{
    collections::{HashSet, VecDeque},
    hash::Hash,
};

#[derive(Debug)]
pub(super) struct Recent<Id> {
    most: usize,
    order: VecDeque<Id>,
    ids: HashSet<Id>,
}

impl<Id: Clone + Eq + Hash> Recent<Id> {
    pub(super) fn new(most: usize) -> Self {
        Self { most, order: VecDeque::new(), ids: HashSet::new() }
    }

    pub(super) fn holds(&self, id: &Id) -> bool {
        self.ids.contains(id)
    }

    pub(super) fn add(&mut self, id: Id) {
        if !self.ids.insert(id.clone()) {
            return;
        }
        self.order.push_back(id);
        if self.order.len() > self.most
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
    }
}
