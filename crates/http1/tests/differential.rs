//! Against hyper's server: what we take, it takes as the same messages; what we refuse and it takes is
//! a list that is written down here.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, Version};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::rt::ReadBufCursor;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reading::{Reading, read};

#[expect(
    dead_code,
    reason = "the verdicts are checked elsewhere; here only the bytes count"
)]
mod cases;
mod reading;

/// The cases of which hyper 1.12 takes more messages than we do, by what it lets through.
const LOOSER: &[(&str, &[&str])] = &[
    (
        "bare LF ends a line",
        &[
            "a bare LF after a header",
            "a bare LF after an empty line before the request line",
            "a bare LF after the request line",
            "a bare LF before the request line",
            "a bare LF for the empty line",
            "a second request with bare LFs",
            "bare LFs everywhere",
        ],
    ),
    (
        "empty lines before a request do not count",
        &[
            "two empty lines before the request line",
            "two empty lines between requests",
        ],
    ),
    (
        "a length beside a coding is dropped",
        &[
            "a length, then chunks",
            "a second request with a length and chunks",
            "chunks with a length of zero",
            "chunks, then a length",
        ],
    ),
    ("equal lengths are one", &["the same length twice"]),
    (
        "a coding need only end in chunked",
        &[
            "a comma before the coding",
            "a compression before chunks",
            "chunks within chunks",
            "the same coding on two lines",
        ],
    ),
    (
        "Host is a header like any other",
        &[
            "IPv6 without brackets",
            "a Host beyond ASCII",
            "a Host that is a URL",
            "a Host that is a bare list",
            "a Host that is a list",
            "a Host with a backslash",
            "a Host with a path",
            "a Host with a query",
            "a Host with a space",
            "a Host with a user",
            "a Host with percent-encoding",
            "a port alone",
            "a port beyond 65535",
            "a port that is a word",
            "a port with a sign",
            "a second request without Host",
            "an empty Host",
            "an empty Host in HTTP/1.0",
            "an open bracket",
            "brackets around a name",
            "no Host",
            "no header at all",
            "text after the brackets",
            "the same Host twice",
            "two Hosts",
            "two Hosts in HTTP/1.0",
            "two ports",
        ],
    ),
    (
        "a target is any URI",
        &[
            "UTF-8 in the target",
            "a fragment",
            "a fragment after the query",
            "a target without a slash",
            "a tunnel",
            "an absolute target of another host",
            "an absolute target of another port",
            "an absolute target of another scheme",
            "an absolute target with a fragment",
            "an absolute target with a user",
            "an absolute target with the other scheme's port",
            "an asterisk for GET",
            "an authority for GET",
        ],
    ),
    (
        "Connection and Expect are read for the words it knows",
        &[
            "a Connection that is no list of tokens",
            "a Connection that names Host",
            "a Connection that names the coding",
            "a Connection that names the length",
            "an empty expectation",
            "an unknown expectation",
            "an unknown expectation beside a known one",
        ],
    ),
    (
        "chunk lines are read loosely",
        &[
            "a space after a chunk size",
            "a space in the last chunk size",
            "an extension with NUL",
            "an extension without a name",
        ],
    ),
    (
        "any field may be a trailer",
        &[
            "a Connection in trailers",
            "a Content-Disposition in trailers",
            "a Host in trailers",
            "a coding in trailers",
            "a content type in trailers",
            "a length in trailers",
            "credentials in trailers",
        ],
    ),
    (
        "limits are wider",
        &[
            "a URL too long",
            "a chunk-size line too long",
            "a header too long",
            "headers too long together",
        ],
    ),
];

#[test]
fn what_we_take_hyper_takes_as_the_same_messages() {
    for case in cases::all() {
        check(&case.bytes, case.name);
    }
}

#[test]
fn what_hyper_takes_and_we_refuse_is_known() {
    let is_looser =
        |case: &cases::Case| hyper_reads(&case.bytes).len() > read([&*case.bytes]).messages.len();
    let looser: BTreeSet<_> = cases::all()
        .iter()
        .filter(|case| is_looser(case))
        .map(|case| case.name)
        .collect();
    let known: BTreeSet<_> = LOOSER
        .iter()
        .flat_map(|(_, names)| *names)
        .copied()
        .collect();
    assert_eq!(looser, known);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn generated_messages_mean_the_same_to_hyper(bytes in connection()) {
        check(&bytes, "generated");
    }

    #[test]
    fn generated_messages_with_a_flaw_mean_the_same_to_hyper(bytes in flawed_connection()) {
        check(&bytes, "generated");
    }
}

