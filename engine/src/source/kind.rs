//! What a file is that holds no audio known here, by its first bytes: for messages only.

/// How many bytes are looked at.
pub(super) const HEAD: usize = 4096;

/// Bytes at the start of files of a kind, at which byte they stand, and what such a file is.
const KINDS: &[(usize, &[u8], &str)] = &[
    (28, b"OpusHead", "it is Ogg Opus"),
    (28, b"Speex", "it is Ogg Speex"),
    (0, b"MThd", "it is MIDI, notes without sound"),
    (0, b"wvpk", "it is WavPack"),
    (0, b"MAC ", "it is Monkey's Audio"),
    (0, b"#!AMR", "it is AMR"),
    (0, b"\x30\x26\xb2\x75", "it is Windows Media"),
    (0, b"\x1a\x45\xdf\xa3", "it is Matroska or WebM"),
    (8, b"AVI ", "it is an AVI film"),
    (0, b"\x89PNG", "it is a picture (PNG)"),
    (0, b"\xff\xd8\xff", "it is a picture (JPEG)"),
    (0, b"GIF8", "it is a picture (GIF)"),
    (0, b"%PDF", "it is a PDF"),
    (0, b"PK\x03\x04", "it is a ZIP archive"),
    (0, b"\x1f\x8b", "it is packed by gzip"),
    (0, b"Rar!", "it is a RAR archive"),
    (0, b"7z\xbc\xaf", "it is a 7z archive"),
];

/// What played files begin with: cut short behind it, they pass for a text.
const PLAYED: &[&[u8]] = &[b"RIFF", b"FORM", b"fLaC", b"OggS", b"caff", b"ID3"];

/// What a file is, by its first bytes, if it is known to be no audio that is played here.
pub(super) fn otherwise(head: &[u8]) -> Option<&'static str> {
    let begins =
        |(at, magic, _): &&(usize, &[u8], &str)| head.get(*at..).is_some_and(|at| at.starts_with(magic));
    if head.is_empty() {
        return Some("it is empty");
    }
    let known = KINDS.iter().find(begins).map(|(.., words)| *words);
    known.or_else(|| is_text(head).then_some("it is a text"))
}

/// Whether it is UTF-8 without control characters, but perhaps cut in its last.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let played = PLAYED.iter().any(|magic| head.starts_with(magic));
    !played && !text.is_empty() && !text.chars().any(|c| c.is_control() && !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_called_what_they_are() {
        assert_eq!(otherwise(b""), Some("it is empty"));
        assert_eq!(otherwise("Grüße,\n\tdie Band".as_bytes()), Some("it is a text"));
        assert_eq!(otherwise("Gr\u{fc}".as_bytes().split_last().unwrap().1), Some("it is a text"));
        assert_eq!(otherwise(b"\x89PNG\r\n\x1a\n"), Some("it is a picture (PNG)"));
        assert_eq!(otherwise(b"RIFF\0\0\0\0AVI LIST"), Some("it is an AVI film"));
        assert_eq!(otherwise(b"RIFF\0\0\0\0WAVEfmt "), None);
        assert_eq!(otherwise(b"fLaC"), None);
        assert_eq!(otherwise(&[0; 64]), None);
        let mut opus = b"OggS".to_vec();
        opus.resize(28, 0);
        opus.extend(b"OpusHead\x01");
        assert_eq!(otherwise(&opus), Some("it is Ogg Opus"));
    }
}
