//! What a configuration does not say for certain is closed, not guessed.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;

use portcullis_engine::{Compilation, Options};
use portcullis_model::api::{Api, ApiPath, ApiVersion, VersionScheme, VersionSet};
use portcullis_model::config::{NamedValue, NamedValueText, Unaddressed};
use portcullis_model::id::{ApiId, VersionSetId};
use portcullis_model::product::{Doubt, Product, SubscriptionScope};
use portcullis_model::secret::{SecretRef, SecretSource};
use portcullis_model::{Configuration, Sources};
use portcullis_testkit::noun;
use portcullis_testkit::rig::Rig;

fn flights() -> Api {
    Api {
        operations: Arc::new([
            noun::operation("get-flight", "GET", "/{id}"),
            noun::operation("list", "GET", "/all"),
        ]),
        ..noun::api("flights")
    }
}

fn status(compiled: &Compilation, request: &str) -> u16 {
    let served = common::ask(&compiled.snapshot, &Rig::default(), request);
    served.answer.status.as_u16()
}

fn load(configuration: &Configuration) -> (Compilation, Vec<String>) {
    let compiled = common::load(configuration, Options::default());
    let said = compiled.diagnostics.iter().map(|d| d.code.to_string());
    let said = said.collect();
    (compiled, said)
}

#[test]
fn an_api_that_may_be_in_an_open_product_takes_no_call_without_a_key() {
    let flights_id = Doubt::Api(ApiId::parse("flights").unwrap());
    let others = Doubt::Api(ApiId::parse("hotels").unwrap());
    for (doubt, subscription_required, expect) in [
        (Doubt::Any, false, 503),
        (flights_id.clone(), false, 503),
        (others, false, 200),
        // It would not let anybody in without a key.
        (Doubt::Any, true, 200),
        (flights_id, true, 200),
    ] {
        let doubts = vec![doubt];
        let configuration = Configuration {
            apis: vec![flights()],
            products: vec![Product {
                subscription_required,
                doubts: doubts.clone(),
                ..noun::product("free", &[])
            }],
            subscriptions: vec![noun::subscription("a", SubscriptionScope::AllApis, "a-key")],
            ..Configuration::default()
        };
        let (compiled, _) = load(&configuration);
        assert_eq!(status(&compiled, "GET /flights/7"), expect, "{doubts:?}");
        let keyed = "GET /flights/7\nOcp-Apim-Subscription-Key: a-key";
        assert_eq!(status(&compiled, keyed), 200, "{doubts:?}");
    }
}

#[test]
fn while_the_url_of_an_api_is_not_known_nothing_takes_its_calls() {
    let configuration = Configuration {
        apis: vec![flights()],
        unaddressed: vec![Unaddressed {
            name: "lost".to_owned(),
            at: noun::NOWHERE,
        }],
        ..Configuration::default()
    };
    let (compiled, _) = load(&configuration);
    assert_eq!(status(&compiled, "GET /flights/7"), 503);
    assert_eq!(status(&compiled, "GET /flights/all"), 200);
    let unavailable = &compiled.snapshot.summary().unavailable;
    let why = "the URL of the API `lost` is not known";
    assert_eq!(
        unavailable,
        &[("flights/get-flight".to_owned(), why.to_owned())]
    );
}

fn set(scheme: VersionScheme) -> VersionSet {
    VersionSet {
        id: VersionSetId::parse("set").unwrap(),
        name: "Set".to_owned(),
        scheme,
    }
}

/// An API at `/flights`.
fn rival(id: &str, version: Option<&str>) -> Api {
    let of_set = |name: &str| ApiVersion {
        set: VersionSetId::parse("set").unwrap(),
        name: Some(name.to_owned()),
    };
    Api {
        id: ApiId::parse(id).unwrap(),
        path: ApiPath::parse("flights").unwrap(),
        version: version.map(of_set),
        ..flights()
    }
}

#[test]
fn of_two_apis_that_claim_the_same_calls_neither_is_served() {
    let header = VersionScheme::Header("Api-Version".to_owned());
    let query = VersionScheme::Query("v".to_owned());
    for (scheme, first, second, expect) in [
        (&header, None, None, 503),
        (&header, None, Some("v1"), 503),
        (&header, Some("v1"), None, 503),
        (&query, Some("v1"), None, 503),
        (&query, Some("v1"), Some("V1"), 503),
        (&query, Some("v1"), Some("v2"), 200),
        (&VersionScheme::Segment, Some("v1"), Some("v2"), 404),
    ] {
        let configuration = Configuration {
            version_sets: vec![set(scheme.clone())],
            apis: vec![rival("a", first), rival("b", second)],
            ..Configuration::default()
        };
        let (compiled, said) = load(&configuration);
        let case = format!("{scheme:?} {first:?} {second:?}");
        let request = "GET /flights/all?v=v1\nApi-Version: v1";
        assert_eq!(status(&compiled, request), expect, "{case}");
        let told = said == ["E0012"];
        assert_eq!(told, expect == 503, "{case}: {said:?}");
    }
    // A revision of another API at the same place.
    let other = Api {
        revision: portcullis_model::id::Revision(2),
        is_current: false,
        ..rival("b", None)
    };
    let (compiled, said) = load(&Configuration {
        apis: vec![rival("a", None), other],
        ..Configuration::default()
    });
    assert_eq!(said, ["E0012"]);
    assert_eq!(status(&compiled, "GET /flights;rev=2/all"), 503);
}

#[test]
fn an_api_whose_version_cannot_be_told_is_not_served_without_one() {
    for sets in [
        vec![],
        vec![set(VersionScheme::Header("no header".to_owned()))],
    ] {
        let (compiled, said) = load(&Configuration {
            version_sets: sets.clone(),
            apis: vec![rival("a", Some("v1"))],
            ..Configuration::default()
        });
        assert_eq!(said, ["E0013"], "{sets:?}");
        for request in ["GET /flights/all", "GET /flights/v1/all"] {
            assert_eq!(status(&compiled, request), 503, "{sets:?} {request}");
        }
    }
}

#[test]
fn a_secret_that_is_empty_is_not_compared_with() {
    let check = "<policies><inbound><check-header name=\"X-Key\" failed-check-httpcode=\"401\" \
                 failed-check-error-message=\"no\" ignore-case=\"false\"><value>{{key}}</value>\
                 </check-header></inbound></policies>";
    for (reference, expect) in [("env:_", 503), ("env: _", 503), ("env:key", 401)] {
        let secret = SecretRef {
            source: SecretSource::parse(reference).unwrap(),
            at: noun::NOWHERE,
        };
        let (compiled, _) = load(&Configuration {
            named_values: vec![NamedValue {
                value: NamedValueText::Secret(secret),
                ..noun::named_value("key", "")
            }],
            apis: vec![Api {
                policy: Some(noun::policy(&mut Sources::default(), "api", check)),
                ..flights()
            }],
            ..Configuration::default()
        });
        let got = status(&compiled, "GET /flights/7\nX-Key:");
        assert_eq!(got, expect, "{reference}");
    }
}
