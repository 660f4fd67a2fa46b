//! What stands around a policy, from the lines of `text given`.
//!
//! ```text
//! api flights [at PATH] [before URL] [protected]
//! operation get-flight GET /{id}            (of the first API)
//! operation hotels/get-hotel GET /{id}
//! response get-flight 200 application/json {"id": 1}
//! product starter [open]                    (with every API in it)
//! subscription alice product starter key alice-key
//! subscription bob api flights key bob-key
//! subscription carol all key carol-key
//! backend orders https://orders.test/v2 [header NAME VALUE] [query NAME VALUE]
//! named-value tenant contoso
//! secret password hunter2
//! ```
//!
//! Without an `api` there is `flights`; an API without an `operation` has one for each method, with
//! the template `/*`.

use portcullis_model::api::{Api, Operation};
use portcullis_model::backend::BackendKind;
use portcullis_model::config::{NamedValue, NamedValueText};
use portcullis_model::id::OperationId;
use portcullis_model::policy::{PolicyText, Scope};
use portcullis_model::product::{Product, SubscriptionScope};
use portcullis_model::{Configuration, Sources};
use portcullis_testkit::noun;

use crate::example::{Example, Problem};

const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// The configuration of an example.
pub(crate) fn configuration(
    example: &Example,
    sources: &mut Sources,
) -> Result<Configuration, Vec<Problem>> {
    let mut site = Site::default();
    let mut problems = Vec::new();
    for (line, text) in &example.given {
        if let Err(what) = site.line(text) {
            problems.push((*line, format!("`{text}`: {what}")));
        }
    }
    let mut configuration = site.finish();
    for (name, text) in &example.fragments {
        let text = noun::policy(sources, &format!("fragment {name}"), text);
        configuration.fragments.push(noun::fragment(name, text));
    }
    for document in &example.documents {
        let name = format!("{} policy", document.scope);
        let text = noun::policy(sources, &name, &document.text);
        let placed = place(
            &mut configuration,
            document.scope,
            document.of.as_deref(),
            &text,
        );
        if placed == 0 {
            problems.push((
                document.line,
                "there is nothing to attach the document to".to_owned(),
            ));
        }
    }
    if problems.is_empty() {
        Ok(configuration)
    } else {
        Err(problems)
    }
}

#[derive(Debug, Default)]
struct Site {
    configuration: Configuration,
    operations: Vec<(Option<String>, Operation)>,
}

impl Site {
    fn line(&mut self, line: &str) -> Result<(), String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let configuration = &mut self.configuration;
        match &*words {
            ["api", id, rest @ ..] => configuration.apis.push(api(id, rest)?),
            ["operation", name, method, template] => {
                let (api, id) = name
                    .split_once('/')
                    .map_or((None, *name), |(a, o)| (Some(a), o));
                let operation = noun::operation(id, method, template);
                self.operations.push((api.map(str::to_owned), operation));
            }
            ["response", operation, status, rest @ ..] => {
                self.response(operation, status, rest)?;
            }
            ["product", id] => configuration.products.push(noun::product(id, &[])),
            ["product", id, "open"] => {
                let product = noun::product(id, &[]);
                configuration.products.push(Product {
                    subscription_required: false,
                    ..product
                });
            }
            ["subscription", id, scope @ .., "key", key] => {
                let scope = match scope {
                    ["all"] => SubscriptionScope::AllApis,
                    ["product", id] => noun::of_product(id),
                    ["api", id] => noun::of_api(id),
                    _ => return Err("`all`, `product NAME` or `api NAME` is meant".to_owned()),
                };
                configuration
                    .subscriptions
                    .push(noun::subscription(id, scope, key));
            }
            ["backend", id, url, rest @ ..] => configuration.backends.push(backend(id, url, rest)?),
            ["named-value", name, rest @ ..] => {
                configuration
                    .named_values
                    .push(noun::named_value(name, &rest.join(" ")));
            }
            ["secret", name, rest @ ..] => {
                let secret = NamedValueText::Secret(noun::clear(&rest.join(" ")));
                let value = NamedValue {
                    value: secret,
                    ..noun::named_value(name, "")
                };
                configuration.named_values.push(value);
            }
            _ => return Err("nothing like this can be given".to_owned()),
        }
        Ok(())
    }

    fn response(&mut self, operation: &str, status: &str, rest: &[&str]) -> Result<(), String> {
        let status: u16 = status
            .parse()
            .map_err(|_| "a response has a status".to_owned())?;
        let operation = self
            .operations
            .iter_mut()
            .find(|(_, o)| o.id.as_str() == operation);
        let (_, operation) = operation.ok_or("there is no such operation")?;
        let declared = match rest {
            [] => {
                let empty = noun::response(status, "", None);
                portcullis_model::api::ResponseDescription {
                    representations: Vec::new(),
                    ..empty
                }
            }
            [kind] => noun::response(status, kind, None),
            [kind, example @ ..] => noun::response(status, kind, Some(&example.join(" "))),
        };
        match operation
            .responses
            .iter_mut()
            .find(|r| r.status == Some(status))
        {
            Some(known) => known.representations.extend(declared.representations),
            None => operation.responses.push(declared),
        }
        Ok(())
    }

    fn finish(mut self) -> Configuration {
        let mut configuration = self.configuration;
        if configuration.apis.is_empty() {
            configuration.apis.push(noun::api("flights"));
        }
        for (at, api) in configuration.apis.iter_mut().enumerate() {
            let is_of = |of: &Option<String>| match of {
                Some(of) => of == api.id.as_str(),
                None => at == 0,
            };
            let own = self.operations.extract_if(.., |(of, _)| is_of(of));
            let mut operations: Vec<Operation> = own.map(|(_, operation)| operation).collect();
            if operations.is_empty() {
                let default = |m: &&str| noun::operation(&m.to_lowercase(), m, "/*");
                operations = METHODS.iter().map(default).collect();
            }
            api.operations = operations.into();
        }
        let apis: Vec<_> = configuration
            .apis
            .iter()
            .map(|api| api.id.clone())
            .collect();
        for product in &mut configuration.products {
            product.apis.clone_from(&apis);
        }
        configuration
    }
}

