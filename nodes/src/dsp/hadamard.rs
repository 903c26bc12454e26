//! The Walsh-Hadamard transform of 32 lines: mixes all with all at five additions a line.
//!
//! Without a scale: twice over it multiplies by exactly 32. Reference: Fino, Algazi, "Unified Matrix Treatment of the
//! Fast Walsh-Hadamard Transform" (IEEE Trans. Computers C-25, 1976).

use super::ring::{CHUNK, Chunk};

/// How many lines are mixed.
pub const LINES: usize = 32;

/// A chunk of every line.
pub type Lines = [Chunk; LINES];

/// Mixes the lines in place: three rounds of sums and differences at once, then two.
#[inline(always)]
pub fn hadamard(lines: &mut Lines) {
    for eight in lines.as_chunks_mut::<8>().0 {
        for i in 0..CHUNK {
            let [a, b, c, d, e, f, g, h] = eight;
            let [s0, s1, s2, s3] = mixed([a[i], b[i], c[i], d[i]]);
            let [t0, t1, t2, t3] = mixed([e[i], f[i], g[i], h[i]]);
            (a[i], b[i], c[i], d[i]) = (s0 + t0, s1 + t1, s2 + t2, s3 + t3);
            (e[i], f[i], g[i], h[i]) = (s0 - t0, s1 - t1, s2 - t2, s3 - t3);
        }
    }
    let [a, b, c, d] = &mut lines.as_chunks_mut::<8>().0 else {
        unreachable!("32 lines are four times eight")
    };
    for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
        for i in 0..CHUNK {
            [a[i], b[i], c[i], d[i]] = mixed([a[i], b[i], c[i], d[i]]);
        }
    }
}

/// Two rounds over four numbers.
#[inline(always)]
fn mixed([a, b, c, d]: [f32; 4]) -> [f32; 4] {
    let (sum, difference, other_sum, other_difference) = (a + b, a - b, c + d, c - d);
    [sum + other_sum, difference + other_difference, sum - other_sum, difference - other_difference]
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
