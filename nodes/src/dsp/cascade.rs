//! Filters one after another over every channel and strip of a block: the sound of every equaliser and key filter.
//!
//! Samples are `f64` from the first section to the last and rounded once. Filters that curves move run as state-variable
//! filters of the same coefficients, designed anew for every tick. It knows prototypes, not effects.

use super::{
    aligned::Aligned,
    cpu::{Isa, Job, Two, Vector, dispatch},
    matched::{Biquad, Matched, NO_CORRECTION, Residual, angle},
    prototype::{Correction, Prototype},
    recursion::{Correct, Moving, Recursion, Rows, Still},
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
    /// The digital forms of all sections as they were last tuned, strip by strip.
    matched: Vec<Matched>,
    /// What is taken out of the links of each strip and made up for behind the last, as often as fills a row.
    gains: [f64; ROW],
    /// Whether sections give their gains away.
    stands: bool,
    strips: usize,
    work: Aligned<f64>,
}

/// Samples that are given their gains at once: strips side by side fit in it a whole number of times.
const ROW: usize = 16;

#[derive(Clone, Debug)]
enum Link {
    Still(Recursion<Still, 4, 2>),
    Moving(Recursion<Moving, 5, 2>),
    Correct(Recursion<Correct, 5, 4>),
}

impl Cascade {
    /// A cascade for filters of the same kinds and slopes as these, before any strip is tuned.
    pub fn new(setup: &Setup, filters: &[Prototype]) -> Self {
        let main = || match setup.moves {
            true => Link::Moving(Recursion::new(setup)),
            false => Link::Still(Recursion::new(setup)),
        };
        let correct = || Link::Correct(Recursion::new(setup));
        let (mut links, mut shares, mut falls) = (Vec::new(), false, 0);
        for filter in filters {
            let correction = filter.correction(&mut falls);
            shares |= correction == Correction::Shared;
            for _ in filter.sections() {
                links.push(main());
                if correction == Correction::Own {
                    links.push(correct());
                }
            }
        }
        if shares {
            links.push(correct());
        }
        let sections: usize = filters.iter().map(|filter| filter.sections().len()).sum();
        Cascade {
            links,
            matched: vec![Matched::NONE; sections * setup.strips],
            gains: [1.0; ROW],
            stands: !setup.moves,
            strips: setup.strips,
            work: Aligned::zeros(PIECE * setup.strips * setup.channels),
        }
    }

    /// Sends one strip's filters to new places. Those that are there already cost next to nothing.
    pub fn aim(&mut self, to: Aim, filters: impl IntoIterator<Item = Prototype>) {
        let mut links = self.links.iter_mut();
        let mut matched = self.matched.iter_mut().skip(to.strip).step_by(self.strips);
        let (mut shared, mut shared_moves, mut any_moves, mut falls) = (Residual::NONE, false, false, 0);
        for filter in filters {
            let angle = angle(&filter, to.rate);
            let correction = filter.correction(&mut falls);
            for section in filter.sections() {
                let main = links.next().expect("there is a link for each section");
                let form = matched.next().expect("there is a form for each section");
                let moves = !form.is_of(section, angle);
                any_moves |= moves;
                if moves {
                    *form = Matched::new(*section, angle, correction);
                    main.aim_main(to, form.biquad);
                }
                match correction {
                    Correction::Shared => {
                        shared.join(&form.lack);
                        shared_moves |= moves;
                    }
                    Correction::Own => {
                        let own = links.next().expect("there is a link for each own correction");
                        if moves {
                            own.aim_taps(to, form.lack.correction());
                        }
                    }
                    Correction::Needless => {}
                }
            }
        }
        if shared_moves {
            links
                .next()
                .expect("there is a link for the shared correction")
                .aim_taps(to, shared.correction());
        }
        if any_moves && self.stands {
            let forms = self.matched.iter().skip(to.strip).step_by(self.strips);
            let gain: f64 = forms.map(|form| Still::knobs(form.biquad).1).product();
            self.gains.iter_mut().skip(to.strip).step_by(self.strips).for_each(|place| *place = gain);
        }
    }

    /// Works on a block in place: on as many channels as it has.
    pub fn run(&mut self, block: &mut Block<'_>) {
        dispatch(Run { cascade: self, block });
        for link in &mut self.links {
            link.advance(block.frames(), block.shape().settles);
        }
    }

