//! The body of a response, framed so that its bytes need not be copied.

use bytes::BytesMut;
use http::HeaderMap;
use thiserror::Error;

use crate::response::{ResponseLength, put_field};
use crate::trailer::is_head_only;

/// Frames one body as its head announced it.
///
/// For each piece of data write [`Frame::prefix`], the data, [`Frame::suffix`] (vectored, if they lie
/// apart); at the end call [`finish`](Self::finish). An error means that what was announced cannot
/// be kept: close the connection.
#[derive(Debug)]
pub struct BodyEncoder {
    state: State,
}

/// What goes round one piece of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    prefix: [u8; LONGEST_PREFIX],
    prefix_size: usize,
    suffix: &'static [u8],
}

/// A body that is not as long as its head announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WrongLength {
    /// More data than announced; none of the piece in question may be written.
    #[error("the body has {excess} bytes more than announced")]
    TooLong {
        /// By how much the piece goes beyond.
        excess: u64,
    },
    /// The body ended early.
    #[error("the body has {missing} bytes less than announced")]
    TooShort {
        /// How much was still to come.
        missing: u64,
    },
}

#[derive(Debug, Clone, Copy)]
enum State {
    Exactly { left: u64 },
    Chunked,
    UntilClose,
}

/// 16 digits and CRLF.
const LONGEST_PREFIX: usize = 18;

impl BodyEncoder {
    /// An encoder for the body that a head announced.
    pub fn new(length: ResponseLength) -> Self {
        let state = match length {
            ResponseLength::None | ResponseLength::HeadOnly(_) => State::Exactly { left: 0 },
            ResponseLength::Exactly(left) => State::Exactly { left },
            ResponseLength::Chunked => State::Chunked,
            ResponseLength::UntilClose => State::UntilClose,
        };
        Self { state }
    }

    /// What goes round the next `size` bytes of data.
    pub fn frame(&mut self, size: usize) -> Result<Frame, WrongLength> {
        match &mut self.state {
            State::Exactly { left } => {
                let size = size as u64;
                *left = left.checked_sub(size).ok_or(WrongLength::TooLong {
                    excess: size.saturating_sub(*left),
                })?;
                Ok(Frame::NOTHING)
            }
            // A chunk of size zero would end the body.
            State::Chunked if size > 0 => Ok(Frame::chunk(size)),
            State::Chunked | State::UntilClose => Ok(Frame::NOTHING),
        }
    }

    /// Ends the body. Trailers can only follow chunks and are left out elsewhere; fields that may stand
    /// only in a head (RFC 9110 §6.5.1) are always left out.
    pub fn finish(
        self,
        out: &mut BytesMut,
        trailers: Option<&HeaderMap>,
    ) -> Result<(), WrongLength> {
        match self.state {
            State::Exactly { left: 0 } | State::UntilClose => Ok(()),
            State::Exactly { left } => Err(WrongLength::TooShort { missing: left }),
            State::Chunked => {
                out.extend_from_slice(b"0\r\n");
                let fields = trailers.into_iter().flatten();
                for (name, value) in fields.filter(|(name, _)| !is_head_only(name)) {
                    put_field(out, name.as_str(), value.as_bytes());
                }
                out.extend_from_slice(b"\r\n");
                Ok(())
            }
        }
    }
}

impl Frame {
    const NOTHING: Self = Self {
        prefix: [0; LONGEST_PREFIX],
        prefix_size: 0,
        suffix: b"",
    };

    /// To write before the data.
    pub fn prefix(&self) -> &[u8] {
        self.prefix.get(..self.prefix_size).unwrap_or_default()
    }

    /// To write after the data.
    pub fn suffix(&self) -> &'static [u8] {
        self.suffix
    }

    fn chunk(size: usize) -> Self {
        let digits = (usize::BITS - size.leading_zeros()).div_ceil(4);
        let text = (0..digits)
            .rev()
            .map(|place| {
                HEX.get(size >> (4 * place) & 0xf)
                    .copied()
                    .unwrap_or_default()
            })
            .chain(*b"\r\n");
        let mut frame = Self {
            suffix: b"\r\n",
            ..Self::NOTHING
        };
        for (slot, byte) in frame.prefix.iter_mut().zip(text) {
            *slot = byte;
            frame.prefix_size += 1;
        }
        frame
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_starts_with_its_size_in_hexadecimal() {
        for (size, expect) in [
            (1, "1\r\n"),
            (15, "f\r\n"),
            (16, "10\r\n"),
            (0xabc, "abc\r\n"),
        ] {
            assert_eq!(Frame::chunk(size).prefix(), expect.as_bytes());
        }
        assert_eq!(Frame::chunk(usize::MAX).prefix(), b"ffffffffffffffff\r\n");
    }
}
