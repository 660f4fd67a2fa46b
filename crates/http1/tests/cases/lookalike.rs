//! What only a lenient reader takes for a host, a request line, a chunk or a trailer.

use super::{Case, refused, refused_body, taken};

const LINES: &str = "RFC 9112 §2.2";
const VERSION: &str = "RFC 9112 §2.3";
const NEW_VERSION: &str = "RFC 9110 §15.6.6";
const LINE: &str = "RFC 9112 §3";
const METHOD: &str = "RFC 9112 §3.1";
const NO_HOST: &str = "RFC 9112 §3.2";
const FOLD: &str = "RFC 9112 §5.2";
const CHUNK: &str = "RFC 9112 §7.1";
const EXTENSION: &str = "RFC 9112 §7.1.1";
const NAME: &str = "RFC 9110 §5.1";
const VALUE: &str = "RFC 9110 §5.5";
const TRAILER: &str = "RFC 9110 §6.5.1";
const HOST: &str = "RFC 9110 §7.2";

pub(super) const CASES: &[Case] = &[
    // === Host ===
    refused(
        "a Host with NUL",
        VALUE,
        400,
        b"GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n",
    ),
    refused(
        "a Host with a tab",
        HOST,
        400,
        b"GET / HTTP/1.1\r\nHost: a\tb\r\n\r\n",
    ),
    refused(
        "a Host with a semicolon",
        HOST,
        400,
        b"GET / HTTP/1.1\r\nHost: a;b\r\n\r\n",
    ),
    refused(
        "a Host with a fragment",
        HOST,
        400,
        b"GET / HTTP/1.1\r\nHost: a#b\r\n\r\n",
    ),
    refused(
        "a Host with a comma after it",
        HOST,
        400,
        b"GET / HTTP/1.1\r\nHost: a,\r\n\r\n",
    ),
    refused(
        "a Host with a zone",
        HOST,
        400,
        b"GET / HTTP/1.1\r\nHost: [fe80::1%25eth0]\r\n\r\n",
    ),
    refused(
        "a Host of empty brackets",
        HOST,
        400,
        b"GET / HTTP/1.1\r\nHost: []\r\n\r\n",
    ),
    refused(
        "a Host with a bracket too many",
        HOST,
        400,
        b"GET / HTTP/1.1\r\nHost: [::1]]\r\n\r\n",
    ),
    refused(
        "a Host in quotes",
        HOST,
        400,
        b"GET / HTTP/1.1\r\nHost: \"a\"\r\n\r\n",
    ),
    refused(
        "a Host with a port with a space before it",
        HOST,
        400,
        b"GET / HTTP/1.1\r\nHost: a: 80\r\n\r\n",
    ),
    refused(
        "a Host with a negative port",
        HOST,
        400,
        b"GET / HTTP/1.1\r\nHost: a:-1\r\n\r\n",
    ),
    refused(
        "a Host with a hexadecimal port",
        HOST,
        400,
        b"GET / HTTP/1.1\r\nHost: a:0x50\r\n\r\n",
    ),
    refused(
        "a Host, and one behind a bare CR",
        LINES,
        400,
        b"GET / HTTP/1.1\r\nHost: a\rHost: b\r\n\r\n",
    ),
    refused(
        "a Host on a folded line",
        FOLD,
        400,
        b"GET / HTTP/1.1\r\nHost:\r\n a\r\n\r\n",
    ),
    refused(
        "a Host that is folded",
        FOLD,
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\n .b\r\n\r\n",
    ),
    refused(
        "a Host behind NUL",
        NAME,
        400,
        b"GET / HTTP/1.1\r\n\0Host: a\r\n\r\n",
    ),
    refused(
        "a Host with an underscore for a name",
        NO_HOST,
        400,
        b"GET / HTTP/1.1\r\nHost_: a\r\n\r\n",
    ),
    // === The request line ===
    refused(
        "a form feed in the request line",
        LINE,
        400,
        b"GET\x0c/ HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a no-break space in the request line",
        LINE,
        400,
        b"GET\xa0/ HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a form feed before the version",
        LINE,
        400,
        b"GET /\x0cHTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a version without a slash",
        VERSION,
        400,
        b"GET / HTTP1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a version of one digit",
        VERSION,
        400,
        b"GET / HTTP/1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a version with a comma",
        VERSION,
        400,
        b"GET / HTTP/1,1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a version with a sign",
        VERSION,
        400,
        b"GET / HTTP/+1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a version of three parts",
        VERSION,
        400,
        b"GET / HTTP/1.1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a version with NUL",
        VERSION,
        400,
        b"GET / HTTP/1.1\0\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "HTTP/3.0",
        NEW_VERSION,
        505,
        b"GET / HTTP/3.0\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "HTTP/1.9",
        NEW_VERSION,
        505,
        b"GET / HTTP/1.9\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "HTTP/0.0",
        NEW_VERSION,
        505,
        b"GET / HTTP/0.0\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "another protocol's version",
        VERSION,
        400,
        b"GET / RTSP/1.0\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "an empty version",
        LINE,
        400,
        b"GET / \r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "two versions",
        LINE,
        400,
        b"GET / HTTP/1.1 HTTP/1.1\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a header for a request line",
        LINE,
        400,
        b"Host: a.example\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a status line for a request line",
        METHOD,
        400,
        b"HTTP/1.1 200 OK\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "the PROXY protocol",
        LINE,
        400,
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "the hello of SSH",
        LINE,
        400,
        b"SSH-2.0-x\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "a chunk for a request line",
        LINE,
        400,
        b"5\r\nHost: a.example\r\n\r\n",
    ),
    refused(
        "the PROXY protocol, second version",
        LINES,
        400,
        b"\r\n\r\n\0\r\nQUIT\n!\x11\0\x0c",
    ),
    refused("an empty line and a byte", METHOD, 400, b"\r\n\0"),
    // === Chunks ===
    refused_body(
        "a chunk size with an underscore",
        EXTENSION,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n0_5\r\nhello\r\n0\r\n\r\n",
    ),
    refused_body(
        "a chunk size with a tab after it",
        EXTENSION,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n5\t\r\nhello\r\n0\r\n\r\n",
    ),
    refused_body(
        "a chunk size with NUL after it",
        EXTENSION,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n5\0\r\nhello\r\n0\r\n\r\n",
    ),
    refused_body(
        "a chunk size with a no-break space after it",
        EXTENSION,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n5\xa0\r\nhello\r\n0\r\n\r\n",
    ),
    refused_body(
        "a chunk size with a no-break space before it",
        CHUNK,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n\xa05\r\nhello\r\n0\r\n\r\n",
    ),
    refused_body(
        "a chunk size with a point",
        EXTENSION,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n5.0\r\nhello\r\n0\r\n\r\n",
    ),
    refused_body(
        "a chunk size in quotes",
        CHUNK,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n\"5\"\r\nhello\r\n0\r\n\r\n",
    ),
    refused_body(
        "a chunk size with h after it",
        EXTENSION,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n5h\r\nhello\r\n0\r\n\r\n",
    ),
    refused_body(
        "a chunk size that wraps to zero",
        CHUNK,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n10000000000000000\r\n\r\n",
    ),
    refused_body(
        "a chunk size of 2^64 - 1",
        CHUNK,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\nffffffffffffffff\r\nhello",
    ),
    refused_body(
        "a chunk size of 0x0",
        EXTENSION,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n0x0\r\n\r\n",
    ),
    refused_body(
        "a chunk size of minus zero",
        CHUNK,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n-0\r\n\r\n",
    ),
    refused_body(
        "an extension that ends with a bare LF before another size",
        LINES,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n2;\n5\r\nhello\r\n0\r\n\r\n",
    ),
    refused_body(
        "an extension of a bare CR",
        EXTENSION,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n5;\r5\r\nhello\r\n0\r\n\r\n",
    ),
    refused_body(
        "an extension with two CRs after it",
        EXTENSION,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n5;a\r\r\nhello\r\n0\r\n\r\n",
    ),
    refused_body(
        "an extension in the last size with a bare LF",
        LINES,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n0;a\n\r\nGET / HTTP/1.1\r\n\r\n",
    ),
    refused_body(
        "an extension with CRLF in quotes",
        EXTENSION,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n5;a=\"\r\nhello\r\n0\r\n\r\n\"",
    ),
    refused_body(
        "an extension with a byte beyond ASCII for a name",
        EXTENSION,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n5;\xe9\r\nhello\r\n0\r\n\r\n",
    ),
    refused_body(
        "a chunk with two bytes for its end",
        CHUNK,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n5\r\nhelloXX0\r\n\r\n",
    ),
    refused_body(
        "a chunk with two LFs for its end",
        CHUNK,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n5\r\nhello\n\n0\r\n\r\n",
    ),
    refused_body(
        "a chunk with LF and CR for its end",
        CHUNK,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n5\r\nhello\n\r0\r\n\r\n",
    ),
    refused_body(
        "a chunk with two CRs before its end",
        CHUNK,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n5\r\nhello\r\r\n0\r\n\r\n",
    ),
    refused_body(
        "an empty line after a chunk",
        CHUNK,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n5\r\nhello\r\n\r\n0\r\n\r\n",
    ),
    refused_body(
        "an empty line before the first chunk",
        CHUNK,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ),
    refused_body(
        "a TE in trailers",
        TRAILER,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n0\r\nTE: chunked\r\n\r\n",
    ),
    refused_body(
        "a Trailer in trailers",
        TRAILER,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n0\r\nTrailer: X\r\n\r\n",
    ),
    refused_body(
        "an Upgrade in trailers",
        TRAILER,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n0\r\nUpgrade: websocket\r\n\r\n",
    ),
    refused_body(
        "a cookie in trailers",
        TRAILER,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n0\r\nCookie: a=b\r\n\r\n",
    ),
    refused_body(
        "an expectation in trailers",
        TRAILER,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n0\r\nExpect: 100-continue\r\n\r\n",
    ),
    refused_body(
        "a Forwarded in trailers",
        TRAILER,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n0\r\nForwarded: for=192.0.2.1\r\n\r\n",
    ),
    refused_body(
        "a range in trailers",
        TRAILER,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n0\r\nRange: bytes=0-1\r\n\r\n",
    ),
    refused_body(
        "a Proxy-Connection in trailers",
        TRAILER,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n0\r\nProxy-Connection: close\r\n\r\n",
    ),
    refused_body(
        "a length behind NUL in trailers",
        NAME,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n0\r\n\0Content-Length: 5\r\n\r\n",
    ),
    refused_body(
        "two CRs in the empty line after the last chunk",
        LINES,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \r\n0\r\n\r\r\n\r\n",
    ),
    // === What is left over ===
    taken("an empty line alone", LINES, b"\r\n", &[]),
];
