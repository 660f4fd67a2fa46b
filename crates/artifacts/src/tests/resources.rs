//! Named values, backends, groups, products, subscriptions, fragments.

use portcullis_model::backend::{BackendKind, Verify};
use portcullis_model::config::NamedValueText;
use portcullis_model::id::GroupId;
use portcullis_model::product::{ProductState, SubscriptionScope, SubscriptionState};
use portcullis_model::secret::SecretSource;
use portcullis_model::time::Timestamp;

use super::{API, DESCRIPTION, Scratch, sound, told};

const PRODUCT: (&str, &str) = (
    "products/gold/productInformation.json",
    r#"{"properties":{"displayName":"Gold","state":"published"}}"#,
);

fn properties(members: &str) -> String {
    format!("{{\"properties\":{{{members}}}}}")
}

/// A reading of one file and what was said about it, without the path.
fn one(path: &str, members: &str) -> (crate::Loaded, Vec<String>) {
    let (loaded, lines) = told(&[(path, &properties(members))]);
    let prefix = format!("{path}:");
    (
        loaded,
        lines.iter().map(|l| l.replace(&prefix, "")).collect(),
    )
}

#[test]
fn named_values_are_plain_secret_or_absent() {
    let named = |members: &str| {
        let (loaded, lines) = one("named values/n v/namedValueInformation.json", members);
        let value = loaded.configuration.named_values.into_iter().next();
        (value.map(|v| (v.display_name, v.value)), lines)
    };
    let (value, lines) =
        named("\"displayName\":\"key\",\"secret\":false,\"value\":\"env:X\",\"tags\":[\"a\"]");
    assert_eq!(
        value,
        Some(("key".into(), NamedValueText::Plain("env:X".into())))
    );
    assert!(lines.is_empty());
    for (members, source) in [
        (
            "\"secret\":true,\"value\":\"env:X\"",
            SecretSource::Environment("X".into()),
        ),
        (
            "\"secret\":true,\"value\":\"sealed:v1.x\"",
            SecretSource::Sealed("v1.x".into()),
        ),
        (
            "\"secret\":true,\"keyVault\":{\"secretIdentifier\":\"https://v/secrets/x\",\"identityClientId\":null}",
            SecretSource::KeyVault("https://v/secrets/x".into()),
        ),
    ] {
        let (value, lines) = named(members);
        assert!(lines.is_empty(), "{lines:?}");
        let Some((name, NamedValueText::Secret(secret))) = value else {
            panic!("{members}")
        };
        assert_eq!((name.as_str(), secret.source), ("n v", source));
    }
    let (value, lines) = named("\"secret\":true");
    assert_eq!(value.unwrap().1, NamedValueText::Absent);
    assert_eq!(lines, ["1:15: warning[A0013]: the secret has no value"]);
    let (value, lines) = named("\"secret\":true,\"value\":\"hunter2\"");
    assert!(matches!(value.unwrap().1, NamedValueText::Secret(_)));
    assert_eq!(lines, ["1:38: warning[A0012]: `value` stands in clear"]);
    let (value, lines) = named("\"displayName\":\"x\"");
    assert!(value.is_none());
    assert_eq!(lines, ["1:15: error[A0007]: `value` is missing"]);
    // Whether it is a reference or a text has to be said where it looks like one.
    let (value, lines) = named("\"value\":\"env:X\"");
    assert!(value.is_none());
    assert_eq!(
        lines,
        ["1:24: error[A0006]: `env:X` is a reference, but `secret` is missing"]
    );
    for empty in ["\"value\":\"\"", "\"secret\":true,\"value\":\" \""] {
        let (value, lines) = named(empty);
        assert!(value.is_none());
        assert!(
            lines[0].ends_with("error[A0006]: `value` is empty"),
            "{lines:?}"
        );
    }
    let (value, lines) = named(&format!("\"value\":\"{}\"", "x".repeat(4097)));
    assert!(value.is_none());
    assert_eq!(
        lines,
        ["1:24: error[A0006]: `value` has more than 4096 characters"]
    );
}

