//! Who may call: the table of the product documentation, row by row.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;

use portcullis_engine::record::Outcome;
use portcullis_engine::{ForeignKey, Options, Snapshot};
use portcullis_model::api::{Api, KeyNames};
use portcullis_model::product::{
    Product, ProductState, Subscription, SubscriptionScope, SubscriptionState,
};
use portcullis_model::time::Timestamp;
use portcullis_model::{Configuration, Sources};
use portcullis_testkit::rig::Rig;
use portcullis_testkit::{clock, noun, ready};

/// Answers with whose call it is.
const WHO: &str = r#"<policies><inbound><return-response><set-body>@(
    (context.Product == null ? "-" : context.Product.Id) + " " +
    (context.Subscription == null ? "-" : context.Subscription.Id + " " + context.Subscription.Key)
)</set-body></return-response></inbound></policies>"#;

/// A moment after the clock of the rig: one nanosecond.
const LATER: Timestamp = Timestamp(clock::START.0 + 1);

const HEADER: &str = "Ocp-Apim-Subscription-Key";

/// APIs `closed`, `named` (its key has other names), `free` (asks for no key), `inopen` (asks for one,
/// and is in an open product), `both` (asks for none, and is in an open product).
fn configuration() -> Configuration {
    let mut sources = Sources::default();
    let who = noun::policy(&mut sources, "who", WHO);
    let api = |id: &str, subscription_required: bool| Api {
        subscription_required,
        operations: Arc::new([noun::operation("get", "GET", "/a")]),
        ..noun::api(id)
    };
    let named = Api {
        key_names: KeyNames {
            header: "X-K".to_owned(),
            query: "k".to_owned(),
        },
        ..api("named", true)
    };
    let open = Product {
        subscription_required: false,
        ..noun::product("open", &["inopen", "both"])
    };
    let unpublished = Product {
        state: ProductState::NotPublished,
        ..noun::product("drafts", &["closed"])
    };
    Configuration {
        policy: Some(who),
        apis: vec![
            api("closed", true),
            named,
            api("free", false),
            api("inopen", true),
            api("both", false),
        ],
        products: vec![
            noun::product("gold", &["closed", "named", "free", "inopen"]),
            noun::product("other", &["named"]),
            open,
            unpublished,
        ],
        subscriptions: subscriptions(),
        ..Configuration::default()
    }
}

/// Keys are `<id>-key`; `alice` has two.
fn subscriptions() -> Vec<Subscription> {
    use SubscriptionState::{Active, Cancelled, Expired, Rejected, Submitted, Suspended};
    let subscription = |id: &str, scope| noun::subscription(id, scope, &format!("{id}-key"));
    let gold = |id: &str| subscription(id, noun::of_product("gold"));
    let mut all = vec![
        Subscription {
            secondary_key: Some(noun::clear("alice-second")),
            ..gold("alice")
        },
        subscription("every", SubscriptionScope::AllApis),
        subscription("one", noun::of_api("closed")),
        subscription("other", noun::of_product("other")),
        subscription("drafts", noun::of_product("drafts")),
        subscription("opener", noun::of_product("open")),
        subscription("nowhere", noun::of_product("gone")),
        subscription("noapi", noun::of_api("gone")),
        Subscription {
            starts: Some(LATER),
            ..gold("early")
        },
        Subscription {
            ends: Some(clock::START),
            ..gold("over")
        },
        Subscription {
            ends: Some(LATER),
            ..gold("lasting")
        },
    ];
    for (id, state) in [
        ("active", Active),
        ("suspended", Suspended),
        ("submitted", Submitted),
        ("rejected", Rejected),
        ("cancelled", Cancelled),
        ("expired", Expired),
    ] {
        all.push(Subscription { state, ..gold(id) });
    }
    all
}

