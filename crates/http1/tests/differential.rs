//! Against hyper's server: what we take, it takes as the same messages; what we refuse and it takes is
//! a list that is written down here.

use std::collections::BTreeSet;

use hyper_side::{check, hyper_reads};
use looser::LOOSER;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reading::read;

#[expect(
    dead_code,
    reason = "the verdicts are checked elsewhere; here only the bytes count"
)]
mod cases;
mod hyper_side;
mod looser;
mod reading;

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
