//! Reads a connection's bytes with the codec the way a driver does.

use bytes::BytesMut;
use http::HeaderMap;
use portcullis_http1::{BodyDecoder, Decoded, HeadScan, Limits, Persistence, Refusal, RequestHead};

/// What came out of the bytes of one connection.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Reading {
    /// The messages that were taken whole.
    pub(crate) messages: Vec<Message>,
    pub(crate) end: End,
}

/// How the reading ended.
#[derive(Debug, Default, PartialEq)]
pub(crate) enum End {
    /// Between two messages, or after one that closes.
    #[default]
    Between,
    /// Within a head or a body.
    Within,
    RefusedHead(Refusal),
    RefusedBody(Refusal),
}

/// A message that was taken.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) head: RequestHead,
    pub(crate) body: Vec<u8>,
    pub(crate) trailers: HeaderMap,
}

impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        let facts = |message: &Self| {
            let head = &message.head;
            let lengths = (head.length, head.persistence, head.expect, head.version);
            (
                head.method.clone(),
                head.target.clone(),
                head.host.clone(),
                lengths,
            )
        };
        facts(self) == facts(other)
            && self.head.headers == other.head.headers
            && self.head.upgrade == other.head.upgrade
            && self.body == other.body
            && self.trailers == other.trailers
    }
}

/// Reads `pieces`, which arrive one after the other.
pub(crate) fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Reading {
    let mut reader = Reader::default();
    for piece in pieces {
        reader.input.extend_from_slice(piece);
        reader.advance();
    }
    if reader.body.is_some() || !reader.input.is_empty() {
        reader.end(End::Within);
    }
    reader.reading
}

#[derive(Default)]
struct Reader {
    limits: Limits,
    heads: HeadScan,
    input: BytesMut,
    body: Option<(Message, BodyDecoder)>,
    reading: Reading,
    ended: bool,
}

impl Reader {
    fn advance(&mut self) {
        while !self.ended {
            let moved = match self.body.take() {
                None => self.head(),
                Some((message, decoder)) => self.body(message, decoder),
            };
            if !moved {
                return;
            }
        }
    }

    fn head(&mut self) -> bool {
        match self.heads.take_head(&mut self.input, &self.limits) {
            Ok(None) => false,
            Ok(Some(head)) => {
                let decoder = BodyDecoder::new(head.length, &self.limits);
                let message = Message {
                    head,
                    body: Vec::new(),
                    trailers: HeaderMap::new(),
                };
                self.body = Some((message, decoder));
                true
            }
            Err(refusal) => {
                let again = self.heads.take_head(&mut self.input, &self.limits);
                assert_eq!(again.err(), Some(refusal), "a refusal is final");
                self.end(End::RefusedHead(refusal));
                true
            }
        }
    }

    fn body(&mut self, mut message: Message, mut decoder: BodyDecoder) -> bool {
        match decoder.decode(&mut self.input) {
            Ok(Decoded::NeedMore) => {
                self.body = Some((message, decoder));
                return false;
            }
            Ok(Decoded::Data(data)) => {
                assert!(!data.is_empty(), "data is never empty");
                message.body.extend_from_slice(&data);
                self.body = Some((message, decoder));
            }
            Ok(Decoded::Trailers(fields)) => {
                assert!(
                    decoder.is_done() && !fields.is_empty(),
                    "trailers are the end"
                );
                message.trailers = fields;
                self.body = Some((message, decoder));
            }
            Ok(Decoded::Done) => {
                assert!(decoder.is_done());
                let persistence = message.head.persistence;
                self.reading.messages.push(message);
                if persistence == Persistence::Close {
                    self.end(End::Between);
                }
            }
            Err(refusal) => {
                assert_eq!(
                    decoder.decode(&mut self.input),
                    Err(refusal),
                    "a refusal is final"
                );
                self.end(End::RefusedBody(refusal));
            }
        }
        true
    }

    fn end(&mut self, end: End) {
        if !self.ended {
            self.reading.end = end;
            self.ended = true;
        }
    }
}
