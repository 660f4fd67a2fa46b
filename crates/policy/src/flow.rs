//! How a step ends: it lets the request go on, answers it, or faults.

use std::borrow::Cow;

use http::{HeaderName, HeaderValue, StatusCode};
use portcullis_model::policy::Scope;

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// The next step runs.
    Continue,
    /// The response stands: no further step and no further section runs.
    Respond,
}

/// Who is to blame for a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The caller.
    Client,
    /// This gateway or its configuration.
    Gateway,
    /// The backend.
    Upstream,
}

/// Whether the backend request may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// No.
    Never,
    /// Yes: nothing of it had left.
    IfUnsent,
    /// Yes, if the method is idempotent and the body can be replayed.
    Idempotent,
}

/// One kind per answer that the gateway gives, not one per cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The request is not one that can be decided on: 400.
    Malformed,
    /// The request's body is too large: 413.
    TooLarge,
    /// No operation matches: 404.
    NoRoute,
    /// No valid credential: 401.
    Unauthenticated,
    /// A policy denies it with a status of its own.
    Denied(StatusCode),
    /// A rate limit is exceeded: 429.
    Limited,
    /// The backend could not be reached or broke off: 500.
    BackendUnreachable,
    /// The backend did not answer in time: 500.
    BackendTimeout,
    /// The backend answered with a status that the policy calls an error.
    BackendStatus(StatusCode),
    /// An expression threw: 500.
    Expression,
    /// The operation needs something this gateway cannot run: 503.
    NotRunnable,
    /// What the gateway may hold in memory is used up: 503.
    NoRoom,
    /// A bug or a resource of ours: 500.
    Internal,
}

impl FaultKind {
    /// The status of the answer, if no policy changes it.
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NoRoute => StatusCode::NOT_FOUND,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Denied(status) | Self::BackendStatus(status) => status,
            Self::Limited => StatusCode::TOO_MANY_REQUESTS,
            Self::NotRunnable | Self::NoRoom => StatusCode::SERVICE_UNAVAILABLE,
            Self::BackendUnreachable | Self::BackendTimeout | Self::Expression | Self::Internal => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    /// What the caller reads if the fault does not say.
    pub(crate) fn public_message(self) -> &'static str {
        match self {
            Self::Malformed => "Bad request",
            Self::TooLarge => "Request body is too large",
            Self::NoRoute => "Resource not found",
            Self::Unauthenticated => "Access denied",
            Self::Denied(_) => "Forbidden",
            Self::Limited => "Rate limit is exceeded",
            Self::NotRunnable | Self::NoRoom => "Service Unavailable",
            Self::BackendStatus(_)
            | Self::BackendUnreachable
            | Self::BackendTimeout
            | Self::Expression
            | Self::Internal => "Internal server error",
        }
    }
}

/// Why a request cannot go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which answer it gets.
    pub kind: FaultKind,
    /// Who is to blame.
    pub blame: Blame,
    /// Whether the backend request may be sent again.
    pub retry: Retry,
    /// The words; boxed so that results stay small.
    pub detail: Box<Detail>,
}

/// The words of a fault: for policies, for the caller, and for the log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Detail {
    /// `context.LastError.Source`: the policy or built-in step.
    pub source: Cow<'static, str>,
    /// `context.LastError.Reason`.
    pub reason: &'static str,
    /// `context.LastError.Message`.
    pub message: String,
    /// What the log keeps; `None` is the message.
    pub logged: Option<String>,
    /// What the caller reads; `None` is the kind's own text.
    pub public: Option<String>,
    /// Headers of the answer.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The policy that raised it; filled by the interpreter.
    pub place: Option<Place>,
}

/// Where a policy stands in the documents, as `context.LastError` tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The scope of the document.
    pub scope: Scope,
    /// The section.
    pub section: &'static str,
    /// `choose[3]/when[2]`.
    pub path: Box<str>,
    /// The element's `id` attribute.
    pub policy_id: Option<Box<str>>,
}

impl Fault {
    /// A fault with its reason code and message, both as `context.LastError` shows them.
    pub fn new(kind: FaultKind, reason: &'static str, message: impl Into<String>) -> Self {
        let blame = match kind {
            FaultKind::BackendUnreachable
            | FaultKind::BackendTimeout
            | FaultKind::BackendStatus(_) => Blame::Upstream,
            FaultKind::Expression
            | FaultKind::NotRunnable
            | FaultKind::NoRoom
            | FaultKind::Internal => Blame::Gateway,
            FaultKind::Malformed
            | FaultKind::TooLarge
            | FaultKind::NoRoute
            | FaultKind::Unauthenticated
            | FaultKind::Denied(_)
            | FaultKind::Limited => Blame::Client,
        };
        let detail = Detail {
            reason,
            message: message.into(),
            ..Detail::default()
        };
        Self {
            kind,
            blame,
            retry: Retry::Never,
            detail: Box::new(detail),
        }
    }

    /// A denial: the policy's own status, `403` if it has none.
    pub fn forbidden(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(FaultKind::Denied(StatusCode::FORBIDDEN), reason, message)
    }

    /// An expression threw.
    pub(crate) fn expression(message: &str) -> Self {
        Self::new(
            FaultKind::Expression,
            "ExpressionValueEvaluationFailure",
            format!("Expression evaluation failed. {message}"),
        )
    }

    /// The same, raised by a step that is not a policy: `configuration`, `authorization`.
    #[must_use]
    pub fn from_step(mut self, source: &'static str) -> Self {
        self.detail.source = Cow::Borrowed(source);
        self
    }

    /// The same with another text for the caller.
    #[must_use]
    pub fn saying(mut self, public: impl Into<String>) -> Self {
        self.detail.public = Some(public.into());
        self
    }

    /// The same with another text for the log: what the caller sent may be a credential.
    #[must_use]
    pub fn logging(mut self, logged: impl Into<String>) -> Self {
        self.detail.logged = Some(logged.into());
        self
    }

    /// The same with a header in the answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.detail.headers.push((name, value));
        self
    }

    /// What the log keeps.
    pub fn logged_message(&self) -> &str {
        self.detail
            .logged
            .as_deref()
            .unwrap_or(&self.detail.message)
    }

    /// What the caller reads.
    pub fn public_message(&self) -> &str {
        self.detail
            .public
            .as_deref()
            .unwrap_or(self.kind.public_message())
    }

    /// The status of the answer, if no policy changes it.
    pub fn status(&self) -> StatusCode {
        self.kind.status()
    }
}
