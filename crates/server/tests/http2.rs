//! HTTP/2 through the gateway, with clients that nobody here wrote (curl, h2load) where they are
//! installed, and with hyper's where a test has to look closer.

#![expect(
    clippy::disallowed_methods,
    reason = "hyper's connections are driven by tasks, which end with the runtime of their test, and \
              bodies are as long as the tests make them"
)]

use std::io::Write as _;
use std::net::SocketAddr;
use std::pin::Pin;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, Full};
use hyper::body::{Body, Frame, Incoming};
use hyper::client::conn::http2::SendRequest;
use hyper::header::{HeaderMap, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use portcullis_testkit::backend::{Backend, Extent, Then};
use portcullis_testkit::gateway::{Ended, Gateway, GatewayBuilder};
use portcullis_testkit::wire::{Identity, Wire, eventually, must};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// Calls the backend over HTTP/2.
const OVER_HTTP2: &str = "<policies><inbound /><backend><forward-request http-version=\"2\" /></backend>\
                          <outbound /><on-error /></policies>";

/// Calls the backend over HTTP/2 if it can.
const OVER_EITHER: &str = "<policies><inbound /><backend><forward-request http-version=\"2or1\" />\
                           </backend><outbound /><on-error /></policies>";

fn builder() -> GatewayBuilder {
    Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
}

/// A gateway that speaks HTTP/2 on both listeners, in front of a backend.
fn in_front_of(backend: &Backend) -> GatewayBuilder {
    builder()
        .api("root", &backend.url())
        .tls()
        .set("listen.h2c", "true")
}

// === Clients that nobody here wrote ===

/// Whether a program is installed; tests that need one that is not pass and say so.
fn is_installed(program: &str) -> bool {
    let probe = Command::new(program).arg("--version").output();
    let is_there = probe.is_ok_and(|output| output.status.success());
    if !is_there {
        drop(writeln!(std::io::stdout(), "SKIPPED 1 ({program} absent)"));
    }
    is_there
}

/// What curl writes: the body, then the version of HTTP and the status. Empty if it gives up.
fn curl(gateway: &Gateway, url: &str, arguments: &[&str]) -> String {
    let output = Command::new("curl")
        .args([
            "--silent",
            "--max-time",
            "10",
            "--write-out",
            " %{http_version} %{http_code}",
        ])
        .arg("--cacert")
        .arg(gateway.certificate_file())
        .args(arguments)
        .arg(url)
        .output();
    match output {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).into_owned()
        }
        _ => String::new(),
    }
}

#[test]
fn curl_speaks_http2_over_tls_and_by_prior_knowledge() {
    if !is_installed("curl") {
        return;
    }
    let backend = Backend::echo();
    let gateway = in_front_of(&backend).start();
    let tls = format!("https://localhost:{}/a", gateway.https().port());
    let plain = format!("http://{}/a", gateway.http());
    for (url, arguments, expect) in [
        (&tls, &["--http2", "--data", "hello"][..], "hello 2 200"),
        (
            &tls,
            &[
                "--http2",
                "--tlsv1.2",
                "--tls-max",
                "1.2",
                "--data",
                "hello",
            ],
            "hello 2 200",
        ),
        (
            &tls,
            &["--http2", "--tlsv1.3", "--data", "hello"],
            "hello 2 200",
        ),
        (&tls, &["--http1.1", "--data", "hello"], "hello 1.1 200"),
        (&tls, &["--http2", "--head"], ""),
        (
            &plain,
            &["--http2-prior-knowledge", "--data", "hello"],
            "hello 2 200",
        ),
        (&plain, &["--http1.1", "--data", "hello"], "hello 1.1 200"),
        // Offers an upgrade to HTTP/2, which nobody has to take.
        (&plain, &["--http2", "--data", "hello"], "hello 1.1 200"),
    ] {
        let said = curl(&gateway, url, arguments);
        let status_ends_it = expect.is_empty() && said.ends_with(" 2 200");
        assert!(said == expect || status_ends_it, "{arguments:?}: {said:?}");
    }
    gateway.stop();
    let strict = builder().api("root", &backend.url()).start();
    let plain = format!("http://{}/a", strict.http());
    assert_eq!(
        curl(&strict, &plain, &["--http2-prior-knowledge"]),
        "",
        "not where it is not enabled"
    );
    strict.stop();
}

