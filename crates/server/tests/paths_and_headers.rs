//! What a caller writes into a path, a header or a trailer, as the backend receives it: over sockets,
//! in HTTP/1.1 and HTTP/2. The breadth of spellings is in the engine's test `spelling`.

#![expect(
    clippy::disallowed_methods,
    reason = "hyper's connection is driven by a task, which ends with the runtime of its test"
)]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::Empty;
use hyper::Request;
use hyper::body::{Body, Frame};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper_util::rt::{TokioExecutor, TokioIo};
use portcullis_testkit::backend::Backend;
use portcullis_testkit::gateway::{Gateway, GatewayBuilder};
use portcullis_testkit::wire::{Head, must};
use tokio::net::TcpStream;

fn builder() -> GatewayBuilder {
    Gateway::builder(env!("CARGO_BIN_EXE_portcullis")).set("listen.h2c", "true")
}

fn policy(inbound: &str, outbound: &str) -> String {
    format!(
        "<policies><inbound>{inbound}</inbound><backend><forward-request /></backend>\
         <outbound>{outbound}</outbound><on-error /></policies>"
    )
}

/// The statuses that requests get over one HTTP/2 connection.
fn over_http2<B>(address: SocketAddr, requests: impl IntoIterator<Item = Request<B>>) -> Vec<u16>
where
    B: Body<Data = Bytes, Error = Infallible> + Send + Unpin + 'static,
{
    let runtime = must(
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build(),
    );
    runtime.block_on(async {
        let io = TokioIo::new(must(TcpStream::connect(address).await));
        let client = hyper::client::conn::http2::handshake(TokioExecutor::new(), io);
        let (mut sender, connection) = must(client.await);
        tokio::spawn(connection);
        let mut statuses = Vec::new();
        for request in requests {
            let response = must(sender.send_request(request).await);
            statuses.push(response.status().as_u16());
        }
        statuses
    })
}

/// A request from a caller who states where it came from.
fn stating(target: &str) -> Request<Empty<Bytes>> {
    must(
        Request::get(format!("http://a.example{target}"))
            .header("x-forwarded-for", "198.51.100.66")
            .header("x_forwarded_for", "198.51.100.66")
            .body(Empty::new()),
    )
}

/// A body of unknown length.
struct Pieces(VecDeque<Frame<Bytes>>);

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(Ok))
    }
}

// === Paths ===

/// Spellings of `/admin/x`, which needs a key.
const SPELLINGS: &[&str] = &[
    "/admin/x",
    "/ADMIN/x",
    "/%61dmin/x",
    "/%2561dmin/x",
    "//admin/x",
    "/./admin/x",
    "/;/admin/x",
    "/;x/admin/x",
    "/;rev=1/admin/x",
    "/x/../admin/x",
    "/x/%2e%2e/admin/x",
    "/x/..;/admin/x",
    "/x/..%2fadmin/x",
    "/x/..%5cadmin/x",
    "/x/%252e%252e/admin/x",
    "/admin;x/x",
    "/admin%3Bx/x",
    "/admin%20/x",
    "/admin./x",
    "/admin%2e/x",
    "/admin%00/x",
    "/admin%3Fy/x",
    "/admin%2fx",
    "/admin//x",
    "/admin/",
    "/%c0%afadmin/x",
];

#[test]
fn no_spelling_of_a_protected_path_reaches_the_backend_through_an_open_api() {
    let backend = Backend::echo();
    let admin = format!("{}/admin", backend.url());
    let gateway = builder()
        .api("root", &backend.url())
        .api_with("admin", &admin, "\"subscriptionRequired\": true")
        .api_with("secure", &backend.url(), "\"protocols\": [\"https\"]")
        .start();
    let mut over_http1 = Vec::new();
    for target in SPELLINGS {
        let status = gateway.get(target).status;
        assert!(matches!(status, 400 | 401), "{target}: {status}");
        over_http1.push(status);
    }
    let requests = SPELLINGS.iter().map(|target| stating(target));
    assert_eq!(over_http2(gateway.http(), requests), over_http1);
    // What is for HTTPS alone is not there in the clear, however it is spelt.
    for (target, expect) in [
        ("/secure/x", 404),
        ("//secure/x", 400),
        ("/;rev=1/secure/x", 400),
    ] {
        assert_eq!(gateway.get(target).status, expect, "{target}");
    }
    assert!(backend.arrived().is_empty(), "{:?}", backend.arrived());
    // And what is not meant is not hit.
    for target in [
        "/administrator/x",
        "/x/admin",
        "/a;b/C%23",
        "/caf%C3%A9/x%20y",
    ] {
        assert_eq!(gateway.get(target).status, 200, "{target}");
        assert_eq!(backend.last().head.target(), target);
    }
    gateway.stop();
}

