//! The configuration changes while requests flow, and the gateway stops while they do.

#![expect(
    clippy::disallowed_methods,
    reason = "one test writes a folder of its own"
)]

use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use portcullis_testkit::backend::{Backend, Then};
use portcullis_testkit::gateway::{Gateway, GatewayBuilder};
use portcullis_testkit::wire::{To, Wire, eventually};

fn builder() -> GatewayBuilder {
    Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
}

/// A document that marks the request on its way in and the response on its way out.
fn marking(mark: &str) -> String {
    let header = |name: &str| {
        format!(
            "<set-header name=\"{name}\" exists-action=\"override\"><value>{mark}</value></set-header>"
        )
    };
    format!(
        "<policies><inbound>{}</inbound><backend><forward-request /></backend>\
         <outbound>{}</outbound><on-error /></policies>",
        header("X-In"),
        header("X-Out")
    )
}

/// A backend that tells in `X-Seen` how the request was marked, and holds back every request for
/// `/held` until it is told to go on.
fn holding() -> (Backend, SyncSender<()>) {
    let (go, may_go): (_, Receiver<()>) = sync_channel(0);
    let may_go = Mutex::new(may_go);
    let backend = Backend::start(move |call| {
        let mark = call.head.field("x-in").unwrap_or("none").to_owned();
        if call.head.target() == "/held"
            && let Ok(may_go) = may_go.lock()
        {
            // If the test has ended, nobody holds anything back any more.
            let _: Result<(), _> = may_go.recv();
        }
        call.send(format!(
            "HTTP/1.1 200 OK\r\nX-Seen: {mark}\r\nContent-Length: 2\r\n\r\nok"
        ));
        Then::Keep
    });
    (backend, go)
}

fn request(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")
}

/// How the gateway marks now.
fn mark(gateway: &Gateway) -> String {
    gateway
        .get("/a")
        .field("x-out")
        .unwrap_or_default()
        .to_owned()
}

/// Ends what looks at the flag when it is dropped.
struct Ended<'a>(&'a AtomicBool);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

// === Reload ===

#[test]
fn no_request_sees_two_configurations_while_they_change_under_load() {
    let (backend, _go) = holding();
    let gateway = builder()
        .api("root", &backend.url())
        .policy("", &marking("0"))
        .set("runtime.cores", "2")
        .set("log.access", "off")
        .start();
    let (ends, served) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut client = gateway.connect();
                while !ends.load(Ordering::Relaxed) {
                    let answer = client.ask(request("/a"));
                    assert_eq!(answer.status, 200);
                    assert_eq!(answer.field("x-seen"), answer.field("x-out"));
                    served.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        // Also when the test fails: the clients must not go on for ever.
        let _ended = Ended(&ends);
        for round in 1..=10 {
            let new = round.to_string();
            gateway.write("policy.xml", &marking(&new));
            eventually("the change is taken up", || mark(&gateway) == new);
        }
    });
    assert!(served.into_inner() > 100);
    assert_eq!(gateway.metric("portcullis_reloads_rejected_total"), 0);
    gateway.stop();
}

#[test]
fn a_request_in_flight_ends_on_the_configuration_that_it_began_with() {
    let (backend, go) = holding();
    let gateway = builder()
        .api("root", &backend.url())
        .policy("", &marking("old"))
        .start();
    let mut client = gateway.connect();
    client.send(request("/held"));
    eventually("the request is held", || backend.arrived().len() == 1);
    gateway.write("policy.xml", &marking("new"));
    eventually("the change is taken up", || mark(&gateway) == "new");
    go.send(()).unwrap();
    let held = client.answer(To::Get);
    assert_eq!(
        (held.field("x-seen"), held.field("x-out")),
        (Some("old"), Some("old"))
    );
    // The next one on the same connection begins on the new configuration.
    let next = client.ask(request("/a"));
    assert_eq!(
        (next.field("x-seen"), next.field("x-out")),
        (Some("new"), Some("new"))
    );
    gateway.stop();
}

