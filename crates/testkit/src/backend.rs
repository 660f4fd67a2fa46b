//! A backend on a real socket that keeps what it received byte by byte, and misbehaves when told to.

#![expect(
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a backend that cannot be started fails its test"
)]

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::ServerConfig;

use crate::wire::{Framing, Head, Identity, Piece, Wire, must};

/// A backend on a port that the kernel chose; it stops accepting when it is dropped.
pub struct Backend {
    address: SocketAddr,
    scheme: &'static str,
    book: Arc<Book>,
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// Its head.
    pub head: Head,
    /// As much of its body as was read, without its framing.
    pub body: Vec<u8>,
    /// What came after its body.
    pub trailers: Vec<(String, String)>,
    /// Every byte of it that was read.
    pub raw: Vec<u8>,
    /// The number of its connection, from 0.
    pub connection: usize,
    /// How far it came.
    pub extent: Extent,
}

/// How far a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// It is still on its way, as far as anybody has looked.
    Arriving,
    /// It came whole.
    Whole,
    /// The connection ended first.
    CutOff,
}

/// What becomes of a connection after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It waits for another request.
    Keep,
    /// It is closed.
    Close,
}

/// One request while it is answered.
#[derive(Debug)]
pub struct Call<'w> {
    /// Its head.
    pub head: Head,
    /// How many requests came before it on its connection.
    pub before: usize,
    wire: &'w mut Wire,
    framing: Framing,
    book: &'w Book,
    at: usize,
}

/// What a backend keeps of what happened.
#[derive(Debug, Default)]
struct Book {
    arrived: Mutex<Vec<Arrived>>,
    connections: AtomicUsize,
    abandoned: AtomicUsize,
    closing: AtomicBool,
}

