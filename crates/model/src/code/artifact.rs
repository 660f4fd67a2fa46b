//! Codes of the artefact folder.

use super::{Code, Entry};

/// Every code of this family.
pub(super) const ALL: &[Code] = &[
    UNREADABLE_FILE,
    BEYOND_LIMIT,
    MALFORMED_INFORMATION,
    MISSING_WRAPPER,
    UNKNOWN_MEMBER,
    WRONG_VALUE,
    MISSING_MEMBER,
    MISSING_FILE,
    NEAR_MISS,
    INVALID_NAME,
    UNKNOWN_REFERENCE,
    CLEAR_SECRET,
    ABSENT_SECRET,
    UNSERVED_API,
    UNSERVED_BACKEND,
    UNSERVED_WORKSPACE,
    REPEATED_API,
    UNKNOWN_OPERATION,
    CONTRADICTION,
    NO_DESCRIPTION,
    REPEATED_NAME,
    IDLE_SUBSCRIPTION,
    UNVERIFIED_BACKEND,
    EMPTY_FOLDER,
    GATEWAY_AS_BACKEND,
];

/// unreadable file
pub const UNREADABLE_FILE: Code = Code(&Entry {
    id: "A0001",
    title: "unreadable file",
    meaning: "The file or folder exists but its contents could not be read as text. Whatever \
              needs it answers 503.",
    mend: "Check its permissions and that it is UTF-8.",
});

/// file or folder beyond the limits
pub const BEYOND_LIMIT: Code = Code(&Entry {
    id: "A0002",
    title: "file or folder beyond the limits",
    meaning: "A file is larger, or a folder has more resources, than is read. A policy document \
              has at most 256 KiB, as in the cloud service.",
    mend: "Split it: long policies into fragments, large folders into several services.",
});

/// malformed information file
pub const MALFORMED_INFORMATION: Code = Code(&Entry {
    id: "A0003",
    title: "malformed information file",
    meaning: "The information file is not JSON, so the resource is left out.",
    mend: "Mend the JSON at the place that is shown.",
});

/// information file without `properties`
pub const MISSING_WRAPPER: Code = Code(&Entry {
    id: "A0004",
    title: "information file without `properties`",
    meaning: "The members of the resource stand at the top level of the file. They are read, but \
              other tools expect them in an object `properties`.",
    mend: "Write the file as `{\"properties\": {…}}`.",
});

/// unknown member
pub const UNKNOWN_MEMBER: Code = Code(&Entry {
    id: "A0005",
    title: "unknown member",
    meaning: "The information file has a member that this kind of resource does not have, or has \
              it twice. Names are case-sensitive. The unknown one has no effect; of two equal ones \
              the later counts.",
    mend: "Correct the name or remove the member.",
});

/// wrong value
pub const WRONG_VALUE: Code = Code(&Entry {
    id: "A0006",
    title: "wrong value",
    meaning: "A member of the information file has a value of another type or meaning than the \
              member takes. The resource is left out, or answers 503 where its address is known.",
    mend: "Write a value as the message says.",
});

/// missing member
pub const MISSING_MEMBER: Code = Code(&Entry {
    id: "A0007",
    title: "missing member",
    meaning: "The information file lacks a member without which the resource means nothing. The \
              resource is left out.",
    mend: "Add the member to `properties`.",
});

/// missing file
pub const MISSING_FILE: Code = Code(&Entry {
    id: "A0008",
    title: "missing file",
    meaning: "The folder of a resource lacks the file that describes it. The resource is left out.",
    mend: "Add the file, or remove the folder.",
});

/// file that is not read
pub const NEAR_MISS: Code = Code(&Entry {
    id: "A0009",
    title: "file that is not read",
    meaning: "A file or folder has almost the name of one that has a meaning at this place, but \
              not quite, or another file comes before it. It has no effect. Where a policy would be \
              lost with it, that is an error, and what the policy stands for answers 503.",
    mend: "Rename it as the message says, or remove it.",
});

/// invalid resource name
pub const INVALID_NAME: Code = Code(&Entry {
    id: "A0010",
    title: "invalid resource name",
    meaning: "The name of a folder cannot be the name of a resource, or differs from another only \
              in case. The resource is left out.",
    mend: "Rename the folder.",
});

/// reference to a missing resource
pub const UNKNOWN_REFERENCE: Code = Code(&Entry {
    id: "A0011",
    title: "reference to a missing resource",
    meaning: "A link, scope or id names a resource that the folder does not have, or has another \
              form than such an id. What refers to it is left out; it opens nothing.",
    mend: "Correct the name, or add the resource.",
});

