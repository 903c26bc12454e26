//! Conversion between sample rates: a windowed sinc looked up by absolute position.
//!
//! Output frame `n` is the input's band-limited value at time `n * from / to`, with no delay. Chunks of any length, in or
//! out, give the same bits. Smith, "Digital Audio Resampling Home Page" (CCRMA); Crochiere, Rabiner, "Multirate Digital
//! Signal Processing" (1983), chapter 4.

use super::{
    cpu::{Isa, Job, Vector, dispatch},
    kaiser::Kaiser,
};
use std::sync::Arc;

/// A stream of one channel from one rate to another. Clones share the filter: make one and clone it for each channel.
#[derive(Clone, Debug)]
pub struct Resampler {
    filter: Arc<Filter>,
    /// The next output's place between two input frames.
    place: u64,
    /// Input, from the first frame that the next output hears.
    heard: Vec<f64>,
    /// Where in `heard` the next output begins to hear.
    next: usize,
}

impl Resampler {
    /// A stream that begins at the start of both; before it is silence.
    ///
    /// # Panics
    /// If a rate is 0.
    pub fn new(from: u32, to: u32) -> Self {
        assert!(from > 0 && to > 0);
        let mut new =
            Resampler { filter: Arc::new(Filter::new(from, to)), place: 0, heard: Vec::new(), next: 0 };
        new.begin(0);
        new
    }

    /// Output frames that come of so many input frames.
    pub fn length(from: u32, to: u32, frames: u64) -> u64 {
        let product = u128::from(frames) * u128::from(to);
        product.div_ceil(u128::from(from)) as u64
    }

    /// Goes to an output frame and forgets what was heard; returns the input frame that must be pushed first.
    pub fn begin(&mut self, frame: u64) -> u64 {
        let filter = &self.filter;
        let places = u128::from(filter.places);
        let time = u128::from(frame) * (u128::from(filter.whole) * places + u128::from(filter.part));
        let base = (time / places) as u64;
        self.place = (time % places) as u64;
        let before = filter.taps as u64 / 2 - 1;
        self.heard.clear();
        self.heard.resize(before.saturating_sub(base) as usize, 0.0);
        self.next = 0;
        base.saturating_sub(before)
    }

    /// Hears more input.
    pub fn push(&mut self, input: &[f32]) {
        self.forget();
        self.heard.extend(input.iter().map(|&x| f64::from(x)));
    }

    /// Hears that the input has ended: silence follows, and what is still to come can be pulled.
    pub fn end(&mut self) {
        self.forget();
        self.heard.resize(self.heard.len() + self.filter.taps / 2, 0.0);
    }

    /// Writes output frames as far as the input reaches and returns how many.
    pub fn pull(&mut self, out: &mut [f32]) -> usize {
        dispatch(Pull { resampler: self, out })
    }

    /// Drops what no output will hear again, once it is worth the copying.
    fn forget(&mut self) {
        if self.next >= self.filter.taps {
            self.heard.drain(..self.next);
            self.next = 0;
        }
    }
}

struct Pull<'r, 'o> {
    resampler: &'r mut Resampler,
    out: &'o mut [f32],
}

impl Job for Pull<'_, '_> {
    type Out = usize;

    #[inline(always)]
    fn run<I: Isa>(self) -> usize {
        let Pull { resampler: Resampler { filter, place, heard, next }, out } = self;
        for (done, out) in out.iter_mut().enumerate() {
            let Some(heard) = heard.get(*next..*next + filter.taps) else {
                return done;
            };
            *out = filter.value::<I::V16>(*place, heard) as f32;
            *next += filter.advance(place);
        }
        out.len()
    }
}

/// A whole sound at another rate.
pub fn resampled(sound: &[f32], from: u32, to: u32) -> Vec<f32> {
    let mut resampler = Resampler::new(from, to);
    let mut out = vec![0.0; Resampler::length(from, to, sound.len() as u64) as usize];
    resampler.push(sound);
    resampler.end();
    resampler.pull(&mut out);
    out
}

/// The filter's taps at the places between two input frames where outputs lie.
#[derive(Debug)]
struct Filter {
    /// Input frames that an output hears.
    taps: usize,
    /// Places between two input frames: `to` over its common divisor with `from`.
    places: u64,
    /// From one output to the next: whole input frames.
    whole: u64,
    /// From one output to the next: places beyond the whole frames.
    part: u64,
    /// One row of taps for each place; or [`ROWS`] evenly laid rows and three around them, to interpolate between.
    rows: Vec<f64>,
    /// Whether each place has its row.
    exact: bool,
}

