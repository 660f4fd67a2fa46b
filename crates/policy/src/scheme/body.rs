//! `IMessageBody`: the content of a message, read as text, bytes, JSON or XML.

use bytes::Bytes;
use portcullis_expr::{Exception, HostCall, Outcome, Text, Type, Value};

use super::ContextHost;
use super::dictionary::handle;
use super::library;
use super::table::{Class, call};
use super::throw::{invalid_operation, not_supported, null_reference};
use crate::body::content_coding;

pub(super) const CLASS: Class = Class::named(
    "IMessageBody",
    &[call(AS, read_as), call(AS_FORM, read_as_form)],
);

/// How a program says that it reads the content.
pub(super) const AS: &str = "T As<T>(bool preserveContent = false)";
/// The other way to say so.
pub(super) const AS_FORM: &str =
    "IDictionary<string, IList<string>> AsFormUrlEncodedContent(bool preserveContent = false)";

fn read_as(cx: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    let content = content(cx, call)?;
    let ty = call.types.first().unwrap_or(&Type::OBJECT);
    if ty.is_byte_array() {
        return Ok(Value::bytes(content.into()));
    }
    let text = text_of(&content);
    match *ty {
        Type::STRING => Ok(Value::String(text)),
        Type::JOBJECT | Type::JARRAY | Type::JTOKEN => library::json(&text, ty),
        Type::XELEMENT | Type::XDOCUMENT | Type::XNODE => library::xml(&text, ty),
        _ => Err(not_supported(
            "a body can be read as `string`, `byte[]`, `JObject`, `JArray`, `JToken`, `XElement`, \
             `XDocument` or `XNode` only",
        )),
    }
}

fn read_as_form(cx: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    let content = content(cx, call)?;
    Ok(super::form::parse(&content))
}

/// The content, consumed unless the call preserves it.
fn content(cx: &mut ContextHost<'_, '_>, call: &HostCall<'_>) -> Result<Bytes, Exception> {
    let handle = handle(call.receiver)?;
    if let Some(coding) = coding_of(cx, handle) {
        return Err(not_supported(format!(
            "the body has content coding `{coding}`, which expressions cannot read yet: ask for the \
             message without it (`Accept-Encoding: identity`)"
        )));
    }
    let preserve = call.args.first().and_then(Value::as_bool).unwrap_or(false);
    let body = cx.body_mut(handle).ok_or_else(null_reference)?;
    if !body.is_at_hand() {
        return Err(invalid_operation("the body has not been received yet"));
    }
    let content = if preserve {
        body.content()
    } else {
        body.consume()
    };
    content.map_err(|_| {
        invalid_operation(
            "the body has been consumed by an earlier `As<T>()`: pass `preserveContent: true` there",
        )
    })
}

fn coding_of(cx: &ContextHost<'_, '_>, handle: u32) -> Option<String> {
    content_coding(cx.headers(handle)?)
}

/// UTF-8 without its mark; what is not UTF-8 becomes U+FFFD.
fn text_of(content: &Bytes) -> Text {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    Text::from(&*String::from_utf8_lossy(content))
}
