//! The edit of an MPEG-4 file: which part of what its packets decode to is to be heard.
//!
//! AAC comes late by its encoder's delay. The file tells by an edit list (ISO/IEC 14496-12, 8.6.6) or by Apple's
//! `iTunSMPB` comment, both unread by the decoder. This knows boxes only, no sound.

use crate::files::Input;
use std::io::{self, Read, Seek, SeekFrom};

/// What part of the decoded frames is to be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edit {
    /// Frames to leave out at the start.
    pub(super) skip: u64,
    /// Frames to be heard after those.
    pub(super) frames: u64,
}

/// The most of a `moov` box that is read; it holds some bytes for each packet, so this is days of sound.
const LARGEST: u64 = 64 << 20;

/// Reads the edit of the first audio track, if the file is MPEG-4 and tells one.
pub(super) fn edit(input: &mut Input) -> io::Result<Option<Edit>> {
    let mut head = [0; 8];
    if input.size() < 16 || input.read_exact(&mut head).is_err() || &head[4..] != b"ftyp" {
        return Ok(None);
    }
    Ok(moov(input)?.and_then(|moov| told(&moov)))
}

/// The body of the `moov` box.
fn moov(input: &mut Input) -> io::Result<Option<Vec<u8>>> {
    let mut at = 0;
    while at + 8 <= input.size() {
        input.seek(SeekFrom::Start(at))?;
        let mut head = [0; 16];
        input.read_exact(&mut head[..8])?;
        let mut size = u64::from(number(&head[..4]));
        let mut header = 8;
        if size == 1 {
            input.read_exact(&mut head[8..])?;
            size = u64::from_be_bytes(head[8..].try_into().expect("eight bytes"));
            header = 16;
        } else if size == 0 {
            size = input.size() - at;
        }
        if size < header {
            return Ok(None);
        }
        if &head[4..8] == b"moov" {
            let mut body = Vec::new();
            input.take((size - header).min(LARGEST)).read_to_end(&mut body)?;
            return Ok(Some(body));
        }
        at = at.saturating_add(size);
    }
    Ok(None)
}

fn told(moov: &[u8]) -> Option<Edit> {
    itunes(moov).or_else(|| edit_list(moov))
}

/// Apple's ` 00000000 00000840 000001CA 00000000003F31F6`: delay, padding and frames in hexadecimal.
fn itunes(moov: &[u8]) -> Option<Edit> {
    let meta = path(moov, &[b"udta", b"meta"])?;
    let list = child(meta.get(4..)?, b"ilst")?;
    let comment = boxes(list).filter(|(kind, _)| kind == b"----").map(|(_, body)| body);
    let text = comment
        .filter(|body| child(body, b"name").and_then(|name| name.get(4..)) == Some(b"iTunSMPB"))
        .find_map(|body| std::str::from_utf8(child(body, b"data")?.get(8..)?).ok())?;
    let mut numbers = text.split_ascii_whitespace().skip(1).map(|word| u64::from_str_radix(word, 16).ok());
    let (skip, _padding, frames) = (numbers.next()??, numbers.next()??, numbers.next()??);
    (frames > 0).then_some(Edit { skip, frames })
}

/// The first edit of the first audio track that is not empty.
fn edit_list(moov: &[u8]) -> Option<Edit> {
    let movie = timescale(child(moov, b"mvhd")?)?;
    let is_sound = |trak: &[u8]| path(trak, &[b"mdia", b"hdlr"]).and_then(|h| h.get(8..12)) == Some(b"soun");
    let trak =
        boxes(moov).filter(|(kind, _)| kind == b"trak").map(|(_, body)| body).find(|trak| is_sound(trak))?;
    let rate = timescale(path(trak, &[b"mdia", b"mdhd"])?)?;
    let (span, skip) = first_edit(path(trak, &[b"edts", b"elst"])?)?;
    let all = decoded(path(trak, &[b"mdia", b"minf", b"stbl", b"stts"])?);
    let rest = all.checked_sub(skip)?;
    // The span counts in the movie's time, often milliseconds: to its nearest step it is the rest of the track.
    let frames = u64::try_from(u128::from(span) * u128::from(rate) / u128::from(movie)).ok()?;
    let step = u64::from(rate.div_ceil(movie));
    let frames = if span == 0 || frames.abs_diff(rest) <= step { rest } else { frames.min(rest) };
    Some(Edit { skip, frames })
}

