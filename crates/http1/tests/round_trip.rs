//! What one half writes the other half reads.

use bytes::{Bytes, BytesMut};
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use portcullis_http1::{
    BodyEncoder, BodyLength, Persistence, ResponseHead, ResponseLength, Version, put_head,
};
use proptest::prelude::*;
use reading::{End, Message, read};

mod reading;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_body_in_chunks_comes_back(
        pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..6),
        trailers in fields(),
        cut in 1..40_usize,
    ) {
        let mut wire = BytesMut::from(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        );
        let mut encoder = BodyEncoder::new(ResponseLength::Chunked);
        for piece in &pieces {
            let frame = encoder.frame(piece.len()).unwrap();
            wire.extend_from_slice(frame.prefix());
            wire.extend_from_slice(piece);
            wire.extend_from_slice(frame.suffix());
        }
        encoder.finish(&mut wire, Some(&trailers)).unwrap();
        let reading = read(wire.chunks(cut));
        prop_assert_eq!(reading.end, End::Between);
        prop_assert_eq!(&reading.messages[0].body, &pieces.concat());
        prop_assert_eq!(&reading.messages[0].trailers, &trailers);
    }

    #[test]
    fn a_request_printed_from_its_head_is_the_same_request(
        method in "[A-Z]{1,8}",
        target in "/[a-z0-9/%.;=&?-]{0,20}",
        fields in fields(),
        body in prop::option::of(prop::collection::vec(any::<u8>(), 0..30)),
    ) {
        prop_assume!(method != "CONNECT");
        let mut wire = format!("{method} {target} HTTP/1.1\r\nhost: a.example:80\r\n").into_bytes();
        put_fields(&mut wire, &fields);
        if let Some(body) = &body {
            wire.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
        }
        wire.extend_from_slice(b"\r\n");
        wire.extend_from_slice(body.as_deref().unwrap_or_default());
        let first = read([wire.as_slice()]);
        prop_assert_eq!(&first.end, &End::Between);
        prop_assert_eq!(first.messages[0].head.target.as_str(), target);
        let again = printed(&first.messages[0]);
        prop_assert_eq!(read([again.as_slice()]), first);
    }

    #[test]
    fn a_response_head_reads_as_it_was_meant(
        status in 200..600_u16,
        fields in fields(),
        size in any::<u64>(),
    ) {
        let status = StatusCode::from_u16(status).unwrap();
        let mut out = BytesMut::new();
        put_head(&mut out, &ResponseHead {
            status,
            reason: None,
            headers: &fields,
            length: ResponseLength::Exactly(size),
            persistence: Persistence::Close,
            client: Version::Http11,
            date: None,
        });
        let mut slots = [httparse::EMPTY_HEADER; 32];
        let mut response = httparse::Response::new(&mut slots);
        prop_assert_eq!(response.parse(&out), Ok(httparse::Status::Complete(out.len())));
        prop_assert_eq!(response.code, Some(status.as_u16()));
        let mut parsed = HeaderMap::new();
        for line in response.headers.iter() {
            let name = HeaderName::from_bytes(line.name.as_bytes()).unwrap();
            parsed.append(name, HeaderValue::from_bytes(line.value).unwrap());
        }
        let length = parsed.remove("content-length");
        prop_assert_eq!(length, HeaderValue::from_str(&size.to_string()).ok());
        prop_assert_eq!(parsed.remove("connection"), Some(HeaderValue::from_static("close")));
        prop_assert_eq!(parsed, fields);
    }
}

fn printed(message: &Message) -> Vec<u8> {
    let head = &message.head;
    assert!(matches!(
        head.length,
        BodyLength::None | BodyLength::Exactly(_)
    ));
    let mut wire = format!(
        "{} {} HTTP/1.1\r\n",
        head.method,
        message.head.target.as_str()
    )
    .into_bytes();
    put_fields(&mut wire, &head.headers);
    wire.extend_from_slice(b"\r\n");
    wire.extend_from_slice(&message.body);
    wire
}

fn put_fields(wire: &mut Vec<u8>, fields: &HeaderMap) {
    for (name, value) in fields {
        let parts: [&[u8]; 4] = [name.as_ref(), b": ", value.as_bytes(), b"\r\n"];
        wire.extend_from_slice(&parts.concat());
    }
}

/// Fields without a meaning to the codec; values without whitespace around, which does not survive.
fn fields() -> impl Strategy<Value = HeaderMap> {
    let value = prop_oneof![
        "([!-~]([ -~\t]{0,10}[!-~])?)?".prop_map(String::into_bytes),
        prop::collection::vec(0x80..=0xff_u8, 0..5),
    ];
    prop::collection::vec(("x-[a-z]{0,3}", value), 0..6).prop_map(|lines| {
        let mut fields = HeaderMap::new();
        for (name, value) in lines {
            let name = HeaderName::from_bytes(name.as_bytes());
            let value = HeaderValue::from_maybe_shared(Bytes::from(value));
            if let (Ok(name), Ok(value)) = (name, value) {
                fields.append(name, value);
            }
        }
        fields
    })
}
