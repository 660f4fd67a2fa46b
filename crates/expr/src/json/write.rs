//! Tokens → JSON text, as Newtonsoft writes it.

use super::{Data, JToken, JsonKind};
use crate::exception::Outcome;
use crate::limits::Meter;
use crate::text::Text;
use crate::value::{DateTime, Kind, Value};

/// How deep a tree is written.
const MAX_DEPTH: usize = 500;

/// `ToString(Formatting.Indented)` or `ToString(Formatting.None)`.
pub(crate) fn write(token: &JToken, indented: bool) -> String {
    write_within(token, indented, &mut Meter::open()).unwrap_or_default()
}

/// The same, charged while it is written.
pub(crate) fn write_within(token: &JToken, indented: bool, meter: &mut Meter) -> Outcome<String> {
    let mut writer = Writer::new(indented);
    writer.metered(token, meter)?;
    Ok(writer.finish())
}

/// Writes JSON piece by piece.
pub(crate) struct Writer {
    out: String,
    indented: bool,
    /// For each open container: whether it has an item already.
    open: Vec<bool>,
}

impl Writer {
    pub(crate) fn new(indented: bool) -> Self {
        Self {
            out: String::new(),
            indented,
            open: Vec::new(),
        }
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }

    fn line(&mut self) {
        if self.indented {
            self.out.push('\n');
            for _ in 0..self.open.len() {
                self.out.push_str("  ");
            }
        }
    }

    /// Begins an item of a container.
    pub(crate) fn item(&mut self) {
        if let Some(has_items) = self.open.last_mut() {
            if std::mem::replace(has_items, true) {
                self.out.push(',');
            }
            self.line();
        }
    }

    /// Opens a container.
    pub(crate) fn begin(&mut self, bracket: char) {
        self.out.push(bracket);
        self.open.push(false);
    }

    /// Closes a container.
    pub(crate) fn end(&mut self, bracket: char) {
        if self.open.pop() == Some(true) {
            self.line();
        }
        self.out.push(bracket);
    }

    /// A property's name.
    pub(crate) fn name(&mut self, name: &Text) {
        self.out.push_str(&quote(name));
        self.out.push(':');
        if self.indented {
            self.out.push(' ');
        }
    }

    /// A token with all that is in it.
    fn metered(&mut self, token: &JToken, meter: &mut Meter) -> Outcome<()> {
        meter.ticks(1)?;
        meter.fits(self.out.len())?;
        if self.open.len() > MAX_DEPTH {
            self.out.push_str("null");
            return Ok(());
        }
        match &*token.data() {
            Data::Object(children) => self.children(('{', '}'), children, meter)?,
            Data::Array(children) => self.children(('[', ']'), children, meter)?,
            Data::Property(name, children) => {
                self.name(name);
                for child in children {
                    self.metered(child, meter)?;
                }
            }
            Data::Value(kind, value) => self.out.push_str(&scalar(*kind, value)),
        }
        Ok(())
    }

    fn children(
        &mut self,
        brackets: (char, char),
        children: &[JToken],
        meter: &mut Meter,
    ) -> Outcome<()> {
        self.begin(brackets.0);
        for child in children {
            self.item();
            self.metered(child, meter)?;
        }
        self.end(brackets.1);
        Ok(())
    }
}

/// A `JValue` as JSON.
pub(crate) fn scalar(kind: JsonKind, value: &Value) -> String {
    match (kind, value) {
        (JsonKind::Undefined, _) => "undefined".to_owned(),
        (JsonKind::Raw, Value::String(text)) => text.to_str().into_owned(),
        (_, value) => primitive(value).unwrap_or_else(|| "null".to_owned()),
    }
}

/// A value without parts as JSON.
pub(crate) fn primitive(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::String(text) => quote(text),
        Value::Char(unit) => quote(&Text::from_units(&[*unit])),
        Value::Float(n) => float_text(f64::from(*n), &crate::numbers::shortest_single(*n)),
        Value::Double(n) => double_text(*n),
        Value::Decimal(n) => {
            let text = n.to_string();
            if text.contains('.') {
                text
            } else {
                format!("{text}.0")
            }
        }
        Value::DateTime(date) => format!("\"{}\"", date_text(*date)),
        Value::DateTimeOffset(date) => {
            let offset = crate::calendar::offset_text(date.offset_minutes);
            let clock = DateTime {
                ticks: date.clock_ticks(),
                kind: Kind::Unspecified,
            };
            format!("\"{}{offset}\"", date_text(clock))
        }
        Value::TimeSpan(span) => format!("\"{}\"", crate::calendar::span_text(*span)),
        Value::Guid(guid) => format!("\"{}\"", guid.hyphenated()),
        Value::Enum(_, number) => number.to_string(),
        Value::Array(array) => {
            use base64::Engine;
            let bytes = array.bytes()?;
            format!(
                "\"{}\"",
                base64::engine::general_purpose::STANDARD.encode(bytes)
            )
        }
        Value::Native(object) => {
            let text = object.text()?;
            let number = value.as_native::<super::BigInteger>().is_some();
            if number {
                text.to_str().into_owned()
            } else {
                quote(&text)
            }
        }
        other => other.as_integer()?.to_string(),
    })
}

/// A `double` as JSON: always with a fraction or an exponent.
pub(crate) fn double_text(n: f64) -> String {
    float_text(n, &crate::numbers::shortest(n))
}

fn float_text(n: f64, shortest: &str) -> String {
    if n.is_nan() {
        return "\"NaN\"".to_owned();
    }
    if n.is_infinite() {
        return if n > 0.0 {
            "\"Infinity\""
        } else {
            "\"-Infinity\""
        }
        .to_owned();
    }
    if shortest.contains(['.', 'E', 'e']) {
        shortest.to_owned()
    } else {
        format!("{shortest}.0")
    }
}

/// A `DateTime` as ISO 8601 with as many digits as it needs.
pub(crate) fn date_text(date: DateTime) -> String {
    let mut text = crate::calendar::sortable(date.ticks);
    let fraction = date.ticks.rem_euclid(10_000_000);
    if fraction != 0 {
        let digits = format!("{fraction:07}");
        text.push('.');
        text.push_str(digits.trim_end_matches('0'));
    }
    match date.kind {
        Kind::Utc => text.push('Z'),
        Kind::Local => text.push_str("+00:00"),
        Kind::Unspecified => {}
    }
    text
}

/// A string as JSON.
pub(crate) fn quote(text: &Text) -> String {
    use std::fmt::Write;
    let text = text.to_str();
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{C}' => out.push_str("\\f"),
            c if c < ' ' || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}') => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
