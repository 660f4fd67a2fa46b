//! Words that several policies share, with one meaning.

use crate::grammar::{AttributeSpec, ChildSpec, ElementSpec, Kind, optional, required};

/// What happens with something that does not validate.
pub(in crate::policies) const ACTION: Kind = Kind::OneOf(&["ignore", "prevent", "detect"]);

/// Which cache.
pub(in crate::policies) const CACHING_TYPE: AttributeSpec = optional(
    "caching-type",
    Kind::OneOf(&["prefer-external", "external", "internal"]),
    "the cache: the external one if there is one, only that, or the built-in one",
)
.or("prefer-external")
.literal();

/// The header that says when to come back.
pub(in crate::policies) const RETRY_AFTER_HEADER: AttributeSpec = optional(
    "retry-after-header-name",
    Kind::HeaderName,
    "the response header that says after how many seconds to try again",
)
.or("Retry-After")
.literal();

/// The variable that says when to come back.
pub(in crate::policies) const RETRY_AFTER_VARIABLE: AttributeSpec = optional(
    "retry-after-variable-name",
    Kind::VariableName,
    "the variable that says after how many seconds to try again",
)
.literal();

/// The header that says how much is left.
pub(in crate::policies) const REMAINING_CALLS_HEADER: AttributeSpec = optional(
    "remaining-calls-header-name",
    Kind::HeaderName,
    "the response header that says how many calls remain",
)
.literal();

/// The variable that says how much is left.
pub(in crate::policies) const REMAINING_CALLS_VARIABLE: AttributeSpec = optional(
    "remaining-calls-variable-name",
    Kind::VariableName,
    "the variable that says, after each execution, how many calls remain",
)
.literal();

/// The header that says the limit.
pub(in crate::policies) const TOTAL_CALLS_HEADER: AttributeSpec = optional(
    "total-calls-header-name",
    Kind::HeaderName,
    "the response header that says how many calls are allowed in all",
)
.literal();

/// The variable that receives what did not validate.
pub(in crate::policies) const ERRORS_VARIABLE: AttributeSpec = optional(
    "errors-variable-name",
    Kind::VariableName,
    "the variable that receives the list of errors",
)
.literal();

/// Whether a failure is passed over.
pub(in crate::policies) const IGNORE_ERROR: AttributeSpec = optional(
    "ignore-error",
    Kind::Bool,
    "whether to go on after a failure, with `null` for the result",
)
.or("false")
.literal();

/// Where a token may stand, beside a header.
pub(in crate::policies) const QUERY_PARAMETER_WITH_TOKEN: AttributeSpec = optional(
    "query-parameter-name",
    Kind::Text,
    "the query parameter with the token",
);

/// The token, wherever it comes from.
pub(in crate::policies) const TOKEN_VALUE: AttributeSpec = optional(
    "token-value",
    Kind::Text,
    "the token itself, without scheme",
);

/// The status of a refused token.
pub(in crate::policies) const REFUSAL_STATUS: AttributeSpec = optional(
    "failed-validation-httpcode",
    Kind::Status,
    "the status of a refusal",
)
.or("401");

/// The message of a refused token.
pub(in crate::policies) const REFUSAL_MESSAGE: AttributeSpec = optional(
    "failed-validation-error-message",
    Kind::Text,
    "the message of a refusal",
);

/// The variable that receives a token.
pub(in crate::policies) const TOKEN_VARIABLE: AttributeSpec = optional(
    "output-token-variable-name",
    Kind::VariableName,
    "the variable that receives the token",
)
.literal();

/// The variable that receives a response.
pub(in crate::policies) const RESPONSE_VARIABLE: AttributeSpec = optional(
    "response-variable-name",
    Kind::VariableName,
    "the variable that receives the response",
)
.literal();

/// Whether a failure of the Dapr sidecar is passed over.
pub(in crate::policies) const DAPR_IGNORE_ERROR: AttributeSpec = optional(
    "ignore-error",
    Kind::Bool,
    "whether to go on after a failure",
)
.or("false")
.literal();

/// How long the Dapr sidecar may take.
pub(in crate::policies) const DAPR_TIMEOUT: AttributeSpec = optional(
    "timeout",
    Kind::Seconds { min: 1, max: 240 },
    "how many seconds to wait for the response",
)
.or("5");

/// The language of a text that is sent.
pub(in crate::policies) const TEMPLATE: AttributeSpec = optional(
    "template",
    Kind::OneOf(&["Liquid", "liquid"]),
    "the language of the text",
)
.literal();

/// The type of a text that is sent.
pub(in crate::policies) const TEMPLATE_TYPE: AttributeSpec =
    optional("content-type", Kind::Text, "the type of the text")
        .or("application/json")
        .literal();

/// What the values of a metric are told apart by.
pub(in crate::policies) const DIMENSIONS: ChildSpec = ChildSpec {
    max: Some(10),
    ..ChildSpec::some(&DIMENSION)
};

const DIMENSION: ElementSpec = ElementSpec {
    meaning: "What values are told apart by.",
    attributes: &[
        required("name", Kind::Text, "its name").literal(),
        optional(
            "value",
            Kind::Text,
            "its value; not needed for names that the gateway knows",
        ),
    ],
    ..ElementSpec::new("dimension")
};
