//! Values that a caller sends and a policy uses: none splits an answer, or a request to the backend.

use portcullis_testkit::backend::Backend;

use crate::answers::ok;
use crate::{builder, check_honest, request};

/// What a caller sends to split an answer, or a request to the backend, in two.
const SPLITTERS: [&str; 6] = [
    "a\r\nX-Evil: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison",
    "a\r\n\r\nGET /poison HTTP/1.1\r\nHost: a\r\n\r\n",
    "a\nX-Evil: 1",
    "a\rX-Evil: 1",
    "a\0b",
    "\u{560a}\u{560d}X-Evil: 1\u{2028}",
];

/// The value as an expression reads it.
const VALUE: &str = "@(context.Request.Url.Query.GetValueOrDefault(&quot;v&quot;, &quot;&quot;))";

/// A policy, the section it stands in, and what becomes of a value that could split something: a fault
/// (500), or this status with the value where it does no harm.
const POLICIES: [(&str, &str, &str, u16); 13] = [
    (
        "a header of the request",
        "inbound",
        "<set-header name=\"X-A\"><value>VALUE</value></set-header>",
        500,
    ),
    (
        "the name of a header of the request",
        "inbound",
        "<set-header name=\"VALUE\"><value>1</value></set-header>",
        500,
    ),
    (
        "a header of the answer",
        "outbound",
        "<set-header name=\"X-A\"><value>VALUE</value></set-header>",
        500,
    ),
    (
        "a cookie among others",
        "outbound",
        "<set-header name=\"Set-Cookie\" exists-action=\"append\"><value>a=1</value><value>VALUE</value></set-header>",
        500,
    ),
    (
        "the name of a header of the answer",
        "outbound",
        "<set-header name=\"VALUE\"><value>1</value></set-header>",
        500,
    ),
    (
        "a reason",
        "outbound",
        "<set-status code=\"200\" reason=\"VALUE\" />",
        500,
    ),
    (
        "a reason of the gateway's own answer",
        "inbound",
        "<return-response><set-status code=\"201\" reason=\"VALUE\" /></return-response>",
        500,
    ),
    (
        "a redirect of the gateway's own",
        "inbound",
        "<return-response><set-status code=\"302\" reason=\"Found\" /><set-header name=\"Location\"><value>VALUE</value></set-header></return-response>",
        500,
    ),
    (
        "a body of the gateway's own answer",
        "inbound",
        "<return-response><set-status code=\"201\" /><set-body>VALUE</set-body></return-response>",
        201,
    ),
    ("a method", "inbound", "<set-method>VALUE</set-method>", 500),
    (
        "a parameter of the query",
        "inbound",
        "<set-query-parameter name=\"w\" exists-action=\"override\"><value>VALUE</value></set-query-parameter>",
        200,
    ),
    (
        "an address of a backend",
        "inbound",
        "<set-backend-service base-url=\"VALUE\" />",
        500,
    ),
    (
        "a text in a body",
        "outbound",
        "<find-and-replace from=\"honest\" to=\"VALUE\" />",
        200,
    ),
];

fn escaped(text: &str) -> String {
    let escaped: Vec<String> = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
    escaped.concat()
}

/// A policy in its section, which takes its value from the caller.
fn document(section: &str, policy: &str) -> String {
    let policy = policy.replace("VALUE", VALUE);
    let part = |name: &str, own: &str| {
        let policy = if name == section { policy.as_str() } else { "" };
        format!("<{name}>{own}{policy}</{name}>")
    };
    format!(
        "<policies>{}{}{}<on-error/></policies>",
        part("inbound", ""),
        part("backend", "<forward-request />"),
        part("outbound", "")
    )
}

#[test]
fn no_value_of_a_policy_splits_an_answer_or_a_request() {
    let backend = Backend::answering(ok("Content-Length: 6\r\nX-Mine: 1", "honest"));
    let mut gateway = builder().api("honest", &backend.url());
    for (number, (_, section, policy, _)) in POLICIES.iter().enumerate() {
        let api = format!("p{number}");
        let document = document(section, policy);
        gateway = gateway
            .api(&api, &backend.url())
            .policy(&format!("apis/{api}"), &document);
    }
    let gateway = gateway.start();
    for (number, (name, _, _, status)) in POLICIES.iter().enumerate() {
        for splitter in SPLITTERS {
            let (before, mut client) = (backend.arrived().len(), gateway.connect());
            let target = format!("/p{number}/a?v={}", escaped(splitter));
            let answer = client.ask(request("GET", &target));
            let is_ascii = splitter.is_ascii();
            // What is no ASCII may be written in UTF-8 where that is harmless.
            assert!(
                answer.status == *status || (!is_ascii && answer.status < 400),
                "{name}: {splitter:?}: {answer:?}"
            );
            assert!(!answer.head.has("x-evil"), "{name}: {answer:?}");
            // One answer, and the next one belongs to the next request.
            check_honest(name, &client.ask(request("GET", "/honest/a")));
            let arrived = backend.arrived_after(before);
            assert!(arrived.len() <= 2, "{name}: {arrived:?}");
            for arrived in arrived {
                assert!(!arrived.head.has("x-evil"), "{name}: {arrived:?}");
                assert_eq!(
                    arrived.head.line.split(' ').count(),
                    3,
                    "{name}: {arrived:?}"
                );
                assert_eq!(
                    arrived.raw.windows(4).filter(|w| w == b"\r\n\r\n").count(),
                    1,
                    "{name}"
                );
            }
        }
    }
    gateway.stop();
}

#[test]
fn no_policy_changes_how_the_end_of_a_message_is_found() {
    for (name, value) in [
        ("Content-Length", "0"),
        ("Transfer-Encoding", "identity"),
        ("Connection", "Content-Length"),
    ] {
        for section in ["inbound", "outbound"] {
            let backend = Backend::echo();
            // Computed, so that it is not refused when the document is loaded.
            let computed = format!(
                "@(&quot;{name}&quot; + context.Request.Url.Query.GetValueOrDefault(&quot;v&quot;, &quot;&quot;))"
            );
            let policy =
                format!("<set-header name=\"{computed}\"><value>{value}</value></set-header>");
            let gateway = builder()
                .api("root", &backend.url())
                .policy("apis/root", &document(section, &policy))
                .start();
            let mut client = gateway.connect();
            let post = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
            let answer = client.ask(post);
            assert!(
                matches!(answer.status, 200 | 500),
                "{name} {section}: {answer:?}"
            );
            if answer.status == 200 {
                assert_eq!(answer.text(), "hello", "{name} {section}");
                assert_eq!(backend.last().body, b"hello", "{name} {section}");
                let again = client.ask(post);
                assert_eq!(again.text(), "hello", "{name} {section}");
            }
            gateway.stop();
        }
    }
}
