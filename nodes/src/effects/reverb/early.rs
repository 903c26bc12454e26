//! The first reflections from the walls of a box, by image sources.
//!
//! After Allen, Berkley, "Image Method for Efficiently Simulating Small-Room Acoustics" (JASA 65, 1979), to the second
//! order: 24 echoes for each ear, told as delays and gains relative to the direct sound.

use crate::dsp::{
    cpu::{Floats, Isa},
    math,
    ring::{CHUNK, Chunk, Ring},
};

const SOURCE: [f64; 3] = [0.31, 0.56, 0.37];
const EARS: [[f64; 3]; 2] = [[0.63, 0.34, 0.41], [0.65, 0.69, 0.43]];
/// Metres a second.
const SOUND: f64 = 343.0;
/// What a wall leaves of a sound.
const WALL: f64 = 0.8;
/// Power of all echoes of an ear together.
pub(super) const POWER: f64 = 0.25;

/// The echoes that each ear hears.
#[derive(Clone, Debug)]
pub(super) struct Early {
    ears: [Vec<Echo>; 2],
}

#[derive(Clone, Copy, Debug)]
struct Echo {
    delay: usize,
    gain: f32,
}

impl Early {
    /// The echoes of a box, if there is one, each `after` frames later.
    pub(super) fn new(walls: Option<[f64; 3]>, rate: u32, after: usize) -> Early {
        let echoes = |ear| walls.map_or(Vec::new(), |walls| echoes(walls, ear, rate, after));
        Early { ears: EARS.map(echoes) }
    }

    /// The latest echo's delay.
    pub(super) fn reach(&self) -> usize {
        self.ears.iter().flatten().map(|echo| echo.delay).max().unwrap_or(0)
    }

    /// What each ear hears of a sound.
    #[inline(always)]
    pub(super) fn hear<I: Isa>(&self, sound: &Ring) -> [Chunk; 2] {
        let mut heard = [[0.0; CHUNK]; 2];
        for (out, echoes) in heard.iter_mut().zip(&self.ears) {
            let mut sum = I::Sixteen::splat(0.0);
            for echo in echoes {
                sum = sum + I::Sixteen::splat(echo.gain) * I::Sixteen::load(sound.read(echo.delay));
            }
            sum.store(out);
        }
        heard
    }
}

fn echoes(walls: [f64; 3], ear: [f64; 3], rate: u32, after: usize) -> Vec<Echo> {
    let direct = distance(walls, ear, [0; 3]);
    let gains: Vec<(usize, f64)> = images()
        .map(|image| {
            let way = distance(walls, ear, image);
            let order: i32 = image.iter().map(|n| n.abs()).sum();
            let loss = if order == 1 { WALL } else { WALL * WALL };
            let [i, j, k] = image;
            let sign = if (i + 2 * j + k).rem_euclid(3) == 0 { -1.0 } else { 1.0 };
            let delay = after + ((way - direct) / SOUND * f64::from(rate)).round() as usize;
            (delay, sign * loss * direct / way)
        })
        .collect();
    let power: f64 = gains.iter().map(|(_, gain)| gain * gain).sum();
    let scale = math::sqrt(POWER / power);
    gains.into_iter().map(|(delay, gain)| Echo { delay, gain: (scale * gain) as f32 }).collect()
}

/// The mirror rooms that are one or two walls away.
fn images() -> impl Iterator<Item = [i32; 3]> {
    let all = (-2..=2).flat_map(|i| (-2..=2).flat_map(move |j| (-2..=2).map(move |k| [i, j, k])));
    all.filter(|image| (1..=2).contains(&image.iter().map(|n: &i32| n.abs()).sum::<i32>()))
}

/// From the source's image in a mirror room to an ear.
fn distance(walls: [f64; 3], ear: [f64; 3], image: [i32; 3]) -> f64 {
    let squares = (0..3).map(|axis| {
        let place = if image[axis] % 2 == 0 { SOURCE[axis] } else { 1.0 - SOURCE[axis] };
        let way = walls[axis] * (f64::from(image[axis]) + place - ear[axis]);
        way * way
    });
    math::sqrt(squares.sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ear_hears_24_echoes_after_the_direct_sound() {
        let early = Early::new(Some([6.7, 4.9, 2.9]), 48_000, 0);
        for echoes in &early.ears {
            assert_eq!(echoes.len(), 24);
            let power: f64 = echoes.iter().map(|echo| f64::from(echo.gain * echo.gain)).sum();
            assert!((power - POWER).abs() < 1e-6);
            let first = echoes.iter().map(|echo| echo.delay).min().unwrap();
            assert!((10..200).contains(&first), "{first}");
        }
    }
}