#[test]
fn a_value_does_not_climb_out_of_the_template_it_is_put_into() {
    let backend = Backend::echo();
    let computed = "@(\"/files/\" + context.Request.Url.Query.GetValueOrDefault(\"f\", \"\"))";
    let rewrite = format!("<rewrite-uri template='{computed}' copy-unmatched-params=\"false\" />");
    let base =
        "@(\"http://127.0.0.1:1/\" + context.Request.Url.Query.GetValueOrDefault(\"f\", \"\"))";
    let gateway = builder()
        .api("rewrite", &backend.url())
        .policy("apis/rewrite", &policy(&rewrite, ""))
        .api("base", &backend.url())
        .policy(
            "apis/base",
            &policy(&format!("<set-backend-service base-url='{base}' />"), ""),
        )
        .start();
    assert_eq!(gateway.get("/rewrite/a?f=a%20b").status, 200);
    assert_eq!(backend.last().head.target(), "/files/a%20b");
    for value in [
        "..",
        "../x",
        "%2e%2e/x",
        "%252e%252e/x",
        "..;/x",
        "..%2fx",
        "..%5cx",
        "a%0d%0ab",
        "a%00",
    ] {
        for api in ["rewrite", "base"] {
            let answer = gateway.get(&format!("/{api}/a?f={value}"));
            assert_eq!(answer.status, 500, "{api} {value}");
        }
    }
    assert_eq!(backend.arrived().len(), 1);
    gateway.stop();
}

// === Headers that state where a request came from ===

const STATED: &str = "X-Forwarded-For: 198.51.100.66\r\nX-Forwarded-Proto: https\r\n\
                      X-Forwarded-Host: evil.example\r\nX-Forwarded-Port: 443\r\nForwarded: for=198.51.100.66\r\n\
                      X-Real-IP: 198.51.100.66\r\nX-Original-URL: /admin\r\nX-Rewrite-URL: /admin\r\n\
                      X_Forwarded_For: 198.51.100.66\r\nTrue_Client_IP: 198.51.100.66\r\napi_key: k\r\n\
                      X-HTTP-Method-Override: DELETE\r\nVia: 1.1 cache\r\n";

fn fields<'h>(head: &'h Head, names: &[&str]) -> Vec<Option<&'h str>> {
    names.iter().map(|name| head.field(name)).collect()
}

#[test]
fn what_a_caller_states_of_its_origin_is_replaced_by_what_is_known() {
    let backend = Backend::echo();
    let gateway = builder().api("root", &backend.url()).start();
    assert_eq!(gateway.get_with("/a", STATED).status, 200);
    let head = backend.last().head;
    let own = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"];
    assert_eq!(
        fields(&head, &own),
        [Some("127.0.0.1"), Some("http"), Some("a.example")]
    );
    for name in [
        "x-forwarded-port",
        "forwarded",
        "x-real-ip",
        "x-original-url",
        "x-rewrite-url",
        "x_forwarded_for",
        "true_client_ip",
    ] {
        assert!(!head.has(name), "{name} crossed: {head:?}");
    }
    let others = ["api_key", "x-http-method-override", "via"];
    assert_eq!(
        fields(&head, &others),
        [Some("k"), Some("DELETE"), Some("1.1 cache")]
    );
    assert_eq!(over_http2(gateway.http(), [stating("/b")]), [200]);
    let head = backend.last().head;
    assert_eq!(
        fields(&head, &own),
        [Some("127.0.0.1"), Some("http"), Some("a.example")]
    );
    assert!(!head.has("x_forwarded_for"), "{head:?}");
    gateway.stop();
}

#[test]
fn what_a_trusted_proxy_states_is_continued() {
    let backend = Backend::echo();
    let gateway = builder()
        .api("root", &backend.url())
        .set("security.trusted_proxies", "127.0.0.0/8")
        .start();
    assert_eq!(gateway.get_with("/a", STATED).status, 200);
    let head = backend.last().head;
    for (name, expect) in [
        ("x-forwarded-for", Some("198.51.100.66, 127.0.0.1")),
        ("x-forwarded-proto", Some("https")),
        ("x-forwarded-host", Some("evil.example")),
        ("x-forwarded-port", Some("443")),
        ("forwarded", Some("for=198.51.100.66, for=127.0.0.1")),
        ("x-real-ip", Some("198.51.100.66")),
        ("x-original-url", None),
        ("x_forwarded_for", None),
    ] {
        assert_eq!(head.field(name), expect, "{name}");
    }
    gateway.stop();
}

