//! More work than a core can do: whoever asks most is turned away, whoever asks little is served, and
//! health is told all the while.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use portcullis_testkit::gateway::{Gateway, GatewayBuilder};
use portcullis_testkit::wire::{To, Wire};

/// Costs a core a millisecond or two.
const LABOUR: &str = r#"<policies>
  <inbound>
    <base />
    <set-header name="X-Sum" exists-action="override">
      <value>@{ var sum = 0; for (var i = 0; i < 1000; i++) { sum += i; } return sum.ToString(); }</value>
    </set-header>
    <return-response><set-status code="200" reason="OK" /></return-response>
  </inbound>
  <backend><base /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>"#;

/// How many clients the greedy subscription has.
const GREEDY: usize = 40;

/// How long the modest one waits before it asks again.
const PAUSE: Duration = Duration::from_millis(250);

/// How often health is asked for, as often.
const LOOKS: u32 = 16;

fn labour() -> GatewayBuilder {
    let subscription = |name: &str| {
        format!(
            r#"{{ "properties": {{ "displayName": "{name}", "scope": "/apis/labour", "state": "active", "primaryKey": "{name}-0123456789" }} }}"#
        )
    };
    Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
        .api_with(
            "labour",
            "http://127.0.0.1:9",
            r#""subscriptionRequired": true"#,
        )
        .policy("apis/labour", LABOUR)
        .file(
            "subscriptions/greedy/subscriptionInformation.json",
            &subscription("greedy"),
        )
        .file(
            "subscriptions/modest/subscriptionInformation.json",
            &subscription("modest"),
        )
        .set("log.access", "off")
}

fn request(subscription: &str) -> String {
    format!(
        "GET /labour/a HTTP/1.1\r\nHost: a\r\nOcp-Apim-Subscription-Key: {subscription}-0123456789\r\n\r\n"
    )
}

/// Asks again and again: how many answers there were of 200 and of 503.
fn ask_on(
    mut wire: Wire,
    subscription: &str,
    pause: Duration,
    stop: &AtomicBool,
) -> (usize, usize) {
    let request = request(subscription);
    let (mut served, mut turned_away) = (0, 0);
    while !stop.load(Ordering::Relaxed) {
        wire.send(&request);
        let answer = wire.answer(To::Get);
        match answer.status {
            200 => served += 1,
            503 => {
                assert!(answer.text().contains("Service Unavailable"));
                let after = answer.field("retry-after").map(str::parse::<u32>);
                assert!(matches!(after, Some(Ok(1..=3))), "{after:?}");
                turned_away += 1;
            }
            other => assert_eq!(other, 200),
        }
        thread::sleep(pause);
    }
    (served, turned_away)
}

#[test]
fn who_asks_most_is_turned_away_and_others_and_health_are_served() {
    let gateway = labour().set("overload.wait", "20ms").start();
    let stop = AtomicBool::new(false);
    let ((greedy, modest), health) = thread::scope(|scope| {
        let greedy: Vec<_> = (0..GREEDY)
            .map(|_| scope.spawn(|| ask_on(gateway.connect(), "greedy", Duration::ZERO, &stop)))
            .collect();
        let modest = scope.spawn(|| ask_on(gateway.connect(), "modest", PAUSE, &stop));
        let mut health = Vec::new();
        for _ in 0..LOOKS {
            health.push(gateway.admin_get("/livez").status);
            thread::sleep(PAUSE);
        }
        stop.store(true, Ordering::Relaxed);
        let greedy = greedy.into_iter().filter_map(|task| task.join().ok());
        let greedy = greedy.fold((0, 0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
        ((greedy, modest.join().unwrap()), health)
    });
    assert!(greedy.0 > 0 && greedy.1 > 0, "{greedy:?}");
    let (served, turned_away) = modest;
    assert!(turned_away <= served / 2, "{modest:?}, greedy {greedy:?}");
    assert!(health.iter().all(|status| *status == 200), "{health:?}");
    assert!(gateway.metric("portcullis_requests_turned_away_total") > 0);
    // It is over when nobody asks any more.
    let mut wire = gateway.connect();
    assert_eq!(wire.ask(request("greedy")).status, 200);
    gateway.stop();
}

#[test]
fn without_a_bound_everybody_waits_and_is_served() {
    let gateway = labour().set("overload.wait", "0s").start();
    let stop = AtomicBool::new(false);
    let (served, turned_away) = thread::scope(|scope| {
        let clients: Vec<_> = (0..GREEDY)
            .map(|_| scope.spawn(|| ask_on(gateway.connect(), "greedy", Duration::ZERO, &stop)))
            .collect();
        thread::sleep(PAUSE * LOOKS / 4);
        stop.store(true, Ordering::Relaxed);
        let clients = clients.into_iter().filter_map(|task| task.join().ok());
        clients.fold((0, 0), |sum, own| (sum.0 + own.0, sum.1 + own.1))
    });
    assert!(served > 0);
    assert_eq!(turned_away, 0);
    gateway.stop();
}
