//! Codes of API descriptions.

use super::{Code, Entry};

/// Every code of this family.
pub(super) const ALL: &[Code] = &[
    UNREADABLE_DESCRIPTION,
    OVERSIZED_DESCRIPTION,
    UNKNOWN_DESCRIPTION,
    UNEXPECTED_VALUE,
    UNRESOLVED_REFERENCE,
    UNSERVED_OPERATION,
    REPEATED_OPERATION,
    UNPLACED_PARAMETER,
    NO_OPERATIONS,
];

/// unreadable API description
pub const UNREADABLE_DESCRIPTION: Code = Code(&Entry {
    id: "S0001",
    title: "unreadable API description",
    meaning: "The API description is neither JSON nor YAML that can be read.",
    mend: "Mend the syntax at the place that is shown, or export the description again.",
});

/// API description beyond the limits
pub const OVERSIZED_DESCRIPTION: Code = Code(&Entry {
    id: "S0002",
    title: "API description beyond the limits",
    meaning: "The API description is longer, deeper or has more values or operations than are \
              read. YAML aliases count as often as they are used.",
    mend: "Split the API into several, or take unused schemas out of the description.",
});

/// unknown kind of API description
pub const UNKNOWN_DESCRIPTION: Code = Code(&Entry {
    id: "S0003",
    title: "unknown kind of API description",
    meaning: "The text is JSON or YAML, but it does not say that it is OpenAPI 2, 3.0 or 3.1.",
    mend: "Put `openapi: 3.0.3` (or `swagger: '2.0'`) at its top level, or convert it.",
});

/// unexpected value in an API description
pub const UNEXPECTED_VALUE: Code = Code(&Entry {
    id: "S0004",
    title: "unexpected value in an API description",
    meaning: "A part of the API description has another type than OpenAPI gives it, and what \
              stands below it is not read.",
    mend: "Write the value as the message says.",
});

/// reference that leads nowhere
pub const UNRESOLVED_REFERENCE: Code = Code(&Entry {
    id: "S0005",
    title: "reference that leads nowhere",
    meaning: "A `$ref` names a place that does not exist in the description, or another file or \
              address. Only references within the text are followed.",
    mend: "Correct the reference, or bundle the description into one file.",
});

/// operation that cannot be served
pub const UNSERVED_OPERATION: Code = Code(&Entry {
    id: "S0006",
    title: "operation that cannot be served",
    meaning: "The operation's path is not a URL template that requests can be matched against; \
              the operation is left out and answers 404.",
    mend: "Give each path segment at most one parameter, and each parameter a name of its own.",
});

/// operation that stands twice
pub const REPEATED_OPERATION: Code = Code(&Entry {
    id: "S0007",
    title: "operation that stands twice",
    meaning: "Two operations have the same method and URL template; the later one is left out.",
    mend: "Remove one of them, or tell them apart by a required query parameter.",
});

/// parameter outside of the URL template
pub const UNPLACED_PARAMETER: Code = Code(&Entry {
    id: "S0008",
    title: "parameter outside of the URL template",
    meaning: "A required query parameter cannot become part of the operation's URL template, \
              so that requests without it match the operation too.",
    mend: "Rename the parameter so that no other of the operation has its name and it contains \
           none of `&={}#*`.",
});

/// API description without operations
pub const NO_OPERATIONS: Code = Code(&Entry {
    id: "S0009",
    title: "API description without operations",
    meaning: "The API description has no operation that can be served, so the API answers 404 to \
              everything.",
    mend: "Add paths to the description, or remove the API.",
});
