//! `XAttribute`.

use super::content::text_of;
use super::{charge_siblings, made, or_null, text};
use crate::eval::Call;
use crate::exception::Outcome;
use crate::library::{Table, TableKind, m};
use crate::value::Value;
use crate::xml::{Data, Name, XObject, name_of, to_type};

pub(in crate::library) static XATTRIBUTE: Table = Table {
    name: "System.Xml.Linq.XAttribute",
    kind: TableKind::Class,
    parents: &["XObject"],
    documented: true,
    members: &[
        m("new(XName name, object value)", |c| {
            let name = name_of(c.arg(0))?;
            let value = c.required(1, "value")?;
            let text = text_of(c, &value)?;
            made(c, Data::Attribute(name, text)).map(Value::Xml)
        }),
        m("new(XAttribute other)", |c| {
            Ok(Value::Xml(c.xml(0)?.deep_clone()))
        }),
        m("XName Name", |c| {
            Ok(c.xml(0)?.name().map_or(Value::Null, Name::value))
        }),
        m("string Value", text),
        m("set string Value", |c| {
            let text = c.required_text(1, "value")?;
            c.xml(0)?.set_value(text)?;
            Ok(Value::Null)
        }),
        m("void SetValue(object value)", |c| {
            let value = c.required(1, "value")?;
            let text = text_of(c, &value)?;
            c.xml(0)?.set_value(text)?;
            Ok(Value::Null)
        }),
        m("bool IsNamespaceDeclaration", |c| {
            let name = c.xml(0)?.name();
            Ok(Value::Bool(
                name.is_some_and(|name| name.declared_prefix().is_some()),
            ))
        }),
        m("XAttribute NextAttribute", |c| {
            let attribute = c.xml(0)?;
            charge_siblings(c, &attribute)?;
            Ok(or_null(neighbour(&attribute, 1)))
        }),
        m("XAttribute PreviousAttribute", |c| {
            let attribute = c.xml(0)?;
            charge_siblings(c, &attribute)?;
            Ok(or_null(neighbour(&attribute, -1)))
        }),
        m("void Remove()", |c| {
            let attribute = c.xml(0)?;
            charge_siblings(c, &attribute)?;
            attribute.remove()?;
            Ok(Value::Null)
        }),
        m("explicit operator string(XAttribute attribute)", convert),
        m("explicit operator bool(XAttribute attribute)", convert),
        m("explicit operator bool?(XAttribute attribute)", convert),
        m("explicit operator int(XAttribute attribute)", convert),
        m("explicit operator int?(XAttribute attribute)", convert),
        m("explicit operator uint(XAttribute attribute)", convert),
        m("explicit operator uint?(XAttribute attribute)", convert),
        m("explicit operator long(XAttribute attribute)", convert),
        m("explicit operator long?(XAttribute attribute)", convert),
        m("explicit operator ulong(XAttribute attribute)", convert),
        m("explicit operator ulong?(XAttribute attribute)", convert),
        m("explicit operator float(XAttribute attribute)", convert),
        m("explicit operator float?(XAttribute attribute)", convert),
        m("explicit operator double(XAttribute attribute)", convert),
        m("explicit operator double?(XAttribute attribute)", convert),
        m("explicit operator decimal(XAttribute attribute)", convert),
        m("explicit operator decimal?(XAttribute attribute)", convert),
        m("explicit operator DateTime(XAttribute attribute)", convert),
        m("explicit operator DateTime?(XAttribute attribute)", convert),
        m(
            "explicit operator DateTimeOffset(XAttribute attribute)",
            convert,
        ),
        m(
            "explicit operator DateTimeOffset?(XAttribute attribute)",
            convert,
        ),
        m("explicit operator TimeSpan(XAttribute attribute)", convert),
        m("explicit operator TimeSpan?(XAttribute attribute)", convert),
        m("explicit operator Guid(XAttribute attribute)", convert),
        m("explicit operator Guid?(XAttribute attribute)", convert),
    ],
};

fn neighbour(attribute: &XObject, offset: isize) -> Option<XObject> {
    let parent = attribute.parent()?;
    let attributes = parent.attributes();
    let at = attributes.iter().position(|a| a.same(attribute))?;
    attributes.get(at.checked_add_signed(offset)?).cloned()
}

fn convert(c: &mut Call<'_, '_>) -> Outcome {
    from_text(c, "attribute")
}

/// `(T)element`, `(T)attribute`.
pub(super) fn from_text(c: &mut Call<'_, '_>, parameter: &str) -> Outcome {
    let text = match c.arg(0).clone() {
        Value::Xml(object) => {
            object.charge_walk(&mut c.vm.meter)?;
            let text = object.value();
            c.vm.meter.steps(text.size() / 64)?;
            Some(text)
        }
        _ => None,
    };
    to_type(text.as_ref(), &c.type_arg(0), parameter)
}
