//! Values as JSON with their types, for tests and tools: what `portcullis expr eval` prints.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::calendar::{round_trip, round_trip_offset, span_text};
use crate::display::{enum_text, plain_text, to_text};
use crate::eval::Vm;
use crate::exception::{Exception, Outcome};
use crate::host::Host;
use crate::json::{self, quote};
use crate::limits::Limits;
use crate::member::{Body, MemberKind};
use crate::names::{compact, full};
use crate::numbers::{shortest, shortest_single};
use crate::surface::{MemberId, Surface};
use crate::text::Text;
use crate::types::{DefId, Type};
use crate::uri::Uri;
use crate::value::{Object, Record, Value};

/// How deep lists of lists are shown.
const DEPTH: u32 = 32;

/// The members that say what a host object is, in this order.
const FACES: [&str; 3] = ["ToString", "Thumbprint", "Subject"];

/// A value as one JSON object: `type`, `value`, and where they say more, `text`, `jtype` and
/// `value_utf16`. A lazy sequence is read once; what it throws is the result.
pub fn json(value: &Value, host: &mut dyn Host, surface: &Surface) -> Outcome<String> {
    let limits = Limits::default();
    let mut renderer = Renderer {
        vm: Vm::new(host, &limits, surface),
        surface,
        out: String::new(),
    };
    renderer.value(value, DEPTH)?;
    Ok(renderer.out)
}

struct Renderer<'a> {
    vm: Vm<'a>,
    surface: &'a Surface,
    out: String,
}

