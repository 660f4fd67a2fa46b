//! WebSockets over HTTP/2 (RFC 8441), end to end: a stream of the client becomes an upgraded
//! connection to the backend, decided on like a handshake of HTTP/1.1.

use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo};
use portcullis_testkit::backend::{Backend, Call, Then};
use portcullis_testkit::gateway::Gateway;
use portcullis_testkit::http2::{
    End, Http2, code, data, fields, flag, frame, headers, kind, reset, setting,
};
use portcullis_testkit::wire::{eventually, must};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{a_moment, an_honest_client_is_served, builder, in_front_of};

/// An extended CONNECT as RFC 8441 §5.1 shows it.
fn asks(path: &str) -> Vec<u8> {
    asks_in("13", path)
}

fn asks_in(version: &str, path: &str) -> Vec<u8> {
    let block = fields(&[
        (":method", "CONNECT"),
        (":protocol", "websocket"),
        (":scheme", "http"),
        (":path", path),
        (":authority", "a.example"),
        ("sec-websocket-protocol", "chat, superchat"),
        ("sec-websocket-extensions", "permessage-deflate"),
        ("sec-websocket-version", version),
        ("origin", "http://a.example"),
    ]);
    headers(1, flag::END_HEADERS, &block)
}

/// What the handshake of RFC 6455 §4.2.2 computes, by openssl's way of it: the key of the RFC has a
/// known answer, any other is computed here.
fn accept(key: &str) -> String {
    use base64::Engine as _;
    let mut hash = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY);
    hash.update(key.as_bytes());
    hash.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    base64::prelude::BASE64_STANDARD.encode(hash.finish())
}

fn agrees(call: &mut Call<'_>) {
    let key = call.head.field("sec-websocket-key").unwrap_or_default();
    let accept = accept(key);
    call.send(format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    ));
}

/// Agrees, echoes three messages of five bytes, and does as the path says.
fn chat(call: &mut Call<'_>) -> Then {
    if call.head.target() == "/honest" {
        call.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        return Then::Keep;
    }
    agrees(call);
    for _ in 0..3 {
        let message = call.exactly(5);
        call.send(message);
    }
    if call.head.target() != "/ends" {
        call.wait_closed();
    }
    Then::Close
}

fn start() -> (Backend, Gateway) {
    let backend = Backend::start(chat);
    let gateway = in_front_of(&backend).start();
    (backend, gateway)
}

/// A client whose stream 1 is a WebSocket, and the head that agreed.
fn connected(gateway: &Gateway, path: &str) -> Http2 {
    let mut client = Http2::plain(gateway.http());
    let offered = client.wait_for(kind::SETTINGS);
    assert_eq!(offered.setting(setting::ENABLE_CONNECT_PROTOCOL), Some(1));
    client.send(asks(path));
    let head = client.wait_for(kind::HEADERS);
    assert_eq!((head.stream, head.flags & flag::END_STREAM), (1, 0));
    client
}

fn talk(client: &mut Http2) {
    for message in [b"hello", b"again", b"three"] {
        client.send(data(1, flag::NONE, message));
        assert_eq!(client.wait_for(kind::DATA).payload, message);
    }
}

