//! The codec against hyper on connections that are made from the cases: cut up, spliced and mutated line
//! by line and byte by byte. What we take, hyper takes as the same messages; what hyper refuses, we
//! refuse. Where we are stricter is no matter here: `differential.rs` has the list.
//!
//! Each run draws anew. A failure prints its `BOLERO_RANDOM_SEED`, which repeats it. For a long run:
//! `BOLERO_RANDOM_ITERATIONS=20000000 cargo test --release -p portcullis-http1 --test fuzz`.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "places are taken modulo what there is, and a panic is how a test fails"
)]

use std::sync::atomic::{AtomicUsize, Ordering};

use bolero::{TypeGenerator, check};
use bytes::{Bytes, BytesMut};
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use portcullis_http1::{BodyEncoder, Persistence, ResponseHead, ResponseLength, Version, put_head};
use reading::read;

#[expect(
    dead_code,
    reason = "the verdicts are checked elsewhere; here only the bytes count"
)]
mod cases;
mod hyper_client;
mod hyper_side;
mod reading;

/// How many connections are drawn on every change; `BOLERO_RANDOM_ITERATIONS` takes its place.
const ROUNDS: usize = 12_000;

/// Cases beyond this size (those of the limits) would leave the mutations too little to hit.
const LARGEST: usize = 1_000;

/// How a connection is made: one case after the other, then changed here and there.
#[derive(Debug, TypeGenerator)]
struct Plan {
    #[generator(bolero::produce::<Vec<u16>>().with().len(1..4_usize))]
    cases: Vec<u16>,
    #[generator(bolero::produce::<Vec<Change>>().with().len(0..5_usize))]
    changes: Vec<Change>,
    /// Where what came of it is cut.
    cuts: [u16; 3],
}

/// One change. Numbers are places and choices, taken modulo what there is.
#[derive(Debug, TypeGenerator)]
enum Change {
    /// Another byte.
    Byte { at: u16, byte: u8 },
    /// A word of the protocol, in place of a few bytes.
    Word { at: u16, taken: u8, word: u8 },
    /// A few bytes less.
    Less { at: u16, taken: u8 },
    /// A line once more, somewhere.
    LineAgain { line: u8, at: u8 },
    /// A line less.
    LineAway { line: u8 },
    /// Another end of a line.
    LineEnd { line: u8, end: u8 },
    /// The name of one field with the value of another.
    Crossed { name: u8, value: u8 },
    /// A line of another case.
    Foreign { case: u16, line: u8, at: u8 },
    /// Another number in place of the first digits from here.
    Number { at: u16, number: u8 },
}

impl Plan {
    fn bytes(&self, seeds: &Seeds) -> Vec<u8> {
        let Seeds { cases, sound } = seeds;
        let bytes = |number: &u16| {
            let (number, kind) = (usize::from(number / 4), number % 4);
            // Mostly such as are taken: behind a refusal nothing more is read.
            let from = if kind == 0 { cases } else { sound };
            from[number % from.len()].bytes.to_vec()
        };
        let mut made = self.cases.iter().flat_map(bytes).collect();
        for change in &self.changes {
            change.make(&mut made, cases);
        }
        made
    }
}

impl Change {
    fn make(&self, bytes: &mut Vec<u8>, cases: &[cases::Case]) {
        if bytes.is_empty() {
            return;
        }
        let place = |at: u16| usize::from(at) % bytes.len();
        match *self {
            Self::Byte { at, byte } => {
                let at = place(at);
                bytes[at] = byte;
            }
            Self::Word { at, taken, word } => {
                let word = WORDS[usize::from(word) % WORDS.len()];
                splice(bytes, place(at), taken % 4, word);
            }
            Self::Less { at, taken } => splice(bytes, place(at), taken % 16, b""),
            Self::Number { at, number } => {
                let from = place(at);
                let is_digit = |byte: &u8| byte.is_ascii_digit();
                if let Some(at) = bytes[from..].iter().position(is_digit) {
                    let number = NUMBERS[usize::from(number) % NUMBERS.len()];
                    splice(bytes, from + at, 1, number);
                }
            }
            _ => {
                let mut lines = lines(bytes);
                self.change_lines(&mut lines, cases);
                *bytes = lines.concat();
            }
        }
    }

