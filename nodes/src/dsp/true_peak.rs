//! The peaks of the signal between its samples: 4-fold interpolation by two half-bands, and a parabola through each peak.
//!
//! In `f32`, as nothing of it is heard. The taps decide how near to half the rate the reading stays true, not the
//! factor: the 12 taps a phase of BS.1770-5, annex 2, read up to 0.5 dB low. The meter and the limiter differ in their
//! number of taps alone.

use super::{
    fast::{larger, largest},
    kaiser::Kaiser,
    math::sin,
};
use crate::{block::PIECE, for_every_cpu};
use std::f64::consts::PI;

/// Taps a phase of the first half-band for limiting.
const LIMITING: usize = 128;
/// Taps a phase of the second half-band, which has an octave to spare.
const SECOND: usize = 12;
/// Frames of the signal before a span whose interpolated points its first envelope value hears.
const BEFORE: usize = 4;
/// Frames after a span whose interpolated points its last envelope value hears.
const AFTER: usize = 3;
/// Points of the first half-band that a whole piece needs.
const POINTS: usize = batched(PIECE + BEFORE + AFTER);
/// Points of four times the rate that a whole piece needs.
const FOURFOLD: usize = 4 * PIECE + 8;
/// Points reckoned together, so that the sums of all are in flight at once.
const BATCH: usize = 16;

/// What a parabola makes of a peak at most.
const MOST_RAISED: f32 = 1.125;
/// What rounding makes of a point at most, of the largest sample around: reckoned at 0.000 04, and taken for much more.
const ROUNDED: f32 = 0.001;

/// The largest level around each frame of one channel, [`TruePeak::latency`] frames late.
///
/// Each value is the largest absolute level from the frame before to the frame after, so that what holds at every
/// frame holds between them too.
#[derive(Clone, Debug)]
pub struct TruePeak {
    first: Vec<f32>,
    second: Vec<f32>,
    bound: f32,
    /// The last frames before the piece, then the piece.
    heard: Vec<f32>,
}

impl TruePeak {
    /// For measuring: 64 taps a phase; right within 0.02 dB up to 20 kHz at 44.1 kHz.
    pub fn metering() -> Self {
        TruePeak::new(64)
    }

    /// For limiting: 128 taps a phase; right within 0.06 dB for whatever fills the band to its edge.
    pub fn limiting() -> Self {
        TruePeak::new(LIMITING)
    }

    /// Frames by which the envelope for limiting comes late.
    pub(crate) const fn limiting_latency() -> usize {
        LIMITING / 2 + AFTER
    }

    fn new(taps: usize) -> Self {
        let (first, second) = (half_band(taps, 10.0), half_band(SECOND, 8.0));
        let bound = bound(&first, &second);
        let heard = vec![0.0; history(&first) + PIECE + BATCH];
        TruePeak { first, second, bound, heard }
    }

    /// Frames by which the envelope comes late.
    pub fn latency(&self) -> usize {
        self.first.len() + AFTER
    }

    /// The envelope of a piece of at most [`PIECE`] frames. Values that do
    /// not exceed `floor` are only known not to.
    pub fn run(&mut self, piece: &[f32], floor: f32, envelope: &mut [f32]) {
        self.run_known(piece, floor, f32::INFINITY, envelope);
    }

    /// As [`TruePeak::run`] on what was heard by such a detector before, and is now heard at another gain: at that gain its
    /// largest value would have been `known`. Parabolas and rounding may do otherwise, so little below the floor is too near.
    pub fn run_known(&mut self, piece: &[f32], floor: f32, known: f32, envelope: &mut [f32]) {
        let (history, frames) = (history(&self.first), piece.len());
        self.heard[history..history + frames].copy_from_slice(piece);
        let largest = largest(&self.heard[..history + frames]);
        if largest * self.bound <= floor || MOST_RAISED * (known + ROUNDED * largest) <= floor {
            envelope[..frames].fill(0.0);
        } else {
            self.interpolate(&mut envelope[..frames]);
        }
        self.heard.copy_within(frames..frames + history, 0);
    }

    /// Each value is the largest of nine points, raised: the middle one is the frame itself.
    fn interpolate(&self, envelope: &mut [f32]) {
        let frames = envelope.len();
        let (mut points, mut tops) = (self.fourfold(frames), [0.0; FOURFOLD]);
        let (points, tops) = (&mut points[..4 * frames + 8], &mut tops[..4 * frames + 8]);
        raise(points, tops);
        largest_of(tops, 1, points);
        largest_of(points, 2, tops);
        largest_of(tops, 4, points);
        largest_of(points, 1, tops);
        for (value, of_frame) in envelope.iter_mut().zip(tops.as_chunks::<4>().0) {
            *value = of_frame[0];
        }
    }

