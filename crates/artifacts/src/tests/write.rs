//! New folders, and what a reading makes of them.

use portcullis_model::diagnostic::{Diagnostics, SourceId};
use portcullis_model::product::{SubscriptionScope, SubscriptionState};
use portcullis_model::secret::SecretSource;
use portcullis_spec::Description;

use super::Scratch;
use crate::write::{Auth, CannotWrite, NewFolder, Written, write};

const YAML: &str = "openapi: 3.0.0\ninfo: {title: Pet Store, description: Pets}\n\
                    paths:\n  /pets/{id}:\n    get: {operationId: getPet}\n";
const JSON: &str =
    r#"{"swagger":"2.0","info":{"title":"","version":"1"},"paths":{"/a":{"post":{}}}}"#;

fn describe(text: &str) -> Description {
    let mut diagnostics = Diagnostics::default();
    portcullis_spec::parse(text, SourceId(0), &mut diagnostics).unwrap()
}

fn made(scratch: &Scratch, name: &str, text: &str, auth: Auth) -> Result<Written, CannotWrite> {
    let description = describe(text);
    let new = NewFolder {
        name,
        path: None,
        description: &description,
        description_text: text,
        backend: "http://127.0.0.1:8080/v1",
        auth,
    };
    write(&scratch.path().join("new"), &new)
}

fn key() -> Auth {
    Auth::Key { sha256: [0xab; 32] }
}

/// Reads what was made; nothing may be wrong with it.
fn read(scratch: &Scratch) -> portcullis_model::Configuration {
    let mut folder = crate::Folder::open(scratch.path().join("new"));
    let loaded = folder.read();
    assert_eq!(scratch.lines(&loaded), Vec::<String>::new());
    loaded.configuration
}

#[test]
fn a_new_folder_has_an_api_behind_a_product_and_a_key() {
    let scratch = Scratch::new();
    let written = made(&scratch, "My Pets!", YAML, key()).unwrap();
    assert_eq!(written.api.as_str(), "my-pets");
    let c = read(&scratch);
    let api = &c.apis[0];
    assert_eq!(
        (api.name.as_str(), api.path.as_str()),
        ("Pet Store", "my-pets")
    );
    assert_eq!(api.service_url.as_deref(), Some("http://127.0.0.1:8080/v1"));
    assert!(api.subscription_required && api.policy.is_some() && api.protocols.plain);
    assert_eq!(api.operations[0].template.as_str(), "/pets/{id}");
    assert_eq!(c.products[0].apis[0], api.id);
    assert!(
        c.products[0]
            .policy
            .as_ref()
            .unwrap()
            .text
            .contains("<rate-limit ")
    );
    let subscription = &c.subscriptions[0];
    assert_eq!(
        subscription.scope,
        SubscriptionScope::Product(c.products[0].id.clone())
    );
    assert_eq!(subscription.state, SubscriptionState::Active);
    let digest = &subscription.primary_key.as_ref().unwrap().source;
    assert_eq!(*digest, SecretSource::Sha256([0xab; 32]));
}

#[test]
fn an_open_folder_has_no_product_and_a_limit_for_each_address() {
    let scratch = Scratch::new();
    let written = made(&scratch, "open", JSON, Auth::None).unwrap();
    assert!(
        written
            .files
            .iter()
            .any(|f| f.ends_with("specification.json"))
    );
    let c = read(&scratch);
    assert!(!c.apis[0].subscription_required && c.products.is_empty());
    assert_eq!(c.apis[0].name, "open");
    assert!(
        c.apis[0]
            .policy
            .as_ref()
            .unwrap()
            .text
            .contains("<rate-limit-by-key ")
    );
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let scratch = Scratch::of(&[("new/mine.txt", "keep")]);
    let refused = made(&scratch, "x", YAML, key());
    assert!(
        matches!(refused, Err(CannotWrite::NotEmpty(_))),
        "{refused:?}"
    );
    let scratch = Scratch::new();
    made(&scratch, "x", YAML, key()).unwrap();
    assert!(made(&scratch, "x", YAML, key()).is_err());
}

#[test]
fn what_cannot_be_named_or_called_is_refused_before_anything_is_written() {
    let scratch = Scratch::new();
    let refused = made(&scratch, "!!", YAML, key());
    assert!(matches!(refused, Err(CannotWrite::Name(_))));
    let description = describe(YAML);
    let new = NewFolder {
        name: "x",
        path: None,
        description: &description,
        description_text: YAML,
        backend: "pets.internal",
        auth: key(),
    };
    let refused = write(&scratch.path().join("new"), &new).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "`pets.internal` is not the base URL of a service: write `https://` and its host"
    );
    assert!(!scratch.path().join("new").exists());
}
