//! What a response looks like on the wire.

use bytes::BytesMut;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use portcullis_http1::{
    BodyEncoder, InvalidReasonPhrase, Persistence, ReasonPhrase, ResponseHead, ResponseLength,
    Version, WrongLength, put_continue, put_head,
};

/// An ordinary response; a test changes what it is about.
fn ok(headers: &HeaderMap) -> ResponseHead<'_> {
    ResponseHead {
        status: StatusCode::OK,
        reason: None,
        headers,
        length: ResponseLength::Exactly(5),
        persistence: Persistence::KeepAlive,
        client: Version::Http11,
        date: None,
    }
}

fn fields(lines: &[(&'static str, &'static str)]) -> HeaderMap {
    let field = |(name, value): &(&'static str, &'static str)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    };
    let mut headers = HeaderMap::new();
    for (name, value) in lines.iter().map(field) {
        headers.append(name, value);
    }
    headers
}

fn check(head: &ResponseHead<'_>, expect: &str) {
    let mut out = BytesMut::from("before|");
    put_head(&mut out, head);
    assert_eq!(
        out.escape_ascii().to_string(),
        format!("before|{}", expect.escape_default())
    );
}

#[test]
fn a_head_has_its_fields_and_its_framing() {
    let headers = fields(&[("content-type", "a/b"), ("x", "1"), ("x", "2")]);
    check(
        &ok(&headers),
        "HTTP/1.1 200 OK\r\ncontent-type: a/b\r\nx: 1\r\nx: 2\r\ncontent-length: 5\r\n\r\n",
    );
    let chunked = ResponseHead {
        length: ResponseLength::Chunked,
        ..ok(&headers)
    };
    check(
        &chunked,
        "HTTP/1.1 200 OK\r\ncontent-type: a/b\r\nx: 1\r\nx: 2\r\ntransfer-encoding: chunked\r\n\r\n",
    );
}

#[test]
fn fields_of_the_connection_are_not_taken_from_the_map() {
    let headers = fields(&[
        ("content-length", "99"),
        ("transfer-encoding", "gzip"),
        ("connection", "x"),
        ("keep-alive", "timeout=5"),
        ("proxy-connection", "close"),
        ("upgrade", "h2c"),
        ("trailer", "x-sum"),
    ]);
    check(
        &ok(&headers),
        "HTTP/1.1 200 OK\r\ntrailer: x-sum\r\ncontent-length: 5\r\n\r\n",
    );
}

#[test]
fn each_length_is_framed_in_its_own_way() {
    let headers = HeaderMap::new();
    for (length, client, expect) in [
        (ResponseLength::None, Version::Http11, ""),
        (ResponseLength::HeadOnly(None), Version::Http11, ""),
        (
            ResponseLength::HeadOnly(Some(7)),
            Version::Http11,
            "content-length: 7\r\n",
        ),
        (
            ResponseLength::Exactly(u64::MAX),
            Version::Http11,
            "content-length: 18446744073709551615\r\n",
        ),
        (
            ResponseLength::UntilClose,
            Version::Http11,
            "connection: close\r\n",
        ),
        (
            ResponseLength::UntilClose,
            Version::Http10,
            "connection: close\r\n",
        ),
        (
            ResponseLength::None,
            Version::Http10,
            "connection: keep-alive\r\n",
        ),
    ] {
        let head = ResponseHead {
            length,
            client,
            ..ok(&headers)
        };
        check(&head, &format!("HTTP/1.1 200 OK\r\n{expect}\r\n"));
    }
    let last = ResponseHead {
        persistence: Persistence::Close,
        ..ok(&headers)
    };
    check(
        &last,
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\n",
    );
}

#[test]
fn a_date_is_written_once() {
    let clock = HeaderValue::from_static("now");
    let without = HeaderMap::new();
    let dated = ResponseHead {
        date: Some(&clock),
        ..ok(&without)
    };
    check(
        &dated,
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ndate: now\r\n\r\n",
    );
    let with = fields(&[("date", "then")]);
    let dated = ResponseHead {
        date: Some(&clock),
        ..ok(&with)
    };
    check(
        &dated,
        "HTTP/1.1 200 OK\r\ndate: then\r\ncontent-length: 5\r\n\r\n",
    );
}

