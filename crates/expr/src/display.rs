//! `ToString()` of any value.

use crate::calendar::{format_stamp, span_text};
use crate::eval::Vm;
use crate::exception::Outcome;
use crate::host::HostCall;
use crate::json;
use crate::library::{TableKind, registry};
use crate::member::Body;
use crate::names::full;
use crate::numbers::{shortest, shortest_single};
use crate::surface::Surface;
use crate::text::Text;
use crate::types::Type;
use crate::value::{EnumType, Record, Value};

/// How deep `ToString()` of a record looks.
const DEPTH: u32 = 16;

/// `value.ToString()`; the empty string for `null`.
pub(crate) fn to_text(vm: &mut Vm<'_>, value: &Value) -> Outcome<Text> {
    match value {
        Value::Host(object) => {
            let surface = vm.surface;
            let own = surface
                .host(object.kind)
                .and_then(|def| def.members("ToString").first());
            let Some(Body::Host { id, .. }) = own.map(|member| &member.body) else {
                return Ok(Text::from(surface.full_name(object.kind)));
            };
            let text = vm.host.call(HostCall {
                receiver: value,
                member: *id,
                key: None,
                types: &[],
                args: &mut [],
            })?;
            Ok(text.as_text().cloned().unwrap_or_else(Text::empty))
        }
        Value::Json(token) if token.is_container() => {
            json::write_within(token, true, &mut vm.meter).map(Text::from)
        }
        Value::Xml(node) => {
            vm.meter.ticks(node.surroundings())?;
            crate::xml::write_within(node, true, &mut vm.meter).map(Text::from)
        }
        _ => Ok(plain_text(value, vm.surface)),
    }
}

/// `ToString()` of a value that is not the host's.
pub(crate) fn plain_text(value: &Value, surface: &Surface) -> Text {
    text_within(value, surface, DEPTH)
}

impl Value {
    /// `ToString()` of a value that is not the host's; the empty text for `null`.
    pub fn display(&self, surface: &Surface) -> Text {
        plain_text(self, surface)
    }
}

fn text_within(value: &Value, surface: &Surface, depth: u32) -> Text {
    let text = match value {
        Value::Null | Value::Cell(_) => String::new(),
        Value::String(text) => return text.clone(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Char(unit) => return Text::from_units(&[*unit]),
        Value::Float(n) => shortest_single(*n),
        Value::Double(n) => shortest(*n),
        Value::Decimal(n) => n.to_string(),
        Value::DateTime(date) => format_stamp((*date).into()),
        Value::DateTimeOffset(date) => format_stamp((*date).into()),
        Value::TimeSpan(span) => span_text(*span),
        Value::Guid(guid) => guid.hyphenated(),
        Value::Enum(ty, number) => enum_text(*ty, *number, surface),
        Value::Json(token) => return json::to_display(token),
        Value::Xml(node) => return node.display(),
        Value::Type(ty) => full(ty, surface),
        Value::Exception(exception) => {
            format!("{}: {}", exception.type_name(), exception.message())
        }
        Value::Record(record) => record_text(record, surface, depth),
        Value::Native(object) => match object.text() {
            Some(text) => return text,
            None => full(&object.ty(), surface),
        },
        other => match other.as_integer() {
            Some(number) => number.to_string(),
            None => full(&other.runtime_type(), surface),
        },
    };
    Text::from(text)
}

fn record_text(record: &Record, surface: &Surface, depth: u32) -> String {
    if depth == 0 {
        return "…".to_owned();
    }
    let fields: Vec<String> = record
        .fields()
        .iter()
        .map(|field| text_within(field, surface, depth - 1).to_str().into_owned())
        .collect();
    match record.ty() {
        Type::Anonymous(shape) => {
            let members: Vec<String> = shape
                .names
                .iter()
                .zip(&fields)
                .map(|(name, text)| format!("{name} = {text}"))
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        Type::Generic(crate::types::DefId::KEY_VALUE_PAIR, _) => format!("[{}]", fields.join(", ")),
        _ => format!("({})", fields.join(", ")),
    }
}

/// The members of an enumeration, and whether they are flags.
pub(crate) fn enum_values(
    ty: EnumType,
    surface: &Surface,
) -> (&'static [(&'static str, i32)], bool) {
    match ty {
        EnumType::Def(def) => match registry().definition(def).kind {
            TableKind::Enum { values, flags } => (values, flags),
            _ => (&[], false),
        },
        EnumType::Host(host) => (
            surface.host(host).and_then(|def| def.values).unwrap_or(&[]),
            false,
        ),
    }
}

/// The name of an enumeration's member, the names of its flags, or the number.
pub(crate) fn enum_text(ty: EnumType, number: i32, surface: &Surface) -> String {
    let (values, flags) = enum_values(ty, surface);
    if let Some((name, _)) = values.iter().find(|(_, value)| *value == number) {
        return (*name).to_owned();
    }
    if flags && number != 0 {
        let mut rest = number;
        let mut names = Vec::new();
        let mut sorted: Vec<_> = values.iter().filter(|(_, value)| *value != 0).collect();
        sorted.sort_by_key(|(_, value)| std::cmp::Reverse(value.cast_unsigned()));
        for (name, value) in sorted {
            if rest & value == *value {
                rest &= !value;
                names.push(*name);
            }
        }
        if rest == 0 {
            names.reverse();
            return names.join(", ");
        }
    }
    number.to_string()
}
