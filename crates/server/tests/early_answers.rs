//! A backend that answers before it has taken the request's body: what is left of that body is never
//! filled up with the next request of the same client connection.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use portcullis_testkit::backend::Backend;
use portcullis_testkit::gateway::Gateway;
use portcullis_testkit::wire::must;
use socket2::SockRef;

/// The unit of the search. What the gateway reads ahead of a connection is larger.
const STEP: usize = 8 * 1024;

/// More than fits between the gateway and a backend that does not read.
const MOST: usize = 8 * 1024 * 1024;

/// How long a side that says nothing more is listened to.
const QUIET: Duration = Duration::from_millis(150);

/// What became of a client's connection after the early answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    KeptAlive,
    Closed,
}

/// A backend that reads a head, answers when told to, and only then reads on.
struct Hasty {
    address: SocketAddr,
    go: SyncSender<()>,
    /// Everything that followed the head of one request.
    bodies: Receiver<Vec<u8>>,
}

impl Hasty {
    fn start() -> Self {
        let listener = must(TcpListener::bind("127.0.0.1:0"));
        let address = must(listener.local_addr());
        // What it holds unread is then nearly the same each time.
        must(SockRef::from(&listener).set_recv_buffer_size(STEP));
        let (go, told) = sync_channel(0);
        let (kept, bodies) = sync_channel(1);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = must(stream);
                let mut read = until(&mut stream, b"\r\n\r\n");
                if told.recv().is_err() {
                    return;
                }
                let answer = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
                must(stream.write_all(answer));
                // The next request, if the gateway lets one come, is on its way by now.
                if told.recv().is_err() {
                    return;
                }
                must(SockRef::from(&stream).set_recv_buffer_size(MOST));
                read.extend(rest(&mut stream));
                must(kept.send(read));
            }
        });
        Self {
            address,
            go,
            bodies,
        }
    }
}

/// Reads up to and with `end`, and what came with it.
fn until(stream: &mut TcpStream, end: &[u8]) -> Vec<u8> {
    let mut read = Vec::new();
    let mut piece = [0; 1024];
    while !read.windows(end.len()).any(|window| window == end) {
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => break,
            Ok(size) => read.extend(piece.iter().take(size)),
        }
    }
    read
}

/// Reads until nothing comes any more.
fn rest(stream: &mut TcpStream) -> Vec<u8> {
    must(stream.set_read_timeout(Some(QUIET)));
    let mut read = Vec::new();
    let mut piece = vec![0; 64 * 1024];
    while let Ok(size @ 1..) = stream.read(&mut piece) {
        read.extend(piece.iter().take(size));
    }
    read
}

/// Sends a body of so many bytes, has the backend answer without having read it, and sends another
/// request if it may. Whatever the first backend connection carried must be of the first body.
fn attempt(gateway: &Gateway, hasty: &Hasty, size: usize) -> After {
    let mut client = must(TcpStream::connect(gateway.http()));
    must(client.set_write_timeout(Some(QUIET)));
    must(client.set_read_timeout(Some(Duration::from_secs(5))));
    let chunk = [format!("{STEP:x}\r\n").as_bytes(), &[b'p'; STEP], b"\r\n"].concat();
    let mut message =
        b"POST /hasty/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    message.extend((0..size / STEP).flat_map(|_| &chunk));
    message.extend_from_slice(b"0\r\n\r\n");
    must(match client.write_all(&message) {
        // More than fits anywhere.
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Ok(()),
        written => written,
    });
    // The gateway takes in what it can.
    std::thread::sleep(Duration::from_millis(30));
    must(hasty.go.send(()));
    let answer = until(&mut client, b"\r\n\r\n");
    let answer = must(String::from_utf8(answer)).to_ascii_lowercase();
    assert!(answer.starts_with("http/1.1 401"), "{answer}");
    let after = if answer.contains("connection: close") {
        After::Closed
    } else {
        let next = vec![b'Q'; 5 * STEP];
        let head = format!(
            "POST /echo/a HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n",
            next.len()
        );
        must(client.write_all(&[head.as_bytes(), next.as_slice()].concat()));
        After::KeptAlive
    };
    must(hasty.go.send(()));
    let body = must(hasty.bodies.recv());
    assert!(
        !body.contains(&b'Q'),
        "the next request went into a body of {size} bytes, {after:?}"
    );
    if after == After::KeptAlive {
        let answer = until(&mut client, b"\r\n\r\n");
        assert!(
            answer.starts_with(b"HTTP/1.1 200"),
            "of a body of {size} bytes"
        );
    }
    after
}

#[test]
fn what_a_backend_has_not_taken_of_a_body_is_never_taken_from_the_next_one() {
    let (hasty, echo) = (Hasty::start(), Backend::echo());
    let gateway = Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
        .api("hasty", &format!("http://{}", hasty.address))
        .api("echo", &echo.url())
        .start();
    assert_eq!(attempt(&gateway, &hasty, STEP), After::KeptAlive);
    assert_eq!(attempt(&gateway, &hasty, MOST), After::Closed);
    // The dangerous bodies end between the two: in the gateway, while the backend's socket is full.
    let (mut kept, mut closed) = (STEP, MOST);
    while closed - kept > STEP {
        let middle = kept.midpoint(closed) / STEP * STEP;
        match attempt(&gateway, &hasty, middle) {
            After::KeptAlive => kept = middle,
            After::Closed => closed = middle,
        }
    }
    for back in 0..8 {
        attempt(&gateway, &hasty, kept.saturating_sub(back * STEP).max(STEP));
    }
    gateway.stop();
}
