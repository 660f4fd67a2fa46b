//! WebSockets as tunnels: how long they may be idle, what they may hold, how they end.

#![expect(
    clippy::disallowed_methods,
    reason = "the timers of a socket are read from the kernel"
)]

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use portcullis_testkit::backend::{Backend, Then};
use portcullis_testkit::gateway::{Gateway, GatewayBuilder};
use portcullis_testkit::wire::{Wire, eventually, must};

const ASKS: &str = "GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
     Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const AGREES: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
     Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

fn in_front_of(backend: &Backend) -> GatewayBuilder {
    Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
        .api("root", &backend.url())
        .tls()
}

/// A backend that agrees and then says nothing.
fn silent() -> Backend {
    Backend::start(|call| {
        call.send(AGREES);
        call.wait_closed();
        Then::Close
    })
}

fn tunnel(mut client: Wire) -> Wire {
    client.send(ASKS);
    assert_eq!(client.head().status(), 101);
    client
}

#[test]
fn a_tunnel_that_is_idle_in_both_directions_is_closed_at_both_ends() {
    let backend = silent();
    let gateway = in_front_of(&backend)
        .set("tunnel.idle_timeout", "200ms")
        .start();
    for client in [gateway.connect(), gateway.connect_tls()] {
        assert!(tunnel(client).is_closed());
    }
    eventually("both ends of the backend", || backend.abandoned() == 2);
    eventually("they are counted as closed", || {
        gateway.metric("portcullis_connections_open") == 0
    });
    gateway.stop();
}

#[test]
fn one_direction_that_moves_keeps_a_tunnel() {
    const COUNT: usize = 20;
    let backend = Backend::start(|call| {
        call.send(AGREES);
        call.exactly(COUNT);
        for _ in 0..COUNT {
            call.send("b");
            std::thread::sleep(Duration::from_millis(50));
        }
        Then::Close
    });
    let gateway = in_front_of(&backend)
        .set("tunnel.idle_timeout", "400ms")
        .start();
    for client in [gateway.connect(), gateway.connect_tls()] {
        let mut client = tunnel(client);
        for _ in 0..COUNT {
            client.send("a");
            std::thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(client.exactly(COUNT), [b'b'; COUNT]);
    }
    gateway.stop();
}

#[test]
fn an_end_that_says_no_more_still_hears() {
    let backend = Backend::start(|call| {
        call.send(AGREES);
        let heard = call.exactly(5);
        call.wait_closed();
        call.send(heard);
        Then::Close
    });
    let gateway = in_front_of(&backend).start();
    let tcp = must(std::net::TcpStream::connect(gateway.http()));
    let mut client = must(tcp.try_clone());
    std::io::Write::write_all(&mut client, format!("{ASKS}hello").as_bytes()).unwrap();
    eventually("the backend has heard it", || backend.arrived().len() == 1);
    tcp.shutdown(std::net::Shutdown::Write).unwrap();
    let mut said = String::new();
    std::io::Read::read_to_string(&mut client, &mut said).unwrap();
    assert!(said.ends_with("\r\n\r\nhello"), "{said}");
    gateway.stop();
}

#[test]
fn an_end_that_takes_nothing_holds_the_other_back() {
    const PIECE: usize = 1024 * 1024;
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let backend = Backend::start(move |call| {
        call.send(AGREES);
        for _ in 0..64 {
            call.send(vec![b'a'; PIECE]);
            count.fetch_add(1, Ordering::SeqCst);
        }
        call.wait_closed();
        Then::Close
    });
    let gateway = in_front_of(&backend)
        .set("tunnel.idle_timeout", "1s")
        .start();
    let client = tunnel(gateway.connect());
    eventually("it is given up", || {
        gateway.metric("portcullis_connections_open") == 0
    });
    // What went is what the kernel's buffers hold, not what the backend had.
    assert!(sent.load(Ordering::SeqCst) >= 1);
    let resident = memory(&gateway);
    assert!(resident < 200 * 1024, "{resident} KiB");
    drop(client);
    gateway.stop();
}

/// The most that the process has had in memory, in KiB.
fn memory(gateway: &Gateway) -> u64 {
    let status = must(fs::read_to_string(format!(
        "/proc/{}/status",
        gateway.process()
    )));
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    must(number.unwrap_or_default().parse())
}

#[test]
fn the_kernel_asks_whether_the_ends_of_a_tunnel_still_live() {
    let backend = silent();
    let gateway = in_front_of(&backend).start();
    let client = tunnel(gateway.connect());
    let (front, back) = (gateway.http(), backend.address());
    eventually("the client's end has a timer", || {
        has_timer(|local, _| local == front)
    });
    eventually("the backend's end has one too", || {
        has_timer(|_, remote| remote == back)
    });
    drop(client);
    gateway.stop();
}

/// Whether a connection that is open has the kernel's timer for asking (`proc_net_tcp`: 2).
fn has_timer(is_it: impl Fn(SocketAddr, SocketAddr) -> bool) -> bool {
    let table = must(fs::read_to_string("/proc/net/tcp"));
    let mut open = table.lines().skip(1).filter_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let [_, local, remote, "01", _, timer, ..] = fields.as_slice() else {
            return None;
        };
        Some((address(local)?, address(remote)?, timer.starts_with("02:")))
    });
    open.any(|(local, remote, has_timer)| has_timer && is_it(local, remote))
}

fn address(hex: &str) -> Option<SocketAddr> {
    let (ip, port) = hex.split_once(':')?;
    // As the kernel keeps it: in the order of the network, read as a number of this machine.
    let ip = u32::from_str_radix(ip, 16).ok()?.to_ne_bytes();
    Some((ip, u16::from_str_radix(port, 16).ok()?).into())
}

#[test]
fn a_tunnel_counts_as_a_connection_to_its_backend() {
    let backend = silent();
    let gateway = in_front_of(&backend)
        .set("upstream.max_connections", "1")
        .start();
    let held = tunnel(gateway.connect());
    let mut refused = gateway.connect();
    refused.send(ASKS);
    assert_ne!(refused.head().status(), 101);
    drop(held);
    eventually("there is room again", || {
        let mut client = gateway.connect();
        client.send(ASKS);
        client.head().status() == 101
    });
    gateway.stop();
}

#[test]
fn a_stop_lets_tunnels_go_on_for_the_drain_time() {
    let backend = Backend::start(|call| {
        call.send(AGREES);
        while call.exactly(1) != b"." {
            call.send("b");
        }
        call.wait_closed();
        Then::Close
    });
    let gateway = in_front_of(&backend).set("drain.timeout", "2s").start();
    let mut client = tunnel(gateway.connect());
    gateway.terminate();
    eventually("it drains", || gateway.admin_get("/readyz").status == 503);
    client.send("a");
    assert_eq!(client.exactly(1), b"b");
    client.send(".");
    let ended = gateway.wait();
    assert!(client.is_closed());
    assert!(ended.stderr.contains("cut off"), "{}", ended.stderr);
}