/// secret in clear
pub const CLEAR_SECRET: Code = Code(&Entry {
    id: "A0012",
    title: "secret in clear",
    meaning: "A key or secret stands readable in the folder. It is used, but whoever can read the \
              folder has it.",
    mend: "Seal it with `portcullis key seal`, or write a reference: `env:NAME`, `file:PATH`, or \
           for subscription keys `sha256:` and the digest of the key.",
});

/// secret without a value
pub const ABSENT_SECRET: Code = Code(&Entry {
    id: "A0013",
    title: "secret without a value",
    meaning: "The folder names a secret but does not carry its value: exports never do. Policies \
              that need it do not compile, and their operations answer 503.",
    mend: "Add a `value` with a reference: `env:NAME`, `file:PATH` or `sealed:…`.",
});

/// API that is not served yet
pub const UNSERVED_API: Code = Code(&Entry {
    id: "A0014",
    title: "API that is not served yet",
    meaning: "The API is of a kind that this version loads but does not serve. It answers 503 and \
              says what is missing.",
    mend: "Nothing to mend: remove the API or wait for a version that serves it.",
});

/// backend that is not served yet
pub const UNSERVED_BACKEND: Code = Code(&Entry {
    id: "A0015",
    title: "backend that is not served yet",
    meaning: "The backend uses something that this version does not do. Operations that forward \
              to it answer 503.",
    mend: "Take the member that is shown out of the backend, or wait for a version that does it.",
});

/// workspace that is not served yet
pub const UNSERVED_WORKSPACE: Code = Code(&Entry {
    id: "A0016",
    title: "workspace that is not served yet",
    meaning: "The folder contains a workspace. Its resources are not read.",
    mend: "Move the resources to the service itself, or wait for a version that serves workspaces.",
});

/// API at the address of another
pub const REPEATED_API: Code = Code(&Entry {
    id: "A0017",
    title: "API at the address of another",
    meaning: "Two APIs have the same path and version, or two folders hold the same revision. The \
              later one is left out.",
    mend: "Give one of them another path, version or revision.",
});

/// policy of an unknown operation
pub const UNKNOWN_OPERATION: Code = Code(&Entry {
    id: "A0018",
    title: "policy of an unknown operation",
    meaning: "There is a policy for an operation that the API's description does not have. It has \
              no effect; an operation of almost that name answers 503, because the policy may be \
              its own.",
    mend: "Name the folder after the operation: its `operationId` in lower case, with `-` for \
           everything that is not a letter or digit.",
});

/// contradiction
pub const CONTRADICTION: Code = Code(&Entry {
    id: "A0019",
    title: "contradiction",
    meaning: "Two statements about a resource contradict each other, or one has no effect because \
              of the other. The message says which one counts.",
    mend: "Make them agree, or remove the one that does not count.",
});

/// API without a description
pub const NO_DESCRIPTION: Code = Code(&Entry {
    id: "A0020",
    title: "API without a description",
    meaning: "The API's folder has no specification file, so the API has no operations and answers \
              404 to everything.",
    mend: "Add `specification.yaml` or `specification.json`.",
});

/// name that stands twice
pub const REPEATED_NAME: Code = Code(&Entry {
    id: "A0021",
    title: "name that stands twice",
    meaning: "Two resources have the same display name where policies choose by it. The later one \
              is left out.",
    mend: "Rename one of them.",
});

/// subscription that opens nothing
pub const IDLE_SUBSCRIPTION: Code = Code(&Entry {
    id: "A0022",
    title: "subscription that opens nothing",
    meaning: "The subscription has no key, or no state: one without a state waits for approval. \
              Nobody can call anything with it.",
    mend: "Add `\"state\": \"active\"`, and `primaryKey` with a reference: `sealed:…`, \
           `sha256:…`, `env:NAME` or `file:PATH`.",
});

/// backend that is not verified
pub const UNVERIFIED_BACKEND: Code = Code(&Entry {
    id: "A0023",
    title: "backend that is not verified",
    meaning: "The backend's certificate is not checked in full, so that somebody between gateway \
              and service can pose as the service.",
    mend: "Remove the member, and trust the service's certificate authority instead.",
});

/// not an artefact folder
pub const EMPTY_FOLDER: Code = Code(&Entry {
    id: "A0024",
    title: "not an artefact folder",
    meaning: "The folder does not exist, or has neither a `policy.xml` nor any of the folders that \
              an artefact folder has (`apis`, `products`, …).",
    mend: "Give the folder that contains `apis`, or make one with `portcullis new`.",
});

/// gateway as its own backend
pub const GATEWAY_AS_BACKEND: Code = Code(&Entry {
    id: "A0025",
    title: "gateway as its own backend",
    meaning: "The API has no `serviceUrl`, and the first server of its description, which takes \
              that place, is the address of a gateway of the cloud service: an exported \
              description names the gateway and not the service behind it.",
    mend: "Add `serviceUrl` with the address of the service.",
});
