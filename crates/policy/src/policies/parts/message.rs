//! Which message a policy changes: before the backend was called the request, afterwards the
//! response.

use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};

use crate::exchange::{BodyNeeds, Exchange, MessageBody};
use crate::flow::{Fault, FaultKind};
use crate::grammar::Section;

/// The message that the policies of a section change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::policies) enum Message {
    /// What goes to the backend.
    Request,
    /// What goes to the caller.
    Response,
}

impl Message {
    /// The message of a section.
    pub(in crate::policies) fn of(section: Section) -> Self {
        match section {
            Section::Inbound | Section::Backend => Self::Request,
            Section::Outbound | Section::OnError => Self::Response,
        }
    }

    /// Its headers; there is none of a response that nobody made yet.
    pub(in crate::policies) fn headers<'e>(self, ex: &'e Exchange<'_>) -> Option<&'e HeaderMap> {
        match self {
            Self::Request => Some(&ex.request().headers),
            Self::Response => ex.response().map(|response| &response.headers),
        }
    }

    /// Its headers and its body, to change them.
    pub(in crate::policies) fn parts_mut<'e>(
        self,
        ex: &'e mut Exchange<'_>,
    ) -> (&'e mut HeaderMap, &'e mut MessageBody) {
        match self {
            Self::Request => {
                let request = ex.request_mut();
                (&mut request.headers, &mut request.body)
            }
            Self::Response => {
                let response = ex.response_mut();
                (&mut response.headers, &mut response.body)
            }
        }
    }

    /// Its body, if there is one at hand.
    pub(in crate::policies) fn content(self, ex: &Exchange<'_>) -> Result<Option<Bytes>, Fault> {
        let body = match self {
            Self::Request => Some(&ex.request().body),
            Self::Response => ex.response().map(|response| &response.body),
        };
        let Some(body) = body.filter(|body| !body.is_absent()) else {
            return Ok(None);
        };
        let content = body.content().map_err(|_| {
            let message = "the body was consumed before: read it with `preserveContent: true`";
            Fault::new(FaultKind::Internal, "BodyConsumed", message)
        })?;
        Ok(Some(content))
    }

    /// The need to read its body.
    pub(in crate::policies) fn needs(self) -> BodyNeeds {
        match self {
            Self::Request => BodyNeeds {
                request: true,
                response: false,
            },
            Self::Response => BodyNeeds {
                request: false,
                response: true,
            },
        }
    }
}

/// Puts other content in the place of a body; what described the old content goes with it.
pub(in crate::policies) fn replace_body(
    headers: &mut HeaderMap,
    body: &mut MessageBody,
    content: Bytes,
) {
    headers.remove(CONTENT_ENCODING);
    headers.remove(CONTENT_LENGTH);
    body.replace(content);
}
