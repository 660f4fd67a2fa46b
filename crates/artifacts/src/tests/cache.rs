//! Reading again costs what changed.

use std::fmt::Write as _;
use std::sync::Arc;

use portcullis_model::policy::PolicyFormat;

use super::{API, DESCRIPTION, Scratch};

fn folder() -> Scratch {
    Scratch::of(&[
        API,
        DESCRIPTION,
        ("apis/store/policy.xml", "<policies><inbound/></policies>"),
        ("policy.xml", "<policies/>"),
        (
            "groups/g/groupInformation.json",
            "{\"properties\":{\"displayName\":\"G\"}}",
        ),
    ])
}

#[test]
fn an_unchanged_folder_is_not_parsed_again() {
    let scratch = folder();
    let mut folder = scratch.folder();
    let (first, second) = (folder.read(), folder.read());
    assert_eq!((first.files, first.parsed), (5, 5));
    assert_eq!((second.files, second.parsed), (5, 0));
    assert_eq!(first.configuration, second.configuration);
    let (one, two) = (&first.configuration.apis[0], &second.configuration.apis[0]);
    assert!(Arc::ptr_eq(&one.operations, &two.operations));
    let text = |api: &portcullis_model::api::Api| Arc::clone(&api.policy.as_ref().unwrap().text);
    assert!(Arc::ptr_eq(&text(one), &text(two)));
}

#[test]
fn one_change_is_one_file_parsed() {
    let scratch = folder();
    let mut folder = scratch.folder();
    let first = folder.read();
    scratch.write("policy.xml", "<policies><backend/></policies>");
    let second = folder.read();
    assert_eq!(second.parsed, 1);
    let (one, two) = (&first.configuration, &second.configuration);
    assert_ne!(one.policy, two.policy);
    assert!(Arc::ptr_eq(
        &one.apis[0].operations,
        &two.apis[0].operations
    ));
}

#[test]
fn a_file_of_the_same_length_is_seen_to_change() {
    let scratch = folder();
    let mut folder = scratch.folder();
    folder.read();
    scratch.write("policy.xml.new", "<Policies/>");
    std::fs::rename(
        scratch.path().join("policy.xml.new"),
        scratch.path().join("policy.xml"),
    )
    .unwrap();
    let second = folder.read();
    assert_eq!(second.parsed, 1);
    assert_eq!(&*second.configuration.policy.unwrap().text, "<Policies/>");
}

#[test]
fn a_file_that_was_only_touched_keeps_what_was_made_of_it() {
    let scratch = folder();
    let mut folder = scratch.folder();
    let first = folder.read();
    scratch.write(DESCRIPTION.0, DESCRIPTION.1);
    let second = folder.read();
    assert_eq!(second.parsed, 0);
    let operations = |l: &crate::Loaded| Arc::clone(&l.configuration.apis[0].operations);
    assert!(Arc::ptr_eq(&operations(&first), &operations(&second)));
}

#[test]
fn files_come_and_go() {
    let scratch = folder();
    let mut folder = scratch.folder();
    folder.read();
    scratch.remove("apis/store/policy.xml");
    scratch.write("policy fragments/f/policy.xml", "<fragment/>");
    let second = folder.read();
    assert_eq!((second.files, second.parsed), (5, 1));
    assert!(second.configuration.apis[0].policy.is_none());
    scratch.write("apis/store/policy.xml", "<policies><inbound/></policies>");
    assert_eq!(folder.read().parsed, 1);
}

#[test]
fn a_file_that_means_something_by_being_there_is_seen_to_go() {
    let scratch = folder();
    let link = "products/p/apis/store/productApiInformation.json";
    scratch.write(
        "products/p/productInformation.json",
        "{\"properties\":{\"displayName\":\"P\"}}",
    );
    scratch.write(link, "{}");
    let mut folder = scratch.folder();
    let (first, second) = (folder.read(), folder.read());
    assert_eq!(first.shape, second.shape);
    scratch.remove(link);
    let third = folder.read();
    assert_eq!((third.files, third.parsed), (second.files, 0));
    assert_ne!(third.shape, second.shape);
    assert!(third.configuration.products[0].apis.is_empty());
}

#[test]
fn problems_are_told_again_at_each_reading() {
    let scratch = folder();
    scratch.write(
        DESCRIPTION.0,
        "openapi: 3.0.0\npaths: {/a: {get: {}}, /A: {get: {}}}",
    );
    let mut folder = scratch.folder();
    let (first, _) = (folder.read(), folder.read());
    // Another file in front moves every source.
    scratch.write(
        "named values/n/namedValueInformation.json",
        "{\"properties\":{\"value\":\"v\"}}",
    );
    let third = folder.read();
    assert_eq!(third.parsed, 1);
    assert_eq!(scratch.lines(&first), scratch.lines(&third));
    assert_eq!(
        scratch.lines(&third),
        [
            "apis/store/specification.yaml:2:24: warning[S0007]: `GET /A` stands twice; the later one is left out"
        ]
    );
}

#[test]
fn a_policy_that_becomes_unreadable_closes_its_scope_and_opens_again() {
    let scratch = folder();
    let mut folder = scratch.folder();
    let format = |loaded: &crate::Loaded| loaded.configuration.policy.as_ref().unwrap().format;
    assert_eq!(format(&folder.read()), PolicyFormat::Raw);
    scratch.write("policy.xml", b"<policies>\xff</policies>");
    let second = folder.read();
    assert_eq!(format(&second), PolicyFormat::Unreadable);
    assert_eq!(
        scratch.lines(&second),
        [
            "policy.xml:1:1: error[A0001]: the file cannot be read: it is not UTF-8: byte 10 cannot be part of a text"
        ]
    );
    scratch.write("policy.xml", "<policies/>");
    assert_eq!(format(&folder.read()), PolicyFormat::Raw);
}

#[test]
fn a_large_folder_is_read_whole() {
    let scratch = Scratch::new();
    for n in 0..200 {
        let mut paths = String::from("openapi: 3.0.0\npaths:\n");
        for m in 0..10 {
            writeln!(paths, "  /r{m}: {{get: {{operationId: op{m}}}}}").unwrap();
        }
        let information = format!(
            "{{\"properties\":{{\"path\":\"a{n}\",\"displayName\":\"A\",\"serviceUrl\":\"https://a\"}}}}"
        );
        scratch.write(&format!("apis/a{n}/apiInformation.json"), information);
        scratch.write(&format!("apis/a{n}/specification.yaml"), paths);
        scratch.write(
            &format!("apis/a{n}/operations/op3/policy.xml"),
            "<policies/>",
        );
        scratch.write(
            &format!("products/p/apis/a{n}/productApiInformation.json"),
            "{}",
        );
    }
    scratch.write(
        "products/p/productInformation.json",
        "{\"properties\":{\"displayName\":\"P\"}}",
    );
    let loaded = scratch.folder().read();
    assert_eq!(scratch.lines(&loaded), Vec::<String>::new());
    let apis = &loaded.configuration.apis;
    assert_eq!(apis.iter().map(|a| a.operations.len()).sum::<usize>(), 2000);
    assert_eq!(loaded.configuration.products[0].apis.len(), 200);
}