    /// Takes both channels of as many strips as `H` holds through the links at once: one fills the waits of the other.
    #[inline(always)]
    fn both<I: Isa, H: Vector, V: Vector>(&mut self, block: &mut Block<'_>) {
        let (left, right) = block.stereo();
        let columns = 2 * H::N;
        let rows = &mut self.work[..2 * left.len()];
        let planes = left.chunks_exact(H::N).zip(right.chunks_exact(H::N));
        for (row, (left, right)) in rows.chunks_exact_mut(columns).zip(planes) {
            H::of(left).store(row);
            H::of(right).store(&mut row[H::N..]);
        }
        through::<I, V, V>(&mut self.links, Rows { samples: rows, columns, state: 0 });
        let (planes, gain) =
            (left.chunks_exact_mut(H::N).zip(right.chunks_exact_mut(H::N)), H::load(&self.gains));
        for (row, (left, right)) in self.work.chunks_exact(columns).zip(planes) {
            (H::load(row) * gain).to(left);
            (H::load(&row[H::N..]) * gain).to(right);
        }
        for plane in [left, right] {
            for x in plane {
                *x += POSITIVE;
            }
        }
    }

    /// Takes the strips of each channel through the links.
    #[inline(always)]
    fn planes<I: Isa, V: Vector, P: Vector>(&mut self, block: &mut Block<'_>) {
        let strips = block.strips();
        for channel in 0..block.channels() {
            let plane = block.plane(channel);
            let work = &mut self.work[..plane.len()];
            work.iter_mut().zip(&*plane).for_each(|(to, x)| *to = f64::from(*x));
            let state = channel * strips;
            through::<I, V, P>(&mut self.links, Rows { samples: work, columns: strips, state });
            let (rows, rest) = plane.as_chunks_mut::<ROW>();
            let (work, last) = self.work[..rows.len() * ROW + rest.len()].as_chunks::<ROW>();
            // In vectors: of two loops compilers turn the inner one outside.
            let gains = I::V16::load(&self.gains);
            for (row, work) in rows.iter_mut().zip(work) {
                (I::V16::load(work) * gains).to(row);
            }
            for ((x, work), gain) in rest.iter_mut().zip(last).zip(&self.gains) {
                *x = (work * gain) as f32;
            }
            for x in plane {
                *x += POSITIVE;
            }
        }
    }
}

/// Added to all that leaves a cascade, so that no zero of it is negative: a correction that does nothing runs where another
/// strip of the pack needs one, and turns such a zero into a positive one.
const POSITIVE: f32 = 0.0;

struct Run<'c, 'b, 'd> {
    cascade: &'c mut Cascade,
    block: &'b mut Block<'d>,
}

impl Job for Run<'_, '_, '_> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let Run { cascade, block } = self;
        match (block.strips(), block.channels()) {
            (1, 1) => cascade.planes::<I, f64, f64>(block),
            (1, _) => cascade.both::<I, f64, I::V2>(block),
            (2, 2) if I::Pair::N >= 4 => cascade.both::<I, I::V2, Two<I::V2>>(block),
            (4, 2) if I::Pair::N >= 8 => cascade.both::<I, I::V4, Two<I::V4>>(block),
            (8, 2) if I::Pair::N >= 16 => cascade.both::<I, I::V8, Two<I::V8>>(block),
            (2, _) => cascade.planes::<I, I::V2, I::V2>(block),
            (4, _) => cascade.planes::<I, I::V4, I::V4>(block),
            (8, _) if I::Pair::N > 8 => cascade.planes::<I, I::V8, I::V8>(block),
            (8 | 16, _) => cascade.planes::<I, I::Wide, I::Pair>(block),
            (strips, _) => unreachable!("packs hold 1, 2, 4, 8 or 16 strips, not {strips}"),
        }
    }
}

/// Takes rows through all links that do anything: two links at a time where both stand still and their numbers fit. A biquad
/// by itself takes `V` strips at a time; what has more numbers to hold takes `P`.
#[inline(always)]
fn through<I: Isa, V: Vector, P: Vector>(links: &mut [Link], mut rows: Rows<'_>) {
    let pairs = P::N <= I::PAIRED;
    let mut acting = links.iter_mut().filter(|link| !link.leaves_all()).peekable();
    while let Some(link) = acting.next() {
        match (link, acting.peek_mut()) {
            (Link::Still(a), Some(Link::Still(b))) if pairs => a.run_with::<P, _, _, _>(b, &mut rows),
            (Link::Still(a), Some(Link::Correct(b))) if pairs => a.run_with::<P, _, _, _>(b, &mut rows),
            (Link::Still(a), _) => {
                a.run::<V>(&mut rows);
                continue;
            }
            (link, _) => {
                link.run::<P>(&mut rows);
                continue;
            }
        }
        acting.next();
    }
}

