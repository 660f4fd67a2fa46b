//! Nobody takes more than a share: connections in all and of one address, descriptors.

#![expect(
    clippy::disallowed_methods,
    reason = "a limit of the process is set by a script, and what it uses is read from the kernel"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::Duration;

use portcullis_testkit::backend::Backend;
use portcullis_testkit::gateway::{Gateway, GatewayBuilder};
use portcullis_testkit::wire::{To, Wire, eventually, must};

const PROGRAM: &str = env!("CARGO_BIN_EXE_portcullis");

const ASKS: &str = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";

fn in_front_of(backend: &Backend) -> GatewayBuilder {
    Gateway::builder(PROGRAM).api("root", &backend.url())
}

fn refused(gateway: &Gateway, reason: &str) -> u64 {
    gateway.metric(&format!(
        "portcullis_connections_refused_total{{reason=\"{reason}\"}}"
    ))
}

/// A new connection that is served.
fn served(gateway: &Gateway) -> Option<Wire> {
    let mut client = gateway.connect();
    client.try_send(ASKS).ok()?;
    if client.is_closed() {
        return None;
    }
    assert_eq!(client.answer(To::Get).status, 200);
    Some(client)
}

// === Connections ===

#[test]
fn the_limit_of_connections_is_the_process_s_on_however_many_cores() {
    let backend = Backend::echo();
    let gateway = in_front_of(&backend)
        .set("runtime.cores", "3")
        .set("client.max_connections", "4")
        .start();
    let mut clients: Vec<_> = (0..4).map(|_| served(&gateway).unwrap()).collect();
    for _ in 0..8 {
        assert!(served(&gateway).is_none());
    }
    assert_eq!(refused(&gateway, "total"), 8);
    for client in &mut clients {
        assert_eq!(client.ask(ASKS).status, 200, "who is in stays in");
    }
    drop(clients);
    eventually("there is room again", || served(&gateway).is_some());
    gateway.stop();
}

#[test]
fn one_address_has_its_share_before_tls_and_before_http() {
    let backend = Backend::echo();
    let gateway = in_front_of(&backend)
        .tls()
        .set("client.max_connections_per_address", "2")
        .start();
    let first = served(&gateway).unwrap();
    // Of a handshake that has not begun.
    let second = Wire::plain(gateway.https());
    eventually("it is taken", || {
        gateway.metric("portcullis_connections_open") == 2
    });
    assert!(Wire::plain(gateway.https()).is_closed());
    assert!(Wire::plain(gateway.http()).is_closed());
    assert_eq!(refused(&gateway, "address"), 2);
    drop((first, second));
    eventually("there is room again", || served(&gateway).is_some());
    gateway.stop();
}

#[test]
fn a_trusted_proxy_has_no_share() {
    let backend = Backend::echo();
    let gateway = in_front_of(&backend)
        .set("client.max_connections_per_address", "1")
        .set("security.trusted_proxies", "127.0.0.0/8")
        .start();
    let clients: Vec<_> = (0..3).map(|_| served(&gateway).unwrap()).collect();
    assert_eq!(refused(&gateway, "address"), 0);
    drop(clients);
    gateway.stop();
}

/// What a client does before it goes.
type Ending = fn(&mut Wire);

#[test]
fn a_slot_comes_back_however_its_connection_ended() {
    let backend = Backend::echo();
    let gateway = in_front_of(&backend)
        .tls()
        .set("client.max_connections_per_address", "1")
        .set("client.head_timeout", "100ms")
        .set("client.idle_timeout", "100ms")
        .set("client.handshake_timeout", "100ms")
        .start();
    let nothing = |_: &mut Wire| {};
    let endings: [(&str, bool, Ending); 6] = [
        ("it asks nothing", false, nothing),
        ("it asks slowly", false, |client| client.send("GET ")),
        ("it asks nonsense", false, |client| {
            client.send("\0\r\n\r\n");
        }),
        ("it goes in the middle", false, |client| {
            client.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n");
        }),
        ("it shakes no hands", true, nothing),
        ("it does not speak TLS", true, |client| client.send(ASKS)),
    ];
    for (ending, encrypted, does) in endings {
        let address = if encrypted {
            gateway.https()
        } else {
            gateway.http()
        };
        eventually(ending, || served(&gateway).is_some());
        eventually(ending, || {
            gateway.metric("portcullis_connections_open") == 0
        });
        does(&mut Wire::plain(address));
    }
    eventually("all are back", || served(&gateway).is_some());
    gateway.stop();
}

