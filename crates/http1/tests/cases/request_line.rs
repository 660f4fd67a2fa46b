//! The request line: method, target in its four forms, version.

use super::{Case, GET, Message, Persistence, refused, taken};

const LINES: &str = "RFC 9112 §2.2";
const LINE: &str = "RFC 9112 §3";
const METHOD: &str = "RFC 9112 §3.1";
const TARGET: &str = "RFC 9112 §3.2";
const OTHER: &str = "RFC 9112 §3.2.2";
const ASTERISK: &str = "RFC 9112 §3.2.4";
const VERSION: &str = "RFC 9112 §2.3";
const NEW_VERSION: &str = "RFC 9110 §15.6.6";
const TUNNEL: &str = "RFC 9110 §9.3.6";
const HOST: &str = "RFC 9110 §7.2";

pub(super) const CASES: &[Case] = &[
    // === Before the line ===
    taken(
        "the smallest request",
        LINE,
        b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
        &[GET],
    ),
    taken(
        "one empty line before the request line",
        LINES,
        b"\r\nGET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
        &[GET],
    ),
    refused(
        "two empty lines before the request line",
        LINES,
        400,
        b"\r\n\r\nGET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a bare LF before the request line",
        LINES,
        400,
        b"\nGET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a bare LF after an empty line before the request line",
        LINES,
        400,
        b"\r\n\nGET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a bare CR before the request line",
        LINES,
        400,
        b"\rGET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a space before the method",
        METHOD,
        400,
        b" GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "the hello of TLS",
        METHOD,
        400,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ),
    // === The method ===
    taken(
        "a method of lower case is another method",
        METHOD,
        b"get / HTTP/1.1\r\nHost: a.example\r\n\r\n",
        &[Message {
            method: "get",
            ..GET
        }],
    ),
    taken(
        "a method nobody has registered",
        METHOD,
        b"X-M.1_2~ / HTTP/1.1\r\nHost: a.example\r\n\r\n",
        &[Message {
            method: "X-M.1_2~",
            ..GET
        }],
    ),
    refused(
        "a method with a parenthesis",
        METHOD,
        400,
        b"GE(T / HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a method with a colon",
        METHOD,
        400,
        b"GET: / HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a method with a byte beyond ASCII",
        METHOD,
        400,
        b"G\xcbT / HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a method with NUL",
        METHOD,
        400,
        b"GE\0T / HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a tunnel",
        TUNNEL,
        501,
        b"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n",
    ),
    // === Spaces ===
    refused(
        "two spaces after the method",
        LINE,
        400,
        b"GET  / HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "two spaces before the version",
        LINE,
        400,
        b"GET /  HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a tab after the method",
        LINE,
        400,
        b"GET\t/ HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a tab before the version",
        LINE,
        400,
        b"GET /\tHTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a vertical tab before the version",
        LINE,
        400,
        b"GET /\x0bHTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a space after the version",
        LINE,
        400,
        b"GET / HTTP/1.1 \r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a tab after the version",
        VERSION,
        400,
        b"GET / HTTP/1.1\t\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a space in the target",
        LINE,
        400,
        b"GET /a b HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a space in the version",
        LINE,
        400,
        b"GET / HTTP /1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "no target",
        LINE,
        400,
        b"GET HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "an empty target",
        LINE,
        400,
        b"GET  HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused("no version, as in HTTP/0.9", LINE, 400, b"GET /\r\n\r\n"),
    refused("a method alone", LINE, 400, b"GET\r\n\r\n"),
    refused(
        "a bare CR in the request line",
        LINES,
        400,
        b"GET / HTTP/1.1\rX: y\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a bare LF after the request line",
        LINES,
        400,
        b"GET / HTTP/1.1\nHost: a\r\n\r\n",
    ),
    refused(
        "two CRs after the request line",
        LINES,
        400,
        b"GET / HTTP/1.1\r\r\nHost: a\r\n\r\n",
    ),
    // === The version ===
    refused(
        "HTTP/2.0",
        NEW_VERSION,
        505,
        b"GET / HTTP/2.0\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "the preface of HTTP/2",
        NEW_VERSION,
        505,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ),
    refused(
        "HTTP/1.2",
        NEW_VERSION,
        505,
        b"GET / HTTP/1.2\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "HTTP/0.9 in full",
        NEW_VERSION,
        505,
        b"GET / HTTP/0.9\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a version of lower case",
        VERSION,
        400,
        b"GET / http/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a version cut short",
        VERSION,
        400,
        b"GET / HTTP/1.\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a version of three digits",
        VERSION,
        400,
        b"GET / HTTP/1.10\r\nHost: a\r\n\r\n",
    ),
    refused(
        "a version with a leading zero",
        VERSION,
        400,
        b"GET / HTTP/01.1\r\nHost: a\r\n\r\n",
    ),
    refused(
        "another protocol",
        VERSION,
        400,
        b"GET / HTTQ/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a version with a letter",
        VERSION,
        400,
        b"GET / HTTP/1.x\r\nHost: a.example\r\n\r\n",
    ),
    // === The target: origin form ===
    taken(
        "a path is not normalised",
        TARGET,
        b"GET //b/../%2e%2E/%zz\\;x=1|{}/?a=b&c=%00?d/e HTTP/1.1\r\nHost: a.example\r\n\r\n",
        &[Message {
            target: "//b/../%2e%2E/%zz\\;x=1|{}/?a=b&c=%00?d/e",
            ..GET
        }],
    ),
    taken(
        "an empty query stays",
        TARGET,
        b"GET /? HTTP/1.1\r\nHost: a.example\r\n\r\n",
        &[Message {
            target: "/?",
            ..GET
        }],
    ),
    refused(
        "a fragment",
        TARGET,
        400,
        b"GET /a#b HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a fragment after the query",
        TARGET,
        400,
        b"GET /a?b#c HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "NUL in the target",
        TARGET,
        400,
        b"GET /\0 HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "DEL in the target",
        TARGET,
        400,
        b"GET /\x7f HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a control in the target",
        TARGET,
        400,
        b"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
    refused(
        "UTF-8 in the target",
        TARGET,
        400,
        b"GET /\xc3\xa9 HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "Latin-1 in the query",
        TARGET,
        400,
        b"GET /?\xe9 HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
    refused(
        "an angle bracket in the target",
        TARGET,
        400,
        b"GET /<a> HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
    refused(
        "a quote in the query",
        TARGET,
        400,
        b"GET /?\"a\" HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
    refused(
        "a target without a slash",
        TARGET,
        400,
        b"GET a.html HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
    refused(
        "a target that is a query",
        TARGET,
        400,
        b"GET ?a HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
    // === The other forms ===
    taken(
        "the server as a whole",
        ASTERISK,
        b"OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n",
        &[Message {
            method: "OPTIONS",
            target: "*",
            ..GET
        }],
    ),
    refused(
        "an asterisk for GET",
        ASTERISK,
        400,
        b"GET * HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "an authority for GET",
        TARGET,
        400,
        b"GET a.example:80 HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
    taken(
        "an absolute target of the same host",
        OTHER,
        b"GET http://A.example/b?c HTTP/1.1\r\nHost: a.EXAMPLE\r\n\r\n",
        &[Message {
            target: "/b?c",
            host: "a.EXAMPLE",
            ..GET
        }],
    ),
    taken(
        "an absolute target with the scheme's port and a scheme of upper case",
        OTHER,
        b"GET HTTPS://a.example:443/ HTTP/1.1\r\nHost: a.example\r\n\r\n",
        &[GET],
    ),
    taken(
        "an absolute target without a path",
        TARGET,
        b"GET http://a.example HTTP/1.1\r\nHost: a.example\r\n\r\n",
        &[GET],
    ),
    taken(
        "an absolute target with a query and no path",
        TARGET,
        b"GET http://a.example?b HTTP/1.1\r\nHost: a.example\r\n\r\n",
        &[Message {
            target: "/?b",
            ..GET
        }],
    ),
    taken(
        "an absolute target without a path for OPTIONS",
        ASTERISK,
        b"OPTIONS http://a.example HTTP/1.1\r\nHost: a.example\r\n\r\n",
        &[Message {
            method: "OPTIONS",
            target: "*",
            ..GET
        }],
    ),
    taken(
        "an absolute target of HTTP/1.0 without Host",
        TARGET,
        b"GET http://a.example/ HTTP/1.0\r\n\r\n",
        &[Message {
            persistence: Persistence::Close,
            ..GET
        }],
    ),
    taken(
        "an absolute target of IPv6 with a colon and no port",
        OTHER,
        b"GET http://[::1]:/b HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
        &[Message {
            target: "/b",
            host: "[::1]:80",
            ..GET
        }],
    ),
    refused(
        "an absolute target with one slash",
        TARGET,
        400,
        b"GET http:/a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "an absolute target and no Host",
        "RFC 9112 §3.2",
        400,
        b"GET http://a.example/ HTTP/1.1\r\n\r\n",
    ),
    refused(
        "an absolute target of another host",
        OTHER,
        400,
        b"GET http://b.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "an absolute target of another port",
        OTHER,
        400,
        b"GET http://a.example:8080/ HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "an absolute target with the other scheme's port",
        OTHER,
        400,
        b"GET https://a.example:80/ HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "an absolute target with a user",
        HOST,
        400,
        b"GET http://a.example@b.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "an absolute target without a host",
        HOST,
        400,
        b"GET http:///b HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "an absolute target of another scheme",
        TARGET,
        400,
        b"GET ftp://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "an absolute target with a fragment",
        TARGET,
        400,
        b"GET http://a.example#b HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "an absolute target with a backslash for a slash",
        HOST,
        400,
        b"GET http://a.example\\b HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
];
