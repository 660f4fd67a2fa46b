//! A value that is known when the configuration is loaded, or computed for each request.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use portcullis_expr::{Program, Value};

use crate::exchange::Exchange;
use crate::flow::Fault;
use crate::host::Host;
use crate::scheme;

/// A value that is known, or a program that computes it.
#[derive(Debug)]
pub enum Val<T> {
    /// Written as a literal, or a program whose value is always the same.
    Known(T),
    /// Computed for each request.
    Computed(Box<Program>),
}

/// What the result of a program can become where it stands.
pub trait FromValue: Sized {
    /// The result as this type; the error says what was expected.
    fn from_value(value: &Value) -> Result<Self, Fault>;
}

impl<T: FromValue + Clone> Val<T> {
    /// The value for this request.
    pub(crate) fn get(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<T, Fault> {
        match self {
            Self::Known(value) => Ok(value.clone()),
            Self::Computed(program) => T::from_value(&scheme::evaluate(program, ex, host)?),
        }
    }

    /// Whether it is computed for each request.
    pub(crate) fn is_computed(&self) -> bool {
        matches!(self, Self::Computed(_))
    }
}

impl Val<Box<str>> {
    /// The text for this request; `null` is the empty text.
    pub(crate) fn text<'v>(
        &'v self,
        ex: &mut Exchange<'_>,
        host: &Host<'_>,
    ) -> Result<Cow<'v, str>, Fault> {
        match self {
            Self::Known(text) => Ok(Cow::Borrowed(text)),
            Self::Computed(program) => {
                let text = scheme::evaluate_text(program, ex, host)?;
                Ok(Cow::Owned(text.unwrap_or_default()))
            }
        }
    }
}

fn unexpected(expected: &str, value: &Value) -> Fault {
    let text = scheme::to_text(value).unwrap_or_else(|| "null".into());
    Fault::expression(&format!("the value `{text}` is not {expected}"))
}

impl FromValue for Box<str> {
    fn from_value(value: &Value) -> Result<Self, Fault> {
        Ok(scheme::to_text(value).unwrap_or_default().into())
    }
}

impl FromValue for bool {
    fn from_value(value: &Value) -> Result<Self, Fault> {
        scheme::to_bool(value)
    }
}

impl FromValue for u64 {
    fn from_value(value: &Value) -> Result<Self, Fault> {
        Self::try_from(scheme::to_int(value)?).map_err(|_| unexpected("a number from 0 up", value))
    }
}

impl FromValue for Duration {
    fn from_value(value: &Value) -> Result<Self, Fault> {
        u64::from_value(value).map(Duration::from_secs)
    }
}

impl FromValue for StatusCode {
    fn from_value(value: &Value) -> Result<Self, Fault> {
        u16::try_from(scheme::to_int(value)?)
            .ok()
            .filter(|code| (100..=999).contains(code))
            .and_then(|code| Self::from_u16(code).ok())
            .ok_or_else(|| unexpected("an HTTP status from 100 to 999", value))
    }
}

impl FromValue for HeaderName {
    fn from_value(value: &Value) -> Result<Self, Fault> {
        let text = scheme::to_text(value).unwrap_or_default();
        Self::from_bytes(text.as_bytes()).map_err(|_| unexpected("the name of a header", value))
    }
}

impl FromValue for HeaderValue {
    fn from_value(value: &Value) -> Result<Self, Fault> {
        header_value(scheme::to_text(value).unwrap_or_default())
    }
}

/// A text as the value of a header: one line, without control characters.
pub(crate) fn header_value(text: String) -> Result<HeaderValue, Fault> {
    // The text itself is not told: what breaks a header was often sent by a caller.
    let broken = "the value of a header has a line break or another control character";
    HeaderValue::try_from(text).map_err(|_| Fault::expression(broken))
}

impl FromValue for Bytes {
    fn from_value(value: &Value) -> Result<Self, Fault> {
        let bytes = value.to_bytes().map(Self::from);
        Ok(bytes.unwrap_or_else(|| scheme::to_text(value).unwrap_or_default().into()))
    }
}

impl FromValue for http::Method {
    fn from_value(value: &Value) -> Result<Self, Fault> {
        let text = scheme::to_text(value).unwrap_or_default();
        Self::from_bytes(text.trim().as_bytes()).map_err(|_| unexpected("an HTTP method", value))
    }
}
