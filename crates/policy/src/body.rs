//! Message bodies: nothing, bytes at hand, or a stream that lives on one core.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, HeaderMap};
use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::budget::Budget;

/// A boxed stream; local to one core, so it need not be `Send`.
pub type LocalBody = Pin<Box<dyn HttpBody<Data = Bytes, Error = BodyError>>>;

/// A message body.
#[derive(Default)]
pub enum Body {
    /// No content.
    #[default]
    Empty,
    /// All of it at hand.
    Bytes(Bytes),
    /// It arrives piece by piece.
    Stream(LocalBody),
}

/// Why a body ended before its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// It is larger than what may be buffered.
    #[error("the body is larger than {limit} bytes")]
    TooLarge {
        /// The limit it broke, in bytes.
        limit: u64,
    },
    /// All bodies that are held at once leave no room for it.
    #[error("the bodies that are held in memory leave no room for it")]
    NoRoom,
    /// It did not arrive in time.
    #[error("the body did not arrive in time")]
    Timeout,
    /// Its framing is wrong; the text names the rule.
    #[error("malformed body: {0}")]
    Malformed(&'static str),
    /// The connection it came through broke.
    #[error("the connection broke: {0}")]
    Broken(String),
}

impl Body {
    /// A body from a stream.
    pub fn stream(body: impl HttpBody<Data = Bytes, Error = BodyError> + 'static) -> Self {
        Self::Stream(Box::pin(body))
    }

    /// A body from bytes; none if there are none.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        if bytes.is_empty() {
            Self::Empty
        } else {
            Self::Bytes(bytes)
        }
    }

    /// Whether it is known to have no content.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// The whole content, if it is at hand.
    pub fn at_hand(&self) -> Option<Bytes> {
        match self {
            Self::Empty => Some(Bytes::new()),
            Self::Bytes(bytes) => Some(bytes.clone()),
            Self::Stream(_) => None,
        }
    }

    /// Turns a stream into bytes at hand, reading at most `limit`; drops trailers.
    ///
    /// Cancel: what was read so far is lost and the body is empty.
    pub async fn buffer(&mut self, limit: u64) -> Result<Bytes, BodyError> {
        self.buffer_within(limit, &Budget::new(limit.saturating_mul(2)))
            .await
    }

    /// The same, if a budget has room for it.
    pub(crate) async fn buffer_within(
        &mut self,
        limit: u64,
        budget: &Budget,
    ) -> Result<Bytes, BodyError> {
        if let Some(bytes) = self.at_hand() {
            return Ok(bytes);
        }
        let mut body = std::mem::take(self);
        if body.size_hint().lower() > limit {
            return Err(BodyError::TooLarge { limit });
        }
        let longest = body.size_hint().upper().unwrap_or(limit).min(limit);
        let mut all = budget.gather(longest);
        while let Some(frame) = next_frame(&mut body).await {
            if let Ok(data) = frame?.into_data() {
                if (all.len() + data.len()) as u64 > limit {
                    return Err(BodyError::TooLarge { limit });
                }
                all.push(&data).map_err(|_| BodyError::NoRoom)?;
            }
        }
        let bytes = all.into_bytes();
        *self = Self::bytes(bytes.clone());
        Ok(bytes)
    }
}

/// What the content is encoded with, `identity` apart: whoever would read it as it stands reads nothing.
/// All lines count, and all of each: the other end decodes what any of them names.
pub(crate) fn content_coding(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(CONTENT_ENCODING).iter();
    let mut codings = lines
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii);
    let coding = codings.find(|c| !c.is_empty() && !c.eq_ignore_ascii_case(b"identity"))?;
    Some(String::from_utf8_lossy(coding).into_owned())
}

async fn next_frame(body: &mut Body) -> Option<Result<Frame<Bytes>, BodyError>> {
    std::future::poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut *self {
            Self::Empty => Poll::Ready(None),
            Self::Bytes(bytes) => {
                let bytes = std::mem::take(bytes);
                *self = Self::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Self::Stream(stream) => stream.as_mut().poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Bytes(_) => false,
            Self::Stream(stream) => stream.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Stream(stream) => stream.size_hint(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Self::Stream(_) => f.write_str("Stream"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_line_names_a_coding_the_content_is_encoded() {
        for (lines, expect) in [
            (&[][..], None),
            (&["identity"], None),
            (&["", " Identity , identity"], None),
            (&["gzip"], Some("gzip")),
            (&["identity", "gzip"], Some("gzip")),
            (&["identity, br"], Some("br")),
            (&["gz\u{e9}p"], Some("gz\u{e9}p")),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(CONTENT_ENCODING, line.parse().unwrap());
            }
            assert_eq!(content_coding(&headers).as_deref(), expect, "{lines:?}");
        }
    }
}