#[test]
fn two_named_values_of_one_display_name_are_an_error() {
    let value = properties("\"displayName\":\"Same\",\"value\":\"1\"");
    let other = properties("\"displayName\":\"same\",\"value\":\"2\"");
    let (loaded, lines) = told(&[
        ("named values/a/namedValueInformation.json", &value),
        ("named values/b/namedValueInformation.json", &other),
    ]);
    assert_eq!(
        lines,
        ["named values/b/namedValueInformation.json:1:15: error[A0021]: the name `same` is taken"]
    );
    assert_eq!(loaded.configuration.named_values.len(), 1);
}

#[test]
fn a_backend_is_a_url_with_what_is_added_to_requests() {
    let (loaded, lines) = one(
        "backends/b/backendInformation.json",
        "\"url\":\"https://b.internal/x\",\"protocol\":\"http\",\"title\":\"B\",\"credentials\":{\
         \"header\":{\"X-Key\":[\"{{k}}\",\"env:K\"]},\"query\":{\"code\":[\"c\"]},\
         \"authorization\":{\"scheme\":\"Basic\",\"parameter\":\"file:/run/b\"}},\
         \"tls\":{\"validateCertificateChain\":true,\"validateCertificateName\":false}",
    );
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("warning[A0023]: `validateCertificateName` is false"));
    let BackendKind::Single(backend) = &loaded.configuration.backends[0].kind else {
        panic!("one service");
    };
    assert_eq!(backend.url, "https://b.internal/x");
    let (name, values) = &backend.headers[0];
    assert_eq!((name.as_str(), values.len()), ("X-Key", 2));
    assert_eq!(values[1].source, SecretSource::Environment("K".into()));
    assert_eq!(backend.query[0].0, "code");
    let (scheme, parameter) = backend.authorization.as_ref().unwrap();
    assert_eq!(scheme, "Basic");
    assert_eq!(parameter.source, SecretSource::File("/run/b".into()));
    assert_eq!(
        (backend.verify_chain, backend.verify_name),
        (Verify::Yes, Verify::DangerSkip)
    );
}

#[test]
fn backends_that_are_not_served_yet_say_why() {
    for (members, what) in [
        (
            "\"type\":\"Pool\",\"pool\":{\"services\":[{\"id\":\"/backends/x\"}]}",
            "a pool of backends",
        ),
        (
            "\"url\":\"https://b\",\"circuitBreaker\":{\"rules\":[{}]}",
            "a circuit breaker",
        ),
        (
            "\"url\":\"https://b\",\"proxy\":{\"url\":\"http://p\"}",
            "a proxy",
        ),
        (
            "\"url\":\"https://b\",\"credentials\":{\"certificateIds\":[\"/certificates/x\"]}",
            "a client certificate",
        ),
        (
            "\"url\":\"https://b\",\"credentials\":{\"managedIdentity\":{\"resource\":\"r\"}}",
            "a managed identity",
        ),
        (
            "\"url\":\"https://b\",\"properties\":{\"serviceFabricCluster\":{}}",
            "Service Fabric",
        ),
    ] {
        let (loaded, lines) = one("backends/b/backendInformation.json", members);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(
            lines[0].contains(&format!("warning[A0015]: the backend uses {what}")),
            "{lines:?}"
        );
        let kind = &loaded.configuration.backends[0].kind;
        assert_eq!(*kind, BackendKind::Unsupported(what.into()));
    }
    // What is there but empty is not used.
    let nothing = "\"url\":\"https://b\",\"circuitBreaker\":{},\"credentials\":{\"certificate\":[]},\"properties\":{}";
    let (loaded, lines) = one("backends/b/backendInformation.json", nothing);
    assert!(lines.is_empty());
    assert!(matches!(
        loaded.configuration.backends[0].kind,
        BackendKind::Single(_)
    ));
}

