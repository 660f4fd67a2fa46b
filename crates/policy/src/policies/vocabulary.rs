//! Words that several policies share, with one meaning.

use crate::grammar::{AttributeSpec, Kind, optional};

/// What happens with something that does not validate.
pub(super) const ACTION: Kind = Kind::OneOf(&["ignore", "prevent", "detect"]);

/// What happens if a header or parameter is there already.
pub(super) const EXISTS_ACTION: AttributeSpec = optional(
    "exists-action",
    Kind::OneOf(&["override", "skip", "append", "delete"]),
    "what to do if it is there already: replace it, leave it, add to it, or remove it",
)
.or("override");

/// Which cache.
pub(super) const CACHING_TYPE: AttributeSpec = optional(
    "caching-type",
    Kind::OneOf(&["prefer-external", "external", "internal"]),
    "the cache: the external one if there is one, only that, or the built-in one",
)
.or("prefer-external")
.literal();

/// The header that says when to come back.
pub(super) const RETRY_AFTER_HEADER: AttributeSpec = optional(
    "retry-after-header-name",
    Kind::HeaderName,
    "the response header that says after how many seconds to try again",
)
.or("Retry-After")
.literal();

/// The variable that says when to come back.
pub(super) const RETRY_AFTER_VARIABLE: AttributeSpec = optional(
    "retry-after-variable-name",
    Kind::VariableName,
    "the variable that says after how many seconds to try again",
)
.literal();

/// The header that says how much is left.
pub(super) const REMAINING_CALLS_HEADER: AttributeSpec = optional(
    "remaining-calls-header-name",
    Kind::HeaderName,
    "the response header that says how many calls remain",
)
.literal();

/// The variable that says how much is left.
pub(super) const REMAINING_CALLS_VARIABLE: AttributeSpec = optional(
    "remaining-calls-variable-name",
    Kind::VariableName,
    "the variable that says, after each execution, how many calls remain",
)
.literal();

/// The header that says the limit.
pub(super) const TOTAL_CALLS_HEADER: AttributeSpec = optional(
    "total-calls-header-name",
    Kind::HeaderName,
    "the response header that says how many calls are allowed in all",
)
.literal();

/// The variable that receives what did not validate.
pub(super) const ERRORS_VARIABLE: AttributeSpec = optional(
    "errors-variable-name",
    Kind::VariableName,
    "the variable that receives the list of errors",
)
.literal();

/// Whether a failure is passed over.
pub(super) const IGNORE_ERROR: AttributeSpec = optional(
    "ignore-error",
    Kind::Bool,
    "whether to go on after a failure, with `null` for the result",
)
.or("false")
.literal();
