//! Filters one after another over every channel and strip of a block: the sound of every equaliser and key filter.
//!
//! Samples are `f64` from the first section to the last and rounded once. Filters that curves move run as state-variable
//! filters of the same coefficients, designed anew for every tick. It knows prototypes, not effects.

use super::{
    matched::{self, Biquad, Residual},
    prototype::{Correction, Prototype},
    recursion::{Correct, Moving, Recursion, Still},
};
use crate::{
    block::{Block, PIECE},
    effect::Aim,
    processor::Setup,
};

/// A cascade of filters. Which sections it has is settled when it is made; their frequencies, gains and qualities may
/// change.
#[derive(Clone, Debug)]
pub struct Cascade {
    links: Vec<Link>,
    work: Vec<f64>,
}

#[derive(Clone, Debug)]
enum Link {
    Still(Recursion<Still, 2>),
    Moving(Recursion<Moving, 2>),
    Correct(Recursion<Correct, 4>),
}

impl Cascade {
    /// A cascade for filters of the same kinds and slopes as these, before any strip is tuned.
    pub fn new(setup: &Setup, filters: &[Prototype]) -> Self {
        let main = || match setup.moves {
            true => Link::Moving(Recursion::new(setup)),
            false => Link::Still(Recursion::new(setup)),
        };
        let correct = || Link::Correct(Recursion::new(setup));
        let mut links = Vec::new();
        for filter in filters {
            for _ in filter.sections() {
                links.push(main());
                if filter.correction() == Correction::Own {
                    links.push(correct());
                }
            }
        }
        if filters.iter().any(|filter| filter.correction() == Correction::Shared) {
            links.push(correct());
        }
        Cascade { links, work: vec![0.0; PIECE * setup.strips.max(setup.channels)] }
    }

    /// A cascade of filters that never change, the same for all strips.
    pub fn fixed(setup: &Setup, filters: &[Prototype]) -> Self {
        let mut cascade = Cascade::new(&Setup { moves: false, ..*setup }, filters);
        for strip in 0..setup.strips {
            cascade.aim(Aim { strip, rate: setup.rate, over: 0 }, filters.iter().copied());
        }
        cascade
    }

    /// Sends one strip's filters to new places.
    pub fn aim(&mut self, to: Aim, filters: impl IntoIterator<Item = Prototype>) {
        let mut links = self.links.iter_mut();
        let mut shared = Residual::NONE;
        for filter in filters {
            matched::design(&filter, to.rate, &mut shared, |main, own| {
                links.next().expect("one link for each section").aim_main(to, main);
                if let Some(taps) = own {
                    links.next().expect("a link for each own correction").aim_taps(to, taps);
                }
            });
        }
        if let Some(last) = links.next() {
            last.aim_taps(to, shared.correction());
        }
    }

    /// Works on a block in place: on as many channels as it has.
    pub fn run(&mut self, block: &mut Block<'_>) {
        match (block.lanes(), block.channels()) {
            (1, 1) => self.planes::<1>(block),
            (1, _) => self.pair(block),
            (2, _) => self.planes::<2>(block),
            (4, _) => self.planes::<4>(block),
            (8, _) => self.planes::<8>(block),
            (16, _) => self.planes::<16>(block),
            (lanes, _) => unreachable!("packs hold 1, 2, 4, 8 or 16 strips, not {lanes}"),
        }
        for link in &mut self.links {
            link.advance(block.frames(), block.shape().settles);
        }
    }

    fn pair(&mut self, block: &mut Block<'_>) {
        let (left, right) = block.stereo();
        let rows = &mut self.work.as_chunks_mut::<2>().0[..left.len()];
        for ((row, left), right) in rows.iter_mut().zip(&*left).zip(&*right) {
            *row = [f64::from(*left), f64::from(*right)];
        }
        through(&mut self.links, 0, rows);
        for ((row, left), right) in rows.iter().zip(left).zip(right) {
            (*left, *right) = (row[0] as f32, row[1] as f32);
        }
    }

    fn planes<const N: usize>(&mut self, block: &mut Block<'_>) {
        for channel in 0..block.channels() {
            let plane = block.plane(channel);
            let work = &mut self.work[..plane.len()];
            work.iter_mut().zip(&*plane).for_each(|(to, x)| *to = f64::from(*x));
            through(&mut self.links, channel * N, work.as_chunks_mut::<N>().0);
            plane.iter_mut().zip(&*work).for_each(|(to, x)| *to = *x as f32);
        }
    }
}

/// Takes rows through all links: two at a time where both stand still.
fn through<const N: usize>(mut links: &mut [Link], column: usize, rows: &mut [[f64; N]]) {
    loop {
        links = match links {
            [] => return,
            [Link::Still(a), Link::Still(b), rest @ ..] => {
                a.run_with(b, column, rows);
                rest
            }
            [Link::Still(a), Link::Correct(b), rest @ ..] => {
                a.run_with(b, column, rows);
                rest
            }
            [link, rest @ ..] => {
                match link {
                    Link::Still(a) => a.run(column, rows),
                    Link::Moving(a) => a.run(column, rows),
                    Link::Correct(a) => a.run(column, rows),
                }
                rest
            }
        };
    }
}

impl Link {
    fn aim_main(&mut self, to: Aim, main: Biquad) {
        match self {
            Link::Still(link) => link.aim(to, Still::knobs(main)),
            Link::Moving(link) => link.aim(to, Moving::knobs(main)),
            Link::Correct(_) => unreachable!("sections come in the order in which their links were made"),
        }
    }

    fn aim_taps(&mut self, to: Aim, taps: [f64; 5]) {
        match self {
            Link::Correct(link) => link.aim(to, taps),
            _ => unreachable!("corrections come in the order in which their links were made"),
        }
    }

