//! Strips as they lie in time, and side by side in the rows of a pack.

use super::cpu::{Floats, Isa, Job, Octet, dispatch, turn4};

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
            16 => gather_octets::<I, 16>(planes, rows),
            8 => gather_octets::<I, 8>(planes, rows),
            4 => gather_fours(planes, rows, strips),
            2 => gather_pair(planes, rows),
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
fn gather_octets<I: Isa, const STRIPS: usize>(planes: &[&[f32]], rows: &mut [f32]) -> usize {
    let tiles = planes[0].len() / 8;
    for first in (0..STRIPS).step_by(8) {
        let rows = rows.as_chunks_mut::<STRIPS>().0.as_chunks_mut::<8>().0;
        for (index, rows) in rows[..tiles].iter_mut().enumerate() {
            let mut tile = [I::Octet::splat(0.0); 8];
            for i in 0..8 {
                if let Some(plane) = planes.get(first + i) {
                    tile[i] = I::Octet::load(&plane[8 * index..]);
                }
            }
            let tile = I::Octet::turned(tile);
            for i in 0..8 {
                tile[i].store(&mut rows[i][first..]);
            }
        }
    }
    8 * tiles
}

/// As [`gather_octets`].
#[inline(always)]
fn gather_fours(planes: &[&[f32]], rows: &mut [f32], strips: usize) -> usize {
    let whole = planes[0].len() / 4 * 4;
    for from in (0..whole).step_by(4) {
        let mut tile = [[0.0; 4]; 4];
        for (row, plane) in tile.iter_mut().zip(planes) {
            row.copy_from_slice(&plane[from..from + 4]);
        }
        for (row, four) in rows[from * strips..].chunks_exact_mut(strips).zip(turn4(tile)) {
            row.copy_from_slice(&four);
        }
    }
    whole
}

/// As [`gather_octets`], though not in tiles.
#[inline(always)]
fn gather_pair(planes: &[&[f32]], rows: &mut [f32]) -> usize {
    let [first, second] = planes else { return 0 };
    for ((row, first), second) in rows.as_chunks_mut().0.iter_mut().zip(*first).zip(*second) {
        *row = [*first, *second];
    }
    first.len()
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
            16 => scatter_octets::<I, 16>(rows, planes),
            8 => scatter_octets::<I, 8>(rows, planes),
            4 => scatter_fours(rows, strips, planes),
            _ => 0,
        };
        for frame in done..frames {
            for (plane, x) in planes.iter_mut().zip(&rows[frame * strips..]) {
                plane[frame] = *x;
            }
        }
    }
}

/// As [`gather_octets`].
#[inline(always)]
fn scatter_octets<I: Isa, const STRIPS: usize>(rows: &[f32], planes: &mut [&mut [f32]]) -> usize {
    let tiles = planes[0].len() / 8;
    for first in (0..planes.len()).step_by(8) {
        let rows = rows.as_chunks::<STRIPS>().0.as_chunks::<8>().0;
        for (index, rows) in rows[..tiles].iter().enumerate() {
            let mut tile = [I::Octet::splat(0.0); 8];
            for i in 0..8 {
                tile[i] = I::Octet::load(&rows[i][first..]);
            }
            let tile = I::Octet::turned(tile);
            for i in 0..8 {
                if let Some(plane) = planes.get_mut(first + i) {
                    tile[i].store(&mut plane[8 * index..]);
                }
            }
        }
    }
    8 * tiles
}

/// As [`gather_octets`].
#[inline(always)]
fn scatter_fours(rows: &[f32], strips: usize, planes: &mut [&mut [f32]]) -> usize {
    let whole = planes[0].len() / 4 * 4;
    for from in (0..whole).step_by(4) {
        let mut tile = [[0.0; 4]; 4];
        for (four, row) in tile.iter_mut().zip(rows[from * strips..].chunks_exact(strips)) {
            four.copy_from_slice(row);
        }
        for (four, plane) in turn4(tile).iter().zip(&mut *planes) {
            plane[from..from + 4].copy_from_slice(four);
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
