//! What expressions hold by handle: the messages of this exchange, and whatever a policy or an
//! expression made along the way.

use http::HeaderMap;
use portcullis_expr::{Exception, Value};

use super::ContextHost;
use super::authorization::Authorization;
use super::basic::BasicCredentials;
use super::jwt::Jwt;
use super::table::Kind;
use super::url::UrlParts;
use crate::exchange::{MessageBody, ResponseParts};

/// How many objects one request may make: parsed tokens, stored responses, kept URLs.
const MAX_OBJECTS: usize = 4096;

/// The request, its headers, its body, its URL.
pub(super) const REQUEST: u32 = 0;
/// The response, its headers, its body.
pub(super) const RESPONSE: u32 = 1;
/// The first handle that stands for a made object.
const FIRST: u32 = 16;

/// The objects that one request made.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    made: Vec<Made>,
}

/// A made object.
#[derive(Debug)]
pub(super) enum Made {
    Response(Box<ResponseParts>),
    Headers(Box<HeaderMap>),
    Url(Box<UrlParts<'static>>),
    Jwt(Box<Jwt>),
    Basic(Box<BasicCredentials>),
    Authorization(Box<Authorization>),
}

impl Made {
    fn kind(&self) -> Kind {
        match self {
            Self::Response(_) => Kind::Response,
            Self::Headers(_) => Kind::Headers,
            Self::Url(_) => Kind::Url,
            Self::Jwt(_) => Kind::Jwt,
            Self::Basic(_) => Kind::Basic,
            Self::Authorization(_) => Kind::Authorization,
        }
    }
}

impl Objects {
    /// Keeps an object for the rest of the request.
    pub(super) fn keep(&mut self, made: Made) -> Result<Value, Exception> {
        if self.made.len() >= MAX_OBJECTS {
            return Err(Exception::limit("the request holds too many objects"));
        }
        let kind = made.kind();
        let handle = u32::try_from(self.made.len())
            .unwrap_or(u32::MAX)
            .saturating_add(FIRST);
        self.made.push(made);
        Ok(kind.object(handle))
    }

    fn at(&self, handle: u32) -> Option<&Made> {
        self.made
            .get(usize::try_from(handle.checked_sub(FIRST)?).ok()?)
    }

    /// A stored response.
    pub(super) fn response(&self, handle: u32) -> Option<&ResponseParts> {
        match self.at(handle)? {
            Made::Response(response) => Some(response),
            _ => None,
        }
    }

    fn response_body_mut(&mut self, handle: u32) -> Option<&mut MessageBody> {
        match self
            .made
            .get_mut(usize::try_from(handle.checked_sub(FIRST)?).ok()?)?
        {
            Made::Response(response) => Some(&mut response.body),
            _ => None,
        }
    }

    fn headers(&self, handle: u32) -> Option<&HeaderMap> {
        match self.at(handle)? {
            Made::Response(response) => Some(&response.headers),
            Made::Headers(headers) => Some(headers),
            _ => None,
        }
    }

    /// A kept URL.
    pub(super) fn url(&self, handle: u32) -> Option<&UrlParts<'static>> {
        match self.at(handle)? {
            Made::Url(url) => Some(url),
            _ => None,
        }
    }

    /// A parsed token.
    pub(super) fn jwt(&self, handle: u32) -> Option<&Jwt> {
        match self.at(handle)? {
            Made::Jwt(jwt) => Some(jwt),
            _ => None,
        }
    }

    /// Parsed credentials.
    pub(super) fn basic(&self, handle: u32) -> Option<&BasicCredentials> {
        match self.at(handle)? {
            Made::Basic(basic) => Some(basic),
            _ => None,
        }
    }

    /// An authorization that a policy fetched.
    pub(super) fn authorization(&self, handle: u32) -> Option<&Authorization> {
        match self.at(handle)? {
            Made::Authorization(authorization) => Some(authorization),
            _ => None,
        }
    }
}

impl ContextHost<'_, '_> {
    /// The headers of a message.
    pub(super) fn headers(&self, handle: u32) -> Option<&HeaderMap> {
        match handle {
            REQUEST => Some(&self.ex.request().headers),
            RESPONSE => self.ex.response().map(|response| &response.headers),
            made => self.ex.objects.headers(made),
        }
    }

    /// The response with that handle.
    pub(super) fn response(&self, handle: u32) -> Option<&ResponseParts> {
        match handle {
            RESPONSE => self.ex.response(),
            made => self.ex.objects.response(made),
        }
    }

    /// The body of a message.
    pub(super) fn body(&self, handle: u32) -> Option<&MessageBody> {
        match handle {
            REQUEST => Some(&self.ex.request().body),
            other => self.response(other).map(|response| &response.body),
        }
    }

    /// The body of a message, to consume it.
    pub(super) fn body_mut(&mut self, handle: u32) -> Option<&mut MessageBody> {
        match handle {
            REQUEST => Some(&mut self.ex.request_mut().body),
            RESPONSE => self
                .ex
                .existing_response_mut()
                .map(|response| &mut response.body),
            made => self.ex.objects.response_body_mut(made),
        }
    }
}