type Play = dyn Fn(&mut Call<'_>) -> Then + Send + Sync;

impl Backend {
    /// Answers every request with 200 and its own body and content type.
    pub fn echo() -> Self {
        Self::start(|call| {
            let Some(body) = call.body() else {
                return Then::Close;
            };
            let kind = call
                .head
                .field("content-type")
                .unwrap_or("application/octet-stream");
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            let mut answer = head.into_bytes();
            if call.head.method() != "HEAD" {
                answer.extend_from_slice(&body);
            }
            call.send(answer);
            Then::Keep
        })
    }

    /// Answers every request with these bytes, once it has come whole.
    pub fn answering(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::start(move |call| {
            if call.body().is_none() {
                return Then::Close;
            }
            call.send(&bytes);
            Then::Keep
        })
    }

    /// Does with every request as it is told.
    pub fn start(play: impl Fn(&mut Call<'_>) -> Then + Send + Sync + 'static) -> Self {
        Self::listen(None, Arc::new(play))
    }

    /// The same behind TLS.
    pub fn start_tls(
        identity: &Identity,
        play: impl Fn(&mut Call<'_>) -> Then + Send + Sync + 'static,
    ) -> Self {
        Self::listen(Some(identity.server(&["http/1.1"])), Arc::new(play))
    }

    fn listen(tls: Option<Arc<ServerConfig>>, play: Arc<Play>) -> Self {
        let listener = must(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
        let address = must(listener.local_addr());
        let book = Arc::new(Book::default());
        let scheme = if tls.is_some() { "https" } else { "http" };
        let kept = Arc::clone(&book);
        std::thread::spawn(move || accept(&listener, tls.as_ref(), &kept, &play));
        Self {
            address,
            scheme,
            book,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        format!("{}://localhost:{}", self.scheme, self.address.port())
    }

    /// Every request that has arrived, or begun to.
    pub fn arrived(&self) -> Vec<Arrived> {
        self.book.arrived().clone()
    }

    /// The last request that has arrived, or begun to.
    pub fn last(&self) -> Arrived {
        let last = self.book.arrived().last().cloned();
        last.unwrap_or_else(|| panic!("nothing has reached the backend"))
    }

    /// Every request but the first `count`.
    pub fn arrived_after(&self, count: usize) -> Vec<Arrived> {
        self.book
            .arrived()
            .get(count..)
            .unwrap_or_default()
            .to_vec()
    }

    /// How many connections were opened to it.
    pub fn connections(&self) -> usize {
        self.book.connections.load(Ordering::SeqCst)
    }

    /// How many calls waited for the other end to go away, and it did.
    pub fn abandoned(&self) -> usize {
        self.book.abandoned.load(Ordering::SeqCst)
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Backend({})", self.url())
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.book.closing.store(true, Ordering::SeqCst);
        // Wakes the listener up; if nobody listens any more, so much the better.
        drop(TcpStream::connect(self.address));
    }
}

impl Book {
    fn arrived(&self) -> MutexGuard<'_, Vec<Arrived>> {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, at: usize, change: impl FnOnce(&mut Arrived)) {
        if let Some(arrived) = self.arrived().get_mut(at) {
            change(arrived);
        }
    }
}

fn accept(
    listener: &TcpListener,
    tls: Option<&Arc<ServerConfig>>,
    book: &Arc<Book>,
    play: &Arc<Play>,
) {
    while let Ok((tcp, _)) = listener.accept() {
        if book.closing.load(Ordering::SeqCst) {
            return;
        }
        let number = book.connections.fetch_add(1, Ordering::SeqCst);
        let (book, play) = (Arc::clone(book), Arc::clone(play));
        let tls = tls.map(Arc::clone);
        std::thread::spawn(move || serve(&mut Wire::accepted(tcp, tls), number, &book, &*play));
    }
}

fn serve(wire: &mut Wire, connection: usize, book: &Book, play: &Play) {
    let mut before = 0;
    // A connection that breaks between two requests is how connections end.
    while let Ok(Some(head)) = wire.try_head() {
        let framing = head.request_framing();
        let at = {
            let mut arrived = book.arrived();
            arrived.push(Arrived {
                head: head.clone(),
                body: Vec::new(),
                trailers: Vec::new(),
                raw: wire.take_seen(),
                connection,
                extent: Extent::Arriving,
            });
            arrived.len() - 1
        };
        let mut call = Call {
            head,
            before,
            wire,
            framing,
            book,
            at,
        };
        if call.framing == Framing::Length(0) {
            call.set(Extent::Whole);
        }
        if play(&mut call) == Then::Close || call.body().is_none() {
            return;
        }
        before += 1;
    }
}

impl Call<'_> {
    /// The rest of the body; `None` if it is cut off.
    pub fn body(&mut self) -> Option<Vec<u8>> {
        let mut body = Vec::new();
        while let Some(piece) = self.piece()? {
            body.extend_from_slice(&piece);
        }
        Some(body)
    }

    /// The next piece of the body, `Some(None)` at its end; `None` if it is cut off.
    pub fn piece(&mut self) -> Option<Option<Vec<u8>>> {
        let piece = self.wire.try_piece(&mut self.framing);
        let raw = self.wire.take_seen();
        self.book
            .change(self.at, |arrived| arrived.raw.extend_from_slice(&raw));
        match piece {
            Ok(Piece::Data(data)) => {
                self.book
                    .change(self.at, |arrived| arrived.body.extend_from_slice(&data));
                Some(Some(data))
            }
            Ok(Piece::End(trailers)) => {
                // Once at its end a body stays there.
                self.framing = Framing::Length(0);
                self.book
                    .change(self.at, |arrived| arrived.trailers.extend(trailers));
                self.set(Extent::Whole);
                Some(None)
            }
            Err(_) => {
                self.set(Extent::CutOff);
                None
            }
        }
    }

    /// Sends bytes as they are; what the other end no longer takes is lost.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        drop(self.wire.try_send(bytes));
    }

    /// Sends bytes as they are, if the other end still takes them.
    pub fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> std::io::Result<()> {
        self.wire.try_send(bytes)
    }

    /// Waits for exactly so many bytes beyond the message (a tunnel's).
    pub fn exactly(&mut self, size: usize) -> Vec<u8> {
        self.wire.exactly(size)
    }

    /// Waits for the other end to go away.
    pub fn wait_closed(&mut self) {
        if self.wire.is_closed() {
            self.book.abandoned.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn set(&self, extent: Extent) {
        self.book.change(self.at, |arrived| arrived.extent = extent);
    }
}
