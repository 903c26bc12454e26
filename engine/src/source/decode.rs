//! Packets of samples from a file of any known format: the one place that names symphonia.
//!
//! The decoder is not trusted: a panic is an error, a demuxer that makes no progress is stopped, bad packets are told.

use super::kind;
use super::mp4::{self, Edit};
use super::packets::Packets;
use super::pcm::Plain;
use super::wave::Wave;
use crate::{files::Input, song::ChannelPick};
use std::io::{self, Read, Seek};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_PCM_F32LE, CODEC_ID_PCM_S16LE, CODEC_ID_PCM_S24LE,
};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, Track, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, ReadBytes};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;
use symphonia::core::units::Timestamp;

/// A file being decoded.
pub(super) struct Decoder {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    /// The raw frame that the next packet begins with, where no seek has made it unknown.
    next: Option<u64>,
}

/// What gives a file's samples.
#[derive(Debug)]
pub(super) enum Body {
    /// Decoded packet by packet.
    Packets(Box<Packets>),
    /// As they lie in the file.
    Wave(Wave),
}

/// What a file says of itself.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) rate: u32,
    pub(super) channels: usize,
    /// Frames after the decoder's own trimming, if told.
    pub(super) frames: Option<u64>,
    /// Whether the number of frames is the file's word or an estimate.
    pub(super) estimated: bool,
    /// Whether any frame can be sought without changing what is heard.
    pub(super) seekable: bool,
    /// Bits that a sample takes in the file, for plain PCM.
    pub(super) bits: Option<u32>,
    /// The encoding, where it is read without the decoder.
    pub(super) plain: Option<Plain>,
    /// Frames that its sound may come late by, where neither the decoder trims the delay nor the file told [`Found::edit`].
    pub(super) late: u64,
    pub(super) edit: Option<Edit>,
    pub(super) lossy: bool,
    pub(super) name: String,
}

impl Found {
    /// Bytes that a frame takes in the file, for plain PCM.
    pub(super) fn frame_bytes(&self) -> Option<u64> {
        Some((u64::from(self.bits?).div_ceil(8) * self.channels as u64).max(1))
    }
}

/// What can go wrong in a file that could be opened.
#[derive(Debug)]
pub(super) enum Fault {
    Io(io::Error),
    Unknown(String),
    Damaged(String),
}

/// Packets in a row that may give no sound before the demuxer counts as stuck.
const PATIENCE: usize = 4096;

/// Opens a file that has just been opened for reading.
pub(super) fn open(input: Input, extension: &str) -> Result<(Body, Found), Fault> {
    let again = input.clone();
    let (decoder, found) = Decoder::open(input, extension)?;
    let body = match found.plain {
        None => {
            let skip = found.edit.map_or(0, |edit| edit.skip);
            Body::Packets(Box::new(Packets::new(decoder, found.seekable, skip)))
        }
        Some(plain) => Body::Wave(Wave::new(again, decoder.start()?, plain, found.channels)),
    };
    Ok((body, found))
}

impl Body {
    /// Fills a part of planes, one for each channel that is played, from a frame on; tells how many frames it got at once.
    /// None is the end of the file.
    pub(super) fn read(
        &mut self,
        at: u64,
        pick: ChannelPick,
        planes: &mut [&mut [f32]],
        to: Range<usize>,
    ) -> Result<usize, Fault> {
        match self {
            Body::Packets(packets) => packets.read(at, pick, planes, to),
            Body::Wave(wave) => wave.read(at, pick, planes, to).map_err(Fault::Io),
        }
    }

    /// Whether all that it gives are whole numbers under full scale, none of which is damage or too small for sound.
    pub(super) fn is_whole(&self) -> bool {
        matches!(self, Body::Wave(wave) if wave.is_whole())
    }

    /// The frame that the file ends with at the latest, once there was no more to read.
    pub(super) fn end(&self) -> u64 {
        match self {
            Body::Packets(packets) => packets.end(),
            Body::Wave(wave) => wave.end(),
        }
    }

    /// The frames of a file that does not tell them, of which nothing has been read.
    pub(super) fn count(&mut self, found: &Found) -> Result<u64, Fault> {
        match self {
            Body::Packets(packets) => packets.count(found.frame_bytes()),
            Body::Wave(wave) => Ok(wave.end()),
        }
    }
}

