//! `System.Guid`.

use super::date_time::compared;
use super::integer::{compare, same};
use super::object::hash_code;
use super::{Table, TableKind, m};
use crate::eval::Call;
use crate::exception::{Outcome, argument, format};
use crate::format::format_guid;
use crate::value::{Guid, Value};

pub(super) static GUID: Table = Table {
    name: "System.Guid",
    kind: TableKind::Struct,
    parents: &["System.ValueType", "IComparable", "IFormattable"],
    documented: true,
    members: &[
        m("new(string g)", |c| {
            let text = c.required_text(0, "g")?;
            parse_guid(&text.to_str()).map(Value::Guid)
        }),
        m("new(byte[] b)", from_bytes),
        m("static Guid Empty", |_| Ok(Value::Guid(Guid([0; 16])))),
        m("static Guid NewGuid()", |c| Ok(Value::Guid(new_guid(c)))),
        m("static Guid Parse(string input)", |c| {
            let text = c.required_text(0, "input")?;
            parse_guid(&text.to_str()).map(Value::Guid)
        }),
        m(
            "static Guid ParseExact(string input, string format)",
            parse_exact,
        ),
        m("static bool TryParse(string input, out Guid result)", |c| {
            let parsed = c
                .optional_text(0)
                .and_then(|text| parse_guid(&text.to_str()).ok());
            c.put(1, Value::Guid(parsed.unwrap_or(Guid([0; 16]))));
            Ok(Value::Bool(parsed.is_some()))
        }),
        m("byte[] ToByteArray()", |c| {
            Ok(Value::bytes(swapped(c.guid(0)?.0).to_vec()))
        }),
        m("string ToString(string format)", |c| {
            let pattern = c.optional_text(1);
            let pattern = pattern
                .as_ref()
                .map(crate::Text::to_str)
                .unwrap_or_default();
            format_guid(c.guid(0)?, &pattern).map(Value::from)
        }),
        m("bool Equals(Guid g)", same),
        m("int CompareTo(Guid value)", compare),
        m("int GetHashCode()", hash_code),
        m("static bool operator ==(Guid a, Guid b)", same),
        m("static bool operator !=(Guid a, Guid b)", |c| {
            compared(c, |o| o != 0)
        }),
    ],
};

/// A random GUID of version 4.
pub(super) fn new_guid(c: &mut Call<'_, '_>) -> Guid {
    let high = c.vm.host.random() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000;
    let low = c.vm.host.random() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000;
    Guid(((u128::from(high) << 64) | u128::from(low)).to_be_bytes())
}

/// .NET keeps the first three groups in little-endian order.
fn swapped(mut bytes: [u8; 16]) -> [u8; 16] {
    for group in [0..4, 4..6, 6..8] {
        if let Some(group) = bytes.get_mut(group) {
            group.reverse();
        }
    }
    bytes
}

fn from_bytes(c: &mut Call<'_, '_>) -> Outcome {
    let bytes = c.required_bytes(0, "b")?;
    let bytes: [u8; 16] = bytes
        .try_into()
        .map_err(|_| argument("Byte array for GUID must be exactly 16 bytes long.", "b"))?;
    Ok(Value::Guid(Guid(swapped(bytes))))
}

/// Reads a GUID in any of its forms.
pub(crate) fn parse_guid(text: &str) -> Outcome<Guid> {
    let trimmed = text.trim();
    let inner = trimmed
        .strip_prefix('{')
        .and_then(|t| t.strip_suffix('}'))
        .or_else(|| trimmed.strip_prefix('(').and_then(|t| t.strip_suffix(')')))
        .unwrap_or(trimmed);
    if inner.is_empty() {
        return Err(format("Unrecognized Guid format."));
    }
    let hyphens: Vec<usize> = inner.match_indices('-').map(|(at, _)| at).collect();
    let shaped = match hyphens.as_slice() {
        [] => inner.len() == 32,
        [8, 13, 18, 23] => inner.len() == 36,
        _ => false,
    };
    let digits: String = inner.chars().filter(|c| *c != '-').collect();
    let hex = digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    match u128::from_str_radix(&digits, 16) {
        Ok(number) if shaped && hex => Ok(Guid(number.to_be_bytes())),
        _ if hyphens.is_empty() => Err(format(
            "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).",
        )),
        _ => Err(format(
            "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).",
        )),
    }
}

fn parse_exact(c: &mut Call<'_, '_>) -> Outcome {
    let text = c.required_text(0, "input")?;
    let pattern = c.required_text(1, "format")?;
    let guid = parse_guid(&text.to_str())?;
    let shown = format_guid(guid, &pattern.to_str())?;
    if shown.eq_ignore_ascii_case(text.to_str().trim()) {
        return Ok(Value::Guid(guid));
    }
    Err(format(
        "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).",
    ))
}
