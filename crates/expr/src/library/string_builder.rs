//! `System.Text.StringBuilder`, `System.IO.StringWriter`, `System.IO.StringReader`.

use std::cell::{Cell, RefCell};

use super::string::{index, int, units_of};
use super::{Table, TableKind, m, outside};
use crate::display::to_text;
use crate::eval::Call;
use crate::exception::{Outcome, argument, argument_null, out_of_range};
use crate::format::composite;
use crate::text::Text;
use crate::types::Type;
use crate::value::{NativeObject, Value};

pub(super) static STRING_BUILDER: Table = Table {
    name: "System.Text.StringBuilder",
    kind: TableKind::Class,
    parents: &[],
    documented: true,
    members: &[
        m("new()", |_| {
            Ok(new(Vec::new(), "System.Text.StringBuilder"))
        }),
        m("new(int capacity)", |_| {
            Ok(new(Vec::new(), "System.Text.StringBuilder"))
        }),
        m("new(string value)", |c| {
            let units = c
                .optional_text(0)
                .map(|text| text.to_units())
                .unwrap_or_default();
            Ok(new(units, "System.Text.StringBuilder"))
        }),
        m("int Length", |c| Ok(int(buffer(c)?.units.borrow().len()))),
        m("set int Length", |c| {
            let length = usize::try_from(c.int(1)?)
                .map_err(|_| out_of_range("Length cannot be less than zero.", "value"))?;
            c.vm.charge_bytes(length.saturating_mul(2))?;
            buffer(c)?.units.borrow_mut().resize(length, 0);
            Ok(Value::Null)
        }),
        m("int Capacity", |c| {
            Ok(int(buffer(c)?.units.borrow().len().max(16)))
        }),
        m("char this[int index]", |c| {
            let index = usize::try_from(c.int(1)?).ok();
            let unit = index.and_then(|index| buffer(c).ok()?.units.borrow().get(index).copied());
            unit.map(Value::Char)
                .ok_or_else(crate::exception::array_index)
        }),
        m("StringBuilder Append(string value)", append),
        m("StringBuilder Append(char value)", append),
        m("StringBuilder Append(char value, int repeatCount)", |c| {
            let count = index(c, 2, "repeatCount")?;
            c.vm.charge_bytes(count.saturating_mul(2))?;
            let unit = c.char(1)?;
            buffer(c)?
                .units
                .borrow_mut()
                .extend(std::iter::repeat_n(unit, count));
            Ok(c.arg(0).clone())
        }),
        m(
            "StringBuilder Append(string value, int startIndex, int count)",
            |c| {
                let (start, count) = (index(c, 2, "startIndex")?, index(c, 3, "count")?);
                let part = c.required_text(1, "value")?.slice(start, count);
                let part =
                    part.ok_or_else(|| out_of_range("Index was out of range.", "startIndex"))?;
                add(c, &part)
            },
        ),
        m("StringBuilder Append(char[] value)", |c| {
            let text = Text::from_units(&units_of(c.arg(1)));
            add(c, &text)
        }),
        m("StringBuilder Append(StringBuilder value)", append),
        m("StringBuilder Append(bool value)", append),
        m("StringBuilder Append(byte value)", append),
        m("StringBuilder Append(short value)", append),
        m("StringBuilder Append(int value)", append),
        m("StringBuilder Append(uint value)", append),
        m("StringBuilder Append(long value)", append),
        m("StringBuilder Append(ulong value)", append),
        m("StringBuilder Append(float value)", append),
        m("StringBuilder Append(double value)", append),
        m("StringBuilder Append(decimal value)", append),
        m("StringBuilder Append(object value)", append),
        m("StringBuilder AppendLine()", |c| add(c, &Text::from("\n"))),
        m("StringBuilder AppendLine(string value)", |c| {
            append(c)?;
            add(c, &Text::from("\n"))
        }),
        m(
            "StringBuilder AppendFormat(string format, object arg0)",
            append_format,
        ),
        m(
            "StringBuilder AppendFormat(string format, object arg0, object arg1)",
            append_format,
        ),
        m(
            "StringBuilder AppendFormat(string format, object arg0, object arg1, object arg2)",
            append_format,
        ),
        m(
            "StringBuilder AppendFormat(string format, params object[] args)",
            append_format_array,
        ),
        m(
            "StringBuilder AppendJoin(string separator, params string[] values)",
            append_join,
        ),
        m(
            "StringBuilder AppendJoin(string separator, params object[] values)",
            append_join,
        ),
        m(
            "StringBuilder AppendJoin<T>(string separator, IEnumerable<T> values)",
            append_join,
        ),
        m("StringBuilder Insert(int index, string value)", insert),
        m("StringBuilder Insert(int index, char value)", insert),
        m("StringBuilder Insert(int index, object value)", insert),
        m("StringBuilder Remove(int startIndex, int length)", |c| {
            let (start, length) = (index(c, 1, "startIndex")?, index(c, 2, "length")?);
            let held = buffer(c)?.units.borrow().len();
            c.vm.charge_steps(held / 512)?;
            let buffer = buffer(c)?;
            let mut units = buffer.units.borrow_mut();
            let end = start.checked_add(length).filter(|end| *end <= units.len());
            let end = end.ok_or_else(|| out_of_range("Index was out of range.", "length"))?;
            units.drain(start..end);
            drop(units);
            Ok(c.arg(0).clone())
        }),
        m(
            "StringBuilder Replace(string oldValue, string newValue)",
            |c| {
                let (old, new) = (c.required_text(1, "oldValue")?, c.optional_text(2));
                if old.is_empty() {
                    return Err(argument("String cannot be of zero length.", "oldValue"));
                }
                replace(c, &old, &new.unwrap_or_else(Text::empty))
            },
        ),
        m("StringBuilder Replace(char oldChar, char newChar)", |c| {
            let (old, new) = (
                Text::from_units(&[c.char(1)?]),
                Text::from_units(&[c.char(2)?]),
            );
            replace(c, &old, &new)
        }),
        m("StringBuilder Clear()", |c| {
            buffer(c)?.units.borrow_mut().clear();
            Ok(c.arg(0).clone())
        }),
        m("string ToString(int startIndex, int length)", |c| {
            let (start, length) = (index(c, 1, "startIndex")?, index(c, 2, "length")?);
            let held = buffer(c)?.units.borrow().len();
            c.vm.charge_steps(held / 64)?;
            let text = buffer(c)?.text_of();
            text.slice(start, length)
                .map(Value::String)
                .ok_or_else(|| out_of_range("Index was out of range.", "startIndex"))
        }),
    ],
};