#[test]
fn enough_of_what_is_generated_is_taken() {
    let share = |connections: BoxedStrategy<Vec<u8>>| {
        let mut runner = TestRunner::deterministic();
        let taken = (0..500).filter(|_| {
            let bytes = connections.new_tree(&mut runner).unwrap().current();
            !read([bytes.as_slice()]).messages.is_empty()
        });
        taken.count()
    };
    let (sound, flawed) = (
        share(connection().boxed()),
        share(flawed_connection().boxed()),
    );
    assert!(
        sound > 150 && flawed > 100,
        "of 500 only {sound} and {flawed}"
    );
}

/// Every message that we take is one that hyper takes, and the same.
fn check(bytes: &[u8], name: &str) {
    let ours = read([bytes]);
    let theirs = hyper_reads(bytes);
    assert!(
        theirs.len() >= ours.messages.len(),
        "{name}: hyper refuses {}",
        shown(bytes, &ours)
    );
    for (ours, theirs) in ours.messages.iter().zip(&theirs) {
        assert_eq!(&seen(ours), theirs, "{name}: {}", bytes.escape_ascii());
    }
}

fn shown(bytes: &[u8], reading: &Reading) -> String {
    format!("{} which we take as {reading:?}", bytes.escape_ascii())
}

/// A message as both readers can describe it.
#[derive(Debug, PartialEq)]
struct Seen {
    method: Method,
    target: String,
    version: Version,
    headers: HeaderMap,
    body: Vec<u8>,
    trailers: HeaderMap,
}

fn seen(message: &reading::Message) -> Seen {
    Seen {
        method: message.head.method.clone(),
        target: told_apart(&message.head.method, message.head.target.as_str()),
        version: match message.head.version {
            portcullis_http1::Version::Http10 => Version::HTTP_10,
            portcullis_http1::Version::Http11 => Version::HTTP_11,
        },
        headers: message.head.headers.clone(),
        body: message.body.clone(),
        trailers: message.trailers.clone(),
    }
}

/// hyper gives `OPTIONS http://a` and `OPTIONS http://a/` the same path: here they are the same.
fn told_apart(method: &Method, target: &str) -> String {
    if *method == Method::OPTIONS && target == "*" {
        "/"
    } else {
        target
    }
    .to_owned()
}

// === hyper ===

/// The messages that hyper's server takes whole from a connection's bytes.
fn hyper_reads(bytes: &[u8]) -> Vec<Seen> {
    let taken = Rc::new(RefCell::new(Vec::new()));
    let service = service_fn(|request| {
        let taken = Rc::clone(&taken);
        async move {
            if let Some(seen) = whole(request).await {
                taken.borrow_mut().push(seen);
            }
            Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
        }
    });
    let wire = Wire {
        unread: Bytes::copy_from_slice(bytes),
    };
    drive(http1::Builder::new().serve_connection(wire, service));
    taken.take()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the body is as long as the test has written it"
)]
async fn whole(request: Request<Incoming>) -> Option<Seen> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.ok()?;
    let trailers = body.trailers().cloned().unwrap_or_default();
    let target = head
        .uri
        .path_and_query()
        .map(ToString::to_string)
        .unwrap_or_default();
    Some(Seen {
        target: told_apart(&head.method, &target),
        method: head.method,
        version: head.version,
        headers: head.headers,
        body: body.to_bytes().to_vec(),
        trailers,
    })
}

/// Polls until nothing moves: the wire neither ends nor wakes.
fn drive(connection: impl Future) {
    let flag = Arc::new(Flag(AtomicBool::new(true)));
    let waker = Waker::from(Arc::clone(&flag));
    let mut connection = pin!(connection);
    while flag.0.swap(false, Ordering::Relaxed) {
        if connection
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_ready()
        {
            return;
        }
    }
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A socket that gives what a client sent, then nothing, and swallows what is written.
struct Wire {
    unread: Bytes,
}

impl hyper::rt::Read for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut into: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if self.unread.is_empty() {
            return Poll::Pending;
        }
        let size = into.remaining().min(self.unread.len());
        into.put_slice(&self.unread.split_to(size));
        Poll::Ready(Ok(()))
    }
}