    fn advance(&mut self, frames: usize, settles: bool) {
        match self {
            Link::Still(link) => link.advance(frames, settles),
            Link::Moving(link) => link.advance(frames, settles),
            Link::Correct(link) => link.advance(frames, settles),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        block::Shape,
        unit::{Db, Hz, Q, Slope},
    };
    use rustfft::{FftPlanner, num_complex::Complex};

    fn setup(rate: u32, channels: usize, strips: usize) -> Setup {
        Setup { rate, channels, strips, moves: false }
    }

    /// Runs interleaved lanes of one plane each through a cascade, in pieces of at most `most` frames.
    fn run(cascade: &mut Cascade, planes: &mut [Vec<f32>], lanes: usize, most: usize) {
        let frames = planes[0].len() / lanes;
        let mut at = 0;
        while at < frames {
            let n = most.min(PIECE - at % PIECE).min(frames - at);
            let mut data: Vec<f32> =
                planes.iter().flat_map(|p| p[at * lanes..(at + n) * lanes].to_vec()).collect();
            let settles = (at + n).is_multiple_of(PIECE);
            let shape = Shape { channels: planes.len(), lanes, frames: n, settles };
            cascade.run(&mut Block::new(&mut data, n * lanes, shape));
            for (plane, out) in planes.iter_mut().zip(data.chunks(n * lanes)) {
                plane[at * lanes..(at + n) * lanes].copy_from_slice(out);
            }
            at += n;
        }
    }

    /// The largest error in decibels against the analog curve up to 20 kHz, where that is over -60 dB.
    fn error(filters: &[Prototype], rate: u32) -> f64 {
        const LENGTH: usize = 1 << 17;
        let mut impulse = vec![vec![0.0f32; LENGTH]];
        impulse[0][0] = 1.0;
        run(&mut Cascade::fixed(&setup(rate, 1, 1), filters), &mut impulse, 1, PIECE);
        let mut bins: Vec<Complex<f64>> =
            impulse[0].iter().map(|x| Complex::new(f64::from(*x), 0.0)).collect();
        FftPlanner::new().plan_fft_forward(LENGTH).process(&mut bins);
        let step = f64::from(rate) / LENGTH as f64;
        (0..300)
            .map(|i| ((20.0 * libm::pow(1000.0, f64::from(i) / 299.0) / step).floor() as usize).max(1))
            .map(|bin| {
                let truth: f64 = filters.iter().map(|f| f.magnitude(Hz(bin as f64 * step))).product();
                if truth < 1e-3 { 0.0 } else { (20.0 * libm::log10(bins[bin].norm() / truth)).abs() }
            })
            .fold(0.0, f64::max)
    }

    /// A sequence of numbers from 0 to 1 that looks random.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 11) as f64 / (1u64 << 53) as f64
        }

        fn between(&mut self, low: f64, high: f64) -> f64 {
            low * libm::pow(high / low, self.roll())
        }

        fn frequency(&mut self) -> Hz {
            Hz(self.between(20.0, 20_000.0))
        }

        fn noise(&mut self, length: usize) -> Vec<f32> {
            (0..length).map(|_| (2.0 * self.roll() - 1.0) as f32).collect()
        }
    }

    fn worst(rate: u32, seed: u64, count: usize, make: impl Fn(&mut Dice) -> Vec<Prototype>) -> f64 {
        let mut dice = Dice(seed);
        (0..count).map(|_| error(&make(&mut dice), rate)).fold(0.0, f64::max)
    }

    #[test]
    #[allow(clippy::print_stderr)]
    fn curves_are_the_analog_ones_up_to_20_khz() {
        type Make = fn(&mut Dice) -> Vec<Prototype>;
        let kinds: [(&str, f64, Make); 8] = [
            ("bell", 0.03, |d| {
                vec![Prototype::bell(d.frequency(), Db(48.0 * d.roll() - 24.0), Q(d.between(0.1, 20.0)))]
            }),
            ("low shelf", 0.09, |d| {
                vec![Prototype::low_shelf(d.frequency(), Db(48.0 * d.roll() - 24.0), Q(d.between(0.1, 5.0)))]
            }),
            ("high shelf", 0.09, |d| {
                vec![Prototype::high_shelf(d.frequency(), Db(48.0 * d.roll() - 24.0), Q(d.between(0.1, 5.0)))]
            }),
            ("notch", 0.03, |d| vec![Prototype::notch(d.frequency(), Q(d.between(0.1, 20.0)))]),
            ("band pass", 0.03, |d| vec![Prototype::band_pass(d.frequency(), Q(d.between(0.1, 20.0)))]),
            ("tilt", 0.03, |d| vec![Prototype::tilt(d.frequency(), Db(48.0 * d.roll() - 24.0))]),
            ("low pass", 0.03, |d| {
                let slope = Slope(6.0 * (1.0 + 15.99 * d.roll()).floor());
                vec![Prototype::low_pass(d.frequency(), slope, Q(d.between(0.5, 10.0)))]
            }),
            ("high pass", 0.03, |d| {
                let slope = Slope(6.0 * (1.0 + 15.99 * d.roll()).floor());
                vec![Prototype::high_pass(d.frequency(), slope, Q(d.between(0.5, 10.0)))]
            }),
        ];
        for (index, (kind, limit, make)) in kinds.into_iter().enumerate() {
            for rate in [44_100, 48_000] {
                let reached = worst(rate, index as u64 + 1, 14, make);
                eprintln!("{kind} {rate} {reached:.4}");
                assert!(reached < limit, "a {kind} at {rate} is off by {reached} dB");
            }
        }
    }
}