    /// Absolute levels at four times the rate.
    fn fourfold(&self, frames: usize) -> [f32; FOURFOLD] {
        let (taps, count) = (self.first.len(), frames + BEFORE + AFTER);
        let mut points = [0.0; POINTS];
        fold(&self.first, &self.heard, &mut points[..batched(count)]);
        let mut twofold = [0.0; 2 * POINTS + 2 * BATCH];
        weave(&self.heard[taps - 1..taps + count], &points, &mut twofold);
        let mut quarters = [0.0; batched(FOURFOLD / 2)];
        fold(&self.second, &twofold, &mut quarters[..batched(2 * frames + 4)]);
        let mut fourfold = [0.0; FOURFOLD];
        weave(&quarters[..2 * frames + 4], &twofold[self.second.len()..], &mut fourfold);
        magnitudes(&mut fourfold);
        fourfold
    }
}

/// How many times the largest sample the envelope can be.
fn bound(first: &[f32], second: &[f32]) -> f32 {
    // Wide enough for all that hears the impulse, and whole batches.
    let length = batched(2 * first.len() + 4 * second.len());
    let mut impulse = vec![0.0; length + 2 * first.len()];
    impulse[length / 2 + first.len()] = 1.0;
    let mut points = vec![0.0; length];
    fold(first, &impulse, &mut points);
    let twofold: Vec<f32> =
        impulse[first.len() - 1..].iter().zip(&points).flat_map(|(x, point)| [*x, *point]).collect();
    let mut quarters = vec![0.0; batched(twofold.len() - 2 * second.len() - BATCH)];
    fold(second, &twofold, &mut quarters);
    let sum = |phase: usize| quarters.iter().skip(phase).step_by(2).map(|tap| tap.abs()).sum::<f32>();
    let halves = points.iter().map(|tap| tap.abs()).sum::<f32>();
    MOST_RAISED * halves.max(sum(0)).max(sum(1))
}

/// Frames before a piece that a detector needs to hear again.
fn history(first: &[f32]) -> usize {
    2 * first.len() + BEFORE + AFTER - 1
}

/// The distinct taps of a half-band of `taps` taps a phase that makes the points halfway: a sinc under Kaiser's window,
/// summing to exactly what leaves a constant as it is.
fn half_band(taps: usize, beta: f64) -> Vec<f32> {
    let window = Kaiser::new(beta);
    let distinct: Vec<f64> = (0..taps / 2)
        .map(|k| {
            let offset = (2 * k + 1) as f64;
            2.0 / (PI * offset) * sin(PI / 2.0 * offset) * window.at(offset / taps as f64)
        })
        .collect();
    let sum: f64 = distinct.iter().sum();
    distinct.iter().map(|tap| (0.5 * tap / sum) as f32).collect()
}

for_every_cpu! {
    /// Symmetric sums: the point halfway between `x[i + taps - 1]` and the sample after it, for each `i`, in whole batches.
    fn fold(taps: &[f32], x: &[f32], points: &mut [f32]) {
        let (batches, _) = points.as_chunks_mut::<BATCH>();
        for (i, sums) in batches.iter_mut().enumerate() {
            *sums = fold_batch(taps, &x[i * BATCH..]);
        }
    }

    /// Lays points by turns: each of the first before one of the second.
    fn weave(first: &[f32], second: &[f32], both: &mut [f32]) {
        for ((pair, first), second) in both.as_chunks_mut::<2>().0.iter_mut().zip(first).zip(second) {
            *pair = [*first, *second];
        }
    }

    fn magnitudes(points: &mut [f32]) {
        for x in points {
            *x = x.abs();
        }
    }

    /// The points but the first and the last, each peak raised to the top of the parabola through it.
    fn raise(points: &[f32], tops: &mut [f32]) {
        let neighbours = points.iter().zip(&points[1..]).zip(&points[2..]);
        for (top, ((before, here), after)) in tops.iter_mut().zip(neighbours) {
            *top = raised([*before, *here, *after]);
        }
    }

    /// The larger of each and the one so many places on.
    fn largest_of(x: &[f32], on: usize, most: &mut [f32]) {
        for ((most, x), other) in most.iter_mut().zip(x).zip(&x[on..]) {
            *most = larger(*x, *other);
        }
    }
}

#[inline(always)]
fn fold_batch(taps: &[f32], x: &[f32]) -> [f32; BATCH] {
    let far = &x[taps.len()..2 * taps.len() + BATCH - 1];
    let mut sums = [0.0; BATCH];
    for (k, tap) in taps.iter().enumerate() {
        let left: &[f32; BATCH] = x[taps.len() - 1 - k..].first_chunk().expect("taps lie before the point");
        let right: &[f32; BATCH] = far[k..].first_chunk().expect("and behind it");
        for i in 0..BATCH {
            sums[i] += tap * (left[i] + right[i]);
        }
    }
    sums
}

