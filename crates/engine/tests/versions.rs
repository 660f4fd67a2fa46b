//! Which version and which revision of an API a request leads to.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;

use portcullis_engine::Options;
use portcullis_model::Configuration;
use portcullis_model::api::{Api, ApiPath, ApiVersion, VersionScheme, VersionSet};
use portcullis_model::id::{Revision, VersionSetId};
use portcullis_testkit::noun;
use portcullis_testkit::rig::Rig;

fn set(id: &str, scheme: VersionScheme) -> VersionSet {
    VersionSet {
        id: VersionSetId::parse(id).unwrap(),
        name: id.to_owned(),
        scheme,
    }
}

/// An API at `path` that answers `GET /a` and `GET /{id}`.
fn api(id: &str, path: &str) -> Api {
    Api {
        path: ApiPath::parse(path).unwrap(),
        operations: Arc::new([
            noun::operation("a", "GET", "/a"),
            noun::operation("by-id", "GET", "/{id}"),
        ]),
        ..noun::api(id)
    }
}

fn version(id: &str, (set, path): (&str, &str), name: Option<&str>) -> Api {
    Api {
        version: Some(ApiVersion {
            set: VersionSetId::parse(set).unwrap(),
            name: name.map(str::to_owned),
        }),
        ..api(id, path)
    }
}

fn revision(id: &str, path: &str, number: u32, is_current: bool) -> Api {
    Api {
        revision: Revision(number),
        is_current,
        ..api(id, path)
    }
}

/// Sends each request; what came of it is `api;rev operation`, or the status.
fn check(configuration: &Configuration, table: &[(&str, &str)]) {
    let compiled = common::load(configuration, Options::default());
    assert!(!compiled.diagnostics.has_errors());
    for (request, expect) in table {
        let request = request.replace(" | ", "\n");
        let served = common::ask(
            &compiled.snapshot,
            &Rig::default(),
            &format!("GET {request}"),
        );
        let names = compiled.snapshot.names_of(&served.draft);
        let got = match (names.api, names.revision, names.operation) {
            (Some(api), Some(revision), Some(operation)) => format!("{api};{revision} {operation}"),
            _ => served.answer.status.as_u16().to_string(),
        };
        assert_eq!(got, *expect, "{request:?}");
    }
}

#[test]
fn a_version_in_the_path_follows_the_suffix() {
    let store = ("set", "shop/store");
    let configuration = Configuration {
        version_sets: vec![set("set", VersionScheme::Segment)],
        apis: vec![
            version("original", store, None),
            version("v1", store, Some("v1")),
            // A folder that was exported has the version in the path already.
            version("v2", ("set", "shop/store/v2"), Some("v2")),
            version("dotted", store, Some("2024.1:beta")),
        ],
        ..Configuration::default()
    };
    check(
        &configuration,
        &[
            ("/shop/store/a", "original;1 a"),
            ("/shop/store/v1/a", "v1;1 a"),
            ("/shop/store/V1/a", "v1;1 a"),
            ("/shop/store/v2/a", "v2;1 a"),
            ("/shop/store/v2/v2/a", "404"),
            ("/shop/store/2024.1%3Abeta/a", "dotted;1 a"),
            // What is no version is a path of the original.
            ("/shop/store/v9", "original;1 by-id"),
            ("/shop/store/v9/a", "404"),
            ("/shop/v1/a", "404"),
        ],
    );
}

#[test]
fn without_an_original_a_version_must_be_named() {
    let configuration = Configuration {
        version_sets: vec![
            set("s", VersionScheme::Segment),
            set("h", VersionScheme::Header("Api-Version".to_owned())),
            set("q", VersionScheme::Query("api-version".to_owned())),
        ],
        apis: vec![
            version("in-path", ("s", "path"), Some("v1")),
            version("in-header", ("h", "header"), Some("v1")),
            version("in-query", ("q", "query"), Some("v1")),
        ],
        ..Configuration::default()
    };
    check(
        &configuration,
        &[
            ("/path/v1/a", "in-path;1 a"),
            ("/path/a", "404"),
            ("/header/a | Api-Version: v1", "in-header;1 a"),
            ("/header/a", "404"),
            ("/header/v1/a", "404"),
            ("/query/a?api-version=v1", "in-query;1 a"),
            ("/query/a", "404"),
            ("/query/a?api-version", "404"),
        ],
    );
}

