//! Everything that can be wrong with a folder as such, as its author reads it.

use portcullis_model::policy::{PolicyFormat, PolicyText};

use super::{API, DESCRIPTION, Scratch, told};

#[test]
fn near_misses_are_told_and_nothing_else_is() {
    let (loaded, lines) = told(&[
        API,
        DESCRIPTION,
        ("README.md", "notes"),
        ("Policy.xml", "<policies/>"),
        ("product/x/productInformation.json", "{}"),
        ("wiki/page.md", "notes"),
        ("certificates/c/certificateInformation.json", "{}"),
        (".git/config", "x"),
        ("apis/store/policies.xml", "<policies/>"),
        ("apis/store/notes.txt", "x"),
        ("apis/store/operation/x/policy.xml", "<policies/>"),
        ("apis/zoo/apiinformation.json", "{}"),
        ("apis/zoo/specification.yml", "x"),
    ]);
    assert_eq!(
        lines,
        [
            "Policy.xml:1:1: error[A0009]: the file `Policy.xml` is not read",
            "product:1:1: error[A0009]: the folder `product` is not read",
            "apis/store/policies.xml:1:1: error[A0009]: the file `policies.xml` is not read",
            "apis/store/operation:1:1: error[A0009]: the folder `operation` is not read",
            "apis/zoo/apiinformation.json:1:1: warning[A0009]: the file `apiinformation.json` is not read",
            "apis/zoo/specification.yml:1:1: warning[A0009]: the file `specification.yml` is not read",
            "apis/zoo:1:1: error[A0008]: `apiInformation.json` is missing",
        ]
    );
    let helps = loaded
        .diagnostics
        .iter()
        .map(|d| d.help.as_deref().unwrap());
    let helps: Vec<&str> = helps.take(2).collect();
    assert_eq!(
        helps,
        ["did you mean `policy.xml`?", "did you mean `products`?"]
    );
}

/// Which of the policies of `API` fail closed: those of all APIs, of the API, of its operation.
fn closed(files: &[(&str, &str)]) -> (bool, bool, bool, Vec<String>) {
    let files: Vec<_> = [API, DESCRIPTION].iter().chain(files).copied().collect();
    let (loaded, lines) = told(&files);
    let closed = |policy: Option<&PolicyText>| {
        policy.is_some_and(|policy| policy.format == PolicyFormat::Unreadable)
    };
    let configuration = &loaded.configuration;
    let api = &configuration.apis[0];
    let operation = api.operation_policies.first().map(|(_, policy)| policy);
    (
        closed(configuration.policy.as_ref()),
        closed(api.policy.as_ref()),
        closed(operation),
        lines,
    )
}

#[test]
fn a_policy_of_almost_the_right_name_closes_what_it_stands_for() {
    const XML: &str = "<policies/>";
    for (file, expected) in [
        ("Policy.xml", (true, false, false)),
        ("policy.xml/notes.txt", (true, false, false)),
        ("apis/store/policyy.xml", (false, true, false)),
        ("apis/store/policy.xml/policy.xml", (false, true, false)),
        (
            "apis/store/Operations/listorders/policy.xml",
            (false, true, false),
        ),
        (
            "apis/store/operations/listorders/policies.xml",
            (false, false, true),
        ),
        (
            "apis/store/operations/listorders/policy.xml/x",
            (false, false, true),
        ),
    ] {
        let (global, api, operation, lines) = closed(&[(file, XML)]);
        assert_eq!((global, api, operation), expected, "{file}: {lines:?}");
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains(": error[A00"), "{lines:?}");
    }
}

#[test]
fn a_copy_beside_a_policy_is_only_warned_of() {
    let beside = |copy| closed(&[("apis/store/policy.xml", "<policies/>"), (copy, "x")]);
    let (global, api, operation, lines) = beside("apis/store/policy.xml.bak");
    assert!(!(global || api || operation));
    assert_eq!(
        lines,
        ["apis/store/policy.xml.bak:1:1: warning[A0009]: the file `policy.xml.bak` is not read"]
    );
    // The policies of operations can stand in either.
    let copy = "apis/store/Operations/listorders/policy.xml";
    assert!(
        closed(&[
            ("apis/store/operations/listorders/policy.xml", "<policies/>"),
            (copy, "x")
        ])
        .1
    );
}