#[test]
fn a_stream_carries_data_both_ways_and_the_backend_is_asked_as_http1_asks() {
    let (backend, gateway) = start();
    let mut client = connected(&gateway, "/chat");
    talk(&mut client);
    let head = backend.last().head;
    assert_eq!(head.line, "GET /chat HTTP/1.1");
    for (name, value) in [
        ("upgrade", "websocket"),
        ("connection", "upgrade"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-protocol", "chat, superchat"),
        ("sec-websocket-extensions", "permessage-deflate"),
        ("origin", "http://a.example"),
    ] {
        assert_eq!(head.all(name), [value]);
    }
    assert_eq!(head.field("sec-websocket-key").map(str::len), Some(24));
    assert!(!head.has("content-length") && !head.has("transfer-encoding"));
    assert_eq!(
        accept("dGhlIHNhbXBsZSBub25jZQ=="),
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    );
    // Other requests go on beside it.
    assert_eq!(client.get(3, "/honest"), End::Status(200));
    // Its end is the backend's.
    client.send(data(1, flag::END_STREAM, b""));
    eventually("the backend sees the end", || backend.abandoned() == 1);
    assert_eq!(client.get(5, "/honest"), End::Status(200));
    drop(client);
    gateway.stop();
}

/// hyper's client, which nobody here wrote, over TLS.
#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "hyper's connection is driven by a task, which ends with the runtime of the test"
)]
async fn a_client_that_nobody_here_wrote_gets_its_websocket() {
    let backend = Backend::start(chat);
    let gateway = in_front_of(&backend).tls().start();
    let config = gateway
        .identity()
        .client(&[&rustls::version::TLS13], &["h2"]);
    let tcp = must(tokio::net::TcpStream::connect(gateway.https()).await);
    let name = must("localhost".try_into());
    let tls = tokio_rustls::TlsConnector::from(config).connect(name, tcp);
    let io = TokioIo::new(must(tls.await));
    let made = hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await;
    let (mut sender, connection) = must(made);
    tokio::spawn(async move { drop(connection.await) });
    // The server's settings have to come first.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let request = hyper::Request::connect("https://localhost/chat")
        .header("sec-websocket-version", "13")
        .extension(hyper::ext::Protocol::from_static("websocket"))
        .body(http_body_util::Empty::<bytes::Bytes>::new());
    let response = must(sender.send_request(must(request)).await);
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["sec-websocket-protocol"], "chat");
    for name in ["sec-websocket-accept", "upgrade", "connection"] {
        assert!(!response.headers().contains_key(name), "{name}");
    }
    let mut socket = TokioIo::new(must(hyper::upgrade::on(response).await));
    for message in [b"hello", b"again", b"three"] {
        must(socket.write_all(message).await);
        let mut echo = [0; 5];
        must(socket.read_exact(&mut echo).await);
        assert_eq!(&echo, message);
    }
    must(socket.shutdown().await);
    let ended = tokio::task::spawn_blocking(move || {
        eventually("the backend sees the end", || backend.abandoned() == 1);
        gateway.stop();
    });
    must(ended.await);
}

#[test]
fn either_side_ends_it() {
    let (backend, gateway) = start();
    let mut client = connected(&gateway, "/ends");
    talk(&mut client);
    let last = client.wait_for(kind::DATA);
    assert_eq!((last.payload.len(), last.flags), (0, flag::END_STREAM));
    drop(client);
    let mut client = connected(&gateway, "/chat");
    talk(&mut client);
    client.send(reset(1, code::CANCEL));
    eventually("a reset ends it at the backend", || {
        backend.abandoned() == 1
    });
    let mut client = connected(&gateway, "/chat");
    talk(&mut client);
    drop(client);
    eventually("a connection that is gone does too", || {
        backend.abandoned() == 2
    });
    an_honest_client_is_served(&gateway);
    gateway.stop();
}

#[test]
fn a_websocket_is_not_idle_and_a_stop_ends_it() {
    let backend = Backend::start(chat);
    let gateway = in_front_of(&backend)
        .set("client.idle_timeout", "200ms")
        .set("client.head_timeout", "200ms")
        .set("client.write_timeout", "200ms")
        .start();
    let mut client = connected(&gateway, "/chat");
    // As long as it answers that it lives.
    for _ in 0..5 {
        let ping = client.wait_for(kind::PING);
        client.send(frame(kind::PING, flag::ACK, 0, &ping.payload));
    }
    talk(&mut client);
    gateway.terminate();
    client.closed();
    let ended = gateway.wait();
    assert!(!ended.stderr.contains("cut off"), "{}", ended.stderr);
    eventually("its call is over", || backend.abandoned() == 1);
}