#[test]
fn a_product_that_does_not_say_so_is_closed_and_not_shown() {
    let loaded = sound(&[
        (
            "products/p/productInformation.json",
            "{\"properties\":{\"displayName\":\"P\"}}",
        ),
        PRODUCT,
    ]);
    let [gold, p] = loaded.configuration.products.as_slice() else {
        panic!("two products");
    };
    assert!(p.subscription_required && !p.approval_required);
    assert_eq!(
        (p.state, p.name.as_str()),
        (ProductState::NotPublished, "P")
    );
    assert_eq!(
        (gold.state, gold.subscriptions_limit),
        (ProductState::Published, None)
    );
}

#[test]
fn a_product_links_to_apis_and_groups() {
    let loaded = sound(&[
        API,
        DESCRIPTION,
        PRODUCT,
        (
            "groups/team a/groupInformation.json",
            "{\"properties\":{\"displayName\":\"A\"}}",
        ),
        ("products/gold/apis/store/productApiInformation.json", "{}"),
        (
            "products/gold/groups/team a/productGroupInformation.json",
            "{\"name\":\"link1\",\"properties\":{\"groupId\":\"/groups/team a\"}}",
        ),
        (
            "products/gold/groups/Developers/productGroupInformation.json",
            "{}",
        ),
        ("products/gold/policy.xml", "<policies/>"),
    ]);
    let product = &loaded.configuration.products[0];
    assert_eq!(product.apis[0].as_str(), "store");
    let groups: Vec<&str> = product.groups.iter().map(GroupId::as_str).collect();
    assert_eq!(groups, ["Developers", "team a"]);
    assert!(product.policy.is_some());
}

#[test]
fn links_to_what_does_not_exist_open_nothing() {
    let (loaded, lines) = told(&[
        API,
        DESCRIPTION,
        PRODUCT,
        ("products/gold/apis/stoer/productApiInformation.json", "{}"),
        ("products/gold/apis/store/readme.txt", ""),
        (
            "products/gold/groups/nobody/productGroupInformation.json",
            "{}",
        ),
        (
            "subscriptions/a/subscriptionInformation.json",
            "{\"properties\":{\"scope\":\"/products/silver\",\"state\":\"active\",\"primaryKey\":\"env:A\"}}",
        ),
        (
            "subscriptions/b/subscriptionInformation.json",
            "{\"properties\":{\"scope\":\"/apis/nowhere\",\"state\":\"active\",\"primaryKey\":\"env:A\"}}",
        ),
    ]);
    assert_eq!(
        lines,
        [
            "products/gold/apis/stoer/productApiInformation.json:1:1: error[A0011]: the product links to the API `stoer`, which does not exist",
            "products/gold/apis/store:1:1: error[A0008]: `productApiInformation.json` is missing, so the API is not part of the product",
            "products/gold/groups/nobody/productGroupInformation.json:1:1: error[A0011]: the product links to the group `nobody`, which does not exist",
            "subscriptions/a/subscriptionInformation.json:1:24: error[A0011]: the scope names the product `silver`, which does not exist",
            "subscriptions/b/subscriptionInformation.json:1:24: error[A0011]: the scope names the API `nowhere`, which does not exist",
        ]
    );
    let c = &loaded.configuration;
    assert!(c.products[0].apis.is_empty() && c.products[0].groups.is_empty());
    assert!(c.subscriptions.is_empty());
}