#[test]
fn h2load_finds_every_request_answered() {
    if !is_installed("h2load") {
        return;
    }
    let backend = Backend::echo();
    let gateway = in_front_of(&backend).set("log.access", "off").start();
    let url = format!("https://{}/a", gateway.https());
    let output = Command::new("h2load")
        .args([
            "--requests",
            "2000",
            "--clients",
            "4",
            "--max-concurrent-streams",
            "20",
        ])
        .arg(url)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("2000 succeeded, 0 failed, 0 errored, 0 timeout"),
        "{said}"
    );
    assert!(said.contains("2000 2xx, 0 3xx, 0 4xx, 0 5xx"), "{said}");
    gateway.stop();
}

// === hyper's client and server ===

/// A request's body that a test sends piece by piece.
struct Fed(mpsc::Receiver<Frame<Bytes>>);

impl Body for Fed {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(cx).map(|frame| frame.map(Ok))
    }
}

/// A response's body that is the request's, piece by piece, with `grpc-status` after it.
struct Echo {
    request: Incoming,
    ended: bool,
}

impl Body for Echo {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        match std::task::ready!(Pin::new(&mut self.request).poll_frame(cx)) {
            Some(Ok(frame)) if frame.is_data() => Poll::Ready(Some(Ok(frame))),
            Some(Err(error)) => Poll::Ready(Some(Err(error))),
            // Its end, or its trailers, which are the end too.
            last => {
                self.ended = true;
                let mut trailers = HeaderMap::new();
                trailers.insert("grpc-status", HeaderValue::from_static("0"));
                if let Some(Ok(own)) = last.map(|frame| frame.map(Frame::into_trailers)) {
                    trailers.extend(own.unwrap_or_default());
                }
                Poll::Ready(Some(Ok(Frame::trailers(trailers))))
            }
        }
    }
}

/// The heads that a [`grpc_backend`] received.
type Heads = Arc<Mutex<Vec<hyper::http::request::Parts>>>;

/// A backend that speaks nothing but HTTP/2 and echoes streams.
async fn grpc_backend(tls: Option<&Identity>) -> (String, Heads) {
    let listener = must(TcpListener::bind("127.0.0.1:0").await);
    let port = must(listener.local_addr()).port();
    let heads = Heads::default();
    let kept = Arc::clone(&heads);
    let acceptor = tls.map(|identity| tokio_rustls::TlsAcceptor::from(identity.server(&["h2"])));
    let scheme = if acceptor.is_some() { "https" } else { "http" };
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let kept = Arc::clone(&kept);
            match &acceptor {
                None => drop(tokio::spawn(serve_grpc(TokioIo::new(tcp), kept))),
                Some(acceptor) => {
                    if let Ok(tls) = acceptor.accept(tcp).await {
                        tokio::spawn(serve_grpc(TokioIo::new(tls), kept));
                    }
                }
            }
        }
    });
    (format!("{scheme}://localhost:{port}"), heads)
}

async fn serve_grpc<IO>(io: IO, heads: Heads)
where
    IO: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| {
        let (head, request) = request.into_parts();
        if let Ok(mut heads) = heads.lock() {
            heads.push(head);
        }
        let response = Response::builder().header("content-type", "application/grpc");
        async move {
            response.body(Echo {
                request,
                ended: false,
            })
        }
    });
    let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    // A connection that breaks is no business of the backend.
    drop(builder.serve_connection(io, service).await);
}

/// A connection of HTTP/2 by prior knowledge.
async fn client<B>(address: SocketAddr) -> SendRequest<B>
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let tcp = must(TcpStream::connect(address).await);
    let made = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(tcp)).await;
    let (sender, connection) = must(made);
    tokio::spawn(async move { drop(connection.await) });
    sender
}

/// Stops a gateway while the runtime goes on: its clients have to take part in the goodbye.
async fn stop(gateway: Gateway) -> Ended {
    blocking(move || gateway.stop()).await
}