/// Taps of the filter, counted at the lower of both rates.
const TAPS: f64 = 256.0;
/// Holds images and aliases 154 dB down, most of them further.
const BETA: f64 = 16.0;
/// Middle of the fall, as a share of the lower Nyquist frequency; the fall is 0.08 of it wide.
const CUTOFF: f64 = 0.955;
/// The most places that have a row each. With more, a cubic through four neighbours errs by -230 dB.
const ROWS: u64 = 1000;

impl Filter {
    fn new(from: u32, to: u32) -> Filter {
        let divisor = gcd(from, to);
        let (places, step) = (u64::from(to / divisor), u64::from(from / divisor));
        let (whole, part) = (step / places, step % places);
        if from == to {
            return Filter { taps: LANES, places, whole, part, rows: identity(), exact: true };
        }
        let squeeze = (f64::from(to) / f64::from(from)).min(1.0);
        let reach = (0.5 * TAPS / squeeze).ceil();
        let taps = (2 * reach as usize).next_multiple_of(LANES);
        let exact = places <= ROWS;
        let window = Kaiser::new(BETA);
        let kernel = |t: f64| window.low_pass(t, 0.5 * CUTOFF * squeeze, reach);
        let row = |place: f64| row(place, taps, kernel);
        let rows = if exact {
            (0..places).flat_map(|i| row(i as f64 / places as f64)).collect()
        } else {
            (0..ROWS + 3).flat_map(|i| row((i as f64 - 1.0) / ROWS as f64)).collect()
        };
        Filter { taps, places, whole, part, rows, exact }
    }

    /// Goes on to the next output's place and returns how many input frames that passes.
    #[inline(always)]
    fn advance(&self, place: &mut u64) -> usize {
        let sum = *place + self.part;
        let carry = u64::from(sum >= self.places);
        *place = sum - carry * self.places;
        (self.whole + carry) as usize
    }

    /// The output at a place between the two middle ones of the frames that it hears.
    #[inline(always)]
    fn value<V: Vector>(&self, place: u64, heard: &[f64]) -> f64 {
        if self.exact {
            return dot::<V>(self.row(place as usize), heard);
        }
        let x = place as f64 * ROWS as f64 / self.places as f64;
        let row = x as usize;
        let x = x - row as f64;
        // Lagrange's cubic through the rows at -1, 0, 1 and 2.
        let weights = [
            -x * (x - 1.0) * (x - 2.0) / 6.0,
            (x + 1.0) * (x - 1.0) * (x - 2.0) / 2.0,
            -(x + 1.0) * x * (x - 2.0) / 2.0,
            (x + 1.0) * x * (x - 1.0) / 6.0,
        ];
        let mut values = weights;
        for (i, value) in values.iter_mut().enumerate() {
            *value *= dot::<V>(self.row(row + i), heard);
        }
        (values[0] + values[1]) + (values[2] + values[3])
    }

    #[inline(always)]
    fn row(&self, index: usize) -> &[f64] {
        &self.rows[index * self.taps..][..self.taps]
    }
}

/// The taps for a place between the two middle frames, with a gain of 1 at 0 Hz.
fn row(place: f64, taps: usize, kernel: impl Fn(f64) -> f64) -> Vec<f64> {
    let first = 1.0 - (taps / 2) as f64;
    let mut row: Vec<f64> = (0..taps).map(|k| kernel(place - (first + k as f64))).collect();
    let sum: f64 = row.iter().sum();
    row.iter_mut().for_each(|tap| *tap /= sum);
    row
}

/// The taps between equal rates: the frame itself.
fn identity() -> Vec<f64> {
    (0..LANES).map(|k| if k == LANES / 2 - 1 { 1.0 } else { 0.0 }).collect()
}

/// Sums that run side by side; their number is part of the result.
const LANES: usize = 16;

