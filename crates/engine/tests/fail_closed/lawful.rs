//! What may be left out or emptied because that is another configuration, not a broken one: an
//! optional thing whose documented default is laxer, or a text that may be any. Every line was looked
//! at; none may be added without its reason.

use crate::breakage::{Breakage, How};

/// Exceptions of one reason.
struct Lawful {
    /// How the file's path ends.
    file: &'static str,
    /// How the places in it end.
    places: &'static [&'static str],
    how: &'static [How],
    why: &'static str,
}

use How::{Emptied, Garbled, Removed, Unresolved};

const LAWFUL: &[Lawful] = &[
    // === Policies ===
    Lawful {
        file: "policy.xml",
        places: &[
            "set-header/value/text",
            "set-query-parameter/value/text",
            "set-body/text",
            "set-variable/@value",
            "find-and-replace/@to",
        ],
        how: &[Emptied],
        why: "a free text: the empty one is one",
    },
    Lawful {
        file: "policy.xml",
        places: &["forward-request/@timeout"],
        how: &[Removed],
        why: "the default is 300 seconds, for everybody",
    },
    Lawful {
        file: "policy.xml",
        places: &["rewrite-uri/@copy-unmatched-params"],
        how: &[Removed],
        why: "the default is `true`",
    },
    Lawful {
        file: "policy.xml",
        places: &["rate-limit/@remaining-calls-header-name"],
        how: &[Removed],
        why: "the caller is not told, but limited all the same",
    },
    Lawful {
        file: "policy.xml",
        places: &[
            "cors/@terminate-unmatched-request",
            "cors/@allow-credentials",
            "allowed-methods/@preflight-result-max-age",
        ],
        how: &[Removed],
        why: "the defaults allow a browser less: answers lack the header, unmatched calls end",
    },
    // === Information files ===
    Lawful {
        file: "Information.json",
        places: &["displayName"],
        how: &[Emptied, Garbled, Removed, Unresolved],
        why: "a name for people: policies read it as a free text, the default is the resource's name",
    },
    Lawful {
        file: "namedValueInformation.json",
        places: &["value"],
        how: &[Garbled, Unresolved],
        why: "a free text; it is not looked into for further named values",
    },
    Lawful {
        file: "apiInformation.json",
        places: &["serviceUrl"],
        how: &[Removed],
        why: "without it the first server of the description counts, as an import has it",
    },
    Lawful {
        file: "apiInformation.json",
        places: &["properties.path"],
        how: &[Emptied],
        why: "the empty path is one: the API is at the root",
    },
    Lawful {
        file: "apiInformation.json",
        places: &[
            "subscriptionKeyParameterNames",
            "subscriptionKeyParameterNames.header",
            "subscriptionKeyParameterNames.query",
        ],
        how: &[Emptied, Removed],
        why: "the key then stands in the header or parameter of the usual name",
    },
    Lawful {
        file: "apiInformation.json",
        places: &["apiVersion"],
        how: &[Emptied, Removed],
        why: "in a version set that is the original, reached without a version",
    },
    Lawful {
        file: "apiInformation.json",
        places: &["isOnline"],
        how: &[Removed],
        why: "an API is online unless it says otherwise",
    },
    Lawful {
        file: "productInformation.json",
        places: &["subscriptionRequired"],
        how: &[Removed],
        why: "a subscription is needed; APIs that need none by themselves are open beside the product",
    },
    Lawful {
        file: "subscriptionInformation.json",
        places: &["expirationDate"],
        how: &[Removed],
        why: "a subscription ends only if it says when",
    },
    Lawful {
        file: "backendInformation.json",
        places: &[
            "credentials",
            "credentials.header",
            "credentials.query",
            "credentials.authorization",
            "X-Token",
            "from",
        ],
        how: &[Emptied, Removed],
        why: "the backend is sent nothing it could take for a credential, and decides itself",
    },
];

/// Why a breakage breaks nothing.
pub(crate) fn reason(breakage: &Breakage) -> Option<&'static str> {
    let fits = |lawful: &&Lawful| {
        breakage.file.ends_with(lawful.file)
            && lawful.places.iter().any(|end| is_end(&breakage.place, end))
            && lawful.how.contains(&breakage.how)
    };
    LAWFUL.iter().find(fits).map(|lawful| lawful.why)
}

/// Whether a place ends with whole names.
fn is_end(place: &str, end: &str) -> bool {
    let before = place.strip_suffix(end);
    before.is_some_and(|before| before.is_empty() || before.ends_with(['/', '.']))
}
