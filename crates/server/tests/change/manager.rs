//! The service manager: what it is told, and the sockets that it lends. The tests speak its protocols.

#![expect(
    clippy::disallowed_methods,
    reason = "a service manager talks over files, and waits in real time"
)]

use std::io::Write as _;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use portcullis_testkit::backend::Backend;
use portcullis_testkit::gateway::{Gateway, GatewayBuilder};
use portcullis_testkit::wire::{PATIENCE, eventually, must};

use crate::restart::Ended;
use crate::traffic::{Traffic, marking};

const LAUNCHER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/change/launcher.py");

fn builder() -> GatewayBuilder {
    Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
}

/// A service manager that listens to what it is told.
struct Manager(UnixDatagram);

impl Manager {
    fn at(path: &Path) -> Self {
        let socket = must(UnixDatagram::bind(path));
        must(socket.set_read_timeout(Some(PATIENCE)));
        Self(socket)
    }

    /// The next thing that it is told, a line each, without signs of life.
    fn told(&self) -> Vec<String> {
        loop {
            let told = self.heard();
            if told != ["WATCHDOG=1"] {
                return told;
            }
        }
    }

    fn heard(&self) -> Vec<String> {
        let mut message = [0; 4096];
        let size = must(self.0.recv(&mut message));
        let text = String::from_utf8_lossy(message.get(..size).unwrap_or_default()).into_owned();
        text.lines().map(str::to_owned).collect()
    }
}

/// A gateway under a manager.
fn managed(builder: GatewayBuilder) -> (Gateway, Manager) {
    let path = builder.beside("notify");
    let manager = Manager::at(&path);
    let gateway = builder.variable("NOTIFY_SOCKET", &path.to_string_lossy());
    (gateway.start(), manager)
}

// === What it is told ===

#[test]
fn the_manager_is_told_of_start_reload_and_stop() {
    let (gateway, manager) = managed(builder().policy("", &marking("0")));
    assert_eq!(manager.told(), ["READY=1", "STATUS=serving"]);
    gateway.hang_up();
    let reloading = manager.told();
    assert_eq!(reloading[0], "RELOADING=1");
    let since = reloading[1].strip_prefix("MONOTONIC_USEC=").unwrap();
    assert!(since.parse::<u64>().unwrap() > 0);
    assert_eq!(manager.told(), ["READY=1", "STATUS=serving"]);
    gateway.write("policy.xml", "<policies><inbuond /></policies>");
    let refused = manager.told();
    assert_eq!(refused.len(), 1);
    assert!(refused[0].contains("is refused"), "{refused:?}");
    gateway.terminate();
    assert_eq!(manager.told(), ["STOPPING=1", "STATUS=draining"]);
    gateway.wait();
}

#[test]
fn the_manager_is_told_which_process_is_the_service_after_a_takeover() {
    let backend = Backend::echo();
    let (first, manager) = managed(builder().api("root", &backend.url()).control());
    assert_eq!(manager.told(), ["READY=1", "STATUS=serving"]);
    let second = first.successor();
    let mut told = vec![manager.told(), manager.told()];
    told.sort();
    let main = format!("MAINPID={}", second.process());
    assert_eq!(
        told,
        [vec![main], vec!["READY=1".into(), "STATUS=serving".into()]]
    );
    first.wait();
    second.terminate();
    assert_eq!(
        manager.told()[0],
        "STOPPING=1",
        "the first one is not the service any more"
    );
    second.wait();
}

#[test]
fn the_manager_sees_that_it_goes_on_and_when_it_does_not() {
    let (gateway, manager) = managed(
        builder()
            .policy("", &marking("0"))
            .variable("WATCHDOG_USEC", "200000"),
    );
    manager.told();
    for _ in 0..5 {
        assert_eq!(manager.heard(), ["WATCHDOG=1"]);
    }
    gateway.signal("-STOP");
    std::thread::sleep(Duration::from_millis(200));
    must(manager.0.set_nonblocking(true));
    let mut message = [0; 64];
    while manager.0.recv(&mut message).is_ok() {}
    std::thread::sleep(Duration::from_millis(500));
    assert!(manager.0.recv(&mut message).is_err());
    gateway.signal("-CONT");
    gateway.stop();
}

