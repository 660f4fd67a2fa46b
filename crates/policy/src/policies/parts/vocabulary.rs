//! Words that several policies share, with one meaning.

use crate::grammar::{AttributeSpec, Kind, optional};

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