pub(super) static TEXT_READER: Table =
    super::object::bare("System.IO.TextReader", TableKind::Class, &["IDisposable"]);
pub(super) static TEXT_WRITER: Table =
    super::object::bare("System.IO.TextWriter", TableKind::Class, &["IDisposable"]);

pub(super) static STRING_WRITER: Table = Table {
    name: "System.IO.StringWriter",
    kind: TableKind::Class,
    parents: &["System.IO.TextWriter"],
    documented: true,
    members: &[
        m("new()", |_| Ok(new(Vec::new(), "System.IO.StringWriter"))),
        m("void Write(string value)", append),
        m("void Write(char value)", append),
        m("void Write(bool value)", append),
        m("void Write(int value)", append),
        m("void Write(long value)", append),
        m("void Write(double value)", append),
        m("void Write(decimal value)", append),
        m("void Write(object value)", append),
        m("void Write(string format, object arg0)", append_format),
        m(
            "void Write(string format, params object[] arg)",
            append_format_array,
        ),
        m("void WriteLine()", |c| add(c, &Text::from("\n"))),
        m("void WriteLine(string value)", append_line),
        m("void WriteLine(object value)", append_line),
        m("void Flush()", super::nothing),
        m("void Close()", super::nothing),
    ],
};

pub(super) static STRING_READER: Table = Table {
    name: "System.IO.StringReader",
    kind: TableKind::Class,
    parents: &["System.IO.TextReader"],
    documented: true,
    members: &[
        m("new(string s)", |c| {
            let text = c.required_text(0, "s")?;
            Ok(Value::native(Reader {
                units: text.to_units(),
                at: Cell::new(0),
            }))
        }),
        m("string ReadToEnd()", |c| {
            let reader = reader(c)?;
            let rest = reader.units.get(reader.at.get()..).unwrap_or_default();
            reader.at.set(reader.units.len());
            Ok(Value::String(Text::from_units(rest)))
        }),
        m("string ReadLine()", read_line),
        outside("int Peek()", |c| {
            let reader = reader(c)?;
            Ok(Value::Int(
                reader
                    .units
                    .get(reader.at.get())
                    .map_or(-1, |unit| i32::from(*unit)),
            ))
        }),
        outside("int Read()", |c| {
            let reader = reader(c)?;
            let unit = reader.units.get(reader.at.get()).copied();
            reader.at.set(reader.at.get() + usize::from(unit.is_some()));
            Ok(Value::Int(unit.map_or(-1, i32::from)))
        }),
    ],
};

/// What is built.
#[derive(Debug)]
struct Buffer {
    units: RefCell<Vec<u16>>,
    type_name: &'static str,
}

impl Buffer {
    fn text_of(&self) -> Text {
        Text::from_units(&self.units.borrow())
    }
}

impl NativeObject for Buffer {
    fn ty(&self) -> Type {
        super::type_named(self.type_name)
    }

