//! Reasons of refusals at run time: what `context.LastError.Reason` and the access log call them.

use super::{Code, Entry};

/// Every code of this family.
pub(super) const ALL: &[Code] = &[
    MALFORMED_REQUEST,
    CLIENT_GONE,
    OPERATION_NOT_FOUND,
    KEY_NOT_FOUND,
    KEY_INVALID,
    IP_NOT_ALLOWED,
    IP_BLOCKED,
    HEADER_NOT_FOUND,
    HEADER_NOT_ALLOWED,
    RATE_LIMIT,
    BODY_UNREADABLE,
    BODY_BUDGET,
    OVERLOADED,
    URI_REWRITE,
    BACKEND_MISSING,
    BACKEND_URL,
    BACKEND_CONNECTION,
    BACKEND_SATURATED,
    BACKEND_STATUS,
    TIMEOUT,
    BODY_CONSUMED,
    CONTENT_ENCODING,
    EXPRESSION,
    INTERNAL,
];

/// malformed request
pub const MALFORMED_REQUEST: Code = Code(&Entry {
    id: "MalformedRequest",
    title: "malformed request",
    meaning: "The request is not one that can be decided on: its framing, path, host or a \
              header is ambiguous or forbidden, it is larger than the limits, or it did not \
              arrive in time. The message in the access log says which rule it breaks. The \
              answer is 400, or the status that HTTP has for the case (408, 413, 414, 431, 501 \
              …).",
    mend: "Send a request that follows RFC 9110 and RFC 9112; the limits are the settings \
           in `[client]`.",
});

/// client went away
pub const CLIENT_GONE: Code = Code(&Entry {
    id: "ClientConnectionFailure",
    title: "client went away",
    meaning: "The caller closed the connection before it had an answer. Nobody reads one.",
    mend: "Nothing to mend here: look at the caller's timeout if it happens often.",
});

/// no such operation
pub const OPERATION_NOT_FOUND: Code = Code(&Entry {
    id: "OperationNotFound",
    title: "no such operation",
    meaning: "No API and operation match the method, path and protocol of the request, so it \
              is answered with 404.",
    mend: "Check the path, the API version and the method against the API's description, \
           and whether the API takes the protocol (`protocols`).",
});

/// no subscription key
pub const KEY_NOT_FOUND: Code = Code(&Entry {
    id: "SubscriptionKeyNotFound",
    title: "no subscription key",
    meaning: "The API needs a subscription key and the request has none in the header or query \
              parameter where the API expects it. The answer is 401.",
    mend: "Send the key in `Ocp-Apim-Subscription-Key`, or as the API's \
           `subscriptionKeyParameterNames` say.",
});

/// subscription key that opens nothing here
pub const KEY_INVALID: Code = Code(&Entry {
    id: "SubscriptionKeyInvalid",
    title: "subscription key that opens nothing here",
    meaning: "The request has a subscription key that is unknown, or whose subscription is not \
              active, has ended, or is for another API or product. The answer is 401 and does \
              not say which.",
    mend: "Check the key, the `state` and the `scope` of the subscription, and whether its \
           product contains the API.",
});

/// address that is not allowed
pub const IP_NOT_ALLOWED: Code = Code(&Entry {
    id: "CallerIpNotAllowed",
    title: "address that is not allowed",
    meaning: "The policy `ip-filter` with `action=\"allow\"` does not list the caller's \
              address. The answer is 403.",
    mend: "Add the address to the policy; behind a proxy, set `security.trusted_proxies` so \
           that the caller's own address counts.",
});

/// address that is forbidden
pub const IP_BLOCKED: Code = Code(&Entry {
    id: "CallerIpBlocked",
    title: "address that is forbidden",
    meaning: "The policy `ip-filter` with `action=\"forbid\"` lists the caller's address. The \
              answer is 403.",
    mend: "Take the address out of the policy; behind a proxy, set \
           `security.trusted_proxies` so that the caller's own address counts.",
});

/// header that is missing
pub const HEADER_NOT_FOUND: Code = Code(&Entry {
    id: "HeaderNotFound",
    title: "header that is missing",
    meaning: "The policy `check-header` wants a header that the request does not have. The \
              answer has the status that the policy names.",
    mend: "Send the header, or change the policy.",
});

/// header with a value that is not allowed
pub const HEADER_NOT_ALLOWED: Code = Code(&Entry {
    id: "HeaderValueNotAllowed",
    title: "header with a value that is not allowed",
    meaning: "The policy `check-header` does not list the value of the header. The answer has \
              the status that the policy names.",
    mend: "Send a value that the policy lists, or add it to the policy.",
});

/// rate limit exceeded
pub const RATE_LIMIT: Code = Code(&Entry {
    id: "RateLimitExceeded",
    title: "rate limit exceeded",
    meaning: "The policy `rate-limit` or `rate-limit-by-key` counts more calls than it allows \
              in its period. The answer is 429 and says in `Retry-After` when to come back.",
    mend: "Wait as long as the answer says, or raise `calls` in the policy.",
});

/// request body that cannot be read
pub const BODY_UNREADABLE: Code = Code(&Entry {
    id: "RequestBodyUnreadable",
    title: "request body that cannot be read",
    meaning: "A policy needs the body of the request, and the body is larger than what is held \
              in memory, broke off, or is malformed. The answer is 413 or 400.",
    mend: "Raise `policy.buffered_body` if such bodies are meant to be read, or take the \
           policy that reads the body out.",
});

