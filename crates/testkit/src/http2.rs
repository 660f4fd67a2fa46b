//! HTTP/2 frame by frame, as a client or a server sees them: nothing is mended, and what no frame may
//! be can be sent too.
//!
//! [`frame`] and its kin make bytes; [`Http2`] sends them and takes frames apart. Of HPACK there is
//! what writes any field as it stands, and what reads a status.

use std::net::SocketAddr;

use crate::wire::{Identity, Wire, must};

/// What a client sends first.
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The types of frames.
pub mod kind {
    #![expect(missing_docs, reason = "named as in RFC 9113 §6")]
    pub const DATA: u8 = 0;
    pub const HEADERS: u8 = 1;
    pub const PRIORITY: u8 = 2;
    pub const RST_STREAM: u8 = 3;
    pub const SETTINGS: u8 = 4;
    pub const PUSH_PROMISE: u8 = 5;
    pub const PING: u8 = 6;
    pub const GOAWAY: u8 = 7;
    pub const WINDOW_UPDATE: u8 = 8;
    pub const CONTINUATION: u8 = 9;
}

/// Flags of frames.
pub mod flag {
    #![expect(missing_docs, reason = "named as in RFC 9113 §6")]
    pub const NONE: u8 = 0;
    pub const ACK: u8 = 0x1;
    pub const END_STREAM: u8 = 0x1;
    pub const END_HEADERS: u8 = 0x4;
    pub const PADDED: u8 = 0x8;
    pub const PRIORITY: u8 = 0x20;
    /// A head that is the whole message.
    pub const ALL: u8 = END_STREAM | END_HEADERS;
}

/// Settings.
pub mod setting {
    #![expect(missing_docs, reason = "named as in RFC 9113 §6.5.2 and RFC 8441 §3")]
    pub const HEADER_TABLE_SIZE: u16 = 1;
    pub const ENABLE_PUSH: u16 = 2;
    pub const MAX_CONCURRENT_STREAMS: u16 = 3;
    pub const INITIAL_WINDOW_SIZE: u16 = 4;
    pub const MAX_FRAME_SIZE: u16 = 5;
    pub const MAX_HEADER_LIST_SIZE: u16 = 6;
    pub const ENABLE_CONNECT_PROTOCOL: u16 = 8;
}

/// Codes of errors.
pub mod code {
    #![expect(missing_docs, reason = "named as in RFC 9113 §7")]
    pub const NO_ERROR: u32 = 0;
    pub const PROTOCOL_ERROR: u32 = 1;
    pub const FLOW_CONTROL_ERROR: u32 = 3;
    pub const STREAM_CLOSED: u32 = 5;
    pub const FRAME_SIZE_ERROR: u32 = 6;
    pub const REFUSED_STREAM: u32 = 7;
    pub const CANCEL: u32 = 8;
    pub const COMPRESSION_ERROR: u32 = 9;
    pub const ENHANCE_YOUR_CALM: u32 = 11;
}

/// A frame that was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Its type.
    pub kind: u8,
    /// Its flags.
    pub flags: u8,
    /// The stream that it is about.
    pub stream: u32,
    /// What it carries.
    pub payload: Vec<u8>,
}

/// What became of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It was answered, with this status.
    Status(u16),
    /// It was reset, with this code.
    Reset(u32),
    /// The connection is given up, with this code.
    GoAway(u32),
    /// The connection is gone, without a word.
    Closed,
}

/// One end of a connection.
#[derive(Debug)]
pub struct Http2 {
    wire: Wire,
    last: Option<u32>,
}

// === Frames ===

/// A frame, whatever is in it.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    frame_claiming(payload.len(), kind, flags, stream, payload)
}

/// A frame that claims to be so long.
pub fn frame_claiming(length: usize, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let [.., a, b, c] = length.to_be_bytes();
    let mut frame = vec![a, b, c, kind, flags];
    frame.extend_from_slice(&stream.to_be_bytes());
    frame.extend_from_slice(payload);
    frame
}

/// `HEADERS` with a whole field block.
pub fn headers(stream: u32, flags: u8, block: &[u8]) -> Vec<u8> {
    frame(kind::HEADERS, flags, stream, block)
}

/// `DATA`.
pub fn data(stream: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    frame(kind::DATA, flags, stream, payload)
}

/// `SETTINGS`.
pub fn settings(settings: &[(u16, u32)]) -> Vec<u8> {
    let pairs = settings.iter().flat_map(|(id, value)| {
        let (id, value) = (id.to_be_bytes(), value.to_be_bytes());
        id.into_iter().chain(value)
    });
    frame(kind::SETTINGS, flag::NONE, 0, &pairs.collect::<Vec<_>>())
}

