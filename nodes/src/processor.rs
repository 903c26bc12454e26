//! A live effect: the kernel, and what all effects share, written once (curves, `mix`, `on`).

use crate::{
    block::{Block, PIECE, Shape, View},
    curve::Curve,
    dsp::{delay::Delay, knobs::Knobs},
    effect::{Aim, Channels, Effect, Kernel, Reading, Seen, Slot},
    unit::Frames,
};

/// Frames between two looks at the curves, on the song's own grid.
pub const TICK: i64 = 16;

/// What a kernel is prepared for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setup {
    /// The song's rate.
    pub rate: u32,
    /// Channels of the signal: 1 or 2.
    pub channels: usize,
    /// Strips side by side: 1, 2, 4, 8 or 16.
    pub strips: usize,
    /// Whether curves move parameters.
    pub moves: bool,
}

/// What a kernel works on: audio in place, and what it hears beside it.
#[derive(Debug)]
pub struct Io<'a> {
    /// Enters holding the input, leaves holding the output.
    pub audio: Block<'a>,
    /// Sidechain keys; none in a pack, as no strip with a key is packed.
    pub keys: &'a [View<'a>],
    /// What followers say: one channel each, in the unit of the parameter that they move.
    pub controls: &'a [View<'a>],
    /// One plane to work in, of the audio's frames and strips; holds nothing of use.
    pub spare: Block<'a>,
    /// The song's frame that enters first.
    pub at: Frames,
}

impl Io<'_> {
    /// The key that the effect hears, or its own input.
    pub fn heard(&self) -> View<'_> {
        self.keys.first().copied().unwrap_or(self.audio.view())
    }
}

/// A live node of a chain.
pub trait Processor: Send {
    /// Works on a piece of at most [`PIECE`] frames, which crosses no absolute multiple of it in the stream.
    fn process(&mut self, io: &mut Io<'_>);

    /// The same processor in the same state.
    fn checkpoint(&self) -> Box<dyn Processor>;

    /// What it did to a strip so far.
    fn reading(&self, strip: usize) -> Reading;
}

/// A live effect of one strip or of a whole pack.
#[derive(Clone)]
pub struct Running<E: Effect> {
    kernel: E::Kernel,
    strips: Vec<Strip<E>>,
    blend: Option<Blend>,
    rate: u32,
    born: bool,
}

#[derive(Clone)]
struct Strip<E> {
    now: E,
    curves: Vec<Moving>,
    mix: Option<Curve>,
}

#[derive(Clone)]
struct Moving {
    place: Vec<usize>,
    curve: Curve,
    value: f64,
}

impl<E: Effect> Running<E> {
    /// A processor for strips that agree in all that is fixed.
    ///
    /// # Panics
    /// If there is no strip.
    pub fn new(strips: Vec<(E, &Slot)>, setup: &Setup, seen: &Seen) -> Self {
        let (first, slot) = &strips[0];
        let inner = match slot.on {
            Channels::Stereo => *setup,
            _ => Setup { channels: 1, ..*setup },
        };
        let mut kernel = first.prepare(&inner, seen);
        let blend = (slot.mixes() || slot.on != Channels::Stereo).then(|| {
            let mixes: Vec<f64> =
                (0..setup.strips).map(|i| strips[i.min(strips.len() - 1)].1.mix.factor()).collect();
            Blend::new(setup, slot.on, first.latency(setup.rate), mixes)
        });
        for strip in 0..setup.strips {
            let now = &strips[strip.min(strips.len() - 1)].0;
            kernel.tune(now, Aim { strip, rate: setup.rate, over: 0 });
        }
        let strips = strips
            .into_iter()
            .map(|(now, slot)| Strip {
                now,
                mix: slot.mix_curve.clone(),
                curves: slot
                    .curves
                    .iter()
                    .map(|(place, curve)| Moving {
                        place: place.clone(),
                        curve: curve.clone(),
                        value: f64::NAN,
                    })
                    .collect(),
            })
            .collect();
        Running { kernel, strips, blend, rate: setup.rate, born: false }
    }

    fn moves(&self) -> bool {
        self.strips.iter().any(|strip| !strip.curves.is_empty() || strip.mix.is_some())
    }

    /// Brings all that curves move to where they are at `to`, in `over` frames; `heard` says what followers say now.
    fn tick(&mut self, to: Frames, over: u32, controls: &[View<'_>], frame: usize) {
        let heard: Vec<f32> = controls.iter().map(|view| view.plane(0)[frame]).collect();
        for (index, strip) in self.strips.iter_mut().enumerate() {
            let mut moved = false;
            for moving in &mut strip.curves {
                let value = moving.curve.value(to, &heard);
                if value != moving.value {
                    moving.value = value;
                    strip.now.poke(&moving.place, value);
                    moved = true;
                }
            }
            if moved {
                self.kernel.tune(&strip.now, Aim { strip: index, rate: self.rate, over });
            }
            if let (Some(blend), Some(curve)) = (&mut self.blend, &strip.mix) {
                let goal = (curve.value(to, &heard) / 100.0).clamp(0.0, 1.0);
                blend.mix.aim(Aim { strip: index, rate: self.rate, over }, [goal]);
            }
        }
    }

    fn piece(&mut self, io: &mut Io<'_>) {
        match &mut self.blend {
            Some(blend) => blend.process(io, |io| self.kernel.process(io)),
            None => self.kernel.process(io),
        }
    }
}

impl<E: Effect> Processor for Running<E> {
    fn process(&mut self, io: &mut Io<'_>) {
        if !self.moves() {
            return self.piece(io);
        }
        let frames = io.audio.frames();
        let mut done = 0;
        while done < frames {
            let at = Frames(io.at.0 + done as i64);
            let to_tick = TICK - at.0.rem_euclid(TICK);
            if !self.born {
                self.tick(at, 0, io.controls, done);
                self.tick(at + Frames(to_tick), to_tick as u32, io.controls, done);
                self.born = true;
            } else if to_tick == TICK {
                self.tick(at + Frames(TICK), TICK as u32, io.controls, done);
            }
            let part = (to_tick as usize).min(frames - done);
            let keys: Vec<View<'_>> = io.keys.iter().map(|key| key.part(done, part)).collect();
            self.piece(&mut Io {
                audio: io.audio.part(done, part),
                keys: &keys,
                controls: &[],
                spare: io.spare.part(done, part),
                at,
            });
            done += part;
        }
    }