    fn change_lines(&self, lines: &mut Vec<Vec<u8>>, cases: &[cases::Case]) {
        let count = lines.len();
        let place = |line: u8| usize::from(line) % count;
        match *self {
            Self::LineAgain { line, at } => lines.insert(place(at), lines[place(line)].clone()),
            Self::LineAway { line } => drop(lines.remove(place(line))),
            Self::LineEnd { line, end } => {
                let line = &mut lines[place(line)];
                let end = LINE_ENDS[usize::from(end) % LINE_ENDS.len()];
                line.truncate(line.trim_ascii_end().len());
                line.extend_from_slice(end);
            }
            Self::Crossed { name, value } => {
                let colon = |line: &[u8]| line.iter().position(|byte| *byte == b':');
                let (name, value) = (place(name), lines[place(value)].clone());
                if let (Some(here), Some(there)) = (colon(&lines[name]), colon(&value)) {
                    lines[name].truncate(here);
                    lines[name].extend_from_slice(&value[there..]);
                }
            }
            Self::Foreign { case, line, at } => {
                let foreign = self::lines(&cases[usize::from(case) % cases.len()].bytes);
                let line = foreign[usize::from(line) % foreign.len()].clone();
                lines.insert(place(at), line);
            }
            _ => {}
        }
    }
}

/// Lines with their ends; there is at least one.
fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

fn splice(bytes: &mut Vec<u8>, at: usize, taken: u8, word: &[u8]) {
    let end = (at + usize::from(taken)).min(bytes.len());
    bytes.splice(at..end, word.iter().copied());
}

const LINE_ENDS: &[&[u8]] = &[
    b"\r\n",
    b"\n",
    b"\r",
    b"\r\r\n",
    b"\r\n\r\n",
    b"\r\n ",
    b" \r\n",
    b"\0\r\n",
    b"",
];

const NUMBERS: &[&[u8]] = &[
    b"0",
    b"1",
    b"5",
    b"00",
    b"05",
    b"10",
    b"a",
    b"+5",
    b"-5",
    b"0x5",
    b"5_0",
    b"5 ",
    b" 5",
    b"5,5",
    b"",
    b"9223372036854775807",
    b"9223372036854775808",
    b"18446744073709551616",
    b"ffffffffffffffff",
];

const WORDS: &[&[u8]] = &[
    b"\r\n",
    b"\r\n\r\n",
    b"\n",
    b"\r",
    b" ",
    b"\t",
    b"\0",
    b"\x0b",
    b"\x7f",
    b"\x80",
    b"\xff",
    b":",
    b";",
    b",",
    b"\"",
    b"\\",
    b"#",
    b"?",
    b"/",
    b"*",
    b"%",
    b"@",
    b"[",
    b"HTTP/1.1",
    b"HTTP/1.0",
    b"http://",
    b"GET ",
    b"POST ",
    b"0\r\n\r\n",
    b"5\r\nhello\r\n",
    b";a=b",
    b"Host: b\r\n",
    b"Content-Length: 5\r\n",
    b"Content-Length: 0\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: identity\r\n",
    b"Connection: close\r\n",
    b"Connection: keep-alive\r\n",
    b"Connection: upgrade\r\n",
    b"Upgrade: websocket\r\n",
    b"Expect: 100-continue\r\n",
    b"TE: trailers\r\n",
    b"Trailer: x\r\n",
    b"chunked",
    b"gzip, ",
    b" \r\n",
    b"\r\n ",
];

/// What the connections are made from.
struct Seeds {
    cases: Vec<cases::Case>,
    /// Those of them that are taken, and whose connection goes on.
    sound: Vec<cases::Case>,
}

fn seeds() -> Seeds {
    let mut cases = cases::all();
    cases.retain(|case| case.bytes.len() <= LARGEST);
    let goes_on = |case: &&cases::Case| {
        let last = case.taken.last().map(|last| last.persistence);
        case.then == cases::Then::Nothing && last == Some(cases::Persistence::KeepAlive)
    };
    let sound = cases.iter().filter(goes_on).cloned().collect();
    Seeds { cases, sound }
}

