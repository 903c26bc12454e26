//! Choices that proptest makes: a list of numbers, taken one by one, so that a shorter list is a simpler song.

/// What is left of a list of random numbers; after its end every choice is the first one.
pub(crate) struct Dice<'d>(pub(crate) &'d [u32]);

impl Dice<'_> {
    fn next(&mut self) -> u32 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    /// A whole number below `sides`.
    pub(crate) fn below(&mut self, sides: usize) -> usize {
        self.next() as usize % sides
    }

    /// Once in so many times.
    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    /// One of these.
    pub(crate) fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    /// A number between two; now and then one of them.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        let share = match self.below(8) {
            6 => 0.0,
            7 => 1.0,
            _ => f64::from(self.next()) / f64::from(u32::MAX),
        };
        // Wide ranges are wide in octaves.
        if low > 0.0 && high > 50.0 * low {
            (low * (high / low).powf(share)).clamp(low, high)
        } else {
            (low + share * (high - low)).clamp(low, high)
        }
    }
}
