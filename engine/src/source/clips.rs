//! The clips of a track, in their places: opened when they begin, closed when they end, summed in the order declared.

use super::conformed::Conformed;
use super::{Converters, SourceError, Stream};
use crate::resolved::PlayedClip;
use crate::song::{FadeShape, Overlap};
use mixwright_nodes::dsp::{math, pan};
use mixwright_nodes::{effect::Width, for_every_cpu, unit::Frames};
use std::collections::BTreeSet;
use std::f64::consts::{FRAC_PI_2, PI};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What plays the clips of a track.
#[derive(Debug)]
pub struct Clips {
    cues: Vec<Cue>,
    on: OnAir,
    rate: u32,
    width: Width,
    scratch: PathBuf,
    converters: Arc<Converters>,
    /// The sum so far, in double precision.
    sum: Vec<Vec<f64>>,
    /// What one clip plays.
    heard: Vec<Vec<f32>>,
}

/// Which clips sound, block after block: many that do not cost nothing.
#[derive(Debug)]
struct OnAir {
    /// All clips by their beginnings.
    coming: Vec<usize>,
    /// How many of those have begun.
    begun: usize,
    /// Those that sound, in the order declared.
    sounding: BTreeSet<usize>,
    /// The frame that comes next.
    at: i64,
}

impl OnAir {
    fn new(cues: &[Cue]) -> OnAir {
        let mut coming: Vec<usize> = (0..cues.len()).collect();
        coming.sort_by_key(|cue| cues[*cue].clip.at);
        OnAir { coming, begun: 0, sounding: BTreeSet::new(), at: i64::MIN }
    }

    /// Goes on to a block, or elsewhere.
    fn go(&mut self, cues: &[Cue], at: i64, frames: usize) {
        if at != self.at {
            (self.begun, self.sounding) = (0, BTreeSet::new());
        }
        self.at = at + frames as i64;
        let begins = |cue: &usize| cues[*cue].clip.at.0 < self.at;
        let begin = self.coming[self.begun..].iter().take_while(|cue| begins(cue));
        let begun = begin.clone().count();
        self.sounding.extend(begin);
        self.begun += begun;
        self.sounding.retain(|cue| cues[*cue].clip.end().0 > at);
    }
}

/// A clip and what plays it while it sounds.
#[derive(Debug)]
struct Cue {
    clip: PlayedClip,
    fade_in: Fade,
    fade_out: Fade,
    voice: Option<Voice>,
}

/// How a clip begins or ends.
#[derive(Clone, Copy, Debug)]
struct Fade {
    frames: i64,
    shape: FadeShape,
}

#[derive(Debug)]
struct Voice {
    sound: Sounding,
    /// The frame of the clip that comes next.
    next: i64,
}

#[derive(Debug)]
enum Sounding {
    /// Played once and forward: straight from the file.
    Straight(Box<Stream>),
    /// Played backwards or more than once.
    Conformed(Conformed),
}

impl Clips {
    /// The clips of a track of this width, at the song's rate; copies that they need are made in the folder `scratch`.
    pub fn new(
        clips: &[PlayedClip],
        rate: u32,
        width: Width,
        scratch: &Path,
        converters: Arc<Converters>,
    ) -> Clips {
        let (channels, cues) = (width.channels(), cues(clips));
        Clips {
            on: OnAir::new(&cues),
            cues,
            rate,
            width,
            scratch: scratch.to_owned(),
            converters,
            sum: vec![Vec::new(); channels],
            heard: vec![Vec::new(); 2],
        }
    }

    /// Fills the planes, one for each channel of the track, with what is heard from a frame of the song on.
    ///
    /// # Errors
    /// If a file cannot be played.
    pub fn fill(&mut self, at: Frames, planes: &mut [&mut [f32]]) -> Result<(), SourceError> {
        let frames = planes.first().map_or(0, |plane| plane.len());
        self.on.go(&self.cues, at.0, frames);
        if let Some(cue) = self.alone(at.0, frames)
            && self.play(cue, at.0, planes)?
        {
            return Ok(());
        }
        for sum in &mut self.sum {
            sum.clear();
            sum.resize(frames, 0.0);
        }
        let sounding: Vec<usize> = self.on.sounding.iter().copied().collect();
        for cue in sounding {
            self.add(cue, at.0, frames)?;
        }
        for (plane, sum) in planes.iter_mut().zip(&self.sum) {
            round(sum, plane);
        }
        Ok(())
    }

