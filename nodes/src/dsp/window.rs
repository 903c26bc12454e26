//! The last few milliseconds of strips side by side: the largest sample, or the mean of the squares.

use super::{
    aligned::Aligned,
    cpu::{Floats, Isa, Job, Vector, dispatch},
    envelope::Detect,
};

/// The last samples of one channel, of strips that lie side by side.
///
/// The largest of them by the method of van Herk (1992) and of Gil and Werman (1993): a window is the rest of the turn
/// before, whose maxima from each place to its end are made when it ends, and the part of this turn that has gone by.
#[derive(Clone, Debug)]
pub struct Window {
    strips: usize,
    /// Rows of samples: those of this turn up to `next`, after that the maxima of what is left of the turn before.
    past: Aligned<f32>,
    /// Frames in a turn.
    length: usize,
    wanted: usize,
    next: usize,
    /// The largest samples of this turn so far.
    largest: Vec<f32>,
    /// The sums of the squares in the window, made anew at each turn, so that no error ever grows.
    sums: Vec<f64>,
}

impl Window {
    /// A window of silence, to be at most one frame shorter than `room`, for so many strips.
    pub fn new(room: usize, strips: usize) -> Self {
        let (past, largest, sums) = (Aligned::zeros(room * strips), vec![0.0; strips], vec![0.0; strips]);
        Window { strips, past, length: 1, wanted: 1, next: 0, largest, sums }
    }

    /// The window of one of its strips.
    pub fn of(&self, strip: usize) -> Window {
        let mut past = Aligned::zeros(self.past.len() / self.strips);
        let own = self.past[strip..].iter().step_by(self.strips);
        past.iter_mut().zip(own).for_each(|(to, from)| *to = *from);
        Window { strips: 1, past, largest: vec![self.largest[strip]], sums: vec![self.sums[strip]], ..*self }
    }

    /// Sets the length, which it takes on at its next turn.
    pub fn aim(&mut self, length: usize) {
        self.wanted = length.min(self.past.len() / self.strips - 1);
    }

    /// Turns rows of samples into what the window holds with each of them as its latest: the largest or the mean of the
    /// squares.
    pub fn slide(&mut self, detect: Detect, mut samples: &mut [f32]) {
        while !samples.is_empty() {
            if self.next == 0 {
                self.resize();
            }
            let frames = (samples.len() / self.strips).min(self.length - self.next);
            let (part, rest) = samples.split_at_mut(frames * self.strips);
            dispatch(Slide { window: self, detect, samples: part });
            self.next += frames;
            self.next = if self.next == self.length { 0 } else { self.next };
            samples = rest;
        }
    }

    /// Takes on the wanted length between two turns: keeps the latest samples, with silence before them.
    fn resize(&mut self) {
        if self.wanted == self.length {
            return;
        }
        let (wanted, length) = (self.wanted * self.strips, self.length * self.strips);
        let kept = wanted.min(length);
        self.past.copy_within(length - kept..length, wanted - kept);
        self.past[..wanted - kept].fill(0.0);
        self.past[wanted..].fill(0.0);
        self.length = self.wanted;
    }

    /// One row beyond the end holds 0: the last place of a turn has nothing left of the turn before.
    #[inline(always)]
    fn largest<F: Floats>(&mut self, samples: &mut [f32]) {
        let strips = self.strips;
        for first in (0..strips).step_by(F::N) {
            let mut largest = F::load(&self.largest[first..]);
            let mut past = &mut self.past[self.next * strips..];
            for row in samples.chunks_exact_mut(strips) {
                let row = &mut row[first..first + F::N];
                let (now, then) = past.split_at_mut(strips);
                let (x, rest) = (F::load(row), F::load(&then[first..]));
                x.store(&mut now[first..]);
                largest = x.larger(largest);
                rest.larger(largest).store(row);
                past = then;
            }
            largest.store(&mut self.largest[first..]);
        }
    }

    #[inline(always)]
    fn mean_squares<V: Vector>(&mut self, samples: &mut [f32]) {
        let (strips, length, zero) = (self.strips, V::splat(self.length as f64), V::splat(0.0));
        for first in (0..strips).step_by(V::N) {
            let mut sum = V::load(&self.sums[first..]);
            let past = self.past[self.next * strips..].chunks_exact_mut(strips);
            for (row, past) in samples.chunks_exact_mut(strips).zip(past) {
                let (row, past) = (&mut row[first..first + V::N], &mut past[first..first + V::N]);
                let (x, old) = (V::of(row), V::of(past));
                sum = sum + (x * x - old * old);
                x.to(past);
                (sum.max(zero) / length).to(row);
            }
            sum.store(&mut self.sums[first..]);
        }
    }