/// What came of a call: what the policy says of it, or the reason code of the refusal.
fn ask(snapshot: &Snapshot, request: &str) -> (u16, String) {
    let rig = Rig::default();
    let mut served = common::ask(snapshot, &rig, request);
    let body = ready::block_on(served.answer.body.buffer(1024)).unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let what = match served.draft.outcome {
        Outcome::Allowed => body,
        Outcome::Denied(why) | Outcome::Failed(why) => why.reason.to_owned(),
    };
    (served.answer.status.as_u16(), what)
}

fn check(options: Options, table: &[(&str, Result<&str, &str>)]) {
    let compiled = common::load(&configuration(), options);
    assert!(!compiled.diagnostics.has_errors());
    for (request, expect) in table {
        let (target, key) = request.split_once(' ').unwrap_or((request, ""));
        let header = match key.split_once('=') {
            Some((name, value)) => format!("{name}: {value}"),
            None if key.is_empty() => String::new(),
            None => format!("{HEADER}: {key}"),
        };
        let got = ask(&compiled.snapshot, &format!("GET {target}\n{header}"));
        let expect = match expect {
            Ok(who) => (200, (*who).to_owned()),
            Err(reason) => (401, (*reason).to_owned()),
        };
        assert_eq!(got, expect, "{request}");
    }
}

const MISSING: Result<&str, &str> = Err("SubscriptionKeyNotFound");
const INVALID: Result<&str, &str> = Err("SubscriptionKeyInvalid");

#[test]
fn only_an_active_subscription_opens_anything() {
    check(
        Options::default(),
        &[
            ("/closed/a alice-key", Ok("gold alice alice-key")),
            ("/closed/a alice-second", Ok("gold alice alice-second")),
            ("/closed/a active-key", Ok("gold active active-key")),
            ("/closed/a suspended-key", INVALID),
            ("/closed/a submitted-key", INVALID),
            ("/closed/a rejected-key", INVALID),
            ("/closed/a cancelled-key", INVALID),
            ("/closed/a expired-key", INVALID),
            ("/closed/a bogus", INVALID),
            // Keys are compared to the letter.
            ("/closed/a ALICE-KEY", INVALID),
            ("/closed/a", MISSING),
        ],
    );
}

#[test]
fn a_subscription_ends_at_its_end_and_its_start_is_only_a_record() {
    check(
        Options::default(),
        &[
            ("/closed/a over-key", INVALID),
            ("/closed/a lasting-key", Ok("gold lasting lasting-key")),
            ("/closed/a early-key", Ok("gold early early-key")),
        ],
    );
}

#[test]
fn a_key_opens_what_its_scope_names() {
    check(
        Options::default(),
        &[
            ("/closed/a every-key", Ok("- every every-key")),
            ("/inopen/a every-key", Ok("- every every-key")),
            ("/closed/a one-key", Ok("- one one-key")),
            ("/named/a X-K=one-key", INVALID),
            ("/named/a X-K=other-key", Ok("other other other-key")),
            ("/closed/a other-key", INVALID),
            ("/inopen/a opener-key", Ok("open opener opener-key")),
            ("/closed/a opener-key", INVALID),
            // A product that is not published keeps its keys.
            ("/closed/a drafts-key", Ok("drafts drafts drafts-key")),
            ("/closed/a nowhere-key", INVALID),
            ("/closed/a noapi-key", INVALID),
        ],
    );
}

#[test]
fn the_key_stands_in_the_header_else_in_the_query_under_the_names_of_the_api() {
    check(
        Options::default(),
        &[
            (
                "/closed/a?subscription-key=alice-key",
                Ok("gold alice alice-key"),
            ),
            (
                "/closed/a?x=1&Subscription-Key=alice%2Dkey",
                Ok("gold alice alice-key"),
            ),
            // The query is looked at only if the header is absent.
            ("/closed/a?subscription-key=alice-key bogus", INVALID),
            (
                "/closed/a?subscription-key=bogus alice-key",
                Ok("gold alice alice-key"),
            ),
            (
                "/closed/a ocp-apim-subscription-key=alice-key",
                Ok("gold alice alice-key"),
            ),
            ("/closed/a?subscription-key=", MISSING),
            (
                "/closed/a?subscription-key=alice-key ocp-apim-subscription-key=",
                MISSING,
            ),
            ("/named/a X-K=alice-key", Ok("gold alice alice-key")),
            ("/named/a?k=alice-key", Ok("gold alice alice-key")),
            ("/named/a alice-key", MISSING),
            ("/named/a?subscription-key=alice-key", MISSING),
            ("/closed/a X-K=alice-key", MISSING),
        ],
    );
}