impl Decoder {
    fn open(mut input: Input, extension: &str) -> Result<(Decoder, Found), Fault> {
        let edit = mp4::edit(&mut input).map_err(Fault::Io)?;
        let head = head(&mut input).map_err(Fault::Io)?;
        let stream = MediaSourceStream::new(Box::new(input), Default::default());
        let mut hint = Hint::new();
        hint.with_extension(extension);
        let (format, decoder, found) = guarded(|| {
            let probe = symphonia::default::get_probe();
            let format = probe
                .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
                .map_err(|error| unread(error, &head))?;
            let track =
                format.default_track(TrackType::Audio).ok_or_else(|| silent("it holds no audio"))?.clone();
            let (decoder, found) = begin(&*format, &track, edit)?;
            Ok((format, (decoder, track.id), found))
        })?;
        let (decoder, track) = decoder;
        Ok((Decoder { format, decoder, track, next: Some(0) }, found))
    }

    /// The byte that the first packet begins with, of a file whose packets lie one after the other.
    fn start(self) -> Result<u64, Fault> {
        guarded(|| Ok(self.format.into_inner().pos()))
    }

    /// Decodes the next packet that holds samples into `planes`, one for each channel of the file; tells the raw frame that
    /// it begins with, or `None` at the end.
    pub(super) fn next(&mut self, planes: &mut Vec<Vec<f32>>) -> Result<Option<u64>, Fault> {
        let Decoder { format, decoder, track, next } = self;
        guarded(|| {
            for _ in 0..PATIENCE {
                let Some(packet) = next_packet(&mut **format, *track)? else { return Ok(None) };
                let buffer = decoder.decode(&packet).map_err(damaged)?;
                buffer.copy_to_vecs_planar(planes);
                let frames = buffer.frames();
                if frames > 0 {
                    return place(next, &packet, frames).map(Some);
                }
            }
            Err(Fault::Damaged("thousands of packets without sound".to_owned()))
        })
    }

    /// Frames from here to the end, by the packets' own word, without decoding them. The last packet of plain PCM claims as
    /// many as any, so that one is counted by the bytes of a frame.
    pub(super) fn count(&mut self, frame_bytes: Option<u64>) -> Result<u64, Fault> {
        let Decoder { format, track, .. } = self;
        guarded(|| {
            let (mut frames, mut idle) = (0, 0);
            while let Some(packet) = next_packet(&mut **format, *track)? {
                let held = frame_bytes.map_or(u64::MAX, |bytes| packet.data.len() as u64 / bytes);
                frames += packet.dur.get().min(held);
                idle = if packet.dur.get() == 0 { idle + 1 } else { 0 };
                if idle > PATIENCE {
                    return Err(Fault::Damaged("thousands of packets without sound".to_owned()));
                }
            }
            Ok(frames)
        })
    }

    /// Goes to the packet that holds a raw frame, or to one before; to be asked of a fresh decoder.
    pub(super) fn seek(&mut self, frame: u64) -> Result<(), Fault> {
        let Decoder { format, track, next, .. } = self;
        let ts = Timestamp::new(
            i64::try_from(frame).map_err(|_| Fault::Damaged("it has no such frame".to_owned()))?,
        );
        guarded(|| {
            format.seek(SeekMode::Accurate, SeekTo::Timestamp { ts, track_id: *track }).map_err(damaged)?;
            *next = None;
            Ok(())
        })
    }
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").field("next", &self.next).finish_non_exhaustive()
    }
}

impl MediaSource for Input {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.size())
    }
}

/// The decoder of a track and what the track says.
fn begin(
    format: &dyn FormatReader,
    track: &Track,
    edit: Option<Edit>,
) -> Result<(Box<dyn AudioDecoder>, Found), Fault> {
    let Some(CodecParameters::Audio(params)) = &track.codec_params else {
        return Err(silent("its codec is not known here"));
    };
    let codecs = symphonia::default::get_codecs();
    let decoder = codecs.make_audio_decoder(params, &AudioDecoderOptions::default()).map_err(undecoded)?;
    let codec = decoder.codec_info();
    let rate = params.sample_rate.ok_or_else(|| silent("it does not tell its rate"))?;
    let container = format.format_info().short_name;
    let (pcm, lossless) = (codec.short_name.starts_with("pcm"), matches!(codec.short_name, "flac" | "alac"));
    let counts_frames = track.time_base.is_some_and(|t| t.numer.get() == 1 && t.denom.get() == rate);
    let told = track.delay.is_some();
    let channels = params.channels.as_ref().map_or(0, |channels| channels.count());
    let straight =
        container == "wave" && track.num_frames.is_some() && (1..=Wave::CHANNELS).contains(&channels);
    let found = Found {
        rate,
        channels,
        frames: track.num_frames,
        // Without a tag that tells the delay, the length of an MP3 is guessed from its first packet.
        estimated: !(pcm || lossless || told || matches!(container, "ogg" | "isomp4" | "caf")),
        seekable: counts_frames && (pcm || lossless),
        plain: plain(params).filter(|_| straight),
        bits: params.bits_per_coded_sample.or(params.bits_per_sample).filter(|_| pcm),
        late: if told || edit.is_some() { 0 } else { delay(codec.short_name) },
        edit: edit.filter(|_| !told),
        lossy: !(pcm || lossless),
        name: named(container, codec.short_name),
    };
    Ok((decoder, found))
}