// === Descriptors ===

/// A program that runs the gateway with so many descriptors.
fn with_descriptors(folder: &tempfile::TempDir, limit: u32) -> String {
    let script = folder.path().join("portcullis");
    let text = format!("#!/bin/sh\nulimit -n {limit}\nexec {PROGRAM} \"$@\"\n");
    must(fs::write(&script, text));
    must(fs::set_permissions(
        &script,
        fs::Permissions::from_mode(0o755),
    ));
    script.to_string_lossy().into_owned()
}

#[test]
fn clients_cannot_take_the_descriptors_that_backends_and_health_need() {
    let backend = Backend::echo();
    let folder = tempfile::tempdir().unwrap();
    let gateway = Gateway::builder(&with_descriptors(&folder, 96))
        .api("root", &backend.url())
        .start();
    let mut clients = Vec::new();
    eventually("clients are refused", || {
        // All of them at once hold a connection to the backend's echo in turn.
        clients.extend(served(&gateway));
        refused(&gateway, "descriptors") > 0
    });
    assert!(clients.len() > 20, "{}", clients.len());
    let flood: Vec<_> = (0..200).map(|_| gateway.connect()).collect();
    for client in &mut clients {
        assert_eq!(client.ask(ASKS).status, 200, "who is in is served");
    }
    assert_eq!(gateway.admin_get("/livez").status, 200);
    drop((clients, flood));
    eventually("it recovers", || served(&gateway).is_some());
    let ended = gateway.stop();
    assert!(ended.stderr.contains("descriptors"), "{}", ended.stderr);
}

#[test]
fn a_gateway_without_any_descriptor_left_serves_who_is_in_and_recovers() {
    let backend = Backend::echo();
    let gateway = in_front_of(&backend).start();
    let limit = |soft: &str| {
        let pid = gateway.process().to_string();
        let set = Command::new("prlimit")
            .args(["--pid", &pid, &format!("--nofile={soft}:")])
            .status();
        assert!(set.unwrap().success(), "prlimit is needed");
    };
    let mut client = served(&gateway).unwrap();
    // Every call of `accept` fails from now on, with as many waiting as may.
    limit("3");
    let mut waiting: Vec<_> = (0..50).map(|_| gateway.connect()).collect();
    let before = processor_time(&gateway);
    for _ in 0..20 {
        assert_eq!(client.ask(ASKS).status, 200);
        std::thread::sleep(Duration::from_millis(25));
    }
    let spent = processor_time(&gateway) - before;
    assert!(spent < 40, "it spins: {spent} ticks of a hundredth second");
    limit("1024");
    for client in &mut waiting {
        assert_eq!(client.ask(ASKS).status, 200, "they had only to wait");
    }
    drop((client, waiting));
    assert_eq!(gateway.admin_get("/livez").status, 200);
    gateway.stop();
}

/// What the process has used of the processor, in ticks (`proc_pid_stat(5)`).
fn processor_time(gateway: &Gateway) -> u64 {
    let text = must(fs::read_to_string(format!(
        "/proc/{}/stat",
        gateway.process()
    )));
    let after_name = text.rsplit(')').next().unwrap_or_default().split(' ');
    let of_it = after_name.skip(12).take(2);
    of_it.map(|ticks| must(ticks.parse::<u64>())).sum()
}
