//! Messages on a real connection, byte by byte, as a client or a server sees them: nothing is mended.
//!
//! Everything here fails the test that waits too long: no read lasts longer than [`PATIENCE`].

#![expect(
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::disallowed_methods,
    reason = "an end of a test's connection that breaks fails the test, and real sockets need real time"
)]

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, ServerConfig, ServerConnection,
    StreamOwned, SupportedProtocolVersion,
};

/// The longest that a test waits for anything.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// How often something is looked at that tells nobody when it changes.
const GLANCE: Duration = Duration::from_millis(10);

/// Looks until `is_so`, and fails the test if it never is.
pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < PATIENCE, "it never came to be: {what}");
        std::thread::sleep(GLANCE);
    }
}

/// A certificate for `localhost`, `127.0.0.1` and `::1`, with its key; it is its own authority.
#[derive(Debug, Clone)]
pub struct Identity {
    /// PEM.
    pub certificate: String,
    /// PEM.
    pub key: String,
}

/// One end of a connection, with what was read from it and not yet taken.
pub struct Wire {
    stream: Stream,
    input: Vec<u8>,
    /// Everything that was ever read.
    seen: Vec<u8>,
}

enum Stream {
    Plain(TcpStream),
    Client(Box<StreamOwned<ClientConnection, TcpStream>>),
    Server(Box<StreamOwned<ServerConnection, TcpStream>>),
}

/// The head of a message as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The request line or the status line.
    pub line: String,
    /// Names and values, in order; names as they were written.
    pub fields: Vec<(String, String)>,
}

/// How the end of a body is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// So many more bytes.
    Length(u64),
    /// In chunks.
    Chunked,
    /// At the end of the connection.
    UntilClose,
}

/// A piece of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Some bytes.
    Data(Vec<u8>),
    /// The end, with its trailers.
    End(Vec<(String, String)>),
}

/// A response, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its head.
    pub head: Head,
    /// Its body.
    pub body: Vec<u8>,
    /// What came after its body.
    pub trailers: Vec<(String, String)>,
}

/// What of a request its response depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// Any but HEAD.
    Get,
    /// HEAD: no body follows.
    Head,
}

// === Identity ===

impl Identity {
    /// A new one.
    pub fn local() -> Self {
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let CertifiedKey { cert, signing_key } = must(generate_simple_self_signed(names));
        Self {
            certificate: cert.pem(),
            key: signing_key.serialize_pem(),
        }
    }

    /// What a server shows that has this identity and offers these protocols.
    pub fn server(&self, protocols: &[&str]) -> Arc<ServerConfig> {
        let builder = ServerConfig::builder_with_provider(provider());
        let builder = must(builder.with_safe_default_protocol_versions()).with_no_client_auth();
        let key = must(PrivateKeyDer::from_pem_slice(self.key.as_bytes()));
        let mut config = must(builder.with_single_cert(vec![self.der()], key));
        config.alpn_protocols = protocols.iter().map(|p| p.as_bytes().to_vec()).collect();
        Arc::new(config)
    }

    /// How a client trusts this identity alone, with these versions of TLS and protocols.
    pub fn client(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        protocols: &[&str],
    ) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        must(roots.add(self.der()));
        let builder = ClientConfig::builder_with_provider(provider());
        let builder = must(builder.with_protocol_versions(versions));
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|p| p.as_bytes().to_vec()).collect();
        Arc::new(config)
    }

    fn der(&self) -> CertificateDer<'static> {
        must(CertificateDer::from_pem_slice(self.certificate.as_bytes()))
    }
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

// === Wire ===

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wire({} bytes seen)", self.seen.len())
    }
}

impl Wire {
    /// Connects without encryption.
    pub fn plain(address: SocketAddr) -> Self {
        Self::new(Stream::Plain(connect(address)))
    }

    /// Connects without encryption, if anybody listens.
    pub fn try_plain(address: SocketAddr) -> io::Result<Self> {
        let tcp = TcpStream::connect(address)?;
        patient(&tcp);
        Ok(Self::new(Stream::Plain(tcp)))
    }

    /// Connects with TLS 1.3 or 1.2 and HTTP/1.1.
    pub fn tls(address: SocketAddr, identity: &Identity) -> Self {
        let versions = [&rustls::version::TLS13, &rustls::version::TLS12];
        Self::tls_as(address, identity.client(&versions, &["http/1.1"]))
    }

    /// Connects with TLS as told.
    pub fn tls_as(address: SocketAddr, config: Arc<ClientConfig>) -> Self {
        let name = must(ServerName::try_from("localhost"));
        let tls = must(ClientConnection::new(config, name));
        let stream = StreamOwned::new(tls, connect(address));
        Self::new(Stream::Client(Box::new(stream)))
    }

    /// A server's end of a connection without encryption that was accepted.
    pub fn of_server(tcp: TcpStream) -> Self {
        Self::accepted(tcp, None)
    }