    fn checkpoint(&self) -> Box<dyn Processor> {
        Box::new(self.clone())
    }

    fn reading(&self, strip: usize) -> Reading {
        self.kernel.reading(strip)
    }
}

/// `mix` and `on` by one formula: `out = dry + mix * (wet - part(dry))`, the dry path as late as the wet one.
#[derive(Clone)]
struct Blend {
    on: Channels,
    dry: Vec<f32>,
    part: Vec<f32>,
    late: Delay,
    mix: Knobs<1>,
}

impl Blend {
    fn new(setup: &Setup, on: Channels, latency: Frames, mixes: Vec<f64>) -> Self {
        let plane = PIECE * setup.strips;
        let mut mix = Knobs::new(setup.strips);
        for (strip, goal) in mixes.into_iter().enumerate() {
            mix.aim(Aim { strip, rate: setup.rate, over: 0 }, [goal]);
        }
        Blend {
            on,
            dry: vec![0.0; plane * setup.channels],
            part: vec![0.0; plane],
            late: Delay::new(setup, latency),
            mix,
        }
    }

    fn process(&mut self, io: &mut Io<'_>, kernel: impl FnOnce(&mut Io<'_>)) {
        let shape = io.audio.shape();
        let plane = PIECE * shape.strips;
        let mut dry = Block::new(&mut self.dry, plane, shape);
        dry.copy_from(io.audio.view());
        if self.on == Channels::Stereo {
            kernel(io);
        } else {
            let mut part = Block::new(&mut self.part, plane, Shape { channels: 1, ..shape });
            take(self.on, &mut dry, &mut part);
            kernel(&mut Io {
                audio: part,
                keys: io.keys,
                controls: io.controls,
                spare: io.spare.again(),
                at: io.at,
            });
        }
        self.late.run(&mut dry);
        let len = shape.frames * shape.strips;
        match self.on {
            Channels::Stereo => {
                for channel in 0..shape.channels {
                    let dry = &self.dry[channel * plane..channel * plane + len];
                    each(&self.mix, shape.strips, io.audio.plane(channel), |i, wet, mix| {
                        let dry = f64::from(dry[i]);
                        *wet = (dry + mix * (f64::from(*wet) - dry)) as f32;
                    });
                }
            }
            on => self.join(on, &mut io.audio, plane),
        }
        self.mix.advance(shape.frames);
    }

    fn join(&mut self, on: Channels, audio: &mut Block<'_>, plane: usize) {
        let strips = audio.strips();
        let len = audio.frames() * strips;
        let (dry_left, dry_right) = (&self.dry[..len], &self.dry[plane..plane + len]);
        let (left, right) = audio.stereo();
        left.copy_from_slice(dry_left);
        right.copy_from_slice(dry_right);
        let (to_left, to_right, of) = match on {
            Channels::Left => (1.0, 0.0, [1.0, 0.0]),
            Channels::Right => (0.0, 1.0, [0.0, 1.0]),
            Channels::Side => (1.0, -1.0, [0.5, -0.5]),
            Channels::Mid | Channels::Stereo => (1.0, 1.0, [0.5, 0.5]),
        };
        each(&self.mix, strips, &mut self.part[..len], |i, wet, mix| {
            let dry = of[0] * f64::from(dry_left[i]) + of[1] * f64::from(dry_right[i]);
            // What a kernel did not change must leave no bit changed.
            let moved = mix * (f64::from(*wet) - f64::from(dry as f32));
            left[i] = (f64::from(dry_left[i]) + to_left * moved) as f32;
            right[i] = (f64::from(dry_right[i]) + to_right * moved) as f32;
        });
    }
}

/// Calls `make` for each sample of a plane with its strip's share at its frame.
fn each(knobs: &Knobs<1>, strips: usize, plane: &mut [f32], mut make: impl FnMut(usize, &mut f32, f64)) {
    if !knobs.moving() && strips == 1 {
        let mix = knobs.at(0, 0, 0);
        return plane.iter_mut().enumerate().for_each(|(i, x)| make(i, x, mix));
    }
    for (i, x) in plane.iter_mut().enumerate() {
        make(i, x, knobs.at(0, i % strips, i / strips));
    }
}

fn take(on: Channels, dry: &mut Block<'_>, part: &mut Block<'_>) {
    let (left, right) = dry.stereo();
    let out = part.plane(0);
    match on {
        Channels::Left => out.copy_from_slice(left),
        Channels::Right => out.copy_from_slice(right),
        Channels::Mid | Channels::Stereo => {
            for ((out, l), r) in out.iter_mut().zip(left).zip(right) {
                *out = (0.5 * f64::from(*l) + 0.5 * f64::from(*r)) as f32;
            }
        }
        Channels::Side => {
            for ((out, l), r) in out.iter_mut().zip(left).zip(right) {
                *out = (0.5 * f64::from(*l) - 0.5 * f64::from(*r)) as f32;
            }
        }
    }
}
