//! What an operator sees: health, numbers, the log, and starts that are refused with a reason.

use portcullis_testkit::backend::Backend;
use portcullis_testkit::gateway::{Gateway, GatewayBuilder};
use portcullis_testkit::wire::eventually;

fn builder() -> GatewayBuilder {
    Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
}

/// A document that adds steps to what is inherited.
fn with_inbound(steps: &str) -> String {
    format!(
        "<policies><inbound><base />{steps}</inbound><backend><base /></backend>\
         <outbound><base /></outbound><on-error><base /></on-error></policies>"
    )
}

/// What a start that is refused says.
fn refusal(builder: GatewayBuilder) -> String {
    let ended = builder.run_to_end();
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(
        ended.stdout.is_empty(),
        "stdout carries data only: {}",
        ended.stdout
    );
    ended.stderr
}

// === Health and numbers ===

#[test]
fn health_is_told_on_the_admin_listener_and_nowhere_else() {
    let backend = Backend::echo();
    let gateway = builder().api("echo", &backend.url()).start();
    for path in ["/livez", "/readyz", "/metrics"] {
        let told = gateway.admin_get(path);
        assert_eq!(
            (told.status, told.field("cache-control")),
            (200, Some("no-store")),
            "{path}"
        );
        assert_eq!(gateway.get(path).status, 404, "{path}");
    }
    assert_eq!(gateway.admin_get("/echo/a").status, 404);
    gateway.stop();
}