/// Frames that a codec usually comes late by, where nothing tells.
fn delay(codec: &str) -> u64 {
    match codec {
        // The decoder's 528 + 1, and those of LAME, which most files are made with.
        "mp3" => 529 + 576,
        // The one packet of overlap; some encoders take two.
        "aac" => 1024,
        // The decoder's filter bank.
        "mp1" | "mp2" => 481,
        _ => 0,
    }
}

/// The encoding, if it is plain and samples are as wide as their places.
fn plain(params: &AudioCodecParameters) -> Option<Plain> {
    let (plain, bits) = match params.codec {
        CODEC_ID_PCM_S16LE => (Plain::Int16, 16),
        CODEC_ID_PCM_S24LE => (Plain::Int24, 24),
        CODEC_ID_PCM_F32LE => (Plain::Float32, 32),
        _ => return None,
    };
    let full = |told: Option<u32>| told.is_none_or(|told| told == bits);
    (full(params.bits_per_sample) && full(params.bits_per_coded_sample)).then_some(plain)
}

/// A container and its codec, which have one name where the codec needs no other container.
fn named(container: &str, codec: &str) -> String {
    if container == codec { codec.to_owned() } else { format!("{container}, {codec}") }
}

/// The first bytes of a file, which is then at its start again.
fn head(input: &mut Input) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    input.rewind()?;
    input.take(kind::HEAD as u64).read_to_end(&mut head)?;
    input.rewind()?;
    Ok(head)
}

/// The next packet of the track; a file that ends within one ends before it.
fn next_packet(format: &mut dyn FormatReader, track: u32) -> Result<Option<Packet>, Fault> {
    for _ in 0..PATIENCE {
        match format.next_packet() {
            Ok(Some(packet)) if packet.track_id == track => return Ok(Some(packet)),
            Ok(Some(_)) => {}
            Ok(None) => return Ok(None),
            Err(Error::IoError(e)) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(Error::ResetRequired) => {
                return Err(Fault::Damaged("its format changes on the way".to_owned()));
            }
            Err(e) => return Err(damaged(e)),
        }
    }
    Err(Fault::Damaged("thousands of packets without sound".to_owned()))
}

/// The raw frame that a packet begins with: counted on, or by its time stamp after a seek.
fn place(next: &mut Option<u64>, packet: &Packet, frames: usize) -> Result<u64, Fault> {
    let stamp = || {
        u64::try_from(packet.pts.get()).map_err(|_| Fault::Damaged("a packet before its start".to_owned()))
    };
    let at = next.map_or_else(stamp, Ok)?;
    *next = Some(at + frames as u64);
    Ok(at)
}

/// Turns a panic of the decoder into an error, as one bad file must not end a render that could name it.
fn guarded<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    // The decoder is dropped with the error, so that no broken state is met again.
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Fault::Damaged("the decoder gave up".to_owned())))
}

fn silent(what: &str) -> Fault {
    Fault::Unknown(what.to_owned())
}

/// Why no format was found in a file that begins with these bytes.
fn unread(error: Error, head: &[u8]) -> Fault {
    match (error, kind::otherwise(head)) {
        (Error::IoError(e), _) if e.kind() != io::ErrorKind::UnexpectedEof => Fault::Io(e),
        (_, Some(what)) => silent(what),
        (Error::IoError(_), None) => silent("it ends before any sound"),
        (Error::Unsupported(_), None) => silent("it is no audio that is known here"),
        (Error::DecodeError(what), None) => silent(&format!("its beginning is damaged ({what})")),
        (e, None) => silent(&format!("its beginning cannot be read ({e})")),
    }
}

/// Why a format's codec cannot be decoded.
fn undecoded(error: Error) -> Fault {
    match error {
        Error::IoError(e) if e.kind() != io::ErrorKind::UnexpectedEof => Fault::Io(e),
        Error::Unsupported(_) => silent("its codec is not known here"),
        e => silent(&format!("its codec's settings are damaged ({e})")),
    }
}

fn damaged(error: Error) -> Fault {
    match error {
        Error::IoError(e) if e.kind() != io::ErrorKind::UnexpectedEof => Fault::Io(e),
        e => Fault::Damaged(e.to_string()),
    }
}
