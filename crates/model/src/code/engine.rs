//! Codes of the engine, which puts a configuration together.

use super::{Code, Entry};

/// Every code of this family.
pub(super) const ALL: &[Code] = &[
    POLICY_BROKEN,
    BACKEND_NOT_FOUND,
    BACKEND_UNUSABLE,
    FRAGMENT_NOT_FOUND,
    FRAGMENT_BROKEN,
    FRAGMENT_CYCLE,
    BACKEND_URL,
    NAMED_VALUE_UNAVAILABLE,
    DUPLICATE_KEY,
    KEY_UNAVAILABLE,
    DUPLICATE_ROUTE,
    DANGLING_REFERENCE,
    API_UNSUPPORTED,
    SECOND_OPEN_PRODUCT,
    OPEN_OPERATION,
    NO_BACKEND,
    UNPUBLISHED_OPEN_PRODUCT,
    UNKNOWN_URL,
    UNKNOWN_MEMBERSHIP,
];

/// A policy document that does not compile.
pub const POLICY_BROKEN: Code = Code(&Entry {
    id: "E0002",
    title: "policy does not compile",
    meaning: "A policy document that the operation needs does not compile, so the operation answers 503: a policy is never skipped.",
    mend: "Mend the errors that `portcullis check` reports for the document.",
});

/// A reference to a backend that is not there.
pub const BACKEND_NOT_FOUND: Code = Code(&Entry {
    id: "E0003",
    title: "backend not found",
    meaning: "A policy refers to a backend entity that the configuration does not have.",
    mend: "Add the backend, or correct the `backend-id`.",
});

/// A backend that is there and cannot be used.
pub const BACKEND_UNUSABLE: Code = Code(&Entry {
    id: "E0004",
    title: "backend unusable",
    meaning: "The backend entity exists, but it cannot be forwarded to: its URL, its credentials or its kind.",
    mend: "Mend the backend as the message says.",
});

/// A reference to a fragment that is not there.
pub const FRAGMENT_NOT_FOUND: Code = Code(&Entry {
    id: "E0005",
    title: "policy fragment not found",
    meaning: "A policy includes a fragment that the configuration does not have or that could not be read.",
    mend: "Add the fragment, or correct the `fragment-id`.",
});

/// A fragment that does not compile where it is included.
pub const FRAGMENT_BROKEN: Code = Code(&Entry {
    id: "E0006",
    title: "policy fragment does not compile here",
    meaning: "The fragment has mistakes of its own, or a policy in it may not stand in the section that includes it.",
    mend: "Check the fragment alone, then include it in a section where all its policies may stand.",
});

/// Fragments that include each other.
pub const FRAGMENT_CYCLE: Code = Code(&Entry {
    id: "E0007",
    title: "policy fragment includes itself",
    meaning: "Fragments include each other in a circle, or deeper than eight levels.",
    mend: "Break the circle.",
});

/// A base URL that is none.
pub const BACKEND_URL: Code = Code(&Entry {
    id: "E0008",
    title: "unusable base URL",
    meaning: "The base URL of a service is not an absolute http or https URL.",
    mend: "Write it as `https://host[:port]/path`, without credentials.",
});

/// A named value whose text cannot be had.
pub const NAMED_VALUE_UNAVAILABLE: Code = Code(&Entry {
    id: "E0009",
    title: "named value unavailable",
    meaning: "The named value exists, but its text cannot be had: an environment variable or file is missing, or the vault is not supported yet.",
    mend: "Provide the variable or file, or write the value as `env:NAME`, `file:PATH` or `sealed:…`.",
});

/// Two subscriptions with one key.
pub const DUPLICATE_KEY: Code = Code(&Entry {
    id: "E0010",
    title: "key used twice",
    meaning: "Two subscriptions have the same key, so a call with it could be taken for either.",
    mend: "Give each subscription keys of its own.",
});

/// A subscription key whose text cannot be had.
pub const KEY_UNAVAILABLE: Code = Code(&Entry {
    id: "E0011",
    title: "subscription key unavailable",
    meaning: "The key's reference leads nowhere or to an empty text, so no call is let in by that key.",
    mend: "Provide the environment variable or file, or seal the key with `portcullis key seal`.",
});

/// Two APIs at one place.
pub const DUPLICATE_ROUTE: Code = Code(&Entry {
    id: "E0012",
    title: "two APIs at one URL",
    meaning: "Two APIs have the same URL suffix and version, or one of them has versions in a header or query parameter and the other none, so a call could be taken for either; neither is served.",
    mend: "Give one of them another suffix or version.",
});

/// A reference to an entity that is not there.
pub const DANGLING_REFERENCE: Code = Code(&Entry {
    id: "E0013",
    title: "reference leads nowhere",
    meaning: "A product, subscription or API refers to an entity that the configuration does not have; nothing is opened by it.",
    mend: "Add the entity, or correct the reference.",
});

/// An API of a kind that cannot be served yet.
pub const API_UNSUPPORTED: Code = Code(&Entry {
    id: "E0014",
    title: "kind of API not served yet",
    meaning: "The API is loaded, but this version cannot serve its kind, so its routes answer 503.",
    mend: "Keep the API on a gateway that serves it.",
});

/// Two open products for one API.
pub const SECOND_OPEN_PRODUCT: Code = Code(&Entry {
    id: "E0015",
    title: "two open products for one API",
    meaning: "An API may be in one product that needs no subscription, for a call without key could not tell which product's policies run.",
    mend: "Make one of the products require a subscription, or take the API out of it.",
});

/// An operation that anybody may call.
pub const OPEN_OPERATION: Code = Code(&Entry {
    id: "E0016",
    title: "open operation",
    meaning: "The operation needs no key, token, certificate or other authorization: anybody may call it.",
    mend: "Require a subscription, or add a policy that authorizes callers. Where it is meant to be open, leave it and set `security.open_operations` to `warn`.",
});

/// An operation without a backend.
pub const NO_BACKEND: Code = Code(&Entry {
    id: "E0017",
    title: "no backend",
    meaning: "The request was to be forwarded, but neither the API nor a policy says where to.",
    mend: "Set the API's `serviceUrl`, or use `set-backend-service`.",
});

/// An open product that is not published.
pub const UNPUBLISHED_OPEN_PRODUCT: Code = Code(&Entry {
    id: "E0018",
    title: "open product not published",
    meaning: "A product that is not published needs no subscription. Publishing decides who finds a product, not who may call: anybody may call its APIs.",
    mend: "Make the product require a subscription, or publish it if its APIs are meant to be open.",
});

/// An API whose URL is not known.
pub const UNKNOWN_URL: Code = Code(&Entry {
    id: "E0019",
    title: "URL of an API not known",
    meaning: "An API could not be read so far that its URL is known. Its calls could be taken for those of another API, so operations of others with parameters or wildcards in their URL templates are not served.",
    mend: "Mend the information file of the API that the message names.",
});

/// A product that may hold an API.
pub const UNKNOWN_MEMBERSHIP: Code = Code(&Entry {
    id: "E0020",
    title: "API may be in an open product",
    meaning: "A link of an open product, or the product itself, could not be read, so the API may be in it. Calls without a key would run without its policy, so they are not served.",
    mend: "Mend the link or the product that the message names.",
});
