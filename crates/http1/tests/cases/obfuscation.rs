//! Framing fields in disguise: one reader sees the field, another sees something else.

use super::{CHUNKED_HELLO, Case, HELLO, refused, taken};

const LINES: &str = "RFC 9112 §2.2";
const NO_COLON: &str = "RFC 9112 §5";
const COLON: &str = "RFC 9112 §5.1";
const FOLD: &str = "RFC 9112 §5.2";
const CODING: &str = "RFC 9112 §6.1";
const SEVERAL: &str = "RFC 9112 §6.3";
const NAME: &str = "RFC 9110 §5.1";
const VALUE: &str = "RFC 9110 §5.5";
const NOMINATED: &str = "RFC 9110 §7.6.1";
const LENGTH: &str = "RFC 9110 §8.6";

pub(super) const CASES: &[Case] = &[
    // === Transfer-Encoding: its name ===
    refused(
        "a vertical tab before the coding's colon",
        NAME,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding\x0b: chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a form feed before the coding's colon",
        NAME,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding\x0c: chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a no-break space before the coding's colon",
        NAME,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding\xa0: chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a space before the coding's colon",
        COLON,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding : chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a tab before the coding's colon",
        COLON,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding\t: chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "NUL before the coding's colon",
        NAME,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding\0: chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "NUL before the coding's name",
        NAME,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\n\0Transfer-Encoding: chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a control before the coding's name",
        NAME,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\n\x0bTransfer-Encoding: chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a byte order mark before the coding's name",
        NAME,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\n\xef\xbb\xbfTransfer-Encoding: chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a coding with an equals sign for its colon",
        NO_COLON,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding=chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a coding with a semicolon for its colon",
        NO_COLON,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding; chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a comma in the coding's name",
        NAME,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding,X: chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a coding after a bare LF",
        LINES,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nX: y\nTransfer-Encoding: chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a coding after a bare CR",
        LINES,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nX: y\rTransfer-Encoding: chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a coding after a CR too many",
        LINES,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nX: y\r\r\nTransfer-Encoding: chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a coding after a fold",
        FOLD,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nX: y\r\n Transfer-Encoding: chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    // === Transfer-Encoding: its value ===
    refused(
        "a vertical tab after the coding",
        VALUE,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\x0b\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a form feed before the coding",
        VALUE,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding:\x0cchunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "NUL after the coding",
        VALUE,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\0\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a no-break space before the coding",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: \xa0chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a no-break space after the coding",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\xa0\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a byte order mark before the coding",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: \xef\xbb\xbfchunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a coding in single quotes",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: 'chunked'\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a coding in brackets",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: [chunked]\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a coding cut short",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunke\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "two codings without a comma",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked identity\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a coding with a weight",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked; q=1.0\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a coding after a semicolon",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: ;chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a coding that is a colon's worth too long",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: : chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "trailers for a coding",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: trailers\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a deflation",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: deflate\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a null coding",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: null\r\n\r\n\
          0\r\n\r\n",
    ),
    refused(
        "an unknown coding, then chunks",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: x, chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "chunks, then an unknown coding on a line of its own",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          Transfer-Encoding: x\r\n\r\n0\r\n\r\n",
    ),
    refused(
        "an unknown coding on a line of its own, then chunks",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "an empty coding on a line of its own, then chunks",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding:\r\nTransfer-Encoding: chunked\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a coding with a fold after it",
        FOLD,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \x20\r\n\r\n0\r\n\r\n",
    ),
    refused(
        "a coding with a fold of another",
        FOLD,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          \t, identity\r\n\r\n0\r\n\r\n",
    ),
    taken("a coding of mixed case", CODING, b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding:cHuNkEd\r\n\
          \r\n5\r\nhello\r\n0\r\n\r\n", &[CHUNKED_HELLO]),
    taken("a TE of chunks is no coding", CODING, b"POST / HTTP/1.1\r\nHost: a.example\r\nTE: chunked\r\nContent-Length: 5\r\n\
          \r\nhello", &[HELLO]),
    taken("a content coding of chunks is no transfer coding", CODING, b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Encoding: chunked\r\n\
          Content-Length: 5\r\n\r\nhello", &[HELLO]),
    taken("a coding with a prefix is another header", CODING, b"POST / HTTP/1.1\r\nHost: a.example\r\nX-Transfer-Encoding: chunked\r\n\
          Content-Length: 5\r\n\r\nhello", &[HELLO]),
    // === Both, in disguise ===
    refused(
        "chunks with a length in single quotes",
        LENGTH,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          Content-Length: '5'\r\n\r\n0\r\n\r\n",
    ),
    refused(
        "a length, then a coding of upper case",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\nTRANSFER-ENCODING: CHUNKED\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a length, then an unknown coding",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\nTransfer-Encoding: x\r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a length, then an empty coding",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\nTransfer-Encoding: \r\n\
          \r\n0\r\n\r\n",
    ),
    refused(
        "a length, then a coding that Connection names",
        NOMINATED,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\
          Connection: Transfer-Encoding\r\n\r\n0\r\n\r\n",
    ),
    refused(
        "chunks, then a length far below",
        CODING,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\
          A: b\r\nC: d\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    ),
    // === Content-Length: its name ===
    refused(
        "a vertical tab before the length's colon",
        NAME,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length\x0b: 5\r\n\r\nhello",
    ),
    refused(
        "a no-break space before the length's colon",
        NAME,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length\xa0: 5\r\n\r\nhello",
    ),
    refused(
        "a tab before the length's colon",
        COLON,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length\t: 5\r\n\r\nhello",
    ),
    refused(
        "NUL in the length's name",
        NAME,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent\0Length: 5\r\n\r\nhello",
    ),
    refused(
        "a length after a bare CR",
        LINES,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nX: y\rContent-Length: 5\r\n\r\nhello",
    ),
    refused(
        "a length after a bare LF",
        LINES,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nX: y\nContent-Length: 5\r\n\r\nhello",
    ),
    refused(
        "a length without a colon",
        NO_COLON,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length 5\r\n\r\nhello",
    ),
    taken("a length with an underscore is another header", LENGTH, b"POST / HTTP/1.1\r\nHost: a.example\r\nContent_Length: 9\r\nContent-Length: 5\r\n\
          \r\nhello", &[HELLO]),
    taken("a length with a suffix is another header", LENGTH, b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length-X: 9\r\nContent-Length: 5\r\n\
          \r\nhello", &[HELLO]),
    // === Content-Length: its value ===
    refused(
        "a length of minus zero",
        LENGTH,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: -0\r\n\r\nhello",
    ),
    refused(
        "a length with an underscore within",
        LENGTH,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1_0\r\n\r\nhello",
    ),
    refused(
        "a length with a semicolon after it",
        LENGTH,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5;\r\n\r\nhello",
    ),
    refused(
        "a length in Arabic digits",
        LENGTH,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: \xd9\xa5\r\n\r\nhello",
    ),
    refused(
        "a length with a no-break space before it",
        LENGTH,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: \xa05\r\n\r\nhello",
    ),
    refused(
        "a length with a no-break space after it",
        LENGTH,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\xa0\r\n\r\nhello",
    ),
    refused(
        "a length with NUL after it",
        VALUE,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\0\r\n\r\nhello",
    ),
    refused(
        "a length with NUL before it",
        VALUE,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: \x005\r\n\r\nhello",
    ),
    refused(
        "a length with a vertical tab before it",
        VALUE,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length:\x0b5\r\n\r\nhello",
    ),
    refused(
        "a length on a folded line",
        FOLD,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length:\r\n 5\r\n\r\nhello",
    ),
    refused(
        "a length that goes on after a fold",
        FOLD,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n 0\r\n\r\nhello",
    ),
    refused(
        "a length of twenty nines",
        LENGTH,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 99999999999999999999\r\n\
          \r\nhello",
    ),
    refused(
        "a length of zero, then another",
        SEVERAL,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\nContent-Length: 5\r\n\
          \r\nhello",
    ),
    refused(
        "a length, then zero",
        SEVERAL,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\nContent-Length: 0\r\n\
          \r\nhello",
    ),
    refused(
        "a length, then an empty one",
        SEVERAL,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\nContent-Length:\r\n\
          \r\nhello",
    ),
    refused(
        "an empty length, then another",
        LENGTH,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length:\r\nContent-Length: 5\r\n\
          \r\nhello",
    ),
    refused(
        "a length with a comma before it",
        SEVERAL,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: ,5\r\n\r\nhello",
    ),
    refused(
        "a length of a comma",
        SEVERAL,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: ,\r\n\r\nhello",
    ),
    refused(
        "a length that a tab splits",
        LENGTH,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\t5\r\n\r\nhello",
    ),
    refused(
        "a length of 0x0",
        LENGTH,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0x0\r\n\r\nhello",
    ),
    refused(
        "an octal length",
        LENGTH,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0o5\r\n\r\nhello",
    ),
    refused(
        "a length of infinity",
        LENGTH,
        400,
        b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: inf\r\n\r\nhello",
    ),
];