    /// The one clip that sounds in a block, if it does so from end to end, as its file has it.
    fn alone(&self, at: i64, frames: usize) -> Option<usize> {
        let mut sounding = self.on.sounding.iter();
        let (index, others) = (*sounding.next()?, sounding.len());
        let cue = &self.cues[index];
        let whole = cue.clip.at.0 <= at && cue.clip.end().0 >= at + frames as i64 && others == 0;
        (whole && cue.steady(at - cue.clip.at.0, frames) == Some(1.0)).then_some(index)
    }

    /// Plays one clip into planes with nothing to add to it; not if its channels are not the track's.
    fn play(&mut self, cue: usize, at: i64, planes: &mut [&mut [f32]]) -> Result<bool, SourceError> {
        let cue = &mut self.cues[cue];
        let voice = cue.voice(at, self.rate, &self.scratch, &self.converters)?;
        if voice.channels() != planes.len() {
            return Ok(false);
        }
        let frames = planes[0].len();
        cue.read(planes)?;
        cue.leave(at + frames as i64);
        Ok(true)
    }

    /// Adds what one clip plays in a block.
    fn add(&mut self, cue: usize, at: i64, frames: usize) -> Result<(), SourceError> {
        let cue = &mut self.cues[cue];
        let (start, end) = (cue.clip.at.0, cue.clip.end().0);
        let (from, to) = (start.max(at), end.min(at + frames as i64));
        if from >= to {
            return Ok(());
        }
        let (place, count) = (from - start, (to - from) as usize);
        let channels = cue.voice(from, self.rate, &self.scratch, &self.converters)?.channels();
        for plane in &mut self.heard {
            plane.resize(count, 0.0);
        }
        let mut heard: Vec<&mut [f32]> = self.heard[..channels].iter_mut().map(Vec::as_mut_slice).collect();
        cue.read(&mut heard)?;
        mix(cue, place, &self.heard[..channels], &mut self.sum, (from - at) as usize, self.width);
        cue.leave(to);
        Ok(())
    }
}

impl Voice {
    fn open(
        clip: &PlayedClip,
        place: i64,
        rate: u32,
        scratch: &Path,
        converters: &Converters,
    ) -> Result<Voice, SourceError> {
        let straight = clip.repeat <= 1 && !clip.reverse;
        let from = clip.from.0 + if straight { place } else { 0 };
        let from = u64::try_from(from).unwrap_or(0);
        let stream = Stream::open(&clip.path, clip.channel, rate, from, converters)?;
        let sound = if straight {
            Sounding::Straight(Box::new(stream))
        } else {
            let frames = u64::try_from(clip.length.0).unwrap_or(0);
            Sounding::Conformed(Conformed::copy(stream, frames, scratch)?)
        };
        Ok(Voice { sound, next: place })
    }

    fn channels(&self) -> usize {
        match &self.sound {
            Sounding::Straight(stream) => stream.channels(),
            Sounding::Conformed(copy) => copy.channels(),
        }
    }

    /// Plays on into planes, one for each channel.
    fn read(&mut self, clip: &PlayedClip, planes: &mut [&mut [f32]]) -> Result<(), SourceError> {
        let (place, count) = (self.next, planes[0].len());
        self.next += count as i64;
        match &mut self.sound {
            Sounding::Straight(stream) => stream.read(planes),
            Sounding::Conformed(copy) => {
                for i in 0..count {
                    let once = (place + i as i64) % clip.length.0;
                    let once = if clip.reverse { clip.length.0 - 1 - once } else { once };
                    for (plane, x) in planes.iter_mut().zip(copy.frame(once as u64)?) {
                        plane[i] = *x;
                    }
                }
                Ok(())
            }
        }
    }
}

impl Fade {
    /// The level `frame` frames from the silent end: between frames, so that both sides of a crossfade are mirrored.
    fn level(self, frame: i64) -> f64 {
        if frame >= self.frames {
            return 1.0;
        }
        let x = (frame as f64 + 0.5) / self.frames as f64;
        match self.shape {
            FadeShape::Linear => x,
            FadeShape::Power => math::sin(FRAC_PI_2 * x),
            FadeShape::Smooth => 0.5 - 0.5 * math::cos(PI * x),
        }
    }
}