/// Does what waits while the runtime goes on.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    must(tokio::task::spawn_blocking(work).await)
}

fn get(address: SocketAddr, path: &str) -> hyper::http::request::Builder {
    Request::get(format!("http://{address}{path}"))
}

#[tokio::test]
async fn a_grpc_call_streams_both_ways_and_ends_with_trailers() {
    let identity = Identity::local();
    let (plain, plain_heads) = grpc_backend(None).await;
    let (tls, tls_heads) = grpc_backend(Some(&identity)).await;
    let gateway = builder()
        .api("plain", &plain)
        .api("tls", &tls)
        .policy("", OVER_HTTP2)
        .trusting(&identity)
        .set("listen.h2c", "true")
        .start();
    for (api, heads) in [("plain", plain_heads), ("tls", tls_heads)] {
        let mut client = client(gateway.http()).await;
        let (feed, fed) = mpsc::channel(1);
        let request = Request::post(format!("http://{}/{api}/chat.Chat/Talk", gateway.http()))
            .header("te", "trailers")
            .header("content-type", "application/grpc");
        let response = client
            .send_request(request.body(Fed(fed)).unwrap())
            .await
            .unwrap();
        assert_eq!(response.status(), 200, "{api}");
        assert_eq!(response.headers()["content-type"], "application/grpc");
        let mut body = response.into_body();
        for message in ["one", "two"] {
            // The answer to this message comes before the next one is sent.
            feed.send(Frame::data(message.into())).await.unwrap();
            let frame = body.frame().await.unwrap().unwrap();
            assert_eq!(frame.into_data().unwrap(), message, "{api}");
        }
        let mut trailers = HeaderMap::new();
        trailers.insert("x-sum", "2".parse().unwrap());
        feed.send(Frame::trailers(trailers)).await.unwrap();
        drop(feed);
        let frame = body.frame().await.unwrap().unwrap();
        let trailers = frame.into_trailers().unwrap();
        assert_eq!(
            (&trailers["grpc-status"], &trailers["x-sum"]),
            (&"0".parse().unwrap(), &"2".parse().unwrap())
        );
        let head = heads.lock().unwrap().pop().unwrap();
        assert_eq!(head.headers["te"], "trailers", "{api}");
        assert_eq!(head.uri.path(), "/chat.Chat/Talk", "{api}");
    }
    stop(gateway).await;
}

#[tokio::test]
async fn many_requests_share_one_connection_without_waiting_for_each_other() {
    let backend = Backend::start(|call| {
        if call.head.target() == "/slow" {
            call.wait_closed();
            return Then::Close;
        }
        call.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Then::Keep
    });
    let gateway = in_front_of(&backend).start();
    let address = gateway.http();
    let mut client = client(address).await;
    let slow = client.send_request(get(address, "/slow").body(Empty::new()).unwrap());
    let slow = tokio::spawn(slow);
    for _ in 0..50 {
        let request = get(address, "/a").body(Empty::<Bytes>::new()).unwrap();
        let response = client.send_request(request).await.unwrap();
        assert_eq!(
            response.into_body().collect().await.unwrap().to_bytes(),
            "ok"
        );
    }
    // A stream that its client resets ends its backend call, and no other.
    slow.abort();
    let (gateway, backend) = blocking(move || {
        eventually("the call is cancelled", || backend.abandoned() == 1);
        eventually("it is in the log", || gateway.access_log().len() == 51);
        (gateway, backend)
    })
    .await;
    assert_eq!(backend.connections(), 2);
    let log = stop(gateway).await.access_log();
    let broken: Vec<_> = log
        .iter()
        .filter(|line| line["complete"] == false)
        .collect();
    assert_eq!(broken.len(), 1);
    assert_eq!(
        (&broken[0]["status"], &broken[0]["reason"]),
        (&499.into(), &"ClientConnectionFailure".into())
    );
    assert!(log.iter().all(|line| line["protocol"] == "HTTP/2"));
}