    /// A server's end of a connection that was accepted.
    pub(crate) fn accepted(tcp: TcpStream, tls: Option<Arc<ServerConfig>>) -> Self {
        patient(&tcp);
        Self::new(match tls {
            None => Stream::Plain(tcp),
            Some(config) => {
                let tls = must(ServerConnection::new(config));
                Stream::Server(Box::new(StreamOwned::new(tls, tcp)))
            }
        })
    }

    fn new(stream: Stream) -> Self {
        Self {
            stream,
            input: Vec::new(),
            seen: Vec::new(),
        }
    }

    /// The version of TLS that was agreed on, once bytes have gone both ways.
    pub fn tls_version(&self) -> Option<ProtocolVersion> {
        match &self.stream {
            Stream::Client(tls) => tls.conn.protocol_version(),
            Stream::Plain(_) | Stream::Server(_) => None,
        }
    }

    /// The protocol that ALPN agreed on.
    pub fn alpn(&self) -> Option<&[u8]> {
        match &self.stream {
            Stream::Client(tls) => tls.conn.alpn_protocol(),
            Stream::Plain(_) | Stream::Server(_) => None,
        }
    }

    /// Everything that was ever read, and forgets it.
    pub(crate) fn take_seen(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.seen)
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        must(self.try_send(bytes));
    }

    /// Sends bytes as they are, if the other end still takes them.
    pub fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        let io: &mut dyn Duplex = match &mut self.stream {
            Stream::Plain(tcp) => tcp,
            Stream::Client(tls) => &mut **tls,
            Stream::Server(tls) => &mut **tls,
        };
        io.write_all(bytes.as_ref())?;
        io.flush()
    }

    /// Sends a request and waits for its answer.
    pub fn ask(&mut self, request: impl AsRef<[u8]>) -> Answer {
        let to = match request.as_ref() {
            [b'H', b'E', b'A', b'D', b' ', ..] => To::Head,
            _ => To::Get,
        };
        self.send(request);
        self.answer(to)
    }

    /// Waits for an answer, whole; interim responses before it are passed over.
    pub fn answer(&mut self, to: To) -> Answer {
        let mut head = self.head();
        while matches!(head.status(), 100 | 102..=199) {
            head = self.head();
        }
        let status = head.status();
        let mut framing = head.answer_framing(to);
        let mut body = Vec::new();
        loop {
            match must(self.try_piece(&mut framing)) {
                Piece::Data(data) => body.extend_from_slice(&data),
                Piece::End(trailers) => {
                    return Answer {
                        status,
                        head,
                        body,
                        trailers,
                    };
                }
            }
        }
    }

    /// Waits for a head.
    pub fn head(&mut self) -> Head {
        match self.try_head() {
            Ok(Some(head)) => head,
            Ok(None) => panic!("the connection was closed instead of a message"),
            Err(error) => panic!("no message came: {error}"),
        }
    }

    /// Waits for exactly so many bytes.
    pub fn exactly(&mut self, size: usize) -> Vec<u8> {
        while self.input.len() < size {
            assert!(must(self.fill()) > 0, "the connection was closed too early");
        }
        self.take(size)
    }

    /// Waits for exactly so many bytes; `None` if the connection ends instead.
    pub fn try_exactly(&mut self, size: usize) -> Option<Vec<u8>> {
        while self.input.len() < size {
            match self.fill() {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) if is_end(error.kind()) => return None,
                Err(error) => must(Err(error)),
            }
        }
        Some(self.take(size))
    }

    /// Whether the other end closes the connection and sends nothing more before.
    pub fn is_closed(&mut self) -> bool {
        let ended = match self.fill() {
            Ok(read) => read == 0,
            Err(error) => is_end(error.kind()),
        };
        ended && self.input.is_empty()
    }

    /// Waits for a head; `None` if the connection ends instead, or in the middle of it.
    pub fn try_head(&mut self) -> io::Result<Option<Head>> {
        loop {
            if let Some(end) = find(&self.input, b"\r\n\r\n") {
                let text = self.take(end + 4);
                return Ok(Some(Head::parse(&text)));
            }
            match self.fill() {
                Ok(0) => return Ok(None),
                Ok(_) => {}
                Err(error) if is_end(error.kind()) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits for the next piece of a body.
    pub fn try_piece(&mut self, framing: &mut Framing) -> io::Result<Piece> {
        match framing {
            Framing::Length(0) => Ok(Piece::End(Vec::new())),
            Framing::Length(left) => {
                self.want(1)?;
                let size = self
                    .input
                    .len()
                    .min(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= size as u64;
                Ok(Piece::Data(self.take(size)))
            }
            Framing::UntilClose => {
                if self.input.is_empty() && self.fill()? == 0 {
                    return Ok(Piece::End(Vec::new()));
                }
                Ok(Piece::Data(std::mem::take(&mut self.input)))
            }
            Framing::Chunked => self.chunk(),
        }
    }

    fn chunk(&mut self) -> io::Result<Piece> {
        let line = self.line()?;
        let size = line.split(';').next().unwrap_or_default();
        let size = usize::from_str_radix(size, 16).map_err(|_| wrong("a chunk size", &line))?;
        if size > 0 {
            self.want(size + 2)?;
            let data = self.take(size);
            return match self.take(2).as_slice() {
                b"\r\n" => Ok(Piece::Data(data)),
                other => Err(wrong("the end of a chunk", &String::from_utf8_lossy(other))),
            };
        }
        let mut trailers = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                return Ok(Piece::End(trailers));
            }
            trailers.push(field(&line));
        }
    }

    fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = find(&self.input, b"\r\n") {
                let line = self.take(end);
                self.take(2);
                return Ok(String::from_utf8_lossy(&line).into_owned());
            }
            self.want(self.input.len() + 1)?;
        }
    }

    /// Waits until so many bytes are there.
    fn want(&mut self, size: usize) -> io::Result<()> {
        while self.input.len() < size {
            if self.fill()? == 0 {
                return Err(io::Error::from(ErrorKind::UnexpectedEof));
            }
        }
        Ok(())
    }

    fn take(&mut self, size: usize) -> Vec<u8> {
        let rest = self.input.split_off(size);
        std::mem::replace(&mut self.input, rest)
    }

    fn fill(&mut self) -> io::Result<usize> {
        let mut buffer = vec![0; 64 * 1024];
        let io: &mut dyn Duplex = match &mut self.stream {
            Stream::Plain(tcp) => tcp,
            Stream::Client(tls) => &mut **tls,
            Stream::Server(tls) => &mut **tls,
        };
        let read = io.read(&mut buffer)?;
        buffer.truncate(read);
        self.input.extend_from_slice(&buffer);
        self.seen.append(&mut buffer);
        Ok(read)
    }
}

