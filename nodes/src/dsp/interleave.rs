//! Strips as they lie in time, and side by side in the rows of a pack.

use super::cpu::{Isa, Job, dispatch, turn4};

/// Lays planes side by side: `strips` in each row, those beyond the planes silent.
///
/// # Panics
/// If there are more planes than strips, planes of several lengths, or fewer rows than frames.
pub fn gather(planes: &[&[f32]], rows: &mut [f32], strips: usize) {
    dispatch(Gather { planes, rows, strips });
}

/// Takes planes out of rows of `strips`.
///
/// # Panics
/// As [`gather`].
pub fn scatter(rows: &[f32], strips: usize, planes: &mut [&mut [f32]]) {
    dispatch(Scatter { rows, strips, planes });
}

/// A square tile. A trait, as a function that is given is not inlined where the level of vectors is known.
trait Square {
    /// Rows as columns.
    fn turned<I: Isa>(self) -> Self;
}

impl Square for [[f32; 4]; 4] {
    #[inline(always)]
    fn turned<I: Isa>(self) -> Self {
        turn4(self)
    }
}

impl Square for [[f32; 8]; 8] {
    #[inline(always)]
    fn turned<I: Isa>(self) -> Self {
        I::turn8(self)
    }
}

struct Gather<'p, 'r> {
    planes: &'p [&'p [f32]],
    rows: &'r mut [f32],
    strips: usize,
}

impl Job for Gather<'_, '_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let Gather { planes, rows, strips } = self;
        let frames = planes[0].len();
        let rows = &mut rows[..frames * strips];
        let done = match strips {
            8.. => gather_tiles::<I, 8>(planes, rows, strips),
            4.. => gather_tiles::<I, 4>(planes, rows, strips),
            _ => 0,
        };
        for frame in done..frames {
            for (place, x) in rows[frame * strips..][..strips].iter_mut().enumerate() {
                *x = planes.get(place).map_or(0.0, |plane| plane[frame]);
            }
        }
    }
}

/// Turns square tiles, and tells of how many frames; those after them go one by one, as all do in narrow packs.
#[inline(always)]
fn gather_tiles<I: Isa, const N: usize>(planes: &[&[f32]], rows: &mut [f32], strips: usize) -> usize
where
    [[f32; N]; N]: Square,
{
    let whole = planes[0].len() / N * N;
    for tile in (0..whole).step_by(N) {
        for first in (0..strips).step_by(N) {
            let mut part = [[0.0; N]; N];
            for (part, plane) in part.iter_mut().zip(&planes[first.min(planes.len())..]) {
                part.copy_from_slice(&plane[tile..tile + N]);
            }
            let part = part.turned::<I>();
            for i in 0..N {
                rows[(tile + i) * strips + first..][..N].copy_from_slice(&part[i]);
            }
        }
    }
    whole
}

struct Scatter<'p, 'f, 'r> {
    rows: &'r [f32],
    strips: usize,
    planes: &'p mut [&'f mut [f32]],
}

impl Job for Scatter<'_, '_, '_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let Scatter { rows, strips, planes } = self;
        let frames = planes[0].len();
        let done = match strips {
            8.. => scatter_tiles::<I, 8>(rows, strips, planes),
            4.. => scatter_tiles::<I, 4>(rows, strips, planes),
            _ => 0,
        };
        for frame in done..frames {
            for (plane, x) in planes.iter_mut().zip(&rows[frame * strips..]) {
                plane[frame] = *x;
            }
        }
    }
}

/// As [`gather_tiles`].
#[inline(always)]
fn scatter_tiles<I: Isa, const N: usize>(rows: &[f32], strips: usize, planes: &mut [&mut [f32]]) -> usize
where
    [[f32; N]; N]: Square,
{
    let whole = planes[0].len() / N * N;
    for tile in (0..whole).step_by(N) {
        for first in (0..planes.len()).step_by(N) {
            let mut part = [[0.0; N]; N];
            for i in 0..N {
                part[i].copy_from_slice(&rows[(tile + i) * strips + first..][..N]);
            }
            let part = part.turned::<I>();
            for (part, plane) in part.iter().zip(&mut planes[first..]) {
                plane[tile..tile + N].copy_from_slice(part);
            }
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_laid_side_by_side_is_taken_out_as_it_was() {
        for strips in [1, 2, 4, 8, 16] {
            for count in 1..=strips {
                for frames in [1, 3, 8, 27, 128] {
                    let sample = |strip: usize, frame: usize| (1000 * (strip + 1) + frame) as f32;
                    let planes: Vec<Vec<f32>> = (0..count)
                        .map(|strip| (0..frames).map(|frame| sample(strip, frame)).collect())
                        .collect();
                    let heard: Vec<&[f32]> = planes.iter().map(Vec::as_slice).collect();
                    let mut rows = vec![-1.0; frames * strips];
                    gather(&heard, &mut rows, strips);
                    for (i, x) in rows.iter().enumerate() {
                        let (frame, strip) = (i / strips, i % strips);
                        let expected = if strip < count { sample(strip, frame) } else { 0.0 };
                        assert_eq!(*x, expected, "{count} of {strips} strips, {frames} frames");
                    }
                    let mut out = vec![vec![0.0; frames]; count];
                    let mut taken: Vec<&mut [f32]> = out.iter_mut().map(Vec::as_mut_slice).collect();
                    scatter(&rows, strips, &mut taken);
                    assert_eq!(out, planes, "{count} of {strips} strips, {frames} frames");
                }
            }
        }
    }
}
