//! Where a sound is other than another, for the eye: in blocks, what lies close together as one stretch.

use mixwright_engine::{files::FileError, render::take::Sound};

/// Frames that are compared at once: a fiftieth of a second.
const BLOCK: usize = 1024;

/// Blocks that are read at once.
const BLOCKS: usize = 128;

/// Stretches that are nearer to each other are one.
const NEAR: usize = 8 * BLOCK;

/// The stretches of `new` that are other than those of `old`, from and to.
pub(super) fn changed(old: &Sound, new: &Sound) -> Result<Vec<(usize, usize)>, FileError> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for from in (0..new.frames()).step_by(BLOCK * BLOCKS) {
        let (a, b) = (old.interleaved(from, BLOCK * BLOCKS)?, new.interleaved(from, BLOCK * BLOCKS)?);
        if a == b {
            continue;
        }
        for (number, block) in b.chunks(BLOCK * 8).enumerate() {
            let at = number * BLOCK * 8;
            if a.get(at..at + block.len()) != Some(block) {
                let from = from + number * BLOCK;
                add(&mut found, from, from + block.len() / 8);
            }
        }
    }
    Ok(found)
}

fn add(found: &mut Vec<(usize, usize)>, from: usize, to: usize) {
    match found.last_mut() {
        Some((_, end)) if from < *end + NEAR => *end = to,
        _ => found.push((from, to)),
    }
}
