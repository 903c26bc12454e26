//! A file's sound from any frame on: exact lengths, exact places, finite samples, or an error that says where.

use super::decode::{self, Body, Fault, Found};
use super::{Hearer, SourceError};
use crate::files::{Action, FileError, Input};
use crate::song::ChannelPick;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What is known of a file before it is heard.
#[derive(Clone, Debug, PartialEq)]
pub struct Info {
    /// Frames a second.
    pub rate: u32,
    /// Channels that are played: 1 or 2 on a track.
    pub channels: usize,
    /// Frames, without encoder delay and padding.
    pub frames: u64,
    /// Whether its coding lost something.
    pub lossy: bool,
    /// Frames that its sound may come late by, as it does not tell its encoder's delay.
    pub late: u64,
    /// Container and codec.
    pub format: String,
}

/// A file being read forward.
#[derive(Debug)]
pub struct Reader {
    path: PathBuf,
    pick: ChannelPick,
    info: Info,
    body: Body,
    /// The frame to be read next.
    at: u64,
}

/// Samples above this (+120 dBFS) are damage, not sound.
const ABSURD: f32 = 1_048_576.0;
/// Rates outside are damage.
const RATES: std::ops::RangeInclusive<u32> = 1_000..=768_000;
impl Reader {
    /// Opens a file to play one channel of it or all.
    ///
    /// # Errors
    /// If there is none, it is not audio, or its channels do not fit a track.
    pub fn open(path: &Path, pick: ChannelPick) -> Result<Reader, SourceError> {
        Reader::opened(path, pick, |channels| picked(path, pick, channels))
    }

    /// Opens a file for an effect, which hears all of its channels.
    ///
    /// # Errors
    /// As [`Reader::open`], of the channels that an effect hears.
    pub fn open_whole(path: &Path) -> Result<Reader, SourceError> {
        Reader::opened(path, ChannelPick::All, |channels| all(path, Hearer::Effect, channels))
    }

    /// Opens a file for meters.
    ///
    /// # Errors
    /// As [`Reader::open`], of the channels that are measured.
    pub fn open_measured(path: &Path) -> Result<Reader, SourceError> {
        Reader::opened(path, ChannelPick::All, |channels| all(path, Hearer::Meters, channels))
    }

    /// `played` tells how many of a file's channels are played.
    fn opened(
        path: &Path,
        pick: ChannelPick,
        played: impl FnOnce(usize) -> Result<usize, SourceError>,
    ) -> Result<Reader, SourceError> {
        let input = Input::open(path)?;
        let size = input.size();
        let (mut body, found) = begin(path, input)?;
        if !RATES.contains(&found.rate) {
            return Err(unknown(path, format!("its rate is {} Hz", found.rate)));
        }
        let channels = played(found.channels)?;
        let all = match found.frames.filter(|_| !found.estimated) {
            Some(frames) => frames,
            None => {
                let counted = body.count(&found).map_err(|fault| failed(path, fault, 0.0))?;
                body = begin(path, Input::open(path)?)?.0;
                counted
            }
        };
        check_size(path, size, all, &found)?;
        let frames = found.edit.map_or(all, |edit| edit.frames);
        let Found { rate, lossy, late, name: format, .. } = found;
        let info = Info { rate, channels, frames, lossy, late, format };
        Ok(Reader { path: path.to_owned(), pick, info, body, at: 0 })
    }

    /// What is known of the file.
    pub fn info(&self) -> &Info {
        &self.info
    }

    /// The frame that [`Reader::read`] gives next.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Goes to a frame.
    ///
    /// # Errors
    /// If the file cannot be read again from its start.
    pub fn seek(&mut self, frame: u64) -> Result<(), SourceError> {
        let frame = frame.min(self.info.frames);
        if matches!(&self.body, Body::Packets(packets) if packets.is_past(frame)) {
            // Always anew: sought after it has been read, FLAC's demuxer may still hold packets of the old place.
            self.body = begin(&self.path, Input::open(&self.path)?)?.0;
            if let Body::Packets(packets) = &mut self.body {
                packets
                    .seek(frame)
                    .map_err(|fault| failed(&self.path, fault, seconds(&self.info, self.at)))?;
            }
        }
        self.at = frame;
        Ok(())
    }

