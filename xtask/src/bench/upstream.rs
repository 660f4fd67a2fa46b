//! The service behind every proxy: one thread, one epoll, one of two answers.
//!
//! It must be cheap, because it shares a core with the load generator. It reads no more of HTTP
//! than where a request ends, and whether its head asks for the large answer.

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;

use anyhow::{Context, ensure};
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};

const END_OF_HEAD: &[u8] = b"\r\n\r\n";
const LISTENER: Token = Token(0);
/// What one read takes at most; more waits in the kernel.
const READ: usize = 32 * 1024;
/// What a path holds that asks for the large answer.
const LARGE: &str = "large";
/// The size of the large answer's body.
const LARGE_BODY: usize = 10 * 1024;
const SMALL_BODY: usize = 100;

/// A head and a body of so many bytes.
fn answer(length: usize) -> Vec<u8> {
    let body = format!(
        "{{\"message\":\"{}\"}}",
        "a".repeat(length.saturating_sub(14))
    );
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

struct Answers {
    small: Vec<u8>,
    large: Vec<u8>,
}

/// Answers until killed; prints the address first.
pub(crate) fn serve() -> anyhow::Result<()> {
    let mut listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    println!("{}", listener.local_addr()?);
    let mut poll = Poll::new()?;
    poll.registry()
        .register(&mut listener, LISTENER, Interest::READABLE)?;
    let answers = Answers {
        small: answer(SMALL_BODY),
        large: answer(LARGE_BODY),
    };
    let mut events = Events::with_capacity(256);
    let mut connections = HashMap::new();
    let mut buffer = vec![0; READ];
    let mut next = LISTENER.0;
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.token() == LISTENER {
                while let Ok((mut stream, _)) = listener.accept() {
                    next += 1;
                    stream.set_nodelay(true)?;
                    poll.registry()
                        .register(&mut stream, Token(next), Interest::READABLE)?;
                    connections.insert(Token(next), Connection::new(stream));
                }
            } else if let Some(connection) = connections.get_mut(&event.token()) {
                let answered = connection.answer_all(&mut buffer, &answers);
                if answered.is_err() || event.is_read_closed() {
                    connections.remove(&event.token());
                }
            }
        }
    }
}

struct Connection {
    stream: TcpStream,
    /// A head of which the end has not come yet.
    head: Vec<u8>,
    /// How much of a request's body is still to come, and the answer is due after it.
    body: Option<Body>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Body {
    left: usize,
    is_large: bool,
}

impl Connection {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            head: Vec::new(),
            body: None,
        }
    }

    /// Answers every request that has arrived; an error means that the connection is over.
    fn answer_all(&mut self, buffer: &mut [u8], answers: &Answers) -> anyhow::Result<()> {
        loop {
            let read = match self.stream.read(buffer) {
                Ok(0) => anyhow::bail!("closed"),
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.into()),
            };
            let mut bytes = buffer.get(..read).context("more read than asked")?;
            while let Some(is_large) = self.next(&mut bytes)? {
                let answer = if is_large {
                    &answers.large
                } else {
                    &answers.small
                };
                // A socket buffer holds far more than the answers to one read: a write that would
                // block means a client that does not read, which no proxy of a bench is.
                self.stream.write_all(answer)?;
            }
            // A short read emptied the socket: asking again would only cost a system call.
            if read < READ {
                return Ok(());
            }
        }
    }

    /// Takes the next request off the bytes if it ends in them: whether it asks for the large answer.
    fn next(&mut self, bytes: &mut &[u8]) -> anyhow::Result<Option<bool>> {
        let body = match self.body.take() {
            Some(body) => body,
            None => match self.next_head(bytes)? {
                Some(body) => body,
                None => return Ok(None),
            },
        };
        let here = body.left.min(bytes.len());
        *bytes = bytes.get(here..).unwrap_or_default();
        if here == body.left {
            return Ok(Some(body.is_large));
        }
        self.body = Some(Body {
            left: body.left - here,
            ..body
        });
        Ok(None)
    }

    /// Takes a head off the bytes, or keeps what there is of it.
    fn next_head(&mut self, bytes: &mut &[u8]) -> anyhow::Result<Option<Body>> {
        if self.head.is_empty()
            && let Some(end) = end_of_head(bytes)
        {
            let (head, rest) = bytes.split_at(end);
            *bytes = rest;
            return body_after(head).map(Some);
        }
        let kept = self.head.len();
        self.head.extend_from_slice(bytes);
        let Some(end) = end_of_head(&self.head) else {
            *bytes = &[];
            return Ok(None);
        };
        *bytes = bytes.get(end - kept..).unwrap_or_default();
        self.head.truncate(end);
        let body = body_after(&self.head);
        self.head.clear();
        body.map(Some)
    }
}

/// The index behind the empty line.
fn end_of_head(bytes: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, END_OF_HEAD).map(|found| found + END_OF_HEAD.len())
}

/// The length of the body that a head announces; proxies of a bench send no chunks.
fn body_after(head: &[u8]) -> anyhow::Result<Body> {
    let line = memchr::memchr(b'\n', head).unwrap_or(head.len());
    let (line, fields) = head.split_at(line);
    let is_large = memchr::memmem::find(line, LARGE.as_bytes()).is_some();
    let left = if line.starts_with(b"GET ") {
        0
    } else {
        let fields = String::from_utf8_lossy(fields).to_ascii_lowercase();
        ensure!(!fields.contains("transfer-encoding"), "a body in chunks");
        let length = fields
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"));
        length.map_or(Ok(0), |length| length.trim().parse())?
    };
    Ok(Body { left, is_large })
}
