//! The opening handshake of a WebSocket, as far as a head can be wrong about it (RFC 6455 §4.2.1).
//!
//! A client that asks for a tunnel in a way that one reader takes for a handshake and another does not
//! could send requests through the tunnel that nobody decided on.

use crate::refusal::{Refusal, SOCKET_KEY, SOCKET_VERSION};

/// The lines of a handshake, noted one by one.
#[derive(Debug, Default)]
pub(crate) struct Handshake {
    key: Line,
    version: Line,
}

/// A field that must stand there once.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Line {
    #[default]
    Absent,
    Sound,
    /// Not what it must be, or there more than once.
    Wrong,
}

/// 16 bytes in base64, without the padding.
const KEY_DIGITS: usize = 22;

impl Handshake {
    /// Notes a `Sec-WebSocket-Key`.
    pub(crate) fn key(&mut self, value: &[u8]) {
        self.key = self.key.and(is_key(value));
    }

    /// Notes a `Sec-WebSocket-Version`.
    pub(crate) fn version(&mut self, value: &[u8]) {
        self.version = self.version.and(value == b"13");
    }

    /// What is wrong with them, given that the head asks for a WebSocket.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        match (self.version, self.key) {
            (Line::Sound, Line::Sound) => Ok(()),
            (Line::Sound, Line::Absent | Line::Wrong) => Err(SOCKET_KEY),
            (Line::Absent | Line::Wrong, _) => Err(SOCKET_VERSION),
        }
    }
}

impl Line {
    fn and(self, is_sound: bool) -> Self {
        if self == Self::Absent && is_sound {
            Self::Sound
        } else {
            Self::Wrong
        }
    }
}

fn is_key(value: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    value
        .strip_suffix(b"==")
        .is_some_and(|digits| digits.len() == KEY_DIGITS && digits.iter().all(is_digit))
}