#[test]
fn what_we_take_of_mutated_cases_hyper_takes_as_the_same_messages() {
    let seeds = seeds();
    let (drawn, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
    check!()
        .with_iterations(ROUNDS)
        .with_type::<Plan>()
        .for_each(|plan: &Plan| {
            let bytes = plan.bytes(&seeds);
            hyper_side::check(&bytes, "fuzzed");
            let whole = read([bytes.as_slice()]);
            drawn.fetch_add(1, Ordering::Relaxed);
            taken.fetch_add(usize::from(!whole.messages.is_empty()), Ordering::Relaxed);
        });
    let (drawn, taken) = (drawn.into_inner(), taken.into_inner());
    // Else it is all noise.
    assert!(
        drawn < ROUNDS || taken * 5 > drawn,
        "of {drawn} connections only {taken} begin well"
    );
}

#[test]
fn no_cut_changes_what_mutated_cases_mean() {
    let seeds = seeds();
    check!()
        .with_iterations(ROUNDS)
        .with_type::<Plan>()
        .for_each(|plan: &Plan| {
            let bytes = plan.bytes(&seeds);
            let whole = read([bytes.as_slice()]);
            let mut cuts = plan.cuts.map(|cut| usize::from(cut) % (bytes.len() + 1));
            cuts.sort_unstable();
            let ends = [0, cuts[0], cuts[1], cuts[2], bytes.len()];
            let pieces = ends.windows(2).map(|piece| &bytes[piece[0]..piece[1]]);
            assert_eq!(
                read(pieces),
                whole,
                "{} cut at {cuts:?}",
                bytes.escape_ascii()
            );
            assert_eq!(
                read(bytes.chunks(1)),
                whole,
                "{} byte by byte",
                bytes.escape_ascii()
            );
        });
}

#[test]
fn what_we_take_of_any_bytes_hyper_takes_as_the_same_messages() {
    check!().with_iterations(ROUNDS).for_each(|bytes: &[u8]| {
        hyper_side::check(bytes, "raw");
        let whole = read([bytes]);
        assert_eq!(read(bytes.chunks(1)), whole, "{}", bytes.escape_ascii());
    });
}

/// A response as a gateway could come to send it.
#[derive(Debug, TypeGenerator)]
struct Given {
    status: u16,
    #[generator(bolero::produce::<Vec<(u8, Vec<u8>)>>().with().len(0..6_usize))]
    fields: Vec<(u8, Vec<u8>)>,
    #[generator(bolero::produce::<Vec<Vec<u8>>>().with().len(0..4_usize))]
    pieces: Vec<Vec<u8>>,
    length: u8,
}

const NAMES: &[&str] = &[
    "x-a",
    "x-b",
    "set-cookie",
    "content-type",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "upgrade",
    "trailer",
    "te",
    "host",
    "proxy-connection",
    "date",
];

/// Those that the codec decides by itself.
const OWN: &[&str] = &[
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "upgrade",
    "proxy-connection",
];

#[test]
fn every_response_comes_back_as_it_was_given() {
    check!()
        .with_iterations(ROUNDS)
        .with_type::<Given>()
        .for_each(|given: &Given| {
            let status = StatusCode::from_u16(200 + given.status % 800).unwrap();
            let body = given.pieces.concat();
            let mut fields = HeaderMap::new();
            for (name, value) in &given.fields {
                let name = HeaderName::from_static(NAMES[usize::from(*name) % NAMES.len()]);
                // The whitespace around a value is not part of it.
                let value =
                    HeaderValue::from_maybe_shared(Bytes::copy_from_slice(value.trim_ascii()));
                if let Ok(value) = value {
                    fields.append(name, value);
                }
            }
            let is_bare = matches!(status.as_u16(), 204 | 304);
            let length = match given.length % 3 {
                _ if is_bare => ResponseLength::None,
                0 => ResponseLength::Exactly(body.len() as u64),
                1 => ResponseLength::Chunked,
                _ => ResponseLength::UntilClose,
            };
            let wire = written(
                status,
                &fields,
                length,
                if is_bare { &[] } else { &given.pieces },
            );
            let expected = if is_bare { Vec::new() } else { body };
            // Whatever comes behind it is not part of it, unless nothing but the end ends it.
            let behind: &[u8] = if length == ResponseLength::UntilClose {
                b""
            } else {
                b"HTTP/1.1 200 OK\r\n\r\n"
            };
            let read = hyper_client::read(&[&wire, behind].concat());
            let read = read.unwrap_or_else(|| panic!("{}", wire.escape_ascii()));
            let mut kept = read.headers;
            for name in OWN {
                fields.remove(*name);
                kept.remove(*name);
            }
            assert_eq!(
                (read.status, read.body),
                (status, expected),
                "{}",
                wire.escape_ascii()
            );
            assert_eq!(kept, fields, "{}", wire.escape_ascii());
        });
}

fn written(
    status: StatusCode,
    headers: &HeaderMap,
    length: ResponseLength,
    pieces: &[Vec<u8>],
) -> Vec<u8> {
    let mut out = BytesMut::new();
    let head = ResponseHead {
        status,
        reason: None,
        headers,
        length,
        persistence: Persistence::KeepAlive,
        client: Version::Http11,
        date: None,
    };
    put_head(&mut out, &head);
    let mut encoder = BodyEncoder::new(length);
    for piece in pieces {
        let frame = encoder.frame(piece.len()).unwrap();
        out.extend_from_slice(frame.prefix());
        out.extend_from_slice(piece);
        out.extend_from_slice(frame.suffix());
    }
    encoder.finish(&mut out, None).unwrap();
    out.to_vec()
}
