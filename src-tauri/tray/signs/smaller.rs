//! A square picture made smaller: each of its pixels is the mean of those that it covers.

use std::ops::AddAssign;

/// The picture, given as red, green, blue and opacity of each pixel, with `wanted` pixels a side instead of `side`.
pub fn smaller(pixels: &[u8], side: usize, wanted: usize) -> Vec<u8> {
    let covered = (0..wanted).map(|at| covered(side, wanted, at)).collect::<Vec<_>>();
    let mut made = Vec::with_capacity(wanted * wanted * 4);
    for rows in &covered {
        for columns in &covered {
            let mut sum = Sum::default();
            for &(row, height) in rows {
                for &(column, width) in columns {
                    let at = (row * side + column) * 4;
                    if let Some(pixel) = pixels.get(at..).and_then(|rest| rest.first_chunk()) {
                        sum += (*pixel, height * width);
                    }
                }
            }
            made.extend(sum.mean());
        }
    }
    made
}

/// Which pixels of a row lie under its pixel `at` when it has `wanted` of them, and how much of each.
fn covered(side: usize, wanted: usize, at: usize) -> Vec<(usize, f64)> {
    let step = side as f64 / wanted as f64;
    let (begin, end) = (at as f64 * step, (at + 1) as f64 * step);
    let of_each = (0..side).map(|pixel| (pixel, end.min((pixel + 1) as f64) - begin.max(pixel as f64)));
    of_each.filter(|(_, part)| *part > 0.0).collect()
}

/// Colours count by their opacity: what cannot be seen has none to add.
#[derive(Default)]
struct Sum {
    colours: [f64; 3],
    opacity: f64,
    area: f64,
}

impl AddAssign<([u8; 4], f64)> for Sum {
    fn add_assign(&mut self, ([red, green, blue, opacity], area): ([u8; 4], f64)) {
        let opacity = f64::from(opacity) * area;
        for (sum, colour) in self.colours.iter_mut().zip([red, green, blue]) {
            *sum += f64::from(colour) * opacity;
        }
        self.opacity += opacity;
        self.area += area;
    }
}

impl Sum {
    fn mean(&self) -> [u8; 4] {
        if self.opacity == 0.0 {
            return [0; 4];
        }
        let [red, green, blue] = self.colours.map(|colour| (colour / self.opacity).round() as u8);
        [red, green, blue, (self.opacity / self.area).round() as u8]
    }
}

#[cfg(test)]
mod tests {
    use super::smaller;

    const RED: [u8; 4] = [200, 0, 0, 255];
    const CLEAR: [u8; 4] = [0, 255, 0, 0];

    #[test]
    fn one_colour_stays_what_it_is_at_any_size() {
        for wanted in [16, 20, 24, 32, 40] {
            assert_eq!(smaller(&RED.repeat(64 * 64), 64, wanted), RED.repeat(wanted * wanted), "{wanted}");
        }
    }

    #[test]
    fn what_cannot_be_seen_makes_an_edge_fainter_and_of_no_other_colour() {
        // Two columns of four, of which a half is to be seen.
        let picture = [RED, CLEAR, CLEAR, CLEAR].concat().repeat(4);
        assert_eq!(smaller(&picture, 4, 2), [[200, 0, 0, 128], [0; 4]].concat().repeat(2));
    }

    #[test]
    fn a_pixel_that_lies_between_two_counts_for_both() {
        // Three pixels become two, and each takes a half of the one in the middle.
        let picture = [[0, 0, 0, 255], [90, 90, 90, 255], [0, 0, 0, 255]].concat().repeat(3);
        assert_eq!(smaller(&picture, 3, 2), [30, 30, 30, 255].repeat(4));
    }
}