impl hyper::rt::Write for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

// === Generated connections ===

fn connection() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(message(), 1..4).prop_map(|messages| messages.concat())
}

/// One byte, or a few, changed, taken out or put in.
fn flawed_connection() -> impl Strategy<Value = Vec<u8>> {
    let flaw = prop::sample::select(FLAWS);
    (connection(), any::<prop::sample::Index>(), 0..3_usize, flaw).prop_map(
        |(mut bytes, place, removed, flaw)| {
            let start = place.index(bytes.len());
            let end = (start + removed).min(bytes.len());
            bytes.splice(start..end, flaw.iter().copied());
            bytes
        },
    )
}

const FLAWS: &[&[u8]] = &[
    b"",
    b" ",
    b"\t",
    b"\r",
    b"\n",
    b"\r\n",
    b"\r\n\r\n",
    b"\0",
    b"\x7f",
    b"\x80",
    b":",
    b";",
    b",",
    b"#",
    b"/",
    b"0",
    b"5",
    b"a",
    b"\"",
    b"%",
    b"\r\n ",
    b"\r\nContent-Length: 3",
    b"\r\nTransfer-Encoding: chunked",
    b"\r\nHost: b",
    b"HTTP/1.1",
    b"*",
    b"?",
];

fn message() -> impl Strategy<Value = Vec<u8>> {
    let head = (
        prop::sample::select(vec!["GET", "POST", "OPTIONS", "HEAD", "PUT", "x-y"]),
        prop_oneof![
            12 => "/[!$-;=?-_a-z|~]{0,12}",
            1 => Just("*".to_owned()),
            2 => "https?://a:?(80)?[/?]?[a-z]{0,3}",
            1 => "[!-~]{1,6}",
        ],
        prop::sample::select(vec![
            "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/1.2",
        ]),
        prop::sample::select(vec!["Host: a\r\n", "host:a:80\r\n", "HOST: [::1]\r\n"]),
        prop::collection::vec(field(), 0..4),
    );
    (head, body()).prop_map(
        |((method, target, version, host, fields), (framing, body))| {
            let fields = fields.concat();
            let head = format!("{method} {target} {version}\r\n{host}{fields}{framing}\r\n");
            [head.into_bytes(), body].concat()
        },
    )
}

fn field() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "Connection: close\r\n",
        "Connection: keep-alive, x\r\n",
        "Connection: upgrade\r\n",
        "Upgrade: websocket\r\n",
        "Expect: 100-continue\r\n",
        "Accept: */*\r\n",
        "TE: trailers\r\n",
    ]);
    prop_oneof![known.prop_map(str::to_owned), unknown_field()]
}

fn unknown_field() -> impl Strategy<Value = String> {
    (
        "[A-Za-z0-9!#-'*+.^_`|~-]{1,10}",
        "[ \t]{0,2}",
        "[ -~\t]{0,12}",
    )
        .prop_map(|(name, blank, value)| format!("{name}:{blank}{value}\r\n"))
}

/// The framing fields, and a body that mostly agrees with them.
fn body() -> impl Strategy<Value = (String, Vec<u8>)> {
    let data = || prop::collection::vec(any::<u8>(), 0..20);
    prop_oneof![
        Just((String::new(), Vec::new())),
        data().prop_map(|data| (format!("Content-Length: {}\r\n", data.len()), data)),
        (
            prop::collection::vec(chunk(), 0..4),
            prop::collection::vec(field(), 0..3)
        )
            .prop_map(|(chunks, trailers)| {
                let end = format!("0\r\n{}\r\n", trailers.concat());
                let body = [chunks.concat(), end.into_bytes()].concat();
                ("Transfer-Encoding: chunked\r\n".to_owned(), body)
            }),
    ]
}

fn chunk() -> impl Strategy<Value = Vec<u8>> {
    let extension = prop::sample::select(vec!["", ";a", ";a=b", " ; a=\"b;\\\"\""]);
    (
        prop::collection::vec(any::<u8>(), 1..20),
        0..3_usize,
        extension,
    )
        .prop_map(|(data, zeros, extension)| {
            let size = format!("{}{:X}{extension}\r\n", "0".repeat(zeros), data.len());
            [size.as_bytes(), &data, b"\r\n"].concat()
        })
}
