//! APIs: revisions, versions, kinds, descriptions, operation policies.

use portcullis_model::api::{Api, ApiKind, Protocols, VersionScheme};
use portcullis_model::id::Revision;
use portcullis_model::policy::PolicyFormat;

use super::{API, DESCRIPTION, Scratch, errors, sound, told};

fn information(members: &str) -> String {
    format!("{{\"properties\":{{{members}}}}}")
}

/// An API `store` with these members beside its path, and a description.
fn api(members: &str) -> Api {
    let text = information(&format!(
        "\"path\":\"store\",\"serviceUrl\":\"https://s\",{members}"
    ));
    let loaded = sound(&[(API.0, &text), DESCRIPTION]);
    loaded.configuration.apis.into_iter().next().unwrap()
}

#[test]
fn what_is_not_said_is_the_closed_or_the_usual_choice() {
    let api = api("\"displayName\":\"\"");
    assert!(api.subscription_required && api.is_current);
    assert_eq!(api.revision, Revision(1));
    assert_eq!(
        api.protocols,
        Protocols {
            plain: false,
            secure: true
        }
    );
    assert_eq!(api.key_names.header, "Ocp-Apim-Subscription-Key");
    assert_eq!(api.name, "Shop", "the description's title");
    assert_eq!(api.operations[0].id.as_str(), "listorders");
    assert!(api.version.is_none() && api.policy.is_none());
}

#[test]
fn what_is_said_is_taken() {
    let api = api(
        "\"displayName\":\"Store\",\"protocols\":[\"http\",\"HTTPS\"],\"apiRevision\":\"4\",\
         \"subscriptionRequired\":\"False\",\"description\":\"d\",\"apiRevisionDescription\":\"r\",\
         \"subscriptionKeyParameterNames\":{\"header\":\"X-Key\"},\"isCurrent\":true,\
         \"authenticationSettings\":{},\"type\":\"HTTP\"",
    );
    assert!(!api.subscription_required);
    assert!(api.protocols.plain && api.protocols.secure);
    assert_eq!(api.revision, Revision(4));
    assert_eq!(
        (api.key_names.header.as_str(), api.key_names.query.as_str()),
        ("X-Key", "subscription-key")
    );
}

#[test]
fn a_revision_takes_what_all_share_from_the_current_one() {
    let current = information(
        "\"path\":\"store\",\"displayName\":\"Now\",\"apiRevision\":\"2\",\"serviceUrl\":\"https://now\",\
         \"subscriptionRequired\":true,\"protocols\":[\"http\"],\"description\":\"now\"",
    );
    let other = information(
        "\"path\":\"old\",\"displayName\":\"Old\",\"apiRevision\":\"1\",\"serviceUrl\":\"https://old\",\
         \"subscriptionRequired\":false,\"protocols\":[\"https\"],\"type\":\"graphql\"",
    );
    let loaded = sound(&[
        (API.0, &current),
        DESCRIPTION,
        ("apis/store;rev=1/apiInformation.json", &other),
        (
            "apis/store;rev=1/specification.yaml",
            "openapi: 3.0.0\npaths: {/old: {get: {}}}",
        ),
        ("apis/store;rev=1/policy.xml", "<policies/>"),
    ]);
    let [now, old] = loaded.configuration.apis.as_slice() else {
        panic!("two revisions");
    };
    assert!(now.is_current && !old.is_current);
    assert_eq!((now.revision, old.revision), (Revision(2), Revision(1)));
    assert_eq!(now.id, old.id);
    for shared in [now, old] {
        assert_eq!(
            (shared.name.as_str(), shared.path.as_str()),
            ("Now", "store")
        );
        assert!(shared.subscription_required && shared.protocols.plain);
        assert_eq!(shared.kind, ApiKind::Http);
    }
    assert_eq!(old.service_url.as_deref(), Some("https://old"));
    assert_eq!(old.operations[0].template.as_str(), "/old");
    assert!(old.policy.is_some() && now.policy.is_none());
}