#[test]
fn while_its_folder_is_written_it_gives_signs_of_life_and_stops_when_asked() {
    let builder = builder().policy("", &marking("0"));
    let (gateway, manager) = managed(builder.variable("WATCHDOG_USEC", "400000"));
    manager.told();
    let ends = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let _ended = Ended(&ends);
        scope.spawn(|| {
            let changes = (1..).take_while(|_| !ends.load(Ordering::Relaxed));
            for change in changes {
                gateway.write("policy.xml", &marking(&change.to_string()));
                std::thread::sleep(Duration::from_millis(40));
            }
        });
        let (since, mut last) = (Instant::now(), Instant::now());
        while since.elapsed() < Duration::from_secs(3) {
            if manager.heard() == ["WATCHDOG=1"] {
                let silent = last.elapsed();
                assert!(silent < Duration::from_secs(2), "{silent:?}");
                last = Instant::now();
            }
        }
        let asked = Instant::now();
        gateway.terminate();
        while manager.told()[0] != "STOPPING=1" {}
        let took = asked.elapsed();
        assert!(took < Duration::from_secs(2), "{took:?}");
    });
    gateway.wait();
}

// === The sockets that it lends ===

/// A gateway that is lent sockets of these names, or nothing if there is no python.
fn lent(names: &str, builder: GatewayBuilder) -> Option<GatewayBuilder> {
    let has_python = std::process::Command::new("python3")
        .arg("--version")
        .output();
    if has_python.is_err() {
        let mut told = std::io::stderr();
        // Nothing is left to say if the terminal is gone.
        drop(writeln!(told, "SKIPPED: there is no python3"));
        return None;
    }
    let again = builder.beside("again");
    Some(builder.through(&["python3", LAUNCHER, names, &again.to_string_lossy()]))
}

#[test]
fn sockets_of_the_manager_replace_the_addresses_of_the_settings() {
    let backend = Backend::echo();
    // These could not be listened at.
    let builder = builder()
        .api("root", &backend.url())
        .set("runtime.cores", "2")
        .set("listen.http", "192.0.2.1:1")
        .set("listen.admin", "192.0.2.1:2");
    let Some(builder) = lent("admin:http", builder) else {
        return;
    };
    let gateway = builder.start();
    assert_eq!(gateway.admin_get("/readyz").status, 200);
    for _ in 0..20 {
        assert_eq!(gateway.get("/a").status, 200);
    }
    gateway.stop();
}

#[test]
fn a_service_that_is_started_again_on_the_managers_sockets_loses_nobody() {
    let (backend, policies) = (Traffic::backend(), Traffic::policies("0"));
    let builder = Traffic::policed(builder().api("root", &backend.url()), &policies);
    let again = builder.beside("again");
    let Some(builder) = lent("http:admin", builder.set("drain.idle", "5s")) else {
        return;
    };
    let gateway = builder.start();
    let ready = gateway.ready_file();
    let traffic = Traffic::of(&gateway);
    let ends = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let _ended = traffic.start(scope, &ends);
        for _ in 0..3 {
            must(std::fs::write(&again, ""));
            must(std::fs::remove_file(&ready));
            gateway.terminate();
            eventually("it serves again", || ready.is_file());
            let before = traffic.served_so_far();
            eventually("callers come", || traffic.served_so_far() >= before + 15);
        }
    });
    traffic.was_served(50);
    gateway.stop();
}

#[test]
fn a_socket_that_the_gateway_has_no_use_for_is_refused() {
    for (names, said) in [
        (
            "portcullis.socket",
            "lends a socket named `portcullis.socket`",
        ),
        ("http:http", "lends several sockets named `http`"),
        ("https", "`listen.https` needs `listen.certificate_file`"),
    ] {
        let Some(builder) = lent(names, builder().policy("", &marking("0"))) else {
            return;
        };
        let ended = builder.run_to_end();
        assert_eq!(ended.code, Some(1));
        assert!(ended.stderr.contains(said), "{names}: {}", ended.stderr);
    }
}
