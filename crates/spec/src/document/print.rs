//! Values as JSON text.

use std::fmt::Write as _;

use super::{Kind, Node};

/// Appends the value without white space. Bounded: a document's depth is.
pub(super) fn json(node: Node<'_>, out: &mut String) {
    match node.kind() {
        Kind::Null => out.push_str("null"),
        Kind::Boolean if node.boolean() == Some(true) => out.push_str("true"),
        Kind::Boolean => out.push_str("false"),
        Kind::Number => out.push_str(node.scalar().unwrap_or("0")),
        Kind::String => quoted(node.string().unwrap_or(""), out),
        Kind::Array => {
            let mut separator = '[';
            for item in node.items() {
                out.push(std::mem::replace(&mut separator, ','));
                json(item, out);
            }
            out.push_str(if separator == '[' { "[]" } else { "]" });
        }
        Kind::Object => {
            let mut separator = '{';
            for member in node.members() {
                out.push(std::mem::replace(&mut separator, ','));
                quoted(member.name, out);
                out.push(':');
                json(member.value, out);
            }
            out.push_str(if separator == '{' { "{}" } else { "}" });
        }
    }
}

/// Appends a JSON string.
pub(crate) fn quoted(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(|c| matches!(c, '"' | '\\' | '\0'..='\x1f')) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        let mut characters = special.chars();
        match characters.next() {
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some(control) if control < ' ' => {
                // Writing to a string does not fail.
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => {
                out.push('\\');
                out.extend(other);
            }
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// How many bytes at the start of `text` are a JSON number.
pub(super) fn number_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter().take_while(|b| b.is_ascii_digit()).count()
    };
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits(at);
    if whole == 0 || (whole > 1 && bytes.get(at) == Some(&b'0')) {
        return None;
    }
    at += whole;
    if bytes.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if fraction == 0 {
            return None;
        }
        at += 1 + fraction;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at + 1 + sign);
        if exponent == 0 {
            return None;
        }
        at += 1 + sign + exponent;
    }
    Some(at)
}