#[test]
fn a_hangup_reloads_where_files_are_not_watched() {
    let (backend, _go) = holding();
    let gateway = builder()
        .api("root", &backend.url())
        .policy("", &marking("old"))
        .set("artifacts.watch", "false")
        .start();
    gateway.write("policy.xml", &marking("new"));
    assert_eq!(mark(&gateway), "old");
    gateway.hang_up();
    eventually("the change is taken up", || mark(&gateway) == "new");
    let ended = gateway.stop();
    // One file was parsed again, the others were not looked into.
    assert!(
        ended.stderr.contains("files=3 parsed=3"),
        "{}",
        ended.stderr
    );
    assert!(
        ended.stderr.contains("files=3 parsed=1"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_configuration_with_errors_is_refused_with_a_place_and_the_old_one_goes_on() {
    let (backend, _go) = holding();
    let gateway = builder()
        .api("root", &backend.url())
        .policy("", &marking("old"))
        .start();
    let applied = gateway.metric("portcullis_reloads_applied_total");
    assert_eq!(applied, 0, "the first configuration is no reload");
    gateway.write(
        "policy.xml",
        "<policies>\n  <inbound>\n    <set-haeder />\n  </inbound>\n</policies>",
    );
    eventually("it is refused", || {
        gateway.metric("portcullis_reloads_rejected_total") == 1
    });
    assert_eq!(mark(&gateway), "old");
    assert_eq!(gateway.metric("portcullis_reloads_applied_total"), applied);
    let said = gateway.stderr();
    assert!(said.contains("policy.xml:3:6: error[P"), "{said}");
    assert!(
        said.contains("set-header"),
        "it says what was meant: {said}"
    );
    gateway.write("policy.xml", &marking("new"));
    eventually("it is mended", || mark(&gateway) == "new");
    gateway.stop();
}

#[test]
fn apis_come_and_go() {
    let (backend, _go) = holding();
    let gateway = builder().api("one", &backend.url()).start();
    assert_eq!(
        (gateway.get("/one/a").status, gateway.get("/two/a").status),
        (200, 404)
    );
    for file in ["apiInformation.json", "specification.yaml"] {
        let text = gateway
            .read(&format!("apis/one/{file}"))
            .replace("one", "two");
        gateway.write(&format!("apis/two/{file}"), &text);
    }
    eventually("it comes", || gateway.get("/two/a").status == 200);
    gateway.remove("apis/one");
    eventually("it goes", || gateway.get("/one/a").status == 404);
    assert_eq!(gateway.get("/two/a").status, 200);
    gateway.stop();
}

#[test]
fn what_was_counted_still_counts_after_a_reload() {
    let (backend, _go) = holding();
    let limiting = |mark: &str| {
        let limit = "<rate-limit-by-key calls=\"3\" renewal-period=\"300\" counter-key=\"all\" />";
        marking(mark).replace("<inbound>", &format!("<inbound>{limit}"))
    };
    let gateway = builder()
        .api("limited", &backend.url())
        .api("free", &backend.url())
        .policy("apis/limited", &limiting("old"))
        .set("runtime.cores", "2")
        .start();
    assert_eq!(
        [200, 200],
        [(); 2].map(|()| gateway.get("/limited/a").status)
    );
    let applied = gateway.metric("portcullis_reloads_applied_total");
    gateway.write("apis/limited/policy.xml", &limiting("new"));
    eventually("the change is taken up", || {
        gateway.metric("portcullis_reloads_applied_total") > applied
    });
    let third = gateway.get("/limited/a");
    assert_eq!((third.status, third.field("x-out")), (200, Some("new")));
    let fourth = gateway.get("/limited/a");
    assert_eq!(fourth.status, 429);
    assert!(fourth.head.has("retry-after"), "{:?}", fourth.head);
    gateway.stop();
}

#[test]
fn a_folder_that_is_removed_and_made_anew_is_watched_again() {
    let (backend, _go) = holding();
    let gateway = builder()
        .api("root", &backend.url())
        .policy("", &marking("old"))
        .start();
    let files = [
        "apis/root/apiInformation.json",
        "apis/root/specification.yaml",
    ];
    let texts = files.map(|file| gateway.read(file));
    for round in 0..2 {
        gateway.remove("");
        if round == 0 {
            eventually("it is told", || {
                gateway.stderr().contains("the folder is gone")
            });
        }
        assert_eq!(gateway.get("/a").status, 200, "the old one goes on");
        for (file, text) in files.iter().zip(&texts) {
            gateway.write(file, text);
        }
        // Once before and once after the watch is back: the second makes an event of its own.
        for mark_now in ["new", "newer"] {
            let new = format!("{mark_now}-{round}");
            gateway.write("policy.xml", &marking(&new));
            eventually("the change is taken up", || mark(&gateway) == new);
        }
    }
    gateway.stop();
}

#[test]
fn a_link_that_is_turned_to_another_folder_is_followed() {
    let (backend, _go) = holding();
    let scratch = tempfile::tempdir().unwrap();
    let release = |name: &str| {
        let copy = builder()
            .api("root", &backend.url())
            .policy("", &marking(name));
        let gateway = copy.set("artifacts.watch", "false").start();
        let folder = scratch.path().join(name);
        for file in [
            "policy.xml",
            "apis/root/apiInformation.json",
            "apis/root/specification.yaml",
        ] {
            let path = folder.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, gateway.read(file)).unwrap();
        }
        folder
    };
    let (first, second) = (release("first"), release("second"));
    let (link, aside) = (scratch.path().join("current"), scratch.path().join("aside"));
    std::os::unix::fs::symlink(&first, &link).unwrap();
    let gateway = builder().serving(&link).start();
    assert_eq!(mark(&gateway), "first");
    std::os::unix::fs::symlink(&second, &aside).unwrap();
    std::fs::rename(&aside, &link).unwrap();
    eventually("the other folder is served", || mark(&gateway) == "second");
    std::fs::write(second.join("policy.xml"), marking("third")).unwrap();
    eventually("and watched", || mark(&gateway) == "third");
    gateway.stop();
}

#[test]
fn an_api_that_is_taken_out_of_a_product_is_closed_at_once() {
    let (backend, _go) = holding();
    let key = "Ocp-Apim-Subscription-Key: one-key\r\n";
    let product = "{ \"properties\": { \"displayName\": \"P\", \"state\": \"published\" } }";
    let subscription = "{ \"properties\": { \"displayName\": \"s\", \"scope\": \"/products/p\", \
                        \"state\": \"active\", \"primaryKey\": \"one-key\" } }";
    let gateway = builder()
        .api_with("root", &backend.url(), "\"subscriptionRequired\": true")
        .file("products/p/productInformation.json", product)
        .file("products/p/apis/root/productApiInformation.json", "{}")
        .file("subscriptions/s/subscriptionInformation.json", subscription)
        .start();
    assert_eq!(gateway.get_with("/a", key).status, 200);
    gateway.remove("products/p/apis/root");
    eventually("the key opens nothing", || {
        gateway.get_with("/a", key).status == 401
    });
    gateway.stop();
}

#[test]
fn a_change_of_settings_is_said_to_need_a_restart() {
    let (backend, _go) = holding();
    let gateway = builder().api("root", &backend.url()).start();
    let times = |gateway: &Gateway| {
        let said = gateway.stderr();
        said.matches("settings are read at start: restart to apply")
            .count()
    };
    gateway.hang_up();
    for (time, text) in ["", "[client]\nmax_headers = 7\n"].iter().enumerate() {
        gateway.write("portcullis.toml", text);
        eventually("it is said", || times(&gateway) == time + 1);
    }
    gateway.hang_up();
    gateway.write("policy.xml", &marking("new"));
    eventually("the change is taken up", || mark(&gateway) == "new");
    assert_eq!(times(&gateway), 2, "once for each change");
    gateway.stop();
}

#[test]
fn nobody_has_to_read_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let ready = folder.path().join("ready.json");
    let artifacts = folder.path().join("artifacts");
    std::fs::create_dir(&artifacts).unwrap();
    let write = |text: &str| std::fs::write(artifacts.join("policy.xml"), text).unwrap();
    write("<policies />");
    let mut child = Command::new(env!("CARGO_BIN_EXE_portcullis"))
        .args([
            "gateway",
            "--listen",
            "127.0.0.1:0",
            "--admin",
            "127.0.0.1:0",
        ])
        .arg("--artifacts")
        .arg(&artifacts)
        .arg("--ready-file")
        .arg(&ready)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    eventually("it is ready", || ready.is_file());
    drop(child.stderr.take());
    let addresses = std::fs::read_to_string(&ready).unwrap();
    let addresses: serde_json::Value = serde_json::from_str(&addresses).unwrap();
    let admin = addresses["admin"].as_str().unwrap().parse().unwrap();
    let metrics = || {
        let request = "GET /metrics HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n";
        Wire::plain(admin).ask(request).text()
    };
    write("<policies><inbuond /></policies>");
    eventually("it is refused", || {
        metrics().contains("portcullis_reloads_rejected_total 1")
    });
    write("<policies><inbound /></policies>");
    eventually("the gateway goes on", || {
        metrics().contains("portcullis_reloads_applied_total 1")
    });
    assert!(child.try_wait().unwrap().is_none());
    child.kill().unwrap();
    child.wait().unwrap();
}

// === Drain ===

#[test]
fn a_stop_lets_requests_in_flight_end_and_takes_in_no_more() {
    let (backend, go) = holding();
    let gateway = builder().api("root", &backend.url()).tls().start();
    let mut idle = gateway.connect();
    assert_eq!(idle.ask(request("/a")).status, 200);
    let mut clients = [gateway.connect(), gateway.connect_tls()];
    for client in &mut clients {
        client.send(request("/held"));
    }
    eventually("both requests are held", || backend.arrived().len() == 3);
    assert_eq!(gateway.admin_get("/readyz").status, 200);
    gateway.terminate();
    eventually("it is not ready", || {
        gateway.admin_get("/readyz").status == 503
    });
    assert_eq!(gateway.admin_get("/livez").status, 200);
    eventually("nobody listens any more", || {
        TcpStream::connect(gateway.http()).is_err()
    });
    assert!(
        idle.is_closed(),
        "a connection without a request is closed at once"
    );
    for _ in &clients {
        go.send(()).unwrap();
    }
    for mut client in clients {
        let answer = client.answer(To::Get);
        assert_eq!((answer.status, answer.text()), (200, "ok".to_owned()));
        assert_eq!(answer.field("connection"), Some("close"));
        assert!(client.is_closed());
    }
    let ended = gateway.wait();
    assert_eq!(ended.access_log().len(), 3);
    assert!(!ended.stderr.contains("cut off"), "{}", ended.stderr);
}

#[test]
fn a_stop_waits_no_longer_than_the_drain_time() {
    let (backend, go) = holding();
    let gateway = builder()
        .api("root", &backend.url())
        .set("drain.timeout", "300ms")
        .start();
    let mut client = gateway.connect();
    client.send(request("/held"));
    eventually("the request is held", || backend.arrived().len() == 1);
    let ended = gateway.stop();
    assert!(ended.stderr.contains("cut off"), "{}", ended.stderr);
    assert!(client.is_closed());
    drop(go);
}

#[test]
fn a_connection_that_says_nothing_does_not_hold_up_a_stop() {
    let backend = Backend::echo();
    let gateway = builder()
        .api("root", &backend.url())
        .tls()
        .set("listen.h2c", "true")
        .start();
    // Before the handshake, before the first byte.
    let silent = [Wire::plain(gateway.https()), gateway.connect()];
    eventually("both are accepted", || {
        gateway.metric("portcullis_connections_open") == 2
    });
    let ended = gateway.stop();
    assert!(!ended.stderr.contains("cut off"), "{}", ended.stderr);
    for mut client in silent {
        assert!(client.is_closed());
    }
}