#[test]
fn without_a_key_an_open_product_or_an_api_that_asks_for_none_lets_a_call_in() {
    check(
        Options::default(),
        &[
            ("/free/a", Ok("- -")),
            ("/inopen/a", Ok("open -")),
            ("/both/a", Ok("open -")),
            // A key that is valid here is used also where none is needed.
            ("/free/a alice-key", Ok("gold alice alice-key")),
            ("/inopen/a alice-key", Ok("gold alice alice-key")),
            ("/both/a every-key", Ok("- every every-key")),
        ],
    );
}

#[test]
fn a_key_that_opens_nothing_is_ignored_where_none_is_needed_unless_the_operator_refuses_it() {
    let refuse = || Options {
        foreign_key: ForeignKey::Refuse,
        ..Options::default()
    };
    for key in [
        "bogus",
        "one-key",
        "suspended-key",
        "over-key",
        "nowhere-key",
    ] {
        for (path, ignored) in [
            ("/free/a", "- -"),
            ("/inopen/a", "open -"),
            ("/both/a", "open -"),
        ] {
            let request = format!("{path} {key}");
            check(Options::default(), &[(&request, Ok(ignored))]);
            check(refuse(), &[(&request, INVALID)]);
        }
    }
    check(
        refuse(),
        &[
            ("/free/a", Ok("- -")),
            ("/inopen/a", Ok("open -")),
            ("/free/a alice-key", Ok("gold alice alice-key")),
            ("/free/a ocp-apim-subscription-key=", Ok("- -")),
        ],
    );
}

#[test]
fn a_refusal_says_what_clients_of_the_service_know() {
    let compiled = common::load(&configuration(), Options::default());
    let missing = "{ \"statusCode\": 401, \"message\": \"Access denied due to missing subscription \
                   key. Make sure to include subscription key when making requests to an API.\" }";
    let invalid = "{ \"statusCode\": 401, \"message\": \"Access denied due to invalid subscription \
                   key. Make sure to provide a valid key for an active subscription.\" }";
    let challenge = |name: &str, api: &str| {
        format!(
            "AzureApiManagementKey realm=\"https://gateway.test/{api}\",name=\"{name}\",type=\"header\""
        )
    };
    for (request, body, challenge) in [
        ("GET /closed/a", missing, challenge(HEADER, "closed")),
        (
            "GET /closed/a?subscription-key=x",
            invalid,
            challenge(HEADER, "closed"),
        ),
        ("GET /named/a", missing, challenge("X-K", "named")),
    ] {
        let mut served = common::ask(&compiled.snapshot, &Rig::default(), request);
        let answer = &mut served.answer;
        assert_eq!(answer.reason.as_deref(), Some("Access Denied"), "{request}");
        assert_eq!(answer.headers["www-authenticate"], challenge, "{request}");
        assert_eq!(answer.headers["content-type"], "application/json");
        let sent = ready::block_on(answer.body.buffer(1024)).unwrap();
        assert_eq!(sent, body, "{request}");
    }
}

#[test]
fn a_request_that_leads_nowhere_is_told_so_before_it_is_asked_for_a_key() {
    let compiled = common::load(&configuration(), Options::default());
    for request in ["GET /closed/b", "POST /closed/a", "GET /none/a"] {
        let got = ask(&compiled.snapshot, request);
        assert_eq!(got, (404, "OperationNotFound".to_owned()), "{request}");
    }
}