#[test]
fn a_websocket_in_which_nothing_moves_is_closed_and_the_connection_goes_on() {
    let backend = Backend::start(chat);
    let gateway = in_front_of(&backend)
        .set("tunnel.idle_timeout", "1s")
        .set("upstream.max_connections", "1")
        .start();
    let mut client = connected(&gateway, "/chat");
    talk(&mut client);
    assert_eq!(
        client.get(3, "/honest"),
        End::Status(503),
        "it is a connection"
    );
    eventually("the backend sees the end", || backend.abandoned() == 1);
    eventually("its place is free again", || {
        gateway.get("/honest").status == 200
    });
    assert_eq!(client.get(5, "/honest"), End::Status(200));
    gateway.stop();
}

#[test]
fn another_version_of_websocket_is_refused_as_over_http1() {
    let (backend, gateway) = start();
    let mut client = Http2::plain(gateway.http());
    client.send(asks_in("8", "/chat"));
    assert_eq!(client.end_of(1), End::Status(400));
    assert!(backend.arrived().is_empty());
    drop(client);
    gateway.stop();
}

#[test]
fn what_is_not_agreed_to_is_an_ordinary_answer_or_a_fault() {
    const WRONG: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
                         Connection: Upgrade\r\n";
    for (name, answer, status) in [
        (
            "refused",
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno".to_owned(),
            403,
        ),
        (
            "elsewhere",
            "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n".into(),
            302,
        ),
        (
            "not switched",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".into(),
            500,
        ),
        ("nothing", "HTTP/1.1 204 No Content\r\n\r\n".into(), 500),
        ("no accept", format!("{WRONG}\r\n"), 500),
        (
            "a wrong accept",
            format!("{WRONG}Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"),
            500,
        ),
        (
            "another protocol",
            WRONG.replace("websocket", "h2c") + "\r\n",
            500,
        ),
    ] {
        let backend = Backend::answering(answer);
        let gateway = in_front_of(&backend).start();
        let mut client = Http2::plain(gateway.http());
        client.send(asks("/chat"));
        assert_eq!(client.end_of(1), End::Status(status), "{name}");
        // Nothing goes to the backend over a stream that is no WebSocket.
        client.try_send(data(1, flag::NONE, b"GET /b HTTP/1.1\r\n\r\n"));
        a_moment(50);
        assert_eq!(backend.arrived().len(), 1, "{name}");
        drop(client);
        gateway.stop();
    }
}

#[test]
fn a_protected_operation_is_as_closed_as_over_http1() {
    let backend = Backend::start(chat);
    let refuses = "<policies><inbound><check-header name=\"X-Key\" failed-check-httpcode=\"401\" \
                   failed-check-error-message=\"no\" ignore-case=\"false\"><value>s</value>\
                   </check-header></inbound><backend><forward-request /></backend><outbound />\
                   <on-error /></policies>";
    let gateway = builder()
        .api("policy", &backend.url())
        .policy("apis/policy", refuses)
        .api_with("key", &backend.url(), "\"subscriptionRequired\": true")
        .api_with("tls", &backend.url(), "\"protocols\": [\"https\"]")
        .set("listen.h2c", "true")
        .start();
    for (path, status) in [
        ("/policy/chat", 401),
        ("/key/chat", 401),
        ("/none/chat", 404),
        ("/policy/../key/chat", 401),
    ] {
        let over_http1 = gateway.get_with(
            path,
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        );
        assert_eq!(over_http1.status, status, "{path}");
        let mut client = Http2::plain(gateway.http());
        client.send(asks(path));
        assert_eq!(client.end_of(1), End::Status(status), "{path}");
    }
    assert!(backend.arrived().is_empty());
    let log = gateway.access_log();
    assert!(
        log.iter().all(|line| line["decision"] != "allowed"),
        "{log:?}"
    );
    gateway.stop();
}