    /// Fills the planes, one for each channel and all of one length, with what comes next; tells how many frames came
    /// before the end.
    ///
    /// # Errors
    /// If the file is damaged or ends before its time.
    pub fn read(&mut self, planes: &mut [&mut [f32]]) -> Result<usize, SourceError> {
        let wanted = planes.first().map_or(0, |plane| plane.len());
        let wanted = wanted.min(usize::try_from(self.info.frames - self.at).unwrap_or(usize::MAX));
        let mut done = 0;
        while done < wanted {
            let frames = self.body.read(self.at, self.pick, planes, done..wanted);
            let frames = frames.map_err(|fault| self.failed(fault))?;
            if frames == 0 {
                return Err(self.short());
            }
            if !self.body.is_whole() {
                self.check(planes, done..done + frames)?;
            }
            done += frames;
            self.at += frames as u64;
        }
        Ok(done)
    }

    /// Refuses samples that are no sound, and clears those too small for any.
    fn check(&self, planes: &mut [&mut [f32]], part: Range<usize>) -> Result<(), SourceError> {
        let mut heard = planes.iter_mut().map(|plane| &mut plane[part.clone()]);
        if !heard.by_ref().fold(false, |damaged, plane| clear_tiny(plane) | damaged) {
            return Ok(());
        }
        let heard = planes.iter().map(|plane| &plane[part.clone()]);
        let first = heard.filter_map(|plane| plane.iter().position(|x| absurd(*x))).min();
        let fault = Fault::Damaged("a sample that is no number, or far too large".to_owned());
        Err(failed(&self.path, fault, seconds(&self.info, self.at + first.unwrap_or(0) as u64)))
    }

    fn short(&self) -> SourceError {
        let end = self.body.end().min(self.at);
        let (seconds, promised) = (seconds(&self.info, end), seconds(&self.info, self.info.frames));
        SourceError::Short { path: self.path.clone(), seconds, promised }
    }

    fn failed(&self, fault: Fault) -> SourceError {
        failed(&self.path, fault, seconds(&self.info, self.at))
    }
}

/// Whether a sample is damage.
fn absurd(x: f32) -> bool {
    x.is_nan() || x.abs() > ABSURD
}

/// Makes zeros of what is smaller than any normal number; tells whether any sample is damage.
fn clear_tiny(plane: &mut [f32]) -> bool {
    let mut damaged = false;
    for x in plane {
        damaged |= absurd(*x);
        *x = if x.abs() < f32::MIN_POSITIVE { 0.0 } else { *x };
    }
    damaged
}

fn begin(path: &Path, input: Input) -> Result<(Body, Found), SourceError> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    decode::open(input, extension).map_err(|fault| failed(path, fault, 0.0))
}

/// How many channels are played.
fn picked(path: &Path, pick: ChannelPick, channels: usize) -> Result<usize, SourceError> {
    match pick {
        ChannelPick::All => all(path, Hearer::Track, channels),
        ChannelPick::One(picked) if (1..=channels).contains(&(picked as usize)) => Ok(1),
        ChannelPick::One(picked) => Err(SourceError::NoChannel { path: path.to_owned(), picked, channels }),
    }
}

/// All channels, if there are as many as who hears them takes.
fn all(path: &Path, hearer: Hearer, channels: usize) -> Result<usize, SourceError> {
    match channels {
        0 => Err(unknown(path, "it does not tell its channels".to_owned())),
        _ if hearer.takes(channels) => Ok(channels),
        _ => Err(SourceError::Channels { path: path.to_owned(), channels, hearer }),
    }
}

/// Refuses plain PCM whose header tells of more samples than the file has room for.
fn check_size(path: &Path, size: u64, frames: u64, found: &Found) -> Result<(), SourceError> {
    let Some(frame) = found.frame_bytes() else { return Ok(()) };
    if frames.saturating_mul(frame) <= size {
        return Ok(());
    }
    let rate = f64::from(found.rate);
    let (seconds, promised) = ((size / frame) as f64 / rate, frames as f64 / rate);
    Err(SourceError::Short { path: path.to_owned(), seconds, promised })
}

fn seconds(info: &Info, frame: u64) -> f64 {
    frame as f64 / f64::from(info.rate)
}

fn failed(path: &Path, fault: Fault, seconds: f64) -> SourceError {
    let path = path.to_owned();
    match fault {
        Fault::Io(cause) => FileError::Failed { action: Action::Read, path, cause }.into(),
        Fault::Unknown(what) => SourceError::Unknown { path, what },
        Fault::Damaged(what) => SourceError::Damaged { path, seconds, what },
    }
}

fn unknown(path: &Path, what: String) -> SourceError {
    SourceError::Unknown { path: path.to_owned(), what }
}
