//! Whatever arrives, the codec neither panics nor changes its mind with how it arrives.

use proptest::prelude::*;
use reading::{End, read};

#[expect(
    dead_code,
    reason = "the verdicts are checked elsewhere; here only the bytes count"
)]
mod cases;
mod reading;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400), cut in 1..50_usize) {
        prop_assert_eq!(read(bytes.chunks(cut)), read([bytes.as_slice()]));
    }

    #[test]
    fn any_words_of_http(words in prop::collection::vec(word(), 0..40), cut in 1..20_usize) {
        let bytes = words.concat();
        prop_assert_eq!(read(bytes.chunks(cut)), read([bytes.as_slice()]));
    }

    #[test]
    fn any_case_with_bytes_changed(
        case in prop::sample::select(cases::all()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in 1..200_usize,
    ) {
        let mut bytes = case.bytes.into_owned();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        prop_assert_eq!(read(bytes.chunks(cut)), read([bytes.as_slice()]));
    }

    #[test]
    fn a_head_of_bare_line_feeds_is_not_waited_for(head in "[A-Z]{1,8} /[a-z]{0,8} HTTP/1.1\n") {
        prop_assert!(matches!(read([head.as_bytes()]).end, End::RefusedHead(_)));
    }
}

fn word() -> impl Strategy<Value = &'static [u8]> {
    prop::sample::select(WORDS)
}

const WORDS: &[&[u8]] = &[
    b"GET / HTTP/1.1\r\n",
    b"POST /a HTTP/1.1\r\n",
    b"GET",
    b" ",
    b"/",
    b"HTTP/1.1",
    b"HTTP/1.0",
    b"\r\n",
    b"\r\n",
    b"\r\n\r\n",
    b"\n",
    b"\r",
    b"\t",
    b":",
    b"Host: a\r\n",
    b"Host: a\r\n\r\n",
    b"Content-Length: 3\r\n\r\n",
    b"Content-Length: ",
    b"Transfer-Encoding: chunked\r\n\r\n",
    b"0",
    b"5",
    b"a",
    b"0\r\n\r\n",
    b"3\r\nabc\r\n",
    b"Connection: close\r\n",
    b";x=\"y\"",
    b",",
    b"\0",
    b"\xff",
    b"X: y\r\n",
    b"http://a/",
    b"*",
    b"?",
    b"#",
];