    /// Begins a turn of the largest: makes what is left of the one before.
    #[inline(always)]
    fn turn_largest<F: Floats>(&mut self) {
        let strips = self.strips;
        for first in (0..strips).step_by(F::N) {
            let mut largest = F::splat(0.0);
            for row in self.past[..self.length * strips].chunks_exact_mut(strips).rev() {
                let row = &mut row[first..first + F::N];
                largest = F::load(row).larger(largest);
                largest.store(row);
            }
            F::splat(0.0).store(&mut self.largest[first..]);
        }
    }

    /// Begins a turn of the squares: sums them anew.
    #[inline(always)]
    fn turn_squares<V: Vector>(&mut self) {
        let strips = self.strips;
        for first in (0..strips).step_by(V::N) {
            let mut sum = V::splat(0.0);
            for row in self.past[..self.length * strips].chunks_exact_mut(strips) {
                let x = V::of(&row[first..]);
                sum = sum + x * x;
            }
            sum.store(&mut self.sums[first..]);
        }
    }
}

/// The next samples, up to the end of the turn.
struct Slide<'w, 's> {
    window: &'w mut Window,
    detect: Detect,
    samples: &'s mut [f32],
}

impl Job for Slide<'_, '_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        match (self.detect, self.window.strips) {
            (Detect::Peak, 8..) => self.peaks::<I::Octet>(),
            (Detect::Peak, 4..) => self.peaks::<I::Quad>(),
            (Detect::Peak, _) => self.peaks::<f32>(),
            (Detect::Rms, 1) => self.squares::<f64>(),
            (Detect::Rms, 2) => self.squares::<I::V2>(),
            (Detect::Rms, 4) => self.squares::<I::V4>(),
            (Detect::Rms, 8) => self.squares::<I::V8>(),
            (Detect::Rms, _) => self.squares::<I::V16>(),
        }
    }
}

impl Slide<'_, '_> {
    #[inline(always)]
    fn peaks<F: Floats>(self) {
        if self.window.next == 0 {
            self.window.turn_largest::<F>();
        }
        self.window.largest::<F>(self.samples);
    }

    #[inline(always)]
    fn squares<V: Vector>(self) {
        if self.window.next == 0 {
            self.window.turn_squares::<V>();
        }
        self.window.mean_squares::<V>(self.samples);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Dice;

    /// Loud and quiet by turns.
    fn signal(length: usize) -> Vec<f32> {
        let loud = |i: usize| if (i / 300).is_multiple_of(2) { 1.0 } else { 1e-3 };
        let mut dice = Dice(3);
        (0..length).map(|i| (dice.roll() * loud(i)) as f32).collect()
    }

    /// Slides a window over samples in pieces of all lengths.
    fn slid(window: &mut Window, detect: Detect, samples: &[f32]) -> Vec<f32> {
        let mut out = samples.to_vec();
        let (mut rest, mut length) = (&mut out[..], 0);
        while !rest.is_empty() {
            length = length % 37 + 1;
            let (piece, after) = rest.split_at_mut(length.min(rest.len()));
            window.slide(detect, piece);
            rest = after;
        }
        out
    }

    #[test]
    fn the_window_holds_exactly_its_length() {
        let samples = signal(2_000);
        for length in [1, 2, 7, 64] {
            let (mut peak, mut mean) = (Window::new(100, 1), Window::new(100, 1));
            peak.aim(length);
            mean.aim(length);
            let peaks = slid(&mut peak, Detect::Peak, &samples);
            let means = slid(&mut mean, Detect::Rms, &samples);
            for i in 0..samples.len() {
                let window = &samples[(i + 1).saturating_sub(length)..=i];
                assert_eq!(peaks[i], window.iter().fold(0.0, |a: f32, b| a.max(*b)));
                let exact: f64 =
                    window.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>() / length as f64;
                assert!((f64::from(means[i]) - exact).abs() < 1e-7 * exact.max(1e-7));
            }
        }
    }

    #[test]
    fn a_new_length_is_taken_on_within_a_turn_of_the_old_and_of_the_new() {
        let samples = signal(3_000);
        let mut peak = Window::new(100, 1);
        for (part, length) in [40, 90, 13, 1, 64].into_iter().cycle().take(10).enumerate() {
            peak.aim(length);
            let given = slid(&mut peak, Detect::Peak, &samples[part * 300..(part + 1) * 300]);
            for (place, given) in given.into_iter().enumerate() {
                if place >= 190 {
                    let i = part * 300 + place;
                    let window = &samples[i + 1 - length..=i];
                    assert_eq!(given, window.iter().fold(0.0, |a: f32, b| a.max(*b)), "{length} at {i}");
                }
            }
        }
    }
}