#[test]
fn numbers_tell_what_happened() {
    let backend = Backend::echo();
    let gateway = builder()
        .api("echo", &backend.url())
        .api_with("closed", &backend.url(), "\"subscriptionRequired\": true")
        .start();
    gateway.get("/echo/a");
    gateway.get("/echo/b");
    gateway.get("/closed/a");
    gateway.get("/nowhere");
    let mut malformed = gateway.connect();
    assert_eq!(malformed.ask("GET / HTTP/1.1\r\n\r\n").status, 400);
    eventually("the last request is counted", || {
        gateway.metric("portcullis_request_duration_seconds_count") == 4
    });
    for (name, expect) in [
        ("portcullis_requests_total{api=\"echo\",class=\"2xx\"}", 2),
        ("portcullis_requests_total{api=\"closed\",class=\"4xx\"}", 1),
        ("portcullis_requests_total{api=\"\",class=\"4xx\"}", 1),
        ("portcullis_request_duration_seconds_bucket{le=\"+Inf\"}", 4),
        ("portcullis_requests_malformed_total", 1),
        ("portcullis_connections_accepted_total", 5),
        (r#"portcullis_connections_refused_total{reason="total"}"#, 0),
        ("portcullis_upstream_connections_opened_total", 1),
        ("portcullis_open_operations", 8),
        ("portcullis_unavailable_operations", 0),
        ("portcullis_reloads_applied_total", 0),
        ("portcullis_reloads_rejected_total", 0),
        ("portcullis_records_dropped_total", 0),
        ("portcullis_gateway_bug_total", 0),
    ] {
        assert_eq!(gateway.metric(name), expect, "{name}");
    }
    let text = gateway.admin_get("/metrics");
    assert!(
        text.field("content-type")
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
    assert!(text.text().ends_with("# EOF\n"));
    gateway.stop();
}

#[test]
fn more_connections_than_allowed_are_closed_at_once_and_counted() {
    let backend = Backend::echo();
    let gateway = builder()
        .api("echo", &backend.url())
        .set("client.max_connections", "2")
        .start();
    let ask = "GET /echo/a HTTP/1.1\r\nHost: a\r\n\r\n";
    let (mut one, mut two) = (gateway.connect(), gateway.connect());
    assert_eq!((one.ask(ask).status, two.ask(ask).status), (200, 200));
    assert!(gateway.connect().is_closed());
    let refused = r#"portcullis_connections_refused_total{reason="total"}"#;
    assert_eq!(gateway.metric(refused), 1);
    drop(one);
    eventually("there is room again", || {
        gateway.metric("portcullis_connections_open") == 1
    });
    assert_eq!(gateway.connect().ask(ask).status, 200);
    gateway.stop();
}

// === The access log ===

#[test]
fn every_request_is_one_line_of_json_that_says_what_was_decided_and_why() {
    let backend = Backend::echo();
    let gateway = builder()
        .api("echo", &backend.url())
        .api("guarded", &backend.url())
        .api("broken", "http://localhost:1")
        .policy(
            "apis/guarded",
            &with_inbound("<ip-filter action=\"allow\"><address>10.0.0.1</address></ip-filter>"),
        )
        .start();
    let ok = gateway.get("/echo/a?secret=s");
    assert_eq!(ok.status, 200);
    let refused = gateway.get("/guarded/a");
    let failed = gateway.get("/broken/a");
    let lost = gateway.get("/nowhere");
    let ended = gateway.stop();
    assert!(
        !ended.stdout.contains("secret"),
        "queries may carry keys: {}",
        ended.stdout
    );
    let log = ended.access_log();
    let facts: Vec<_> = log
        .iter()
        .map(|line| {
            let text = |name: &str| line[name].as_str().unwrap_or("-").to_owned();
            let status = line["status"].as_u64().unwrap();
            [
                text("api"),
                text("operation"),
                status.to_string(),
                text("decision"),
                text("reason"),
            ]
            .join(" ")
        })
        .collect();
    assert_eq!(
        facts,
        [
            "echo get 200 allowed -",
            "guarded get 403 denied CallerIpNotAllowed",
            "broken get 500 failed BackendConnectionFailure",
            "- - 404 denied OperationNotFound",
        ]
    );
    for (line, answer) in log
        .iter()
        .zip([None, Some(refused), Some(failed), Some(lost)])
    {
        let id = line["request_id"].as_str().unwrap();
        assert_eq!(id.len(), 36, "{line}");
        // A caller who quotes the id of a refusal leads to its line.
        assert!(
            answer.is_none_or(|a| a.field("x-request-id") == Some(id)),
            "{line}"
        );
        assert_eq!(line["client_ip"], "127.0.0.1");
        assert_eq!(line["protocol"], "HTTP/1.1");
        assert_eq!(line["method"], "GET");
        assert_eq!(line["host"], "a.example");
        assert_eq!(line["complete"], true);
        assert!(line["time"].as_str().unwrap().ends_with('Z'));
    }
    let path: Vec<_> = log
        .iter()
        .map(|line| line["path"].as_str().unwrap())
        .collect();
    assert_eq!(path, ["/echo/a", "/guarded/a", "/broken/a", "/nowhere"]);
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the log that is looked into is a file"
)]
fn the_log_can_go_to_a_file_or_nowhere() {
    let backend = Backend::echo();
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("access.log");
    for (log, lines) in [(file.to_str().unwrap(), 1), ("off", 1)] {
        let gateway = builder()
            .api("echo", &backend.url())
            .set("log.access", log)
            .start();
        gateway.get("/echo/a");
        assert_eq!(gateway.stop().stdout, "");
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(text.lines().count(), lines, "{log}");
    }
}

// === Starts that are refused ===

#[test]
fn plaintext_that_other_machines_can_reach_is_refused_unless_it_is_allowed() {
    let anywhere = || {
        builder()
            .api("root", "http://localhost:1")
            .set("listen.http", "0.0.0.0:0")
    };
    let said = refusal(anywhere());
    assert!(said.contains("unencrypted"), "{said}");
    assert!(
        said.contains("`listen.allow_plaintext`"),
        "it says how to mend it: {said}"
    );
    anywhere()
        .set("listen.allow_plaintext", "true")
        .start()
        .stop();
}

#[test]
fn a_wrong_setting_is_refused_with_a_way_out() {
    for (key, value, expect) in [
        (
            "client.head_timout",
            "1s",
            "did you mean `PORTCULLIS_CLIENT__HEAD_TIMEOUT`?",
        ),
        ("client.head_timeout", "soon", "a duration is written"),
        (
            "listen.https",
            "127.0.0.1:0",
            "needs `listen.certificate_file`",
        ),
        (
            "log.access",
            "/nowhere/at/all",
            "cannot open the access log",
        ),
        (
            "upstream.ca_file",
            "/nowhere/at/all",
            "cannot read `/nowhere/at/all` (`upstream.ca_file`)",
        ),
        (
            "listen.admin",
            "0.0.0.0:0",
            "choose a loopback address with `--admin`",
        ),
    ] {
        let wrong = builder().api("root", "http://localhost:1").set(key, value);
        let said = refusal(wrong);
        assert!(said.contains(expect), "{key}: {said}");
    }
    let file = "[client]\nhead_timout = \"1s\"\nmax_boddy = 1\n";
    let said = refusal(builder().file("portcullis.toml", file));
    for expect in [
        "portcullis.toml:2:1: error[C0002]: unknown key `client.head_timout`",
        "    2 | head_timout = \"1s\"",
        "did you mean `client.head_timeout`?",
        "portcullis.toml:3:1: error[C0002]",
    ] {
        assert!(said.contains(expect), "{said}");
    }
}

#[test]
fn a_port_that_is_taken_is_refused() {
    let backend = Backend::echo();
    let taken = backend.address().to_string();
    let said = refusal(
        builder()
            .api("root", &backend.url())
            .set("listen.http", &taken),
    );
    let expect = format!("cannot listen on `{taken}` (`listen.http`): ");
    assert!(said.contains(&expect), "{said}");
    assert!(said.contains("choose another with `--listen`"), "{said}");
}

#[test]
fn two_listeners_at_one_address_are_refused() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let said = refusal(
        builder()
            .api("root", "http://localhost:1")
            .set("listen.http", &address)
            .set("listen.admin", &address),
    );
    let expect = format!("`listen.http` and `listen.admin` are both `{address}`");
    assert!(said.contains(&expect), "{said}");
}

