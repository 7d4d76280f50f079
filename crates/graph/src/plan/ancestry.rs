//! Who comes before whom, for every pair at once: one bit per pair, so that a dense graph of the largest size is
//! answered in milliseconds.

use super::Links;

/// The steps before each step, directly or not.
#[derive(Debug)]
pub(crate) struct Ancestry {
    /// By place; bit `n` of a row is set when place `n` comes before the row's.
    rows: Vec<Vec<u64>>,
}

impl Links {
    pub(crate) fn ancestry(&self) -> Ancestry {
        let words = self.order().len().div_ceil(64);
        let mut rows = vec![vec![0_u64; words]; self.order().len()];
        for &place in self.order() {
            let mut row = vec![0_u64; words];
            for &before in self.dependencies(place) {
                for (word, theirs) in row.iter_mut().zip(rows.get(before).into_iter().flatten()) {
                    *word |= theirs;
                }
                if let Some(word) = row.get_mut(before / 64) {
                    *word |= 1 << (before % 64);
                }
            }
            if let Some(slot) = rows.get_mut(place) {
                *slot = row;
            }
        }
        Ancestry { rows }
    }
}

impl Ancestry {
    /// Whether `before` comes before `place`.
    pub(crate) fn has(&self, place: usize, before: usize) -> bool {
        let word = self.rows.get(place).and_then(|row| row.get(before / 64));
        word.is_some_and(|word| word >> (before % 64) & 1 == 1)
    }
}