#[test]
fn policies_see_what_is_stated_and_what_they_set_stands() {
    let backend = Backend::echo();
    let header = |name: &str, value: &str| {
        format!(
            "<set-header name=\"{name}\" exists-action=\"override\"><value>{value}</value></set-header>"
        )
    };
    let seen = "@(context.Request.Headers.GetValueOrDefault(\"X-Forwarded-For\", \"none\"))";
    let inbound = [
        header("X-Seen", seen),
        header("X-Real-IP", "192.0.2.9"),
        header("X-Forwarded-For", "192.0.2.10"),
        header("X-User-Id", "alice"),
        "<set-header name=\"X-Role\" exists-action=\"delete\" />".to_owned(),
        "<check-header name=\"X-Tenant\" failed-check-httpcode=\"403\" failed-check-error-message=\"no\" \
         ignore-case=\"false\"><value>contoso</value></check-header>"
            .to_owned(),
    ];
    let gateway = builder()
        .api("root", &backend.url())
        .policy("apis/root", &policy(&inbound.concat(), ""))
        .start();
    let spoofed = "X-Forwarded-For: 1.1.1.1\r\nX_User_Id: root\r\nX-User_Id: root\r\nX_Role: admin\r\n\
                   X-Tenant: contoso\r\nX_Tenant: adatum\r\n\
                   Connection: X-User-Id, X-Real-IP, X-Forwarded-For\r\n";
    let request = format!("GET /a HTTP/1.1\r\nHost: a.example\r\n{spoofed}\r\n");
    assert_eq!(gateway.connect().ask(request).status, 200);
    let head = backend.last().head;
    for (name, expect) in [
        ("x-seen", Some("127.0.0.1")),
        ("x-real-ip", Some("192.0.2.9")),
        ("x-forwarded-for", Some("192.0.2.10")),
        ("x-user-id", Some("alice")),
        ("x_user_id", None),
        ("x-user_id", None),
        ("x_role", None),
        ("x-tenant", Some("contoso")),
        ("x_tenant", None),
    ] {
        assert_eq!(head.field(name), expect, "{name}: {head:?}");
    }
    gateway.stop();
}

#[test]
fn connection_takes_nothing_away_that_everybody_must_read() {
    let backend = Backend::echo();
    let gateway = builder().api("root", &backend.url()).start();
    let request = "GET /a HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer x\r\nCookie: a=b\r\nX-Mine: 1\r\n\
                   Connection: Authorization, Cookie, X-Forwarded-For, X-Mine\r\n\r\n";
    assert_eq!(gateway.connect().ask(request).status, 200);
    let head = backend.last().head;
    let names = [
        "authorization",
        "cookie",
        "x-forwarded-for",
        "x-mine",
        "connection",
    ];
    assert_eq!(
        fields(&head, &names),
        [Some("Bearer x"), Some("a=b"), Some("127.0.0.1"), None, None]
    );
    gateway.stop();
}

// === Bodies and trailers ===

#[test]
fn trailers_stay_trailers_and_state_nothing_that_is_decided_on() {
    let backend = Backend::echo();
    let gateway = builder().api("root", &backend.url()).start();
    let trailers = "X-Forwarded-For: 1.1.1.1\r\nX_Forwarded_For: 1.1.1.1\r\nX-Real-IP: 1.1.1.1\r\n\
                    Ocp-Apim-Subscription-Key: k\r\nX-Checksum: 7\r\n";
    let declared = "Trailer: X-Forwarded-For, X_Forwarded_For, X-Real-IP, Ocp-Apim-Subscription-Key, X-Checksum";
    let request = format!(
        "POST /a HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n{declared}\r\n\r\n\
         5\r\nhello\r\n0\r\n{trailers}\r\n"
    );
    assert_eq!(gateway.connect().ask(request).text(), "hello");
    let arrived = backend.last();
    let names: Vec<_> = arrived
        .trailers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.as_str()))
        .collect();
    assert_eq!(names, [("x-checksum".to_owned(), "7")]);
    assert_eq!(arrived.head.field("x-forwarded-for"), Some("127.0.0.1"));
    // What frames or authenticates is refused outright.
    for trailer in [
        "Authorization: x",
        "Content-Length: 5",
        "Host: b",
        "Transfer-Encoding: chunked",
    ] {
        let request = format!(
            "POST /a HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n{trailer}\r\n\r\n"
        );
        assert_eq!(gateway.connect().ask(request).status, 400, "{trailer}");
    }
    gateway.stop();
}

