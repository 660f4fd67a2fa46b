//! The framing cases against nginx and HAProxy, where they are installed: what we take they take as the
//! same messages or not at all, and what we send on they read as exactly one request for each message.
//!
//! `cargo nextest run -p portcullis-server --test peers --no-capture` prints how many of the cases that we
//! refuse each of them lets through, by the rule that we refuse them by.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use cases::{Case, Message, Then};
use peer::{Kind, Peer};
use portcullis_testkit::backend::{Arrived, Backend, Extent};
use portcullis_testkit::gateway::Gateway;
use portcullis_testkit::wire::{PATIENCE, To, must};

#[path = "../../../http1/tests/cases/mod.rs"]
mod cases;
mod peer;

/// Who has no answer by then waits for more of the request.
const SOON: Duration = Duration::from_millis(100);

/// What reached the recorder behind a peer, and how it fits what we take of the same bytes.
struct Fit {
    /// Messages that we take too, in the same order.
    same: usize,
    /// Requests that we do not see there at all.
    more: Vec<String>,
}

#[test]
fn what_we_take_the_peers_take_as_the_same_messages_or_not_at_all() {
    let mut table = BTreeMap::<&str, [usize; 3]>::new();
    let mut cases = cases::all();
    // What is refused only after it was passed on must not be taken for what comes next.
    cases.sort_by_key(is_refused);
    for case in cases.iter().filter(|case| is_refused(case)) {
        table.entry(case.rule).or_default()[0] += 1;
    }
    for (column, kind) in [(1, Kind::Nginx), (2, Kind::HaProxy)] {
        let recorder = Backend::echo();
        let Some(peer) = Peer::start(kind, recorder.address()) else {
            println!("SKIPPED {} ({} not installed)", cases.len(), kind.name());
            continue;
        };
        let mut seen = 0;
        for case in &cases {
            send(peer.address(), &case.bytes);
            let arrived = recorder.arrived_after(seen);
            seen += arrived.len();
            let fit = fit(&arrived, case.taken);
            if is_refused(case) {
                table.entry(case.rule).or_default()[column] += usize::from(!fit.more.is_empty());
            } else {
                let (name, peer) = (case.name, kind.name());
                assert!(fit.more.is_empty(), "{peer} sees in {name}: {:?}", fit.more);
            }
        }
    }
    println!(
        "| rule | refused here | nginx lets through | HAProxy lets through |\n|---|---|---|---|"
    );
    for (rule, [ours, nginx, haproxy]) in &table {
        println!("| {rule} | {ours} | {nginx} | {haproxy} |");
    }
    let sum = |column: usize| table.values().map(|row| row[column]).sum::<usize>();
    println!("| all | {} | {} | {} |", sum(0), sum(1), sum(2));
}

#[test]
fn what_we_send_on_the_peers_read_as_exactly_one_request_for_each_message() {
    for kind in [Kind::Nginx, Kind::HaProxy] {
        let recorder = Backend::echo();
        let cases = cases::all();
        let Some(peer) = Peer::start(kind, recorder.address()) else {
            println!("SKIPPED {} ({} not installed)", cases.len(), kind.name());
            continue;
        };
        let gateway = Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
            .api("root", &format!("http://{}", peer.address()))
            .set("client.max_request_line", "16512")
            .set("log.access", "off")
            .start();
        let (mut seen, mut passed, mut expected) = (0, 0, 0);
        for case in &cases {
            let mut client = gateway.connect();
            drop(client.try_send(&case.bytes));
            for message in case.taken {
                client.answer(if message.method == "HEAD" {
                    To::Head
                } else {
                    To::Get
                });
            }
            if is_refused(case) {
                client.answer(To::Get);
            }
            let arrived = recorder.arrived_after(seen);
            seen += arrived.len();
            let fit = fit(&arrived, case.taken);
            let (name, peer) = (case.name, kind.name());
            assert!(
                fit.more.is_empty(),
                "{peer} sees behind us in {name}: {:?}",
                fit.more
            );
            passed += fit.same;
            expected += case.taken.len();
        }
        // The peers refuse a few that we take, such as TRACE; and some we answer ourselves.
        assert!(
            passed * 10 >= expected * 8,
            "{passed} of {expected} came through {}",
            kind.name()
        );
        gateway.stop();
    }
}

fn is_refused(case: &Case) -> bool {
    matches!(case.then, Then::RefusedHead(_) | Then::RefusedBody(_))
}

/// Sends what a client sends that says nothing more once it has an answer, and waits until the other end
/// has said all.
fn send(address: SocketAddr, bytes: &[u8]) {
    let mut client = must(TcpStream::connect(address));
    must(client.set_nodelay(true));
    must(client.set_read_timeout(Some(SOON)));
    // Who refuses may close before it has read all.
    drop(client.write_all(bytes));
    let mut answers = vec![0; 16 * 1024];
    drop(client.read(&mut answers));
    drop(client.shutdown(Shutdown::Write));
    must(client.set_read_timeout(Some(PATIENCE)));
    drop(client.read_to_end(&mut answers));
}

/// How far what arrived whole is what we take of the same bytes.
fn fit(arrived: &[Arrived], taken: &[Message]) -> Fit {
    let mut left = taken.iter();
    let mut fit = Fit {
        same: 0,
        more: Vec::new(),
    };
    for arrived in arrived.iter().filter(|a| a.extent == Extent::Whole) {
        if left.any(|message| is_same(arrived, message)) {
            fit.same += 1;
        } else {
            fit.more
                .push(format!("{} {:?}", arrived.head.line, arrived.body));
        }
    }
    fit
}

fn is_same(arrived: &Arrived, message: &Message) -> bool {
    let target = path(arrived.head.target());
    // As RFC 9112 §3.2.4 has it, the target of `OPTIONS http://a.example` is `*`; nginx writes a path.
    let target = if message.target == "*" && target == "/" {
        "*".to_owned()
    } else {
        target
    };
    arrived.head.method() == message.method
        && target.trim_end_matches('?') == message.target.trim_end_matches('?')
        && arrived.body == message.body
}

/// The path and query of a target, which HAProxy leaves in the form in which it came.
fn path(target: &str) -> String {
    let lower = target.to_ascii_lowercase();
    let scheme = ["http://", "https://"]
        .into_iter()
        .find(|scheme| lower.starts_with(scheme));
    let Some(rest) = scheme.and_then(|scheme| target.get(scheme.len()..)) else {
        return target.to_owned();
    };
    match rest.find(['/', '?']) {
        None => "/".to_owned(),
        Some(end) => {
            let rest = rest.get(end..).unwrap_or_default();
            if rest.starts_with('?') {
                format!("/{rest}")
            } else {
                rest.to_owned()
            }
        }
    }
}
