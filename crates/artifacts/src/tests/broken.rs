//! What is broken leaves a mark, so that nothing opens: it is not as if it were not there.

use portcullis_model::api::ApiKind;
use portcullis_model::config::NamedValueText;
use portcullis_model::product::Doubt;

use super::{API, DESCRIPTION, errors, told};

const PRODUCT: &str = "products/p/productInformation.json";
const OPEN: &str = "{\"properties\":{\"displayName\":\"P\",\"subscriptionRequired\":false}}";
const LINK: (&str, &str) = ("products/p/apis/store/productApiInformation.json", "{}");

#[test]
fn a_misspelt_member_is_an_error_and_one_that_means_nothing_a_warning() {
    let whole = "\"scope\":\"/apis\",\"state\":\"active\",\"primaryKey\":\"env:K\"";
    for (member, is_read) in [
        ("\"expirationDate\":\"2030-01-01T00:00:00Z\"", true),
        ("\"expirationDatee\":\"2030-01-01T00:00:00Z\"", false),
        ("\"EXPIRATIONDATE\":\"2030-01-01T00:00:00Z\"", false),
        ("\"colour\":\"red\"", true),
        // The member that is almost meant is there.
        ("\"states\":[]", true),
    ] {
        let text = format!("{{\"properties\":{{{whole},{member}}}}}");
        let file = "subscriptions/a/subscriptionInformation.json";
        let (loaded, lines) = told(&[API, DESCRIPTION, (file, &text)]);
        let read = loaded.configuration.subscriptions.len() == 1;
        assert_eq!(
            (read, errors(&loaded).is_empty()),
            (is_read, is_read),
            "{lines:?}"
        );
    }
}

#[test]
fn members_in_something_else_than_properties_are_not_left_out_silently() {
    for text in [
        "{\"property\":{\"displayName\":\"P\"}}",
        "{\"properties\":\"displayName\"}",
        "{\"properties\":{}}",
        "{}",
    ] {
        let (loaded, lines) = told(&[(PRODUCT, text)]);
        assert!(!errors(&loaded).is_empty(), "{text}: {lines:?}");
    }
}

#[test]
fn a_product_or_link_that_cannot_be_followed_leaves_a_doubt() {
    let store = || Doubt::Api(portcullis_model::id::ApiId::parse("store").unwrap());
    for (files, doubts) in [
        (vec![(PRODUCT, OPEN), LINK], vec![]),
        (vec![(PRODUCT, "{"), LINK], vec![store()]),
        (vec![LINK], vec![store()]),
        (
            vec![(PRODUCT, OPEN), ("products/p/apis/store/notes.txt", "")],
            vec![store()],
        ),
        (
            vec![
                (PRODUCT, OPEN),
                ("products/p/apis/nowhere/productApiInformation.json", "{}"),
            ],
            vec![Doubt::Any],
        ),
        (
            vec![
                (PRODUCT, OPEN),
                ("products/p/apix/store/productApiInformation.json", "{}"),
            ],
            vec![Doubt::Any],
        ),
        (
            vec![("productss/p/productInformation.json", OPEN)],
            vec![Doubt::Any],
        ),
    ] {
        let all = [vec![API, DESCRIPTION], files.clone()].concat();
        let (loaded, lines) = told(&all);
        let [product] = loaded.configuration.products.as_slice() else {
            panic!("{files:?}: {lines:?}");
        };
        assert_eq!(product.doubts, doubts, "{files:?}");
        assert_eq!(lines.is_empty(), doubts.is_empty(), "{files:?}: {lines:?}");
        assert!(!product.subscription_required);
    }
}

/// The API of these members, if its URL is known, and whether it is served.
fn api(members: &str) -> (Option<bool>, usize) {
    let text = format!("{{\"properties\":{{{members}}}}}");
    let (loaded, _) = told(&[(API.0, &text), DESCRIPTION]);
    let c = loaded.configuration;
    let served = c.apis.first().map(|api| api.kind == ApiKind::Http);
    (served, c.unaddressed.len())
}

