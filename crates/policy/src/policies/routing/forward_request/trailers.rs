//! A caller's trailers on their way to the backend.
//!
//! Policies see headers, and the trailers come when all of them have run. A backend that joins trailers
//! to headers would see there what a policy set, checked or took away, so a trailer adds no line to a
//! header of the request, and brings none back.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderName};
use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::body::{Body, BodyError, LocalBody};
use crate::header_name::is_taken_for;

/// A body whose trailers lack some names.
struct Guarded {
    body: LocalBody,
    decided: Vec<HeaderName>,
}

/// The body without the trailers that have the name of a header of the request, or of one that policies
/// removed, in any spelling that servers take for it.
pub(super) fn guard(body: Body, headers: &HeaderMap, removed: &[HeaderName]) -> Body {
    match body {
        Body::Stream(body) if !body.is_end_stream() => {
            let decided = headers.keys().chain(removed).cloned().collect();
            Body::stream(Guarded { body, decided })
        }
        without_trailers => without_trailers,
    }
}

impl Guarded {
    fn check(&self, trailers: &mut HeaderMap) {
        let is_decided = |name: &&HeaderName| {
            let mut decided = self.decided.iter();
            decided.any(|header| is_taken_for(name, header))
        };
        let found: Vec<HeaderName> = trailers.keys().filter(is_decided).cloned().collect();
        for name in found {
            trailers.remove(name);
        }
    }
}

impl HttpBody for Guarded {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let mut polled = self.body.as_mut().poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &mut polled
            && let Some(trailers) = frame.trailers_mut()
        {
            self.check(trailers);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