#[test]
fn a_trailer_brings_back_nothing_that_was_decided_on() {
    let backend = Backend::echo();
    let inbound = "<set-header name=\"X-User\" exists-action=\"override\"><value>alice</value></set-header>\
                   <set-header name=\"X-Secret\" exists-action=\"delete\" />\
                   <set-header name=\"X_Role\" exists-action=\"delete\" />";
    let gateway = builder()
        .api("root", &backend.url())
        .policy("apis/root", &policy(inbound, ""))
        .start();
    let names = [
        "x-user",
        "x_user",
        "x-secret",
        "x.secret",
        "x-role",
        "x_role",
        "x-own",
        "x_own",
        "x-checksum",
    ];
    let lines = names.map(|name| format!("{name}: 1\r\n")).concat();
    let request = format!(
        "POST /a HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\nX-Own: 2\r\n\
         Trailer: {}\r\n\r\n5\r\nhello\r\n0\r\n{lines}\r\n",
        names.join(", ")
    );
    assert_eq!(gateway.connect().ask(request).text(), "hello");
    let check = || {
        let arrived = backend.last();
        assert_eq!(arrived.body, b"hello");
        assert_eq!(arrived.head.field("x-user"), Some("alice"));
        assert_eq!(arrived.head.field("x-own"), Some("2"));
        let left: Vec<_> = arrived.trailers.iter().map(|(name, _)| name).collect();
        assert_eq!(left, ["x-checksum"]);
    };
    check();
    let trailers = names.map(|name| (HeaderName::from_static(name), HeaderValue::from_static("1")));
    let body = Pieces(VecDeque::from([
        Frame::data(Bytes::from("hello")),
        Frame::trailers(HeaderMap::from_iter(trailers)),
    ]));
    let request = Request::post("http://a.example/a")
        .header("x-own", "2")
        .header("trailer", names.join(", "))
        .body(body);
    assert_eq!(over_http2(gateway.http(), [must(request)]), [200]);
    check();
    gateway.stop();
}

#[test]
fn a_body_goes_on_whatever_the_method_and_however_it_is_framed() {
    let backend = Backend::echo();
    let gateway = builder().api("root", &backend.url()).start();
    for method in ["GET", "HEAD", "DELETE", "OPTIONS", "POST"] {
        for framed in [
            "Content-Length: 5\r\n\r\nhello",
            "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        ] {
            let request = format!("{method} /a HTTP/1.1\r\nHost: a.example\r\n{framed}");
            assert_eq!(
                gateway.connect().ask(request).status,
                200,
                "{method} {framed}"
            );
            let arrived = backend.last();
            assert_eq!(
                arrived.body, b"hello",
                "{method} {framed}: {:?}",
                arrived.head
            );
        }
    }
    gateway.stop();
}

#[test]
fn over_http2_trailers_and_bodies_keep_to_the_same_rules() {
    let backend = Backend::echo();
    let gateway = builder().api("root", &backend.url()).start();
    let mut trailers = HeaderMap::new();
    let names = ["x-forwarded-for", "x_forwarded_for", "x-checksum"];
    for name in names {
        trailers.insert(HeaderName::from_static(name), HeaderValue::from_static("1"));
    }
    let body = Pieces(VecDeque::from([
        Frame::data(Bytes::from("hello")),
        Frame::trailers(trailers),
    ]));
    let request = Request::get("http://a.example/a")
        .header("trailer", names.join(", "))
        .body(body);
    assert_eq!(over_http2(gateway.http(), [must(request)]), [200]);
    let arrived = backend.last();
    assert_eq!(arrived.body, b"hello", "{:?}", arrived.head);
    let names: Vec<_> = arrived.trailers.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["x-checksum"]);
    // What frames or authenticates is refused outright here too.
    for name in ["authorization", "content-length"] {
        let mut trailers = HeaderMap::new();
        trailers.insert(HeaderName::from_static(name), HeaderValue::from_static("1"));
        let body = Pieces(VecDeque::from([
            Frame::data(Bytes::from("hello")),
            Frame::trailers(trailers),
        ]));
        let request = Request::get("http://a.example/a").body(body);
        assert_eq!(over_http2(gateway.http(), [must(request)]), [400], "{name}");
    }
    gateway.stop();
}

// === Nothing splits a message ===

