//! Numbers that begin where a line of the cache begins, so that no vector of theirs lies across two lines.
//!
//! Loads and stores across lines take twice as long, and of the widest vectors every one would.

use std::ops::{Deref, DerefMut};

/// Bytes of a line, which is also the longest vector.
const LINE: usize = 64;

/// A slice of numbers, the first of which lies at the start of a line.
#[derive(Debug)]
pub struct Aligned<T> {
    data: Vec<T>,
    start: usize,
    length: usize,
}

impl<T: Copy + Default> Aligned<T> {
    /// So many zeros.
    pub fn zeros(length: usize) -> Self {
        let data = vec![T::default(); length + LINE / size_of::<T>()];
        let start = data.as_ptr().align_offset(LINE).min(data.len() - length);
        Aligned { data, start, length }
    }
}

impl<T> Deref for Aligned<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        &self.data[self.start..self.start + self.length]
    }
}

impl<T> DerefMut for Aligned<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.data[self.start..self.start + self.length]
    }
}

impl<T: Copy + Default> Clone for Aligned<T> {
    fn clone(&self) -> Self {
        let mut twin = Aligned::zeros(self.length);
        twin.copy_from_slice(self);
        twin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_their_copies_begin_at_a_line() {
        for length in [0, 1, 17, 4096] {
            let mut numbers = Aligned::<f32>::zeros(length);
            numbers.iter_mut().zip(1..).for_each(|(x, i)| *x = i as f32);
            let twin = numbers.clone();
            assert_eq!(*twin, *numbers);
            assert_eq!(twin.len(), length);
            assert_eq!(twin.as_ptr() as usize % LINE, 0);
            assert_eq!(Aligned::<f64>::zeros(length).as_ptr() as usize % LINE, 0);
        }
    }
}