    fn text(&self) -> Option<Text> {
        Some(self.text_of())
    }
}

fn new(units: Vec<u16>, type_name: &'static str) -> Value {
    Value::native(Buffer {
        units: RefCell::new(units),
        type_name,
    })
}

fn buffer<'a>(c: &'a Call<'_, '_>) -> Outcome<&'a Buffer> {
    c.arg(0)
        .as_native::<Buffer>()
        .ok_or_else(crate::exception::null_reference)
}

fn add(c: &mut Call<'_, '_>, text: &Text) -> Outcome {
    c.vm.charge_bytes(text.size().saturating_mul(2))?;
    let buffer = buffer(c)?;
    let mut units = buffer.units.borrow_mut();
    match text.as_ascii() {
        Some(ascii) => units.extend(ascii.bytes().map(u16::from)),
        None => units.extend(text.to_units()),
    }
    drop(units);
    Ok(c.arg(0).clone())
}

fn append(c: &mut Call<'_, '_>) -> Outcome {
    match c.arg(1).clone() {
        Value::Null => Ok(c.arg(0).clone()),
        Value::String(text) => add(c, &text),
        other => {
            let text = to_text(c.vm, &other)?;
            add(c, &text)
        }
    }
}

fn append_line(c: &mut Call<'_, '_>) -> Outcome {
    append(c)?;
    add(c, &Text::from("\n"))
}

fn append_format(c: &mut Call<'_, '_>) -> Outcome {
    let pattern = c.required_text(1, "format")?;
    let values: Vec<Value> = c.args.iter().skip(2).cloned().collect();
    let text = composite(c.vm, &pattern, &values)?;
    add(c, &text)
}

fn append_format_array(c: &mut Call<'_, '_>) -> Outcome {
    let pattern = c.required_text(1, "format")?;
    let values = match c.arg(2) {
        Value::Array(array) => array.to_values(),
        _ => return Err(argument_null("args")),
    };
    let text = composite(c.vm, &pattern, &values)?;
    add(c, &text)
}

fn append_join(c: &mut Call<'_, '_>) -> Outcome {
    let separator = c.optional_text(1).unwrap_or_else(Text::empty);
    let source = c.required(2, "values")?;
    let values = c.vm.collect(&source)?;
    let text = super::string::concat_values(c.vm, &separator, &values)?;
    add(c, &text)
}

fn insert(c: &mut Call<'_, '_>) -> Outcome {
    let at = index(c, 1, "index")?;
    let value = c.arg(2).clone();
    let text = to_text(c.vm, &value)?;
    c.vm.charge_bytes(text.size().saturating_mul(2))?;
    let length = buffer(c)?.units.borrow().len();
    c.vm.charge_steps(length / 512)?;
    let buffer = buffer(c)?;
    let mut units = buffer.units.borrow_mut();
    if at > units.len() {
        return Err(out_of_range("Index was out of range.", "index"));
    }
    units.splice(at..at, text.to_units());
    drop(units);
    Ok(c.arg(0).clone())
}

fn replace(c: &mut Call<'_, '_>, old: &Text, new: &Text) -> Outcome {
    let whole = buffer(c)?.text_of();
    c.vm.charge_steps(whole.size() / 32)?;
    let replaced = match (whole.as_str(), old.as_str(), new.as_str()) {
        (Some(whole), Some(old), Some(new)) => {
            let count = whole.matches(old).count();
            c.vm.charge_bytes(count.saturating_mul(new.len()))?;
            Text::from(whole.replace(old, new))
        }
        _ => whole,
    };
    *buffer(c)?.units.borrow_mut() = replaced.to_units();
    Ok(c.arg(0).clone())
}

/// What is read, and how far.
#[derive(Debug)]
struct Reader {
    units: Vec<u16>,
    at: Cell<usize>,
}

impl NativeObject for Reader {
    fn ty(&self) -> Type {
        super::type_named("System.IO.StringReader")
    }
}

fn reader<'a>(c: &'a Call<'_, '_>) -> Outcome<&'a Reader> {
    c.arg(0)
        .as_native::<Reader>()
        .ok_or_else(crate::exception::null_reference)
}

fn read_line(c: &mut Call<'_, '_>) -> Outcome {
    let reader = reader(c)?;
    let rest = reader.units.get(reader.at.get()..).unwrap_or_default();
    if rest.is_empty() {
        return Ok(Value::Null);
    }
    let length = rest
        .iter()
        .position(|unit| matches!(unit, 10 | 13))
        .unwrap_or(rest.len());
    let ending = match rest.get(length..length + 2) {
        Some([13, 10]) => 2,
        _ => usize::from(length < rest.len()),
    };
    reader.at.set(reader.at.get() + length + ending);
    Ok(Value::String(Text::from_units(
        rest.get(..length).unwrap_or_default(),
    )))
}