#[test]
fn what_refers_to_something_broken_is_left_out_without_a_second_complaint() {
    let (loaded, lines) = told(&[
        (API.0, "{"),
        DESCRIPTION,
        ("products/gold/productInformation.json", "[]"),
        (
            "products/open/productInformation.json",
            "{\"properties\":{\"displayName\":\"P\"}}",
        ),
        ("products/open/apis/store/productApiInformation.json", "{}"),
        (
            "subscriptions/a/subscriptionInformation.json",
            "{\"properties\":{\"scope\":\"/products/gold\",\"state\":\"active\",\"primaryKey\":\"env:A\"}}",
        ),
    ]);
    assert_eq!(
        lines,
        [
            "apis/store/apiInformation.json:1:2: error[A0003]: expected a name in quotation marks, found the end of the text",
            "products/gold/productInformation.json:1:1: error[A0003]: an information file is an object, this is an array",
        ]
    );
    let c = &loaded.configuration;
    assert!(c.apis.is_empty() && c.subscriptions.is_empty());
    assert!(c.products.iter().all(|product| product.apis.is_empty()));
}

/// A folder with an API, a product and one subscription of these members.
fn subscription(members: &str) -> (Option<portcullis_model::product::Subscription>, Vec<String>) {
    let text = properties(members);
    let path = "subscriptions/s/subscriptionInformation.json";
    let (loaded, lines) = told(&[API, DESCRIPTION, PRODUCT, (path, &text)]);
    let lines = lines
        .iter()
        .map(|l| l.replace(&format!("{path}:"), ""))
        .collect();
    (loaded.configuration.subscriptions.into_iter().next(), lines)
}

#[test]
fn a_scope_is_understood_in_all_its_forms() {
    let cloud = "/subscriptions/1/resourceGroups/g/providers/Microsoft.ApiManagement/service/n";
    for (scope, found) in [
        ("/products/gold".to_owned(), "product"),
        ("/products/GOLD/".to_owned(), "product"),
        ("/apis/store".to_owned(), "api"),
        ("/apis/store;rev=2".to_owned(), "api"),
        ("/apis".to_owned(), "all"),
        ("/apis/".to_owned(), "all"),
        (format!("{cloud}/products/gold"), "product"),
        (format!("{cloud}/apis"), "all"),
    ] {
        let members =
            format!("\"scope\":\"{scope}\",\"state\":\"active\",\"primaryKey\":\"env:A\"");
        let (subscription, lines) = subscription(&members);
        assert!(lines.is_empty(), "{lines:?}");
        let kind = match subscription.unwrap().scope {
            SubscriptionScope::Product(_) => "product",
            SubscriptionScope::Api(_) => "api",
            SubscriptionScope::AllApis => "all",
        };
        assert_eq!(kind, found, "{scope}");
    }
    for wrong in ["", "/", cloud, "/users/1", "/workspaces/w/apis/x", "gold"] {
        let members =
            format!("\"scope\":\"{wrong}\",\"state\":\"active\",\"primaryKey\":\"env:A\"");
        let (subscription, lines) = subscription(&members);
        assert!(subscription.is_none(), "{wrong}");
        assert_eq!(
            lines,
            [format!("1:24: error[A0006]: `{wrong}` is not a scope")]
        );
    }
}

