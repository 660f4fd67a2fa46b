//! Good requests that go before a case on its connection, in the same write.

use portcullis_testkit::backend::{Arrived, Extent};
use portcullis_testkit::wire::Answer;

/// A good request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Forerunner {
    pub(crate) bytes: &'static [u8],
    method: &'static str,
    body: &'static [u8],
}

/// The ways in which the bytes before a case can end.
pub(crate) const ALL: [Forerunner; 3] = [
    Forerunner {
        bytes: b"GET /first HTTP/1.1\r\nHost: a.example\r\n\r\n",
        method: "GET",
        body: b"",
    },
    Forerunner {
        bytes: b"POST /first HTTP/1.1\r\nHost: a.example\r\nContent-Length: 9\r\n\r\nGET / \r\n\n",
        method: "POST",
        body: b"GET / \r\n\n",
    },
    Forerunner {
        bytes: b"POST /first HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n\
                 4;a=b\r\n0\r\n\r\r\n00A\r\n\nGET / HTT\r\n0\r\nX-Sum: 1\r\n\r\n",
        method: "POST",
        body: b"0\r\n\r\nGET / HTT",
    },
];

/// One that the gateway answers by itself, so that it costs no backend anything.
pub(crate) const SERVER_WIDE: &[u8] = b"OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n";

impl Forerunner {
    /// Whether it was answered as if nothing came after it.
    pub(crate) fn check_answer(&self, case: &str, answer: &Answer) {
        assert_eq!(answer.status, 200, "before {case}: {}", answer.text());
        assert_eq!(answer.body, self.body, "before {case}");
        assert!(!answer.head.has("connection"), "before {case}: {answer:?}");
    }

    /// Whether it reached the backend intact.
    pub(crate) fn check_arrival(&self, case: &str, arrived: &Arrived) {
        let line = format!("{} /first HTTP/1.1", self.method);
        assert_eq!(arrived.head.line, line, "before {case}");
        assert_eq!(arrived.body, self.body, "before {case}");
        assert_eq!(arrived.extent, Extent::Whole, "before {case}");
    }
}