#[test]
fn a_folder_with_errors_does_not_start_or_answers_503_only_where_it_matters() {
    let backend = Backend::echo();
    let folder = || {
        builder()
            .api("good", &backend.url())
            .api("bad", &backend.url())
            .policy(
                "apis/bad",
                "<policies>\n  <inbound>\n    <set-haeder />\n  </inbound>\n</policies>",
            )
    };
    let said = refusal(folder());
    assert!(said.contains("apis/bad/policy.xml:3:6: error[P"), "{said}");
    assert!(said.contains("did you mean `set-header`?"), "{said}");
    assert!(said.contains("`--keep-going`"), "{said}");
    let gateway = folder().argument("--keep-going").start();
    assert_eq!(gateway.get("/good/a").status, 200);
    let unavailable = gateway.get("/bad/a");
    assert_eq!(unavailable.status, 503);
    let told = "Service Unavailable: policy does not compile (E0002)";
    assert!(unavailable.text().contains(told), "{}", unavailable.text());
    assert_eq!(gateway.metric("portcullis_unavailable_operations"), 8);
    let before = backend.arrived().len();
    gateway.get("/bad/a");
    assert_eq!(backend.arrived().len(), before, "nothing of it runs");
    let ended = gateway.stop();
    let log = ended.access_log();
    assert_eq!(
        (&log[1]["decision"], &log[1]["reason"]),
        (&"failed".into(), &"E0002".into())
    );
    assert!(ended.stderr.contains("answers 503"), "{}", ended.stderr);
}

#[test]
fn a_folder_that_is_not_there_is_refused() {
    for keep_going in [false, true] {
        let mut nowhere = builder().serving(std::path::Path::new("/nowhere/at/all"));
        if keep_going {
            nowhere = nowhere.argument("--keep-going");
        }
        assert_eq!(
            refusal(nowhere),
            "error: `/nowhere/at/all` does not exist\n"
        );
    }
}

#[test]
fn an_operation_whose_policy_is_misnamed_answers_503() {
    let backend = Backend::echo();
    let folder = || {
        builder()
            .api("good", &backend.url())
            .api("bad", &backend.url())
            .file("apis/bad/operations/get/Policy.xml", "<policies />")
    };
    let said = refusal(folder());
    assert!(said.contains("Policy.xml:1:1: error[A0009]"), "{said}");
    let gateway = folder().argument("--keep-going").start();
    assert_eq!(gateway.get("/good/a").status, 200);
    assert_eq!(gateway.get("/bad/a").status, 503);
    gateway.stop();
}

#[test]
fn an_api_that_nobody_can_reach_is_told_at_start() {
    let backend = Backend::echo();
    let secure = || builder().api_with("secure", &backend.url(), "\"protocols\": [\"https\"]");
    let ended = secure().start().stop();
    let said = "answers 404 to everybody: it takes https only";
    assert!(ended.stderr.contains(said), "{}", ended.stderr);
    for reachable in [
        secure().tls(),
        secure().set("security.trusted_proxies", "127.0.0.1"),
    ] {
        let ended = reachable.start().stop();
        assert!(!ended.stderr.contains(said), "{}", ended.stderr);
    }
}

#[test]
fn open_operations_are_served_or_answer_503_as_the_operator_wants() {
    let backend = Backend::echo();
    let start = |choice: &str| {
        let key = "{ \"properties\": { \"displayName\": \"all\", \"scope\": \"/apis\", \
                   \"state\": \"active\", \"primaryKey\": \"one-key\" } }";
        builder()
            .api("open", &backend.url())
            .api_with("closed", &backend.url(), "\"subscriptionRequired\": true")
            .file("subscriptions/all/subscriptionInformation.json", key)
            .set("security.open_operations", choice)
            .start()
    };
    for (choice, open) in [("warn", 200), ("deny", 503)] {
        let gateway = start(choice);
        assert_eq!(gateway.get("/open/a").status, open, "{choice}");
        assert_eq!(gateway.get("/closed/a").status, 401, "{choice}");
        let key = "Ocp-Apim-Subscription-Key: one-key\r\n";
        assert_eq!(gateway.get_with("/closed/a", key).status, 200, "{choice}");
        gateway.stop();
    }
}
