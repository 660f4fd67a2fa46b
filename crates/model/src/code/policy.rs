//! Codes of policy documents.
//!
//! `P00..` the text cannot be read, `P01..` the document has not the structure of one, `P02..` a
//! policy is not written as its specification says, `P03..` named values, `P04..` what follows.

use super::{Code, Entry};

/// Every code of this family.
pub(super) const ALL: &[Code] = &[
    MALFORMED_DOCUMENT,
    TOO_LARGE,
    FORBIDDEN_MARKUP,
    UNKNOWN_ENTITY,
    DUPLICATE_ATTRIBUTE,
    UNENDED_EXPRESSION,
    UNKNOWN_ROOT,
    UNKNOWN_SECTION,
    DUPLICATE_SECTION,
    TEXT_BETWEEN_ELEMENTS,
    MISPLACED_BASE,
    SEVERAL_BACKEND_POLICIES,
    NESTED_FRAGMENT,
    UNKNOWN_POLICY,
    UNKNOWN_ATTRIBUTE,
    MISSING_ATTRIBUTE,
    WRONG_VALUE,
    EXPRESSION_NOT_ALLOWED,
    UNKNOWN_ELEMENT,
    WRONG_NUMBER_OF_ELEMENTS,
    WRONG_CHOICE,
    SECTION_NOT_ALLOWED,
    SCOPE_NOT_ALLOWED,
    REPEATED_POLICY,
    POLICY_NOT_ALLOWED,
    MIXED_VALUE,
    MISSING_TEXT,
    UNKNOWN_NAMED_VALUE,
    UNAVAILABLE_NAMED_VALUE,
    NOT_RUNNABLE,
    ANY_ORIGIN_WITH_CREDENTIALS,
];

// === The text ===

/// malformed policy document
pub const MALFORMED_DOCUMENT: Code = Code(&Entry {
    id: "P0001",
    title: "malformed policy document",
    meaning: "The text is not a policy document: its elements do not nest, or a tag or value does not end.",
    mend: "Close the element or value at the place that is shown; write `<` outside of expressions as `&lt;`.",
});

/// policy document too large
pub const TOO_LARGE: Code = Code(&Entry {
    id: "P0002",
    title: "policy document too large",
    meaning: "A policy document has at most 256 KiB, a fragment at most 512 KiB, and elements nest at most 64 deep.",
    mend: "Move parts of the document into fragments and include them.",
});

/// markup not allowed
pub const FORBIDDEN_MARKUP: Code = Code(&Entry {
    id: "P0003",
    title: "markup not allowed",
    meaning: "A policy document must not declare a document type or entities, since these can make a small text expand without bound or read other files.",
    mend: "Remove the declaration. Text that is meant literally, for instance a page of HTML, goes into `<![CDATA[…]]>`.",
});

/// unknown entity
pub const UNKNOWN_ENTITY: Code = Code(&Entry {
    id: "P0004",
    title: "unknown entity",
    meaning: "An `&` outside of an expression starts an entity, and only `&amp;`, `&lt;`, `&gt;`, `&quot;`, `&apos;` and character numbers are known.",
    mend: "Write `&amp;` for the character itself, for instance between the parameters of a URL.",
});

/// duplicate attribute
pub const DUPLICATE_ATTRIBUTE: Code = Code(&Entry {
    id: "P0005",
    title: "duplicate attribute",
    meaning: "An element has two attributes of the same name, so it cannot be said which one counts.",
    mend: "Remove one of the two.",
});

/// expression without end
pub const UNENDED_EXPRESSION: Code = Code(&Entry {
    id: "P0006",
    title: "expression without end",
    meaning: "A value starts with `@(` or `@{` but the bracket that closes it was not found: a bracket, string or comment within is not closed, or they overlap.",
    mend: "Close every bracket, string and comment of the expression.",
});

// === The structure ===

/// unknown root element
pub const UNKNOWN_ROOT: Code = Code(&Entry {
    id: "P0101",
    title: "unknown root element",
    meaning: "The outermost element of a policy document is `policies`, of a fragment `fragment`, of a GraphQL resolver a data source such as `http-data-source`.",
    mend: "Put the policies into the sections of a `policies` element.",
});

/// unknown section
pub const UNKNOWN_SECTION: Code = Code(&Entry {
    id: "P0102",
    title: "unknown section",
    meaning: "A policy document has the sections `inbound`, `backend`, `outbound` and `on-error`, and nothing else.",
    mend: "Correct the name of the section, or move the policy into a section.",
});

/// duplicate section
pub const DUPLICATE_SECTION: Code = Code(&Entry {
    id: "P0103",
    title: "duplicate section",
    meaning: "Each section may stand once in a policy document.",
    mend: "Join the two sections into one, in the order in which their policies are to run.",
});

/// text where only elements may be
pub const TEXT_BETWEEN_ELEMENTS: Code = Code(&Entry {
    id: "P0104",
    title: "text where only elements may be",
    meaning: "Text stands in an element that can hold only other elements.",
    mend: "Remove the text, or put it into the element that is meant to hold it.",
});

/// misplaced base
pub const MISPLACED_BASE: Code = Code(&Entry {
    id: "P0105",
    title: "misplaced base",
    meaning: "`<base />` says where the policies of the broader scope go. It stands directly in a section, once, with nothing in it, and not in a fragment.",
    mend: "Put one `<base />` directly into the section.",
});

/// several policies in backend
pub const SEVERAL_BACKEND_POLICIES: Code = Code(&Entry {
    id: "P0106",
    title: "several policies in backend",
    meaning: "The backend section holds one element only: a policy such as `forward-request`, or `<base />`.",
    mend: "Move the others to inbound, or wrap them all in one policy such as `retry` or `choose`.",
});