/// `RST_STREAM`.
pub fn reset(stream: u32, code: u32) -> Vec<u8> {
    frame(kind::RST_STREAM, flag::NONE, stream, &code.to_be_bytes())
}

/// `WINDOW_UPDATE`.
pub fn window_update(stream: u32, increment: u32) -> Vec<u8> {
    let increment = increment.to_be_bytes();
    frame(kind::WINDOW_UPDATE, flag::NONE, stream, &increment)
}

/// `PRIORITY`: depends on another stream.
pub fn priority(stream: u32, on: u32) -> Vec<u8> {
    let mut payload = on.to_be_bytes().to_vec();
    payload.push(15);
    frame(kind::PRIORITY, flag::NONE, stream, &payload)
}

/// `PING`.
pub fn ping() -> Vec<u8> {
    frame(kind::PING, flag::NONE, 0, &[0; 8])
}

/// `GOAWAY`.
pub fn goaway(last: u32, code: u32) -> Vec<u8> {
    let payload = [last.to_be_bytes(), code.to_be_bytes()].concat();
    frame(kind::GOAWAY, flag::NONE, 0, &payload)
}

// === HPACK ===

/// A field, literally: not indexed, not Huffman-encoded (RFC 7541 §6.2.2).
pub fn field(name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Vec<u8> {
    literal(0x00, name.as_ref(), value.as_ref())
}

/// The same, and entered into the table (RFC 7541 §6.2.1); the first such is [`indexed`] as 62.
pub fn entered(name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Vec<u8> {
    literal(0x40, name.as_ref(), value.as_ref())
}

/// A field that stands in the table (RFC 7541 §6.1).
pub fn indexed(index: usize) -> Vec<u8> {
    integer(0x80, 7, index)
}

/// Fields, literally, in order.
pub fn fields<N: AsRef<[u8]>, V: AsRef<[u8]>>(fields: &[(N, V)]) -> Vec<u8> {
    let literal = |(name, value): &(N, V)| field(name, value);
    fields.iter().flat_map(literal).collect()
}

/// The pseudo-headers of an ordinary request to `a.example`.
pub fn request(method: &str, path: &str) -> Vec<u8> {
    fields(&[
        (":method", method),
        (":scheme", "http"),
        (":authority", "a.example"),
        (":path", path),
    ])
}

fn literal(first: u8, name: &[u8], value: &[u8]) -> Vec<u8> {
    let mut out = vec![first];
    for text in [name, value] {
        out.extend(integer(0, 7, text.len()));
        out.extend_from_slice(text);
    }
    out
}

/// An integer with a prefix of so many bits (RFC 7541 §5.1).
fn integer(first: u8, prefix: u32, value: usize) -> Vec<u8> {
    let most = (1_usize << prefix) - 1;
    let byte = |n: usize| n.to_le_bytes()[0];
    if value < most {
        return vec![first | byte(value)];
    }
    let mut out = vec![first | byte(most)];
    let mut rest = value - most;
    while rest >= 128 {
        out.push(byte(rest % 128) | 0x80);
        rest /= 128;
    }
    out.push(byte(rest));
    out
}

/// The status that a field block of a response begins with.
fn status(block: &[u8]) -> Option<u16> {
    match block {
        // The size of the table changes first.
        [first, rest @ ..] if first & 0xe0 == 0x20 => match (first & 0x1f, rest) {
            (0x1f, [_, rest @ ..]) | (_, rest) => status(rest),
        },
        [index @ 0x88..=0x8e, ..] => {
            let known = [200, 204, 206, 304, 400, 404, 500];
            known.get(usize::from(index - 0x88)).copied()
        }
        [0x08 | 0x18 | 0x48, length, text @ ..] => {
            let text = text.get(..usize::from(length & 0x7f))?;
            let text = if length & 0x80 == 0 {
                String::from_utf8_lossy(text).into_owned()
            } else {
                digits(text)
            };
            text.parse().ok()
        }
        _ => None,
    }
}

/// Digits of the Huffman code (RFC 7541 Appendix B).
fn digits(text: &[u8]) -> String {
    let bits = text
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| u32::from(byte >> bit & 1)));
    let (mut out, mut code, mut length) = (String::new(), 0, 0);
    for bit in bits {
        (code, length) = (code << 1 | bit, length + 1);
        let digit = match (length, code) {
            (5, 0..=2) => code,
            (6, 0x19..=0x1f) => code - 0x19 + 3,
            _ => continue,
        };
        out.extend(char::from_digit(digit, 10));
        (code, length) = (0, 0);
    }
    out
}