#[tokio::test]
async fn large_bodies_cross_the_windows_intact() {
    const LARGE: usize = 5 * 1024 * 1024;
    let lines = (0..).flat_map(|n: u32| format!("{n}\n").into_bytes());
    let body: Bytes = lines.take(LARGE).collect::<Vec<u8>>().into();
    let backend = Backend::echo();
    let (grpc, _) = grpc_backend(None).await;
    let gateway = in_front_of(&backend)
        .api("h2", &grpc)
        .policy("apis/h2", OVER_HTTP2)
        .start();
    let address = gateway.http();
    for path in ["/a", "/h2/a"] {
        let mut client = client(address).await;
        let request = Request::post(format!("http://{address}{path}"));
        let response = client
            .send_request(request.body(Full::new(body.clone())).unwrap())
            .await;
        let back = response
            .unwrap()
            .into_body()
            .collect()
            .await
            .unwrap()
            .to_bytes();
        assert!(back == body, "{path}: {} of {LARGE} bytes", back.len());
    }
    stop(gateway).await;
}

#[tokio::test]
async fn a_body_that_is_too_large_or_too_slow_is_told_so() {
    let backend = Backend::echo();
    let gateway = in_front_of(&backend)
        .set("client.max_body", "8")
        .set("client.body_timeout", "200ms")
        .start();
    let address = gateway.http();
    for (body, ends, status) in [
        ("12345678", true, 200),
        ("123456789", true, 413),
        ("1234", false, 408),
    ] {
        let before = backend.arrived().len();
        let mut client = client(address).await;
        let (feed, fed) = mpsc::channel(1);
        let request = Request::post(format!("http://{address}/a"))
            .body(Fed(fed))
            .unwrap();
        let answer = tokio::spawn(client.send_request(request));
        feed.send(Frame::data(body.into())).await.unwrap();
        let feed = (!ends).then_some(feed);
        let response = answer.await.unwrap().unwrap();
        assert_eq!(response.status(), status, "{body}");
        let whole = backend
            .arrived_after(before)
            .iter()
            .any(|a| a.extent == Extent::Whole);
        assert_eq!(whole, status == 200, "{body}");
        drop(feed);
    }
    stop(gateway).await;
}

#[tokio::test]
async fn what_http1_writes_in_one_field_is_put_together_again() {
    let backend = Backend::echo();
    let gateway = in_front_of(&backend).start();
    let address = gateway.http();
    let mut client = client(address).await;
    let request = get(address, "/a")
        .header("cookie", "a=1")
        .header("cookie", "b=2");
    let response = client
        .send_request(request.body(Empty::<Bytes>::new()).unwrap())
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(backend.last().head.all("cookie"), ["a=1; b=2"]);
    stop(gateway).await;
}