/// fragment within a fragment
pub const NESTED_FRAGMENT: Code = Code(&Entry {
    id: "P0107",
    title: "fragment within a fragment",
    meaning: "A fragment cannot include another fragment.",
    mend: "Include both fragments from the policy document.",
});

// === Policies ===

/// unknown policy
pub const UNKNOWN_POLICY: Code = Code(&Entry {
    id: "P0201",
    title: "unknown policy",
    meaning: "No policy has this name.",
    mend: "Correct the name; `docs/policies` lists every policy.",
});

/// unknown attribute
pub const UNKNOWN_ATTRIBUTE: Code = Code(&Entry {
    id: "P0202",
    title: "unknown attribute",
    meaning: "The element has no attribute of this name, so what it says would not be done.",
    mend: "Correct the name of the attribute or remove it.",
});

/// missing attribute
pub const MISSING_ATTRIBUTE: Code = Code(&Entry {
    id: "P0203",
    title: "missing attribute",
    meaning: "The element needs an attribute that it does not have.",
    mend: "Add the attribute.",
});

/// wrong value
pub const WRONG_VALUE: Code = Code(&Entry {
    id: "P0204",
    title: "wrong value",
    meaning: "The value is not of the kind that the attribute or element takes, or not in its range.",
    mend: "Write a value of the kind that the message names.",
});

/// expression not allowed
pub const EXPRESSION_NOT_ALLOWED: Code = Code(&Entry {
    id: "P0205",
    title: "expression not allowed",
    meaning: "This value is needed before any request arrives, so it cannot be a policy expression.",
    mend: "Write a literal value, or refer to a named value as `{{name}}`.",
});

/// unknown element
pub const UNKNOWN_ELEMENT: Code = Code(&Entry {
    id: "P0206",
    title: "unknown element",
    meaning: "The element cannot hold an element of this name.",
    mend: "Correct the name of the inner element, or move it to where it belongs.",
});

/// wrong number of elements
pub const WRONG_NUMBER_OF_ELEMENTS: Code = Code(&Entry {
    id: "P0207",
    title: "wrong number of elements",
    meaning: "The element holds more or fewer elements of a name than it can.",
    mend: "Add the missing element, or remove those that are too many.",
});

/// wrong choice
pub const WRONG_CHOICE: Code = Code(&Entry {
    id: "P0208",
    title: "wrong choice",
    meaning: "Of a group of attributes or elements that stand for each other, too few or too many are given.",
    mend: "Give as many of the group as the message says.",
});

/// policy not allowed in this section
pub const SECTION_NOT_ALLOWED: Code = Code(&Entry {
    id: "P0209",
    title: "policy not allowed in this section",
    meaning: "The policy cannot do its work in this section of the document.",
    mend: "Move it to one of the sections that the message names.",
});

/// policy not allowed in this scope
pub const SCOPE_NOT_ALLOWED: Code = Code(&Entry {
    id: "P0210",
    title: "policy not allowed in this scope",
    meaning: "The policy can stand only in documents of some scopes, for instance because it counts per product.",
    mend: "Move it to the document of one of the scopes that the message names.",
});

/// repeated policy
pub const REPEATED_POLICY: Code = Code(&Entry {
    id: "P0211",
    title: "repeated policy",
    meaning: "The policy may be used only once in a section or in a document. Branches of one `choose` do not count together.",
    mend: "Remove one of the two, or join them into one.",
});

/// policy not allowed here
pub const POLICY_NOT_ALLOWED: Code = Code(&Entry {
    id: "P0212",
    title: "policy not allowed here",
    meaning: "The surrounding policy can hold other policies, but not this one.",
    mend: "Move it out of the surrounding policy.",
});

/// literal text with an expression in it
pub const MIXED_VALUE: Code = Code(&Entry {
    id: "P0213",
    title: "literal text with an expression in it",
    meaning: "An expression is evaluated only if it is the whole value; within other text it is taken literally, character by character.",
    mend: "Make the whole value one expression: `@(\"Bearer \" + …)` instead of `Bearer @(…)`.",
});

/// missing text
pub const MISSING_TEXT: Code = Code(&Entry {
    id: "P0214",
    title: "missing text",
    meaning: "The element needs a text that it does not have.",
    mend: "Write the text between the tags.",
});

// === Named values ===

/// unknown named value
pub const UNKNOWN_NAMED_VALUE: Code = Code(&Entry {
    id: "P0301",
    title: "unknown named value",
    meaning: "A reference `{{name}}` names no named value of the configuration. Names are compared exactly.",
    mend: "Add the named value, or correct the name. `check --assume-refs` takes every reference as present.",
});

/// unavailable named value
pub const UNAVAILABLE_NAMED_VALUE: Code = Code(&Entry {
    id: "P0302",
    title: "unavailable named value",
    meaning: "The named value exists, but its value could not be had: a secret that was exported without its value, a file that cannot be read, a vault that does not answer.",
    mend: "Provide the value where the named value says it comes from.",
});

// === What follows ===

/// policy not runnable yet
pub const NOT_RUNNABLE: Code = Code(&Entry {
    id: "P0401",
    title: "policy not runnable yet",
    meaning: "The policy is written correctly, but this version cannot run it. Operations whose effective policy contains it answer 503.",
    mend: "Remove the policy where it is not essential, or use a version that runs it.",
});

/// any origin with credentials
pub const ANY_ORIGIN_WITH_CREDENTIALS: Code = Code(&Entry {
    id: "P0402",
    title: "any origin with credentials",
    meaning: "With `allow-credentials` an answer names the origin that asked, so together with the origin `*` a page of any site may call with the cookies of whoever visits it, and read the answer.",
    mend: "List the origins that may call, or leave `allow-credentials` out.",
});
