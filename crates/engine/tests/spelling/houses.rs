//! Configurations in which something is protected and something beside it is open. The backend is one
//! for all of them, and sees the paths that callers write.

use std::sync::Arc;

use portcullis_model::api::{Api, ApiPath, ApiVersion, VersionScheme, VersionSet};
use portcullis_model::id::{OperationId, Revision, VersionSetId};
use portcullis_model::product::Product;
use portcullis_model::{Configuration, Sources};
use portcullis_testkit::noun;

/// Answers as if a key were missing.
const DENY: &str = "<policies><inbound><return-response><set-status code=\"401\" reason=\"No\" />\
                    </return-response></inbound></policies>";

/// A configuration, and what of it is protected.
pub(crate) struct House {
    pub(crate) name: &'static str,
    pub(crate) configuration: Configuration,
    /// Paths that answer 401 to callers without a key.
    pub(crate) protected: &'static [&'static str],
    /// Paths that everybody may call, and that reach the backend as they are.
    pub(crate) open: &'static [&'static str],
}

/// An open API at `path` with these templates; those after a `!` deny.
fn api(sources: &mut Sources, id: &str, path: &str, templates: &[&str]) -> Api {
    let mut operations = Vec::new();
    let mut policies = Vec::new();
    for (at, template) in templates.iter().enumerate() {
        let name = format!("op{at}");
        let denies = template.strip_prefix('!');
        operations.push(noun::operation(&name, "GET", denies.unwrap_or(template)));
        if denies.is_some() {
            let deny = noun::policy(sources, "deny", DENY);
            policies.push((OperationId::parse(&name).unwrap(), deny));
        }
    }
    let base = if path.is_empty() { "" } else { "/" };
    Api {
        path: ApiPath::parse(path).unwrap(),
        service_url: Some(format!("http://backend.test{base}{path}")),
        operations: Arc::from(operations),
        operation_policies: policies,
        ..noun::api(id)
    }
}

fn one(templates: &[&str]) -> Configuration {
    Configuration {
        apis: vec![api(&mut Sources::default(), "one", "", templates)],
        ..Configuration::default()
    }
}

pub(crate) fn fixed_text() -> House {
    House {
        name: "fixed text",
        configuration: one(&["!/admin", "!/admin/users", "/*"]),
        protected: &["/admin", "/admin/users"],
        open: &[
            "/",
            "/x",
            "/x;v=1/y",
            "/a%20b",
            "/caf%C3%A9",
            "/a+b@c:d,e",
            "//x",
            "/x//y",
            "/100%25",
            "/C%23",
            "/who%3F/x",
            "/v1.",
            "/a%2520b",
            "/administrator",
        ],
    }
}

pub(crate) fn parameters() -> House {
    House {
        name: "parameters",
        configuration: one(&["!/users/{id}", "!/users/{id}/keys", "/{*rest}", "/users"]),
        protected: &["/users/7", "/users/a.b", "/users/7/keys"],
        open: &["/users", "/user/7", "/users/7/keys/1", "/x/users/7"],
    }
}

pub(crate) fn nested() -> House {
    House {
        name: "nested",
        configuration: one(&["!/a/{x}/b", "/a/{x}", "/a/{x}/b/c", "!/a/z", "/*"]),
        protected: &["/a/1/b", "/a/z"],
        open: &["/a/1", "/a/1/b/c", "/a/1;v/b/c", "/a/C%23", "/a/%23general"],
    }
}

pub(crate) fn dressed() -> House {
    House {
        name: "text around parameters",
        configuration: one(&[
            "!/report-{n}.pdf",
            "!/users:purge",
            "!/caf\u{e9}/{x}",
            "!/\u{e9}t\u{e9}-{n}",
            "!/sk/{k}",
            "/*",
        ]),
        protected: &[
            "/report-7.pdf",
            "/users:purge",
            "/caf%C3%A9/x",
            "/%C3%A9t%C3%A9-1",
            "/sk/1",
        ],
        open: &["/report-.pdf", "/users", "/caf%C3%A9", "/cafe/x"],
    }
}

