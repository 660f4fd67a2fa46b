//! The fields of a head that decide where the message ends and what becomes of its connection.

use std::{mem, str};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, header};

use crate::handshake::Handshake;
use crate::head::Version;
use crate::host::Host;
use crate::refusal::{
    CODING, CODING_IN_OLD_VERSION, CONNECTION, EXPECTATION, LENGTH, LENGTH_AND_CODING, NOMINATED,
    Refusal, SEVERAL_CODINGS, SEVERAL_HOSTS, SEVERAL_LENGTHS,
};

/// Where a request's body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyLength {
    /// There is none: neither `Content-Length` nor `Transfer-Encoding` was sent.
    None,
    /// After this many bytes (`Content-Length`), possibly zero.
    Exactly(u64),
    /// After the last chunk and its trailers (`Transfer-Encoding: chunked`).
    Chunked,
}

/// Whether the connection may carry another message after this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// It may.
    KeepAlive,
    /// This message is its last.
    Close,
}

/// Whether the client waits for leave to send its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// It does not, or there is no body to wait for.
    None,
    /// It waits for [`put_continue`](crate::put_continue) or the final response.
    Continue,
}

/// What the fields of a head say together.
#[derive(Debug)]
pub(crate) struct Meaning {
    pub(crate) length: BodyLength,
    pub(crate) persistence: Persistence,
    pub(crate) expect: Expect,
    pub(crate) upgrade: Option<HeaderValue>,
}

/// The fields of one head, noted line by line.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// What the `Host` header says.
    pub(crate) host: Option<Host>,
    length: Option<u64>,
    chunked: bool,
    close: bool,
    keep_alive: bool,
    continues: bool,
    offers_upgrade: bool,
    upgrade: Upgrade,
    /// What counts only if a WebSocket is asked for.
    pub(crate) handshake: Handshake,
}

/// The `Upgrade` lines so far.
#[derive(Debug, Default)]
enum Upgrade {
    #[default]
    None,
    One(Bytes),
    Several,
}

impl Notes {
    pub(crate) fn note(&mut self, name: &HeaderName, value: &Bytes) -> Result<(), Refusal> {
        match *name {
            header::HOST => self.host(value),
            header::CONTENT_LENGTH => self.length(value),
            header::TRANSFER_ENCODING => self.coding(value),
            header::CONNECTION => self.connection(value),
            header::EXPECT => self.expect(value),
            header::SEC_WEBSOCKET_KEY => {
                self.handshake.key(value);
                Ok(())
            }
            header::SEC_WEBSOCKET_VERSION => {
                self.handshake.version(value);
                Ok(())
            }
            header::UPGRADE => {
                self.upgrade = match self.upgrade {
                    Upgrade::None => Upgrade::One(value.clone()),
                    Upgrade::One(_) | Upgrade::Several => Upgrade::Several,
                };
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// What the lines mean together.
    pub(crate) fn meaning(&mut self, version: Version) -> Result<Meaning, Refusal> {
        let length = self.body_length(version)?;
        let has_body = !matches!(length, BodyLength::None | BodyLength::Exactly(0));
        let is_current = version == Version::Http11;
        let keeps = !self.close && (is_current || self.keep_alive);
        // RFC 9110 §10.1.1: HTTP/1.0 knows no 100, and nobody waits to send nothing.
        let waits = self.continues && is_current && has_body;
        // RFC 9110 §7.8: an upgrade may be ignored. We do where the protocols' bytes could be told
        // apart in two ways (a body comes first) or where the offer is not plainly one.
        let upgrade = match mem::take(&mut self.upgrade) {
            Upgrade::One(value) if self.offers_upgrade && is_current && !has_body => {
                HeaderValue::from_maybe_shared(value).ok()
            }
            Upgrade::One(_) | Upgrade::None | Upgrade::Several => None,
        };
        Ok(Meaning {
            length,
            persistence: if keeps {
                Persistence::KeepAlive
            } else {
                Persistence::Close
            },
            expect: if waits {
                Expect::Continue
            } else {
                Expect::None
            },
            upgrade,
        })
    }

    fn body_length(&self, version: Version) -> Result<BodyLength, Refusal> {
        match (self.length, self.chunked) {
            (Some(_), true) => Err(LENGTH_AND_CODING),
            (None, true) if version == Version::Http10 => Err(CODING_IN_OLD_VERSION),
            (None, true) => Ok(BodyLength::Chunked),
            (Some(size), false) => Ok(BodyLength::Exactly(size)),
            (None, false) => Ok(BodyLength::None),
        }
    }

    fn host(&mut self, value: &Bytes) -> Result<(), Refusal> {
        if self.host.is_some() {
            return Err(SEVERAL_HOSTS);
        }
        self.host = Some(Host::parse(value.clone())?);
        Ok(())
    }

    fn length(&mut self, value: &[u8]) -> Result<(), Refusal> {
        if self.length.is_some() || value.contains(&b',') {
            return Err(SEVERAL_LENGTHS);
        }
        self.length = Some(decimal(value).ok_or(LENGTH)?);
        Ok(())
    }

    fn coding(&mut self, value: &[u8]) -> Result<(), Refusal> {
        if self.chunked {
            return Err(SEVERAL_CODINGS);
        }
        if !value.eq_ignore_ascii_case(b"chunked") {
            return Err(CODING);
        }
        self.chunked = true;
        Ok(())
    }

    fn connection(&mut self, value: &[u8]) -> Result<(), Refusal> {
        for option in value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii) {
            if !option.iter().all(|byte| is_token_byte(*byte)) {
                return Err(CONNECTION);
            }
            if NEVER_NOMINATED
                .iter()
                .any(|name| option.eq_ignore_ascii_case(name))
            {
                return Err(NOMINATED);
            }
            self.close |= option.eq_ignore_ascii_case(b"close");
            self.keep_alive |= option.eq_ignore_ascii_case(b"keep-alive");
            self.offers_upgrade |= option.eq_ignore_ascii_case(b"upgrade");
        }
        Ok(())
    }

    fn expect(&mut self, value: &[u8]) -> Result<(), Refusal> {
        if !value.eq_ignore_ascii_case(b"100-continue") {
            return Err(EXPECTATION);
        }
        self.continues = true;
        Ok(())
    }
}

/// Fields that a next hop must not be made to lose.
const NEVER_NOMINATED: [&[u8]; 3] = [b"content-length", b"host", b"transfer-encoding"];

/// 1*DIGIT; below 2^63, because what stands behind us may count in signed numbers.
fn decimal(digits: &[u8]) -> Option<u64> {
    // `parse` would take a sign.
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = str::from_utf8(digits).ok()?.parse::<i64>().ok()?;
    u64::try_from(number).ok()
}

/// RFC 9110 §5.6.2.
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}