/// The next multiple of a batch.
const fn batched(points: usize) -> usize {
    points.next_multiple_of(BATCH)
}

/// The top of the parabola through a peak, or the point itself where there is none.
#[inline(always)]
fn raised([before, here, after]: [f32; 3]) -> f32 {
    let bend = 2.0 * here - before - after;
    let top = here + (after - before) * (after - before) / (8.0 * bend);
    if here >= before && here >= after && bend > 0.0 { top } else { here }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dsp::math::decibels,
        testing::{noise, peak, plane},
    };

    fn envelope(mut detector: TruePeak, signal: &[f32], piece: usize) -> Vec<f32> {
        let mut out = vec![0.0; signal.len()];
        for (x, out) in signal.chunks(piece).zip(out.chunks_mut(piece)) {
            detector.run(x, 0.0, out);
        }
        out
    }

    #[test]
    fn sines_read_their_amplitude_up_to_20_khz() {
        for (detector, low, high) in
            [(TruePeak::metering(), -0.015, 0.002), (TruePeak::limiting(), -0.015, 0.002)]
        {
            for hertz in [97.0, 997.0, 5_003.0, 11_025.0, 14_700.0, 17_003.0, 20_000.0] {
                // Its phase is one that lays peaks between the samples.
                let tone = (0..).map(|n| libm::sin(2.0 * PI * hertz * f64::from(n) / 44_100.0 + 0.7));
                let signal = plane(1.0, 8_000, tone);
                let level = decibels(f64::from(peak(&envelope(detector.clone(), &signal, 128)[1000..])));
                assert!(level > low && level < high, "{hertz} Hz reads {level} dB");
            }
        }
    }

    #[test]
    fn an_impulse_is_seen_around_its_frame_and_late_by_the_latency() {
        for detector in [TruePeak::metering(), TruePeak::limiting()] {
            let late = detector.latency();
            let mut signal = vec![0.0; 400];
            signal[100] = 1.0;
            let seen = envelope(detector, &signal, 128);
            let at: Vec<usize> = (0..400).filter(|i| seen[*i] >= 0.999_999).collect();
            assert_eq!(at, [99 + late, 100 + late, 101 + late]);
        }
    }

    #[test]
    fn cuts_change_no_bit_and_the_floor_only_what_lies_below() {
        let mut noise = plane(1.0, 3000, noise(1));
        noise.chunks_mut(500).skip(1).step_by(2).flatten().for_each(|x| *x *= 0.01);
        let whole = envelope(TruePeak::limiting(), &noise, 128);
        for piece in [1, 7, 16, 100] {
            assert!(whole == envelope(TruePeak::limiting(), &noise, piece), "pieces of {piece}");
        }
        let mut detector = TruePeak::limiting();
        let mut floored = vec![0.0; noise.len()];
        for (x, out) in noise.chunks(64).zip(floored.chunks_mut(64)) {
            detector.run(x, 0.2, out);
        }
        assert!(floored.contains(&0.0));
        assert!(whole.iter().zip(&floored).all(|(w, f)| w == f || (*f <= 0.2 && *w <= 0.2)));
    }

    #[test]
    fn what_was_heard_at_another_gain_changes_nothing_above_the_floor() {
        let mut noise = plane(1.0, 6_400, noise(2));
        noise.chunks_mut(400).step_by(2).flatten().for_each(|x| *x *= 0.3);
        let before = envelope(TruePeak::limiting(), &noise, 64);
        for gain in [0.7, 1.0, 3.1] {
            let louder: Vec<f32> = noise.iter().map(|x| gain * x).collect();
            let (mut plain, mut knowing) = (TruePeak::limiting(), TruePeak::limiting());
            let (mut skipped, floor) = (0, 0.9 * gain);
            for (x, before) in louder.chunks(64).zip(before.chunks(64)) {
                let (mut all, mut some) = ([0.0; 64], [0.0; 64]);
                plain.run(x, floor, &mut all);
                knowing.run_known(x, floor, gain * peak(before), &mut some);
                skipped += usize::from(some != all);
                assert!(all == some || (peak(&all) <= floor && some == [0.0; 64]));
            }
            assert!(skipped > 10, "{skipped} of 100 pieces at {gain}");
        }
    }

    #[test]
    fn the_bound_is_near_the_sum_of_the_taps() {
        assert!((TruePeak::metering().bound / 1.125 - 2.76).abs() < 0.05);
        assert!((TruePeak::limiting().bound / 1.125 - 3.2).abs() < 0.05);
    }
}
