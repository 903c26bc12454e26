//! The Walsh-Hadamard transform of 32 lines: mixes all with all at five additions a line.
//!
//! Without a scale: twice over it multiplies by exactly 32. Reference: Fino, Algazi, "Unified Matrix Treatment of the
//! Fast Walsh-Hadamard Transform" (IEEE Trans. Computers C-25, 1976).

use super::ring::{CHUNK, Chunk};

/// How many lines are mixed.
pub const LINES: usize = 32;

/// A chunk of every line.
pub type Lines = [Chunk; LINES];

/// Mixes the lines in place.
pub fn hadamard(lines: &mut Lines) {
    four(lines, 1);
    four(lines, 4);
    two(lines, 16);
}

/// Two rounds of sums and differences at once: over lines `apart` and `2 apart` from each other.
#[inline(always)]
fn four(lines: &mut Lines, apart: usize) {
    for group in (0..LINES).step_by(4 * apart) {
        for first in group..group + apart {
            let places = [0, 1, 2, 3].map(|i| first + i * apart);
            let [a, b, c, d] = lines.get_disjoint_mut(places).expect("four lines apart from each other");
            for f in 0..CHUNK {
                let (sum, difference) = (a[f] + b[f], a[f] - b[f]);
                let (other_sum, other_difference) = (c[f] + d[f], c[f] - d[f]);
                (a[f], b[f]) = (sum + other_sum, difference + other_difference);
                (c[f], d[f]) = (sum - other_sum, difference - other_difference);
            }
        }
    }
}

#[inline(always)]
fn two(lines: &mut Lines, apart: usize) {
    let (low, high) = lines.split_at_mut(apart);
    for (low, high) in low.iter_mut().zip(high) {
        for (a, b) in low.iter_mut().zip(high) {
            (*a, *b) = (*a + *b, *a - *b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_matrix_of_signs() {
        for one in 0..LINES {
            let mut lines = [[0.0; 16]; LINES];
            lines[one][3] = 1.0;
            hadamard(&mut lines);
            for (row, line) in lines.iter().enumerate() {
                let sign = if (row & one).count_ones() % 2 == 0 { 1.0 } else { -1.0 };
                assert_eq!(line[3], sign);
                assert_eq!(line[4], 0.0);
            }
        }
    }
}
