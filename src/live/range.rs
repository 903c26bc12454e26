//! What part of a file a player asks for (RFC 9110, section 14).

use std::ops::Range;

/// What is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it: none was asked for, or several, or in words that nobody knows.
    Whole,
    /// These bytes.
    Bytes(Range<u64>),
    /// Nothing: it lies behind the end.
    Beyond,
}

/// The part of a file of so many bytes.
pub(super) fn part(header: Option<&str>, size: u64) -> Part {
    let bytes = header.and_then(|header| header.strip_prefix("bytes="));
    let Some((first, last)) = bytes.and_then(|range| range.trim().split_once('-')) else {
        return Part::Whole;
    };
    let number = |text: &str| match text.bytes().all(|c| c.is_ascii_digit()) {
        // More digits than a number holds lie behind any end.
        true => Some(text.parse().unwrap_or(u64::MAX)),
        false => None,
    };
    let range = match (first, last) {
        ("", "") => return Part::Whole,
        ("", last) => number(last).map(|count| size.saturating_sub(count)..size),
        (first, "") => number(first).map(|first| first..size),
        (first, last) => match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => Some(first..last.saturating_add(1).min(size)),
            _ => None,
        },
    };
    match range {
        None => Part::Whole,
        Some(range) if range.start >= size || range.is_empty() => Part::Beyond,
        Some(range) => Part::Bytes(range),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_served_several_are_not() {
        let cases = [
            (None, Part::Whole),
            (Some("bytes=0-"), Part::Bytes(0..100)),
            (Some("bytes=-1"), Part::Bytes(99..100)),
            (Some("bytes=-1000"), Part::Bytes(0..100)),
            (Some("bytes=10-19"), Part::Bytes(10..20)),
            (Some("bytes=90-99999999999999999999999"), Part::Bytes(90..100)),
            (Some("bytes=100-"), Part::Beyond),
            (Some("bytes=-0"), Part::Beyond),
            (Some("bytes=99999999999999999999999-"), Part::Beyond),
            (Some("bytes=0-1,5-6"), Part::Whole),
            (Some("bytes=9-3"), Part::Whole),
            (Some("bytes=-"), Part::Whole),
            (Some("bytes=a-b"), Part::Whole),
            (Some("seconds=1-2"), Part::Whole),
        ];
        for (header, expected) in cases {
            assert_eq!(part(header, 100), expected, "{header:?}");
        }
    }
}