#[test]
fn keys_are_references_or_warned_of() {
    let base = "\"scope\":\"/apis\",\"state\":\"active\"";
    let digest = "ab".repeat(32);
    let (found, lines) = subscription(&format!(
        "{base},\"primaryKey\":\"sha256:{digest}\",\"secondaryKey\":\"sealed:v1.x\",\"ownerId\":\"/users/u1\",\
         \"createdDate\":\"2024-03-01T00:00:00Z\",\"expirationDate\":\"2024-03-02T00:00:00Z\""
    ));
    assert!(lines.is_empty(), "{lines:?}");
    let found = found.unwrap();
    assert_eq!(
        found.primary_key.unwrap().source,
        SecretSource::Sha256([0xab; 32])
    );
    assert_eq!(found.owner.as_deref(), Some("u1"));
    assert_eq!(found.created, Some(Timestamp(1_709_251_200_000_000_000)));
    assert_eq!(found.ends.map(Timestamp::unix_seconds), Some(1_709_337_600));

    let (found, lines) = subscription(&format!("{base},\"primaryKey\":\"0123\""));
    assert!(matches!(
        found.unwrap().primary_key.unwrap().source,
        SecretSource::Clear(_)
    ));
    assert_eq!(
        lines,
        ["1:62: warning[A0012]: `primaryKey` stands in clear"]
    );

    let (found, lines) = subscription(base);
    assert!(found.is_some());
    assert_eq!(
        lines,
        ["1:15: warning[A0022]: the subscription has no key, so nobody can use it"]
    );

    for (key, line) in [
        ("\"\"", "1:62: error[A0006]: `primaryKey` is empty"),
        (
            "\"sha256:12\"",
            "1:62: error[A0006]: `primaryKey` is malformed: `sha256:` is followed by 64 hexadecimal digits",
        ),
        (
            "5",
            "1:62: error[A0006]: `primaryKey` is a string, this is a number",
        ),
    ] {
        let (found, lines) = subscription(&format!("{base},\"primaryKey\":{key}"));
        assert!(found.is_none());
        assert_eq!(lines, [line]);
    }
}

#[test]
fn a_key_in_clear_is_told_with_the_command_that_seals_it() {
    let scratch = Scratch::of(&[(
        "subscriptions/it's/subscriptionInformation.json",
        "{\"properties\":{\"scope\":\"/apis\",\"state\":\"active\",\"primaryKey\":\"0123\"}}",
    )]);
    let loaded = scratch.folder().read();
    let help = loaded
        .diagnostics
        .iter()
        .next()
        .unwrap()
        .help
        .clone()
        .unwrap();
    let command = format!(
        "portcullis key seal --file '{}/subscriptions/it'\\''s/subscriptionInformation.json' --key primaryKey",
        scratch.path().display()
    );
    assert!(
        help.contains(&command) && help.contains("sha256:"),
        "{help}"
    );
}

#[test]
fn a_subscription_without_a_state_waits_for_approval() {
    let (found, lines) = subscription("\"scope\":\"/apis\",\"primaryKey\":\"env:A\"");
    assert_eq!(found.unwrap().state, SubscriptionState::Submitted);
    assert_eq!(
        lines,
        ["1:15: warning[A0022]: the subscription has no state, so it waits for approval"]
    );
    let (found, lines) =
        subscription("\"scope\":\"/apis\",\"primaryKey\":\"env:A\",\"state\":\"activ\"");
    assert!(found.is_none());
    assert_eq!(
        lines,
        ["1:61: error[A0006]: `activ` is not a value of `state`"]
    );
}

#[test]
fn a_time_that_is_none_is_an_error() {
    let base = "\"scope\":\"/apis\",\"state\":\"active\",\"primaryKey\":\"env:A\"";
    let (found, lines) = subscription(&format!("{base},\"expirationDate\":\"tomorrow\""));
    assert!(found.is_none());
    assert_eq!(lines, ["1:87: error[A0006]: `tomorrow` is not a time"]);
}

#[test]
fn fragments_have_a_text_and_perhaps_a_description() {
    let (loaded, lines) = told(&[
        ("policy fragments/a b/policy.xml", "\u{feff}<fragment/>"),
        (
            "policy fragments/a b/policyFragmentInformation.json",
            "{\"properties\":{\"description\":\"d\"}}",
        ),
        (
            "policy fragments/c/policyFragmentInformation.json",
            "{\"properties\":{}}",
        ),
    ]);
    assert_eq!(
        lines,
        ["policy fragments/c:1:1: error[A0008]: the fragment has no `policy.xml`"]
    );
    let [fragment] = loaded.configuration.fragments.as_slice() else {
        panic!("one fragment");
    };
    assert_eq!(
        (fragment.id.as_str(), fragment.description.as_deref()),
        ("a b", Some("d"))
    );
    assert_eq!(&*fragment.text.text, "<fragment/>");
}