#[test]
fn an_api_without_a_current_revision_is_told() {
    for (members, said) in [("\"isCurrent\":true", 0), ("\"isCurrent\":false", 1)] {
        let text = information(&format!(
            "\"path\":\"s\",\"serviceUrl\":\"https://s\",{members}"
        ));
        let (loaded, lines) = told(&[
            ("apis/store;rev=2/apiInformation.json", &text),
            ("apis/store;rev=2/specification.yaml", DESCRIPTION.1),
        ]);
        assert_eq!(lines.len(), said, "{lines:?}");
        assert_eq!(loaded.configuration.apis[0].is_current, said == 0);
    }
}

#[test]
fn contradictions_about_revisions_are_settled_and_told() {
    let rev = "apis/store;rev=3/apiInformation.json";
    for (root, revision, line, revisions) in [
        (
            "\"apiRevision\":\"3\"",
            "\"apiRevision\":\"3\"",
            "apis/store;rev=3:1:1: error[A0017]: revision 3 stands in the folder of the current one too",
            vec![(3, true)],
        ),
        (
            "\"apiRevision\":\"1\"",
            "\"apiRevision\":\"2\"",
            "apis/store;rev=3/apiInformation.json:1:66: warning[A0019]: the folder is of revision 3, which counts, not 2",
            vec![(1, true), (3, false)],
        ),
        (
            "\"apiRevision\":\"1\"",
            "\"isCurrent\":true",
            "apis/store;rev=3/apiInformation.json:1:15: warning[A0019]: the revision says it is current, but the folder without `;rev=` is",
            vec![(1, true), (3, false)],
        ),
        (
            "\"isCurrent\":false",
            "\"apiRevision\":\"3\"",
            "apis/store/apiInformation.json:1:64: warning[A0019]: this folder holds the current revision, but says it is not; it is reached with `;rev=` only",
            vec![(1, false), (3, false)],
        ),
    ] {
        let base = "\"path\":\"s\",\"serviceUrl\":\"https://s\",";
        let (root, revision) = (
            information(&format!("{base}{root}")),
            information(&format!("{base}{revision}")),
        );
        let (loaded, lines) = told(&[
            (API.0, &root),
            DESCRIPTION,
            (rev, &revision),
            ("apis/store;rev=3/specification.yaml", DESCRIPTION.1),
        ]);
        assert_eq!(lines, [line]);
        let apis = loaded.configuration.apis.iter();
        let found: Vec<(u32, bool)> = apis.map(|a| (a.revision.0, a.is_current)).collect();
        assert_eq!(found, revisions);
    }
}

#[test]
fn versions_find_their_set_by_any_form_of_its_id() {
    let set = (
        "version sets/v s/versionSetInformation.json",
        r#"{"properties":{"displayName":"S","versioningScheme":"header","versionHeaderName":"Api-Version"}}"#,
    );
    for id in [
        "/apiVersionSets/v s",
        "/apiversionsets/V S",
        "/subscriptions/1/resourceGroups/g/providers/Microsoft.ApiManagement/service/n/apiVersionSets/v s",
    ] {
        let text = information(&format!(
            "\"path\":\"s\",\"serviceUrl\":\"https://s\",\"apiVersion\":\"v1\",\"apiVersionSetId\":\"{id}\""
        ));
        let loaded = sound(&[(API.0, &text), DESCRIPTION, set]);
        let version = loaded.configuration.apis[0].version.as_ref().unwrap();
        assert_eq!(
            (
                version.set.as_str().to_lowercase().as_str(),
                version.name.as_deref()
            ),
            ("v s", Some("v1"))
        );
        assert_eq!(
            loaded.configuration.version_sets[0].scheme,
            VersionScheme::Header("Api-Version".into())
        );
    }
}