trait Duplex: Read + Write {}

impl<T: Read + Write> Duplex for T {}

fn connect(address: SocketAddr) -> TcpStream {
    let tcp = must(TcpStream::connect_timeout(&address, PATIENCE));
    patient(&tcp);
    tcp
}

fn patient(tcp: &TcpStream) {
    must(tcp.set_nodelay(true));
    must(tcp.set_read_timeout(Some(PATIENCE)));
    must(tcp.set_write_timeout(Some(PATIENCE)));
}

/// How a connection ends without a word.
fn is_end(kind: ErrorKind) -> bool {
    use ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(
        kind,
        BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof
    )
}

fn wrong(what: &str, found: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("`{found}` is not {what}"))
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

/// What came of something that a test cannot do without.
pub fn must<T, E: fmt::Display>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

// === Head and answer ===

impl Head {
    fn parse(text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text);
        let mut lines = text.split("\r\n").filter(|line| !line.is_empty());
        Self {
            line: lines.next().unwrap_or_default().to_owned(),
            fields: lines.map(field).collect(),
        }
    }

    /// Every value of a field, in order.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let named = self
            .fields
            .iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// The only value of a field; none if there are two.
    pub fn field(&self, name: &str) -> Option<&str> {
        match self.all(name).as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Whether there is such a field.
    pub fn has(&self, name: &str) -> bool {
        !self.all(name).is_empty()
    }

    /// The status of a response.
    pub fn status(&self) -> u16 {
        let status = self.line.split(' ').nth(1).and_then(|s| s.parse().ok());
        status.unwrap_or_else(|| panic!("`{}` is no status line", self.line))
    }

    /// The method of a request.
    pub fn method(&self) -> &str {
        self.line.split(' ').next().unwrap_or_default()
    }

    /// The target of a request.
    pub fn target(&self) -> &str {
        self.line.split(' ').nth(1).unwrap_or_default()
    }

    /// How the end of a request's body is found.
    pub fn request_framing(&self) -> Framing {
        self.written_framing().unwrap_or(Framing::Length(0))
    }

    /// How the end of a response's body is found (RFC 9112 §6.3).
    pub fn answer_framing(&self, to: To) -> Framing {
        match self.status() {
            100..=199 | 204 | 304 => Framing::Length(0),
            _ if to == To::Head => Framing::Length(0),
            _ => self.written_framing().unwrap_or(Framing::UntilClose),
        }
    }

    fn written_framing(&self) -> Option<Framing> {
        if self.has("transfer-encoding") {
            return Some(Framing::Chunked);
        }
        let length = self.field("content-length")?;
        let length = length
            .parse()
            .unwrap_or_else(|_| panic!("`{length}` is no length"));
        Some(Framing::Length(length))
    }
}

fn field(line: &str) -> (String, String) {
    let (name, value) = line.split_once(':').unwrap_or((line, ""));
    (name.to_owned(), value.trim().to_owned())
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The only value of a field; none if there are two.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.head.field(name)
    }
}
