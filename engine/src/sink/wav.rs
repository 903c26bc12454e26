//! WAV files: the one place that names hound.
//!
//! hound counts in 32 bits without a word past 4 GiB, and forgets the byte that evens a chunk of odd length: the first is
//! refused before it comes here, the second is mended at the end.

use super::Form;
use crate::files::Handle;
use hound::{Sample, SampleFormat, WavSpec, WavWriter};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};

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
        let bytes = interleaved.iter().map(|sample| sample.to_le_bytes());
        match self.writer.spec().bits_per_sample {
            16 => self.write_bytes(bytes.map(|[a, b, ..]| [a, b])),
            _ => self.write_bytes(bytes.map(|[a, b, c, _]| [a, b, c])),
        }
    }

    /// Zeros are written without a sign: which they have depends on where work was cut, as a sum of one signal has none.
    pub(super) fn write_floats(&mut self, planes: &[&[f32]]) -> io::Result<()> {
        let unsigned = |x: f32| x + 0.0;
        let frames = 0..planes[0].len();
        let samples =
            frames.flat_map(|frame| planes.iter().map(move |plane| unsigned(plane[frame]).to_le_bytes()));
        self.write_bytes(samples)
    }

    fn write_bytes<const N: usize>(&mut self, samples: impl Iterator<Item = [u8; N]>) -> io::Result<()> {
        for sample in samples {
            self.writer.write_sample(Bytes(sample)).map_err(plain)?;
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

/// A sample as it lies in the file: hound's own samples are checked and taken apart for each of them, which takes four times
/// as long.
struct Bytes<const N: usize>([u8; N]);

impl<const N: usize> Sample for Bytes<N> {
    #[inline(always)]
    fn write<W: Write>(self, writer: &mut W, _: u16) -> hound::Result<()> {
        Ok(writer.write_all(&self.0)?)
    }

    #[inline(always)]
    fn write_padded<W: Write>(self, writer: &mut W, bits: u16, _: u16) -> hound::Result<()> {
        self.write(writer, bits)
    }

    fn read<R: Read>(_: &mut R, _: SampleFormat, _: u16, _: u16) -> hound::Result<Self> {
        Err(hound::Error::Unsupported)
    }

    fn as_i16(self) -> i16 {
        let [.., low, high] = *self.0.as_slice() else { return 0 };
        i16::from_le_bytes([low, high])
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