#[test]
fn an_api_may_describe_its_version_set_itself() {
    let text = information(
        "\"path\":\"s\",\"serviceUrl\":\"https://s\",\"apiVersion\":\"v1\",\"apiVersionSet\":\
         {\"name\":\"My Set\",\"versioningScheme\":\"Query\",\"versionQueryName\":\"v\"}",
    );
    let second = information(
        "\"path\":\"s\",\"serviceUrl\":\"https://s\",\"apiVersionSetId\":\"/apiVersionSets/my-set\"",
    );
    let loaded = sound(&[
        (API.0, &text),
        DESCRIPTION,
        ("apis/zoo/apiInformation.json", &second),
        ("apis/zoo/specification.yaml", DESCRIPTION.1),
    ]);
    let sets = &loaded.configuration.version_sets;
    assert_eq!(sets.len(), 1);
    assert_eq!(sets[0].scheme, VersionScheme::Query("v".into()));
    let versions = loaded
        .configuration
        .apis
        .iter()
        .map(|a| a.version.as_ref().unwrap());
    let names: Vec<Option<&str>> = versions.map(|v| v.name.as_deref()).collect();
    assert_eq!(names, [Some("v1"), None]);
}

#[test]
fn an_api_whose_version_set_is_missing_is_left_out() {
    let text = information(
        "\"path\":\"s\",\"apiVersion\":\"v1\",\"apiVersionSetId\":\"/apiVersionSets/x\"",
    );
    let (loaded, lines) = told(&[(API.0, &text), DESCRIPTION]);
    assert_eq!(
        lines,
        ["apis/store/apiInformation.json:1:63: error[A0011]: the version set `x` does not exist"]
    );
    assert!(loaded.configuration.apis.is_empty());
}

#[test]
fn apis_of_other_kinds_are_loaded_and_say_what_is_missing() {
    for (kind, file, found) in [
        ("graphql", Some("graphql"), "graphql"),
        ("soap", Some("wsdl"), "soap"),
        ("soap", None, "soap"),
        ("http", Some("wsdl"), "wsdl"),
        ("http", Some("wadl"), "wadl"),
        ("odata", None, "odata"),
        ("mcp", None, "mcp"),
    ] {
        let text = information(&format!("\"path\":\"s\",\"type\":\"{kind}\""));
        let path = file.map(|f| format!("apis/store/specification.{f}"));
        let mut files = vec![
            (API.0, text.as_str()),
            ("apis/store/operations/anything/policy.xml", "<policies/>"),
        ];
        files.extend(path.as_deref().map(|p| (p, "anything")));
        let (loaded, lines) = told(&files);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(
            lines[0].contains("warning[A0014]: the API is not served yet: "),
            "{lines:?}"
        );
        let kind = &loaded.configuration.apis[0].kind;
        assert!(
            matches!(kind, ApiKind::Unsupported { kind, .. } if *kind == found),
            "{kind:?}"
        );
    }
}

#[test]
fn a_websocket_has_its_one_operation() {
    let text = information(
        "\"path\":\"s\",\"type\":\"websocket\",\"protocols\":[\"wss\"],\"serviceUrl\":\"wss://s.internal\"",
    );
    let loaded = sound(&[
        (API.0, &text),
        (
            "apis/store/operations/onHandshake/policy.xml",
            "<policies/>",
        ),
    ]);
    let api = &loaded.configuration.apis[0];
    assert_eq!(api.kind, ApiKind::WebSocket);
    assert_eq!(api.operations[0].id.as_str(), "onHandshake");
    assert_eq!(api.operation_policies.len(), 1);
}

#[test]
fn grpc_without_a_description_passes_every_call() {
    let text = information("\"path\":\"s\",\"type\":\"grpc\",\"serviceUrl\":\"https://s\"");
    let loaded = sound(&[(API.0, &text)]);
    let api = &loaded.configuration.apis[0];
    assert_eq!(api.kind, ApiKind::Grpc);
    let operation = &api.operations[0];
    assert_eq!(
        (operation.method.as_str(), operation.template.as_str()),
        ("POST", "/*")
    );
}