impl Link {
    /// Whether it changes no sample: a correction of nothing, since the beginning.
    #[inline(always)]
    fn leaves_all(&self) -> bool {
        matches!(self, Link::Correct(link) if link.has_only(NO_CORRECTION))
    }

    #[inline(always)]
    fn run<V: Vector>(&mut self, rows: &mut Rows<'_>) {
        match self {
            Link::Still(link) => link.run::<V>(rows),
            Link::Moving(link) => link.run::<V>(rows),
            Link::Correct(link) => link.run::<V>(rows),
        }
    }

    fn aim_main(&mut self, to: Aim, main: Biquad) {
        match self {
            Link::Still(link) => link.aim(to, Still::knobs(main).0),
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
        testing::{Dice, noise, peak, pieces, plane, spectrum},
        unit::{Db, Hz, Q, Slope},
    };

    fn setup(rate: u32, channels: usize, strips: usize) -> Setup {
        Setup { rate, channels, strips, moves: false }
    }

    /// A cascade of filters that never change, for one strip.
    fn fixed(setup: &Setup, filters: &[Prototype]) -> Cascade {
        let mut cascade = Cascade::new(setup, filters);
        cascade.aim(Aim { strip: 0, rate: setup.rate, over: 0 }, filters.iter().copied());
        cascade
    }

    /// Runs interleaved strips of one plane each through a cascade, in pieces of at most `most` frames.
    fn run(cascade: &mut Cascade, planes: &mut [Vec<f32>], strips: usize, most: usize) {
        for piece in pieces(planes[0].len() / strips, most) {
            let (frames, rows) = (piece.len(), piece.start * strips..piece.end * strips);
            let mut data: Vec<f32> = planes.iter().flat_map(|plane| plane[rows.clone()].to_vec()).collect();
            let settles = piece.end.is_multiple_of(PIECE);
            let shape = Shape { channels: planes.len(), strips, frames, settles };
            cascade.run(&mut Block::new(&mut data, frames * strips, shape));
            for (plane, out) in planes.iter_mut().zip(data.chunks(frames * strips)) {
                plane[rows.clone()].copy_from_slice(out);
            }
        }
    }

    /// The largest error in decibels against the analog curve up to 20 kHz, where that is over -60 dB.
    fn error(filters: &[Prototype], rate: u32) -> f64 {
        const LENGTH: usize = 1 << 17;
        let mut impulse = vec![vec![0.0f32; LENGTH]];
        impulse[0][0] = 1.0;
        run(&mut fixed(&setup(rate, 1, 1), filters), &mut impulse, 1, PIECE);
        let bins = spectrum(impulse[0].iter().map(|x| f64::from(*x)));
        let step = f64::from(rate) / LENGTH as f64;
        (0..300)
            .map(|i| ((20.0 * libm::pow(1000.0, f64::from(i) / 299.0) / step).floor() as usize).max(1))
            .map(|bin| {
                let truth: f64 = filters.iter().map(|f| f.magnitude(Hz(bin as f64 * step))).product();
                if truth < 1e-3 { 0.0 } else { (20.0 * libm::log10(bins[bin].norm() / truth)).abs() }
            })
            .fold(0.0, f64::max)
    }

    impl Dice {
        fn between(&mut self, low: f64, high: f64) -> f64 {
            low * libm::pow(high / low, self.roll())
        }

        fn frequency(&mut self) -> Hz {
            Hz(self.between(20.0, 20_000.0))
        }
    }

    fn worst(rate: u32, seed: u64, count: usize, make: impl Fn(&mut Dice) -> Vec<Prototype>) -> f64 {
        let mut dice = Dice(seed);
        (0..count).map(|_| error(&make(&mut dice), rate)).fold(0.0, f64::max)
    }

    #[test]
    fn curves_are_the_analog_ones_up_to_20_khz() {
        type Make = fn(&mut Dice) -> Vec<Prototype>;
        let kinds: [(&str, f64, Make); 8] = [
            ("bell", 0.03, |d| {
                vec![Prototype::bell(d.frequency(), Db(48.0 * d.roll() - 24.0), Q(d.between(0.1, 20.0)))]
            }),
            ("low shelf", 0.09, |d| {
                vec![Prototype::low_shelf(d.frequency(), Db(72.0 * d.roll() - 36.0), Q(d.between(0.1, 4.0)))]
            }),
            ("high shelf", 0.09, |d| {
                vec![Prototype::high_shelf(d.frequency(), Db(72.0 * d.roll() - 36.0), Q(d.between(0.1, 4.0)))]
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
                assert!(reached < limit, "a {kind} at {rate} is off by {reached} dB");
            }
        }
    }

    fn any(d: &mut Dice) -> Prototype {
        let (f, gain, q) = (d.frequency(), Db(48.0 * d.roll() - 24.0), Q(d.between(0.2, 6.0)));
        let slope = Slope(6.0 * (1.0 + 15.99 * d.roll()).floor());
        match (9.0 * d.roll()) as usize {
            0..3 => Prototype::bell(f, gain, q),
            3 => Prototype::low_shelf(f, gain, Q(q.0.min(3.0))),
            4 => Prototype::high_shelf(f, gain, Q(q.0.min(3.0))),
            5 => Prototype::tilt(f, Db(gain.0 / 2.0)),
            6 => Prototype::high_pass(Hz(f.0 / 20.0), slope, q),
            7 => Prototype::low_pass(Hz(f.0.max(6000.0)), slope, q),
            _ => Prototype::all_pass(f, q),
        }
    }

    #[test]
    fn lists_of_filters_are_the_sum_of_their_curves() {
        for rate in [44_100, 48_000] {
            let reached = worst(rate, 91, 16, |dice| {
                (0..2 + (6.99 * dice.roll()) as usize).map(|_| any(dice)).collect()
            });
            assert!(reached < 0.1, "a list at {rate} is off by {reached} dB");
        }
    }

    #[test]
    fn every_section_has_a_first_tap_that_can_be_taken_out() {
        let mut dice = Dice(11);
        for rate in [8_000, 44_100, 192_000, 768_000] {
            for _ in 0..500 {
                let (f, q, g) = (dice.frequency(), Q(dice.between(0.1, 40.0)), Db(72.0 * dice.roll() - 36.0));
                let filters = [
                    Prototype::bell(f, g, q),
                    Prototype::low_shelf(f, g, q),
                    Prototype::high_shelf(f, g, q),
                    Prototype::low_pass(f, Slope(96.0), q),
                    Prototype::high_pass(f, Slope(96.0), q),
                    Prototype::band_pass(f, q),
                    Prototype::notch(f, q),
                    Prototype::all_pass(f, q),
                    Prototype::tilt(f, g),
                ];
                for filter in filters {
                    let gain = fixed(&setup(rate, 1, 1), &[filter]).gains[0];
                    assert!(gain.abs() > 1e-100 && gain.abs() < 1e100, "{gain} of {filter:?} at {rate}");
                }
            }
        }
    }

    #[test]
    fn blocks_packs_and_channels_change_no_bit() {
        let mut dice = Dice(7);
        let frames = 700;
        let strips: Vec<Vec<Prototype>> = (0..8)
            .map(|_| {
                let (f, g) = (dice.frequency(), Db(12.0 * dice.roll()));
                vec![
                    Prototype::bell(f, g, Q(2.0)),
                    Prototype::low_pass(f, Slope(36.0), Q(0.7)),
                    Prototype::high_pass(f, Slope(18.0), Q(0.7)),
                ]
            })
            .collect();
        let input: Vec<[Vec<f32>; 2]> =
            (0..8).map(|strip| [0, 8].map(|channel| plane(1.0, frames, noise(strip + channel)))).collect();
        let alone: Vec<Vec<Vec<f32>>> = (0..8)
            .map(|s| {
                let mut planes = input[s].to_vec();
                run(&mut fixed(&setup(44_100, 2, 1), &strips[s]), &mut planes, 1, PIECE);
                planes
            })
            .collect();
        for moves in [false, true] {
            let one = |channels, most| {
                let setup = Setup { moves, ..setup(44_100, channels, 1) };
                let mut cascade = Cascade::new(&setup, &strips[0]);
                cascade.aim(Aim { strip: 0, rate: 44_100, over: 0 }, strips[0].iter().copied());
                let mut planes = input[0][..channels].to_vec();
                run(&mut cascade, &mut planes, 1, most);
                planes
            };
            let whole = one(2, PIECE);
            assert!([1, 7, 33].iter().all(|&most| one(2, most) == whole), "blocks");
            assert_eq!(one(1, 50)[0], whole[0], "mono is the left of stereo");
        }
        let mut pack = Cascade::new(&setup(44_100, 2, 8), &strips[0]);
        for (strip, filters) in strips.iter().enumerate() {
            pack.aim(Aim { strip, rate: 44_100, over: 0 }, filters.iter().copied());
        }
        let mut planes: Vec<Vec<f32>> =
            (0..2).map(|c| (0..frames * 8).map(|i| input[i % 8][c][i / 8]).collect()).collect();
        run(&mut pack, &mut planes, 8, 45);
        for (i, s, c) in (0..frames).flat_map(|i| (0..8).flat_map(move |s| [(i, s, 0), (i, s, 1)])) {
            assert_eq!(planes[c][i * 8 + s].to_bits(), alone[s][c][i].to_bits(), "strip {s} in a pack");
        }
    }

    /// A cascade that curves move, from one place a tick to the next.
    fn moved(input: &[f32], at: impl Fn(usize) -> Prototype) -> Vec<f32> {
        let mut cascade = Cascade::new(&Setup { moves: true, ..setup(48_000, 1, 1) }, &[at(0)]);
        cascade.aim(Aim { strip: 0, rate: 48_000, over: 0 }, [at(0)]);
        let mut out = Vec::new();
        for (tick, piece) in input.chunks(16).enumerate() {
            cascade.aim(Aim { strip: 0, rate: 48_000, over: 16 }, [at(16 * (tick + 1))]);
            let mut planes = vec![piece.to_vec()];
            run(&mut cascade, &mut planes, 1, 5);
            out.append(&mut planes[0]);
        }
        out
    }

    #[test]
    fn moving_filters_stay_within_what_they_reach_at_rest() {
        let noise = plane(1.0, 48_000, noise(3));
        let low_pass = |octaves| Prototype::low_pass(Hz(20.0 * libm::exp2(octaves)), Slope(12.0), Q(10.0));
        let swept = |frame| {
            let turns = 20.0 * frame as f64 / 48_000.0;
            low_pass(5.0 + 5.0 * libm::sin(std::f64::consts::TAU * turns))
        };
        let at_rest = (0..=10).map(|i| peak(&moved(&noise, |_| low_pass(f64::from(i))))).fold(0.0, f32::max);
        assert!(peak(&moved(&noise, swept)) < at_rest);

        let tone: Vec<f32> = (0..48_000).map(|i| libm::sin(0.01 * f64::from(i)) as f32).collect();
        let bell = |frame: usize| {
            let octaves = 6.0 * (frame as f64 / 2400.0).min(1.0);
            Prototype::bell(Hz(10_000.0 * libm::exp2(-octaves)), Db(24.0), Q(20.0))
        };
        assert!(peak(&moved(&tone, bell)) < 1.2);
    }

    #[test]
    fn a_moving_filter_that_rests_is_the_still_one() {
        let input = plane(1.0, 2000, noise(5));
        for filter in [
            Prototype::low_shelf(Hz(60.0), Db(-9.0), Q(0.3)),
            Prototype::low_pass(Hz(15_000.0), Slope(78.0), Q(2.0)),
            Prototype::all_pass(Hz(300.0), Q(2.0)),
        ] {
            let mut still = vec![input.clone()];
            run(&mut fixed(&setup(48_000, 1, 1), &[filter]), &mut still, 1, PIECE);
            let moving = moved(&input, |_| filter);
            let off = moving.iter().zip(&still[0]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(off < 1e-6, "{off}");
        }
    }

    #[test]
    fn no_gain_changes_no_bit_and_silence_comes_back() {
        let flat = [
            Prototype::bell(Hz(90.0), Db(0.0), Q(9.0)),
            Prototype::high_shelf(Hz(9000.0), Db(0.0), Q(1.0)),
            Prototype::tilt(Hz(500.0), Db(0.0)),
        ];
        let input = plane(1.0, 1000, noise(6));
        let mut planes = vec![input.clone()];
        run(&mut fixed(&setup(44_100, 1, 1), &flat), &mut planes, 1, PIECE);
        assert_eq!(planes[0], input);
        assert_eq!(moved(&input, |_| flat[0]), input);

        let ringing = Prototype::high_pass(Hz(300.0), Slope(24.0), Q(1.0));
        let mut burst = vec![vec![0.0; 40_000]];
        burst[0][0] = 1.0;
        run(&mut fixed(&setup(44_100, 1, 1), &[ringing]), &mut burst, 1, PIECE);
        let last = burst[0].iter().rposition(|x| *x != 0.0).unwrap();
        assert!(last < 20_000, "rings until {last}");
    }
}