pub(crate) fn beside_the_root() -> House {
    let sources = &mut Sources::default();
    let admin = Api {
        subscription_required: true,
        ..api(sources, "admin", "admin", &["/panel", "/*"])
    };
    House {
        name: "beside the root",
        configuration: Configuration {
            apis: vec![api(sources, "root", "", &["/*"]), admin],
            ..Configuration::default()
        },
        protected: &["/admin/panel", "/admin/x", "/admin"],
        open: &["/x", "/x/admin/panel", "/x;y/z", "//x"],
    }
}

pub(crate) fn below_a_suffix() -> House {
    let sources = &mut Sources::default();
    let admin = Api {
        subscription_required: true,
        ..api(sources, "admin", "shop/admin", &["/*"])
    };
    House {
        name: "below a suffix",
        configuration: Configuration {
            apis: vec![api(sources, "shop", "shop", &["/*"]), admin],
            ..Configuration::default()
        },
        protected: &["/shop/admin/x", "/shop/admin"],
        open: &["/shop/x", "/shop/x/admin", "/shop/x//y"],
    }
}

pub(crate) fn versions() -> House {
    let sources = &mut Sources::default();
    let mut version = |id: &str, name: Option<&str>, needs_key: bool| Api {
        version: Some(ApiVersion {
            set: VersionSetId::parse("set").unwrap(),
            name: name.map(str::to_owned),
        }),
        subscription_required: needs_key,
        service_url: Some(format!(
            "http://backend.test/shop{}{}",
            if name.is_some() { "/" } else { "" },
            name.unwrap_or_default()
        )),
        ..api(sources, id, "shop", &["/*"])
    };
    let configuration = Configuration {
        apis: vec![
            version("original", None, false),
            version("v1", Some("v1"), false),
            version("v2", Some("v2"), true),
        ],
        version_sets: vec![VersionSet {
            id: VersionSetId::parse("set").unwrap(),
            name: "set".to_owned(),
            scheme: VersionScheme::Segment,
        }],
        ..Configuration::default()
    };
    House {
        name: "versions",
        configuration,
        protected: &["/shop/v2/orders", "/shop/v2"],
        open: &["/shop/v1/orders", "/shop/v3/orders", "/shop/x;y"],
    }
}

/// Revision 2 is not current, and protects more.
pub(crate) fn revisions() -> House {
    let sources = &mut Sources::default();
    let current = api(sources, "shop", "shop", &["!/admin", "/*"]);
    let next = Api {
        revision: Revision(2),
        is_current: false,
        ..api(sources, "shop", "shop", &["!/admin", "/*"])
    };
    House {
        name: "revisions",
        configuration: Configuration {
            apis: vec![current, next],
            ..Configuration::default()
        },
        protected: &["/shop/admin", "/shop;rev=1/admin", "/shop;rev=2/admin"],
        open: &["/shop/x", "/shop/x;rev=2", "/shop/x/admin"],
    }
}

/// The API of a product that needs a subscription beside one of a product that needs none.
pub(crate) fn products() -> House {
    let sources = &mut Sources::default();
    let closed = Api {
        subscription_required: true,
        ..api(sources, "closed", "closed", &["/*", "/a/{b}"])
    };
    let open = Api {
        subscription_required: true,
        ..api(sources, "open", "", &["/*"])
    };
    House {
        name: "products",
        configuration: Configuration {
            apis: vec![closed, open],
            products: vec![
                noun::product("gold", &["closed"]),
                Product {
                    subscription_required: false,
                    ..noun::product("free", &["open"])
                },
            ],
            ..Configuration::default()
        },
        protected: &["/closed/x", "/closed/a/1", "/closed"],
        open: &["/x", "/x/closed", "/clos"],
    }
}
