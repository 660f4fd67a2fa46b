//! Streams that are begun to be reset: by the client (CVE-2023-44487), and by us because the client
//! provokes it (CVE-2025-8671, “MadeYouReset”).

use portcullis_testkit::http2::{
    Http2, code, data, flag, headers, priority, request, reset, window_update,
};
use portcullis_testkit::wire::eventually;

use super::{a_moment, an_honest_client_is_served, backend, in_front_of};

fn slow(stream: u32) -> Vec<u8> {
    headers(stream, flag::ALL, &request("GET", "/slow"))
}

#[test]
fn streams_that_are_reset_at_once_end_their_connection() {
    let backend = backend();
    let gateway = in_front_of(&backend).start();
    let mut client = Http2::plain(gateway.http());
    let pairs = (0..2_000).flat_map(|n| [slow(2 * n + 1), reset(2 * n + 1, code::CANCEL)].concat());
    client.try_send(pairs.collect::<Vec<_>>());
    an_honest_client_is_served(&gateway);
    let code = client.closed();
    assert!(
        code.is_none_or(|code| code == code::ENHANCE_YOUR_CALM),
        "{code:?}"
    );
    let reached = backend.arrived().len();
    assert!(reached < 250, "{reached} requests reached the backend");
    assert!(!gateway.stderr().contains("WARN"), "{}", gateway.stderr());
    gateway.stop();
}

#[test]
fn streams_that_are_reset_after_they_were_forwarded_are_cancelled_and_counted() {
    const BATCH: u32 = 40;
    let backend = backend();
    let gateway = in_front_of(&backend).start();
    let mut client = Http2::plain(gateway.http());
    let mut begun = 0;
    let open = || backend.arrived().len() - backend.abandoned();
    loop {
        let streams: Vec<_> = (begun..begun + BATCH).map(|n| 2 * n + 1).collect();
        let heads: Vec<_> = streams.iter().flat_map(|stream| slow(*stream)).collect();
        client.try_send(heads);
        let are_forwarded = (0..100).any(|_| {
            a_moment(10);
            open() == BATCH as usize
        });
        if !are_forwarded {
            break;
        }
        begun += BATCH;
        let resets = streams
            .iter()
            .flat_map(|stream| reset(*stream, code::CANCEL));
        client.try_send(resets.collect::<Vec<_>>());
        assert!(begun < 20 * BATCH, "it was never cut off");
        eventually("what is reset is cancelled", || open() == 0);
    }
    // Two hundred at once and twenty a second.
    assert!(begun >= 5 * BATCH, "cut off after {begun}");
    assert!(begun <= 8 * BATCH, "cut off after {begun}");
    let code = client.closed();
    assert!(
        code.is_none_or(|code| code == code::ENHANCE_YOUR_CALM),
        "{code:?}"
    );
    eventually("no call is left", || {
        backend.arrived().len() == backend.abandoned()
    });
    an_honest_client_is_served(&gateway);
    gateway.stop();
}

#[test]
fn resets_that_the_client_provokes_are_counted_too_and_cancel_what_was_forwarded() {
    type Provoke = fn(u32) -> Vec<u8>;
    let variants: [(&str, Provoke); 6] = [
        ("window overflow", |stream| {
            window_update(stream, 0x7fff_ffff)
        }),
        ("window increment 0", |stream| window_update(stream, 0)),
        ("priority on itself", |stream| priority(stream, stream)),
        ("DATA after the end", |stream| {
            data(stream, flag::NONE, b"x")
        }),
        ("HEADERS after the end", |stream| {
            headers(stream, flag::ALL, &request("GET", "/slow"))
        }),
        ("trailers that do not end", |stream| {
            headers(stream, flag::END_HEADERS, &request("GET", "/slow"))
        }),
    ];
    for (name, provoke) in variants {
        let backend = backend();
        let gateway = in_front_of(&backend).start();
        let mut client = Http2::plain(gateway.http());
        let mut begun: u32 = 0;
        while client.try_send([slow(2 * begun + 1), provoke(2 * begun + 1)].concat()) {
            begun += 1;
            assert!(begun < 5_000, "{name}: it was never cut off");
            if begun.is_multiple_of(50) {
                an_honest_client_is_served(&gateway);
            }
        }
        client.closed();
        let calls = || {
            let arrived = backend.arrived();
            arrived
                .iter()
                .filter(|a| a.head.target() == "/slow")
                .count()
        };
        eventually("no call is left", || calls() == backend.abandoned());
        assert!(calls() <= 250, "{name}: {} calls", calls());
        an_honest_client_is_served(&gateway);
        gateway.stop();
    }
}
