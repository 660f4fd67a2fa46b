//! `application/x-www-form-urlencoded`: what `AsFormUrlEncodedContent` gives, and back.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use portcullis_expr::{Exception, HostCall, Outcome, Text, Type, Value};

use super::ContextHost;
use super::table::{Entry, call};
use super::throw::{argument_null, not_supported};

pub(super) const EXTENSIONS: &[Entry] = &[
    call(
        "string ToQueryString(this IDictionary<string, IList<string>> dictionary)",
        to_query_string,
    ),
    call(
        "string ToFormUrlEncodedContent(this IDictionary<string, IList<string>> dictionary)",
        to_form,
    ),
];

/// What stands for itself in a form (RFC 3986's unreserved characters).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The pairs of a form or query, decoded: `%xx` and `+`.
pub(super) fn pairs(text: &[u8]) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    let pieces = text
        .split(|byte| *byte == b'&')
        .filter(|piece| !piece.is_empty());
    pieces.map(|piece| {
        let mut halves = piece.splitn(2, |byte| *byte == b'=');
        (
            decoded(halves.next().unwrap_or_default()),
            decoded(halves.next().unwrap_or_default()),
        )
    })
}

fn decoded(text: &[u8]) -> Cow<'_, str> {
    if !text.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return String::from_utf8_lossy(text);
    }
    let spaced: Vec<u8> = text
        .iter()
        .map(|b| if *b == b'+' { b' ' } else { *b })
        .collect();
    Cow::Owned(percent_decode(&spaced).decode_utf8_lossy().into_owned())
}

/// The pairs of a form as `IDictionary<string, IList<string>>`.
pub(super) fn parse(content: &[u8]) -> Value {
    let mut fields: Vec<(Cow<'_, str>, Vec<Value>)> = Vec::new();
    for (name, value) in pairs(content) {
        let value = Value::string(&value);
        match fields.iter_mut().find(|(field, _)| *field == name) {
            Some((_, values)) => values.push(value),
            None => fields.push((name, vec![value])),
        }
    }
    let entries = fields
        .into_iter()
        .map(|(name, values)| (Value::string(&name), Value::array(Type::STRING, values)));
    Value::dictionary((Type::STRING, Type::array(Type::STRING)), entries)
}

fn to_query_string(_: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    let text = encoded(call.receiver)?;
    Ok(if text.is_empty() {
        Value::String(Text::empty())
    } else {
        format!("?{text}").into()
    })
}

fn to_form(_: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    encoded(call.receiver).map(Value::from)
}

fn encoded(form: &Value) -> Result<String, Exception> {
    let Value::Dictionary(form) = form else {
        return Err(match form {
            Value::Null => argument_null("dictionary"),
            _ => not_supported("only a `Dictionary` can be written as a form"),
        });
    };
    let mut text = String::new();
    for (name, values) in form.to_entries() {
        let Value::Array(values) = values else {
            continue;
        };
        for value in values.to_values() {
            if !text.is_empty() {
                text.push('&');
            }
            text.extend(encode(&name));
            text.push('=');
            text.extend(encode(&value));
        }
    }
    Ok(text)
}

fn encode(value: &Value) -> Vec<String> {
    let text = value.as_text().map(Text::to_str).unwrap_or_default();
    utf8_percent_encode(&text, ENCODED)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_once() {
        let all: Vec<_> = pairs(b"a=1%2B1&b+c=%C3%A6&&d&e=x=y").collect();
        let expect = [("a", "1+1"), ("b c", "æ"), ("d", ""), ("e", "x=y")];
        assert_eq!(all.len(), expect.len());
        for ((name, value), (n, v)) in all.iter().zip(expect) {
            assert_eq!((&**name, &**value), (n, v));
        }
    }
}
