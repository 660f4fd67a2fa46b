//! What is no request, or two at once: each case names the rule, what the client is told, and what
//! the HTTP/1.1 backend receives, which is one well-formed request or nothing.

use portcullis_testkit::backend::{Arrived, Backend};
use portcullis_testkit::gateway::Gateway;
use portcullis_testkit::http2::{
    End, Http2, code, data, field, fields, flag, headers, request, setting,
};

use super::{an_honest_client_is_served, in_front_of};

/// Malformed, and told so by the protocol (RFC 9113 §8.1.1).
const MALFORMED: Verdict = Verdict::Nothing(End::Reset(code::PROTOCOL_ERROR));
/// Malformed, and told so by a response.
const BAD: Verdict = Verdict::Nothing(End::Status(400));
/// What no other stream of the connection survives.
const BROKEN: Verdict = Verdict::Nothing(End::GoAway(code::PROTOCOL_ERROR));

#[derive(Debug, Clone, Copy)]
enum Verdict {
    /// The backend receives nothing.
    Nothing(End),
    /// The backend receives one request, with this request line.
    Asks(&'static str),
}

type Fields<'a> = &'a [(&'a [u8], &'a [u8])];

/// A head with these pseudo-headers.
fn pseudo(method: &str, scheme: &str, authority: &str, path: &str) -> Vec<u8> {
    fields(&[
        (":method", method),
        (":scheme", scheme),
        (":authority", authority),
        (":path", path),
    ])
}

/// An ordinary head with more fields.
fn with(extra: Fields<'_>) -> Vec<u8> {
    [request("GET", "/a"), fields(extra)].concat()
}

fn start() -> (Backend, Gateway) {
    let backend = Backend::echo();
    let gateway = in_front_of(&backend)
        .set("client.body_timeout", "2s")
        .start();
    (backend, gateway)
}

/// Sends frames that ask for something on stream 1; what became of it, if that is not as expected.
fn check(backend: &Backend, gateway: &Gateway, frames: &[u8], expect: Verdict) -> Option<String> {
    let before = backend.arrived().len();
    let mut client = Http2::plain(gateway.http());
    client.send(frames);
    let end = client.end_of(1);
    let arrived = backend.arrived_after(before);
    let lines: Vec<_> = arrived.iter().map(|a| a.head.line.as_str()).collect();
    let (expected, expected_lines) = match expect {
        Verdict::Nothing(end) => (end, vec![]),
        Verdict::Asks(line) => (End::Status(200), vec![line]),
    };
    for arrived in &arrived {
        is_one_well_formed_request(expected_lines.first().unwrap_or(&""), arrived);
    }
    (end != expected || lines != expected_lines).then(|| format!("{end:?}, {lines:?}"))
}

/// As many lines as fields, one host, one framing, nothing of another hop.
fn is_one_well_formed_request(name: &str, arrived: &Arrived) {
    let raw = String::from_utf8_lossy(&arrived.raw).into_owned();
    let (head, _) = raw.split_once("\r\n\r\n").unwrap_or_default();
    let lines = head.split("\r\n").count();
    assert_eq!(lines, arrived.head.fields.len() + 1, "{name}: {raw}");
    assert!(
        !head.replace("\r\n", "").contains(['\r', '\n', '\0']),
        "{name}: {raw}"
    );
    assert_eq!(arrived.head.all("host").len(), 1, "{name}: {raw}");
    let framings =
        arrived.head.all("content-length").len() + arrived.head.all("transfer-encoding").len();
    assert!(framings <= 1, "{name}: {raw}");
    for hop in [
        "connection",
        "keep-alive",
        "proxy-connection",
        "upgrade",
        "http2-settings",
    ] {
        assert!(!arrived.head.has(hop), "{name}: {hop} crossed: {raw}");
    }
}

fn check_heads(cases: &[(&str, Vec<u8>, Verdict)]) {
    let (backend, gateway) = start();
    let mut wrong = Vec::new();
    for (name, block, expect) in cases {
        let frames = headers(1, flag::ALL, block);
        let became = check(&backend, &gateway, &frames, *expect);
        wrong.extend(became.map(|became| format!("{name}: {became}, not {expect:?}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    an_honest_client_is_served(&gateway);
    gateway.stop();
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn pseudo_headers_are_complete_single_known_and_first() {
    const A: Verdict = Verdict::Asks("GET /a HTTP/1.1");
    let some = |which: &[(&str, &str)]| fields(which);
    let (m, s, a, p) = (
        (":method", "GET"),
        (":scheme", "http"),
        (":authority", "a.example"),
        (":path", "/a"),
    );
    let of = |authority: &str| pseudo("GET", "http", authority, "/a");
    let scheme = |scheme: &str| pseudo("GET", scheme, "a.example", "/a");
    let method = |method: &str| pseudo(method, "http", "a.example", "/a");
    check_heads(&[
        ("§8.3.1 in any order", some(&[p, a, s, m]), A),
        ("§8.3.1 no :method", some(&[s, a, p]), MALFORMED),
        ("§8.3.1 no :scheme", some(&[m, a, p]), MALFORMED),
        ("§8.3.1 no :path", some(&[m, s, a]), MALFORMED),
        ("§8.3.1 no host at all", some(&[m, s, p]), BAD),
        (
            "§8.3.1 Host alone",
            some(&[m, s, p, ("host", "a.example")]),
            A,
        ),
        ("§8.3 :method twice", some(&[m, m, s, a, p]), MALFORMED),
        ("§8.3 :scheme twice", some(&[m, s, s, a, p]), MALFORMED),
        ("§8.3 :authority twice", some(&[m, s, a, a, p]), MALFORMED),
        (
            "§8.3 :path twice",
            some(&[m, s, a, p, (":path", "/b")]),
            MALFORMED,
        ),
        (
            "§8.3 :path after a field",
            some(&[m, s, a, ("x", "y"), p]),
            MALFORMED,
        ),
        (
            "§8.3 :authority last",
            some(&[m, s, p, ("x", "y"), a]),
            MALFORMED,
        ),
        ("§8.3 unknown", some(&[m, s, a, p, (":x", "y")]), BROKEN),
        (
            "§8.3 of a response",
            some(&[m, s, a, p, (":status", "200")]),
            MALFORMED,
        ),
        ("§8.3 nothing at all", some(&[]), MALFORMED),
        (
            "RFC 8441 §4 :protocol without CONNECT",
            some(&[m, s, a, p, (":protocol", "websocket")]),
            MALFORMED,
        ),
        ("§8.3.1 :method empty", method(""), BROKEN),
        ("§8.3.1 :method with a space", method("GET /b"), BROKEN),
        ("§8.3.1 :method with a line end", method("GET\r\n"), BROKEN),
        (
            "§8.3.1 :method in lower case",
            method("get"),
            Verdict::Nothing(End::Status(404)),
        ),
        ("§8.3.1 :scheme https", scheme("https"), A),
        ("§8.3.1 :scheme in capitals", scheme("HTTP"), A),
        ("§8.3.1 :scheme ftp", scheme("ftp"), BAD),
        ("§8.3.1 :scheme empty", scheme(""), BAD),
        (
            "§8.3.1 :scheme with a URL",
            scheme("http://b.example/?"),
            MALFORMED,
        ),
        ("§8.3.1 :authority with a port", of("a.example:8080"), A),
        (
            "§8.3.1 :authority with user information",
            of("user@a.example"),
            BAD,
        ),
        (
            "§8.3.1 :authority with a password",
            of("u:p@a.example"),
            BAD,
        ),
        ("§8.3.1 :authority empty", of(""), MALFORMED),
        (
            "§8.3.1 :authority with a path",
            of("a.example/b"),
            MALFORMED,
        ),
        (
            "§8.3.1 :authority with a line end",
            of("a.example\r\nx: y"),
            MALFORMED,
        ),
        (
            "§8.3.1 :authority with a space",
            of("a.example b"),
            MALFORMED,
        ),
        (
            "§8.3.1 :authority with two hosts",
            of("a.example,b.example"),
            BAD,
        ),
        (
            "§8.3.1 :authority with a port too large",
            of("a.example:99999"),
            BAD,
        ),
        (
            "§8.3.1 :authority with a percent sign",
            of("a%2eexample"),
            MALFORMED,
        ),
        ("§8.3.1 another Host", with(&[(b"host", b"b.example")]), BAD),
        (
            "§8.3.1 another port in Host",
            with(&[(b"host", b"a.example:81")]),
            BAD,
        ),
        ("§8.3.1 the same Host", with(&[(b"host", b"A.example")]), A),
        (
            "RFC 9112 §3.2 the same Host twice",
            with(&[(b"host", b"a.example"), (b"host", b"a.example")]),
            BAD,
        ),
        (
            "RFC 9112 §3.2 two Hosts",
            with(&[(b"host", b"a.example"), (b"host", b"b.example")]),
            BAD,
        ),
        ("RFC 9112 §3.2 Host empty", with(&[(b"host", b"")]), BAD),
    ]);
}

#[test]
fn paths_are_what_http1_would_take() {
    const A: Verdict = Verdict::Asks("GET /a HTTP/1.1");
    let get = |path: &str| request("GET", path);
    check_heads(&[
        ("§8.3.1 empty", get(""), MALFORMED),
        ("§8.3.1 without a slash", get("a"), MALFORMED),
        ("§8.3.1 a query alone", get("?a"), BAD),
        (
            "§8.3.1 an absolute URL",
            get("http://b.example/a"),
            MALFORMED,
        ),
        ("§8.3.1 an authority", get("b.example:80"), MALFORMED),
        ("§8.3.1 * for GET", get("*"), BAD),
        (
            "§8.3.1 * for OPTIONS",
            request("OPTIONS", "*"),
            Verdict::Nothing(End::Status(204)),
        ),
        (
            "§8.3.1 */ for OPTIONS",
            request("OPTIONS", "*/a"),
            MALFORMED,
        ),
        ("§10.3 a space", get("/a b"), MALFORMED),
        (
            "§10.3 a whole request line",
            get("/a HTTP/1.1\r\nx: y\r\n\r\nGET /b"),
            MALFORMED,
        ),
        ("§10.3 a line end", get("/a\r\nhost: b.example"), MALFORMED),
        ("§10.3 LF", get("/a\nb"), MALFORMED),
        ("§10.3 a tab", get("/a\tb"), MALFORMED),
        ("§10.3 NUL", get("/a\0b"), MALFORMED),
        (
            "§10.3 a line end in the query",
            get("/a?b\r\nx: y"),
            MALFORMED,
        ),
        ("§10.3 a space in the query", get("/a?b c"), MALFORMED),
        ("§10.3 not ASCII", get("/ä"), BAD),
        ("RFC 3986 §3.5 a fragment never leaves", get("/a#b"), A),
        (
            "RFC 3986 §3.5 nor one after a query",
            get("/a?b#c"),
            Verdict::Asks("GET /a?b HTTP/1.1"),
        ),
        ("RFC 3986 §3.3 NUL, encoded", get("/a%00"), BAD),
        (
            "RFC 3986 §3.3 a line end, encoded",
            get("/a%0d%0ax:%20y"),
            BAD,
        ),
        ("RFC 3986 §3.3 a slash, encoded", get("/a%2fb"), BAD),
        ("RFC 3986 §3.3 a backslash", get("/a\\b"), BAD),
        ("RFC 3986 §3.3 a backslash, encoded", get("/a%5cb"), BAD),
        ("RFC 3986 §2.1 half an encoding", get("/a%2"), BAD),
        ("RFC 3629 §3 overlong UTF-8", get("/a%c0%af"), BAD),
        ("RFC 3986 §5.2.4 above the root", get("/../a"), BAD),
        (
            "RFC 3986 §5.2.4 above the root, encoded",
            get("/%2e%2e/a"),
            BAD,
        ),
        ("RFC 3986 §5.2.4 dot segments", get("/b/../a"), A),
        (
            "RFC 3986 §5.2.4 encoded dot segments",
            get("/b/%2e%2e/%2E/a"),
            A,
        ),
    ]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn fields_carry_no_line_of_http1() {
    const A: Verdict = Verdict::Asks("GET /a HTTP/1.1");
    let value = |value: &[u8]| with(&[(b"x-a", value)]);
    let name = |name: &[u8]| with(&[(name, b"y")]);
    check_heads(&[
        ("§8.2.1 capitals in a name", name(b"X-A"), BROKEN),
        ("§8.2.1 a space in a name", name(b"x a"), BROKEN),
        ("§8.2.1 a colon in a name", name(b"x:a"), BROKEN),
        (
            "§8.2.1 a space after a name",
            name(b"transfer-encoding "),
            BROKEN,
        ),
        ("§8.2.1 a line end in a name", name(b"x\r\nhost: b"), BROKEN),
        ("§8.2.1 NUL in a name", name(b"x\0"), BROKEN),
        ("§8.2.1 an empty name", name(b""), BROKEN),
        ("§8.2.1 a name that is not ASCII", name(b"x\xe4"), BROKEN),
        ("§8.2.1 a line end in a value", value(b"b\r\nx: y"), BROKEN),
        (
            "§8.2.1 a whole request in a value",
            value(b"b\r\n\r\nGET /b HTTP/1.1"),
            BROKEN,
        ),
        ("§8.2.1 LF in a value", value(b"b\nx"), BROKEN),
        ("§8.2.1 CR in a value", value(b"b\rx"), BROKEN),
        ("§8.2.1 NUL in a value", value(b"b\0x"), BROKEN),
        ("§8.2.1 DEL in a value", value(b"b\x7fx"), BROKEN),
        ("§8.2.1 a space before a value", value(b" b"), BAD),
        ("§8.2.1 a space after a value", value(b"b "), BAD),
        ("§8.2.1 a tab before a value", value(b"\tb"), BAD),
        ("§8.2.1 a tab after a value", value(b"b\t"), BAD),
        ("§8.2.1 a space alone", value(b" "), BAD),
        ("§8.2.1 an empty value", value(b""), A),
        ("RFC 9110 §5.5 a value that is not ASCII", value(b"\xe4"), A),
        (
            "§8.2.3 crumbs of a cookie",
            with(&[(b"cookie", b"a=1"), (b"cookie", b"b=2")]),
            A,
        ),
        (
            "§8.2.2 connection",
            with(&[(b"connection", b"close")]),
            MALFORMED,
        ),
        (
            "§8.2.2 connection that nominates",
            with(&[(b"connection", b"authorization")]),
            MALFORMED,
        ),
        (
            "§8.2.2 keep-alive",
            with(&[(b"keep-alive", b"5")]),
            MALFORMED,
        ),
        (
            "§8.2.2 proxy-connection",
            with(&[(b"proxy-connection", b"close")]),
            MALFORMED,
        ),
        (
            "§8.2.2 transfer-encoding",
            with(&[(b"transfer-encoding", b"chunked")]),
            MALFORMED,
        ),
        (
            "§8.2.2 transfer-encoding, empty",
            with(&[(b"transfer-encoding", b"")]),
            MALFORMED,
        ),
        (
            "§8.2.2 upgrade",
            with(&[(b"upgrade", b"websocket")]),
            MALFORMED,
        ),
        ("§8.2.2 te: gzip", with(&[(b"te", b"gzip")]), MALFORMED),
        (
            "§8.2.2 te: trailers and more",
            with(&[(b"te", b"trailers, gzip")]),
            MALFORMED,
        ),
        ("§8.2.2 te: trailers", with(&[(b"te", b"trailers")]), A),
        (
            "§3.1 http2-settings ends here",
            with(&[(b"http2-settings", b"AAMAAABk")]),
            A,
        ),
    ]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn bodies_are_as_long_as_they_say() {
    const POST: Verdict = Verdict::Asks("POST /a HTTP/1.1");
    let (backend, gateway) = start();
    let head = |extra: Fields<'_>| {
        let block = [request("POST", "/a"), fields(extra)].concat();
        headers(1, flag::END_HEADERS, &block)
    };
    let length = |value: &[u8]| head(&[(b"content-length", value)]);
    let body = |bytes: &[u8]| data(1, flag::END_STREAM, bytes);
    let trailers = |flags: u8, extra: Fields<'_>| {
        let some = data(1, flag::NONE, b"abc");
        [head(&[]), some, headers(1, flags, &fields(extra))].concat()
    };
    let all = |extra: Fields<'_>| trailers(flag::ALL, extra);
    let cases: [(&str, Vec<u8>, &[Verdict]); 27] = [
        (
            "§8.1.1 as long as it says",
            [length(b"3"), body(b"abc")].concat(),
            &[POST],
        ),
        (
            "§8.1.1 in two pieces",
            [length(b"3"), data(1, 0, b"a"), body(b"bc")].concat(),
            &[POST],
        ),
        (
            "§8.1.1 of unknown length",
            [head(&[]), body(b"abc")].concat(),
            &[POST],
        ),
        (
            "§8.1.1 shorter",
            [length(b"9"), body(b"abc")].concat(),
            &[MALFORMED],
        ),
        (
            "§8.1.1 longer",
            [length(b"2"), body(b"abc")].concat(),
            &[MALFORMED],
        ),
        (
            "§8.1.1 longer by a second request",
            [length(b"3"), body(b"abcGET /b HTTP/1.1\r\n\r\n")].concat(),
            &[MALFORMED],
        ),
        (
            "§8.1.1 none at all",
            headers(
                1,
                flag::ALL,
                &[request("POST", "/a"), field("content-length", "3")].concat(),
            ),
            &[MALFORMED],
        ),
        (
            "§8.1.1 none, before trailers",
            [length(b"3"), headers(1, flag::ALL, &field("x", "y"))].concat(),
            &[MALFORMED],
        ),
        (
            "RFC 9110 §8.6 two lengths",
            [
                head(&[(b"content-length", b"3"), (b"content-length", b"4")]),
                body(b"abc"),
            ]
            .concat(),
            &[MALFORMED],
        ),
        (
            "RFC 9110 §8.6 the same twice",
            [
                head(&[(b"content-length", b"3"), (b"content-length", b"3")]),
                body(b"abc"),
            ]
            .concat(),
            &[BAD],
        ),
        (
            "RFC 9110 §8.6 a list",
            [length(b"3, 3"), body(b"abc")].concat(),
            &[MALFORMED],
        ),
        (
            "RFC 9110 §8.6 a sign",
            [length(b"+3"), body(b"abc")].concat(),
            &[MALFORMED],
        ),
        (
            "RFC 9110 §8.6 negative",
            [length(b"-3"), body(b"abc")].concat(),
            &[MALFORMED],
        ),
        (
            "RFC 9110 §8.6 hexadecimal",
            [length(b"0x3"), body(b"abc")].concat(),
            &[MALFORMED],
        ),
        (
            "RFC 9110 §8.6 a space before",
            [length(b" 3"), body(b"abc")].concat(),
            &[MALFORMED],
        ),
        (
            "RFC 9110 §8.6 beyond 64 bits",
            [length(b"18446744073709551619"), body(b"abc")].concat(),
            &[MALFORMED],
        ),
        (
            "§8.2.2 a length and a coding",
            [
                head(&[
                    (b"content-length", b"3"),
                    (b"transfer-encoding", b"chunked"),
                ]),
                body(b"0\r\n\r\nGET /b HTTP/1.1\r\n\r\n"),
            ]
            .concat(),
            &[MALFORMED],
        ),
        ("§8.1 trailers", all(&[(b"x-sum", b"3")]), &[POST]),
        (
            "§8.1 trailers without an end",
            trailers(flag::END_HEADERS, &[(b"x-sum", b"3")]),
            &[MALFORMED],
        ),
        (
            "§8.1 a pseudo-header in trailers goes no further",
            all(&[(b":path", b"/b")]),
            &[POST, MALFORMED],
        ),
        (
            "§8.2.2 connection in trailers",
            all(&[(b"connection", b"close")]),
            &[MALFORMED],
        ),
        (
            "§8.2.2 transfer-encoding in trailers",
            all(&[(b"transfer-encoding", b"chunked")]),
            &[MALFORMED],
        ),
        (
            "RFC 9110 §6.5.1 content-length in trailers",
            all(&[(b"content-length", b"0")]),
            &[BAD, MALFORMED],
        ),
        (
            "RFC 9110 §6.5.1 host in trailers",
            all(&[(b"host", b"b.example")]),
            &[BAD],
        ),
        (
            "RFC 9110 §6.5.1 authorization in trailers",
            all(&[(b"authorization", b"x")]),
            &[BAD],
        ),
        (
            "§8.2.1 a line end in trailers",
            all(&[(b"x", b"y\r\nz: z")]),
            &[BROKEN],
        ),
        (
            "§8.2.1 a space before a value in trailers",
            all(&[(b"x", b" y")]),
            &[BAD],
        ),
    ];
    for (name, frames, expect) in cases {
        let before = backend.arrived().len();
        let mut client = Http2::plain(gateway.http());
        client.send(&frames);
        let end = client.end_of(1);
        let ends: Vec<_> = expect
            .iter()
            .map(|verdict| match verdict {
                Verdict::Nothing(end) => *end,
                Verdict::Asks(_) => End::Status(200),
            })
            .collect();
        assert!(ends.contains(&end), "{name}: {end:?}");
        // The head may have gone on before its body turned out to be wrong; it was never ended.
        let arrived = backend.arrived_after(before);
        assert!(arrived.len() <= 1, "{name}: {arrived:?}");
        for arrived in &arrived {
            is_one_well_formed_request(name, arrived);
            let is_whole = arrived.extent == portcullis_testkit::backend::Extent::Whole;
            assert_eq!(is_whole, end == End::Status(200), "{name}: {arrived:?}");
            assert!(!is_whole || arrived.body == b"abc", "{name}: {arrived:?}");
            assert!(
                arrived.trailers.iter().all(|(name, _)| name == "x-sum"),
                "{name}: {arrived:?}"
            );
        }
    }
    an_honest_client_is_served(&gateway);
    gateway.stop();
}

#[test]
fn connect_opens_no_tunnel() {
    let not_implemented = Verdict::Nothing(End::Status(501));
    let connect = fields(&[(":method", "CONNECT"), (":authority", "b.example:443")]);
    let extended = |protocol: &str| {
        [
            pseudo("CONNECT", "http", "a.example", "/a"),
            field(":protocol", protocol),
        ]
        .concat()
    };
    check_heads(&[
        ("§8.5 CONNECT", connect, not_implemented),
        (
            "§8.5 CONNECT with a path",
            pseudo("CONNECT", "http", "a.example", "/a"),
            MALFORMED,
        ),
        (
            "RFC 8441 §4 another protocol",
            extended("connect-udp"),
            not_implemented,
        ),
        (
            "RFC 8441 §4 a protocol that looks like it",
            extended("websocket/13"),
            not_implemented,
        ),
        ("RFC 8441 §4 no protocol", extended(""), not_implemented),
        (
            "RFC 8441 §4 without a path",
            fields(&[
                (":method", "CONNECT"),
                (":scheme", "http"),
                (":authority", "a.example"),
                (":protocol", "websocket"),
            ]),
            MALFORMED,
        ),
    ]);
}

#[test]
fn settings_offer_what_is_served() {
    let (_backend, gateway) = start();
    let mut client = Http2::plain(gateway.http());
    let offered = client.wait_for(portcullis_testkit::http2::kind::SETTINGS);
    for (id, value) in [
        (setting::MAX_CONCURRENT_STREAMS, 100),
        (setting::MAX_HEADER_LIST_SIZE, 64 * 1024),
        (setting::INITIAL_WINDOW_SIZE, 256 * 1024),
        (setting::ENABLE_CONNECT_PROTOCOL, 1),
    ] {
        assert_eq!(offered.setting(id), Some(value), "{id}");
    }
    gateway.stop();
}
