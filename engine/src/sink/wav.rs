//! WAV files: the one place that names hound.
//!
//! hound counts in 32 bits without a word past 4 GiB, and forgets the byte that evens a chunk of odd length: the first is
//! refused before it comes here, the second is mended at the end.

use super::Form;
use crate::files::Handle;
use hound::{SampleFormat, WavSpec, WavWriter};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};

/// Bytes of samples that a WAV can hold beside its header.
pub(super) const MOST_BYTES: u64 = u32::MAX as u64 - 100;

/// A WAV being written.
pub(super) struct Wav {
    writer: WavWriter<BufWriter<Handle>>,
    /// A second handle, for what hound leaves undone.
    after: BufWriter<Handle>,
}

impl Wav {
    pub(super) fn begin(writer: BufWriter<Handle>, form: Form, bits: u32) -> io::Result<Wav> {
        let spec = WavSpec {
            channels: form.channels as u16,
            sample_rate: form.rate,
            bits_per_sample: bits as u16,
            sample_format: if bits == 32 { SampleFormat::Float } else { SampleFormat::Int },
        };
        let after = BufWriter::new(writer.get_ref().again()?);
        Ok(Wav { writer: WavWriter::new(writer, spec).map_err(plain)?, after })
    }

    pub(super) fn write(&mut self, interleaved: &[i32]) -> io::Result<()> {
        interleaved.iter().try_for_each(|sample| self.writer.write_sample(*sample)).map_err(plain)
    }

    pub(super) fn write_floats(&mut self, planes: &[&[f32]]) -> io::Result<()> {
        for frame in 0..planes[0].len() {
            for plane in planes {
                self.writer.write_sample(plane[frame]).map_err(plain)?;
            }
        }
        Ok(())
    }

    pub(super) fn end(self) -> io::Result<()> {
        let Wav { writer, mut after } = self;
        writer.finalize().map_err(plain)?;
        let length = after.seek(SeekFrom::End(0))?;
        if length % 2 == 1 {
            after.write_all(&[0])?;
            // The pad byte counts in the length of the whole, not in that of the chunk (RIFF, 1991, chapter 2).
            after.seek(SeekFrom::Start(4))?;
            after.write_all(&(length as u32 + 1 - 8).to_le_bytes())?;
            after.flush()?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for Wav {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wav").field("samples", &self.writer.len()).finish_non_exhaustive()
    }
}

fn plain(error: hound::Error) -> io::Error {
    match error {
        hound::Error::IoError(error) => error,
        error => io::Error::other(error),
    }
}
