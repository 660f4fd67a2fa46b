//! What counts for `rate-limit-by-key` when the response decides, however the request ends.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;

use http::StatusCode;
use portcullis_engine::{Options, serve};
use portcullis_model::api::Api;
use portcullis_model::{Configuration, Sources};
use portcullis_policy::host::Counters as _;
use portcullis_testkit::request::RequestDraft;
use portcullis_testkit::rig::Rig;
use portcullis_testkit::upstream::{Answer, Response};
use portcullis_testkit::{noun, ready};

/// What stands in the sections of the API's policy.
#[derive(Clone, Copy, Default)]
struct Sections {
    increment: &'static str,
    inbound: &'static str,
    backend: &'static str,
    outbound: &'static str,
    on_error: &'static str,
}

fn configuration(sections: Sections) -> Configuration {
    let Sections {
        increment,
        inbound,
        backend,
        outbound,
        on_error,
    } = sections;
    let backend = if backend.is_empty() {
        "<forward-request />"
    } else {
        backend
    };
    let text = format!(
        "<policies><inbound><rate-limit-by-key calls=\"3\" renewal-period=\"60\" counter-key=\"all\" \
         {increment} />{inbound}</inbound><backend>{backend}</backend><outbound>{outbound}</outbound>\
         <on-error>{on_error}</on-error></policies>"
    );
    let mut sources = Sources::default();
    let api = Api {
        policy: Some(noun::policy(&mut sources, "api", &text)),
        operations: Arc::new([noun::operation("login", "GET", "/login")]),
        ..noun::api("shop")
    };
    Configuration {
        apis: vec![api],
        ..Configuration::default()
    }
}

fn counted(rig: &Rig) -> u64 {
    let key = rig.counters.key(&["rate-limit-by-key", "all"]);
    rig.counters.counted(key)
}

/// The status of one call to a backend that answers with `backend`, and as how many calls it counts.
fn call(sections: Sections, backend: Answer) -> (u16, u64) {
    let compiled = common::load(&configuration(sections), Options::default());
    let rig = Rig::default();
    rig.upstream.then(backend);
    let served = common::ask(&compiled.snapshot, &rig, "GET /shop/login");
    (served.answer.status.as_u16(), counted(&rig))
}

const IF_401: &str = "increment-condition=\"@(context.Response.StatusCode == 401)\"";

const ANSWERS_401: &str =
    "<return-response><set-status code=\"401\" reason=\"Unauthorized\" /></return-response>";

#[test]
fn a_call_counts_by_the_response_that_is_sent_whoever_made_it() {
    let plain = Sections {
        increment: IF_401,
        ..Sections::default()
    };
    let unauthorized = || Answer::from(Response::status(StatusCode::UNAUTHORIZED));
    let fine = || Answer::from(Response::status(StatusCode::OK));
    let refuses = "<check-header name=\"X-Who\" failed-check-httpcode=\"401\" \
                   failed-check-error-message=\"who?\" ignore-case=\"true\" />";
    for (what, sections, backend, expect) in [
        ("it came through", plain, unauthorized(), (401, 1)),
        ("it does not count", plain, fine(), (200, 0)),
        (
            "a policy of inbound answers",
            Sections {
                inbound: ANSWERS_401,
                ..plain
            },
            fine(),
            (401, 1),
        ),
        (
            "a policy of outbound answers",
            Sections {
                outbound: ANSWERS_401,
                ..plain
            },
            fine(),
            (401, 1),
        ),
        (
            "a policy refuses",
            Sections {
                inbound: refuses,
                ..plain
            },
            fine(),
            (401, 1),
        ),
        (
            "the status is an error",
            Sections {
                backend: "<forward-request fail-on-error-status-code=\"true\" />",
                ..plain
            },
            unauthorized(),
            (401, 1),
        ),
        (
            "on-error answers",
            Sections {
                on_error: ANSWERS_401,
                ..plain
            },
            Answer::TimeOut,
            (401, 1),
        ),
        ("the backend fails", plain, Answer::TimeOut, (500, 0)),
    ] {
        assert_eq!(call(sections, backend), expect, "{what}");
    }
}

#[test]
fn what_cannot_be_computed_counts() {
    let throws = "@(((string)context.Variables[\"none\"]).Length > 1)";
    let number = "@(((string)context.Variables[\"none\"]).Length)";
    for (increment, expect) in [
        (format!("increment-condition=\"{throws}\""), (500, 1)),
        (
            format!("increment-condition=\"{throws}\" increment-count=\"2\""),
            (500, 2),
        ),
        (format!("increment-count=\"{number}\""), (500, 1)),
        (
            format!("increment-condition=\"false\" increment-count=\"{number}\""),
            (200, 0),
        ),
    ] {
        let sections = Sections {
            increment: increment.clone().leak(),
            ..Sections::default()
        };
        let got = call(sections, Response::status(StatusCode::OK).into());
        assert_eq!(got, expect, "{increment}");
    }
}

#[test]
fn a_call_counts_whose_client_goes_away_before_there_is_a_response() {
    for (increment, expect) in [
        (IF_401, 1),
        ("increment-after-response=\"true\"", 1),
        (
            "increment-after-response=\"true\" increment-condition=\"false\"",
            0,
        ),
    ] {
        let sections = Sections {
            increment,
            ..Sections::default()
        };
        let compiled = common::load(&configuration(sections), Options::default());
        let rig = Rig::default();
        rig.upstream.then(Answer::Stall);
        let draft = RequestDraft::parse("GET /shop/login").unwrap();
        let conn = draft.connection();
        let inbound = draft.inbound(1, &rig.clock).unwrap();
        let host = rig.host();
        let served = ready::run(serve(&compiled.snapshot, &conn, Box::new(inbound), &host));
        assert!(served.is_none(), "{increment}");
        assert_eq!(counted(&rig), expect, "{increment}");
    }
}
