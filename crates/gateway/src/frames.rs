//! Follows HTTP/2 frames as they pass, without looking into them, and keeps account of those that
//! carry no message.
//!
//! What speaks HTTP/2 for us answers every frame that is well-formed, however many there are: a `PING`
//! costs its sender nine bytes and us a turn of the connection (CVE-2019-9512, -9515 and their kin). So
//! whoever is at the other end has a budget of frames that move no request along. Messages that go
//! either way earn more of it, since they are what windows are enlarged, streams prioritised and
//! round trips measured for; time earns a little. The account is a few words for each connection, and
//! a frame costs it the reading of nine bytes.

#[cfg(test)]
mod tests;
mod watched;

use std::time::Duration;

pub(crate) use self::watched::Watched;
use crate::timer::TICK;

/// How many frames without a message one end may send at once: `SETTINGS`, `PING`, `PRIORITY`,
/// `WINDOW_UPDATE`, `CONTINUATION`, `GOAWAY`, empty `DATA`, `HEADERS` that are empty or begin no message,
/// and those of unknown types.
pub(crate) const FRAMES: u32 = 1_000;

/// How many more of them each second.
pub(crate) const FRAMES_A_SECOND: u32 = 100;

/// How many more of them for each message: its windows, its priority.
pub(crate) const FRAMES_A_MESSAGE: u32 = 8;

/// How many more of them for each piece of a body that the other end receives: it enlarges two
/// windows and may measure the round trip.
pub(crate) const FRAMES_A_PIECE: u32 = 4;

/// How many streams a client may reset at once (CVE-2023-44487): twice what it may have open.
pub(crate) const RESETS: u32 = 200;

/// How many more of them each second; a response that went out whole earns one too.
pub(crate) const RESETS_A_SECOND: u32 = 20;

/// What a client sends before its first frame (RFC 9113 §3.4).
pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const HEADER: usize = 9;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 0x1;
const END_HEADERS: u8 = 0x4;

const ENHANCE_YOUR_CALM: u32 = 11;

/// The account of one connection: what the other end sends, and what it is sent.
#[derive(Debug)]
pub(crate) struct FrameWatch {
    received: Follower,
    sent: Follower,
    frames: Budget,
    resets: Budget,
    /// A field block has begun and not ended.
    is_in_block: bool,
    /// Which frame was begun last; `CONTINUATION` belongs to its `HEADERS`.
    number: u64,
    last_stream: u32,
}

/// The other end has spent what it had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Excess {
    /// On frames that carry no message.
    Frames,
    /// On streams that it began and reset.
    Resets,
}

/// Where one direction stands.
#[derive(Debug, Default)]
struct Follower {
    header: [u8; HEADER],
    /// How much of the header is there.
    have: usize,
    /// How much of the payload is still to come.
    left: usize,
    kind: u8,
}

#[derive(Debug, Clone, Copy)]
struct Header {
    length: usize,
    kind: u8,
    flags: u8,
    stream: u32,
}

#[derive(Debug)]
struct Budget {
    left: u32,
    most: u32,
    a_second: u32,
    /// The tick up to which time has been credited.
    since: u64,
}

impl Excess {
    /// What the other end is told, as the debug data of its `GOAWAY`.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Frames => "too many frames without a message",
            Self::Resets => "too many streams were reset",
        }
    }
}

impl FrameWatch {
    /// Watches a client, whose preface is still to come; `now` in ticks.
    pub(crate) fn of_client(now: u64) -> Self {
        let mut watch = Self::new(now);
        watch.received.left = PREFACE.len();
        watch
    }

    /// Watches a server, to which our preface is still to go.
    pub(crate) fn of_server(now: u64) -> Self {
        let mut watch = Self::new(now);
        watch.sent.left = PREFACE.len();
        watch
    }

    fn new(now: u64) -> Self {
        Self {
            received: Follower::default(),
            sent: Follower::default(),
            frames: Budget::new(FRAMES, FRAMES_A_SECOND, now),
            resets: Budget::new(RESETS, RESETS_A_SECOND, now),
            is_in_block: false,
            number: 0,
            last_stream: 0,
        }
    }

    /// Accounts for bytes of the other end.
    pub(crate) fn received(&mut self, mut bytes: &[u8], now: u64) -> Result<(), Excess> {
        let mut taken = Ok(());
        while let Some(frame) = self.received.next(&mut bytes) {
            taken = taken.and(self.charge(frame, now));
        }
        taken
    }