#[test]
fn the_first_of_several_descriptions_counts() {
    let (loaded, lines) = told(&[
        API,
        DESCRIPTION,
        (
            "apis/store/specification.json",
            "{\"openapi\":\"3.0.0\",\"paths\":{\"/json\":{\"get\":{}}}}",
        ),
    ]);
    assert_eq!(
        lines,
        [
            "apis/store/specification.yaml:1:1: warning[A0009]: `specification.yaml` is not read: another description comes before it"
        ]
    );
    assert_eq!(
        loaded.configuration.apis[0].operations[0].template.as_str(),
        "/json"
    );
}

#[test]
fn the_content_and_not_the_name_decides_between_json_and_yaml() {
    let loaded = sound(&[
        API,
        (
            "apis/store/specification.json",
            "swagger: '2.0'\npaths: {/yaml: {get: {}}}",
        ),
    ]);
    assert_eq!(
        loaded.configuration.apis[0].operations[0].template.as_str(),
        "/yaml"
    );
}

#[test]
fn the_first_server_stands_in_for_a_missing_service_url() {
    let without = "{\"properties\":{\"path\":\"s\"}}";
    let describe = |server: &str| {
        format!("openapi: 3.0.0\nservers: [{{url: '{server}'}}]\npaths: {{/a: {{get: {{}}}}}}")
    };
    for (server, url, warned) in [
        ("https://s.internal/v1", Some("https://s.internal/v1"), 0),
        ("/v1", None, 0),
        (
            "https://x.azure-api.net/s",
            Some("https://x.azure-api.net/s"),
            1,
        ),
    ] {
        let description = describe(server);
        let (loaded, lines) = told(&[(API.0, without), (DESCRIPTION.0, &description)]);
        assert_eq!(
            lines.iter().filter(|l| l.contains("A0025")).count(),
            warned,
            "{lines:?}"
        );
        assert_eq!(loaded.configuration.apis[0].service_url.as_deref(), url);
    }
}

#[test]
fn required_query_parameters_join_the_template_unless_the_api_says_not() {
    let description =
        "openapi: 3.0.0\npaths: {/a: {get: {parameters: [{name: q, in: query, required: true}]}}}";
    for (choice, template) in [("template", "/a?q={q}"), ("query", "/a")] {
        let text = information(&format!(
            "\"path\":\"s\",\"serviceUrl\":\"https://s\",\"translateRequiredQueryParameters\":\"{choice}\""
        ));
        let loaded = sound(&[(API.0, &text), (DESCRIPTION.0, description)]);
        assert_eq!(
            loaded.configuration.apis[0].operations[0].template.as_str(),
            template
        );
    }
}

#[test]
fn operation_policies_find_their_operation_under_either_name() {
    for folder in ["listorders", "listOrders", "List_Orders"] {
        let operation = "openapi: 3.0.0\npaths: {/o: {get: {operationId: List_Orders}, put: {operationId: listOrders}}}";
        let path = format!("apis/store/operations/{folder}/policy.xml");
        let loaded = sound(&[API, (DESCRIPTION.0, operation), (&path, "<policies/>")]);
        let policies = &loaded.configuration.apis[0].operation_policies;
        let expected = if folder == "List_Orders" {
            "list-orders"
        } else {
            "listorders"
        };
        assert_eq!(policies[0].0.as_str().to_lowercase(), expected);
    }
}

