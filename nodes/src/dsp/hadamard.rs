//! The Walsh-Hadamard transform of 32 lines: mixes all with all at five additions a line.
//!
//! Without a scale: twice over it multiplies by exactly 32. Reference: Fino, Algazi, "Unified Matrix Treatment of the
//! Fast Walsh-Hadamard Transform" (IEEE Trans. Computers C-25, 1976).

use super::{
    cpu::Floats,
    ring::{CHUNK, Chunk},
};

/// How many lines are mixed.
pub const LINES: usize = 32;

/// A chunk of every line, each in a cache line of its own.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub struct Lines(pub [Chunk; LINES]);

impl Lines {
    /// Silence.
    pub const SILENT: Lines = Lines([[0.0; CHUNK]; LINES]);
}

/// Mixes the lines in place: three rounds of sums and differences in registers, then two.
#[inline(always)]
pub fn hadamard<F: Floats>(lines: &mut Lines) {
    for eight in lines.0.as_chunks_mut::<8>().0 {
        for at in (0..CHUNK).step_by(F::N) {
            let mut x = [F::splat(0.0); 8];
            for (x, line) in x.iter_mut().zip(&*eight) {
                *x = F::load(&line[at..]);
            }
            for (x, line) in mixed8(x).into_iter().zip(&mut *eight) {
                x.store(&mut line[at..]);
            }
        }
    }
    for first in 0..8 {
        for at in (0..CHUNK).step_by(F::N) {
            let mut x = [F::splat(0.0); 4];
            for (i, x) in x.iter_mut().enumerate() {
                *x = F::load(&lines.0[first + 8 * i][at..]);
            }
            for (i, x) in mixed4(x).into_iter().enumerate() {
                x.store(&mut lines.0[first + 8 * i][at..]);
            }
        }
    }
}

/// Three rounds over eight numbers.
#[inline(always)]
fn mixed8<F: Floats>([a, b, c, d, e, f, g, h]: [F; 8]) -> [F; 8] {
    let [s0, s1, s2, s3] = mixed4([a, b, c, d]);
    let [t0, t1, t2, t3] = mixed4([e, f, g, h]);
    [s0 + t0, s1 + t1, s2 + t2, s3 + t3, s0 - t0, s1 - t1, s2 - t2, s3 - t3]
}

/// Two rounds over four numbers.
#[inline(always)]
fn mixed4<F: Floats>([a, b, c, d]: [F; 4]) -> [F; 4] {
    let (sum, difference, other_sum, other_difference) = (a + b, a - b, c + d, c - d);
    [sum + other_sum, difference + other_difference, sum - other_sum, difference - other_difference]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_matrix_of_signs() {
        for one in 0..LINES {
            let mut lines = Lines::SILENT;
            lines.0[one][3] = 1.0;
            hadamard::<f32>(&mut lines);
            for (row, line) in lines.0.iter().enumerate() {
                let sign = if (row & one).count_ones() % 2 == 0 { 1.0 } else { -1.0 };
                assert_eq!(line[3], sign);
                assert_eq!(line[4], 0.0);
            }
        }
    }
}