/// Every place where a policy makes a line of a message out of data: name, inbound, outbound.
const PLACES: &[(&str, &str, &str)] = &[
    (
        "header",
        "<set-header name=\"X-A\" exists-action=\"override\"><value>DATA</value></set-header>",
        "",
    ),
    (
        "name",
        "<set-header name='DATA' exists-action=\"override\"><value>1</value></set-header>",
        "",
    ),
    (
        "append",
        "<set-header name=\"X-A\" exists-action=\"append\"><value>a</value><value>DATA</value></set-header>",
        "",
    ),
    (
        "variable",
        "<set-variable name=\"v\" value='DATA' /><set-header name=\"X-A\" exists-action=\"override\">\
         <value>@((string)context.Variables[\"v\"])</value></set-header>",
        "",
    ),
    ("method", "<set-method>DATA</set-method>", ""),
    ("rewrite", "<rewrite-uri template='DATA' />", ""),
    ("backend", "<set-backend-service base-url='DATA' />", ""),
    (
        "returned",
        "<return-response><set-status code=\"302\" reason=\"Found\" /><set-header name=\"Location\" \
         exists-action=\"override\"><value>DATA</value></set-header></return-response>",
        "",
    ),
    (
        "reason",
        "<return-response><set-status code=\"200\" reason='DATA' /></return-response>",
        "",
    ),
    (
        "answer",
        "",
        "<set-header name=\"X-A\" exists-action=\"override\"><value>DATA</value></set-header>",
    ),
    ("status", "", "<set-status code=\"200\" reason='DATA' />"),
];

#[test]
fn no_value_that_a_policy_takes_from_a_request_ends_its_line() {
    let named = "<on-error><set-header name=\"X-Source\" exists-action=\"override\">\
                 <value>@(context.LastError.Source)</value></set-header></on-error>";
    let data = "@(\"a\" + context.Request.OriginalUrl.Query.GetValueOrDefault(\"x\", \"\"))";
    let backend = Backend::echo();
    let mut gateway = builder();
    for (name, inbound, outbound) in PLACES {
        let document = policy(
            &inbound.replace("DATA", data),
            &outbound.replace("DATA", data),
        );
        let document = document.replace("<on-error />", named);
        gateway = gateway
            .api(name, &backend.url())
            .policy(&format!("apis/{name}"), &document);
    }
    let gateway = gateway.start();
    for (name, source) in PLACES.iter().map(|place| (place.0, source_of(place))) {
        for broken in [
            "%0d%0aX-Split:%201",
            "%0a%20b",
            "%0dX-Split:1",
            "%00",
            "%0d%0a%0d%0aHTTP/1.1",
        ] {
            let answer = gateway.get(&format!("/{name}/a?x={broken}"));
            assert_eq!(answer.status, 500, "{name} {broken}");
            assert_eq!(answer.field("x-source"), Some(source), "{name} {broken}");
            assert!(
                !answer.head.has("x-split"),
                "{name} {broken}: {:?}",
                answer.head
            );
        }
    }
    for arrived in backend.arrived() {
        assert!(!arrived.head.has("x-split"), "{:?}", arrived.head);
        assert_eq!(
            arrived.head.line.split(' ').count(),
            3,
            "{:?}",
            arrived.head
        );
    }
    for line in gateway.stop().access_log() {
        assert_eq!(line["decision"], "failed", "{line}");
    }
}

/// The policy in which a place stands: the first one in which the data is.
fn source_of((_, inbound, outbound): &(&str, &'static str, &'static str)) -> &'static str {
    let document = if inbound.is_empty() {
        outbound
    } else {
        inbound
    };
    let name = document.trim_start_matches('<').split([' ', '>']).next();
    match name {
        // The variable itself may hold anything.
        Some("set-variable") | None => "set-header",
        Some(name) => name,
    }
}

#[test]
fn what_goes_into_a_query_is_encoded() {
    let backend = Backend::echo();
    let data = "@(context.Request.OriginalUrl.Query.GetValueOrDefault(\"x\", \"\"))";
    let set = format!(
        "<set-query-parameter name=\"q\" exists-action=\"override\"><value>{data}</value></set-query-parameter>"
    );
    let gateway = builder()
        .api("root", &backend.url())
        .policy("apis/root", &policy(&set, ""))
        .start();
    assert_eq!(gateway.get("/a?x=%0d%0aX-Split:1%26admin=1%23").status, 200);
    let target = backend.last().head.target().to_owned();
    assert!(
        target.ends_with("q=%0D%0AX-Split%3A1%26admin%3D1%23"),
        "{target}"
    );
    gateway.stop();
}