/// `V` holds as many numbers as there are lanes.
#[inline(always)]
fn dot<V: Vector>(taps: &[f64], heard: &[f64]) -> f64 {
    let mut all = V::splat(0.0);
    let (taps, _) = taps.as_chunks::<LANES>();
    let (heard, _) = heard.as_chunks::<LANES>();
    for (taps, heard) in taps.iter().zip(heard) {
        all = all + V::load(taps) * V::load(heard);
    }
    let mut sums = [0.0; LANES];
    all.store(&mut sums);
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            sums[lane] += sums[lane + half];
        }
        half /= 2;
    }
    sums[0]
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dsp::{cpu::Two, math},
        testing::{self, plane, power, sine},
    };
    use std::f64::consts::TAU;

    type Sixteen = Two<Two<Two<Two<f64>>>>;

    /// The error of a sine at another rate against the sine itself, in dB, before it is rounded to `f32`.
    fn error(filter: &Filter, frequency: f64, from: u32) -> f64 {
        let input: Vec<f64> = sine(frequency, from).take(30_000).collect();
        let (mut place, mut next, mut found_and_right) = (0, 0, Vec::new());
        while next + filter.taps <= input.len() {
            let value = filter.value::<Sixteen>(place, &input[next..next + filter.taps]);
            // An output lies in the middle of what it hears.
            let time = (next + filter.taps / 2 - 1) as f64 + place as f64 / filter.places as f64;
            found_and_right.push((value, math::sin(TAU * (frequency * time / f64::from(from)).fract())));
            next += filter.advance(&mut place);
        }
        testing::error(found_and_right.into_iter())
    }

    #[test]
    fn sines_come_out_as_themselves() {
        for (from, to) in [
            (44_100, 48_000),
            (48_000, 44_100),
            (32_000, 48_000),
            (96_000, 44_100),
            (22_050, 48_000),
            (44_100, 47_952),
        ] {
            let filter = Filter::new(from, to);
            for frequency in [1_000.0, 10_000.0, 18_000.0, 20_000.0] {
                if frequency < 0.95 * f64::from(from.min(to)) / 2.0 {
                    let error = error(&filter, frequency, from);
                    assert!(error < -140.0, "{from} -> {to}, {frequency} Hz: {error} dB");
                }
            }
        }
    }

    #[test]
    fn what_lies_above_the_new_nyquist_frequency_is_stopped() {
        for frequency in [22_100.0, 23_000.0, 25_000.0, 30_000.0, 40_000.0] {
            let input = plane(1.0, 40_000, sine(frequency, 96_000));
            let out = resampled(&input, 96_000, 44_100);
            let power = power(&out[2_000..16_000]);
            assert!(power < 0.5e-14, "{frequency} Hz: {} dB", 10.0 * math::log10(power / 0.5));
        }
    }

    #[test]
    fn nothing_depends_on_chunks_and_the_length_is_exact() {
        let input = plane(1.0, 5_003, sine(3_000.0, 44_100));
        for (from, to) in
            [(44_100, 48_000), (48_000, 32_000), (44_100, 47_952), (8_000, 48_000), (48_000, 48_000)]
        {
            let mut stream = Resampler::new(from, to);
            let (mut chunked, mut out) = (Vec::<f32>::new(), [0.0; 61]);
            for (i, chunk) in input.chunks(37).enumerate() {
                stream.push(chunk);
                let pulled = stream.pull(&mut out[..1 + i % 61]);
                chunked.extend(&out[..pulled]);
            }
            stream.end();
            loop {
                let pulled = stream.pull(&mut out);
                chunked.extend(&out[..pulled]);
                if pulled < out.len() {
                    break;
                }
            }
            assert_eq!(chunked.len() as u64, Resampler::length(from, to, input.len() as u64));
            assert!(chunked == resampled(&input, from, to), "{from} -> {to}");
        }
    }

    #[test]
    fn equal_rates_change_nothing() {
        let input = plane(1.0, 100, sine(3_000.0, 48_000));
        let mut stream = Resampler::new(48_000, 48_000);
        stream.push(&input);
        stream.end();
        let mut out = vec![0.0; 101];
        assert_eq!(stream.pull(&mut out), 100);
        assert_eq!(out[..100], input);
    }

    #[test]
    fn a_stream_may_begin_anywhere() {
        let input = plane(1.0, 9_000, sine(3_000.0, 44_100));
        let whole = resampled(&input, 44_100, 48_000);
        for frame in [0, 17, 5_000] {
            let mut stream = Resampler::new(44_100, 48_000);
            let first = stream.begin(frame);
            stream.push(&input[first as usize..]);
            let mut out = [0.0; 1_000];
            assert_eq!(stream.pull(&mut out), 1_000);
            assert!(out == whole[frame as usize..frame as usize + 1_000], "from {frame}");
        }
    }
}
