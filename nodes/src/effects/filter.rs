//! What the filters of a single band share: an effect that is one analog prototype, and the kernel that runs it.

use crate::{
    dsp::{cascade::Cascade, prototype::Prototype},
    effect::{Aim, Effect, Kernel, Packs, Seen},
    params::Params,
    processor::{Io, Setup},
    unit::{Frames, Slope},
};

/// An effect that is one filter: all it has to say is which.
pub trait Filter: Params {
    /// Nanoseconds a stereo frame, roughly.
    const COST: f64 = 3.5;

    /// The filter that the parameters describe.
    fn prototype(&self) -> Prototype;

    /// How steep it is, if that can be chosen.
    fn slope(&self) -> Option<Slope> {
        None
    }
}

impl<E: Filter> Effect for E {
    type Kernel = Single;
    // Strips that curves move run in another form.
    const PACKS: Packs = Packs::Apart;
    const COST: f64 = <E as Filter>::COST;

    fn prepare(&self, setup: &Setup, _: &Seen) -> Single {
        Single(Cascade::new(setup, &[self.prototype()]))
    }

    fn tail(&self, rate: u32) -> Frames {
        tail(self.prototype(), rate)
    }

    fn check(&self) -> Result<(), String> {
        self.slope().map_or(Ok(()), check_slope)
    }
}

/// The kernel of every [`Filter`].
#[derive(Clone)]
pub struct Single(Cascade);

impl<E: Filter> Kernel<E> for Single {
    fn tune(&mut self, now: &E, to: Aim) {
        self.0.aim(to, [now.prototype()]);
    }

    fn process(&mut self, io: &mut Io<'_>) {
        self.0.run(&mut io.audio);
    }
}

/// Frames until a filter has rung out by 90 dB.
pub(super) fn tail(filter: Prototype, rate: u32) -> Frames {
    // The poles of the correction ring for 36 frames.
    const CORRECTION: i64 = 64;
    match filter.ring(90.0) {
        0.0 => Frames(0),
        seconds => Frames((seconds * f64::from(rate)).ceil() as i64 + CORRECTION),
    }
}

/// Slopes come in steps of 6 dB an octave.
pub(super) fn check_slope(slope: Slope) -> Result<(), String> {
    if slope.0 % 6.0 == 0.0 {
        Ok(())
    } else {
        Err(format!("`slope` is {slope}, but filters come in steps of 6 dB an octave: 6, 12, 18, up to 96"))
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        block::PIECE,
        curve::{Curve, Lfo, Scale, Wave},
        effect::Slot,
        effects::{
            AnyEffect,
            probe::{Run, run_as},
        },
        params::Value,
        testing::{noise, peak, plane},
        unit::Unit,
    };
    use std::sync::Arc;

    const FILTERS: [&str; 10] = [
        "all_pass",
        "band_pass",
        "bell",
        "eq",
        "high_pass",
        "high_shelf",
        "low_pass",
        "low_shelf",
        "notch",
        "tilt",
    ];

    fn filter(name: &str) -> AnyEffect {
        let mut effect = AnyEffect::named(name).unwrap();
        let number = |value| Value::Number(value, Unit::Plain);
        if name == "eq" {
            let band = |shape: &str, frequency| {
                let shape = Value::Text(shape.to_owned());
                Value::Map(vec![
                    ("shape".to_owned(), shape),
                    ("frequency".to_owned(), number(frequency)),
                    ("gain".to_owned(), number(6.0)),
                    ("q".to_owned(), number(2.0)),
                ])
            };
            let bands = vec![band("high_pass", 40.0), band("bell", 90.0), band("high_shelf", 9000.0)];
            effect.set("bands", &Value::List(bands)).unwrap();
        }
        if effect.info().params.find("gain").is_some() {
            effect.set("gain", &number(9.0)).unwrap();
        }
        effect
    }

    fn render(slot: &Slot, input: &[f32], most: usize) -> Vec<f32> {
        run_as(slot, &[input.to_vec()], &Run { most, ..Run::default() }).out.swap_remove(0)
    }

    #[test]
    fn after_the_tail_nothing_is_left() {
        for name in FILTERS {
            let effect = filter(name);
            let tail = usize::try_from(effect.tail(48_000).0).unwrap();
            let mut input = plane(1.0, 20_000, noise(1));
            input.resize(20_000 + tail + 4000, 0.0);
            let out = render(&Slot::new(effect), &input, PIECE);
            let floor = 10.0f32.powi(-90 / 20);
            assert!(peak(&out[20_000 + tail..]) < floor, "{name}");
            assert!(tail < 4 * 48_000, "the tail of {name} is {tail}");
        }
    }

    #[test]
    fn curves_give_the_same_bits_in_all_blocks() {
        let input = plane(1.0, 3000, noise(1));
        for name in FILTERS {
            let effect = filter(name);
            let path = if name == "eq" { "bands/1/frequency" } else { "frequency" };
            let (_, place) = effect.info().params.find(path).unwrap();
            let curve = Curve::Lfo(Lfo {
                wave: Wave::Sine,
                clock: Arc::new(crate::curve::Clock::seconds(48_000)),
                every: 0.02,
                phase: 0.0,
                between: (10.0, 22_000.0),
                scale: Scale::Octaves,
                rate: 48_000,
            });
            let slot = Slot { curves: vec![(place, curve)], ..Slot::new(effect) };
            let whole = render(&slot, &input, PIECE);
            assert!(peak(&whole) < 30.0, "{name}");
            assert!([1, 7, 50].iter().all(|&most| render(&slot, &input, most) == whole), "{name}");
            assert_ne!(whole, render(&Slot::new(filter(name)), &input, PIECE), "{name} does not move");
        }
    }

    #[test]
    fn slopes_between_the_steps_are_refused() {
        let mut effect = filter("low_pass");
        effect.set("slope", &Value::Number(24.0, Unit::Plain)).unwrap();
        assert_eq!(effect.check(), Ok(()));
        effect.set("slope", &Value::Number(20.0, Unit::Plain)).unwrap();
        assert!(effect.check().unwrap_err().contains("20 dB/oct"));
    }
}