#[test]
fn a_policy_of_an_unknown_operation_is_an_error() {
    let (loaded, lines) = told(&[
        API,
        DESCRIPTION,
        ("apis/store/operations/list-order/policy.xml", "<policies/>"),
    ]);
    assert_eq!(
        lines,
        [
            "apis/store/operations/list-order/policy.xml:1:1: error[A0018]: the API `store` has no operation `list-order`"
        ]
    );
    let help = loaded.diagnostics.iter().next().unwrap().help.as_deref();
    assert_eq!(help, Some("did you mean `listorders`?"));
    // What was meant is a guess, so no operation is served without the policy that may be its own.
    for name in ["list-order", "nothing-like-it"] {
        let policy = format!("apis/store/operations/{name}/policy.xml");
        let (loaded, _) = told(&[API, DESCRIPTION, (&policy, "<policies/>")]);
        let kind = &loaded.configuration.apis[0].kind;
        assert!(matches!(kind, ApiKind::Unsupported { .. }), "{kind:?}");
    }
}

#[test]
fn two_current_apis_at_one_address_are_an_error_on_the_later() {
    let (loaded, lines) = told(&[
        API,
        DESCRIPTION,
        (
            "apis/zoo/apiInformation.json",
            "{\"properties\":{\"path\":\"/Store/\"}}",
        ),
        ("apis/zoo/specification.yaml", DESCRIPTION.1),
    ]);
    assert_eq!(
        lines,
        [
            "apis/zoo/apiInformation.json:1:23: error[A0017]: the path `Store` is that of the API `store`"
        ]
    );
    assert_eq!(loaded.configuration.apis.len(), 1);
}

#[test]
fn an_api_that_cannot_be_read_but_has_an_address_is_kept_closed() {
    for (text, description, missing) in [
        (
            "{\"properties\":{\"path\":\"s\",\"subscriptionRequired\":\"maybe\"}}",
            DESCRIPTION.1,
            "its information file has errors",
        ),
        (
            "{\"properties\":{\"path\":\"s\"}}",
            "openapi: [",
            "its description cannot be read",
        ),
        (
            "{\"properties\":{\"path\":\"s\"}}",
            "hello: 1",
            "its description cannot be read",
        ),
    ] {
        let (loaded, lines) = told(&[
            (API.0, text),
            (DESCRIPTION.0, description),
            (
                "products/p/productInformation.json",
                "{\"properties\":{\"displayName\":\"P\"}}",
            ),
            ("products/p/apis/store/productApiInformation.json", "{}"),
        ]);
        assert_eq!(lines.len(), 1, "{lines:?}");
        let kind = &loaded.configuration.apis[0].kind;
        assert!(
            matches!(kind, ApiKind::Unsupported { missing: m, .. } if *m == missing),
            "{kind:?}"
        );
        assert_eq!(loaded.configuration.products[0].apis.len(), 1);
    }
}

#[test]
fn a_revision_that_is_switched_off_is_not_there() {
    let text = information("\"path\":\"s\",\"isOnline\":false");
    let loaded = sound(&[(API.0, &text), DESCRIPTION]);
    assert!(loaded.configuration.apis.is_empty());
}

#[test]
fn policies_that_cannot_be_read_mark_their_scope() {
    let scratch = Scratch::of(&[
        API,
        DESCRIPTION,
        (
            "products/p/productInformation.json",
            "{\"properties\":{\"displayName\":\"P\"}}",
        ),
    ]);
    let large = "x".repeat(256 * 1024 + 1);
    for path in [
        "apis/store/policy.xml",
        "apis/store/operations/listorders/policy.xml",
        "products/p/policy.xml",
        "policy fragments/f/policy.xml",
        "policy.xml",
    ] {
        scratch.write(path, &large);
    }
    let loaded = scratch.folder().read();
    assert_eq!(errors(&loaded).len(), 5);
    let c = &loaded.configuration;
    for policy in [
        c.policy.as_ref(),
        c.apis[0].policy.as_ref(),
        c.apis[0].operation_policies.first().map(|(_, p)| p),
        c.products[0].policy.as_ref(),
        c.fragments.first().map(|f| &f.text),
    ] {
        assert_eq!(policy.unwrap().format, PolicyFormat::Unreadable);
    }
}
