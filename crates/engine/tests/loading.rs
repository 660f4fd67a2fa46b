//! What loading says of a configuration, and what it lists.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;

use portcullis_engine::{Compilation, OpenOperations, Options};
use portcullis_model::api::{Api, ApiPath, ApiVersion, VersionScheme, VersionSet};
use portcullis_model::id::VersionSetId;
use portcullis_model::product::{Product, ProductState, Subscription};
use portcullis_model::secret::{SecretRef, SecretSource};
use portcullis_model::{Configuration, Sources};
use portcullis_testkit::noun;
use portcullis_testkit::rig::Rig;

/// `E0011 a key of …`, line by line.
fn said(compiled: &Compilation) -> Vec<String> {
    let said = compiled.diagnostics.iter();
    said.map(|d| format!("{} {}", d.code, d.message)).collect()
}

fn status(compiled: &Compilation, request: &str) -> u16 {
    let served = common::ask(&compiled.snapshot, &Rig::default(), request);
    served.answer.status.as_u16()
}

fn flights() -> Api {
    Api {
        operations: Arc::new([noun::operation("get-flight", "GET", "/{id}")]),
        ..noun::api("flights")
    }
}

#[test]
fn an_empty_key_opens_nothing_and_is_reported() {
    // The SHA-256 of no bytes (FIPS 180-4 example values).
    let of_nothing = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    for (key, why) in [
        ("env:_", "its text is empty"),
        ("env: _", "its text is empty"),
        ("", "its text is empty"),
        ("\t \n", "its text is empty"),
        (of_nothing, "it is the SHA-256 of an empty text"),
    ] {
        let key = SecretRef {
            source: SecretSource::parse(key).unwrap(),
            at: noun::NOWHERE,
        };
        let alice = noun::subscription(
            "alice",
            portcullis_model::product::SubscriptionScope::AllApis,
            "x",
        );
        let configuration = Configuration {
            apis: vec![Api {
                subscription_required: true,
                ..flights()
            }],
            subscriptions: vec![Subscription {
                secondary_key: Some(key.clone()),
                primary_key: None,
                ..alice
            }],
            ..Configuration::default()
        };
        let compiled = common::load(&configuration, Options::default());
        let expect = format!("E0011 a key of the subscription `alice` cannot be had: {why}");
        assert_eq!(said(&compiled), [expect], "{key:?}");
        for request in [
            "GET /flights/7\nOcp-Apim-Subscription-Key:",
            "GET /flights/7\nOcp-Apim-Subscription-Key: %20",
            "GET /flights/7?subscription-key=",
            "GET /flights/7?subscription-key=+",
            "GET /flights/7?subscription-key=%09%20%0A",
            "GET /flights/7?subscription-key",
        ] {
            assert_eq!(status(&compiled, request), 401, "{key:?} {request:?}");
        }
    }
}

#[test]
fn an_open_product_opens_its_apis_published_or_not_and_unpublished_with_a_warning() {
    let warning = "E0018 the product `free` is not published and needs no subscription: \
                   anybody may call its APIs";
    for (state, subscription_required, warned, expect) in [
        (ProductState::Published, false, false, 200),
        (ProductState::NotPublished, false, true, 200),
        (ProductState::NotPublished, true, false, 401),
    ] {
        let configuration = Configuration {
            apis: vec![Api {
                subscription_required: true,
                ..flights()
            }],
            products: vec![Product {
                state,
                subscription_required,
                ..noun::product("free", &["flights"])
            }],
            ..Configuration::default()
        };
        let compiled = common::load(&configuration, Options::default());
        let warnings: Vec<&str> = warned.then_some(warning).into_iter().collect();
        assert_eq!(said(&compiled), warnings);
        assert_eq!(status(&compiled, "GET /flights/7"), expect);
        let open = compiled.snapshot.summary().open.len();
        assert_eq!(open, usize::from(expect == 200));
    }
}

/// The global policy cannot run, and the product's leaves it out: only calls through the product run.
fn runs_only_through_its_product(sources: &mut Sources) -> Configuration {
    let not_yet =
        "<policies><inbound><jsonp callback-parameter-name=\"cb\" /></inbound></policies>";
    let nothing = "<policies><inbound /></policies>";
    let base = "<policies><inbound><base /></inbound></policies>";
    Configuration {
        policy: Some(noun::policy(sources, "global", not_yet)),
        products: vec![Product {
            subscription_required: false,
            policy: Some(noun::policy(sources, "product", nothing)),
            ..noun::product("free", &["flights"])
        }],
        apis: vec![Api {
            subscription_required: true,
            policy: Some(noun::policy(sources, "api", base)),
            ..flights()
        }],
        ..Configuration::default()
    }
}

#[test]
fn an_operation_is_open_if_the_plan_of_a_call_without_key_is() {
    let mut sources = Sources::default();
    let configuration = runs_only_through_its_product(&mut sources);
    for (open_operations, open, expect) in [
        (OpenOperations::Warn, 1, 200),
        (OpenOperations::Deny, 0, 503),
    ] {
        let options = Options {
            open_operations,
            ..Options::default()
        };
        let compiled = common::load(&configuration, options);
        let summary = compiled.snapshot.summary();
        let got = (summary.open.len(), summary.unavailable.len());
        assert_eq!(got, (open, 1), "{open_operations:?}");
        assert_eq!(status(&compiled, "GET /flights/7"), expect);
    }
}

#[test]
fn two_versions_of_one_name_are_one_too_many_in_whatever_case() {
    let set = |scheme: VersionScheme| VersionSet {
        id: VersionSetId::parse("set").unwrap(),
        name: "Set".to_owned(),
        scheme,
    };
    let version = |id: &str, name: &str| Api {
        path: ApiPath::parse("flights").unwrap(),
        version: Some(ApiVersion {
            set: VersionSetId::parse("set").unwrap(),
            name: Some(name.to_owned()),
        }),
        ..noun::api(id)
    };
    let twice = "E0012 the API `b` has the URL of the API `a`: neither is served";
    for scheme in [
        VersionScheme::Segment,
        VersionScheme::Header("Api-Version".to_owned()),
        VersionScheme::Query("api-version".to_owned()),
    ] {
        for (first, second, expect) in [
            ("v1", "V1", &[twice][..]),
            ("v1", "v1", &[twice]),
            ("v1", "v2", &[]),
        ] {
            let configuration = Configuration {
                version_sets: vec![set(scheme.clone())],
                apis: vec![version("a", first), version("b", second)],
                ..Configuration::default()
            };
            let compiled = common::load(&configuration, Options::default());
            assert_eq!(said(&compiled), expect, "{scheme:?} {first} {second}");
        }
    }
}