fn api(id: &str, words: &[&str]) -> Result<Api, String> {
    let mut api = noun::api(id);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "at" => {
                let path = words.next().ok_or("`at` is followed by a path")?;
                let path = portcullis_model::api::ApiPath::parse(path);
                api.path = path.map_err(|e| e.to_string())?;
            }
            "before" => {
                let url = words.next().ok_or("`before` is followed by a URL")?;
                api.service_url = Some((*url).to_owned());
            }
            "protected" => api.subscription_required = true,
            other => return Err(format!("an API is not `{other}`")),
        }
    }
    Ok(api)
}

fn backend(
    id: &str,
    url: &str,
    words: &[&str],
) -> Result<portcullis_model::backend::Backend, String> {
    let mut backend = noun::backend(id, url);
    let BackendKind::Single(single) = &mut backend.kind else {
        return Err("a single backend".to_owned());
    };
    for added in words.chunks(3) {
        match added {
            ["header", name, value] => {
                single
                    .headers
                    .push(((*name).to_owned(), vec![noun::clear(value)]));
            }
            ["query", name, value] => {
                single
                    .query
                    .push(((*name).to_owned(), vec![noun::clear(value)]));
            }
            _ => return Err("`header NAME VALUE` or `query NAME VALUE` may follow".to_owned()),
        }
    }
    Ok(backend)
}

/// Puts a document where it belongs; says in how many places.
fn place(
    configuration: &mut Configuration,
    scope: Scope,
    of: Option<&str>,
    text: &PolicyText,
) -> usize {
    let is_meant = |id: &str| of.is_none_or(|of| of == id);
    match scope {
        Scope::Global | Scope::Workspace => {
            configuration.policy = Some(text.clone());
            1
        }
        Scope::Product => {
            let products = configuration.products.iter_mut();
            let meant = products.filter(|product| is_meant(product.id.as_str()));
            meant
                .map(|product| product.policy = Some(text.clone()))
                .count()
        }
        Scope::Api => {
            let meant = configuration
                .apis
                .iter_mut()
                .filter(|api| is_meant(api.id.as_str()));
            meant.map(|api| api.policy = Some(text.clone())).count()
        }
        Scope::Operation => configuration
            .apis
            .iter_mut()
            .map(|api| place_operation(api, of, text))
            .sum(),
    }
}

fn place_operation(api: &mut Api, of: Option<&str>, text: &PolicyText) -> usize {
    let (in_api, of) = match of.and_then(|of| of.split_once('/')) {
        Some((in_api, of)) => (Some(in_api), Some(of)),
        None => (None, of),
    };
    if in_api.is_some_and(|id| id != api.id.as_str()) {
        return 0;
    }
    let is_meant = |id: &OperationId| of.is_none_or(|of| of == id.as_str());
    let meant = api
        .operations
        .iter()
        .map(|o| &o.id)
        .filter(|id| is_meant(id));
    let placed: Vec<_> = meant.map(|id| (id.clone(), text.clone())).collect();
    let count = placed.len();
    api.operation_policies.extend(placed);
    count
}

#[test]
fn what_is_given_is_built() {
    let mut site = Site::default();
    let lines = "api flights at travel/flights protected\napi hotels before http://h.test\n\
                 operation get-flight GET /{id}\noperation hotels/get-hotel GET /{id}\n\
                 response get-flight 200 application/json {\"a\": 1}\nproduct starter\n\
                 subscription alice product starter key k\nnamed-value tenant contoso ltd\n\
                 backend b https://b.test/v2 header X-Key secret query code x";
    for line in lines.lines() {
        assert_eq!(site.line(line), Ok(()), "{line}");
    }
    for wrong in [
        "api x at",
        "response nothing 200",
        "subscription a key k",
        "moon full",
    ] {
        assert!(site.line(wrong).is_err(), "{wrong}");
    }
    let mut site = site.finish();
    assert_eq!(site.apis[0].path.as_str(), "travel/flights");
    let example = site.apis[0].operations[0].responses[0].representations[0]
        .example
        .as_deref();
    assert_eq!(example, Some("{\"a\": 1}"));
    assert_eq!(
        (site.apis[1].operations.len(), site.products[0].apis.len()),
        (1, 2)
    );
    let text = PolicyText::unreadable(noun::NOWHERE.0);
    assert_eq!(
        place(&mut site, Scope::Operation, Some("hotels/get-hotel"), &text),
        1
    );
    assert_eq!(place(&mut site, Scope::Api, None, &text), 2);
    assert_eq!(place(&mut site, Scope::Product, Some("gold"), &text), 0);
}
