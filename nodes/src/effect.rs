//! What an effect is: parameters, questions that a plan may ask, and a kernel that makes the sound.

mod written;

use crate::{
    choice,
    params::{Params, ParamsInfo},
    processor::{Io, Setup},
    unit::{Frames, Percent},
};
use crate::{curve::Curve, effects::AnyEffect};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One channel or two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Width {
    /// One channel.
    Mono,
    /// Left and right.
    Stereo,
}

impl Width {
    /// Its number of channels.
    pub fn channels(self) -> usize {
        match self {
            Width::Mono => 1,
            Width::Stereo => 2,
        }
    }
}

choice! {
    /// What part of a stereo signal an effect works on.
    pub enum Channels {
        /// All of it.
        Stereo = "stereo",
        /// The left channel.
        Left = "left",
        /// The right channel.
        Right = "right",
        /// What both channels share: half their sum.
        Mid = "mid",
        /// What they do not: half their difference.
        Side = "side",
    }
}

/// Whether strips of one shape may lie side by side in one kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packs {
    /// Each strip has a kernel of its own.
    Never,
    /// All strips together.
    Together,
    /// Strips that curves move pack among themselves, as their kernels have another form.
    Apart,
}

/// Whether an effect hears a sidechain key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyUse {
    /// It hears only its own input.
    None,
    /// It may be given one.
    Optional,
    /// It makes no sense without.
    Required,
}

/// Audio that an effect was given to know beforehand: the files among its parameters, at the song's rate.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The files by their names.
    pub sounds: BTreeMap<String, Arc<Sound>>,
}

/// A file's samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sound {
    /// The rate that the file had before it was brought to the song's.
    pub file_rate: u32,
    /// One vector of samples for each channel.
    pub channels: Vec<Vec<f32>>,
}

impl Sound {
    /// How many channels a file can have: one for both sides, left and right, or the four ways from side to side.
    pub const CHANNELS: [usize; 3] = [1, 2, 4];
}

/// An effect: the description of a sound process, with its parameters.
///
/// Latency, tail and width are questions to the description, so that a plan needs no live processing.
pub trait Effect: Params {
    /// What makes the sound.
    type Kernel: Kernel<Self> + 'static;
    /// Whether its strips may be packed.
    const PACKS: Packs = Packs::Never;
    /// Whether it hears a key.
    const KEY: KeyUse = KeyUse::None;
    /// Raised whenever the same parameters give other samples than before.
    const REVISION: u32 = 1;
    /// Nanoseconds a stereo frame, roughly: orders the work, changes no bit.
    const COST: f64 = 5.0;

    /// Memory for `setup.strips` strips; reads only what is `fixed`.
    fn prepare(&self, setup: &Setup, seen: &Seen) -> Self::Kernel;

    /// Frames by which the output comes late.
    fn latency(&self, _rate: u32) -> Frames {
        Frames(0)
    }

    /// Frames for which the output sounds on after the input has ended, down to -90 dB.
    fn tail(&self, _rate: u32) -> Frames {
        Frames(0)
    }

    /// The width of the output.
    fn width(&self, input: Width) -> Width {
        input
    }

    /// What no single parameter's range can tell, such as two that contradict each other.
    ///
    /// # Errors
    /// A sentence on what is wrong.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

/// The sound process itself: all that an effect's author writes. It cannot fail; everything wrong is wrong earlier.
pub trait Kernel<E>: Clone + Send {
    /// Makes numbers of one strip's parameters: at birth at once, later where a curve moves it, in a straight line.
    fn tune(&mut self, now: &E, to: Aim);

    /// Works on a piece of at most [`PIECE`](crate::block::PIECE) frames in place.
    fn process(&mut self, io: &mut Io<'_>);

    /// What it did to a strip so far, for the report.
    fn reading(&self, _strip: usize) -> Reading {
        Reading::NONE
    }
}

/// Where [`Kernel::tune`] is to bring a strip's numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aim {
    /// Which strip of the pack.
    pub strip: usize,
    /// The song's rate.
    pub rate: u32,
    /// Frames to get there in a straight line; 0 for at once.
    pub over: u32,
}

/// What an effect did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The largest gain reduction in decibels, if the effect reduces gain.
    pub reduction: Option<f64>,
}

impl Reading {
    /// Nothing to report.
    pub const NONE: Reading = Reading { reduction: None };

    /// A largest gain reduction in decibels.
    pub fn reduction(decibels: f64) -> Reading {
        Reading { reduction: Some(decibels) }
    }
}

/// An effect in its place on a strip: what all effects share stands here once.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// The effect with the values that its parameters have where no curve moves them.
    pub effect: AnyEffect,
    /// The curves by the places of the parameters that they move.
    pub curves: Vec<(Vec<usize>, Curve)>,
    /// The share of the effect's output, against its input.
    pub mix: Percent,
    /// A curve for [`Slot::mix`].
    pub mix_curve: Option<Curve>,
    /// The part of a stereo signal that the effect works on.
    pub on: Channels,
}

impl Slot {
    /// An effect all wet, on all channels, without curves.
    pub fn new(effect: AnyEffect) -> Slot {
        Slot { effect, curves: Vec::new(), mix: Percent(100.0), mix_curve: None, on: Channels::Stereo }
    }

    /// Whether any curve moves anything.
    pub fn moves(&self) -> bool {
        !self.curves.is_empty() || self.mix_curve.is_some()
    }

    /// Whether the input is heard beside the output.
    pub fn mixes(&self) -> bool {
        self.mix.0 < 100.0 || self.mix_curve.is_some()
    }

