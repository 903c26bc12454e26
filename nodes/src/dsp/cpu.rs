//! One binary for every CPU: work is compiled for each level of vectors, and the best that the CPU has is chosen when it
//! runs.
//!
//! No level changes a bit: all do the same IEEE operations in the same order, none fuses a multiplication with an
//! addition. `MIXWRIGHT_CPU=sse2`, `avx2` or `avx512` holds the level down, so that this can be tested.
//!
//! This folder has the only `unsafe` of the project. Two things need it, and this is why they are sound:
//! - [`dispatch`] calls a function compiled for a level: it does so only after the CPU was asked for every feature that
//!   the function was compiled for.
//! - Vectors use instructions of their level. Their types are reached only through an [`Isa`], whose types are private
//!   to this folder and named in no other place than the functions that [`dispatch`] calls: whoever holds one runs on a
//!   CPU that has its instructions, wherever he takes it.

#![allow(unsafe_code, reason = "the one module that needs it, with its proof above")]

#[cfg(not(target_arch = "x86_64"))]
mod portable;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(not(target_arch = "x86_64"))]
pub use portable::turn4;
pub use vector::{Floats, Octet, Two, Vector};
#[cfg(target_arch = "x86_64")]
pub use x86::turn4;

use std::sync::atomic::{AtomicU8, Ordering};

/// How wide the vectors of a CPU are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What every CPU of its kind has: SSE2 on x86-64.
    Base,
    /// AVX2.
    Avx2,
    /// AVX-512 with the F, DQ, BW and VL sets.
    Avx512,
}

/// The vectors of a level, by their numbers of `f64`.
pub trait Isa {
    /// Two.
    type V2: Vector;
    /// Four.
    type V4: Vector;
    /// Eight.
    type V8: Vector;
    /// Sixteen.
    type V16: Vector;
    /// As many as a recursion keeps in flight: fewer wait for it, more do not stay in registers.
    type Wide: Vector;
    /// As many as two recursions in one loop keep in flight.
    type Pair: Vector;
    /// Of how many numbers two recursions can be in one loop at most, without the states of one being laid aside.
    const PAIRED: usize;

    /// As many samples as a register holds.
    type Register: Floats;
    /// Four samples.
    type Quad: Floats;
    /// Eight samples.
    type Octet: Octet;
    /// Sixteen samples.
    type Sixteen: Floats;
}

/// Work that is compiled for every level.
pub trait Job {
    /// What it gives.
    type Out;

    /// Does it. This and all that it calls must be `#[inline(always)]`: what is not inlined is compiled for the lowest level.
    fn run<I: Isa>(self) -> Self::Out;
}

/// Does work at the level of this CPU.
#[inline]
pub fn dispatch<J: Job>(job: J) -> J::Out {
    #[cfg(target_arch = "x86_64")]
    {
        x86::dispatch(job)
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        job.run::<portable::Portable>()
    }
}

/// The level that work is done at.
#[inline]
pub fn level() -> Level {
    const UNKNOWN: u8 = u8::MAX;
    static LEVEL: AtomicU8 = AtomicU8::new(UNKNOWN);
    match LEVEL.load(Ordering::Relaxed) {
        0 => Level::Base,
        1 => Level::Avx2,
        2 => Level::Avx512,
        _ => {
            let level = held_down(best(), told().as_deref());
            LEVEL.store(level as u8, Ordering::Relaxed);
            level
        }
    }
}

/// The level that the environment tells.
fn told() -> Option<String> {
    Some(std::env::var_os("MIXWRIGHT_CPU")?.to_string_lossy().into_owned())
}

/// What the environment tells, if that is no level: it would hold nothing down.
pub fn mistold() -> Option<String> {
    told().filter(|told| !["sse2", "avx2", "avx512"].contains(&told.as_str()))
}

fn best() -> Level {
    #[cfg(target_arch = "x86_64")]
    {
        x86::best()
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        Level::Base
    }
}

/// The level that is told, if the CPU has it; what is no level holds nothing down.
fn held_down(best: Level, told: Option<&str>) -> Level {
    match told {
        Some("sse2") => Level::Base,
        Some("avx2") => best.min(Level::Avx2),
        _ => best,
    }
}

/// Declares a function of flat loops that is compiled for every level.
#[macro_export]
macro_rules! for_every_cpu {
    ($($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) $body:block)*) => {$(
        $(#[$meta])*
        $vis fn $name($($arg: $type),*) {
            #[allow(non_camel_case_types, reason = "each argument names its own type")]
            struct Work<$($arg),*> { $($arg: $arg),* }
            impl $crate::dsp::cpu::Job for Work<$($type),*> {
                type Out = ();
                #[inline(always)]
                fn run<I: $crate::dsp::cpu::Isa>(self) {
                    let Work { $($arg),* } = self;
                    $body
                }
            }
            $crate::dsp::cpu::dispatch(Work { $($arg),* });
        }
    )*};
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_can_be_held_down_but_not_lifted() {
        assert_eq!(held_down(Level::Avx512, Some("sse2")), Level::Base);
        assert_eq!(held_down(Level::Avx512, Some("avx2")), Level::Avx2);
        assert_eq!(held_down(Level::Avx512, Some("avx512")), Level::Avx512);
        assert_eq!(held_down(Level::Base, Some("avx2")), Level::Base);
        assert_eq!(held_down(Level::Avx2, Some("avx512")), Level::Avx2);
        assert_eq!(held_down(Level::Avx2, None), Level::Avx2);
    }

    struct Widest;

    impl Job for Widest {
        type Out = usize;

        #[inline(always)]
        fn run<I: Isa>(self) -> usize {
            I::Wide::N
        }
    }

    #[test]
    fn work_is_done_at_the_level_that_there_is() {
        let widest = match level() {
            Level::Base => 4,
            Level::Avx2 => 8,
            Level::Avx512 => 16,
        };
        assert_eq!(dispatch(Widest), widest);
    }
}