/// no room for another body
pub const BODY_BUDGET: Code = Code(&Entry {
    id: "BodyBudgetExhausted",
    title: "no room for another body",
    meaning: "A policy needs a body, and the bodies of all requests that are held in memory for \
              policies have used up what they may take together. The answer is 503; for the \
              body of a request it says in `Retry-After` when to come back.",
    mend: "Raise `policy.buffered_total` if the machine has the memory, or lower \
           `policy.buffered_body`.",
});

/// gateway that is overloaded
pub const OVERLOADED: Code = Code(&Entry {
    id: "Overloaded",
    title: "gateway that is overloaded",
    meaning: "Requests come faster than the gateway's cores can serve them: what has arrived waits \
              longer than the setting `overload.wait`. Requests of the callers that ask most are \
              turned away first. No policy has run. The answer is 503 and says in `Retry-After` \
              when to come back.",
    mend: "Come back later. If it happens often, limit the calls of the subscriptions that ask \
           most, or give the gateway more cores (`runtime.cores`).",
});

/// path that cannot be rewritten
pub const URI_REWRITE: Code = Code(&Entry {
    id: "UriRewriteFailure",
    title: "path that cannot be rewritten",
    meaning: "The template of the policy `rewrite-uri` gives no usable path with the values of \
              this request. The answer is 400 if a value of the caller's cannot stand in it, \
              else 500.",
    mend: "Check the template against the parameters of the operation; the message in the \
           access log says what is wrong.",
});

/// backend not found
pub const BACKEND_MISSING: Code = Code(&Entry {
    id: "BackendNotFound",
    title: "backend not found",
    meaning: "The policy `set-backend-service` chose a backend by an expression, and the \
              configuration has none of that name. The answer is 500.",
    mend: "Add the backend to the folder `backends`, or correct the expression.",
});

/// unusable backend address
pub const BACKEND_URL: Code = Code(&Entry {
    id: "BackendUrlInvalid",
    title: "unusable backend address",
    meaning: "A policy set an address for the backend that is not an absolute `http` or \
              `https` URL. The answer is 500.",
    mend: "Correct the expression or named value that makes the address; the message in the \
           access log shows it.",
});

/// backend not reached
pub const BACKEND_CONNECTION: Code = Code(&Entry {
    id: "BackendConnectionFailure",
    title: "backend not reached",
    meaning: "No connection to the backend could be made, or it broke before the response was \
              complete: wrong address, nobody listening, a TLS certificate that is not \
              trusted. The answer is 500.",
    mend: "Check `serviceUrl` or the backend, that the service runs, and for a private \
           certificate authority `upstream.ca_file`; the message in the access log says \
           what failed.",
});

/// backend at its limit
pub const BACKEND_SATURATED: Code = Code(&Entry {
    id: "BackendSaturated",
    title: "backend at its limit",
    meaning: "As many connections are open to the backend as `upstream.max_connections` allows, \
              or very many different backends are called at once. The answer is 503 and says in \
              `Retry-After` when to come back; nothing of the request was sent.",
    mend: "Find out why the service is slow, or raise `upstream.max_connections`.",
});

/// error status from the backend
pub const BACKEND_STATUS: Code = Code(&Entry {
    id: "BackendErrorStatus",
    title: "error status from the backend",
    meaning: "The backend answered with a status of 400 or more, and `forward-request` with \
              `fail-on-error-status-code=\"true\"` takes that for an error. The caller gets \
              that status.",
    mend: "Mend what the service complains of, or handle the status in `on-error`.",
});

/// backend that does not answer in time
pub const TIMEOUT: Code = Code(&Entry {
    id: "Timeout",
    title: "backend that does not answer in time",
    meaning: "The backend did not begin its response within the `timeout` of \
              `forward-request`. The answer is 500.",
    mend: "Find out why the service is slow, or raise `timeout`.",
});

/// body that was used up
pub const BODY_CONSUMED: Code = Code(&Entry {
    id: "BodyConsumed",
    title: "body that was used up",
    meaning: "A policy reads or sends a body that an earlier one has used up. The answer is \
              500.",
    mend: "Read it with `preserveContent: true`, or set `buffer-request-body=\"true\"` at \
           `forward-request` to send it again.",
});

/// body that is compressed
pub const CONTENT_ENCODING: Code = Code(&Entry {
    id: "ContentEncodingNotSupported",
    title: "body that is compressed",
    meaning: "A policy searches a body that the backend has compressed. The answer is 500.",
    mend: "Delete `Accept-Encoding` from the request with `set-header`, so that the backend \
           does not compress.",
});

/// expression that failed
pub const EXPRESSION: Code = Code(&Entry {
    id: "ExpressionValueEvaluationFailure",
    title: "expression that failed",
    meaning: "A policy expression threw an exception, or its value cannot stand where the \
              policy needs it. The answer is 500; `context.LastError.Message` and the access \
              log have the message of the exception.",
    mend: "Mend the expression; `portcullis expr eval` tries it with a request that you \
           describe.",
});

/// bug of the gateway
pub const INTERNAL: Code = Code(&Entry {
    id: "InternalError",
    title: "bug of the gateway",
    meaning: "The request met a bug of the gateway, which cost this request and no other. The \
              answer is 500, and `portcullis_gateway_bug_total` counts it.",
    mend: "Please report it with the lines of the log.",
});