    /// Whether the slot can run in one kernel with another.
    pub fn packs_with(&self, other: &Slot) -> bool {
        self.effect.packs_with(&other.effect)
            && self.on == other.on
            && self.mixes() == other.mixes()
            && (self.effect.info().packs != Packs::Apart || self.moves() == other.moves())
    }
}

/// The description of an effect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EffectInfo {
    /// Its name, parameters and sentence.
    pub params: &'static ParamsInfo,
    /// Whether it hears a key.
    pub key: KeyUse,
    /// Whether its strips may be packed.
    pub packs: Packs,
    /// Raised whenever the same parameters give other samples than before.
    pub revision: u32,
    /// Nanoseconds a stereo frame, roughly.
    pub cost: f64,
}

/// Makes [`AnyEffect`] of the list of effects: the one place where an effect is registered.
#[macro_export]
macro_rules! effects {
    ($($module:ident :: $name:ident),* $(,)?) => {
        /// Any effect with its parameters.
        #[derive(Clone, Debug, PartialEq)]
        #[allow(missing_docs, reason = "each variant is documented by its own type")]
        pub enum AnyEffect { $($name($module::$name),)* }

        $(impl From<$module::$name> for AnyEffect {
            fn from(effect: $module::$name) -> Self {
                AnyEffect::$name(effect)
            }
        })*

        impl AnyEffect {
            /// The descriptions of all effects, in the order of their names.
            pub const ALL: &'static [$crate::effect::EffectInfo] = &[$($crate::effect::EffectInfo {
                params: <$module::$name as $crate::params::Params>::INFO,
                key: <$module::$name as $crate::effect::Effect>::KEY,
                packs: <$module::$name as $crate::effect::Effect>::PACKS,
                revision: <$module::$name as $crate::effect::Effect>::REVISION,
                cost: <$module::$name as $crate::effect::Effect>::COST,
            }),*];

            /// The effect that scripts call by this word, with its defaults.
            pub fn named(word: &str) -> Option<AnyEffect> {
                $(if <$module::$name as $crate::params::Params>::INFO.name == word {
                    return Some(AnyEffect::$name($module::$name::default()));
                })*
                None
            }

            /// The description.
            pub fn info(&self) -> &'static $crate::effect::EffectInfo {
                let name = match self { $(AnyEffect::$name(_) => <$module::$name as $crate::params::Params>::INFO.name,)* };
                AnyEffect::ALL.iter().find(|info| info.params.name == name).expect("every variant is in the list")
            }

            /// Sets one parameter by its name.
            ///
            /// # Errors
            /// If there is no such parameter or the value does not fit.
            pub fn set(&mut self, name: &str, value: &$crate::params::Value) -> Result<(), $crate::params::ParamError> {
                match self { $(AnyEffect::$name(e) => $crate::params::Params::set(e, name, value),)* }
            }

            /// All parameters with their values.
            pub fn entries(&self) -> Vec<(String, $crate::params::Value)> {
                match self { $(AnyEffect::$name(e) => $crate::params::Params::entries(e),)* }
            }

            /// Sets the number at a place without a check, as a curve does.
            pub fn poke(&mut self, place: &[usize], value: f64) {
                match self { $(AnyEffect::$name(e) => $crate::params::Params::poke(e, place, value),)* }
            }

            /// Frames by which the output comes late.
            pub fn latency(&self, rate: u32) -> $crate::unit::Frames {
                match self { $(AnyEffect::$name(e) => $crate::effect::Effect::latency(e, rate),)* }
            }

            /// Frames for which the output sounds on.
            pub fn tail(&self, rate: u32) -> $crate::unit::Frames {
                match self { $(AnyEffect::$name(e) => $crate::effect::Effect::tail(e, rate),)* }
            }

            /// The width of the output.
            pub fn width(&self, input: $crate::effect::Width) -> $crate::effect::Width {
                match self { $(AnyEffect::$name(e) => $crate::effect::Effect::width(e, input),)* }
            }

            /// What no single parameter's range can tell.
            ///
            /// # Errors
            /// A sentence on what is wrong.
            pub fn check(&self) -> Result<(), String> {
                match self { $(AnyEffect::$name(e) => $crate::effect::Effect::check(e),)* }
            }

            /// Whether one kernel can serve both.
            pub fn packs_with(&self, other: &AnyEffect) -> bool {
                match (self, other) {
                    $((AnyEffect::$name(a), AnyEffect::$name(b)) => {
                        <$module::$name as $crate::effect::Effect>::PACKS != $crate::effect::Packs::Never
                            && $crate::params::Params::alike(a, b)
                    })*
                    #[allow(unreachable_patterns, reason = "with a single effect there is no other pair")]
                    _ => false,
                }
            }

            /// A processor for a pack of strips whose slots all hold the same effect.
            ///
            /// # Panics
            /// If there is no slot, or if they hold different effects.
            pub fn prepare(slots: &[&$crate::effect::Slot], setup: &$crate::processor::Setup, seen: &$crate::effect::Seen) -> Box<dyn $crate::processor::Processor> {
                match &slots[0].effect {
                    $(AnyEffect::$name(_) => {
                        let strips = slots.iter().map(|slot| match &slot.effect {
                            AnyEffect::$name(e) => (e.clone(), *slot),
                            #[allow(unreachable_patterns, reason = "with a single effect there is no other")]
                            _ => panic!("a pack holds one kind of effect"),
                        }).collect();
                        Box::new($crate::processor::Running::<$module::$name>::new(strips, setup, seen))
                    })*
                }
            }
        }
    };
}