/// Span in the movie's time and start in the track's.
fn first_edit(elst: &[u8]) -> Option<(u64, u64)> {
    let wide = *elst.first()? == 1;
    let entries = elst.get(8..)?.chunks_exact(if wide { 20 } else { 12 });
    let read = |entry: &[u8]| {
        if wide {
            (long(&entry[..8]), i64::try_from(long(&entry[8..16])).unwrap_or(-1))
        } else {
            (u64::from(number(&entry[..4])), i64::from(number(&entry[4..8]) as i32))
        }
    };
    entries.map(read).find_map(|(span, start)| Some((span, u64::try_from(start).ok()?)))
}

/// Frames of all packets (`stts`: pairs of a count and the frames of each).
fn decoded(stts: &[u8]) -> u64 {
    let pairs = stts.get(8..).unwrap_or_default().chunks_exact(8);
    pairs
        .map(|pair| u64::from(number(&pair[..4])) * u64::from(number(&pair[4..])))
        .fold(0, u64::saturating_add)
}

/// Units a second, of an `mvhd` or `mdhd` box.
fn timescale(header: &[u8]) -> Option<u32> {
    let at = if *header.first()? == 1 { 20 } else { 12 };
    header.get(at..at + 4).map(number).filter(|scale| *scale > 0)
}

fn path<'a>(mut body: &'a [u8], names: &[&[u8; 4]]) -> Option<&'a [u8]> {
    for name in names {
        body = child(body, name)?;
    }
    Some(body)
}

fn child<'a>(body: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(body).find(|(kind, _)| kind == name).map(|(_, body)| body)
}

/// The boxes in a body, by kind.
fn boxes(mut body: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let size = number(body.get(..4)?) as usize;
        let kind = body.get(4..8)?.try_into().expect("four bytes");
        let inner = body.get(8..size.max(8))?;
        body = &body[size.max(8)..];
        Some((kind, inner))
    })
}

fn number(bytes: &[u8]) -> u32 {
    u32::from_be_bytes(bytes.try_into().expect("four bytes"))
}

fn long(bytes: &[u8]) -> u64 {
    u64::from_be_bytes(bytes.try_into().expect("eight bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes(), kind.as_slice(), body].concat()
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    /// A movie of one track of 44.1 kHz with 100 packets of 1024 frames and the last of 500, and an edit.
    fn movie(scale: u32, span: u32, start: i32) -> Vec<u8> {
        let mdhd = make(b"mdhd", &words(&[0, 0, 0, 44_100, 0]));
        let hdlr = make(b"hdlr", &[words(&[0, 0]).as_slice(), b"soun"].concat());
        let stts = make(b"stts", &words(&[0, 2, 100, 1024, 1, 500]));
        let minf = make(b"minf", &make(b"stbl", &stts));
        let elst = make(b"elst", &words(&[0, 2, 77, u32::MAX, 1 << 16, span, start as u32, 1 << 16]));
        let mdia = make(b"mdia", &[mdhd, hdlr, minf].concat());
        let trak = make(b"trak", &[mdia, make(b"edts", &elst)].concat());
        [make(b"mvhd", &words(&[0, 0, 0, scale, 0])), trak].concat()
    }

    #[test]
    fn an_edit_list_in_milliseconds_is_exact_where_it_plays_to_the_end() {
        let rest = 102_900 - 1024;
        assert_eq!(told(&movie(1000, 2310, 1024)), Some(Edit { skip: 1024, frames: rest }));
        assert_eq!(told(&movie(1000, 2000, 1024)), Some(Edit { skip: 1024, frames: 88_200 }));
        assert_eq!(told(&movie(44_100, 5000, 2112)), Some(Edit { skip: 2112, frames: 5000 }));
        assert_eq!(told(&movie(1000, 2310, 200_000)), None);
    }

    #[test]
    fn apples_comment_is_preferred() {
        let text = b" 00000000 00000840 000001CA 00000000003F31F6 00000000 00000000";
        let name = make(b"name", &[&[0; 4], b"iTunSMPB".as_slice()].concat());
        let data = make(b"data", &[&[0; 8], text.as_slice()].concat());
        let list = make(b"ilst", &make(b"----", &[name, data].concat()));
        let udta = make(b"udta", &make(b"meta", &[&[0; 4], list.as_slice()].concat()));
        let edit = Some(Edit { skip: 2112, frames: 4_141_558 });
        assert_eq!(told(&[movie(1000, 2310, 1024), udta].concat()), edit);
    }

    #[test]
    fn no_cut_or_change_of_a_movie_panics() {
        let whole = movie(1000, 2310, 1024);
        for at in 0..whole.len() {
            told(&whole[..at]);
            for value in [0, 1, 0x7F, 0xFF] {
                let mut bad = whole.clone();
                bad[at] = value;
                told(&bad);
            }
        }
    }
}
