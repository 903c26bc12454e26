//! Convolution in the frequency domain, the response in equal parts of a chunk.

use crate::session::{CHUNK, Reverb};
use crate::wav;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// A chunk and the one before it.
const SPAN: usize = 2 * CHUNK;
const BINS: usize = CHUNK + 1;

/// Real and imaginary parts apart, so that products are vectorised.
#[derive(Clone)]
struct Spectrum {
    re: Vec<f32>,
    im: Vec<f32>,
}

impl Spectrum {
    fn silent() -> Self {
        Self { re: vec![0.0; BINS], im: vec![0.0; BINS] }
    }

    fn take(&mut self, bins: &[realfft::num_complex::Complex<f32>]) {
        for (k, bin) in bins.iter().enumerate() {
            self.re[k] = bin.re;
            self.im[k] = bin.im;
        }
    }

    fn add_product(&mut self, x: &Spectrum, h: &Spectrum) {
        let (re, im) = (&mut self.re[..BINS], &mut self.im[..BINS]);
        let (xr, xi, hr, hi) = (&x.re[..BINS], &x.im[..BINS], &h.re[..BINS], &h.im[..BINS]);
        for k in 0..BINS {
            re[k] += xr[k] * hr[k] - xi[k] * hi[k];
            im[k] += xr[k] * hi[k] + xi[k] * hr[k];
        }
    }
}

pub struct Convolution {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    sides: [Side; 2],
}

struct Side {
    response: Vec<Spectrum>,
    /// The spectra of the last chunks, newest at `newest`, older ones behind it.
    past: Vec<Spectrum>,
    newest: usize,
    before: Vec<f32>,
}

impl Convolution {
    pub fn new(reverb: &Reverb) -> Self {
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(SPAN);
        let response = wav::floats(&reverb.response);
        let gain = reverb.response_gain / SPAN as f32;
        let side = |first: usize| {
            let samples: Vec<f32> =
                response.iter().skip(first).step_by(2).map(|value| value * gain).collect();
            Side::new(forward.as_ref(), &samples)
        };
        let sides = [side(0), side(1)];
        Self { inverse: planner.plan_fft_inverse(SPAN), forward, sides }
    }

    /// Left with the left of the response, right with its right.
    pub fn run(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (side, samples) in self.sides.iter_mut().zip([left, right]) {
            side.run(self.forward.as_ref(), self.inverse.as_ref(), samples);
        }
    }
}

impl Side {
    fn new(forward: &dyn RealToComplex<f32>, samples: &[f32]) -> Self {
        let part = |samples: &[f32]| {
            let mut span = vec![0f32; SPAN];
            span[..samples.len()].copy_from_slice(samples);
            let mut bins = forward.make_output_vec();
            forward.process(&mut span, &mut bins).expect("lengths are as planned");
            let mut spectrum = Spectrum::silent();
            spectrum.take(&bins);
            spectrum
        };
        let response: Vec<Spectrum> = samples.chunks(CHUNK).map(part).collect();
        let past = vec![Spectrum::silent(); response.len()];
        Self { response, past, newest: 0, before: vec![0.0; CHUNK] }
    }

    fn run(
        &mut self,
        forward: &dyn RealToComplex<f32>,
        inverse: &dyn ComplexToReal<f32>,
        samples: &mut [f32],
    ) {
        let mut span = vec![0f32; SPAN];
        span[..CHUNK].copy_from_slice(&self.before);
        span[CHUNK..].copy_from_slice(samples);
        self.before.copy_from_slice(samples);
        let mut bins = forward.make_output_vec();
        forward.process(&mut span, &mut bins).expect("lengths are as planned");

        let parts = self.response.len();
        self.newest = (self.newest + parts - 1) % parts;
        self.past[self.newest].take(&bins);
        let mut sum = Spectrum::silent();
        for (k, response) in self.response.iter().enumerate() {
            sum.add_product(&self.past[(self.newest + k) % parts], response);
        }

        for (k, bin) in bins.iter_mut().enumerate() {
            (bin.re, bin.im) = (sum.re[k], sum.im[k]);
        }
        // Both are real; what rounding left there the transform would refuse.
        bins[0].im = 0.0;
        bins[CHUNK].im = 0.0;
        inverse.process(&mut bins, &mut span).expect("lengths are as planned");
        samples.copy_from_slice(&span[CHUNK..]);
    }
}
