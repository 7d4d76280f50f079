//! Who depends on whom, and the order that follows.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use crate::error::{GraphError, Result};
use crate::model::Step;

/// The dependencies of a graph's steps, each step by its place as written.
#[derive(Debug, Clone)]
pub(crate) struct Links {
    ids: Vec<String>,
    places: HashMap<String, usize>,
    dependencies: Vec<Vec<usize>>,
    dependants: Vec<Vec<usize>>,
    order: Vec<usize>,
}

impl Links {
    /// Dependencies on steps that do not exist are left out, and of two steps with one id the first is meant: both
    /// are problems of shape that reading has reported.
    pub(crate) fn new(steps: &[Step]) -> Result<Self> {
        let mut places = HashMap::new();
        for (place, step) in steps.iter().enumerate() {
            places.entry(step.id.clone()).or_insert(place);
        }
        let mut dependants = vec![Vec::new(); steps.len()];
        let mut dependencies = Vec::with_capacity(steps.len());
        for (place, step) in steps.iter().enumerate() {
            let before: Vec<usize> = step.depends_on.iter().filter_map(|id| places.get(id).copied()).collect();
            for &earlier in &before {
                if let Some(list) = dependants.get_mut(earlier) {
                    list.push(place);
                }
            }
            dependencies.push(before);
        }
        let ids = steps.iter().map(|step| step.id.clone()).collect();
        let mut links = Self { ids, places, dependencies, dependants, order: Vec::new() };
        links.order = links.sort()?;
        Ok(links)
    }

    pub(crate) fn id(&self, place: usize) -> &str {
        self.ids.get(place).map_or("", String::as_str)
    }

    pub(crate) fn place(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }

    pub(crate) fn dependencies(&self, place: usize) -> &[usize] {
        self.dependencies.get(place).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn dependants(&self, place: usize) -> &[usize] {
        self.dependants.get(place).map_or(&[], Vec::as_slice)
    }

    /// Dependencies first, otherwise as written.
    pub(crate) fn order(&self) -> &[usize] {
        &self.order
    }

    /// Every place before this one, directly or not, ascending.
    pub(crate) fn ancestors(&self, place: usize) -> Vec<usize> {
        let mut seen = vec![false; self.ids.len()];
        let mut open = self.dependencies(place).to_vec();
        while let Some(next) = open.pop() {
            if let Some(slot) = seen.get_mut(next)
                && !std::mem::replace(slot, true)
            {
                open.extend_from_slice(self.dependencies(next));
            }
        }
        seen.into_iter().enumerate().filter_map(|(place, seen)| seen.then_some(place)).collect()
    }

    /// Kahn's algorithm, taking the step written first whenever several could come next.
    fn sort(&self) -> Result<Vec<usize>> {
        let mut missing: Vec<usize> = self.dependencies.iter().map(Vec::len).collect();
        let free = missing.iter().enumerate().filter(|(_, missing)| **missing == 0);
        let mut ready: BinaryHeap<Reverse<usize>> = free.map(|(place, _)| Reverse(place)).collect();
        let mut order = Vec::with_capacity(self.ids.len());
        while let Some(Reverse(place)) = ready.pop() {
            order.push(place);
            for &after in self.dependants(place) {
                if let Some(missing) = missing.get_mut(after) {
                    *missing -= 1;
                    if *missing == 0 {
                        ready.push(Reverse(after));
                    }
                }
            }
        }
        let stuck = |place: &usize| missing.get(*place).is_some_and(|missing| *missing > 0);
        match (0..self.ids.len()).find(stuck) {
            None => Ok(order),
            Some(start) => Err(GraphError::Cycle { path: self.circle(start, &stuck) }),
        }
    }

    /// A step that Kahn could not place has a dependency he could not place either; following those must come round.
    fn circle(&self, start: usize, stuck: &dyn Fn(&usize) -> bool) -> Vec<String> {
        let mut walked = vec![start];
        while let Some(last) = walked.last()
            && let Some(&next) = self.dependencies(*last).iter().find(|place| stuck(place))
        {
            let came_round = walked.iter().position(|place| *place == next);
            walked.push(next);
            if let Some(first) = came_round {
                walked.drain(..first);
                break;
            }
        }
        walked.into_iter().map(|place| self.id(place).to_owned()).collect()
    }
}