#[test]
fn a_version_is_named_by_a_header_or_by_a_query_parameter() {
    let (header, query) = (("h", "header"), ("q", "query"));
    let configuration = Configuration {
        version_sets: vec![
            set("h", VersionScheme::Header("Api-Version".to_owned())),
            set("q", VersionScheme::Query("api-version".to_owned())),
        ],
        apis: vec![
            version("h0", header, None),
            version("h1", header, Some("v1")),
            version("h2", header, Some("V2")),
            version("q0", query, Some("")),
            version("q1", query, Some("2024-01-01")),
            version("q2", query, Some("2024 b")),
        ],
        ..Configuration::default()
    };
    check(
        &configuration,
        &[
            ("/header/a", "h0;1 a"),
            ("/header/a | Api-Version: v1", "h1;1 a"),
            ("/header/a | api-version: V1", "h1;1 a"),
            ("/header/a | Api-Version: v2", "h2;1 a"),
            ("/header/a | Api-Version:", "h0;1 a"),
            ("/header/a | Api-Version: v9", "404"),
            ("/header/a?api-version=v1", "h0;1 a"),
            ("/query/a", "q0;1 a"),
            ("/query/a?api-version=", "q0;1 a"),
            ("/query/a?api-version=2024-01-01", "q1;1 a"),
            ("/query/a?x=1&API-Version=2024%2D01-01", "q1;1 a"),
            ("/query/a?api-version=2024+B", "q2;1 a"),
            ("/query/a?api-version=v9", "404"),
            ("/query/a | api-version: 2024-01-01", "q0;1 a"),
        ],
    );
}

#[test]
fn a_revision_is_named_at_the_end_of_the_suffix() {
    let configuration = Configuration {
        version_sets: vec![set("s", VersionScheme::Segment)],
        apis: vec![
            revision("shop", "shop", 1, false),
            revision("shop", "shop", 2, true),
            revision("shop", "shop", 3, false),
            Api {
                revision: Revision(5),
                is_current: false,
                ..version("v1", ("s", "shop"), Some("v1"))
            },
            version("v1", ("s", "shop"), Some("v1")),
        ],
        ..Configuration::default()
    };
    check(
        &configuration,
        &[
            ("/shop/a", "shop;2 a"),
            ("/shop;rev=1/a", "shop;1 a"),
            ("/shop;rev=2/a", "shop;2 a"),
            ("/SHOP;REV=3/a", "shop;3 a"),
            ("/shop;rev=03/a", "shop;3 a"),
            // The reader leaves out what is offline: to a request it is a revision that is not there.
            ("/shop;rev=4/a", "404"),
            ("/shop;rev=9/a", "404"),
            ("/shop;rev=+1/a", "404"),
            ("/shop;rev=-1/a", "404"),
            ("/shop;rev=/a", "404"),
            ("/shop;rev=1;rev=3/a", "404"),
            ("/shop;rev=99999999999/a", "404"),
            // After the version, not before it.
            ("/shop/v1/a", "v1;1 a"),
            ("/shop/v1;rev=5/a", "v1;5 a"),
            ("/shop/v1;rev=2/a", "404"),
            // A revision of one API is no way into another.
            ("/shop;rev=1/v1", "400"),
            ("/shop;rev=1/v7", "shop;1 by-id"),
            // Elsewhere it is no revision, but part of a value, or nothing: `a` or `{id}`, who knows.
            ("/shop/a;rev=1", "400"),
            ("/shop/b;rev=1", "shop;2 by-id"),
            // Nor is another parameter, which leads to no other API.
            ("/shop;x=1/a", "shop;2 a"),
        ],
    );
}

#[test]
fn an_api_whose_current_revision_is_offline_is_reached_by_revision_only() {
    let configuration = Configuration {
        apis: vec![revision("shop", "shop", 1, false)],
        ..Configuration::default()
    };
    check(
        &configuration,
        &[("/shop/a", "404"), ("/shop;rev=1/a", "shop;1 a")],
    );
}
