//! A request that there is no time for: refused before anything runs that an author wrote.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::RefCell;
use std::sync::Arc;

use portcullis_engine::record::Outcome;
use portcullis_engine::{Options, serve};
use portcullis_model::api::Api;
use portcullis_model::product::{Subscription, SubscriptionScope, SubscriptionState};
use portcullis_model::{Configuration, Sources};
use portcullis_policy::host::{Caller, Host, Load};
use portcullis_testkit::request::RequestDraft;
use portcullis_testkit::rig::Rig;
use portcullis_testkit::{noun, ready};

mod common;

/// Every section leaves a mark.
const MARKS: &str = r#"<policies>
  <inbound><set-header name="X-Inbound"><value>ran</value></set-header><return-response /></inbound>
  <on-error><set-header name="X-On-Error"><value>ran</value></set-header></on-error>
</policies>"#;

/// Has no time, and remembers for whom.
#[derive(Debug, Default)]
struct Busy(RefCell<Vec<String>>);

impl Load for Busy {
    fn turn_away(&self, caller: Caller<'_>) -> Option<u32> {
        self.0.borrow_mut().push(format!("{caller:?}"));
        Some(2)
    }
}

fn configuration() -> Configuration {
    let mut sources = Sources::default();
    let marks = noun::policy(&mut sources, "marks", MARKS);
    let closed = Api {
        subscription_required: true,
        policy: Some(marks),
        operations: Arc::new([noun::operation("get", "GET", "/a")]),
        ..noun::api("closed")
    };
    Configuration {
        apis: vec![closed],
        subscriptions: vec![Subscription {
            state: SubscriptionState::Active,
            ..noun::subscription("ann", SubscriptionScope::AllApis, "key-of-ann")
        }],
        ..Configuration::default()
    }
}

#[test]
fn who_is_turned_away_is_told_when_to_come_back_and_no_policy_runs() {
    let compiled = common::load(&configuration(), Options::default());
    let (rig, busy) = (Rig::default(), Busy::default());
    let of_ann = "GET /closed/a HTTP/1.1\nOcp-Apim-Subscription-Key: key-of-ann\n\n";
    let with_time = common::ask(&compiled.snapshot, &rig, of_ann);
    assert_eq!(with_time.answer.status, 200);
    for (request, caller) in [
        (of_ann, "Subscription(\"ann\")"),
        // Whoever is not known shares with others of the address, wherever the request leads.
        ("GET /closed/a HTTP/1.1\n\n", "Address"),
        ("GET /nowhere HTTP/1.1\n\n", "Address"),
    ] {
        let draft = RequestDraft::parse(request).unwrap();
        let conn = draft.connection();
        let inbound = draft.inbound(1, &rig.clock).unwrap();
        let host = Host {
            load: &busy,
            ..rig.host()
        };
        let served = ready::block_on(serve(&compiled.snapshot, &conn, Box::new(inbound), &host));
        assert_eq!(served.answer.status, 503, "{request}");
        let headers = &served.answer.headers;
        assert_eq!(headers["retry-after"], "2");
        assert!(!headers.contains_key("x-inbound") && !headers.contains_key("x-on-error"));
        let Outcome::Failed(why) = &served.draft.outcome else {
            panic!("{:?}", served.draft.outcome);
        };
        assert_eq!(why.reason, "Overloaded");
        let asked = busy.0.borrow_mut().pop().unwrap();
        assert!(asked.starts_with(caller), "{asked}");
    }
}