impl Renderer<'_> {
    fn value(&mut self, value: &Value, depth: u32) -> Outcome<()> {
        if depth == 0 {
            self.plain("deep", "null");
            return Ok(());
        }
        match value {
            Value::Array(array) => match array.bytes() {
                Some(bytes) => self.plain("byte[]", &format!("\"{}\"", STANDARD.encode(bytes))),
                None => self.sequence(&value.runtime_type(), &array.to_values(), depth)?,
            },
            Value::List(list) => {
                let items = list.items().clone();
                self.sequence(list.ty(), &items, depth)?;
            }
            Value::Set(set) => self.sequence(set.ty(), &set.to_values(), depth)?,
            Value::Sequence(sequence) => {
                let items = self.vm.collect(value)?;
                self.sequence(&Type::enumerable(item_of(sequence.ty())), &items, depth)?;
            }
            Value::Dictionary(dictionary) => {
                self.begin(&compact(dictionary.ty(), self.surface));
                self.pairs(&dictionary.to_entries(), depth)?;
                self.out.push('}');
            }
            Value::Record(record) => self.record(record, depth)?,
            Value::Native(object) => match (object.items(), value.as_native::<Uri>()) {
                (Some(items), _) => self.sequence(&object.ty(), &items, depth)?,
                (_, Some(uri)) => self.shown("Uri", &uri.original, &self.text_of(value)),
                _ => self.leaf(value),
            },
            Value::Host(object) => self.host(value, *object)?,
            Value::Exception(exception) => self.exception(exception),
            _ => self.leaf(value),
        }
        Ok(())
    }

    /// A value without parts.
    fn leaf(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.text("string", text),
            Value::Char(unit) => self.text("char", &Text::from_units(&[*unit])),
            Value::Null => self.plain("null", "null"),
            Value::Bool(true) => self.plain("bool", "true"),
            Value::Bool(false) => self.plain("bool", "false"),
            Value::ULong(n) => self.plain("ulong", &format!("\"{n}\"")),
            Value::Decimal(n) => self.plain("decimal", &format!("\"{n}\"")),
            Value::Double(n) => self.plain("double", &format!("\"{}\"", shortest(*n))),
            Value::Float(n) => self.plain("float", &format!("\"{}\"", shortest_single(*n))),
            Value::DateTime(date) => {
                self.shown("DateTime", &round_trip(*date), &self.text_of(value));
            }
            Value::DateTimeOffset(date) => self.shown(
                "DateTimeOffset",
                &round_trip_offset(*date),
                &self.text_of(value),
            ),
            Value::TimeSpan(span) => self.plain("TimeSpan", &format!("\"{}\"", span_text(*span))),
            Value::Enum(ty, number) => {
                let name = full(&ty.ty(), self.surface);
                let text = Text::from(enum_text(*ty, *number, self.surface));
                self.text(&format!("enum:{name}"), &text);
            }
            Value::Json(token) => self.json(token),
            Value::Delegate(_) => self.plain("delegate", "null"),
            other => {
                if let Some(number) = other.as_integer() {
                    let name = compact(&other.runtime_type(), self.surface);
                    self.plain(&name, &number.to_string());
                } else {
                    let name = compact(&other.runtime_type(), self.surface);
                    self.text(&name, &self.text_of(other));
                }
            }
        }
    }

    fn text_of(&self, value: &Value) -> Text {
        plain_text(value, self.surface)
    }

    fn begin(&mut self, ty: &str) {
        self.out.push_str("{\"type\":");
        self.out.push_str(&quote(&Text::from(ty)));
        self.out.push_str(",\"value\":");
    }

    fn plain(&mut self, ty: &str, value: &str) {
        self.begin(ty);
        self.out.push_str(value);
        self.out.push('}');
    }

    fn text(&mut self, ty: &str, text: &Text) {
        self.begin(ty);
        self.out.push_str(&quote(text));
        if text.as_str().is_none() {
            let units: Vec<String> = text.to_units().iter().map(|u| format!("{u:04x}")).collect();
            self.out.push_str(",\"value_utf16\":");
            self.out.push_str(&quote(&Text::from(units.concat())));
        }
        self.out.push('}');
    }

    fn shown(&mut self, ty: &str, value: &str, text: &Text) {
        self.begin(ty);
        self.out.push_str(&quote(&Text::from(value)));
        self.out.push_str(",\"text\":");
        self.out.push_str(&quote(text));
        self.out.push('}');
    }

    fn json(&mut self, token: &json::JToken) {
        self.begin(&compact(&token.ty(), self.surface));
        self.out
            .push_str(&quote(&Text::from(json::write(token, false))));
        self.out.push_str(",\"text\":");
        self.out.push_str(&quote(&json::to_display(token)));
        if token.scalar().is_some() {
            self.out.push_str(",\"jtype\":");
            let kind = format!("{:?}", token.kind());
            self.out.push_str(&quote(&Text::from(kind)));
        }
        self.out.push('}');
    }

    fn sequence(&mut self, ty: &Type, items: &[Value], depth: u32) -> Outcome<()> {
        let name = if matches!(ty, Type::Array(item) if matches!(**item, Type::Anonymous(_))) {
            "anonymous[]".to_owned()
        } else {
            compact(ty, self.surface)
        };
        self.begin(&name);
        self.out.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.value(item, depth - 1)?;
        }
        self.out.push_str("]}");
        Ok(())
    }

    fn pairs(&mut self, entries: &[(Value, Value)], depth: u32) -> Outcome<()> {
        self.out.push('[');
        for (index, (key, value)) in entries.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.pair(key, value, depth)?;
        }
        self.out.push(']');
        Ok(())
    }

    fn pair(&mut self, key: &Value, value: &Value, depth: u32) -> Outcome<()> {
        self.out.push_str("{\"key\":");
        self.value(key, depth - 1)?;
        self.out.push_str(",\"value\":");
        self.value(value, depth - 1)?;
        self.out.push('}');
        Ok(())
    }

    fn record(&mut self, record: &std::rc::Rc<Record>, depth: u32) -> Outcome<()> {
        match (record.ty(), record.fields()) {
            (Type::Generic(DefId::KEY_VALUE_PAIR, _), [key, value]) => {
                self.begin(&compact(record.ty(), self.surface));
                self.pair(key, value, depth)?;
            }
            (Type::Anonymous(shape), fields) => {
                self.begin("anonymous");
                for (index, (name, field)) in shape.names.iter().zip(fields).enumerate() {
                    self.out.push(if index == 0 { '{' } else { ',' });
                    self.out.push_str(&quote(&Text::from(&**name)));
                    self.out.push(':');
                    self.value(field, depth - 1)?;
                }
                self.out
                    .push_str(if fields.is_empty() { "{}" } else { "}" });
            }
            _ => {
                let text = self.text_of(&Value::Record(record.clone()));
                self.text(&compact(record.ty(), self.surface), &text);
                return Ok(());
            }
        }
        self.out.push('}');
        Ok(())
    }

    fn exception(&mut self, exception: &Exception) {
        self.text(exception.type_name(), exception.message());
    }

    fn host(&mut self, value: &Value, object: Object) -> Outcome<()> {
        let name = self.surface.shown_name(object.kind).to_owned();
        match self.face(value, object)? {
            Some(text) => self.text(&name, &text),
            None => self.plain(&name, "null"),
        }
        Ok(())
    }

    /// The text that stands for a host object.
    fn face(&mut self, value: &Value, object: Object) -> Outcome<Option<Text>> {
        for name in FACES {
            let Some((kind, id)) = self.host_member(object, name) else {
                continue;
            };
            if kind == MemberKind::Property {
                let text = self.vm.host.get(object, id)?;
                return Ok(text.as_text().cloned());
            }
            return to_text(&mut self.vm, value).map(Some);
        }
        Ok(None)
    }

    fn host_member(&self, object: Object, name: &str) -> Option<(MemberKind, MemberId)> {
        let members = self.surface.host(object.kind)?.members(name);
        members.first().and_then(|member| match member.body {
            Body::Host { id, .. } => Some((member.kind, id)),
            _ => None,
        })
    }
}

fn item_of(ty: &Type) -> Type {
    match ty {
        Type::Generic(_, arguments) => arguments.last().cloned().unwrap_or(Type::OBJECT),
        _ => Type::OBJECT,
    }
}