    /// Accounts for bytes that went to the other end.
    pub(crate) fn sent(&mut self, mut bytes: &[u8]) {
        while let Some(frame) = self.sent.next(&mut bytes) {
            let ends = frame.flags & END_STREAM != 0;
            match frame.kind {
                DATA if frame.length > 0 => {
                    let kilobytes = u32::try_from(frame.length / 1024).unwrap_or(0);
                    self.frames.earn(FRAMES_A_PIECE + kilobytes);
                }
                HEADERS => self.frames.earn(FRAMES_A_MESSAGE),
                _ => continue,
            }
            if ends {
                self.resets.earn(1);
            }
        }
    }

    /// The number of what the other end has begun to say and not ended, unless that is a body.
    pub(crate) fn unfinished(&self) -> Option<u64> {
        if self.is_in_block || (self.received.left > 0 && self.received.kind != DATA) {
            Some(self.number)
        } else if self.received.have > 0 {
            Some(self.number + 1)
        } else {
            None
        }
    }

    /// The frame that ends the connection over `excess`, if a frame can stand where we are.
    pub(crate) fn goodbye(&self, excess: Excess) -> Option<Vec<u8>> {
        if !self.sent.is_between() {
            return None;
        }
        let reason = excess.reason().as_bytes();
        let length = u8::try_from(8 + reason.len()).ok()?;
        let mut frame = vec![0, 0, length, GOAWAY, 0, 0, 0, 0, 0];
        frame.extend_from_slice(&self.last_stream.to_be_bytes());
        frame.extend_from_slice(&ENHANCE_YOUR_CALM.to_be_bytes());
        frame.extend_from_slice(reason);
        Some(frame)
    }

    fn charge(&mut self, frame: Header, now: u64) -> Result<(), Excess> {
        self.number += u64::from(frame.kind != CONTINUATION);
        if matches!(frame.kind, HEADERS | CONTINUATION) {
            self.is_in_block = frame.flags & END_HEADERS == 0;
        }
        let is_free = match frame.kind {
            DATA => frame.length > 0 || frame.flags & END_STREAM != 0,
            HEADERS => {
                // Any other is a trailer section, or one of who knows how many interim responses.
                let is_message = frame.stream > self.last_stream;
                if is_message {
                    self.last_stream = frame.stream;
                    self.frames.earn(FRAMES_A_MESSAGE);
                }
                is_message && frame.length > 0
            }
            RST_STREAM => {
                let is_paid = self.resets.spend(now);
                return is_paid.then_some(()).ok_or(Excess::Resets);
            }
            _ => false,
        };
        if is_free || self.frames.spend(now) {
            Ok(())
        } else {
            Err(Excess::Frames)
        }
    }
}

impl Follower {
    /// The next header in `bytes`, which are followed up to its end.
    fn next(&mut self, bytes: &mut &[u8]) -> Option<Header> {
        let passed = self.left.min(bytes.len());
        self.left -= passed;
        *bytes = bytes.get(passed..).unwrap_or_default();
        if bytes.is_empty() {
            return None;
        }
        let mut taken = 0;
        for (slot, byte) in self.header.iter_mut().skip(self.have).zip(bytes.iter()) {
            *slot = *byte;
            taken += 1;
        }
        self.have += taken;
        *bytes = bytes.get(taken..).unwrap_or_default();
        if self.have < HEADER {
            return None;
        }
        let [l2, l1, l0, kind, flags, s3, s2, s1, s0] = self.header;
        let length = u32::from_be_bytes([0, l2, l1, l0]) as usize;
        (self.have, self.left, self.kind) = (0, length, kind);
        Some(Header {
            length,
            kind,
            flags,
            // The highest bit is reserved (RFC 9113 §4.1).
            stream: u32::from_be_bytes([s3 & 0x7f, s2, s1, s0]),
        })
    }

    fn is_between(&self) -> bool {
        self.left == 0 && self.have == 0
    }
}

impl Budget {
    fn new(most: u32, a_second: u32, now: u64) -> Self {
        Self {
            left: most,
            most,
            a_second,
            since: now,
        }
    }

    fn earn(&mut self, more: u32) {
        self.left = self.left.saturating_add(more).min(self.most);
    }

    fn spend(&mut self, now: u64) -> bool {
        let ticks = now.saturating_sub(self.since);
        let earned = u128::from(ticks) * u128::from(self.a_second) * TICK.as_nanos()
            / Duration::from_secs(1).as_nanos();
        if earned > 0 {
            self.since = now;
            self.earn(u32::try_from(earned).unwrap_or(u32::MAX));
        }
        let left = self.left.checked_sub(1);
        self.left = left.unwrap_or(0);
        left.is_some()
    }
}
