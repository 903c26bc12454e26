//! Where a song goes: WAV and FLAC files that take their place only when they are whole.
//!
//! A sink hears samples in the order of time, of any number, and knows nothing of what made them. Integer formats are
//! dithered by a seed, so the same sound makes the same file.

mod flac;
mod md5;
mod quantise;
mod wav;

pub use mixwright_nodes::dsp::dither::Depth;

use crate::diagnostic::Diagnostic;
use crate::files::{FileError, Output, Whole};
use quantise::Quantiser;
use std::path::Path;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// WAV with integers.
    Wav(Depth),
    /// WAV with 32-bit floating point, which holds any level and needs no dither.
    WavFloat,
    /// FLAC.
    Flac(Depth),
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// The kind of file.
    pub format: Format,
    /// Frames a second.
    pub rate: u32,
    /// Channels, 1 or 2.
    pub channels: usize,
}

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// The disk refused.
    #[error(transparent)]
    File(#[from] FileError),
    /// A WAV file tells its length in 32 bits.
    #[error(
        "cannot write `{path}`: {} of sound would pass the 4 GiB of a WAV file, which ends at {}",
        hours(*.frames, *.rate), hours(*.most, *.rate)
    )]
    TooLong {
        /// Which file.
        path: String,
        /// Frames wanted.
        frames: u64,
        /// Frames that it can hold.
        most: u64,
        /// Frames a second.
        rate: u32,
    },
    /// The format has no such rate.
    #[error("cannot write `{path}`: FLAC knows no rate of {rate} Hz")]
    Rate {
        /// Which file.
        path: String,
        /// The rate wanted.
        rate: u32,
    },
}

fn hours(frames: u64, rate: u32) -> String {
    format!("{:.2} h", frames as f64 / f64::from(rate) / 3600.0)
}

impl SinkError {
    /// What may help.
    pub fn hint(&self) -> Option<String> {
        match self {
            SinkError::TooLong { .. } => Some(
                "write FLAC, fewer bits or a lower rate, unless the song should not be that long".to_owned(),
            ),
            SinkError::Rate { .. } => Some("write WAV, or a rate up to 655,350 Hz".to_owned()),
            SinkError::File(error) => error.hint(),
        }
    }
}

/// The same for whoever named the file: a wish that the format cannot fulfil is theirs.
impl From<SinkError> for Diagnostic {
    fn from(error: SinkError) -> Self {
        match error {
            SinkError::File(error) => error.into(),
            _ => Diagnostic::error(error.to_string()).hints(error.hint()),
        }
    }
}

impl Format {
    /// How the names of its files end.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Wav(_) | Format::WavFloat => "wav",
            Format::Flac(_) => "flac",
        }
    }
}

impl Form {
    /// Refuses a length that the format cannot tell; to be asked before anything is rendered.
    ///
    /// # Errors
    /// If the file would be too long.
    pub fn check(&self, target: &Path, frames: u64) -> Result<(), SinkError> {
        let path = || target.display().to_string();
        if matches!(self.format, Format::Flac(_)) && self.rate > flac::HIGHEST_RATE {
            return Err(SinkError::Rate { path: path(), rate: self.rate });
        }
        match self.most_frames() {
            most if frames > most => Err(SinkError::TooLong { path: path(), frames, most, rate: self.rate }),
            _ => Ok(()),
        }
    }

    /// The frames that the format can hold.
    fn most_frames(&self) -> u64 {
        let bytes = match self.format {
            Format::Wav(depth) => depth.bits() as usize / 8,
            Format::WavFloat => 4,
            Format::Flac(_) => return flac::MOST_FRAMES,
        };
        wav::MOST_BYTES / (bytes * self.channels) as u64
    }
}

/// A file being written. [`Sink::finish`] puts it in its place; dropped, it leaves no trace.
#[derive(Debug)]
pub struct Sink {
    output: Output,
    form: Form,
    coder: Coder,
    frames: u64,
}

#[derive(Debug)]
enum Coder {
    Float(wav::Wav),
    Wav(wav::Wav, Quantiser),
    Flac(Box<flac::Flac>, Quantiser),
}

impl Sink {
    /// Begins a file; `seed` makes its dither.
    ///
    /// # Errors
    /// If the target cannot be written.
    pub fn create(target: &Path, form: Form, seed: u64) -> Result<Sink, SinkError> {
        form.check(target, 0)?;
        let output = Output::create(target)?;
        let writer = output.writer()?;
        let failed = |error| output.failed(error);
        let coder = match form.format {
            Format::WavFloat => Coder::Float(wav::Wav::begin(writer, form, 32).map_err(failed)?),
            Format::Wav(depth) => Coder::Wav(
                wav::Wav::begin(writer, form, depth.bits()).map_err(failed)?,
                Quantiser::new(depth, seed, form.channels),
            ),
            Format::Flac(depth) => {
                let flac = flac::Flac::begin(writer, form, depth.bits()).map_err(failed)?;
                Coder::Flac(Box::new(flac), Quantiser::new(depth, seed, form.channels))
            }
        };
        Ok(Sink { output, form, coder, frames: 0 })
    }

    /// Writes what comes next: a plane for each channel, all of one length.
    ///
    /// # Errors
    /// If the disk refuses, or the file would be longer than its format can tell.
    ///
    /// # Panics
    /// If the number of planes is not that of the channels.
    pub fn write(&mut self, planes: &[&[f32]]) -> Result<(), SinkError> {
        assert_eq!(planes.len(), self.form.channels);
        let frames = self.frames + planes[0].len() as u64;
        self.form.check(self.output.target(), frames)?;
        let written = match &mut self.coder {
            Coder::Float(wav) => wav.write_floats(planes),
            Coder::Wav(wav, quantiser) => wav.write(quantiser.quantised(planes, self.frames)),
            Coder::Flac(flac, quantiser) => flac.write(quantiser.quantised(planes, self.frames)),
        };
        written.map_err(|error| self.output.failed(error))?;
        self.frames = frames;
        Ok(())
    }

    /// Samples so far that went beyond what the format can hold, and were cut off there.
    pub fn clipped(&self) -> u64 {
        match &self.coder {
            Coder::Float(_) => 0,
            Coder::Wav(_, quantiser) | Coder::Flac(_, quantiser) => quantiser.clipped(),
        }
    }

    /// Where the file will stand.
    pub fn target(&self) -> &Path {
        self.output.target()
    }

    /// Ends the file; it is then whole, but not in its place.
    ///
    /// # Errors
    /// If the disk refuses.
    pub fn end(self) -> Result<Whole, SinkError> {
        let Sink { output, form, coder, frames } = self;
        let ended = match coder {
            Coder::Float(wav) | Coder::Wav(wav, _) => wav.end(),
            Coder::Flac(flac, _) => flac.end(),
        };
        ended.map_err(|error| output.failed(error))?;
        debug_assert!(frames <= form.most_frames());
        Ok(output.secure()?)
    }

    /// Ends the file and puts it in its place.
    ///
    /// # Errors
    /// If the disk refuses; what stood at the target then still stands.
    pub fn finish(self) -> Result<(), SinkError> {
        Ok(self.end()?.place()?)
    }
}

#[cfg(test)]
mod tests;
