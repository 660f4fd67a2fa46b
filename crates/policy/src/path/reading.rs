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

/// How many bytes such a path may have: they are copied, compared and routed for each reading.
const MOST_BYTES: usize = 1024;

/// A path with more to look at for its readings than anybody needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;

/// A segment, decoded.
#[derive(Debug)]
struct Segment<'p> {
    once: Cow<'p, str>,
    /// Decoded to the end, where that gives another text.
    fully: Option<Cow<'p, str>>,
}

/// The readings of a path, each made when it is asked for.
#[derive(Debug)]
pub struct Readings<'p> {
    suffix: Vec<Segment<'p>>,
    rest: Vec<Segment<'p>>,
    cuts: Cuts,
    /// The ways to read that are left; the fullest comes first, so that what others read like it is
    /// known by then.
    lenses: std::vec::IntoIter<u8>,
    fullest: u8,
    /// What was read, the path as it stands among it.
    known: Vec<String>,
}

/// The ways to read a path in normal form, the one as it stands left out.
///
/// `suffix` is the part that leads to the API and is not forwarded, where `;rev=N` is no parameter
/// that anybody strips; `rest` is what stands below it.
pub fn readings<'p>(suffix: &'p str, rest: &'p str, cuts: Cuts) -> Result<Readings<'p>, TooMany> {
    // A path that ends with a slash names what it names without it.
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let segments = |part: &'p str| part.split('/').skip(1).map(Segment::new);
    let is_long = suffix.len() + rest.len() > MOST_BYTES
        || suffix.split('/').chain(rest.split('/')).count() > MOST_SEGMENTS + 2;
    if is_long {
        // One look at each segment, until one can be mistaken; nothing is kept.
        let mut all = segments(suffix).chain(segments(rest));
        if all.any(|segment| segment.applicable() != 0) {
            return Err(TooMany);
        }
        return Ok(Readings::new(Vec::new(), Vec::new(), cuts));
    }
    let [suffix, rest] = [suffix, rest].map(|part| segments(part).collect());
    Ok(Readings::new(suffix, rest, cuts))
}

impl<'p> Readings<'p> {
    fn new(suffix: Vec<Segment<'p>>, rest: Vec<Segment<'p>>, cuts: Cuts) -> Self {
        let both = suffix.iter().chain(&rest);
        let mut applicable = both.fold(0, |ways, segment| ways | segment.applicable());
        if applicable & (STRIP | CUT) == STRIP | CUT {
            applicable |= STRIP_FIRST;
        }
        let fullest = applicable & !CUT & !STRIP_FIRST;
        let mut lenses: Vec<u8> = Vec::new();
        let mut known = Vec::new();
        if applicable != 0 {
            known.push(read(&suffix, &rest, cuts, 0));
            lenses.push(fullest);
            let others = (1..=ALL).filter(|lens| lens & !applicable == 0 && *lens != fullest);
            lenses.extend(others);
        }
        Self {
            suffix,
            rest,
            cuts,
            lenses: lenses.into_iter(),
            fullest,
            known,
        }
    }
}

impl Iterator for Readings<'_> {
    type Item = Reading;

    fn next(&mut self) -> Option<Reading> {
        for lens in self.lenses.by_ref() {
            let path = read(&self.suffix, &self.rest, self.cuts, lens);
            if !self.known.contains(&path) {
                self.known.push(path.clone());
                let is_fullest = lens == self.fullest;
                return Some(Reading { path, is_fullest });
            }
        }
        None
    }
}

impl<'p> Segment<'p> {
    fn new(written: &'p str) -> Self {
        let once = decode_segment(written);
        // Where no `%` is left, nothing is left to decode.
        let fully = once.contains('%').then(|| decode_fully(written).text);
        let fully = fully.filter(|fully| *fully != once);
        Self { once, fully }
    }

    /// Which of the ways to read differently may change something in it.
    fn applicable(&self) -> u8 {
        if self.once.is_empty() {
            return MERGE;
        }
        let mut ways = if self.fully.is_none() { 0 } else { DECODE };
        for text in std::iter::once(&self.once).chain(&self.fully) {
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
        let fully = self.fully.as_deref().filter(|_| lens & DECODE != 0);
        fully.unwrap_or(&self.once)
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
fn stripped(text: &str) -> &str {
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
mod tests;