#[test]
fn an_api_is_closed_at_its_url_or_its_url_is_said_to_be_unknown() {
    for (members, expect) in [
        ("\"path\":\"s\"", (Some(true), 0)),
        ("\"path\":\"s\",\"apiVersion\":\"v1\"", (Some(false), 0)),
        (
            "\"path\":\"s\",\"subscriptionKeyParameterNames\":{\"header\":\"no header\"}",
            (Some(false), 0),
        ),
        (
            "\"path\":\"s\",\"subscriptionRequird\":true",
            (Some(false), 0),
        ),
        ("\"path\":\"{{s}}\"", (None, 1)),
        ("\"path\":7", (None, 1)),
        ("\"pth\":\"s\"", (None, 1)),
        (
            "\"path\":\"s\",\"apiVersionSetId\":\"/apiVersionSets/gone\"",
            (None, 1),
        ),
    ] {
        assert_eq!(api(members), expect, "{members}");
    }
    let (loaded, _) = told(&[("apis/a;v=1/apiInformation.json", "{}")]);
    assert_eq!(loaded.configuration.unaddressed[0].name, "a;v=1");
}

#[test]
fn two_apis_with_one_url_are_both_closed() {
    let (loaded, lines) = told(&[
        API,
        DESCRIPTION,
        ("apis/twin/apiInformation.json", API.1),
        ("apis/twin/specification.yaml", DESCRIPTION.1),
    ]);
    assert_eq!(lines.len(), 1, "{lines:?}");
    let [store] = loaded.configuration.apis.as_slice() else {
        panic!("{lines:?}");
    };
    assert!(matches!(store.kind, ApiKind::Unsupported { .. }));
}

#[test]
fn an_empty_service_url_is_not_replaced_by_the_server_of_the_description() {
    let description = format!(
        "{}servers: [{{url: 'https://other.internal'}}]\n",
        DESCRIPTION.1
    );
    for (members, service) in [
        ("\"path\":\"s\"", Some("https://other.internal")),
        ("\"path\":\"s\",\"serviceUrl\":\"\"", Some("")),
        ("\"path\":\"s\",\"serviceUrl\":\" \"", Some("")),
    ] {
        let text = format!("{{\"properties\":{{{members}}}}}");
        let (loaded, _) = told(&[(API.0, &text), (DESCRIPTION.0, &description)]);
        let api = &loaded.configuration.apis[0];
        assert_eq!(api.service_url.as_deref(), service, "{members}");
    }
}

#[test]
fn of_two_named_values_of_one_name_neither_has_a_text() {
    let text =
        |value: &str| format!("{{\"properties\":{{\"displayName\":\"n\",\"value\":\"{value}\"}}}}");
    let (loaded, lines) = told(&[
        ("named values/a/namedValueInformation.json", &text("1")),
        ("named values/b/namedValueInformation.json", &text("2")),
    ]);
    assert_eq!(lines.len(), 1, "{lines:?}");
    let [value] = loaded.configuration.named_values.as_slice() else {
        panic!("{lines:?}");
    };
    assert_eq!(value.value, NamedValueText::Absent);
}

#[test]
fn a_version_set_in_a_header_names_one() {
    for (header, is_read) in [("Api-Version", true), ("Api Version", false)] {
        let text = format!(
            "{{\"properties\":{{\"versioningScheme\":\"Header\",\"versionHeaderName\":\"{header}\"}}}}"
        );
        let (loaded, lines) = told(&[("version sets/s/versionSetInformation.json", &text)]);
        assert_eq!(
            loaded.configuration.version_sets.len() == 1,
            is_read,
            "{lines:?}"
        );
        assert_eq!(lines.is_empty(), is_read, "{lines:?}");
    }
}
