//! What makes a hall a hall: the constants of each kind of reverb.
//!
//! Delays are frames at 48 kHz. The sets were chosen by search among random sets of primes, for the least prominent
//! late modes and for equal loudness of both sides.

use super::Space;
use crate::dsp::{hadamard::LINES, math};

/// The constants of one kind.
pub(super) struct Figures {
    /// Delays of the loop's lines.
    pub(super) lines: [u32; LINES],
    /// Delays of the scattering inside the loop.
    pub(super) scatter: [u32; LINES],
    /// Delays and signs of the diffuser's two stages.
    pub(super) diffuser: [([u32; LINES], &'static str); 2],
    /// Signs of the lines on their way out.
    pub(super) out: &'static str,
    /// How much shorter the highs last.
    pub(super) high: Shelf,
    /// How much longer the lows last.
    pub(super) low: Shelf,
    /// How far the mixing of the lines moves.
    pub(super) motion: Motion,
    /// The share of the diffused input that is heard at once.
    pub(super) diffused: f64,
    /// The box whose walls make the early reflections, in metres.
    pub(super) walls: Option<[f64; 3]>,
}

/// Decay at one end of the spectrum.
#[derive(Clone, Copy)]
pub(super) struct Shelf {
    /// Decay there as a share of the decay in the middle.
    pub(super) ratio: f64,
    /// Where it is half way, in hertz.
    pub(super) corner: f64,
}

/// How far the mixing of the lines moves, in radians.
pub(super) struct Motion {
    /// For each second of decay.
    pub(super) angle: f64,
    /// At most.
    pub(super) most: f64,
}

impl Figures {
    pub(super) fn of(space: Space) -> &'static Figures {
        match space {
            Space::Hall => &HALL,
            Space::Room => &ROOM,
            Space::Plate => &PLATE,
            Space::Chamber => &CHAMBER,
        }
    }
}

/// The signs that a word of `+` and `-` stands for.
pub(super) fn signs(word: &str) -> [f32; LINES] {
    let mut signs = [1.0; LINES];
    for (sign, letter) in signs.iter_mut().zip(word.bytes()) {
        *sign = if letter == b'-' { -1.0 } else { 1.0 };
    }
    signs
}

/// Delays for another rate or size: each the nearest whole number.
pub(super) fn scaled(delays: &[u32; LINES], scale: f64) -> [usize; LINES] {
    delays.map(|delay| (f64::from(delay) * scale).round() as usize)
}

/// Delays for another rate or size: each the nearest prime that no other one has, so that no two echoes coincide.
pub(super) fn primes(delays: &[u32; LINES], scale: f64) -> [usize; LINES] {
    let mut found = [0; LINES];
    for (i, delay) in scaled(delays, scale).into_iter().enumerate() {
        found[i] = (0..)
            .flat_map(|away| [delay.saturating_sub(away), delay + away])
            .find(|n| is_prime(*n) && !found[..i].contains(n))
            .expect("there is always another prime");
    }
    found
}

fn is_prime(n: usize) -> bool {
    let root = math::sqrt(n as f64) as usize;
    n > 1 && (2..=root).all(|divisor| !n.is_multiple_of(divisor))
}

const HALL: Figures = Figures {
    lines: [
        7451, 4817, 6421, 3593, 5801, 6043, 4547, 3271, 5471, 6899, 5231, 4139, 2311, 3989, 2081, 3001, 2503,
        2803, 4297, 6637, 3137, 2467, 3433, 7193, 3767, 1973, 2161, 5107, 4621, 2687, 2897, 2213,
    ],
    scatter: [
        787, 821, 353, 149, 409, 691, 79, 953, 317, 619, 557, 487, 499, 641, 293, 907, 211, 239, 719, 751,
        863, 541, 379, 29, 269, 53, 433, 127, 191, 887, 599, 769,
    ],
    diffuser: [
        (
            [
                415, 511, 391, 586, 670, 136, 75, 553, 187, 616, 49, 290, 112, 466, 430, 323, 353, 163, 39,
                635, 192, 98, 231, 487, 600, 267, 229, 10, 528, 296, 456, 357,
            ],
            "+-+--++---+-+++--+-+----+-+--++-",
        ),
        (
            [
                217, 1176, 257, 147, 1292, 864, 725, 574, 357, 164, 1425, 1381, 80, 1273, 487, 971, 441, 35,
                1228, 922, 839, 1579, 299, 672, 1478, 999, 500, 1510, 757, 1042, 617, 1109,
            ],
            "+--++++--++-+-++--+-+++++---+-+-",
        ),
    ],
    out: "+++----++-+-+-+-+++-+-++-++----+",
    high: Shelf { ratio: 0.45, corner: 5000.0 },
    low: Shelf { ratio: 1.15, corner: 200.0 },
    motion: Motion { angle: 0.12, most: 0.6 },
    diffused: 0.6,
    walls: Some([31.0, 21.0, 13.0]),
};

const ROOM: Figures = Figures {
    lines: [
        677, 887, 1163, 1637, 1013, 2111, 1103, 773, 587, 719, 1901, 541, 2179, 1759, 1361, 1063, 1693, 797,
        1823, 929, 2053, 1559, 1213, 631, 1381, 739, 1277, 859, 1471, 577, 983, 643,
    ],
    scatter: [
        157, 137, 127, 251, 41, 89, 83, 241, 211, 149, 281, 223, 181, 173, 113, 131, 197, 277, 61, 73, 257,
        29, 227, 79, 167, 263, 233, 53, 31, 17, 193, 107,
    ],
    diffuser: [
        (
            [
                160, 131, 87, 69, 189, 54, 100, 4, 214, 13, 46, 141, 173, 108, 167, 26, 230, 31, 44, 123,
                117, 152, 60, 224, 204, 147, 80, 181, 90, 197, 17, 238,
            ],
            "++-+-++-+++-++++-+--+-++--++-+++",
        ),
        (
            [
                237, 390, 496, 419, 511, 380, 181, 338, 604, 202, 166, 272, 129, 299, 454, 3, 116, 482, 324,
                358, 150, 544, 287, 571, 546, 27, 609, 232, 74, 85, 447, 43,
            ],
            "-+++-------+-++--++-+-+-+++-++--",
        ),
    ],
    out: "+---+++++-+------+--+-++-++---+-",
    high: Shelf { ratio: 0.5, corner: 5500.0 },
    low: Shelf { ratio: 1.0, corner: 200.0 },
    motion: Motion { angle: 0.2, most: 0.8 },
    diffused: 0.6,
    walls: Some([6.7, 4.9, 2.9]),
};

const PLATE: Figures = Figures {
    lines: [
        3191, 1373, 2939, 1201, 2027, 1223, 877, 3061, 2161, 3463, 2789, 1951, 1031, 853, 2663, 3907, 2393,
        1613, 1831, 1303, 1709, 1151, 2539, 1091, 983, 929, 1777, 1487, 3677, 3407, 1423, 2237,
    ],
    scatter: [
        167, 17, 89, 347, 373, 37, 233, 241, 409, 317, 127, 211, 53, 431, 101, 113, 71, 269, 173, 199, 283,
        401, 149, 359, 383, 337, 191, 43, 257, 293, 139, 311,
    ],
    diffuser: [
        (
            [
                3, 78, 52, 59, 135, 176, 15, 39, 45, 9, 68, 139, 98, 118, 187, 89, 163, 93, 156, 122, 20,
                150, 26, 111, 180, 64, 107, 148, 33, 129, 172, 77,
            ],
            "-++++++-+-+++--+--+---+++---+-++",
        ),
        (
            [
                137, 437, 120, 323, 351, 97, 14, 233, 371, 220, 524, 485, 284, 74, 461, 411, 504, 178, 21,
                465, 426, 345, 113, 183, 61, 159, 39, 385, 298, 212, 277, 251,
            ],
            "++--+--+-+++-+++++---++++-++--+-",
        ),
    ],
    out: "+-+----+--+++---+++--+-+--+--+--",
    high: Shelf { ratio: 0.5, corner: 7000.0 },
    low: Shelf { ratio: 1.1, corner: 200.0 },
    motion: Motion { angle: 0.12, most: 0.6 },
    diffused: 0.5,
    walls: None,
};

const CHAMBER: Figures = Figures {
    lines: [
        1123, 947, 1259, 811, 2671, 1051, 2297, 1657, 2417, 787, 1373, 2063, 1933, 1709, 3187, 853, 1201,
        2767, 1103, 3319, 2503, 3041, 911, 1429, 1291, 2153, 2927, 1597, 1811, 1987, 1493, 1009,
    ],
    scatter: [
        43, 367, 283, 89, 227, 23, 71, 149, 113, 79, 199, 293, 211, 101, 173, 37, 127, 379, 263, 59, 157,
        257, 331, 353, 277, 131, 337, 197, 181, 347, 239, 313,
    ],
    diffuser: [
        (
            [
                171, 186, 168, 72, 21, 64, 87, 107, 201, 244, 35, 160, 274, 129, 208, 58, 144, 192, 258, 4,
                140, 234, 262, 120, 230, 110, 285, 222, 50, 12, 96, 40,
            ],
            "-++---+--+++-+-+---+--+--++---+-",
        ),
        (
            [
                481, 689, 292, 541, 384, 628, 334, 3, 556, 195, 414, 724, 656, 588, 756, 44, 236, 117, 265,
                89, 337, 715, 123, 156, 601, 368, 437, 49, 506, 191, 474, 256,
            ],
            "---+--+---++----+-++++-+++++---+",
        ),
    ],
    out: "+--+-+--++++++++-++-++-+-+-++-++",
    high: Shelf { ratio: 0.55, corner: 6000.0 },
    low: Shelf { ratio: 1.1, corner: 200.0 },
    motion: Motion { angle: 0.12, most: 0.6 },
    diffused: 0.6,
    walls: Some([5.3, 4.1, 3.7]),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_48_khz_the_delays_stand_as_they_are() {
        for space in [Space::Hall, Space::Room, Space::Plate, Space::Chamber] {
            let figures = Figures::of(space);
            for set in [&figures.lines, &figures.scatter] {
                assert_eq!(primes(set, 1.0), set.map(|n| n as usize));
            }
            for word in [figures.out, figures.diffuser[0].1, figures.diffuser[1].1] {
                assert_eq!(word.len(), LINES);
            }
        }
    }

    #[test]
    fn at_other_rates_no_two_are_alike() {
        for scale in [0.25, 44_100.0 / 48_000.0, 2.0] {
            let mut found = primes(&PLATE.scatter, scale);
            found.sort_unstable();
            assert!(found.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
