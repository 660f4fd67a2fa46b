//! The request and the response as policies change them.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, StatusCode};

use super::Limits;
use crate::body::{Body, BodyError};

/// The request as it would go to the backend now.
#[derive(Debug)]
pub struct RequestParts {
    /// Method.
    pub method: Method,
    /// Path below the backend's base URL, in normal form, with its leading `/`.
    pub path: Bytes,
    /// Query without `?`.
    pub query: Option<Bytes>,
    /// End-to-end headers.
    pub headers: HeaderMap,
    /// What policies removed from them.
    pub removed: Vec<HeaderName>,
    /// Body.
    pub body: MessageBody,
}

/// The response as it would go to the caller now.
#[derive(Debug)]
pub struct ResponseParts {
    /// Status.
    pub status: StatusCode,
    /// Reason phrase, if a policy set one.
    pub reason: Option<Box<str>>,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: MessageBody,
}

impl Default for ResponseParts {
    fn default() -> Self {
        Self {
            status: StatusCode::OK,
            reason: None,
            headers: HeaderMap::new(),
            body: MessageBody::default(),
        }
    }
}

/// A body and whether a policy has consumed it.
///
/// `context.Request.Body.As<T>()` without `preserveContent` consumes: the content is gone for later
/// readers and for the backend.
#[derive(Debug, Default)]
pub struct MessageBody {
    body: Body,
    state: Content,
}

/// Whether the content is still there. It is gone from a body that was sent as it arrived, and
/// from one that an expression consumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Content {
    #[default]
    Intact,
    Consumed,
    Sent,
}

/// A policy reads content that an earlier reader consumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlreadyConsumed;

/// A body that was not kept is to be sent a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlreadySent;

impl MessageBody {
    /// A body that nobody has read.
    pub fn new(body: Body) -> Self {
        Self {
            body,
            state: Content::Intact,
        }
    }

    /// Whether the message has no body at all.
    pub(crate) fn is_absent(&self) -> bool {
        self.body.is_empty() && self.state == Content::Intact
    }

    /// Whether reading it needs no waiting.
    pub(crate) fn is_at_hand(&self) -> bool {
        !matches!(self.body, Body::Stream(_))
    }

    /// How many bytes the content has, if that is known without reading it.
    pub(crate) fn known_length(&self) -> Option<u64> {
        if self.is_absent() {
            None
        } else {
            http_body::Body::size_hint(&self.body).exact()
        }
    }

    /// The content, which stays.
    pub fn content(&self) -> Result<Bytes, AlreadyConsumed> {
        match self.state {
            Content::Intact => Ok(self.body.at_hand().unwrap_or_default()),
            Content::Consumed | Content::Sent => Err(AlreadyConsumed),
        }
    }

    /// The content, which is gone afterwards.
    pub(crate) fn consume(&mut self) -> Result<Bytes, AlreadyConsumed> {
        let content = self.content()?;
        self.body = Body::Empty;
        self.state = Content::Consumed;
        Ok(content)
    }

    /// Other content in its place.
    pub(crate) fn replace(&mut self, content: impl Into<Bytes>) {
        *self = Self::new(Body::Bytes(content.into()));
    }

    /// The body to send. What is at hand stays and can be sent again; a stream is gone.
    pub(crate) fn send(&mut self) -> Result<Body, AlreadySent> {
        match (&self.body, self.state) {
            (_, Content::Sent) => Err(AlreadySent),
            (Body::Stream(_), _) => {
                self.state = Content::Sent;
                Ok(std::mem::take(&mut self.body))
            }
            (Body::Bytes(bytes), _) => Ok(Body::bytes(bytes.clone())),
            (Body::Empty, _) => Ok(Body::Empty),
        }
    }

    /// The body to send.
    pub fn into_body(self) -> Body {
        self.body
    }

    pub(super) async fn buffer(&mut self, limits: &Limits) -> Result<Bytes, BodyError> {
        let Limits {
            buffered_body,
            buffered_total,
            ..
        } = limits;
        self.body
            .buffer_within(*buffered_body, buffered_total)
            .await
    }
}
