//! What servers make of a path beyond its normal form.
//!
//! The normal form is one text, but servers do not agree on what it names: some strip `;x` from a
//! segment, some merge `//`, some drop blanks and dots at a segment's end, some decode twice, some
//! decode before they look for a query. A router that decides on one of these readings while the
//! backend acts on another lets a request past the policies of the operation that it reaches. So all
//! of them are listed here, and the router asks whether they lead to one operation.

use std::borrow::Cow;

use super::{decode_segment, is_hex};

/// Parameters of a segment are stripped (Tomcat, Jetty, Spring).
const STRIP: u8 = 1;
/// Blanks around a segment and dots at its end are dropped (Windows, whoever trims).
const TRIM: u8 = 1 << 1;
/// What is encoded is decoded until nothing is left (proxies before the backend).
const DECODE: u8 = 1 << 2;
/// The path ends at an encoded `?` or `#` (servers that decode before they split).
const CUT: u8 = 1 << 3;
/// Segments without text are dropped (nginx, Tomcat, most file systems).
const MERGE: u8 = 1 << 4;
/// Parameters are stripped before a `?` or `#` is looked for, and not after.
const STRIP_FIRST: u8 = 1 << 5;
/// All of them.
const ALL: u8 = (1 << 6) - 1;

/// Where a value may be cut off at an encoded `?` or `#`.
///
/// Both are honest characters of a value (`C#`), so a reading that cuts is feared only where it would
/// turn one text into another, or where nothing is known of what the backend makes of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cuts {
    /// Within the last segment, if something is left of it.
    LastSegment,
    /// Anywhere: the operation takes any path.
    Anywhere,
}

/// One way to read a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The path as it is read: segments decoded, but for `%`.
    pub path: String,
    /// Whether it is what the most forgiving of those who leave `?` and `#` alone make of it.
    pub is_fullest: bool,
}

/// Whether nobody reads a path in normal form in another way than as it stands: cheap, and true of
/// almost every path.
pub fn is_unmistakable(path: &[u8]) -> bool {
    let mut previous = 0;
    let plain = path.iter().all(|&byte| {
        let ends_oddly = byte == b'/' && matches!(previous, b'/' | b'.');
        previous = byte;
        !ends_oddly && !matches!(byte, b'%' | b';')
    });
    plain && previous != b'.'
}

/// How many segments a path may have of which there is more than one reading: every one of them is
/// looked at for each, and nobody needs more.
const MOST_SEGMENTS: usize = 64;

/// A path with more readings than anybody looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;

/// A segment, decoded.
struct Segment<'p> {
    once: Cow<'p, str>,
    fully: Cow<'p, str>,
}

/// The ways to read a path in normal form, the one as it stands left out.
///
/// `suffix` is the part that leads to the API and is not forwarded, where `;rev=N` is no parameter
/// that anybody strips; `rest` is what stands below it.
pub fn readings(suffix: &str, rest: &str, cuts: Cuts) -> Result<Vec<Reading>, TooMany> {
    // A path that ends with a slash names what it names without it.
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let [suffix, rest] = [suffix, rest].map(|part| {
        let segments = part.split('/').skip(1).map(Segment::new);
        segments.collect::<Vec<_>>()
    });
    let both = || suffix.iter().chain(&rest);
    let mut applicable = both().fold(0, |ways, segment| ways | segment.applicable());
    if applicable & (STRIP | CUT) == STRIP | CUT {
        applicable |= STRIP_FIRST;
    }
    if applicable == 0 {
        return Ok(Vec::new());
    }
    if both().count() > MOST_SEGMENTS {
        return Err(TooMany);
    }
    let fullest = applicable & !CUT & !STRIP_FIRST;
    let as_it_stands = read(&suffix, &rest, cuts, 0);
    let mut found: Vec<Reading> = Vec::new();
    for lens in (1..=ALL).filter(|lens| lens & !applicable == 0) {
        let path = read(&suffix, &rest, cuts, lens);
        let is_fullest = lens == fullest;
        match found.iter_mut().find(|known| known.path == path) {
            Some(known) => known.is_fullest |= is_fullest,
            None if path == as_it_stands => {}
            None => found.push(Reading { path, is_fullest }),
        }
    }
    Ok(found)
}

