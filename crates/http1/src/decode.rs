//! The body of a request, cut out of the connection's bytes.

use bytes::{Buf, Bytes, BytesMut};
use http::HeaderMap;
use memchr::memchr;

use crate::chunk::ChunkLine;
use crate::field::BodyLength;
use crate::limits::{Limits, MOST_HEADERS};
use crate::refusal::{BARE_LF, CHUNK_END, CHUNK_EXTENSIONS, CHUNK_LINE, Refusal};
use crate::scan::{Bounds, LineScan};
use crate::trailer;

/// Decodes one body from the front of the bytes that follow its head.
///
/// Holds no bytes itself: data comes out as it lies in the input, without a copy. After a [`Refusal`]
/// it gives only that refusal.
#[derive(Debug)]
pub struct BodyDecoder {
    state: State,
    bounds: Bounds,
    chunk_line: usize,
    extensions_left: usize,
}

/// What a [`BodyDecoder`] found next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// Some of the body; never empty.
    Data(Bytes),
    /// The fields after a chunked body; never empty. The body has ended.
    Trailers(HeaderMap),
    /// Nothing until more bytes arrive.
    NeedMore,
    /// The body has ended; what is left of the input belongs to the next message.
    Done,
}

#[derive(Debug)]
enum State {
    /// Data of known length, not all of it read.
    Exactly {
        left: u64,
    },
    ChunkLine,
    /// A chunk's data, not all of it read.
    ChunkData {
        left: u64,
    },
    ChunkEnd,
    Trailers(LineScan),
    Done,
    Refused(Refusal),
}

impl BodyDecoder {
    /// A decoder for the body that a head announced.
    pub fn new(length: BodyLength, limits: &Limits) -> Self {
        let state = match length {
            BodyLength::None | BodyLength::Exactly(0) => State::Done,
            BodyLength::Exactly(left) => State::Exactly { left },
            BodyLength::Chunked => State::ChunkLine,
        };
        let bounds = Bounds {
            request_line: None,
            header: limits.header,
            headers: limits.headers.min(MOST_HEADERS),
            block: limits.trailers,
        };
        Self {
            state,
            bounds,
            chunk_line: limits.chunk_line,
            extensions_left: limits.chunk_extensions,
        }
    }

    /// Whether the body has ended.
    pub fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }

    /// Takes what comes next off the front of `input`; between calls only append to it.
    pub fn decode(&mut self, input: &mut BytesMut) -> Result<Decoded, Refusal> {
        loop {
            match self.step(input) {
                Ok(Some(decoded)) => return Ok(decoded),
                Ok(None) => {}
                Err(refusal) => {
                    self.state = State::Refused(refusal);
                    return Err(refusal);
                }
            }
        }
    }

    /// One state's work; `None` if there was nothing to give but the state has changed.
    fn step(&mut self, input: &mut BytesMut) -> Result<Option<Decoded>, Refusal> {
        match &mut self.state {
            State::Done => return Ok(Some(Decoded::Done)),
            State::Refused(refusal) => return Err(*refusal),
            _ if input.is_empty() => return Ok(Some(Decoded::NeedMore)),
            State::Exactly { left } => {
                let data = take(input, left);
                if *left == 0 {
                    self.state = State::Done;
                }
                return Ok(Some(Decoded::Data(data)));
            }
            State::ChunkData { left } => {
                let data = take(input, left);
                if *left == 0 {
                    self.state = State::ChunkEnd;
                }
                return Ok(Some(Decoded::Data(data)));
            }
            State::ChunkLine => match self.chunk_line(input)? {
                None => return Ok(Some(Decoded::NeedMore)),
                Some(0) => self.state = State::Trailers(LineScan::default()),
                Some(left) => self.state = State::ChunkData { left },
            },
            State::ChunkEnd => match &**input {
                [b'\r'] => return Ok(Some(Decoded::NeedMore)),
                [b'\r', b'\n', ..] => {
                    input.advance(2);
                    self.state = State::ChunkLine;
                }
                _ => return Err(CHUNK_END),
            },
            State::Trailers(lines) => {
                let Some(end) = lines.end(input, self.bounds)? else {
                    return Ok(Some(Decoded::NeedMore));
                };
                let block = input.split_to(end).freeze();
                self.state = State::Done;
                if block.len() > 2 {
                    return trailer::parse(&block).map(|fields| Some(Decoded::Trailers(fields)));
                }
            }
        }
        Ok(None)
    }

    /// Takes a chunk-size line off the input: the size, once the line is whole.
    fn chunk_line(&mut self, input: &mut BytesMut) -> Result<Option<u64>, Refusal> {
        let end = memchr(b'\n', input).map(|newline| newline + 1);
        // A line that fills its bound without an end cannot end within it.
        if end.unwrap_or(input.len() + 1) > self.chunk_line {
            return Err(CHUNK_LINE);
        }
        let Some(line) = end.and_then(|end| input.get(..end)) else {
            return Ok(None);
        };
        let text = line.strip_suffix(b"\r\n").ok_or(BARE_LF)?;
        let parsed = ChunkLine::parse(text)?;
        let taken = line.len();
        self.extensions_left = self
            .extensions_left
            .checked_sub(parsed.extensions)
            .ok_or(CHUNK_EXTENSIONS)?;
        input.advance(taken);
        Ok(Some(parsed.size))
    }
}

/// As much of `input` as belongs to the `left` bytes still wanted.
fn take(input: &mut BytesMut, left: &mut u64) -> Bytes {
    let size = usize::try_from(*left).map_or(input.len(), |left| left.min(input.len()));
    let data = input.split_to(size).freeze();
    *left = left.saturating_sub(data.len() as u64);
    data
}
