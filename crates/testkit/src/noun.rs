//! Nouns with complete defaults: a test changes what matters to it with `..`.
//!
//! ```text
//! let api = Api { subscription_required: true, ..noun::api("flights") };
//! ```

use std::sync::Arc;

use portcullis_model::api::{
    Api, ApiKind, ApiPath, KeyNames, Operation, Protocols, Representation, ResponseDescription,
    UrlTemplate,
};
use portcullis_model::backend::{Backend, BackendKind, SingleBackend, Verify};
use portcullis_model::config::{Fragment, NamedValue, NamedValueText};
use portcullis_model::id::{
    ApiId, BackendId, FragmentId, NamedValueId, OperationId, ProductId, Revision, SubscriptionId,
};
use portcullis_model::policy::{PolicyFormat, PolicyText};
use portcullis_model::product::{
    Product, ProductState, Subscription, SubscriptionScope, SubscriptionState,
};
use portcullis_model::secret::{Secret, SecretRef, SecretSource};
use portcullis_model::{SourceId, Sources, Span};

/// Where things stand that were written nowhere.
pub const NOWHERE: (SourceId, Span) = (SourceId(u32::MAX), Span { start: 0, end: 0 });

/// An open API below the suffix of its id, in front of `http://backend.test`, without operations.
pub fn api(id: &str) -> Api {
    Api {
        id: must(ApiId::parse(id)),
        revision: Revision::default(),
        is_current: true,
        name: title(id),
        description: None,
        path: must(ApiPath::parse(id)),
        version: None,
        protocols: Protocols {
            plain: true,
            secure: true,
        },
        service_url: Some("http://backend.test".to_owned()),
        subscription_required: false,
        key_names: KeyNames::default(),
        kind: ApiKind::Http,
        operations: Arc::default(),
        policy: None,
        operation_policies: Vec::new(),
        at: NOWHERE,
    }
}

/// An operation without declared responses.
pub fn operation(id: &str, method: &str, template: &str) -> Operation {
    Operation {
        id: must(OperationId::parse(id)),
        name: title(id),
        description: None,
        method: method.to_owned(),
        template: must(UrlTemplate::parse(template)),
        responses: Vec::new(),
    }
}

/// A declared response with one representation.
pub fn response(status: u16, content_type: &str, example: Option<&str>) -> ResponseDescription {
    let content_type = content_type.to_owned();
    let example = example.map(Arc::from);
    ResponseDescription {
        status: Some(status),
        description: None,
        representations: vec![Representation {
            content_type,
            example,
        }],
    }
}

/// A published product that needs a subscription.
pub fn product(id: &str, apis: &[&str]) -> Product {
    Product {
        id: must(ProductId::parse(id)),
        name: title(id),
        description: None,
        state: ProductState::Published,
        subscription_required: true,
        approval_required: false,
        subscriptions_limit: None,
        apis: apis.iter().map(|id| must(ApiId::parse(id))).collect(),
        doubts: Vec::new(),
        groups: Vec::new(),
        policy: None,
        at: NOWHERE,
    }
}

/// An active subscription with one key.
pub fn subscription(id: &str, scope: SubscriptionScope, key: &str) -> Subscription {
    Subscription {
        id: must(SubscriptionId::parse(id)),
        name: title(id),
        scope,
        state: SubscriptionState::Active,
        owner: None,
        primary_key: Some(clear(key)),
        secondary_key: None,
        created: None,
        starts: None,
        ends: None,
        at: NOWHERE,
    }
}

/// The scope that opens one product.
pub fn of_product(id: &str) -> SubscriptionScope {
    SubscriptionScope::Product(must(ProductId::parse(id)))
}

/// The scope that opens one API.
pub fn of_api(id: &str) -> SubscriptionScope {
    SubscriptionScope::Api(must(ApiId::parse(id)))
}

/// A backend entity that adds nothing.
pub fn backend(id: &str, url: &str) -> Backend {
    let single = SingleBackend {
        url: url.to_owned(),
        headers: Vec::new(),
        query: Vec::new(),
        authorization: None,
        verify_chain: Verify::Yes,
        verify_name: Verify::Yes,
    };
    Backend {
        id: must(BackendId::parse(id)),
        title: None,
        kind: BackendKind::Single(single),
        at: NOWHERE,
    }
}

/// A named value that everybody may read.
pub fn named_value(name: &str, text: &str) -> NamedValue {
    NamedValue {
        id: must(NamedValueId::parse(name)),
        display_name: name.to_owned(),
        value: NamedValueText::Plain(text.to_owned()),
        at: NOWHERE,
    }
}

/// A fragment.
pub fn fragment(id: &str, text: PolicyText) -> Fragment {
    Fragment {
        id: must(FragmentId::parse(id)),
        description: None,
        text,
    }
}

/// A policy text as written, entered into `sources`.
pub fn policy(sources: &mut Sources, name: &str, text: &str) -> PolicyText {
    let text: Arc<str> = Arc::from(text);
    let source = sources.add(name, Arc::clone(&text));
    PolicyText {
        source,
        text,
        format: PolicyFormat::Raw,
    }
}

/// A secret in clear.
pub fn clear(text: &str) -> SecretRef {
    SecretRef {
        source: SecretSource::Clear(Secret::new(text)),
        at: NOWHERE,
    }
}

/// `get-flight` → `Get flight`.
fn title(id: &str) -> String {
    let mut chars = id.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first
        .into_iter()
        .chain(chars)
        .map(|c| if c == '-' { ' ' } else { c })
        .collect()
}

#[expect(clippy::panic, reason = "a test that names a noun wrongly must fail")]
fn must<T, E: std::fmt::Display>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_complete() {
        let api = Api {
            subscription_required: true,
            ..api("flight-times")
        };
        assert_eq!(
            (&*api.name, api.path.as_str()),
            ("Flight times", "flight-times")
        );
        assert_eq!(
            operation("a", "GET", "/{id}").template.parameters().count(),
            1
        );
    }
}