// === Http2 ===

impl Http2 {
    /// A client without encryption that has sent the preface and default settings.
    pub fn plain(address: SocketAddr) -> Self {
        Self::begun(Wire::plain(address))
    }

    /// A client with TLS that has sent the preface and default settings.
    pub fn tls(address: SocketAddr, identity: &Identity) -> Self {
        let config = identity.client(&[&rustls::version::TLS13], &["h2"]);
        Self::begun(Wire::tls_as(address, config))
    }

    /// A client on a connection on which nothing was sent yet; it sends these settings.
    pub fn with_settings(wire: Wire, own: &[(u16, u32)]) -> Self {
        let mut client = Self::on(wire);
        // Without a table of the other end's every status can be read where it stands.
        let own = [&[(setting::HEADER_TABLE_SIZE, 0)], own].concat();
        client.send([PREFACE, &settings(&own)].concat());
        client
    }

    /// An end of a connection on which nothing is sent but what the test sends.
    pub fn on(wire: Wire) -> Self {
        Self { wire, last: None }
    }

    fn begun(wire: Wire) -> Self {
        Self::with_settings(wire, &[])
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        must(self.wire.try_send(bytes));
    }

    /// Sends bytes as they are; whether the other end still takes them.
    pub fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.wire.try_send(bytes).is_ok()
    }

    /// Waits for the next frame; `None` if the connection ends instead.
    pub fn next_frame(&mut self) -> Option<Frame> {
        let header = self.wire.try_exactly(9)?;
        let [l2, l1, l0, kind, flags, s3, s2, s1, s0] = header.try_into().ok()?;
        let length = u32::from_be_bytes([0, l2, l1, l0]) as usize;
        let frame = Frame {
            kind,
            flags,
            stream: u32::from_be_bytes([s3, s2, s1, s0]),
            payload: self.wire.try_exactly(length)?,
        };
        if kind == kind::GOAWAY {
            self.last = frame.number(4);
        }
        Some(frame)
    }

    /// Waits for the next frame of this kind.
    pub fn next_of(&mut self, kind: u8) -> Option<Frame> {
        std::iter::from_fn(|| self.next_frame()).find(|frame| frame.kind == kind)
    }

    /// Waits for the next frame of this kind, which has to come.
    pub fn wait_for(&mut self, kind: u8) -> Frame {
        let frame = self.next_of(kind);
        must(frame.ok_or_else(|| format!("the connection ended before a frame of type {kind}")))
    }

    /// What becomes of a stream. Only its head is waited for.
    pub fn end_of(&mut self, stream: u32) -> End {
        while let Some(frame) = self.next_frame() {
            match frame.kind {
                kind::HEADERS if frame.stream == stream => {
                    return End::Status(status(&frame.payload).unwrap_or(0));
                }
                kind::RST_STREAM if frame.stream == stream => {
                    return End::Reset(frame.number(0).unwrap_or(u32::MAX));
                }
                kind::GOAWAY if frame.number(4) != Some(code::NO_ERROR) => {
                    return End::GoAway(frame.number(4).unwrap_or(u32::MAX));
                }
                _ => {}
            }
        }
        End::Closed
    }

    /// The content of a stream's response, whose head was waited for.
    pub fn body_of(&mut self, stream: u32) -> Vec<u8> {
        let mut body = Vec::new();
        while let Some(frame) = self.next_frame() {
            if frame.stream == stream && frame.kind == kind::DATA {
                body.extend_from_slice(&frame.payload);
            }
            if frame.stream == stream && frame.flags & flag::END_STREAM != 0 {
                break;
            }
        }
        body
    }

    /// Asks for a path on a stream, and waits for what becomes of it.
    pub fn get(&mut self, stream: u32, path: &str) -> End {
        self.send(headers(stream, flag::ALL, &request("GET", path)));
        self.end_of(stream)
    }

    /// Waits until the connection ends; the code that was given for it, if one was.
    pub fn closed(&mut self) -> Option<u32> {
        while self.next_frame().is_some() {}
        self.last
    }
}

impl Frame {
    /// The number that stands so far into the payload.
    pub fn number(&self, at: usize) -> Option<u32> {
        let bytes = self.payload.get(at..at + 4)?;
        bytes.try_into().ok().map(u32::from_be_bytes)
    }

    /// The value of a setting in it.
    pub fn setting(&self, id: u16) -> Option<u32> {
        let mut pairs = self.payload.chunks_exact(6);
        let pair = pairs.find(|pair| pair.starts_with(&id.to_be_bytes()))?;
        pair.get(2..)?.try_into().ok().map(u32::from_be_bytes)
    }
}