#[test]
fn members_are_told_where_they_stand() {
    let (_, lines) = told(&[(
        "products/p/productInformation.json",
        "{\n  \"properties\": {\n    \"displayname\": \"P\",\n    \"state\": \"publishd\",\n    \
         \"subscriptionRequired\": \"yes\",\n    \"subscriptionsLimit\": -1,\n    \"colour\": 1,\n    \
         \"terms\": null,\n    \"terms\": \"t\"\n  }\n}",
    )]);
    let file = "products/p/productInformation.json";
    assert_eq!(
        lines,
        [
            format!("{file}:2:17: error[A0007]: `displayName` is missing"),
            format!("{file}:4:14: error[A0006]: `publishd` is not a value of `state`"),
            format!(
                "{file}:5:29: error[A0006]: `subscriptionRequired` is a boolean, this is a string"
            ),
            format!(
                "{file}:6:27: error[A0006]: `subscriptionsLimit` is a whole number from 0, this is a number"
            ),
            format!("{file}:3:5: error[A0005]: unknown member `displayname`"),
            format!("{file}:7:5: warning[A0005]: unknown member `colour`"),
            format!("{file}:9:5: warning[A0005]: `terms` stands twice; the later one counts"),
        ]
    );
}

#[test]
fn members_without_their_wrapper_are_read_with_a_warning() {
    let (loaded, lines) = told(&[("groups/g/groupInformation.json", "{\"displayName\":\"G\"}")]);
    assert_eq!(
        lines,
        [
            "groups/g/groupInformation.json:1:1: warning[A0004]: the members do not stand in `properties`"
        ]
    );
    assert_eq!(loaded.configuration.groups[0].name, "G");
}

#[test]
fn names_that_no_resource_can_have_are_errors() {
    let (loaded, lines) = told(&[
        ("apis/a;v=1/apiInformation.json", "{}"),
        ("apis/a+b/apiInformation.json", "{}"),
        ("groups/G/groupInformation.json", "{\"properties\":{}}"),
        ("groups/g/groupInformation.json", "{\"properties\":{}}"),
    ]);
    assert_eq!(
        lines,
        [
            "groups/g:1:1: error[A0010]: `g` and `G` differ only in case",
            "apis/a+b:1:1: error[A0010]: `a+b` cannot be a resource name: an id must not contain control characters or any of `*#&+:<>?/`",
            "apis/a;v=1:1:1: error[A0010]: `a;v=1` cannot be a resource name: after `;` stands `rev=` and the number of a revision, from 1",
        ]
    );
    assert_eq!(loaded.configuration.groups.len(), 1);
}

#[test]
fn workspaces_are_warned_of_and_other_kinds_counted() {
    let (loaded, lines) = told(&[
        ("workspaces/team/apis/x/apiInformation.json", "{}"),
        ("loggers/l/loggerInformation.json", "{}"),
        ("gateways/g/gatewayInformation.json", "{}"),
        ("tags/t/tagInformation.json", "{}"),
    ]);
    assert_eq!(
        lines,
        ["workspaces/team:1:1: warning[A0016]: the workspace `team` is not served yet"]
    );
    assert_eq!(loaded.skipped, 3);
}

#[test]
fn a_folder_that_is_none_is_an_error() {
    let scratch = Scratch::of(&[("notes.txt", "x")]);
    let loaded = scratch.folder().read();
    assert!(loaded.diagnostics.has_errors());
    assert!(scratch.lines(&loaded)[0].contains("error[A0024]: there is neither"));
    let loaded = crate::Folder::open(scratch.path().join("nowhere")).read();
    let lines = scratch.lines(&loaded);
    assert!(
        lines[0].contains("error[A0024]: the folder cannot be read: "),
        "{lines:?}"
    );
}

#[test]
fn files_beyond_the_limits_are_errors() {
    let scratch = Scratch::of(&[
        API,
        DESCRIPTION,
        ("groups/a/groupInformation.json", "{\"properties\":{}}"),
        ("groups/b/groupInformation.json", "{\"properties\":{}}"),
    ]);
    let limits = crate::limits::Limits {
        information_bytes: 50,
        resources: 1,
        ..crate::limits::Limits::DEFAULT
    };
    let loaded = crate::Folder::with_limits(scratch.path().to_owned(), limits).read();
    assert_eq!(
        scratch.lines(&loaded),
        [
            "groups:1:1: error[A0002]: there are more than 1 resources of one kind",
            "apis/store/apiInformation.json:1:1: error[A0002]: the file cannot be read: it has 87 bytes, more than the 50 that are read",
        ]
    );
}

#[cfg(unix)]
#[test]
fn links_of_the_file_system_are_followed() {
    let scratch = Scratch::of(&[API, DESCRIPTION]);
    let other = Scratch::new();
    std::os::unix::fs::symlink(scratch.path().join("apis"), other.path().join("apis")).unwrap();
    std::os::unix::fs::symlink("/nonexistent/policy.xml", other.path().join("policy.xml")).unwrap();
    let loaded = other.folder().read();
    assert_eq!(loaded.configuration.apis.len(), 1);
    // A policy that is there but leads nowhere is not the same as none.
    assert_eq!(
        other.lines(&loaded),
        ["policy.xml:1:1: error[A0001]: the file is gone since the folder was listed"]
    );
    assert!(loaded.configuration.policy.is_some());
}