#[tokio::test]
async fn one_host_is_asked_and_no_hop_by_hop_field_comes_back() {
    let backend = Backend::answering(
        "HTTP/1.1 200 OK\r\nConnection: keep-alive, x-hop\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\n\
         Upgrade: h2c\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    );
    let gateway = in_front_of(&backend).start();
    let address = gateway.http();
    let own = address.to_string();
    for (host, status) in [
        (None, 200),
        (Some(own.as_str()), 200),
        (Some("other.example"), 400),
    ] {
        let mut client = client(address).await;
        let mut request = get(address, "/a");
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let response = client
            .send_request(request.body(Empty::<Bytes>::new()).unwrap())
            .await
            .unwrap();
        assert_eq!(response.status(), status, "{host:?}");
        for name in [
            "connection",
            "keep-alive",
            "x-hop",
            "upgrade",
            "transfer-encoding",
        ] {
            assert!(!response.headers().contains_key(name), "{name}");
        }
    }
    stop(gateway).await;
}

#[test]
fn a_backend_that_knows_only_http1_is_asked_in_its_own_words() {
    let identity = Identity::local();
    let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    let tls = Backend::start_tls(&identity, move |call| {
        call.send(ok);
        Then::Keep
    });
    let plain = Backend::answering(ok);
    let gateway = builder()
        .api("tls", &tls.url())
        .api("plain", &plain.url())
        .policy("", OVER_EITHER)
        .trusting(&identity)
        .start();
    for (api, backend) in [("tls", &tls), ("plain", &plain)] {
        for _ in 0..2 {
            assert_eq!(gateway.get(&format!("/{api}/a?b=c")).text(), "ok");
        }
        let head = backend.last().head;
        assert_eq!(head.line, "GET /a?b=c HTTP/1.1", "{api}");
        let host = format!("localhost:{}", backend.address().port());
        assert_eq!(head.all("host"), [host.as_str()], "{api}");
        assert_eq!(backend.connections(), 1, "{api}");
    }
    gateway.stop();
}

#[test]
fn a_preface_where_http2_is_not_spoken_is_refused() {
    let backend = Backend::echo();
    let gateway = builder().api("root", &backend.url()).tls().start();
    for mut client in [gateway.connect(), gateway.connect_tls()] {
        assert_eq!(client.ask("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").status, 505);
        assert!(client.is_closed());
    }
    // By ALPN the client has promised HTTP/2; anything else is a broken promise.
    let config = gateway
        .identity()
        .client(&[&rustls::version::TLS13], &["h2"]);
    let mut liar = Wire::tls_as(gateway.https(), config);
    liar.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let settings_or_goaway = liar.exactly(9);
    assert!(!settings_or_goaway.starts_with(b"HTTP/1"));
    gateway.stop();
}

#[tokio::test]
async fn a_request_in_flight_ends_when_the_gateway_stops_and_no_other_begins() {
    let (go, may_go) = std::sync::mpsc::sync_channel::<()>(0);
    let may_go = Mutex::new(may_go);
    let backend = Backend::start(move |call| {
        let _: Result<(), _> = may_go.lock().unwrap().recv();
        call.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Then::Keep
    });
    let gateway = in_front_of(&backend).start();
    let address = gateway.http();
    let mut client = client(address).await;
    let request = get(address, "/held").body(Empty::<Bytes>::new()).unwrap();
    let held = tokio::spawn(client.send_request(request));
    let backend = blocking(move || {
        eventually("the request is held", || backend.arrived().len() == 1);
        backend
    })
    .await;
    gateway.terminate();
    let gateway = blocking(move || {
        eventually("it drains", || gateway.admin_get("/readyz").status == 503);
        gateway
    })
    .await;
    blocking(move || must(go.send(()))).await;
    let response = held.await.unwrap().unwrap();
    assert_eq!(
        response.into_body().collect().await.unwrap().to_bytes(),
        "ok"
    );
    let late = get(address, "/late").body(Empty::<Bytes>::new()).unwrap();
    assert!(client.send_request(late).await.is_err());
    let ended = blocking(move || gateway.wait()).await;
    assert!(!ended.stderr.contains("cut off"), "{}", ended.stderr);
    assert_eq!(backend.arrived().len(), 1);
}

#[tokio::test]
async fn a_client_that_asks_for_nothing_or_takes_nothing_is_let_go() {
    let backend = Backend::start(|call| {
        call.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
        call.send(vec![b'a'; 64 * 1024 * 1024]);
        call.wait_closed();
        Then::Close
    });
    let gateway = in_front_of(&backend)
        .set("client.idle_timeout", "200ms")
        .set("client.head_timeout", "200ms")
        .set("client.write_timeout", "200ms")
        .start();
    let address = gateway.http();
    // It has promised HTTP/2 and does not begin.
    let promised = gateway
        .identity()
        .client(&[&rustls::version::TLS13], &["h2"]);
    let mut silent = Wire::tls_as(gateway.https(), promised);
    drop(silent.try_send(b""));
    blocking(move || assert!(silent.is_closed())).await;
    // It asks for something and takes no more than fits into the window.
    let mut slow = client(address).await;
    let request = get(address, "/a").body(Empty::<Bytes>::new()).unwrap();
    let response = slow.send_request(request).await.unwrap();
    let backend = blocking(move || {
        eventually("the call is cancelled", || backend.abandoned() == 1);
        backend
    })
    .await;
    drop((response, backend));
    // It has nothing to ask for.
    let mut idle = client::<Empty<Bytes>>(address).await;
    while idle.ready().await.is_ok() {
        tokio::task::yield_now().await;
    }
    stop(gateway).await;
}