impl Cue {
    /// What plays it at a frame of the song.
    fn voice(
        &mut self,
        at: i64,
        rate: u32,
        scratch: &Path,
        converters: &Converters,
    ) -> Result<&mut Voice, SourceError> {
        let place = at - self.clip.at.0;
        let voice = match self.voice.take() {
            Some(voice) if voice.next == place => voice,
            _ => Voice::open(&self.clip, place, rate, scratch, converters)?,
        };
        Ok(self.voice.insert(voice))
    }

    /// Plays on into planes, one for each channel of its voice, which must be there.
    fn read(&mut self, planes: &mut [&mut [f32]]) -> Result<(), SourceError> {
        self.voice.as_mut().expect("opened before").read(&self.clip, planes)
    }

    /// Closes its file where it ends.
    fn leave(&mut self, at: i64) {
        if at >= self.clip.end().0 {
            self.voice = None;
        }
    }

    /// The factor of a frame of the clip.
    fn level(&self, place: i64) -> f64 {
        let left = self.clip.end().0 - self.clip.at.0 - 1 - place;
        self.clip.gain * self.fade_in.level(place) * self.fade_out.level(left)
    }

    /// The factor of all of so many frames from a place on, where no fade reaches into them.
    fn steady(&self, place: i64, frames: usize) -> Option<f64> {
        let left = self.clip.end().0 - self.clip.at.0 - place - frames as i64;
        (place >= self.fade_in.frames && left >= self.fade_out.frames).then_some(self.clip.gain)
    }
}

/// Adds a clip's channels to the track's, from frame `offset` of the block on.
fn mix(cue: &Cue, place: i64, heard: &[Vec<f32>], sum: &mut [Vec<f64>], offset: usize, width: Width) {
    // A mono clip among stereo ones is placed as a mono track is that becomes stereo: in the centre, by the usual law.
    let centre = match (heard, width) {
        ([_], Width::Stereo) => pan::gains(pan::PanLaw::usual(), 0.0).0,
        ([_, _], Width::Mono) => 0.5,
        _ => 1.0,
    };
    let length = heard[0].len();
    let steady = cue.steady(place, length).map(|level| level * centre);
    for (channel, sum) in sum.iter_mut().enumerate() {
        let sum = &mut sum[offset..offset + length];
        let sounds = match (heard, width) {
            ([_, _], Width::Mono) => heard,
            ([_, _], Width::Stereo) => &heard[channel..=channel],
            _ => &heard[..1],
        };
        for sound in sounds {
            match steady {
                Some(level) => add(sum, sound, level),
                None => {
                    for (i, (sum, x)) in sum.iter_mut().zip(sound).enumerate() {
                        *sum += f64::from(*x) * (cue.level(place + i as i64) * centre);
                    }
                }
            }
        }
    }
}

for_every_cpu! {
    fn add(sum: &mut [f64], sound: &[f32], level: f64) {
        for (sum, x) in sum.iter_mut().zip(sound) {
            *sum += f64::from(*x) * level;
        }
    }

    fn round(sum: &[f64], plane: &mut [f32]) {
        for (out, x) in plane.iter_mut().zip(sum) {
            *out = *x as f32;
        }
    }
}

/// The clips with their fades; where one crosses over from the one before, the overlap is the fade of both.
fn cues(clips: &[PlayedClip]) -> Vec<Cue> {
    let fade = |frames: Frames, shape| Fade { frames: frames.0, shape };
    let mut cues: Vec<Cue> = clips
        .iter()
        .map(|clip| Cue {
            clip: clip.clone(),
            fade_in: fade(clip.fade_in, clip.shape),
            fade_out: fade(clip.fade_out, clip.shape),
            voice: None,
        })
        .collect();
    for (later, clip) in clips.iter().enumerate().filter(|(_, clip)| clip.overlap == Overlap::Crossfade) {
        // One that lies wholly within another crosses over to nothing: both sound.
        let reaches = |other: &PlayedClip| other.end() > clip.at && other.end() <= clip.end();
        let before =
            clips.iter().enumerate().filter(|(i, other)| *i != later && other.at < clip.at && reaches(other));
        if let Some((earlier, other)) = before.max_by_key(|(i, other)| (other.at, *i)) {
            let overlap = fade(other.end() - clip.at, clip.shape);
            cues[later].fade_in = overlap;
            cues[earlier].fade_out = overlap;
        }
    }
    cues
}

#[cfg(test)]
mod tests;
