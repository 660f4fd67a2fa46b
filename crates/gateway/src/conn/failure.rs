//! What a client is told whose message is wrong.

use http::StatusCode;
use portcullis_engine::Served;
use portcullis_http1::Refusal;
use portcullis_policy::body::BodyError;
use portcullis_policy::flow::{Fault, FaultKind};

/// Why a request's body broke off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyFailure {
    /// Its framing is wrong.
    Refused(Refusal),
    /// It is larger than allowed.
    TooLarge,
    /// It did not come in time.
    Timeout,
    /// The client went away.
    Gone,
}

impl BodyFailure {
    /// What whoever reads the body is told; `limit` is the largest that is allowed.
    pub(super) fn into_error(self, limit: u64) -> BodyError {
        match self {
            Self::Refused(refusal) => BodyError::Malformed(refusal.reason),
            Self::TooLarge => BodyError::TooLarge { limit },
            Self::Timeout => BodyError::Timeout,
            Self::Gone => BodyError::Broken("the client went away".into()),
        }
    }

    /// Whatever was made of half a body, the client is told what was wrong with it.
    pub(super) fn take_over(self, served: &mut Served) {
        let fault = self.fault();
        served.answer = portcullis_engine::refusal(&fault, served.draft.id);
        served.draft.fail(&fault);
    }

    /// What the client is told.
    fn fault(self) -> Fault {
        match self {
            Self::Refused(refusal) => fault(refusal.status, refusal.reason),
            Self::TooLarge => fault(
                StatusCode::PAYLOAD_TOO_LARGE,
                "the body is larger than allowed",
            ),
            Self::Timeout => fault(
                StatusCode::REQUEST_TIMEOUT,
                "the body did not arrive in time",
            ),
            // Nobody will read it, but it is recorded.
            Self::Gone => fault(StatusCode::BAD_REQUEST, "the body broke off"),
        }
    }
}

/// The fault of a message that is not one.
pub(super) fn fault(status: StatusCode, why: &str) -> Fault {
    let kind = if status == StatusCode::BAD_REQUEST {
        FaultKind::Malformed
    } else {
        FaultKind::Denied(status)
    };
    Fault::new(kind, "MalformedRequest", why)
        .from_step("configuration")
        .saying(why)
}