#[test]
fn interim_responses_say_nothing_of_the_connection() {
    let mut out = BytesMut::new();
    put_continue(&mut out);
    assert_eq!(out, "HTTP/1.1 100 Continue\r\n\r\n");
    let clock = HeaderValue::from_static("now");
    let headers = fields(&[("link", "</a>")]);
    let hints = ResponseHead {
        status: StatusCode::EARLY_HINTS,
        length: ResponseLength::None,
        persistence: Persistence::Close,
        date: Some(&clock),
        ..ok(&headers)
    };
    check(&hints, "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n");
    let headers = fields(&[("upgrade", "websocket"), ("connection", "x")]);
    let switch = ResponseHead {
        status: StatusCode::SWITCHING_PROTOCOLS,
        length: ResponseLength::None,
        ..ok(&headers)
    };
    check(
        &switch,
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
    );
}

#[test]
fn a_reason_is_on_the_status_line_and_cannot_leave_it() {
    let headers = HeaderMap::new();
    let none = ResponseLength::None;
    for (status, reason, expect) in [
        (200, None, "200 OK"),
        (200, Some("Fine, thanks"), "200 Fine, thanks"),
        (404, None, "404 Not Found"),
        (429, Some(""), "429 "),
        (599, None, "599 "),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let reason = reason.map(|text| ReasonPhrase::parse(text).unwrap());
        let head = ResponseHead {
            status,
            reason,
            length: none,
            ..ok(&headers)
        };
        check(&head, &format!("HTTP/1.1 {expect}\r\n\r\n"));
    }
    for text in ["a\r\nX: y", "a\n", "\r", "\0", "\u{7f}"] {
        assert_eq!(ReasonPhrase::parse(text), Err(InvalidReasonPhrase));
    }
    assert_eq!(
        ReasonPhrase::parse("a\tb \u{e9}").map(ReasonPhrase::as_str),
        Ok("a\tb \u{e9}")
    );
}

#[test]
fn the_length_follows_from_method_status_and_version() {
    let (get, head) = (Method::GET, Method::HEAD);
    let (new, old) = (Version::Http11, Version::Http10);
    for (method, status, client, known, expect) in [
        (&get, 200, new, Some(5), ResponseLength::Exactly(5)),
        (&get, 200, old, Some(5), ResponseLength::Exactly(5)),
        (&get, 200, new, None, ResponseLength::Chunked),
        (&get, 200, old, None, ResponseLength::UntilClose),
        (&get, 204, new, Some(5), ResponseLength::None),
        (&get, 304, new, Some(5), ResponseLength::None),
        (&get, 101, new, None, ResponseLength::None),
        (&head, 200, new, Some(5), ResponseLength::HeadOnly(Some(5))),
        (&head, 200, old, None, ResponseLength::HeadOnly(None)),
        (&head, 204, new, None, ResponseLength::None),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        assert_eq!(ResponseLength::of(method, status, client, known), expect);
    }
}

#[test]
fn a_body_must_be_as_long_as_announced() {
    let mut out = BytesMut::new();
    let mut encoder = BodyEncoder::new(ResponseLength::Exactly(5));
    assert_eq!(
        encoder
            .frame(3)
            .map(|frame| frame.prefix().len() + frame.suffix().len()),
        Ok(0)
    );
    assert_eq!(encoder.frame(4), Err(WrongLength::TooLong { excess: 2 }));
    assert_eq!(
        encoder.finish(&mut out, None),
        Err(WrongLength::TooShort { missing: 2 })
    );
    for length in [ResponseLength::None, ResponseLength::HeadOnly(Some(5))] {
        let mut encoder = BodyEncoder::new(length);
        assert_eq!(encoder.frame(1), Err(WrongLength::TooLong { excess: 1 }));
        assert_eq!(encoder.finish(&mut out, None), Ok(()));
    }
    let mut encoder = BodyEncoder::new(ResponseLength::UntilClose);
    assert!(encoder.frame(1).is_ok() && encoder.frame(usize::MAX).is_ok());
    assert_eq!(
        encoder.finish(&mut out, Some(&fields(&[("x", "y")]))),
        Ok(())
    );
    assert!(out.is_empty());
}

#[test]
fn trailers_leave_out_what_belongs_in_a_head() {
    let mut out = BytesMut::new();
    let trailers = fields(&[
        ("grpc-status", "0"),
        ("content-length", "5"),
        ("set-cookie", "a"),
    ]);
    let encoder = BodyEncoder::new(ResponseLength::Chunked);
    assert_eq!(encoder.finish(&mut out, Some(&trailers)), Ok(()));
    assert_eq!(out, "0\r\ngrpc-status: 0\r\n\r\n");
}