impl<'p> Segment<'p> {
    fn new(written: &'p str) -> Self {
        Self {
            once: decode_segment(written),
            fully: decode_fully(written).text,
        }
    }

    /// Which of the ways to read differently may change something in it.
    fn applicable(&self) -> u8 {
        if self.once.is_empty() {
            return MERGE;
        }
        let mut ways = if self.once == self.fully { 0 } else { DECODE };
        for text in [&self.once, &self.fully] {
            // What is left may have blanks at its end, or be nothing.
            if text.contains(';') {
                ways |= STRIP | TRIM | MERGE;
            }
            if text.contains(['?', '#']) {
                ways |= CUT | TRIM | MERGE;
            }
            if trimmed(text) != text {
                ways |= TRIM | MERGE;
            }
        }
        ways
    }

    fn decoded(&self, lens: u8) -> &str {
        if lens & DECODE == 0 {
            &self.once
        } else {
            &self.fully
        }
    }
}

fn read(suffix: &[Segment<'_>], rest: &[Segment<'_>], cuts: Cuts, lens: u8) -> String {
    let mut out = String::new();
    for segment in suffix {
        let text = segment.decoded(lens);
        if lens & STRIP == 0 {
            push(&mut out, text, lens);
        } else {
            push(&mut out, &but_for_revision(text), lens);
        }
    }
    let mut below = rest.iter().peekable();
    while let Some(segment) = below.next() {
        let mut text = segment.decoded(lens);
        let is_last = below.peek().is_none();
        if lens & STRIP_FIRST != 0 {
            text = stripped(text);
        }
        let cut = text.find(['?', '#']).filter(|at| {
            let feared = cuts == Cuts::Anywhere || (is_last && *at > 0);
            lens & CUT != 0 && feared
        });
        text = cut.and_then(|at| text.get(..at)).unwrap_or(text);
        if lens & STRIP != 0 {
            text = stripped(text);
        }
        push(&mut out, text, lens);
        if cut.is_some() {
            break;
        }
    }
    out
}

fn push(out: &mut String, text: &str, lens: u8) {
    let text = if lens & TRIM == 0 {
        text
    } else {
        trimmed(text)
    };
    if text.is_empty() && lens & MERGE != 0 {
        return;
    }
    out.push('/');
    for (at, piece) in text.split('%').enumerate() {
        out.push_str(if at == 0 { "" } else { "%25" });
        out.push_str(piece);
    }
}

/// Without parameters.
pub(super) fn stripped(text: &str) -> &str {
    text.split(';').next().unwrap_or_default()
}

/// Without parameters but for a revision.
fn but_for_revision(text: &str) -> Cow<'_, str> {
    let mut parts = text.split(';');
    let name = parts.next().unwrap_or_default();
    let revision = parts.filter(|part| {
        let key = part.split('=').next().unwrap_or_default();
        key.eq_ignore_ascii_case("rev") && part.contains('=')
    });
    let kept: Vec<&str> = std::iter::once(name).chain(revision).collect();
    Cow::Owned(kept.join(";"))
}

/// Without blanks around it and dots at its end.
fn trimmed(text: &str) -> &str {
    text.trim()
        .trim_end_matches(|c: char| c == '.' || c.is_whitespace())
}

/// A segment that was decoded as often as anything in it is encoded.
pub(super) struct Decoded<'s> {
    pub(super) text: Cow<'s, str>,
    /// Decoding what was decoded gave a character that structures a path, or ends one.
    pub(super) hides_structure: bool,
}

