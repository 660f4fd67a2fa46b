//! Clients that ask without a pause while something else happens, and look at every answer.

#![expect(
    clippy::disallowed_methods,
    clippy::panic,
    reason = "hyper's connections are driven by tasks, which end with the runtime of their client, and a \
              request that is lost fails its test"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::Scope;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use portcullis_testkit::backend::{Backend, Then};
use portcullis_testkit::gateway::{Gateway, GatewayBuilder};
use portcullis_testkit::wire::{Answer, Identity, To, Wire, must};
use tokio::net::TcpStream;

/// A document that marks the request on its way in and the response on its way out.
pub(crate) fn marking(mark: &str) -> String {
    let header = |name: &str| {
        format!(
            "<set-header name=\"{name}\" exists-action=\"override\"><value>{mark}</value></set-header>"
        )
    };
    format!(
        "<policies><inbound>{}</inbound><backend><forward-request /></backend>\
         <outbound>{}</outbound><on-error /></policies>",
        header("X-In"),
        header("X-Out")
    )
}

/// Files of the artefact folder: path, text.
pub(crate) type Files = [(&'static str, String); 3];

/// Writes files of a running gateway, one after the other.
pub(crate) fn written(gateway: &Gateway, files: &Files) {
    for (path, text) in files {
        gateway.write(path, text);
    }
}

/// Clients of one gateway, or of whoever is in its place: each asks without a pause, keeps its
/// connection as long as it may, and fails the test if an answer is not whole and right.
pub(crate) struct Traffic {
    plain: SocketAddr,
    secure: Option<(SocketAddr, Identity)>,
    served: Arc<AtomicUsize>,
    counted: Arc<AtomicUsize>,
}

/// Ends the clients when it is dropped, also when the test fails.
pub(crate) struct Ended<'a>(&'a AtomicBool);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Traffic {
    /// Of clients of this gateway.
    pub(crate) fn of(gateway: &Gateway) -> Self {
        let secure = gateway.has_tls();
        let secure = secure.then(|| (gateway.https(), gateway.identity().clone()));
        Self {
            plain: gateway.http(),
            secure,
            served: Arc::default(),
            counted: Arc::default(),
        }
    }

    /// A backend that gives the request's body back, and says how the request was marked.
    pub(crate) fn backend() -> Backend {
        Backend::start(|call| {
            let mark = call.head.field("x-in").unwrap_or("none").to_owned();
            let Some(body) = call.body() else {
                return Then::Close;
            };
            let length = body.len();
            call.send(format!(
                "HTTP/1.1 200 OK\r\nX-Seen: {mark}\r\nContent-Length: {length}\r\n\r\n"
            ));
            call.send(body);
            Then::Keep
        })
    }

    /// Two documents that mark in the same way, and one that lets a thousand calls through.
    pub(crate) fn policies(mark: &str) -> Files {
        let below = |inbound: &str, outbound: &str| {
            format!(
                "<policies><inbound><base />{inbound}</inbound><backend><base /></backend>\
                 <outbound><base />{outbound}</outbound><on-error><base /></on-error></policies>"
            )
        };
        let of_api = format!(
            "<set-header name=\"X-Api\" exists-action=\"override\"><value>{mark}</value></set-header>"
        );
        let limit =
            "<rate-limit-by-key calls=\"1000\" renewal-period=\"300\" counter-key=\"all\" />";
        [
            ("policy.xml", marking(mark)),
            ("apis/root/policy.xml", below("", &of_api)),
            ("apis/root/operations/patch/policy.xml", below(limit, "")),
        ]
    }

    /// A gateway with these documents.
    pub(crate) fn policed(builder: GatewayBuilder, files: &Files) -> GatewayBuilder {
        let builder = builder.set("listen.h2c", "true");
        let add = |builder: GatewayBuilder, (path, text): &(&str, String)| builder.file(path, text);
        files.iter().fold(builder, add)
    }

    /// How many calls were let through that are limited.
    pub(crate) fn counted(&self) -> usize {
        self.counted.load(Ordering::Relaxed)
    }

    /// Whether what marked the request on its way in is what marked the response on its way out,
    /// twice.
    fn is_of_one_configuration<'a>(field: impl Fn(&'static str) -> Option<&'a str>) -> bool {
        let marks = ["x-seen", "x-out", "x-api"].map(field);
        marks[0].is_some() && marks.iter().all(|mark| *mark == marks[0])
    }

    /// How many more calls than were counted are let through.
    pub(crate) fn left(&self) -> usize {
        let limited = "PATCH /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        let asked = (0..1200).map(|_| Wire::plain(self.plain).ask(limited).status);
        asked.filter(|status| *status == 200).count()
    }

    /// Lets the clients loose, until `ends` is set.
    pub(crate) fn start<'scope, 'env>(
        &'env self,
        scope: &'scope Scope<'scope, 'env>,
        ends: &'env AtomicBool,
    ) -> Ended<'env> {
        scope.spawn(|| self.keep_asking(ends, || Wire::plain(self.plain)));
        scope.spawn(|| self.ask_in_pieces(ends));
        scope.spawn(|| self.connect_anew(ends));
        scope.spawn(|| self.keep_asking_over_http2(ends));
        if let Some((address, identity)) = &self.secure {
            scope.spawn(|| self.keep_asking(ends, || Wire::tls(*address, identity)));
        }
        Ended(ends)
    }

    /// How many were served so far.
    pub(crate) fn served_so_far(&self) -> usize {
        self.served.load(Ordering::Relaxed)
    }

    /// Fails the test unless so many were served.
    pub(crate) fn was_served(&self, least: usize) {
        let served = self.served_so_far();
        assert!(served >= least, "only {served} were served");
    }

    fn served(&self, answer: &Answer) {
        let is_of_one = Self::is_of_one_configuration(|name| answer.field(name));
        assert!(is_of_one, "{:?}", answer.head);
        self.served.fetch_add(1, Ordering::Relaxed);
    }

    /// One request after the other on one connection, until it is told to take another one.
    fn keep_asking(&self, ends: &AtomicBool, connect: impl Fn() -> Wire) {
        let mut client = connect();
        while !ends.load(Ordering::Relaxed) {
            let answer =
                client.ask("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
            assert_eq!((answer.status, answer.text()), (200, "hello".to_owned()));
            self.served(&answer);
            if answer.field("connection") == Some("close") {
                client = connect();
            }
        }
    }

    /// Requests over HTTP/2, three at a time, on one connection until it is told to take another one.
    fn keep_asking_over_http2(&self, ends: &AtomicBool) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        must(runtime).block_on(async {
            while !ends.load(Ordering::Relaxed) {
                let tcp = must(TcpStream::connect(self.plain).await);
                let handshake = http2::handshake(TokioExecutor::new(), TokioIo::new(tcp));
                let (mut client, connection) = must(handshake.await);
                tokio::spawn(connection);
                while !ends.load(Ordering::Relaxed) && client.ready().await.is_ok() {
                    let ask = || self.ask_over_http2(client.clone());
                    tokio::join!(ask(), ask(), ask());
                }
            }
        });
    }

    async fn ask_over_http2(&self, mut client: http2::SendRequest<Full<Bytes>>) {
        let request = Request::post(format!("http://{}/a", self.plain));
        let request = must(request.body(Full::new(Bytes::from_static(b"hello"))));
        let response = match client.send_request(request).await {
            Ok(response) => response,
            // It was not sent: the connection had been told to end.
            Err(error) if error.is_canceled() => return,
            Err(error) => panic!("{error:?}"),
        };
        assert_eq!(response.status(), 200);
        let headers = response.headers().clone();
        let field = |name| headers.get(name).and_then(|value| value.to_str().ok());
        assert!(Self::is_of_one_configuration(field), "{headers:?}");
        assert_eq!(
            must(response.into_body().collect().await).to_bytes(),
            "hello"
        );
        self.served.fetch_add(1, Ordering::Relaxed);
    }

    /// Requests whose bodies take their time.
    fn ask_in_pieces(&self, ends: &AtomicBool) {
        while !ends.load(Ordering::Relaxed) {
            let mut client = Wire::plain(self.plain);
            client.send("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            for _ in 0..10 {
                client.send("3\r\nabc\r\n");
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            client.send("0\r\n\r\n");
            let answer = client.answer(To::Get);
            assert_eq!((answer.status, answer.body.len()), (200, 30));
            self.served(&answer);
        }
    }

    /// A connection for every request; some are counted.
    fn connect_anew(&self, ends: &AtomicBool) {
        for n in 0.. {
            if ends.load(Ordering::Relaxed) {
                return;
            }
            if n % 10 == 0 && self.counted() < 500 {
                let mut client = Wire::plain(self.plain);
                let limited = "PATCH /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
                assert_eq!(client.ask(limited).status, 200);
                self.counted.fetch_add(1, Ordering::Relaxed);
            }
            let mut client = Wire::plain(self.plain);
            let answer = client.ask("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assert_eq!(answer.status, 200);
            self.served(&answer);
        }
    }
}
