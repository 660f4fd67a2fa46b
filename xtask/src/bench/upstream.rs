//! The service behind every proxy: one thread, one epoll, the same small answer to everything.
//!
//! It must be cheap, because it shares a core with the load generator. It reads no more of HTTP
//! than where a head ends, which is enough for requests without a body.

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;

use anyhow::Context;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};

const END_OF_HEAD: &[u8] = b"\r\n\r\n";
const LISTENER: Token = Token(0);
/// What the requests of one read may hold at most; more waits in the kernel.
const READ: usize = 16 * 1024;

/// A head and a body of 100 bytes.
fn answer() -> Vec<u8> {
    let body = format!("{{\"message\":\"{}\"}}", "a".repeat(86));
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Answers until killed; prints the address first.
pub(crate) fn serve() -> anyhow::Result<()> {
    let mut listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    println!("{}", listener.local_addr()?);
    let mut poll = Poll::new()?;
    poll.registry()
        .register(&mut listener, LISTENER, Interest::READABLE)?;
    let answer = answer();
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
                    connections.insert(Token(next), Connection { stream, matched: 0 });
                }
            } else if let Some(connection) = connections.get_mut(&event.token()) {
                let answered = connection.answer_all(&mut buffer, &answer);
                if answered.is_err() || event.is_read_closed() {
                    connections.remove(&event.token());
                }
            }
        }
    }
}

struct Connection {
    stream: TcpStream,
    /// How many bytes of the end of a head were read last.
    matched: usize,
}

impl Connection {
    /// Answers every head that has arrived; an error means that the connection is over.
    fn answer_all(&mut self, buffer: &mut [u8], answer: &[u8]) -> anyhow::Result<()> {
        loop {
            let read = match self.stream.read(buffer) {
                Ok(0) => anyhow::bail!("closed"),
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.into()),
            };
            let heads = self.heads(buffer.get(..read).context("more read than asked")?);
            for _ in 0..heads {
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

    /// How many heads end in these bytes.
    fn heads(&mut self, bytes: &[u8]) -> usize {
        let mut heads = 0;
        for byte in bytes {
            if END_OF_HEAD.get(self.matched) == Some(byte) {
                self.matched += 1;
            } else {
                self.matched = usize::from(*byte == b'\r');
            }
            if self.matched == END_OF_HEAD.len() {
                heads += 1;
                self.matched = 0;
            }
        }
        heads
    }
}
