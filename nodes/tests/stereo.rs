//! What the small stereo effects do to the bits of two channels, and that they leave one channel alone.

use mixwright_nodes::{
    block::{Block, PIECE, Shape},
    effect::{Seen, Slot, Width},
    effects::AnyEffect,
    params::Value,
    processor::{Io, Setup},
    unit::{Frames, Unit},
};

/// Two channels that differ in every way, with the smallest and largest numbers among them.
fn stereo() -> Vec<Vec<f32>> {
    let sample = |i: usize, c: usize| ((i * 7919 + c * 104_729) % 2003) as f32 / 1001.5 - 1.0;
    let mut planes: Vec<Vec<f32>> = (0..2).map(|c| (0..PIECE).map(|i| sample(i, c)).collect()).collect();
    planes[0][3] = 1e-38;
    planes[1][5] = -1e-38;
    planes[0][7] = f32::MAX;
    planes
}

fn effect(word: &str, parameter: Option<(&str, f64)>) -> AnyEffect {
    let mut effect = AnyEffect::named(word).expect("it is in the list");
    if let Some((name, value)) = parameter {
        effect.set(name, &Value::Number(value, Unit::Plain)).expect("it is in range");
    }
    effect
}

fn run(effect: &AnyEffect, planes: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let slot = Slot::new(effect.clone());
    let shape = Shape { channels: planes.len(), strips: 1, frames: PIECE, settles: true };
    let setup = Setup { rate: 48_000, channels: shape.channels, strips: 1, moves: false };
    let (mut data, mut spare) = (planes.concat(), [0.0; PIECE]);
    AnyEffect::prepare(&[&slot], &setup, &Seen::default()).process(&mut Io {
        audio: Block::new(&mut data, PIECE, shape),
        keys: &[],
        controls: &[],
        spare: Block::new(&mut spare, PIECE, Shape { channels: 1, ..shape }),
        at: Frames(0),
    });
    data.chunks(PIECE).map(<[f32]>::to_vec).collect()
}

fn bits(planes: &[Vec<f32>]) -> Vec<Vec<u32>> {
    planes.iter().map(|plane| plane.iter().map(|x| x.to_bits()).collect()).collect()
}

#[test]
fn no_width_is_equal_channels_and_full_width_is_untouched() {
    let input = stereo();
    let narrow = run(&effect("width", Some(("width", 0.0))), &input);
    assert!(narrow[0] == narrow[1]);
    assert!(narrow == run(&effect("mono", None), &input));
    assert!(bits(&run(&effect("width", Some(("width", 100.0))), &input)) == bits(&input));
}

#[test]
fn mono_is_half_the_sum() {
    let input = stereo();
    let mono = effect("mono", None);
    assert_eq!(mono.width(Width::Stereo), Width::Mono);
    for (i, out) in run(&mono, &input)[0].iter().enumerate() {
        assert_eq!(*out, ((f64::from(input[0][i]) + f64::from(input[1][i])) / 2.0) as f32);
    }
}

#[test]
fn swapping_or_inverting_twice_is_nothing() {
    let input = stereo();
    for word in ["swap", "invert"] {
        let once = run(&effect(word, None), &input);
        assert!(bits(&once) != bits(&input), "{word}");
        assert!(bits(&run(&effect(word, None), &once)) == bits(&input), "{word}");
    }
}

#[test]
fn balance_turns_down_one_side_alone() {
    let input = stereo();
    let out = run(&effect("balance", Some(("place", -50.0))), &input);
    assert!(bits(&out[..1]) == bits(&input[..1]));
    assert!(out[1].iter().zip(&input[1]).all(|(out, x)| *out == 0.5 * x));
    assert!(bits(&run(&effect("balance", None), &input)) == bits(&input));
}

#[test]
fn one_channel_has_no_width() {
    let input = &stereo()[..1];
    for (word, parameter) in [
        ("width", Some(("width", 200.0))),
        ("balance", Some(("place", 100.0))),
        ("mono", None),
        ("swap", None),
    ] {
        assert!(bits(&run(&effect(word, parameter), input)) == bits(input), "{word}");
    }
}