/// Decodes as often as anything is encoded, in one pass: `%25252e` is a dot, and so is `%%32%65`.
pub(super) fn decode_fully(segment: &str) -> Decoded<'_> {
    if !segment.contains('%') {
        return Decoded {
            text: Cow::Borrowed(segment),
            hides_structure: false,
        };
    }
    let mut hides_structure = false;
    // Each octet with whether it was decoded.
    let mut out: Vec<(u8, bool)> = Vec::with_capacity(segment.len());
    for byte in segment.bytes() {
        out.push((byte, false));
        while let [.., (b'%', first), (high, second), (low, third)] = *out
            && is_hex(high)
            && is_hex(low)
        {
            let octet = super::octet(high, low);
            let again = first || second || third;
            hides_structure |=
                again && matches!(octet, 0..=0x1f | 0x7f | b'/' | b'\\' | b'.' | b';');
            out.truncate(out.len() - 3);
            out.push((octet, true));
        }
    }
    let octets: Vec<u8> = out.into_iter().map(|(octet, _)| octet).collect();
    Decoded {
        text: Cow::Owned(String::from_utf8_lossy(&octets).into_owned()),
        hides_structure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, cuts: Cuts, expect: &[&str]) {
        let found = readings("", path, cuts).unwrap();
        let mut got: Vec<&str> = found.iter().map(|r| r.path.as_str()).collect();
        got.sort_unstable();
        let mut expect = expect.to_vec();
        expect.sort_unstable();
        assert_eq!(got, expect, "{path}");
        assert!(
            found.is_empty() || !is_unmistakable(path.as_bytes()),
            "{path}"
        );
    }

    #[test]
    fn every_way_to_read_a_path_is_listed_once() {
        let check = |path, expect: &[&str]| check(path, Cuts::LastSegment, expect);
        check("/a/b", &[]);
        check("/a%20b/%C3%A9", &[]);
        check("/a;x/b", &["/a/b"]);
        check("//a", &["/a"]);
        check("/a/", &[]);
        check("/a//", &["/a"]);
        check("/;x/a", &["//a", "/a"]);
        check("/a.%20/b", &["/a/b"]);
        check("/%2561", &["/a"]);
        check("/a%3Fb", &["/a"]);
        check("/C%23", &["/C"]);
        check("/%23general", &[]);
        check("/who%3F/albums", &[]);
        check("/a;x//b", &["/a;x/b", "/a//b", "/a/b"]);
        check("/a;%3Fx", &["/a", "/a;"]);
    }

    #[test]
    fn below_an_operation_that_takes_any_path_a_cut_is_feared_anywhere() {
        check("/who%3F/albums", Cuts::Anywhere, &["/who"]);
        check("/a/%23b", Cuts::Anywhere, &["/a", "/a/"]);
    }

    #[test]
    fn a_revision_is_no_parameter_that_is_stripped() {
        let found = readings("/shop;x;REV=2", "/a;rev=3", Cuts::LastSegment).unwrap();
        let got: Vec<_> = found.iter().map(|r| (&*r.path, r.is_fullest)).collect();
        assert_eq!(got, [("/shop;REV=2/a", true)]);
    }

    #[test]
    fn a_path_with_more_to_look_at_than_anybody_needs_has_too_many_readings() {
        let of = |segment: &str, count| readings("", &segment.repeat(count), Cuts::Anywhere);
        assert_eq!(
            of("/a%20b", 1000),
            Ok(Vec::new()),
            "there is one reading only"
        );
        assert_eq!(of("/a;x", 64).map(|found| found.len()), Ok(1));
        assert_eq!(of("/a;x", 65), Err(TooMany));
        let most = of("/;a%253b%20%3F", 1).unwrap_or_default();
        assert!(most.len() < 64, "{most:?}");
    }

    #[test]
    fn what_is_encoded_again_and_again_is_decoded_to_the_end() {
        for (segment, expect) in [
            ("%61", "a"),
            ("%2561", "a"),
            ("%25252561", "a"),
            ("%252%2530b", " b"),
            ("%25", "%"),
            ("%2525", "%"),
            ("100%25zz", "100%zz"),
            ("%C3%A9", "é"),
        ] {
            assert_eq!(decode_fully(segment).text, expect, "{segment}");
        }
    }
}
